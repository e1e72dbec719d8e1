"""The quarterly report: what is missing, what is said, what leaves the house, and what was released."""
