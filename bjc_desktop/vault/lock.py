"""One program per vault: the lock, who holds it, and places where a lock means little."""

import json
import os
import socket
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from bjc_desktop.errors import VaultInUseError

LOCK = "vault.lock"
HOLDER = "vault.lock.json"
_NETWORK_SYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "fuse.rclone", "davfs", "fuse.davfs2", "9p", "afs"}
_SYNC_FOLDERS = (
    "dropbox",
    "onedrive",
    "nextcloud",
    "owncloud",
    "google drive",
    "googledrive",
    "icloud",
    "magentacloud",
    "hidrive",
)
_MOUNTS = Path("/proc/mounts")
_MOUNT_FIELDS = 3
_LONGEST_NOTE = 1000
_LONGEST_HOST = 64


class VaultLock:
    """The lock of one vault; the system gives it up when the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        self._holder = folder / HOLDER
        # Any thread may close the vault, and a second opening in the same process must be refused as well.
        self._lock = FileLock(folder / LOCK, timeout=0, thread_local=False, is_singleton=False)

    def acquire(self) -> None:
        """Take the lock.

        Raises
        ------
        VaultInUseError
            where another process holds it; the sentence names its computer and process.
        """
        try:
            self._lock.acquire()
        except Timeout as error:
            raise VaultInUseError(self._in_use()) from error
        with suppress(OSError):
            self._holder.write_text(json.dumps({"host": socket.gethostname(), "pid": os.getpid()}), encoding="utf-8")

    def release(self) -> None:
        """Give the lock up."""
        if self._lock.is_locked:
            with suppress(OSError):
                self._holder.unlink(missing_ok=True)
            self._lock.release()

    def _in_use(self) -> str:
        try:
            with self._holder.open(encoding="utf-8") as file:
                holder = json.loads(file.read(_LONGEST_NOTE))
            where = f" (Rechner {_plain_host(str(holder['host']))}, Prozess {int(holder['pid'])})"
        except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
            where = ""
        return f"Der Tresor ist gerade geöffnet{where}. Bitte dort schließen und erneut versuchen."


def _plain_host(name: str) -> str:
    """Return the *name* of a computer as it can stand in a sentence: anybody may have written it."""
    return "".join(letter for letter in name if letter.isprintable())[:_LONGEST_HOST]


def _file_system(folder: Path, mounts: str) -> str:
    best = ("", "")
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < _MOUNT_FIELDS:
            continue
        place = fields[1].encode().decode("unicode_escape")
        if len(place) >= len(best[0]) and folder.is_relative_to(place):
            best = (place, fields[2])
    return best[1]


def place_warning(folder: Path, mounts: str | None = None) -> str | None:
    """Return a sentence where *folder* is on a network share or in a synchronised folder, otherwise None.

    *mounts* has the form of ``/proc/mounts``, which is read where it is not given.
    """
    place = folder.resolve()
    if mounts is None:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="replace") if _MOUNTS.exists() else ""
    if _file_system(place, mounts) in _NETWORK_SYSTEMS or str(place).startswith("\\\\"):
        return "Der Tresor liegt auf einem Netzlaufwerk. Bitte auf einen Datenträger dieses Rechners verschieben."
    if any(name in part.casefold() for part in place.parts for name in _SYNC_FOLDERS):
        return "Der Tresor liegt in einem synchronisierten Ordner. Bitte in einen Ordner ohne Abgleich verschieben."
    return None
