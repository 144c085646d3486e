"""What other programs read and write: subtitles, tables, JSON; later packages, ELAN and clips. It never reads the database itself."""
