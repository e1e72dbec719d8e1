"""Working time: the sheet of a quarter, and the statistic of the consultations per hour."""
