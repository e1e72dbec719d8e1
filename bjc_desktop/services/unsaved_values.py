"""The vault as it would be with values that are typed and not yet saved: asked with the report's own statements.

Temporary tables, held in memory, take the place of the vault's within a savepoint that is always rolled back. Nothing is
written to the vault, nobody is kept from writing, and the statements of :mod:`bjc_desktop.indicators.cases` need no second version.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert, update

from bjc_desktop.models import Base

_OF_COACHING = {
    "coachings": "id = :id",
    "consents": "coachee_id = (SELECT coachee_id FROM main.coachings WHERE id = :id)",
    "goals": "plan_id IN (SELECT id FROM main.development_plans WHERE coaching_id = :id)",
}
"""Which rows of a table belong to a coaching; of all others those with its id."""
NEW_ROW = "neu"


@dataclass(frozen=True, slots=True)
class TypedRow:
    """Typed values of a row of *table* by field; without an id it is a new one."""

    table: str
    values: Mapping[str, Any]
    id: str | None = None


@dataclass(frozen=True, slots=True)
class TypedCase:
    """What is typed about a coaching: its own fields, and rows that belong to it."""

    coaching: Mapping[str, Any] = field(default_factory=dict)
    rows: tuple[TypedRow, ...] = ()


@contextmanager
def rolled_back(connection: Connection) -> Iterator[None]:
    """Take back everything that happens in the block."""
    savepoint = connection.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()


@contextmanager
def as_if_saved(connection: Connection, coaching_id: str, typed: TypedCase) -> Iterator[None]:
    """Let every statement of the block see the coaching with what is *typed*, and no other coaching."""
    with rolled_back(connection):
        for table in dict.fromkeys(("coachings", *(row.table for row in typed.rows))):
            of_coaching = _OF_COACHING.get(table, "coaching_id = :id")
            _clear_place(connection, table)
            statement = f"CREATE TEMP TABLE {table} AS SELECT * FROM main.{table} WHERE {of_coaching}"
            connection.exec_driver_sql(statement, {"id": coaching_id})
        type_in(connection, coaching_id, typed)
        yield


def _clear_place(connection: Connection, name: str) -> None:
    """Take away what masks a table for some roles; the savepoint brings it back."""
    connection.exec_driver_sql(f"DROP VIEW IF EXISTS temp.{name}")


def type_in(connection: Connection, coaching_id: str, typed: TypedCase) -> None:
    """Write what is *typed* into the temporary tables."""
    if typed.coaching:
        _change(connection, "coachings", coaching_id, typed.coaching)
    for number, row in enumerate(typed.rows):
        if row.id is None:
            values = {**_owner(connection, coaching_id, row.table), **row.values, "id": f"{NEW_ROW}-{number}"}
            connection.execute(insert(Base.metadata.tables[row.table]).values(**values))
        elif row.values:
            _change(connection, row.table, row.id, row.values)


def owner_of(table: str, coaching_id: str, coachee_id: str) -> Mapping[str, str]:
    """Return what a new row of *table* refers to; a goal names its plan itself."""
    if table == "consents":
        return {"coachee_id": coachee_id}
    return {"coaching_id": coaching_id} if "coaching_id" in Base.metadata.tables[table].columns else {}


def _owner(connection: Connection, coaching_id: str, table: str) -> Mapping[str, str]:
    query = "SELECT coachee_id FROM main.coachings WHERE id = :id"
    coachee_id = connection.exec_driver_sql(query, {"id": coaching_id}).scalar_one()
    return owner_of(table, coaching_id, coachee_id)


def _change(connection: Connection, name: str, row_id: str, values: Mapping[str, Any]) -> None:
    table = Base.metadata.tables[name]
    connection.execute(update(table).where(table.c.id == row_id).values(**values))


def put_in_place(connection: Connection, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Let a table of the vault hold *rows* and nothing else, within :func:`rolled_back`."""
    _clear_place(connection, name)
    connection.exec_driver_sql(f"CREATE TEMP TABLE {name} AS SELECT * FROM main.{name} WHERE 0")
    connection.execute(insert(Base.metadata.tables[name]), [dict(row) for row in rows])
