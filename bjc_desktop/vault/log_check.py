"""Whether the log beside a database (``vault.db-wal``) belongs to it, looked at before anything is written.

SQLite takes whatever log lies beside a database for its own and writes it into it, page by page: one of another vault, or an older one
of the same vault, would destroy what is whole. So a log that was left there is compared first: every page in it must be of this vault's
key, the newest entry of the change record in the file alone must still be there with the log, and what follows it must be unbroken.
"""

import hashlib
import hmac
import struct
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bjc_desktop.errors import VaultDamagedError
from bjc_desktop.vault.change_chain import RECORD_COLUMNS, link
from bjc_desktop.vault.driver import CipherKey, connect_looking, rows_of
from bjc_desktop.vault.keys import same

LOG = "-wal"
FOREIGN_LOG = (
    "Neben der Datenbank liegt ein Schreibprotokoll (vault.db-wal), das nicht zu ihr gehört; es wurde nichts geändert. "
    "Bitte diese eine Datei in einen anderen Ordner verschieben und den Tresor noch einmal öffnen."
)
_PAGE, _RESERVED, _VECTOR, _SALT, _CODE = 4096, 80, 16, 16, 64
_HEAD, _FRAME_HEAD = 32, 24
_MAGIC = {0x377F0682: "<", 0x377F0683: ">"}
_SALT_MASK = 0x3A
_WORD = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class _Frame:
    head: bytes
    page: bytes

    @property
    def number(self) -> int:
        return int.from_bytes(self.head[:4], "big")


def has_log(database: Path) -> bool:
    """Say whether a log with something in it lies beside *database*: it was not closed in order, or somebody laid it there."""
    with suppress(OSError):
        return log_of(database).stat().st_size > _HEAD + _FRAME_HEAD
    return False


def log_of(database: Path) -> Path:
    """Return the path of the log of *database*."""
    return database.with_name(database.name + LOG)


def assert_own_log(database: Path, keys: Sequence[CipherKey]) -> None:
    """Check that the log beside *database* belongs to it; *keys* are two while the data key is being changed. Writes nothing.

    Raises
    ------
    VaultDamagedError
        where it does not.
    """
    if has_log(database) and not (_is_of(log_of(database), keys) and (len(keys) > 1 or _goes_on(database, keys[0]))):
        raise VaultDamagedError(FOREIGN_LOG)


# --- the pages in the log -----------------------------------------------------------------------------------------------------


def _is_of(log: Path, keys: Sequence[CipherKey]) -> bool:
    """Say whether each page that SQLite would take from *log* carries the code of one of *keys*."""
    with log.open("rb") as file:
        head = file.read(_HEAD)
        order = _MAGIC.get(int.from_bytes(head[:4], "big"))
        if order is None or _checksum(order, head[:24], (0, 0)) != struct.unpack(">II", head[24:32]):
            # What SQLite itself passes over.
            return True
        if int.from_bytes(head[8:12], "big") != _PAGE:
            return False
        secrets = [_code_key(key) for key in keys]
        if all(_has_code(frame, secrets) for frame in _frames(file, head[16:24])):
            return True
        file.seek(_HEAD)
        return all(_has_code(frame, secrets) for frame in _taken(file, head, order))


def _frames(file: Any, salts: bytes) -> Iterator[_Frame]:
    while len(data := file.read(_FRAME_HEAD + _PAGE)) == _FRAME_HEAD + _PAGE and data[8:16] == salts:
        yield _Frame(data[:_FRAME_HEAD], data[_FRAME_HEAD:])


def _taken(file: Any, head: bytes, order: str) -> list[_Frame]:
    """Return what SQLite would write back: the last version of each page, up to the last commit before a checksum that does not hold.

    Earlier versions do not count: they may be of a former key.
    """
    so_far, pages, committed = struct.unpack(">II", head[24:32]), dict[int, _Frame](), dict[int, _Frame]()
    for frame in _frames(file, head[16:24]):
        so_far = _checksum(order, frame.head[:8] + frame.page, so_far)
        if so_far != struct.unpack(">II", frame.head[16:24]):
            break
        pages[frame.number] = frame
        size = int.from_bytes(frame.head[4:8], "big")
        if size:
            committed = {number: found for number, found in pages.items() if number <= size}
    return list(committed.values())


def _checksum(order: str, data: bytes, so_far: tuple[int, ...]) -> tuple[int, int]:
    first, second = so_far
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & _WORD
        second = (second + odd + first) & _WORD
    return first, second


def _code_key(key: CipherKey) -> bytes:
    """Return the key of the pages' codes, as SQLCipher 4 derives it."""
    salt = bytes(byte ^ _SALT_MASK for byte in key.salt)
    return hashlib.pbkdf2_hmac("sha512", key.data_key, salt, 2, 32)


def _has_code(frame: _Frame, secrets: Sequence[bytes]) -> bool:
    start, end = (_SALT if frame.number == 1 else 0), _PAGE - _RESERVED + _VECTOR
    content = frame.page[start:end] + frame.number.to_bytes(4, "little")
    code = frame.page[end : end + _CODE]
    return any(hmac.compare_digest(hmac.new(secret, content, "sha512").digest(), code) for secret in secrets)


# --- the record with the log and without --------------------------------------------------------------------------------------


def _goes_on(database: Path, key: CipherKey) -> bool:
    """Say whether what the database and its log hold together goes on from what the database holds alone.

    A kill while the log was being written back leaves a file that says nothing alone: then there is nothing to compare.
    """
    try:
        with closing(connect_looking(database, key)) as connection:
            chain_key = _chain_key(connection)
            last = _newest_in_file(database, key, chain_key)
            whole = last is None or _follows(connection, chain_key, *last)
            whole = whole and _is_structure_whole(connection)
    except VaultDamagedError:
        whole = False
    return whole or not _is_whole_alone(database, key)


def _chain_key(connection: Any) -> bytes:
    rows = rows_of(connection, "SELECT value FROM vault_facts WHERE key = 'chain_key'")
    if not rows:
        raise VaultDamagedError(FOREIGN_LOG)
    return bytes(rows[0][0])


def _records(connection: Any, condition: str, *values: object) -> list[dict[str, Any]]:
    query = f"SELECT {', '.join(RECORD_COLUMNS)} FROM change_records {condition}"
    return [dict(zip(RECORD_COLUMNS, row, strict=True)) for row in rows_of(connection, query, *values)]


def _newest_in_file(database: Path, key: CipherKey, chain_key: bytes) -> tuple[int, bytes] | None:
    """Return number and code of the newest record in the file alone that is truly one of this chain."""
    with suppress(VaultDamagedError, KeyError, TypeError), closing(connect_looking(database, key, log=False)) as alone:
        rows = _records(alone, "ORDER BY id DESC LIMIT 2")
        before = rows[1]["mac"] if len(rows) > 1 else b""
        if rows and same(link(chain_key, before, rows[0]), rows[0]["mac"]):
            return rows[0]["id"], rows[0]["mac"]
    return None


def _follows(connection: Any, chain_key: bytes, number: int, code: bytes) -> bool:
    """Say whether the record still holds the one with *number* and *code*, and goes on from there without a gap."""
    rows = _records(connection, "WHERE id >= ? ORDER BY id", number)
    if not rows or rows[0]["id"] != number or not same(rows[0]["mac"], code):
        return False
    for row in rows[1:]:
        number += 1
        if row["id"] != number or not same(link(chain_key, code, row), row["mac"]):
            return False
        code = row["mac"]
    return True


def _is_whole_alone(database: Path, key: CipherKey) -> bool:
    with suppress(VaultDamagedError), closing(connect_looking(database, key, log=False)) as alone:
        return _is_structure_whole(alone)
    return False


def _is_structure_whole(connection: Any) -> bool:
    return rows_of(connection, "PRAGMA quick_check(1)") == [("ok",)]
