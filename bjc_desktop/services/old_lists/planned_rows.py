"""The rows that a list would become, with the row of the list that each came from."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Column

from bjc_desktop.exchange.cells import Value
from bjc_desktop.exchange.package_checks import Row
from bjc_desktop.exchange.table_schema import tables
from bjc_desktop.models.base import FieldInfo, Kind, packaged_columns
from bjc_desktop.services.old_lists.list_plan import RowPlace

_OWN = frozenset({"coachees", "coachings", "coaching_staff"})
"""What other rows may need, whichever row of the list it came from first."""


class PlannedRows:
    """Rows by table and id; the first row with an id stands."""

    def __init__(self) -> None:
        self.sources: list[RowPlace] = []
        self._columns = {table.name: tuple(_column(*pair) for pair in packaged_columns(table)) for table in tables()}
        self._rows: dict[str, dict[str, Row]] = defaultdict(dict)
        self._lines: dict[str, dict[str, int]] = defaultdict(dict)
        self._known: dict[str, set[str]] = defaultdict(set)
        self._line_of: dict[RowPlace, int] = {}

    def add(self, table: str, values: Mapping[str, Value], place: RowPlace) -> None:
        """Add a row unless one of its id is there."""
        key = str(values["id"])
        rows = self._rows[table]
        if key not in rows:
            rows[key] = tuple(values.get(name, default) for name, default in self._columns[table])
            self._lines[table][key] = self._line(place)

    def _line(self, place: RowPlace) -> int:
        line = self._line_of.get(place)
        if line is None:
            line = self._line_of[place] = len(self.sources)
            self.sources.append(place)
        return line

    def known(self, table: str, key: str) -> None:
        """Note a row that the vault holds under an id of its own."""
        self._known[table].add(key)

    def drop(self, out: Collection[RowPlace]) -> None:
        """Take out what came from rows that stay *out*; what other rows need stays."""
        lines = {self._line_of[place] for place in out if place in self._line_of}
        if not lines:
            return
        for table, rows in self._rows.items():
            if table in _OWN:
                continue
            for key in [key for key, line in self._lines[table].items() if line in lines and key in rows]:
                del rows[key]
        self._drop_lonely(lines)

    def _drop_lonely(self, lines: Collection[int]) -> None:
        """Take out people and coachings that came from rows that stay out, and that no other row needs."""
        needed = {
            str(row[1])
            for table, rows in self._rows.items()
            if table not in _OWN and table != "consents"
            for row in rows.values()
        }
        coachings, people = self._rows["coachings"], self._rows["coachees"]
        for key in [key for key in coachings if self._lines["coachings"][key] in lines and key not in needed]:
            del coachings[key]
        self._rows["coaching_staff"] = {key: row for key, row in self._rows["coaching_staff"].items() if row[1] in coachings}
        owners = {str(row[1]) for row in coachings.values()} | {str(row[1]) for row in self._rows["consents"].values()}
        for key in [key for key in people if self._lines["coachees"][key] in lines and key not in owners]:
            del people[key]

    def new_of(self, table: str, existing: Callable[[Iterable[str]], set[str]]) -> tuple[list[Row], list[int], int]:
        """Return the rows of *table* that the vault does not hold, the line of each, and how many it does hold."""
        rows = self._rows[table]
        held = existing(rows) if rows else set()
        lines = self._lines[table]
        new = [key for key in rows if key not in held]
        return [rows[key] for key in new], [lines[key] for key in new], len(held | self._known[table])


def _column(column: Column[Any], info: FieldInfo) -> tuple[str, Value]:
    """Return a column's name and what it holds where a list says nothing."""
    return column.name, (0 if info.kind is Kind.BOOLEAN and not column.nullable else None)
