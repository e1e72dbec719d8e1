"""The record of everything that was done."""
