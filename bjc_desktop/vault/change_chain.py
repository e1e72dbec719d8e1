"""The chain of change records: how a record is sealed and chained, and read again.

Each record carries the HMAC of its predecessor's code and its own content. A payload that belongs to a person is encrypted with
that person's key; so are the values of every other row, with the key of the member of staff whose row it is, or with that of the house.
Erasing a key erases the values and leaves the chain whole. Such a payload begins with :data:`_SEALED` and names whose key it is.
"""

import base64
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from sqlalchemy import Connection, RowMapping, insert, select

from bjc_desktop.errors import VaultDamagedError
from bjc_desktop.models import Base, ChangeRecord, VaultFact
from bjc_desktop.models.base import plain_decimal
from bjc_desktop.vault.keys import KEY_BYTES, NONCE_BYTES, mac
from bjc_desktop.vault.slots import Anchor

ALTERED = (
    "Der Änderungsnachweis des Tresors wurde verändert oder gekürzt. "
    "Bitte die letzte Sicherung mit „bjc-desktop restore …“ wiederherstellen."
)
_KEYS = Base.metadata.tables["person_keys"]
_HEAD = ("id", "transaction_id", "at", "user_id", "role", "action", "entity", "entity_id", "entity_version", "person_id")
RECORD_COLUMNS = (*_HEAD, "payload", "mac")
_INSERT = f"INSERT INTO change_records ({', '.join(RECORD_COLUMNS)}) VALUES ({', '.join('?' * len(RECORD_COLUMNS))})"
_LARGE = 4096
_SLICE = 500
KEY_DAYS = 365
_KEY_AGE = timedelta(days=KEY_DAYS)
"""So long a person's key encrypts new records."""
HOUSE = "house"
"""Whose key encrypts the values of rows that belong to nobody: providers, decisions, targets, settings, talks."""
STAFF = "staff:"
"""Before the id of a member of staff: whose key encrypts the values of their rows."""
_SEALED = b"\x01"
"""The first byte of an encrypted payload that belongs to no coachee; JSON never begins with it."""
_SEALED_HEAD = 2


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and in which role."""

    user_id: str
    role: str


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A change or an event before it is chained."""

    action: str
    payload: Mapping[str, Any]
    entity: str | None = None
    entity_id: str | None = None
    version: int | None = None
    person_id: str | None = None
    holder: str | None = None
    """Whose key encrypts the payload where it belongs to no coachee; None for what stays readable, which holds no values."""


def timestamp(now: datetime) -> str:
    """Return *now* in UTC as ISO 8601 with milliseconds; a time without zone is taken as local."""
    return now.astimezone(UTC).isoformat(timespec="milliseconds")


def plain_value(value: object) -> object:
    """Return a column's *value* as it stands in a record: ISO dates, decimals as text, bytes as Base64 or, if large, a hash."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return plain_decimal(value)
    if isinstance(value, bytes) and len(value) > _LARGE:
        return {"sha256": hashlib.sha256(value).hexdigest()}
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def canonical(payload: Mapping[str, Any]) -> bytes:
    """Return *payload* as JSON in its one form: sorted keys, no spaces."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=plain_value).encode()


def _content(row: Mapping[str, Any] | RowMapping) -> bytes:
    head = [row[name] for name in _HEAD]
    # JSON holds no NUL, so head and payload cannot be shifted against each other.
    payload: bytes = row["payload"]
    return json.dumps(head, separators=(",", ":")).encode() + b"\x00" + payload


def link(key: bytes, head: bytes, row: Mapping[str, Any] | RowMapping) -> bytes:
    """Return the code of the record *row* that follows the one with the code *head*."""
    return mac(key, head, _content(row))


def chain_key_of(connection: Connection) -> bytes:
    """Return the key of the chain; a connection asks for it once, for it never changes."""
    if "chain_key" not in connection.info:
        query = select(VaultFact.value).where(VaultFact.key == "chain_key")
        connection.info["chain_key"] = connection.execute(query).scalar_one()
    key: bytes = connection.info["chain_key"]
    return key


def tail_of(connection: Connection) -> Anchor:
    """Return number and code of the last record."""
    row = connection.exec_driver_sql("SELECT id, mac FROM change_records ORDER BY id DESC LIMIT 1").one_or_none()
    return Anchor() if row is None else Anchor(row.id, row.mac)


def person_ciphers(connection: Connection, people: Iterable[str], *, since: int, now: datetime) -> dict[str, ChaCha20Poly1305]:
    """Return the cipher of each of *people* for records from *since* on.

    Who has no key yet, or one that is older than a year, gets one: so old values can be erased while newer ones stay.
    """
    wanted = sorted(set(people))
    young, keys = timestamp(now - _KEY_AGE), dict[str, bytes]()
    for start in range(0, len(wanted), _SLICE):
        some = tuple(wanted[start : start + _SLICE])
        marks = ", ".join("?" * len(some))
        query = f"SELECT coachee_id, key, begun_at, since FROM person_keys WHERE coachee_id IN ({marks}) ORDER BY since"
        newest = {row.coachee_id: row for row in connection.exec_driver_sql(query, some)}
        keys.update((person, row.key) for person, row in newest.items() if row.begun_at >= young or row.since == since)
    fresh = {person: os.urandom(KEY_BYTES) for person in wanted if person not in keys}
    if fresh:
        rows = [{"coachee_id": person, "since": since, "key": key, "begun_at": timestamp(now)} for person, key in fresh.items()]
        connection.execute(insert(_KEYS), rows)
    return {person: ChaCha20Poly1305(key) for person, key in (keys | fresh).items()}


def _sealed(record: NewRecord, record_id: int, ciphers: Mapping[str, ChaCha20Poly1305]) -> bytes:
    payload, owner = canonical(record.payload), record.person_id or record.holder
    if owner is None:
        return payload
    nonce = os.urandom(NONCE_BYTES)
    sealed = nonce + ciphers[owner].encrypt(nonce, payload, str(record_id).encode())
    if record.person_id is not None:
        return sealed
    name = owner.encode()
    return _SEALED + bytes([len(name)]) + name + sealed


def append_records(
    connection: Connection, actor: Actor, records: list[NewRecord], now: datetime, transaction_id: int | None = None
) -> range:
    """Append *records* to the chain and return their ids, which follow each other.

    Without *transaction_id* the first of them begins a transaction.
    """
    tail, key = tail_of(connection), chain_key_of(connection)
    ids = range(tail.count + 1, tail.count + 1 + len(records))
    owners = (owner for record in records if (owner := record.person_id or record.holder) is not None)
    ciphers = person_ciphers(connection, owners, since=ids.start, now=now)
    at, head = timestamp(now), tail.head
    rows: list[tuple[Any, ...]] = []
    for record_id, record in zip(ids, records, strict=True):
        row = {
            "id": record_id,
            "transaction_id": transaction_id or ids.start,
            "at": at,
            "user_id": actor.user_id,
            "role": str(actor.role),
            "action": record.action,
            "entity": record.entity,
            "entity_id": record.entity_id,
            "entity_version": record.version,
            "person_id": record.person_id,
            "payload": _sealed(record, record_id, ciphers),
        }
        head = link(key, head, row)
        rows.append((*row.values(), head))
    if rows:
        # Straight to the driver: this is part of every saving.
        connection.exec_driver_sql(_INSERT, rows)
    return ids


def read_payload(connection: Connection, record: ChangeRecord | Mapping[str, Any] | RowMapping) -> dict[str, Any] | None:
    """Return the payload of a record (an entity or a row's mapping), or None where the key of it was erased.

    Raises
    ------
    VaultDamagedError
        where the payload is not what was written.
    """
    row = {name: getattr(record, name) for name in ("id", "person_id", "payload")} if isinstance(record, ChangeRecord) else record
    owner, payload = _owner_of(row)
    if owner is not None:
        query = "SELECT key FROM person_keys WHERE coachee_id = ? AND since <= ? ORDER BY since DESC LIMIT 1"
        key = connection.exec_driver_sql(query, (owner, row["id"])).scalar()
        if key is None:
            return None
        payload = _opened(key, row["id"], payload)
    content: dict[str, Any] = json.loads(payload)
    return content


def _owner_of(row: Mapping[str, Any] | RowMapping) -> tuple[str | None, bytes]:
    """Return whose key opens the payload of *row* (None where it is not encrypted), and what is to be opened."""
    payload: bytes = row["payload"]
    if row["person_id"] is not None:
        return row["person_id"], payload
    if payload[:1] != _SEALED or len(payload) < _SEALED_HEAD:
        return None, payload
    end = _SEALED_HEAD + payload[1]
    return payload[_SEALED_HEAD:end].decode(errors="replace"), payload[end:]


def _opened(key: bytes, record_id: int, sealed: bytes) -> bytes:
    try:
        cipher = ChaCha20Poly1305(key)
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], str(record_id).encode())
    except (InvalidTag, ValueError) as error:
        raise VaultDamagedError(ALTERED) from error


def rechained(rows: Iterable[Mapping[str, Any]], chain_key: bytes) -> Iterator[Mapping[str, Any]]:
    """Yield *rows*, records in their order of which some are lost, chained anew; in each gap stands the mark ``lost``."""
    head, count, at = b"", 0, ""
    for row in rows:
        while count + 1 < row["id"]:
            count += 1
            mark = {**_LOST, "id": count, "transaction_id": count, "at": at or row["at"]}
            head = link(chain_key, head, mark)
            yield {**mark, "mac": head}
        count, at = row["id"], row["at"]
        head = link(chain_key, head, row)
        yield {**row, "mac": head}


_LOST: Mapping[str, Any] = {
    "user_id": "",
    "role": "administration",
    "action": "lost",
    "entity": None,
    "entity_id": None,
    "entity_version": None,
    "person_id": None,
    "payload": b"{}",
}
