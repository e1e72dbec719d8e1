"""Reading old lists."""
