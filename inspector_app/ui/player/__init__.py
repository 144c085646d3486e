"""The evidence player under the watch step: clock, picture thread, sound thread and the surface they are shown on."""
