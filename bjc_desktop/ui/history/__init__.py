"""What was changed lately, and taking it back."""
