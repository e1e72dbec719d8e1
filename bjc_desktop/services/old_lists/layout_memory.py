"""What the columns of a layout meant the last time, kept in the vault, so that the next list of the same kind needs no questions.

A mapping holds no person: of the values only those of value lists are kept that stand in more than one row, and never whom of the team a
name means. A value that stands in one row only may be a remark about somebody.
"""

from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.orm import Session

from bjc_desktop.errors import ListError
from bjc_desktop.exchange.lists.known_words import value_key
from bjc_desktop.exchange.lists.list_mapping import SheetMapping, mapping_from_text, mapping_to_text
from bjc_desktop.exchange.lists.list_tables import ListTable
from bjc_desktop.exchange.lists.list_targets import TARGETS, Meaning
from bjc_desktop.models import ListLayout
from bjc_desktop.services.old_lists.stable_ids import stable_id

_LONGEST = 40


def remembered_mapping(connection: Connection, table: ListTable) -> SheetMapping | None:
    """Return what the columns of the layout meant the last time, or None where it is new."""
    query = select(ListLayout.mapping).where(ListLayout.fingerprint == table.fingerprint)
    text = connection.execute(query).scalar()
    try:
        return None if text is None else mapping_from_text(text)
    except ListError:
        return None


def remember_mapping(session: Session, table: ListTable, mapping: SheetMapping, *, now: datetime) -> None:
    """Keep what the columns of the layout mean, in the place of what they meant before."""
    session.execute(delete(ListLayout).where(ListLayout.fingerprint == table.fingerprint))
    row = {
        "id": stable_id("layout", table.fingerprint),
        "fingerprint": table.fingerprint,
        "mapping": mapping_to_text(without_people(table, mapping)),
    }
    session.execute(insert(ListLayout).values(**row, used_at=now.astimezone(UTC).replace(tzinfo=None)))


def without_people(table: ListTable, mapping: SheetMapping) -> SheetMapping:
    """Return *mapping* without what may say something about a person."""
    values = {key: kept for key, said in mapping.values.items() if (kept := _kept(table, mapping, key, said))}
    constants = {key: value for key, value in mapping.constants.items() if TARGETS[key].meaning is not Meaning.STAFF}
    columns = {heading: key for heading, key in mapping.columns.items() if heading in table.headings}
    return SheetMapping(columns, values, constants, mapping.rules)


def _kept(table: ListTable, mapping: SheetMapping, key: str, said: object) -> dict[str, str | None]:
    if TARGETS[key].meaning is Meaning.STAFF or not isinstance(said, dict):
        return {}
    often: set[str] = set()
    for column, target in mapping.places(table):
        if target == key:
            often |= {
                value_key(text) for text, count in table.columns[column].texts.items() if count > 1 and len(text) <= _LONGEST
            }
    return {word: value for word, value in said.items() if word in often}
