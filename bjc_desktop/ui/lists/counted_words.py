"""Numbers of rows in words."""


def grouped(count: int) -> str:
    """Return *count* with points between the thousands: ``240.000``."""
    return f"{count:,}".replace(",", ".")


def rows_of(count: int) -> str:
    """Return how many rows."""
    return "1 Zeile" if count == 1 else f"{grouped(count)} Zeilen"
