"""The window around the steps: top bar, hint bar, overlays (palette, key sheet), and the start of everything else."""
