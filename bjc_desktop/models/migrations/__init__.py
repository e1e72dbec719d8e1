"""The revisions of the vault's schema, forward only."""
