"""The desk of the six-month surveys."""
