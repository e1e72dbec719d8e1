"""What failed while nothing could be recorded: noted beside the vault, and taken into the change record by the next opening."""

from contextlib import suppress
from enum import StrEnum
from pathlib import Path

_MAXIMUM_BYTES = 4096


class Failure(StrEnum):
    """What failed; the value is the name of the note."""

    UNLOCK = "unlock_failures"
    MIGRATION_BACKUP = "backup_failures"


def note_failure(folder: Path, failure: Failure, *words: str) -> None:
    """Note in *folder* that something failed: one line of *words*. Where that is not possible, or they are many, it is left."""
    with suppress(OSError), (folder / failure).open("a", encoding="ascii") as file:
        if file.tell() < _MAXIMUM_BYTES:
            file.write(" ".join(words) + "\n")


def noted_failures(folder: Path, failure: Failure) -> list[list[str]]:
    """Return the words of each failure that was noted in *folder*, in order."""
    with suppress(OSError, ValueError):
        return [
            line.split() for line in (folder / failure).read_text(encoding="ascii")[:_MAXIMUM_BYTES].splitlines() if line.strip()
        ]
    return []


def forget_failures(folder: Path) -> None:
    """Remove the notes from *folder*."""
    for failure in Failure:
        with suppress(OSError):
            (folder / failure).unlink(missing_ok=True)
