"""What travels between vaults, and which fields of a row change together.

A group is the smallest thing of which two vaults can hold different versions. Fields that a rule binds together (an end and its
beginning, an exit and its reason) stand in one group, so that merging never makes a row that the rule refuses.
"""

import uuid
from collections.abc import Mapping, Sequence
from functools import lru_cache

from sqlalchemy import Table

from bjc_desktop.models import PACKAGED, Base, DistinctPeople, JoinedPerson, Target
from bjc_desktop.models.base import packaged_columns

DECIDED: tuple[Table, ...] = tuple(Base.metadata.tables[entity.__tablename__] for entity in (JoinedPerson, DistinctPeople))
"""What somebody decided about people who are alike: it holds nobody, and goes with whom it is about."""
EXCHANGED: tuple[Table, ...] = (*(Base.metadata.tables[entity.__tablename__] for entity in (*PACKAGED, Target)), *DECIDED)
"""The tables that travel, parents before children."""
REST = "row"
"""The group of all fields that no other group names."""
NOTE = "note"
CONTACT = "contact"
CONTRACT = "contract"
EMPLOYER = "employer"

_GROUPS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "staff": {CONTRACT: ("weekly_hours", "funded_share")},
    "coachees": {CONTACT: ("postcode", "phone", "email"), "number": ("case_number",)},
    "coachings": {
        "course": ("entry_on", "exit_on", "exit_reason", "status_at_exit", "cancelled"),
        "closing": ("closing_interview_on", "closing_report_on", "closing_waived_reason", "file_closed_on"),
    },
    "barriers": {"now": ("severity_now", "assessed_on")},
    "goals": {"state": ("status", "closed_on")},
    "tasks": {"done": ("done_on",)},
    "consultations": {NOTE: ("note",)},
    "observations": {"discussed": ("discussed_on",), "goal": ("goal_id",)},
    "suggestions": {"answer": ("state", "answered_on", "answer")},
    "outcomes": {EMPLOYER: ("employer", "gross_pay")},
}
"""By table: the groups beside the rest."""

NATURAL_KEYS: Mapping[str, tuple[str, ...]] = {
    "working_time": ("staff_id", "month"),
    "development_plans": ("coaching_id", "version"),
    "follow_ups": ("coaching_id",),
    "targets": ("year", "code"),
}
"""Tables of which two vaults may each make the one row that there can be: by these fields it is known to be the same."""
_NAMESPACE = uuid.UUID("6f0a1d1e-3c5b-5b7e-9a53-6d0b2f1c7a10")


@lru_cache(maxsize=64)
def columns_of(table: str) -> tuple[str, ...]:
    """Return the columns of *table* that travel, without the id."""
    return tuple(column.name for column, _ in packaged_columns(_TABLES[table]) if column.name != "id")


@lru_cache(maxsize=64)
def groups_of(table: str) -> dict[str, tuple[str, ...]]:
    """Return the groups of *table*, each with its columns."""
    named = dict(_GROUPS.get(table, {}))
    taken = {column for columns in named.values() for column in columns}
    return {REST: tuple(column for column in columns_of(table) if column not in taken), **named}


def group_of(table: str, column: str) -> str:
    """Return the group to which *column* of *table* belongs."""
    return next(group for group, columns in groups_of(table).items() if column in columns)


def identity(table: str, row_id: str, key: Sequence[object]) -> str:
    """Return by what the row is known in every vault: its id, or what follows from its natural *key*."""
    return natural_identity(table, key) if table in NATURAL_KEYS else row_id


def natural_identity(table: str, key: Sequence[object]) -> str:
    """Return what a row of a table with a natural key is known by."""
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join((table, *map(str, key)))))


def table_named(name: str) -> Table:
    """Return the table that travels under *name*.

    Raises
    ------
    KeyError
        where none does.
    """
    return _TABLES[name]


@lru_cache(maxsize=64)
def references_of(table: str) -> tuple[tuple[str, str], ...]:
    """Return each column of *table* that refers to another table that travels, and that table's name."""
    keys = ((column.name, key.column.table.name) for column in _TABLES[table].columns for key in column.foreign_keys)
    return tuple((column, target) for column, target in keys if target in _TABLES)


_TABLES: Mapping[str, Table] = {table.name: table for table in EXCHANGED}
