"""Live capture of an address the user typed: the bytes as received, journal first, one process per room."""
