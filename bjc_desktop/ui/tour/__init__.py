"""A short walk around the window, for each role, that can be left at any time."""
