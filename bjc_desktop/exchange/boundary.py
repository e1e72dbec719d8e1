"""The boundary of a vault: its rows in the form in which every vault knows them, and back.

Two things are a vault's own: the id of a row that two vaults may each have made (it is known by its natural key outside), and the key
under which notes are encrypted.
"""

import base64
from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import Connection

from bjc_desktop.errors import BjcError
from bjc_desktop.exchange.field_groups import NATURAL_KEYS, NOTE, columns_of, groups_of, natural_identity, references_of
from bjc_desktop.exchange.stamping import row_identity
from bjc_desktop.vault import NoteCipher

Values = tuple[object, ...]
NOTED = "consultations"
"""The table with the notes."""


class Boundary:
    """Translates between a vault's rows and what travels; *connection* must see the tables unmasked."""

    def __init__(self, connection: Connection, notes: NoteCipher | None) -> None:
        self.notes = notes
        self._identities: dict[str, dict[str, str]] = {}
        self._locals: dict[str, dict[str, str]] = {}
        for table, keys in NATURAL_KEYS.items():
            rows = connection.exec_driver_sql(f"SELECT id, {', '.join(keys)} FROM main.{table}").mappings()
            self._identities[table] = {str(row["id"]): row_identity(table, row) for row in rows}
            self._locals[table] = {identity: row_id for row_id, identity in self._identities[table].items()}

    def identity(self, table: str, row_id: str) -> str:
        """Return by what the row with this id is known everywhere."""
        return self._identities.get(table, {}).get(row_id, row_id)

    def knows(self, table: str, row_id: str) -> bool:
        """Say whether a row of a table with a natural key is there."""
        return row_id in self._identities[table]

    def local_id(self, table: str, identity: str) -> str:
        """Return the id that the row has, or would have, in this vault.

        It would have the one it is known by outside, unless a row stands under it whose natural key was changed since it came.
        """
        if table not in NATURAL_KEYS:
            return identity
        found = self._locals[table].get(identity)
        if found is None:
            found = identity
            while found in self._identities[table]:
                found = natural_identity(table, (found,))
        return found

    def outward(self, table: str, row_id: str, values: Sequence[object]) -> Values:
        """Return the *values* of a row, in the order of its columns that travel, as every vault knows them.

        A note that this user cannot read is left out, which its stamp must say.
        """
        found = list(values)
        for position, target in _translated(table):
            if found[position] is not None:
                found[position] = self.identity(target, str(found[position]))
        if table == NOTED:
            position = columns_of(table).index("note")
            found[position] = self._opened(row_id, found[position])
        return tuple(found)

    def inward(self, table: str, row_id: str, values: Sequence[object]) -> Values:
        """Return *values* as they stand in this vault's table."""
        found = list(values)
        for position, target in _translated(table):
            if found[position] is not None:
                found[position] = self.local_id(target, str(found[position]))
        if table == NOTED:
            position = columns_of(table).index("note")
            found[position] = self._sealed(row_id, found[position])
        return tuple(found)

    def held_outward(self, table: str, group: str, identity: str, content: object) -> object:
        """Return the *content* of a held version as every vault knows it; None where it cannot be read."""
        if (table, group) != (NOTED, NOTE) or not isinstance(content, tuple) or content[0] is None:
            return content
        text = self._opened(identity, base64.b64decode(str(content[0])))
        return None if text is None else (text,)

    def held_inward(self, table: str, group: str, identity: str, content: object) -> object:
        """Return the *content* of a version as it is held in this vault: a note is no more readable there than in its table."""
        if (table, group) != (NOTED, NOTE) or not isinstance(content, tuple) or content[0] is None:
            return content
        sealed = self._sealed(identity, content[0])
        return (base64.b64encode(sealed).decode(),) if isinstance(sealed, bytes) else (None,)

    def _opened(self, row_id: str, note: object) -> str | None:
        if not isinstance(note, bytes) or self.notes is None:
            return None
        try:
            return self.notes.decrypt(row_id, note)
        except BjcError:
            return None

    def _sealed(self, row_id: str, note: object) -> bytes | None:
        return None if note is None or self.notes is None else self.notes.encrypt(row_id, str(note))


@lru_cache(maxsize=64)
def _translated(table: str) -> tuple[tuple[int, str], ...]:
    """Return position and target of the columns that refer to a table with a natural key."""
    columns = columns_of(table)
    return tuple((columns.index(column), target) for column, target in references_of(table) if target in NATURAL_KEYS)


def by_group(table: str, values: Sequence[object]) -> dict[str, Values]:
    """Return the *values* of a row, in the order of its columns, by group."""
    known = dict(zip(columns_of(table), values, strict=True))
    return {group: tuple(known[name] for name in names) for group, names in groups_of(table).items()}
