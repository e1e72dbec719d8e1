"""The file that a backup is: a stored ZIP of the encrypted database, the slot file and a description; reading and checking it."""

import base64
import errno
import hashlib
import json
import os
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from bjc_desktop.errors import StoppedError, VaultDamagedError
from bjc_desktop.vault.driver import STOPPED, Stopped, never
from bjc_desktop.vault.durable import sync_file, write_file
from bjc_desktop.vault.erasure_registry import Registry, registries_for
from bjc_desktop.vault.keys import NONCE_BYTES, subkey
from bjc_desktop.vault.slots import MIRROR, SLOTS, Anchor, SlotFile, parse_slots
from bjc_desktop.vault.tombstones import put_beside, tombstones_beside, tombstones_in
from bjc_desktop.vault.vault import BACKUPS, DATABASE
from bjc_desktop.vocabulary import Vocabulary

ENDING = ".bjcbackup"
STEM = "BJC_Sicherung_"
RESTORED = "restored"
"""The note beside a restored vault that its first opening takes into the change record."""
DESCRIPTION = "backup.json"
FORMAT = 1
CHUNK = 1024 * 1024
_NAMES = {DATABASE, SLOTS, DESCRIPTION}
_SMALL_BYTES = 16 * 1024 * 1024
_NAME = re.compile(rf"{STEM}(?P<vault>[0-9a-f]{{8}})_\d{{8}}-\d{{6}}(?:-\d+)?(?:_(?P<reason>[a-z]+))?(?:-\d+)?")
_BROKEN = "Die Sicherung ist beschädigt oder keine Sicherung. Bitte eine andere Sicherung verwenden."


class BackupReason(Vocabulary):
    """Why a backup was made; the key stands at the end of its name. One made by the command line has none."""

    AUTOMATIC = "auto", "automatisch"
    BY_HAND = "hand", "von Hand"
    IMPORT = "import", "vor einem Import"
    MIGRATION = "migration", "vor einer Aktualisierung"
    ERASURE = "erasure", "vor einer Löschung"
    COMMAND = "command", "über die Befehlszeile"


ROTATING = frozenset({BackupReason.AUTOMATIC, BackupReason.BY_HAND})
"""The reasons of those backups of which the newest per day, week and month are kept."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup says of itself: of which vault, when and why it was made, how large it is, how far its change record goes."""

    path: Path
    vault_id: str
    created: datetime
    reason: BackupReason
    size: int
    """Bytes of the whole file."""
    tail: Anchor
    revision: str
    contents: bytes = b""
    """What was in the vault, sealed: see :func:`open_contents`."""


@dataclass(frozen=True, slots=True)
class _Description:
    created: str
    sizes: dict[str, int]
    hashes: dict[str, str]
    data: dict[str, Any]


def reason_of(path: Path) -> BackupReason:
    """Return why the backup *path* was made, as its name says; one without a reason was made by the command line."""
    match = _NAME.fullmatch(path.stem)
    key = match["reason"] if match is not None else None
    return next((reason for reason in BackupReason if reason.value == key), BackupReason.COMMAND)


def backups_of(directory: Path, vault_id: str) -> Iterator[Path]:
    """Yield the files of *directory* that are backups of the vault by their name."""
    for path in directory.glob(f"{STEM}{vault_id[:8]}_*{ENDING}"):
        if _NAME.fullmatch(path.stem) is not None:
            yield path


@contextmanager
def _broken_named() -> Iterator[None]:
    try:
        yield
    except (
        zipfile.BadZipFile,
        ValueError,
        KeyError,
        TypeError,
        NotImplementedError,
        EOFError,
        RuntimeError,
        OverflowError,
    ) as error:
        raise VaultDamagedError(_BROKEN) from error
    except OSError as error:
        # What a broken archive says about places in itself no file can be asked for.
        if error.errno != errno.EINVAL:
            raise
        raise VaultDamagedError(_BROKEN) from error


def _members(archive: zipfile.ZipFile, size: int) -> dict[str, zipfile.ZipInfo]:
    """Return the members by name: exactly the three, stored, and not larger than the file says it is."""
    members = {member.filename: member for member in archive.infolist()}
    stored = all(
        member.compress_type == zipfile.ZIP_STORED and member.compress_size == member.file_size for member in members.values()
    )
    small = all(members[name].file_size <= _SMALL_BYTES for name in _NAMES - {DATABASE} if name in members)
    whole = sum(member.file_size for member in archive.infolist()) <= size
    if set(members) != _NAMES or len(archive.infolist()) != len(_NAMES) or not (stored and small and whole):
        raise VaultDamagedError(_BROKEN)
    return members


def _described(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> _Description:
    data = json.loads(archive.read(members[DESCRIPTION]))
    if data["format"] != FORMAT:
        raise VaultDamagedError(_BROKEN)
    files = {name: data["files"][name] for name in (DATABASE, SLOTS)}
    return _Description(
        str(data["created"]),
        {name: int(file["size"]) for name, file in files.items()},
        {name: str(file["sha256"]) for name, file in files.items()},
        data,
    )


def read_backup(path: Path) -> Backup:
    """Return what the backup *path* says of itself, without checking its content.

    Raises
    ------
    VaultDamagedError
        where it is no backup.
    OSError
        where it cannot be read.
    """
    with _broken_named(), zipfile.ZipFile(path) as archive:
        size = path.stat().st_size
        described = _described(archive, _members(archive, size))
        data, created = described.data, datetime.fromisoformat(described.created)
        tail = Anchor(int(data["changes"]["count"]), bytes.fromhex(data["changes"]["head"]))
        if created.tzinfo is None:
            raise VaultDamagedError(_BROKEN)
        contents = base64.b64decode(str(data.get("contents", "")))
        return Backup(path, str(data["vault_id"]), created, reason_of(path), size, tail, str(data["revision"]), contents)


def readable_backups(paths: Iterable[Path]) -> list[Backup]:
    """Return those of *paths* that are backups, the newest first; the others are passed over."""
    found = []
    for path in paths:
        try:
            found.append(read_backup(path))
        except (VaultDamagedError, OSError):
            continue
    return sorted(found, key=lambda backup: (backup.created, backup.path.name), reverse=True)


def described_backups(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield the readable backups in the own folder of the vault in *folder*, each with its description; nothing in it is verified."""
    for path in sorted((folder / BACKUPS).glob(f"*{ENDING}")):
        with suppress(VaultDamagedError, OSError), _broken_named(), zipfile.ZipFile(path) as archive:
            yield path, _described(archive, _members(archive, path.stat().st_size)).data


def check_backup(path: Path, stopped: Stopped = never) -> None:
    """Read the backup *path* from its first to its last byte and compare with what was verified when it was written.

    Raises
    ------
    VaultDamagedError
        where anything is amiss.
    """
    _walk(path, None, stopped)


def unpack(source: Path, folder: Path, stopped: Stopped = never) -> None:
    """Write the files of the backup *source* into the empty *folder*, with the note for the first opening.

    Raises
    ------
    VaultDamagedError
        where anything is amiss.
    """
    described = _walk(source, folder, stopped)
    with _broken_named():
        slots = parse_slots((folder / SLOTS).read_bytes())
    if _first_bytes(folder / DATABASE, len(slots.cipher_salt)) != slots.cipher_salt:
        raise VaultDamagedError(_BROKEN)
    known = _known_near(source, described, slots.vault_id)
    until = None if known.known_until is None else known.known_until.isoformat(timespec="milliseconds")
    marker = json.dumps({"backup": source.name, "created": described.created, "known_until": until})
    write_file(folder / RESTORED, marker.encode())
    write_file(folder / MIRROR, (folder / SLOTS).read_bytes())
    if known.stones:
        put_beside(folder, known.stones)


def _known_near(source: Path, described: _Description, vault_id: str) -> Registry:
    """Return what was erased after the backup *source* was made too, as far as anything that can be reached knows it, and until when.

    Newer backups in its folder know it, the vault whose own folder for backups this is, the registry beside backups, and this computer.
    """
    stones = tombstones_in(described.data) | tombstones_beside(source.parent) | tombstones_beside(source.parent.parent)
    for data in _descriptions_near(source):
        if data["vault_id"] == described.data["vault_id"]:
            stones |= tombstones_in(data)
    registries = registries_for(source.parent, vault_id)
    moments = [registry.known_until for registry in registries if registry.known_until is not None]
    return Registry(frozenset(stones.union(*(registry.stones for registry in registries))), max(moments, default=None))


def _descriptions_near(source: Path) -> Iterator[dict[str, Any]]:
    for other in source.parent.glob(f"*{ENDING}"):
        with suppress(VaultDamagedError, OSError), _broken_named(), zipfile.ZipFile(other) as archive:
            data = _described(archive, _members(archive, other.stat().st_size)).data
            if "vault_id" in data:
                yield data


def slots_in(path: Path) -> SlotFile:
    """Return the slot file in the backup *path*.

    Raises
    ------
    VaultDamagedError
        where it cannot be read.
    """
    with _broken_named(), zipfile.ZipFile(path) as archive:
        return parse_slots(archive.read(_members(archive, path.stat().st_size)[SLOTS]))


def _first_bytes(path: Path, count: int) -> bytes:
    with path.open("rb") as file:
        return file.read(count)


def _walk(source: Path, folder: Path | None, stopped: Stopped) -> _Description:
    """Read all of *source*, write it into *folder* where there is one, compare the hashes, and return its description."""
    with _broken_named(), zipfile.ZipFile(source) as archive:
        members = _members(archive, source.stat().st_size)
        described = _described(archive, members)
        for name in (SLOTS, DATABASE):
            with archive.open(members[name]) as content, _sink(None if folder is None else folder / name) as sink:
                digest, size = pour(content, sink, stopped)
            if (size, digest) != (described.sizes[name], described.hashes[name]):
                raise VaultDamagedError(_BROKEN)
            if folder is not None:
                sync_file(folder / name)
        return described


@contextmanager
def _sink(path: Path | None) -> Iterator[IO[bytes] | None]:
    if path is None:
        yield None
    else:
        with path.open("wb") as file:
            yield file


def pour(content: IO[bytes], sink: IO[bytes] | None, stopped: Stopped = never) -> tuple[str, int]:
    """Copy *content* into *sink* in pieces, so that other threads get their turn; return its SHA-256 and size.

    Raises
    ------
    StoppedError
        where the work should stop.
    """
    found, size = hashlib.sha256(), 0
    while piece := content.read(CHUNK):
        if stopped():
            raise StoppedError(STOPPED)
        found.update(piece)
        size += len(piece)
        if sink is not None:
            sink.write(piece)
    return found.hexdigest(), size


def seal_contents(contents: bytes, data_key: bytes, vault_id: str) -> str:
    """Return *contents*, what a vault held when it was backed up, encrypted under its data key, as text."""
    nonce = os.urandom(NONCE_BYTES)
    sealed = ChaCha20Poly1305(subkey(data_key, "backup-contents")).encrypt(nonce, contents, vault_id.encode())
    return base64.b64encode(nonce + sealed).decode()


def open_contents(backup: Backup, data_key: bytes) -> bytes | None:
    """Return what the vault held when *backup* was made, or None where nothing was noted.

    Raises
    ------
    VaultDamagedError
        where the note is not what was written.
    """
    if not backup.contents:
        return None
    nonce, sealed = backup.contents[:NONCE_BYTES], backup.contents[NONCE_BYTES:]
    try:
        return ChaCha20Poly1305(subkey(data_key, "backup-contents")).decrypt(nonce, sealed, backup.vault_id.encode())
    except (InvalidTag, ValueError) as error:
        raise VaultDamagedError(_BROKEN) from error
