"""Restoring a backup into a new vault, also where the old one does not open: hashes are checked, no passphrase is needed."""

import json
import shutil
from contextlib import closing, suppress
from pathlib import Path

from bjc_desktop.errors import NotFoundError, StoppedError, VaultDamagedError, VaultError
from bjc_desktop.vault.backup_files import ENDING, RESTORED, readable_backups, unpack
from bjc_desktop.vault.driver import STOPPED, Stopped, assert_whole, clear_errors, connect, never
from bjc_desktop.vault.durable import finish, new_part, sync_folder
from bjc_desktop.vault.patience import WRITE_SECONDS, answer_of
from bjc_desktop.vault.restored_gap import gap_from
from bjc_desktop.vault.unlocking import unlock
from bjc_desktop.vault.vault import DATABASE

_NONE_FOUND = "Hier ist keine unbeschädigte Sicherung. Bitte einen anderen Ordner oder eine Sicherungsdatei angeben."
EXISTS = "Am Ziel ist schon etwas. Bitte für den wiederhergestellten Tresor einen neuen Ordner angeben."


def restore(
    source: Path, folder: Path, passphrase: str | None = None, user: str | None = None, *, stopped: Stopped = never
) -> Path:
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
    StoppedError
        where the work should stop; nothing is left behind.
    """
    if folder.exists():
        raise VaultError(EXISTS)
    if not source.exists():
        message = "Diese Sicherung gibt es nicht. Bitte den Pfad prüfen."
        raise NotFoundError(message)
    if source.is_file():
        _restore_file(source, folder, passphrase, user, stopped)
        return source
    for backup in readable_backups(source.glob(f"*{ENDING}")):
        with suppress(VaultDamagedError):
            _restore_file(backup.path, folder, passphrase, user, stopped)
            return backup.path
    raise NotFoundError(_NONE_FOUND)


def restore_patiently(source: Path, folder: Path) -> Path:
    """Restore as :func:`restore` without a passphrase, from a medium that may be gone or not answer.

    Raises
    ------
    SilentPlaceError
        where it does not answer; nothing is left behind.
    """
    return answer_of(source.parent, lambda alive: restore(source, folder, stopped=alive), seconds=WRITE_SECONDS)


def _restore_file(source: Path, folder: Path, passphrase: str | None, user: str | None, stopped: Stopped) -> None:
    with clear_errors():
        part = new_part(folder)
        try:
            unpack(source, part, stopped)
            if passphrase is not None:
                _check_with(part, passphrase, user)
            sync_folder(part)
            if stopped():
                raise StoppedError(STOPPED)
            finish(part, folder)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise


def _check_with(folder: Path, passphrase: str, user: str | None) -> None:
    unlocked = unlock(folder, passphrase, user)
    with closing(connect(folder / DATABASE, unlocked.secrets.cipher_key, journal=False)) as connection:
        assert_whole(connection)


def restored_from(folder: Path) -> dict[str, object] | None:
    """Return which backup the vault in *folder* was restored from and when that was made, or None.

    Of a vault that was salvaged from a damaged one it is when, and ``salvaged``: the numbers of rows.
    """
    try:
        data = json.loads((folder / RESTORED).read_text(encoding="utf-8"))
        found: dict[str, object] = {"backup": str(data["backup"]), "created": str(data["created"])}
        if "salvaged" not in data:
            found["known_until"] = None if data.get("known_until") is None else str(data["known_until"])
        if "salvaged" in data:
            found["salvaged"] = {name: int(data["salvaged"][name]) for name in ("saved", "lost", "dangling")}
    except (OSError, ValueError, KeyError, TypeError, RecursionError, OverflowError):
        return None
    return found


def to_repeat(folder: Path) -> str:
    """Return what is to be said of erasures after the backup that *folder* was just restored from; empty where it names none."""
    gap = gap_from(restored_from(folder))
    return "" if gap is None else gap.text
