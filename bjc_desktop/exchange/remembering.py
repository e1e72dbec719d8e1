"""What this vault remembers of a row that is gone, should a file bring it back: what it held when it went, from the change record."""

import base64
from collections.abc import Mapping

from sqlalchemy import Connection

from bjc_desktop.exchange.boundary import Boundary, Values
from bjc_desktop.exchange.field_groups import (
    NATURAL_KEYS,
    columns_of,
    group_of,
    groups_of,
    identity,
    natural_identity,
    references_of,
)
from bjc_desktop.vault import read_payload


def last_known(connection: Connection, boundary: Boundary, table: str, key: str) -> Values | None:
    """Return what the row known as *key* held when it was deleted here; None where that cannot be said any more."""
    before = _at_deletion(connection, table, boundary.local_id(table, key))
    if before is None or identity(table, key, [before.get(name) for name in NATURAL_KEYS.get(table, ())]) != key:
        # Under the id that it had, another may have gone since: one whose natural key was changed.
        return None
    if before.get("note") is not None:
        before["note"] = base64.b64decode(str(before["note"]))
    for column, target in references_of(table):
        if target in NATURAL_KEYS and before.get(column) is not None:
            before[column] = _where_it_is_now(connection, boundary, target, str(before[column]))
    return tuple(int(value) if isinstance(value, bool) else value for value in map(before.get, columns_of(table)))


def led_elsewhere(table: str, mine: Mapping[str, Values], theirs: Mapping[str, Values]) -> set[str]:
    """Return the groups of a row that comes back which refer to something else in *theirs* than they did here, in *mine*.

    What they refer to in the file is in the file too; what they referred to here may be gone for good.
    """
    found = set()
    for column, _ in references_of(table):
        group = group_of(table, column)
        position = groups_of(table)[group].index(column)
        if group in theirs and mine[group][position] != theirs[group][position]:
            found.add(group)
    return found


def _at_deletion(connection: Connection, table: str, row_id: str) -> dict[str, object] | None:
    query = (
        "SELECT id, person_id, payload FROM change_records WHERE entity = ? AND entity_id = ? AND action = 'delete' "
        "ORDER BY id DESC LIMIT 1"
    )
    record = connection.exec_driver_sql(query, (table, row_id)).mappings().one_or_none()
    payload = None if record is None else read_payload(connection, record)
    return None if payload is None else {name: pair[0] for name, pair in payload["fields"].items()}


def _where_it_is_now(connection: Connection, boundary: Boundary, table: str, row_id: str) -> str:
    """Return the id that a row of a table with a natural key has, or would have, that was deleted here under *row_id*."""
    before = None if boundary.knows(table, row_id) else _at_deletion(connection, table, row_id)
    if before is None:
        return row_id
    return boundary.local_id(table, natural_identity(table, [before.get(key) for key in NATURAL_KEYS[table]]))
