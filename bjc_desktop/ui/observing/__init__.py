"""The trainer's desk: what was observed in the workshop."""
