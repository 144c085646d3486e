"""Every act a person can do, by name: one module per noun. The window, the palette, keys, the command line and tests call the same one."""
