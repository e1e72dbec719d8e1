"""The list of coachees."""
