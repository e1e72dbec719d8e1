"""Room kept for the worst case: on a full disk not even a deletion works, so a file stands ready to be given up."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

BALLAST = "ballast"
BALLAST_BYTES = 4 * 1024 * 1024
LOW_SPACE_BYTES = 256 * 1024 * 1024
LOW_SPACE = "Auf dem Datenträger des Tresors ist kaum noch Platz. Bitte bald Platz schaffen."


def keep_ballast(folder: Path) -> None:
    """Put the ballast into the vault's *folder* where it is missing and there is room for it."""
    ballast = folder / BALLAST
    with suppress(OSError):
        if not ballast.exists() and shutil.disk_usage(folder).free > LOW_SPACE_BYTES:
            # Random, for a file system that compresses would make nothing of zeros.
            ballast.write_bytes(os.urandom(BALLAST_BYTES))


def drop_ballast(folder: Path) -> None:
    """Give up the ballast, so that the vault can be closed in order."""
    with suppress(OSError):
        (folder / BALLAST).unlink(missing_ok=True)


def space_warning(folder: Path) -> str | None:
    """Return a sentence where the disk of *folder* is nearly full, otherwise None."""
    return LOW_SPACE if shutil.disk_usage(folder).free < LOW_SPACE_BYTES else None
