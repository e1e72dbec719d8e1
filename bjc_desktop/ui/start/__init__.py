"""The first page: a vault is chosen, made, restored or unlocked."""
