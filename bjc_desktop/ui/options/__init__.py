"""What a user sets for themselves and for this computer."""
