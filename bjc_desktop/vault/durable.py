"""Files that are there whole or not at all: written under a temporary name, synced, renamed."""

import os
from pathlib import Path

from bjc_desktop.vault.driver import clear_errors

PART = ".part"
"""The ending of a file or folder that is not finished yet."""


def sync_file(path: Path) -> None:
    """Make sure that the content of the file *path* is on the disk."""
    descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make sure that the names in *folder* are on the disk, where the system can promise that (Windows cannot)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def finish(part: Path, target: Path) -> None:
    """Give the finished file or folder *part* its name *target*, durably."""
    if part.is_file():
        sync_file(part)
    part.replace(target)
    sync_folder(target.parent)


def write_file(target: Path, content: bytes) -> None:
    """Replace the file *target* by *content* in one step.

    Raises
    ------
    DiskFullError
        where there is no room; the old file stays.
    """
    part = target.with_name(target.name + PART)
    with clear_errors():
        try:
            part.write_bytes(content)
            finish(part, target)
        except OSError:
            part.unlink(missing_ok=True)
            raise
