"""The bureau's forms 文书: templates, what the case knows for them, the lint before sealing, and their pages."""
