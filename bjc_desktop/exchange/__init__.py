"""Data that comes in and goes out: the data package."""
