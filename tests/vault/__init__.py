"""The vault, with real encrypted files."""
