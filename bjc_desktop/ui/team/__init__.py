"""The team: staff, qualifications, caseloads, hand-over."""
