"""Bringing material in: files and folders, subtitles, chat logs. It copies and examines; the parent process writes the case."""
