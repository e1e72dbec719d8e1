"""Taking old lists in."""
