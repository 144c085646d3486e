"""Digests, the chained journal, the dossier's seal, and the verifier. Knows files and rows, never what they mean."""
