"""Taking old lists in, step by step."""
