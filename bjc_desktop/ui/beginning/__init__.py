"""The first steps in a new vault: who works here, how to begin, and the first figure."""
