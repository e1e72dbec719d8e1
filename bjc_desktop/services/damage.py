"""What to do with a damaged vault: the last good backup, what is newer than it, and saving what is readable."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from bjc_desktop.errors import BjcError, VaultDamagedError
from bjc_desktop.services.row_titles import TITLES
from bjc_desktop.vault import SalvageReport, Vault
from bjc_desktop.vault.backup_files import Backup
from bjc_desktop.vault.backup_shelf import newest_good
from bjc_desktop.vault.driver import Stopped, never
from bjc_desktop.vault.salvage import keep_aside, salvage_unlocked
from bjc_desktop.vault.tolerant_reader import TolerantReader
from bjc_desktop.vault.unlocking import Unlocked

_ACTIONS = {
    "insert": "angelegt",
    "update": "geändert",
    "delete": "gelöscht",
    "import": "Datenpaket eingelesen",
    "import_list": "Liste eingelesen",
    "release": "Bericht freigegeben",
}
_UNIMPORTANT = frozenset({"unlock", "unlock_failed", "lock", "open", "backup", "backup_failed", "lost"})
_COLUMNS = ("id", "at", "user_id", "action", "entity")


@dataclass(frozen=True, slots=True)
class NewerChange:
    """Changes of one kind on one day by one user that the backup does not hold."""

    day: date
    who: str
    what: str
    count: int


@dataclass(frozen=True, slots=True)
class Damage:
    """What there is to decide about: the last good backup, what is newer than it, where the damaged files are kept."""

    backup: Backup | None
    newer: tuple[NewerChange, ...]
    unreadable: int
    """Records of changes that cannot be read, at most."""
    kept: Path | None
    """None where there was no room to keep a second copy; the vault itself is not touched in any case."""

    @property
    def count(self) -> int:
        """How many changes are newer."""
        return sum(change.count for change in self.newer)


def read_damage(vault: Vault, second: Path | None, *, stopped: Stopped = never) -> Damage:
    """Keep the damaged files of *vault* aside, and return what can be done: nothing of the vault itself is changed."""
    try:
        kept: Path | None = keep_aside(vault.folder, stopped)
    except (BjcError, OSError):
        kept = None
    backup = newest_good(vault.folder, second, vault.id)
    newer, unreadable = newer_changes(vault, backup)
    return Damage(backup, newer, unreadable, kept)


def newer_changes(vault: Vault, backup: Backup | None) -> tuple[tuple[NewerChange, ...], int]:
    """Return what the change record of the damaged *vault* holds after the end of *backup*'s, and how many records are unreadable.

    The newest day comes first. Who and which kind is told, never what was in it.
    """
    try:
        reader = TolerantReader(vault.database, vault.secrets.cipher_key)
    except VaultDamagedError:
        return (), 0
    try:
        names = {row["id"]: row["name"] for row in reader.rows("users", ("id", "name"))}
        after = 0 if backup is None else backup.tail.count
        counts: Counter[tuple[date, str, str]] = Counter()
        for row in reader.rows("change_records", _COLUMNS, after=after):
            if row["action"] not in _UNIMPORTANT:
                day = datetime.fromisoformat(row["at"]).astimezone().date()
                counts[day, names.get(row["user_id"], "unbekannt"), _what(row["action"], row["entity"])] += 1
        unreadable = reader.lost
    finally:
        reader.close()
    found = sorted(counts.items(), key=lambda item: (-item[0][0].toordinal(), item[0][1], item[0][2]))
    return tuple(NewerChange(day, who, what, count) for (day, who, what), count in found), unreadable


def _what(action: str, entity: str | None) -> str:
    word = _ACTIONS.get(action, "sonstiger Vorgang")
    title = TITLES.get(entity or "")
    return word if title is None else f"{title.singular} {word}"


def salvage_vault(vault: Vault, target: Path, *, now: datetime, stopped: Stopped = never) -> SalvageReport:
    """Save what is readable of the open, damaged *vault* into the new vault *target*, with the same users and passphrases.

    Raises
    ------
    VaultDamagedError
        where too much is damaged; nothing is left behind.
    VaultError
        where *target* exists already.
    """
    return salvage_unlocked(vault.folder, target, Unlocked(vault.slots, vault.secrets), now=now, stopped=stopped)
