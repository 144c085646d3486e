"""Between the case and the widgets: the desk (open case, commands, jobs as signals), background reading, settings, language."""
