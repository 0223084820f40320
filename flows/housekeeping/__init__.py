"""Looking after an outputs folder: what is in it, fewer and larger files, and articles that must be gone."""
