"""The case file of one coaching."""
