"""The window; Qt stays in here."""
