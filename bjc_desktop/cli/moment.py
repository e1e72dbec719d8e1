"""The moment and the day by the clock of this machine, asked for in one place."""

from datetime import UTC, date, datetime


def now() -> datetime:
    """Return the moment."""
    return datetime.now(UTC)


def today() -> date:
    """Return the day on the user's wall."""
    return datetime.now().astimezone().date()
