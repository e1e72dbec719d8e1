"""What coachees are found and sorted by: folded names and case numbers, kept beside the coachees and never a part of them.

The keys are derived: they stand in no data package and in no change record. Every session writes them through the mapper's events,
an import through :func:`write_keys`; what deletes a coachee, and what changes the keys, is followed by triggers. ``number``
stays the same through every VACUUM, so the prefix index may point to it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import DDL, Connection, Index, Integer, String, event
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from bjc_desktop.models.base import Base
from bjc_desktop.models.coachees import Coachee
from bjc_desktop.models.name_keys import search_key, sort_key


class CoacheeKey(Base):
    """The keys of one coachee."""

    __tablename__ = "coachee_keys"
    # A page of the list in its order, and a search among many, are answered from this index alone.
    __table_args__ = (Index("ix_coachee_keys_sort_key", "sort_key", "search_key", "coachee_id"),)

    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    coachee_id: Mapped[str] = mapped_column(String(36), unique=True)
    sort_key: Mapped[str] = mapped_column(String)
    search_key: Mapped[str] = mapped_column(String)


_OLD = "INSERT INTO coachee_search(coachee_search, rowid, search_key) VALUES ('delete', OLD.number, OLD.search_key);"
_NEW = "INSERT INTO coachee_search(rowid, search_key) VALUES (NEW.number, NEW.search_key);"
_STATEMENTS = (
    (
        "CREATE VIRTUAL TABLE coachee_search USING fts5(search_key, content='coachee_keys', content_rowid='number', "
        "prefix='1 2 3', detail='none', columnsize=0, tokenize=\"unicode61 remove_diacritics 0 tokenchars '#'\")"
    ),
    # What is deleted leaves no trace in the index, as secure_delete has it for the tables.
    "INSERT INTO coachee_search(coachee_search, rank) VALUES ('secure-delete', 1)",
    f"CREATE TRIGGER coachee_keys_insert AFTER INSERT ON coachee_keys BEGIN {_NEW} END",
    f"CREATE TRIGGER coachee_keys_delete AFTER DELETE ON coachee_keys BEGIN {_OLD} END",
    f"CREATE TRIGGER coachee_keys_update AFTER UPDATE OF search_key ON coachee_keys BEGIN {_OLD} {_NEW} END",
    "CREATE TRIGGER coachees_delete AFTER DELETE ON coachees BEGIN DELETE FROM coachee_keys WHERE coachee_id = OLD.id; END",
)
for _statement in _STATEMENTS:
    event.listen(Base.metadata, "after_create", DDL(_statement))  # type: ignore[no-untyped-call]

CoacheeNames = tuple[str, str, str, str | None]
"""Id, case number, family name and given name."""


def write_keys(connection: Connection, coachees: Iterable[CoacheeNames]) -> None:
    """Write the keys of *coachees*, new or changed."""
    rows = [
        {"coachee_id": row_id, "sort_key": sort_key(family, given), "search_key": search_key(number, family, given)}
        for row_id, number, family, given in coachees
    ]
    if rows:
        statement = insert(CoacheeKey)
        changed = {name: statement.excluded[name] for name in ("sort_key", "search_key")}
        connection.execute(statement.on_conflict_do_update(index_elements=["coachee_id"], set_=changed), rows)


def write_imported_keys(connection: Connection, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write the keys of the coachees whose imported *rows* have *columns*."""
    positions = [columns.index(name) for name in ("id", "case_number", "family_name", "given_name")]
    write_keys(connection, ((row[a], row[b], row[c], row[d]) for row in rows for a, b, c, d in (positions,)))


def _write_key(mapper: Mapper[Any], connection: Connection, coachee: Coachee) -> None:
    _ = mapper
    write_keys(connection, [(coachee.id, coachee.case_number, coachee.family_name, coachee.given_name)])


event.listen(Coachee, "after_insert", _write_key)
event.listen(Coachee, "after_update", _write_key)
