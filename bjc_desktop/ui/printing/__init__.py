"""Looking at a document before it is printed or saved."""
