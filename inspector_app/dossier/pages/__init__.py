"""The dossier's pages, one module per section; each turns data into flowables and decides nothing about facts."""
