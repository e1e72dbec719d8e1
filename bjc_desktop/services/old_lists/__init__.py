"""Taking old lists in: what their cells mean, whose rows they are, the dry run, the import and what stays out."""
