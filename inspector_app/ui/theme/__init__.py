"""How the window looks: colours, type, icons and the few basic widgets every pane is made of. No case data, no commands."""
