"""What is missing or contradictory in one's cases."""
