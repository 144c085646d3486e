"""Pages beside the steps: settings, keys, handbook, log, about; and what lies over the window: history and the tour. Nothing here blocks it."""
