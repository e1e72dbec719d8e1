"""A list as it is shown, on its way out of the program: what it is called, what was filtered, and its typed cells."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

Cell = str | int | bool | Decimal | date | datetime | None
"""A value of a list; None where there is none."""
Row = tuple[Cell, ...]
Step = Callable[[int, int], object]
"""Is told how much of how much is done; may raise to stop."""


def no_step(done: int, total: int) -> None:
    """Tell nobody."""
    _ = done, total


@dataclass(frozen=True, slots=True)
class ShownList:
    """The rows in the order in which they are shown; *total* counts what there is without the filter."""

    title: str
    filter_words: str
    """The filter as a sentence; empty where nothing is filtered."""
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    total: int
    as_of: datetime
    who: str = ""
    """Who saves the list."""

    @property
    def shown(self) -> int:
        """How many rows are shown."""
        return len(self.rows)

    @property
    def counts(self) -> str:
        """How many are shown of how many, in words."""
        entries = "Eintrag" if self.total == 1 else "Einträgen"
        return f"{whole(self.shown)} von {whole(self.total)} {entries}"

    @property
    def origin(self) -> str:
        """When the list was saved, and by whom."""
        saved = f"Stand {self.as_of:%d.%m.%Y %H:%M} Uhr"
        return f"{saved}, gespeichert von {self.who}" if self.who else saved


def whole(number: int) -> str:
    """Return *number* with points between the thousands."""
    return f"{number:,}".replace(",", ".")
