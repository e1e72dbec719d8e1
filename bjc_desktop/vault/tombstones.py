"""Tombstones: what was erased once stays erased, whichever backup is restored.

A tombstone names nobody: its mark is the HMAC of the person's id under a key that only the vault holds. The vault keeps its tombstones
in its database and in a file beside it, every backup carries them in its description, and :mod:`~bjc_desktop.vault.erasure_registry`
keeps them where backups are put and on the computer; restoring gathers all that it finds, and the first opening erases again whom an
older backup brought back. Each carries a seal under the vault's key, so that none can be changed on its way.
"""

import json
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, update

from bjc_desktop.models import Base
from bjc_desktop.vault.change_chain import chain_key_of
from bjc_desktop.vault.durable import write_file
from bjc_desktop.vault.keys import mac, same, subkey

FILE = "erased.json"
_ERASURES = Base.metadata.tables["erasures"]
_MAXIMUM_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, order=True)
class Tombstone:
    """That something was erased: the mark of the person, how much of them, how they are called in reports, and when."""

    mark: str
    depth: str
    pseudonym: str
    at: str
    """ISO 8601, UTC without zone."""
    taken_back: str = ""
    """When the person was taken back on purpose; empty where they were not."""
    seal: str = ""
    """The HMAC over all of it, under a key that only the vault holds."""


def marks_of(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Return the mark of each of *ids*."""
    key = subkey(chain_key_of(connection), "tombstones")
    return {row_id: mac(key, row_id.encode()).hex() for row_id in ids}


def kept_tombstones(connection: Connection) -> set[Tombstone]:
    """Return the tombstones in the database, sealed."""
    rows = connection.execute(select(_ERASURES))
    found = [
        Tombstone(
            row.mark,
            row.depth,
            row.pseudonym,
            row.at.isoformat(),
            "" if row.taken_back_at is None else row.taken_back_at.isoformat(),
        )
        for row in rows
    ]
    key = _sealing_key(connection)
    return {replace(stone, seal=_seal(key, stone)) for stone in found}


def sound(connection: Connection, stones: Iterable[Tombstone]) -> set[Tombstone]:
    """Return those of *stones* that the vault behind *connection* wrote, unchanged."""
    key = _sealing_key(connection)
    return {stone for stone in stones if same(_seal(key, stone).encode(), stone.seal.encode())}


def _sealing_key(connection: Connection) -> bytes:
    return subkey(chain_key_of(connection), "tombstone-seals")


def _seal(key: bytes, stone: Tombstone) -> str:
    return mac(key, json.dumps([stone.mark, stone.depth, stone.pseudonym, stone.at, stone.taken_back]).encode()).hex()


def in_force(connection: Connection, depths: Iterable[str]) -> frozenset[str]:
    """Return the marks of who was erased to one of *depths* and was not taken back."""
    wanted = [_ERASURES.c.depth.in_(list(depths)), _ERASURES.c.taken_back_at.is_(None)]
    return frozenset(connection.execute(select(_ERASURES.c.mark).where(*wanted)).scalars())


def take_back(connection: Connection, marks: Collection[str], now: datetime) -> None:
    """Note that the people behind *marks* were taken back on purpose."""
    if marks:
        of_them = [_ERASURES.c.mark.in_(marks), _ERASURES.c.taken_back_at.is_(None)]
        connection.execute(update(_ERASURES).where(*of_them).values(taken_back_at=now.astimezone(UTC).replace(tzinfo=None)))


def tombstones_beside(folder: Path) -> set[Tombstone]:
    """Return the tombstones in the file in *folder*; none where there is no such file, or none that can be read."""
    return tombstones_in(read_small_json(folder / FILE))


def read_small_json(path: Path) -> Any:
    """Return what the file *path* holds as JSON; None where there is none, it is far too large, or no JSON."""
    with suppress(OSError, ValueError, RecursionError):
        if path.stat().st_size <= _MAXIMUM_BYTES:
            return json.loads(path.read_text(encoding="utf-8"))
    return None


def tombstones_in(data: Any) -> set[Tombstone]:
    """Return the tombstones in *data*, as :func:`plain` makes it; what is not one is left out."""
    with suppress(TypeError, KeyError, AttributeError):
        return {Tombstone(*(str(part) for part in entry)) for entry in data["erased"] if len(entry) == len(Tombstone.__slots__)}
    return set()


def plain(stones: Iterable[Tombstone]) -> dict[str, Any]:
    """Return *stones* as JSON holds them, in an order that follows from them alone."""
    entries = [list(astuple(stone)) for stone in sorted(settled(stones))]
    return {"erased": entries}


def settled(stones: Iterable[Tombstone]) -> set[Tombstone]:
    """Return *stones* without those that are known, later on, to have been taken back."""
    found: dict[tuple[str, str, str], Tombstone] = {}
    for stone in stones:
        key = (stone.mark, stone.depth, stone.at)
        if key not in found or found[key].taken_back < stone.taken_back:
            found[key] = stone
    return set(found.values())


def put_beside(folder: Path, stones: Iterable[Tombstone]) -> None:
    """Write *stones* into the file in *folder*.

    Raises
    ------
    DiskFullError
        where there is no room; the old file stays.
    """
    write_file(folder / FILE, json.dumps(plain(stones), indent=0).encode() + b"\n")
