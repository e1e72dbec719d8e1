"""The sample's tables: columns as the entities declare them, rows as the package's CSV writes them."""

from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import Table

from bjc_desktop.models import PACKAGED
from bjc_desktop.models.base import packaged_columns

Row: TypeAlias = tuple[str, ...]
TableRow: TypeAlias = tuple[str, Row]


@dataclass(frozen=True, slots=True)
class SampleTable:
    """A table of the package: its columns, and its rows as text (empty: not known)."""

    columns: tuple[str, ...]
    rows: list[Row]


def _columns(table: object) -> tuple[str, ...]:
    if not isinstance(table, Table):
        raise TypeError(table)
    return tuple(column.name for column, _ in packaged_columns(table))


COLUMNS: dict[str, tuple[str, ...]] = {entity.__tablename__: _columns(entity.__table__) for entity in PACKAGED}
"""The columns of every table of the package, parents before children."""

_NAMES = {table: frozenset(columns) for table, columns in COLUMNS.items()}


def table_row(table: str, **cells: str) -> TableRow:
    """Return the name *table* and a row of it: the given cells in the table's order, the others empty."""
    if not cells.keys() <= _NAMES[table]:
        raise KeyError(table, *sorted(cells.keys() - _NAMES[table]))
    cell = cells.get
    return table, tuple([cell(column, "") for column in COLUMNS[table]])


def flag(*, value: bool) -> str:
    """Return *value* as the package writes it."""
    return "true" if value else "false"


def hours(quarters: int) -> str:
    """Return a number of quarters of an hour as hours."""
    return f"{quarters / 4:g}"
