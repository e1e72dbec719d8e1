"""What the rows of a plan refer to: a row that others need stays though it is deleted elsewhere, one whose own need is not met waits."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from sqlalchemy import Connection

from bjc_desktop.exchange.boundary import Values
from bjc_desktop.exchange.field_groups import DECIDED, EXCHANGED, columns_of, references_of, table_named
from bjc_desktop.exchange.merge_plan import MergedRow, Plan
from bjc_desktop.exchange.package_checks import select_by
from bjc_desktop.exchange.stamping import read_stamps
from bjc_desktop.exchange.versions import deleted_with
from bjc_desktop.models import Base

_ORDER = tuple(table.name for table in EXCHANGED)
DELETED_ALONG = frozenset({"acknowledgements", "held_versions"})
"""Tables that do not travel and whose rows go with the row that they are about."""
_HOLD_NOBODY = DELETED_ALONG | {table.name for table in DECIDED}
"""All other tables keep what their rows refer to."""


def keep_what_is_needed(connection: Connection, plan: Plan) -> None:
    """Let rows stay that are deleted elsewhere while something here or in the file refers to them."""
    needed: dict[str, set[object]] = defaultdict(set)
    for table in reversed(_ORDER):
        rows = plan.rows[table].values()
        gone = [row for row in rows if row.after is None and row.known is not None]
        held = _referred_to(connection, plan, table, {row.row_id for row in gone if row.before is not None})
        for row in gone:
            if row.row_id in held or row.row_id in needed[table]:
                row.after = row.known
                plan.kept += 1
        for column, target in references_of(table) if table not in _HOLD_NOBODY else ():
            position = columns_of(table).index(column)
            needed[target].update(row.after[position] for row in rows if row.after is not None)


def _referred_to(connection: Connection, plan: Plan, table: str, ids: set[str]) -> set[str]:
    """Return which of *ids* rows of this vault refer to that are not about to go themselves."""
    found: set[str] = set()
    for child, column in _referring(table) if ids else ():
        planned = {row.row_id: row for row in plan.rows.get(child, {}).values()}
        for key, target in select_by(connection, f"main.{child}", ("id", column), column, ids):
            if key not in planned or (planned[key].after is not None and _refers(planned[key], column, target)):
                found.add(target)
    return found


def _refers(row: MergedRow, column: str, target: str) -> bool:
    return row.after is not None and row.after[columns_of(row.table).index(column)] == target


def _referring(table: str) -> Iterator[tuple[str, str]]:
    for child in Base.metadata.sorted_tables:
        if child.name not in _HOLD_NOBODY:
            for column in child.columns:
                if any(key.column.table.name == table for key in column.foreign_keys):
                    yield child.name, column.name


def put_back_dangling(connection: Connection, plan: Plan) -> None:
    """Leave rows out whose reference is neither here nor in the file, or that lack what the table needs."""
    there = _there(connection, plan)
    planned = {table: {row.row_id: row for row in rows.values()} for table, rows in plan.rows.items()}
    for table in _ORDER:
        references = [(columns_of(table).index(column), target) for column, target in references_of(table)]
        for row in list(plan.rows[table].values()):
            if row.after is None or not row.is_changed:
                continue
            keys = [(target, row.after[position]) for position, target in references if row.after[position] is not None]
            if not _is_whole(table, row.after) or not all(_exists(planned, there, *key) for key in keys):
                del plan.rows[table][row.identity]
                del planned[table][row.row_id]
                plan.put_back += table not in _HOLD_NOBODY


def _exists(planned: Mapping[str, Mapping[str, MergedRow]], there: Mapping[str, set[object]], table: str, key: object) -> bool:
    row = planned[table].get(str(key))
    return key in there[table] if row is None else row.after is not None


def _there(connection: Connection, plan: Plan) -> dict[str, set[object]]:
    """Return the ids that planned rows refer to and this vault has."""
    wanted: dict[str, set[object]] = defaultdict(set)
    for row in plan.all_rows():
        if row.after is not None:
            for column, target in references_of(row.table):
                wanted[target].add(row.after[columns_of(row.table).index(column)])
    return {
        table: {found[0] for found in select_by(connection, f"main.{table}", ("id",), "id", wanted[table])}  # type: ignore[arg-type]
        for table in _ORDER
    }


def let_go_with_people(connection: Connection, plan: Plan) -> None:
    """Let what was decided about people go with them, wherever somebody else decided something about them meanwhile."""
    going = {row.row_id: row.stamp for row in plan.rows["coachees"].values() if row.before is not None and row.after is None}
    for table in (decided.name for decided in DECIDED if going):
        rows, columns = plan.rows[table], columns_of(table)
        for column, _ in references_of(table):
            for key, *before in select_by(connection, f"main.{table}", ("id", *columns), column, going):
                row = rows.get(key) or _as_it_is(connection, table, key, tuple(before))
                if row.after is not None:
                    row.after, rows[key] = None, row
                    row.stamp.take(deleted_with(row.stamp.state(), going[before[columns.index(column)]].state()))


def _as_it_is(connection: Connection, table: str, key: str, values: Values) -> MergedRow:
    stamp = read_stamps(connection, table, [key])[key]
    return MergedRow(table, key, key, values, values, stamp, values, was=replace(stamp))


def _is_whole(table: str, values: Values) -> bool:
    return all(values[position] is not None for position in _needed(table))


@lru_cache(maxsize=64)
def _needed(table: str) -> tuple[int, ...]:
    """Return the positions of the values that the table needs."""
    columns = table_named(table).columns
    return tuple(position for position, name in enumerate(columns_of(table)) if not columns[name].nullable)
