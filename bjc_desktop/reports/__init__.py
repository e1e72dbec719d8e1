"""The documents that leave the house: PDF, XLSX, JSON, CSV, manifest and signature. Nothing here touches the database."""
