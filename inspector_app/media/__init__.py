"""Recordings as they are: probe, time index, working copies, exact stills, 16 kHz sound. Reads originals, never alters them."""
