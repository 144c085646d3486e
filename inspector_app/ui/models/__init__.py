"""What panes show: one recording in memory, kept up to date from the journal's changes, and read-only Qt models over it."""
