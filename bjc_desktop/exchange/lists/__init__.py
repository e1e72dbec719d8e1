"""Lists as providers have them (XLSX, ODS, CSV): read as they stand, and what their columns mean."""
