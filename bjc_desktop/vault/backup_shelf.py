"""The backups there are: in the vault's own folder and in a second place; making, copying, verifying and forgetting them."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import partial
from pathlib import Path

from bjc_desktop.errors import InvalidInputError, SilentPlaceError, StoppedError, VaultDamagedError
from bjc_desktop.vault.backup import back_up, remove_leftovers
from bjc_desktop.vault.backup_files import (
    ENDING,
    ROTATING,
    STEM,
    Backup,
    BackupReason,
    backups_of,
    check_backup,
    pour,
    read_backup,
    readable_backups,
    reason_of,
)
from bjc_desktop.vault.backup_notes import BackupNotes, Check, keep_notes, read_notes
from bjc_desktop.vault.backup_rotation import Dated, kept
from bjc_desktop.vault.driver import STOPPED, Stopped, clear_errors, never
from bjc_desktop.vault.durable import PART, finish
from bjc_desktop.vault.erasure_registry import remember_place
from bjc_desktop.vault.patience import LOOK_SECONDS, READ_SECONDS, WRITE_SECONDS, answer_of
from bjc_desktop.vault.tombstones import kept_tombstones
from bjc_desktop.vault.vault import BACKUPS, Vault
from bjc_desktop.vocabulary import Vocabulary

MARKER = "BJC-Sicherungsziel.txt"
"""Stands in the second place: an empty mount point is not taken for the stick that is missing there."""
REMIND_AFTER = timedelta(days=7)
_MARKER_TEXT = "Hier legt BJC Desktop Sicherungen ab. Bitte diese Datei nicht löschen: Daran erkennt das Programm den Ordner.\n"
_QUIET_ACTIONS = ("unlock", "unlock_failed", "lock", "open", "backup", "backup_failed")
"""What stands in the change record and is no reason for a backup of its own: a backup that is recorded must not ask for the next."""


class Place(Vocabulary):
    """Where a backup lies."""

    OWN = "own", "beim Tresor"
    SECOND = "second", "zweites Ziel"


class SecondState(Enum):
    """What is known of the second place: none was chosen, it is there, it is not attached, it does not answer."""

    NONE = auto()
    THERE = auto()
    AWAY = auto()
    SILENT = auto()


@dataclass(frozen=True, slots=True)
class ShelvedBackup:
    """A backup as the list shows it; *created* is the file's own time where the backup cannot be read."""

    path: Path
    place: Place
    created: datetime
    reason: BackupReason
    size: int
    check: Check | None
    readable: bool

    @property
    def good(self) -> bool:
        """Whether it can be read and nothing speaks against it."""
        return self.readable and (self.check is None or self.check.good)


def free_place(folder: Path) -> Path:
    """Return a folder beside the vault in *folder* that is not there yet, for the vault that comes out of a backup."""
    names = (f"{folder.name}-wiederhergestellt", *(f"{folder.name}-wiederhergestellt-{number}" for number in range(2, 100)))
    return next((place for name in names if not (place := folder.with_name(name)).exists()), folder.with_name(names[0]))


def own_folder(folder: Path) -> Path:
    """Return where the vault in *folder* keeps its own backups."""
    return folder / BACKUPS


def state_of_second(second: Path | None, stopped: Stopped = never) -> SecondState:
    """Return whether the second place is there and is the one that was chosen; one that does not answer is asked for a few seconds.

    Raises
    ------
    StoppedError
        where nobody waits for it any more.
    """
    if second is None:
        return SecondState.NONE
    try:
        found = answer_of(second, lambda _: (second / MARKER).is_file(), seconds=LOOK_SECONDS, stopped=stopped)
    except SilentPlaceError:
        return SecondState.SILENT
    except OSError:
        return SecondState.AWAY
    return SecondState.THERE if found else SecondState.AWAY


def is_reachable(second: Path | None, stopped: Stopped = never) -> bool:
    """Say whether the second place is there and is the one that was chosen.

    Raises
    ------
    StoppedError
        where nobody waits for it any more.
    """
    return state_of_second(second, stopped) is SecondState.THERE


def choose_second(folder: Path, second: Path) -> str:
    """Make *second* a second place for the backups of the vault in *folder*; return what to consider, or an empty text.

    Raises
    ------
    InvalidInputError
        where it is no folder that can be written, lies in the vault, or does not answer.
    """
    place = second.absolute()
    try:
        same_disk = answer_of(place, lambda _: _marked(folder, place), seconds=READ_SECONDS)
    except SilentPlaceError as error:
        raise InvalidInputError({"second": str(error)}) from error
    except (OSError, ValueError) as error:
        raise InvalidInputError(
            {
                "second": "In diesen Ordner lässt sich nicht schreiben. Bitte einen anderen Ordner wählen oder den Datenträger anschließen."
            }
        ) from error
    if same_disk:
        return "Dieser Ordner liegt auf demselben Datenträger wie der Tresor. Besser ist ein USB-Stick oder ein Netzlaufwerk."
    return ""


def _marked(folder: Path, place: Path) -> bool:
    """Mark *place* as the second place; say whether it lies on the same disk as the vault in *folder*."""
    try:
        inside = place.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError):
        # A path that no file system can be asked for; what is wrong with it is said when it is written to.
        inside = False
    if inside:
        raise InvalidInputError(
            {"second": "Dieser Ordner gehört zum Tresor selbst. Bitte einen Ordner auf einem anderen Laufwerk wählen."}
        )
    (place / MARKER).write_text(_MARKER_TEXT, encoding="utf-8")
    return place.stat().st_dev == folder.stat().st_dev


def shelved(folder: Path, vault_id: str, second: Path | None) -> tuple[ShelvedBackup, ...]:
    """Return the backups of the vault in *folder* and in the *second* place, the newest first; a damaged one is named as such.

    Where the second place is not there or does not answer, what lies in it is left out.
    """
    notes = read_notes(own_folder(folder))
    found = _all_shelved(own_folder(folder), Place.OWN, vault_id, notes, never)
    if second is not None and is_reachable(second):
        with suppress(SilentPlaceError, OSError):
            found += answer_of(
                second, lambda alive: _all_shelved(second, Place.SECOND, vault_id, notes, alive), seconds=LOOK_SECONDS
            )
    return tuple(sorted(found, key=lambda backup: (backup.created, backup.path.name, backup.place is Place.OWN), reverse=True))


def _all_shelved(where: Path, place: Place, vault_id: str, notes: BackupNotes, stopped: Stopped) -> list[ShelvedBackup]:
    return [_shelved(path, place, notes) for path in _one_by_one(backups_of(where, vault_id), stopped)]


def _one_by_one(paths: Iterable[Path], stopped: Stopped) -> Iterator[Path]:
    """Yield *paths*, with a sign of life before each."""
    for path in paths:
        if stopped():
            raise StoppedError(STOPPED)
        yield path


def _shelved(path: Path, place: Place, notes: BackupNotes) -> ShelvedBackup:
    try:
        backup = read_backup(path)
    except (VaultDamagedError, OSError):
        size, modified = 0, 0.0
        with suppress(OSError):
            size, modified = path.stat().st_size, path.stat().st_mtime
        created = datetime.fromtimestamp(modified).astimezone()
        return ShelvedBackup(path, place, created, reason_of(path), size, None, readable=False)
    check = notes.check_of(path, backup.size)
    return ShelvedBackup(path, place, backup.created, backup.reason, backup.size, check, readable=True)


def newest_good(folder: Path, second: Path | None, vault_id: str | None) -> Backup | None:
    """Return the newest backup that is whole to its last byte, in the vault's *folder* or the *second* place; None where there is none.

    Without *vault_id* (the vault does not tell it any more) only its own folder counts.
    """
    own = own_folder(folder)
    found = readable_backups(own.glob(f"*{ENDING}") if vault_id is None else backups_of(own, vault_id))
    if vault_id is not None and second is not None and is_reachable(second):
        with suppress(SilentPlaceError, OSError):
            found += answer_of(second, partial(_readable_in, second, vault_id), seconds=READ_SECONDS)
    for backup in sorted(found, key=lambda backup: (backup.created, backup.path.name), reverse=True):
        with suppress(VaultDamagedError, SilentPlaceError, OSError):
            _check_anywhere(own, backup.path, never)
            return backup
    return None


def _readable_in(directory: Path, vault_id: str, stopped: Stopped) -> list[Backup]:
    return readable_backups(_one_by_one(backups_of(directory, vault_id), stopped))


def _check_anywhere(own: Path, path: Path, stopped: Stopped) -> None:
    """Check the backup *path*; one that does not lie in the vault's *own* folder may be on a medium that does not answer."""
    if path.parent == own:
        check_backup(path, stopped)
    else:
        answer_of(path.parent, partial(check_backup, path), seconds=READ_SECONDS, stopped=stopped)


def latest_backup(vault: Vault) -> Backup | None:
    """Return the backup in the vault's own folder that holds most of the vault's change record, or None."""
    notes, own = read_notes(own_folder(vault.folder)), own_folder(vault.folder)
    found = [backup for backup in readable_backups(backups_of(own, vault.id)) if _not_bad(notes, backup)]
    with vault.reading() as connection:
        for backup in sorted(found, key=lambda backup: backup.tail.count, reverse=True):
            query = "SELECT mac FROM main.change_records WHERE id = ?"
            if connection.exec_driver_sql(query, (backup.tail.count,)).scalar() == backup.tail.head:
                return backup
    return None


def _not_bad(notes: BackupNotes, backup: Backup) -> bool:
    check = notes.check_of(backup.path, backup.size)
    return check is None or check.good


def is_changed(vault: Vault) -> bool:
    """Say whether anything was changed since the last backup: the change record tells, whatever the clock says."""
    backup = latest_backup(vault)
    marks = ", ".join("?" for _ in _QUIET_ACTIONS)
    query = f"SELECT EXISTS (SELECT 1 FROM main.change_records WHERE id > ? AND action NOT IN ({marks}))"
    with vault.reading() as connection:
        count = 0 if backup is None else backup.tail.count
        return bool(connection.exec_driver_sql(query, (count, *_QUIET_ACTIONS)).scalar())


def shelve(vault: Vault, reason: BackupReason, now: datetime, *, contents: bytes = b"", stopped: Stopped = never) -> Path:
    """Back *vault* up into its own folder, note that it was verified, and forget what the rotation no longer keeps.

    Raises
    ------
    VaultDamagedError, DiskFullError, StoppedError
        as :func:`~bjc_desktop.vault.backup.back_up`; no backup is forgotten then.
    """
    own = own_folder(vault.folder)
    path = back_up(vault, own, now, reason=reason, contents=contents, stopped=stopped)
    keep_notes(own, read_notes(own).checked(path, Check(now, path.stat().st_size, good=True)))
    rotate(own, vault.id, path, read_notes(own), now)
    return path


def rotate(directory: Path, vault_id: str, newest: Path, notes: BackupNotes, now: datetime, stopped: Stopped = never) -> None:
    """Forget the backups in *directory* that the rotation no longer keeps; damaged ones are neither counted nor deleted."""
    rotating = (path for path in backups_of(directory, vault_id) if reason_of(path) in ROTATING)
    found = readable_backups(_one_by_one(rotating, stopped))
    good = [Dated(backup.path, backup.created) for backup in found if _not_bad(notes, backup)]
    staying = kept(good, newest, now)
    for backup in good:
        if backup.path not in staying:
            with suppress(OSError):
                backup.path.unlink(missing_ok=True)


def missing_in_second(folder: Path, vault_id: str, second: Path, stopped: Stopped = never) -> Path | None:
    """Return the newest rotating backup of the vault in *folder* where the *second* place does not hold it yet.

    Raises
    ------
    SilentPlaceError
        where the second place does not answer.
    """
    notes, own = read_notes(own_folder(folder)), own_folder(folder)
    found = readable_backups(path for path in backups_of(own, vault_id) if reason_of(path) in ROTATING)
    newest = next((backup for backup in found if _not_bad(notes, backup)), None)
    if newest is None:
        return None
    with suppress(OSError):
        copy = second / newest.path.name
        if answer_of(second, lambda _: copy.stat().st_size, seconds=LOOK_SECONDS, stopped=stopped) == newest.size:
            return None
    return newest.path


def copy_to_second(vault: Vault, backup: Path, second: Path, now: datetime, stopped: Stopped = never) -> Path:
    """Copy *backup* into the *second* place, read it back from there, and forget there what the rotation no longer keeps.

    Under its final name there is a whole copy or none, also where the place is taken away in the middle.

    Raises
    ------
    OSError, VaultError
        where it cannot be written or is not what was written.
    SilentPlaceError
        where the place does not answer.
    """
    found = answer_of(second, partial(_copied, vault.id, backup, second), seconds=WRITE_SECONDS, stopped=stopped)
    own = own_folder(vault.folder)
    notes = read_notes(own).checked(found.path, Check(now, found.size, good=True))
    keep_notes(own, replace(notes, copied=found.created))
    # The copy is there: that what is old could not be forgotten takes nothing from it.
    with vault.reading() as connection:
        stones = kept_tombstones(connection)
    with suppress(SilentPlaceError, StoppedError):
        answer_of(second, partial(rotate, second, vault.id, found.path, notes, now), seconds=READ_SECONDS, stopped=stopped)
    remember_place(second, vault.id, stones, now)
    return found.path


def _copied(vault_id: str, backup: Path, second: Path, stopped: Stopped) -> Backup:
    stem = f"{STEM}{vault_id[:8]}"
    remove_leftovers(second, stem)
    part = second / f".{backup.name}{PART}"
    try:
        with clear_errors():
            _copy(backup, part, stopped)
            check_backup(part, stopped)
            if stopped():
                # It took so long that nobody waits for it any more.
                raise StoppedError(STOPPED)
            finish(part, second / backup.name)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return read_backup(second / backup.name)


def _copy(source: Path, target: Path, stopped: Stopped) -> None:
    with source.open("rb") as content, target.open("wb") as sink:
        pour(content, sink, stopped)
        sink.flush()
        os.fsync(sink.fileno())
        if hasattr(os, "posix_fadvise"):
            # What is read back should come from the medium, not from memory.
            os.posix_fadvise(sink.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def verify(folder: Path, paths: Iterable[Path], now: datetime, stopped: Stopped = never) -> dict[Path, bool]:
    """Read *paths* from the first to the last byte, note the result beside the vault's own backups, and return it for each.

    Those in a place that is gone or does not answer are left out: nothing is known of them.
    """
    own, result = own_folder(folder), {}
    for path in paths:
        good = _is_good(own, path, stopped)
        if good is None:
            continue
        result[path] = good
        with suppress(OSError, SilentPlaceError):
            size = answer_of(path.parent, lambda _, path=path: path.stat().st_size, seconds=LOOK_SECONDS)  # type: ignore[misc]
            keep_notes(own, read_notes(own).checked(path, Check(now, size, good=good)))
    return result


def _is_good(own: Path, path: Path, stopped: Stopped) -> bool | None:
    """Say whether the backup *path* is whole; None where its place cannot be asked."""
    try:
        _check_anywhere(own, path, stopped)
    except SilentPlaceError:
        return None
    except VaultDamagedError:
        return False
    except OSError:
        return False if path.parent == own or is_reachable(path.parent) else None
    return True


def note_trouble(folder: Path, sentence: str) -> None:
    """Remember why the last backup of the vault in *folder* failed; an empty text where it did not."""
    notes = read_notes(own_folder(folder))
    if notes.trouble != sentence:
        keep_notes(own_folder(folder), replace(notes, trouble=sentence))


def reminder(folder: Path, vault_id: str, second: Path | None, now: datetime) -> str:
    """Return what to say where the second place was not reached for a week although there is something new; or an empty text."""
    if second is None:
        return ""
    own = own_folder(folder)
    found = readable_backups(path for path in backups_of(own, vault_id) if reason_of(path) in ROTATING)
    copied = read_notes(own).copied
    if not found or (copied is not None and (found[0].created <= copied or now - copied <= REMIND_AFTER)):
        return ""
    since = "noch nie" if copied is None else f"zuletzt vor {(now - copied).days} Tagen"
    return f"Auf dem zweiten Ziel wurde {since} gesichert. Bitte den Datenträger anschließen; das Programm sichert dann von selbst dorthin."
