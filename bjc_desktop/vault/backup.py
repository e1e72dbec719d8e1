"""Backups: one file each, verified when it is written and again before it is restored; and restoring.

A backup is a stored ZIP of the encrypted database, the slot file and a description. It opens with the passphrases that
the vault had at that time. What goes in and out is ciphertext only, so restoring asks for no passphrase.
"""

import errno
import hashlib
import json
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from bjc_desktop.errors import NotFoundError, VaultDamagedError, VaultError
from bjc_desktop.vault.driver import DAMAGED, CipherKey, assert_whole, clear_errors, connect, copy_into, revision_of
from bjc_desktop.vault.durable import PART, finish, new_part, sync_file, sync_folder
from bjc_desktop.vault.slots import MIRROR, SLOTS, Anchor, SlotFile, parse_slots, slot_bytes
from bjc_desktop.vault.tombstones import Tombstone, plain, put_beside, tombstones_beside, tombstones_in
from bjc_desktop.vault.unlocking import unlock
from bjc_desktop.vault.vault import BACKUPS, DATABASE, Secrets, Vault

ENDING = ".bjcbackup"
RESTORED = "restored"
"""The note beside a restored vault that the next opening takes into the change record."""
GUARD = "loeschlauf"
"""The word in the name of a backup that was made before a run of erasing: it goes itself after a time."""
_GUARD_DAYS = 30
_DESCRIPTION = "backup.json"
_NAMES = {DATABASE, SLOTS, _DESCRIPTION}
_FORMAT = 1
_SMALL_BYTES = 16 * 1024 * 1024
_CHUNK = 1024 * 1024
_KEPT_BEFORE = 12
_BROKEN = "Die Sicherung ist beschädigt oder keine Sicherung. Bitte eine andere Sicherung verwenden."
_NONE_FOUND = "Hier ist keine unbeschädigte Sicherung. Bitte einen anderen Ordner oder eine Sicherungsdatei angeben."
_EXISTS = "Am Ziel ist schon etwas. Bitte für den wiederhergestellten Tresor einen neuen Ordner angeben."


@dataclass(frozen=True, slots=True)
class BackupSource:
    """What a backup is made from: the vault's folder, its slot file and the keys to it."""

    folder: Path
    slots: SlotFile
    secrets: Secrets


def back_up(vault: Vault, directory: Path, now: datetime) -> Path:
    """Write a verified backup of *vault* into *directory* and return its path.

    Raises
    ------
    VaultDamagedError
        where the vault is damaged; no backup is written.
    DiskFullError
        where there is no room; nothing is left behind.
    """
    vault.anchor_changes()
    return write_backup(BackupSource(vault.folder, vault.slots, vault.secrets), directory, now)


def back_up_before(vault: Vault, reason: str, now: datetime | None = None) -> Path | None:
    """Back *vault* up into its own folder before something like an import; return the path, or None for a vault without cases.

    *reason* is a word for the file's name. The newest 12 are kept.
    """
    with vault.reading() as connection:
        query = "SELECT EXISTS (SELECT 1 FROM coachings) OR EXISTS (SELECT 1 FROM staff)"
        if not connection.exec_driver_sql(query).scalar():
            return None
    directory = vault.folder / BACKUPS
    path = back_up(vault, directory, now or vault.clock())
    named = _free_name(directory, f"{path.stem}_{reason}")
    finish(path, named)
    _forget_oldest(directory)
    return named


def _forget_oldest(directory: Path) -> None:
    found = sorted(directory.glob(f"*{ENDING}"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in found[_KEPT_BEFORE:]:
        path.unlink(missing_ok=True)


def forget_guards(folder: Path, now: datetime) -> None:
    """Delete the backups of the vault in *folder* that were made before a run of erasing, once it is 30 days ago."""
    for path in (folder / BACKUPS).glob(f"*_{GUARD}*{ENDING}"):
        if path.stat().st_mtime < (now - timedelta(days=_GUARD_DAYS)).timestamp():
            path.unlink(missing_ok=True)


def write_backup(source: BackupSource, directory: Path, now: datetime) -> Path:
    """Write a verified backup of *source* into *directory*: check, copy, verify the copy, pack, sync, rename.

    Raises
    ------
    VaultDamagedError
        where the source or the copy is damaged.
    DiskFullError
        where there is no room; nothing is left behind.
    """
    with clear_errors():
        directory.mkdir(parents=True, exist_ok=True)
        stem = f"BJC_Sicherung_{source.slots.vault_id[:8]}"
        _remove_leftovers(directory, stem)
        copy, packed = directory / f".{stem}.db{PART}", directory / f".{stem}.zip{PART}"
        try:
            description = _verified_copy(source, copy, now)
            _pack(packed, copy, slot_bytes(source.slots, source.secrets.data_key), description)
            target = _free_name(directory, f"{stem}_{now:%Y%m%d-%H%M%S}")
            finish(packed, target)
        finally:
            _remove_leftovers(directory, stem)
        return target


def _remove_leftovers(directory: Path, stem: str) -> None:
    for path in directory.glob(f".{stem}.*{PART}*"):
        with suppress(OSError):
            path.unlink()


def _free_name(directory: Path, stem: str) -> Path:
    path, number = directory / f"{stem}{ENDING}", 1
    while path.exists():
        number += 1
        path = directory / f"{stem}-{number}{ENDING}"
    return path


def _verified_copy(source: BackupSource, copy: Path, now: datetime) -> dict[str, Any]:
    key = source.secrets.cipher_key
    with closing(connect(source.folder / DATABASE, key)) as connection:
        assert_whole(connection)
        copy_into(connection, copy)
    return {
        "format": _FORMAT,
        "vault_id": source.slots.vault_id,
        "created": now.astimezone(UTC).isoformat(timespec="milliseconds"),
        **_verified(copy, key, source.slots.anchor),
        **plain(tombstones_beside(source.folder)),
    }


def _verified(copy: Path, key: CipherKey, anchor: Anchor) -> dict[str, Any]:
    with closing(connect(copy, key, journal=False)) as connection, clear_errors():
        assert_whole(connection)
        count, head = connection.execute("SELECT id, mac FROM change_records ORDER BY id DESC LIMIT 1").fetchone() or (0, b"")
        anchored = connection.execute("SELECT mac FROM change_records WHERE id = ?", (anchor.count,)).fetchone() or (b"",)
        if anchored[0] != anchor.head:
            raise VaultDamagedError(DAMAGED)
        return {"revision": revision_of(connection), "changes": {"count": count, "head": head.hex()}}


def _pack(packed: Path, copy: Path, slots: bytes, description: dict[str, Any]) -> None:
    files = {
        DATABASE: {"size": copy.stat().st_size, "sha256": _hash_of(copy)},
        SLOTS: {"size": len(slots), "sha256": hashlib.sha256(slots).hexdigest()},
    }
    text = json.dumps({**description, "files": files}, indent=1, sort_keys=True).encode() + b"\n"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(_DESCRIPTION, text)
        archive.writestr(SLOTS, slots)
        archive.write(copy, DATABASE)


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class _Description:
    created: str
    vault_id: str
    sizes: dict[str, int]
    hashes: dict[str, str]
    tombstones: set[Tombstone]


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
    data = json.loads(archive.read(members[_DESCRIPTION]))
    if data["format"] != _FORMAT:
        raise VaultDamagedError(_BROKEN)
    files = {name: data["files"][name] for name in (DATABASE, SLOTS)}
    return _Description(
        str(data["created"]),
        str(data["vault_id"]),
        {name: int(file["size"]) for name, file in files.items()},
        {name: str(file["sha256"]) for name, file in files.items()},
        tombstones_in(data),
    )


def _unpack_file(content: IO[bytes], target: Path, size: int, digest: str) -> None:
    found, seen = hashlib.sha256(), 0
    with target.open("wb") as file:
        while chunk := content.read(_CHUNK):
            seen += len(chunk)
            found.update(chunk)
            file.write(chunk)
    if seen != size or found.hexdigest() != digest:
        raise VaultDamagedError(_BROKEN)
    sync_file(target)


def _unpack(source: Path, folder: Path) -> None:
    """Write the files of the backup *source* into the empty *folder*; raises VaultDamagedError where anything is amiss."""
    try:
        with zipfile.ZipFile(source) as archive:
            members = _members(archive, source.stat().st_size)
            description = _described(archive, members)
            for name in (SLOTS, DATABASE):
                with archive.open(members[name]) as content:
                    _unpack_file(content, folder / name, description.sizes[name], description.hashes[name])
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
    _check_unpacked(folder)
    marker = json.dumps({"backup": source.name, "created": description.created})
    (folder / RESTORED).write_text(marker, encoding="utf-8")
    shutil.copyfile(folder / SLOTS, folder / MIRROR)
    stones = _tombstones_near(source, description)
    if stones:
        put_beside(folder, stones)


def _tombstones_near(source: Path, description: _Description) -> set[Tombstone]:
    """Return what was erased after the backup *source* was made too, as far as it is known beside it.

    Newer backups in its folder know it, and so does the vault whose own folder for backups this is.
    """
    stones = description.tombstones | tombstones_beside(source.parent) | tombstones_beside(source.parent.parent)
    for other in source.parent.glob(f"*{ENDING}"):
        found = _description_of(other)
        if found is not None and found.vault_id == description.vault_id:
            stones |= found.tombstones
    return stones


def _check_unpacked(folder: Path) -> None:
    slots = parse_slots((folder / SLOTS).read_bytes())
    with (folder / DATABASE).open("rb") as file:
        header = file.read(len(slots.cipher_salt))
    if header != slots.cipher_salt:
        raise VaultDamagedError(_BROKEN)


def restore(source: Path, folder: Path, passphrase: str | None = None, user: str | None = None) -> Path:
    """Unpack a backup into the new vault *folder* and return the backup's path.

    *source* is a backup, or a folder of which the newest undamaged backup is taken. With *passphrase* the database
    is opened and checked as well; without it, all hashes are.

    Raises
    ------
    NotFoundError
        where *source* does not exist or holds no undamaged backup.
    VaultError
        where *folder* exists already.
    VaultDamagedError
        where the backup is damaged; nothing is left behind.
    """
    if folder.exists():
        raise VaultError(_EXISTS)
    if not source.exists():
        message = "Diese Sicherung gibt es nicht. Bitte den Pfad prüfen."
        raise NotFoundError(message)
    if source.is_file():
        _restore_file(source, folder, passphrase, user)
        return source
    for backup in _newest_first(source):
        with suppress(VaultDamagedError):
            _restore_file(backup, folder, passphrase, user)
            return backup
    raise NotFoundError(_NONE_FOUND)


def _created(path: Path) -> str:
    description = _description_of(path)
    return "" if description is None else description.created


def _description_of(path: Path) -> _Description | None:
    try:
        with zipfile.ZipFile(path) as archive:
            return _described(archive, _members(archive, path.stat().st_size))
    except (
        zipfile.BadZipFile,
        VaultDamagedError,
        OSError,
        ValueError,
        KeyError,
        TypeError,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OverflowError,
    ):
        return None


def described_backups(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield the readable backups in the vault's own *folder*, each with its description; nothing in it is verified."""
    for path in sorted((folder / BACKUPS).glob(f"*{ENDING}")):
        with suppress(zipfile.BadZipFile, VaultDamagedError, OSError, ValueError, KeyError, NotImplementedError, RuntimeError):
            with zipfile.ZipFile(path) as archive:
                description = json.loads(archive.read(_members(archive, path.stat().st_size)[_DESCRIPTION]))
            if isinstance(description, dict):
                yield path, description


def _newest_first(directory: Path) -> Iterator[Path]:
    found = {path: _created(path) for path in directory.glob(f"*{ENDING}")}
    yield from sorted(
        (path for path, created in found.items() if created), key=lambda path: (found[path], path.name), reverse=True
    )


def _restore_file(source: Path, folder: Path, passphrase: str | None, user: str | None) -> None:
    with clear_errors():
        part = new_part(folder)
        try:
            _unpack(source, part)
            if passphrase is not None:
                _check_with(part, passphrase, user)
            sync_folder(part)
            finish(part, folder)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise


def _check_with(folder: Path, passphrase: str, user: str | None) -> None:
    unlocked = unlock(folder, passphrase, user)
    with closing(connect(folder / DATABASE, unlocked.secrets.cipher_key, journal=False)) as connection:
        assert_whole(connection)


def restored_from(folder: Path) -> dict[str, str] | None:
    """Return which backup the vault in *folder* was restored from and when that was made, or None."""
    try:
        data = json.loads((folder / RESTORED).read_text(encoding="utf-8"))
        return {"backup": str(data["backup"]), "created": str(data["created"])}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
