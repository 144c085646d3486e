"""The dossier: a case as data, then as pages, then as a PDF/A file with its seal. Reads cases, never writes them; judges nothing."""
