"""The six indicators: periods, definitions, verdicts, figures, rating, checklist, caseload and signals."""
