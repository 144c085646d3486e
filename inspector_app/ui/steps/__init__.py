"""The start screen, the new-case form and the five steps: intake, watch, evidence, review, dossier."""
