"""BJC Desktop: case file and quarterly report of the Berliner JobCoaching."""

__version__ = "0.1.0"
