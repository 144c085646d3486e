"""The command line: the same commands as the window, headless. It starts without Qt and loads only what the command asked for needs."""
