"""The exchange with the vaults of colleagues by files."""
