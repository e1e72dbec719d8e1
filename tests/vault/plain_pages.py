"""What a vault's files hold once they are decrypted page by page: also what no query would show any more."""

import json
import struct
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bjc_desktop.models import Base
from bjc_desktop.vault import Vault, read_payload

_PAGE, _RESERVED, _SALT = 4096, 80, 16
_WAL_HEAD, _FRAME_HEAD = 32, 24


def _opened(page: bytes, key: bytes, *, first: bool) -> bytes:
    start = _SALT if first else 0
    vector = page[_PAGE - _RESERVED : _PAGE - _RESERVED + 16]
    decryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
    return decryptor.update(page[start : _PAGE - _RESERVED]) + decryptor.finalize()


def _pages(data: bytes, key: bytes) -> Iterator[bytes]:
    for number in range(0, len(data), _PAGE):
        yield _opened(data[number : number + _PAGE], key, first=number == 0)


def _frames(data: bytes, key: bytes) -> Iterator[bytes]:
    for start in range(_WAL_HEAD, len(data), _FRAME_HEAD + _PAGE):
        (number,) = struct.unpack(">I", data[start : start + 4])
        page = data[start + _FRAME_HEAD : start + _FRAME_HEAD + _PAGE]
        yield _opened(page, key, first=number == 1)


def decrypted(database: Path, key: bytes) -> bytes:
    """Return every page of a closed or open vault's database and of its write-ahead log, decrypted."""
    log = database.with_name(database.name + "-wal")
    parts = list(_pages(database.read_bytes(), key))
    if log.exists():
        parts += _frames(log.read_bytes(), key)
    assert parts[0][84:100].count(0) < 16  # noqa: PLR2004 - a wrong key would yield noise, an empty file nothing
    return b"".join(parts)


def readable_payloads(vault: Vault) -> str:
    """Return all that the change record still says, as far as its keys are there."""
    with vault.reading() as connection:
        rows = connection.execute(Base.metadata.tables["change_records"].select()).mappings().all()
        return json.dumps([read_payload(connection, row) for row in rows], ensure_ascii=False)
