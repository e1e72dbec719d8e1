"""How fast the program is, measured on invented people: `python -m benchmarks`."""
