"""Forgetting and access on request."""
