"""What is remembered about backups beside them: which were verified when, the last rehearsal, the last copy in the second place.

Nothing in it is about people, and a lost or damaged note costs nothing but another verification.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bjc_desktop.errors import BjcError
from bjc_desktop.vault.durable import write_file

NOTES = "backups.json"
_MOST = 400
"""Notes kept of single backups: more than both places hold."""


@dataclass(frozen=True, slots=True)
class Check:
    """When a backup was read as a whole, how large it was then, and whether it was what had been written."""

    at: datetime
    size: int
    good: bool


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A backup that was restored on trial: when, which, whether everything agreed, and that in one German sentence."""

    at: datetime
    backup: str
    good: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class BackupNotes:
    """All that is remembered."""

    checks: Mapping[str, Check] = field(default_factory=dict)
    """By the backup's path."""
    rehearsal: Rehearsal | None = None
    copied: datetime | None = None
    """When the newest backup in the second place was made."""
    trouble: str = ""
    """Why the last automatic backup failed; empty where it did not."""

    def checked(self, path: Path, check: Check) -> "BackupNotes":
        """Return these notes with *check* of the backup *path*."""
        checks = {place: other for place, other in self.checks.items() if place != str(path)}
        return replace(self, checks={**dict(list(checks.items())[-_MOST:]), str(path): check})

    def check_of(self, path: Path, size: int) -> Check | None:
        """Return the last check of the backup *path*, or None where there was none of a file of that *size*."""
        found = self.checks.get(str(path))
        return found if found is not None and found.size == size else None


def read_notes(folder: Path) -> BackupNotes:
    """Return the notes kept in *folder*; none where they cannot be read."""
    try:
        return _from_json(json.loads((folder / NOTES).read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return BackupNotes()


def keep_notes(folder: Path, notes: BackupNotes) -> None:
    """Keep *notes* in *folder*; that they cannot be written is no reason to disturb anybody."""
    with suppress(OSError, BjcError):
        folder.mkdir(parents=True, exist_ok=True)
        write_file(folder / NOTES, json.dumps(_to_json(notes), ensure_ascii=False, indent=1).encode())


def _to_json(notes: BackupNotes) -> dict[str, Any]:
    checks = {path: {"at": check.at.isoformat(), "size": check.size, "good": check.good} for path, check in notes.checks.items()}
    done = notes.rehearsal
    rehearsal = None
    if done is not None:
        rehearsal = {"at": done.at.isoformat(), "backup": done.backup, "good": done.good, "sentence": done.sentence}
    copied = None if notes.copied is None else notes.copied.isoformat()
    return {"checks": checks, "rehearsal": rehearsal, "copied": copied, "trouble": notes.trouble}


def _from_json(data: dict[str, Any]) -> BackupNotes:
    checks = {
        str(path): Check(_moment(check["at"]), int(check["size"]), bool(check["good"])) for path, check in data["checks"].items()
    }
    done, copied = data["rehearsal"], data["copied"]
    rehearsal = None
    if done is not None:
        rehearsal = Rehearsal(_moment(done["at"]), str(done["backup"]), bool(done["good"]), str(done["sentence"]))
    return BackupNotes(checks, rehearsal, None if copied is None else _moment(copied), str(data["trouble"]))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment
