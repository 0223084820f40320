"""Drops: new article files in a folder, found once they are whole, checked once, remembered."""
