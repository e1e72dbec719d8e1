"""Making backups: one file each, verified when it is written; what goes into it is ciphertext only.

A backup opens with the passphrases that the vault had at that time.
"""

import json
import zipfile
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from bjc_desktop.errors import VaultDamagedError
from bjc_desktop.vault.accounting import BACKUP, accounted_backup
from bjc_desktop.vault.backup_files import (
    DESCRIPTION,
    ENDING,
    FORMAT,
    ROTATING,
    STEM,
    BackupReason,
    backups_of,
    check_backup,
    pour,
    readable_backups,
    reason_of,
    seal_contents,
)
from bjc_desktop.vault.driver import (
    DAMAGED,
    CipherKey,
    Stopped,
    assert_whole,
    clear_errors,
    connect,
    copy_into,
    never,
    revision_of,
)
from bjc_desktop.vault.durable import PART, finish
from bjc_desktop.vault.erasure_registry import remember_place
from bjc_desktop.vault.slots import SLOTS, Anchor, SlotFile, slot_bytes
from bjc_desktop.vault.tombstones import kept_tombstones, plain, tombstones_beside
from bjc_desktop.vault.vault import BACKUPS, DATABASE, Secrets, Vault

GUARD_DAYS = 30
"""So long a backup that was made before a run of erasing is kept: it holds what was erased."""
_KEPT_BEFORE = 12


@dataclass(frozen=True, slots=True)
class BackupSource:
    """What a backup is made from: the vault's folder, its slot file and the keys to it; and what to note of its contents."""

    folder: Path
    slots: SlotFile
    secrets: Secrets
    contents: bytes = b""


def back_up(
    vault: Vault,
    directory: Path,
    now: datetime,
    *,
    reason: BackupReason = BackupReason.COMMAND,
    contents: bytes = b"",
    stopped: Stopped = never,
) -> Path:
    """Write a verified backup of *vault* into *directory* and return its path; *contents* is noted in it, encrypted.

    Raises
    ------
    VaultDamagedError
        where the vault is damaged; no backup is written.
    DiskFullError
        where there is no room; nothing is left behind.
    StoppedError
        where the work should stop; nothing is left behind.
    """
    with vault.whole_file:
        vault.anchor_changes()
        source = BackupSource(vault.folder, vault.slots, vault.secrets, contents)
        path = write_backup(source, directory, now, reason=reason, stopped=stopped)
    with vault.reading() as connection:
        stones = kept_tombstones(connection)
    remember_place(directory, vault.id, stones, now)
    return path


def back_up_before(vault: Vault, reason: str, now: datetime | None = None) -> Path | None:
    """Back *vault* up into its own folder before something like an import; return the path, or None for a vault without cases.

    *reason* is one of :class:`BackupReason`. The newest 12 are kept.
    """
    with vault.reading() as connection:
        query = "SELECT EXISTS (SELECT 1 FROM coachings) OR EXISTS (SELECT 1 FROM staff)"
        if not connection.exec_driver_sql(query).scalar():
            return None
    directory, moment = vault.folder / BACKUPS, now or vault.clock()
    with accounted_backup(vault, BACKUP, reason, now=moment):
        path = back_up(vault, directory, moment, reason=BackupReason(reason))
    _forget_oldest(directory, vault.id, path)
    return path


def _forget_oldest(directory: Path, vault_id: str, newest: Path) -> None:
    found = readable_backups(path for path in backups_of(directory, vault_id) if path != newest)
    before = [backup.path for backup in found if reason_of(backup.path) not in {*ROTATING, BackupReason.COMMAND}]
    for path in before[_KEPT_BEFORE - 1 :]:
        path.unlink(missing_ok=True)


def forget_guards(folder: Path, vault_id: str, now: datetime) -> None:
    """Delete the backups of the vault in *folder* that were made before a run of erasing, once it is 30 days ago."""
    for backup in readable_backups(backups_of(folder / BACKUPS, vault_id)):
        if backup.reason is BackupReason.ERASURE and backup.created < now - timedelta(days=GUARD_DAYS):
            backup.path.unlink(missing_ok=True)


def write_backup(
    source: BackupSource,
    directory: Path,
    now: datetime,
    *,
    reason: BackupReason = BackupReason.COMMAND,
    stopped: Stopped = never,
) -> Path:
    """Write a verified backup of *source* into *directory*: check, copy, verify the copy, pack, read back, sync, rename.

    Raises
    ------
    VaultDamagedError
        where the source or the copy is damaged.
    DiskFullError
        where there is no room; nothing is left behind.
    StoppedError
        where the work should stop; nothing is left behind.
    """
    with clear_errors():
        directory.mkdir(parents=True, exist_ok=True)
        stem = f"{STEM}{source.slots.vault_id[:8]}"
        remove_leftovers(directory, stem)
        copy, packed = directory / f".{stem}.db{PART}", directory / f".{stem}.zip{PART}"
        try:
            description = _verified_copy(source, copy, now, stopped)
            _pack(packed, copy, slot_bytes(source.slots, source.secrets.data_key), description, stopped)
            check_backup(packed, stopped)
            why = "" if reason is BackupReason.COMMAND else f"_{reason.value}"
            target = _free_name(directory, f"{stem}_{now:%Y%m%d-%H%M%S}{why}")
            finish(packed, target)
        finally:
            remove_leftovers(directory, stem)
        return target


def remove_leftovers(directory: Path, stem: str) -> None:
    """Remove from *directory* what an attempt that was interrupted left there."""
    for path in directory.glob(f".{stem}*{PART}*"):
        with suppress(OSError):
            path.unlink()


def _free_name(directory: Path, stem: str) -> Path:
    path, number = directory / f"{stem}{ENDING}", 1
    while path.exists():
        number += 1
        path = directory / f"{stem}-{number}{ENDING}"
    return path


def _verified_copy(source: BackupSource, copy: Path, now: datetime, stopped: Stopped) -> dict[str, Any]:
    key = source.secrets.cipher_key
    with closing(connect(source.folder / DATABASE, key)) as connection:
        assert_whole(connection, structure=False)
        copy_into(connection, copy, stopped)
    contents = seal_contents(source.contents, key.data_key, source.slots.vault_id) if source.contents else ""
    return {
        "format": FORMAT,
        "vault_id": source.slots.vault_id,
        "created": now.astimezone(UTC).isoformat(timespec="milliseconds"),
        **({"contents": contents} if contents else {}),
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


def _pack(packed: Path, copy: Path, slots: bytes, description: dict[str, Any], stopped: Stopped) -> None:
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        with copy.open("rb") as content, archive.open(zipfile.ZipInfo(DATABASE), "w", force_zip64=True) as sink:
            database = pour(content, sink, stopped)
        archive.writestr(SLOTS, slots)
        files = {DATABASE: database, SLOTS: pour(BytesIO(slots), None)}
        described = {name: {"size": size, "sha256": digest} for name, (digest, size) in files.items()}
        archive.writestr(DESCRIPTION, json.dumps({**description, "files": described}, indent=1, sort_keys=True) + "\n")
