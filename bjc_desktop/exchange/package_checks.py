"""What must hold between the rows of a data package and of the vault: keys, references, order of days, overlaps.

Source: the data package's specification, "Consistency". Whatever else looks wrong is a finding of ``check``, never a refusal.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import CheckConstraint, Connection, Table, UniqueConstraint

from bjc_desktop.exchange.cells import Value
from bjc_desktop.exchange.table_reading import Fault
from bjc_desktop.vocabulary import ConsultationStatus, Role

Row = tuple[Value, ...]
_CHUNK = 500
_FOREVER = "9999-12-31"


@dataclass
class MergedTable:
    """A table's rows as they will stand in the vault, in the order of the package."""

    table: Table
    columns: tuple[str, ...]
    rows: list[Row]
    lines: list[int]
    existing: Mapping[Value, Row] = field(default_factory=dict)
    """The rows that the vault already holds, by id."""
    given: frozenset[str] = frozenset()
    """The columns that the package has."""

    @property
    def file(self) -> str:
        """The file's name, for faults."""
        return f"{self.table.name}.csv"

    def column(self, name: str) -> list[Value]:
        """Return one column's values."""
        index = self.columns.index(name)
        return [row[index] for row in self.rows]

    def fault(self, row: int, column: str | None, text: str) -> Fault:
        """Return a fault in the row with index *row*."""
        return Fault(self.file, self.lines[row], column, text)


def find_faults(connection: Connection, tables: Mapping[str, MergedTable], today: date) -> list[Fault]:
    """Return everything that keeps the merged *tables* from standing in the vault."""
    faults: list[Fault] = []
    for merged in tables.values():
        faults += _duplicates(merged)
        faults += _missing_columns(merged)
        faults += _dangling(connection, merged, tables)
        faults += _wrong_order(merged)
        faults += _not_unique(connection, merged)
    if "consultations" in tables:
        faults += _held_in_future(tables["consultations"], today)
    if "coaching_staff" in tables:
        faults += _overlaps(connection, tables)
    return faults


def _duplicates(merged: MergedTable) -> Iterable[Fault]:
    ids = merged.column("id")
    if len(set(ids)) == len(ids):
        return
    seen: set[Value] = set()
    for index, key in enumerate(ids):
        if key in seen:
            yield merged.fault(index, "id", f"Die Kennung {key} kommt doppelt vor; bitte eine Zeile entfernen")
        seen.add(key)


def _missing_columns(merged: MergedTable) -> Iterable[Fault]:
    if len(merged.existing) == len(merged.rows):
        return
    for name in merged.columns:
        column = merged.table.columns[name]
        if name not in merged.given and not column.nullable and column.server_default is None:
            yield Fault(merged.file, 1, name, "Die Spalte fehlt; neue Zeilen brauchen sie")


def _dangling(connection: Connection, merged: MergedTable, tables: Mapping[str, MergedTable]) -> Iterable[Fault]:
    for name in merged.columns:
        for key in merged.table.columns[name].foreign_keys:
            target = key.column.table.name
            values = merged.column(name)
            unknown = set(values) - {None}
            if target in tables:
                unknown -= set(tables[target].column("id"))
            unknown -= {row[0] for row in select_by(connection, target, ("id",), "id", unknown)}
            for index, value in enumerate(values):
                if value in unknown:
                    text = f"Die Kennung {value} gibt es in {target} nicht; bitte dort ergänzen oder hier korrigieren"
                    yield merged.fault(index, name, text)


def _wrong_order(merged: MergedTable) -> Iterable[Fault]:
    for constraint in merged.table.constraints:
        if not isinstance(constraint, CheckConstraint) or "end" not in constraint.info:
            continue
        end, begin = constraint.info["end"], constraint.info["begin"]
        for index, (last, first) in enumerate(zip(merged.column(end), merged.column(begin), strict=True)):
            if last is not None and first is not None and str(last) < str(first):
                text = f"„{last}“ liegt vor {begin} „{first}“; bitte eines der Daten korrigieren"
                yield merged.fault(index, end, text)


def _not_unique(connection: Connection, merged: MergedTable) -> Iterable[Fault]:
    for constraint in merged.table.constraints:
        if not isinstance(constraint, UniqueConstraint):
            continue
        names = tuple(column.name for column in constraint.columns)
        indexes = [merged.columns.index(name) for name in names]
        ids = set(merged.column("id"))
        others = select_by(connection, merged.table.name, ("id", *names), names[0], set(merged.column(names[0])))
        taken = {tuple(map(str, row[1:])) for row in others if row[0] not in ids}
        for index, row in enumerate(merged.rows):
            key = tuple(str(row[position]) for position in indexes)
            if key in taken:
                text = f"Diese Angabe ({', '.join(names)}) gibt es schon einmal; bitte nur eine Zeile behalten"
                yield merged.fault(index, names[-1], text)
            taken.add(key)


def _held_in_future(merged: MergedTable, today: date) -> Iterable[Fault]:
    day = today.isoformat()
    for index, (status, held_on) in enumerate(zip(merged.column("status"), merged.column("held_on"), strict=True)):
        if status == ConsultationStatus.HELD.value and str(held_on) > day:
            text = f"„{held_on}“ liegt in der Zukunft; eine durchgeführte Konsultation kann das nicht"
            yield merged.fault(index, "held_on", text)


def _overlaps(connection: Connection, tables: Mapping[str, MergedTable]) -> Iterable[Fault]:
    merged = tables["coaching_staff"]
    names = ("id", "coaching_id", "staff_id", "valid_from", "valid_to")
    positions = [merged.columns.index(name) for name in names]
    ids = set(merged.column("id"))
    spans: dict[Value, list[tuple[str, str, int | None]]] = defaultdict(list)
    coaches = _job_coaches(connection, tables)
    for index, row in enumerate(merged.rows):
        _, coaching, staff, first, last = (row[position] for position in positions)
        if staff in coaches:
            spans[coaching].append((str(first), str(last or _FOREVER), index))
    for key, coaching, staff, first, last in select_by(connection, "coaching_staff", names, "coaching_id", set(spans)):
        if key not in ids and staff in coaches:
            spans[coaching].append((str(first), str(last or _FOREVER), None))
    for assignments in spans.values():
        yield from _overlapping(merged, assignments)


def _overlapping(merged: MergedTable, spans: list[tuple[str, str, int | None]]) -> Iterable[Fault]:
    spans.sort(key=lambda span: span[:2])
    for before, after in pairwise(spans):
        index = after[2] if after[2] is not None else before[2]
        if after[0] <= before[1] and index is not None:
            text = f"Die Zuordnung ab „{after[0]}“ überschneidet sich mit der vorigen; bitte deren Ende davor setzen"
            yield merged.fault(index, "valid_from", text)


def _job_coaches(connection: Connection, tables: Mapping[str, MergedTable]) -> set[Value]:
    roles: dict[Value, Value] = {row.id: row.role for row in connection.exec_driver_sql("SELECT id, role FROM staff")}
    if "staff" in tables:
        staff = tables["staff"]
        roles |= dict(zip(staff.column("id"), staff.column("role"), strict=True))
    return {key for key, role in roles.items() if role == Role.JOB_COACH.value}


def select_by(
    connection: Connection, table: str, columns: Sequence[str], by: str, values: Iterable[Value]
) -> list[tuple[Any, ...]]:
    """Return *columns* of the rows of *table* whose column *by* is among *values*; the names are the program's own."""
    found: list[tuple[Any, ...]] = []
    wanted = [value for value in values if value is not None]
    if not wanted or connection.exec_driver_sql(f"SELECT 1 FROM {table} LIMIT 1").first() is None:
        return found
    for start in range(0, len(wanted), _CHUNK):
        chunk = tuple(wanted[start : start + _CHUNK])
        marks = ", ".join("?" * len(chunk))
        statement = f"SELECT {', '.join(columns)} FROM {table} WHERE {by} IN ({marks})"
        found += map(tuple, connection.exec_driver_sql(statement, chunk).all())
    return found
