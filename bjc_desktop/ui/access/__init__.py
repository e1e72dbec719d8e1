"""Who can open the vault, and in which roles."""
