"""One case on disk: database, migrations, journal, vault of originals, backup, search index. The only room that writes SQLite."""
