"""Closing a coaching."""
