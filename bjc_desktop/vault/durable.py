"""Files that are there whole or not at all: written under a temporary name, synced, renamed."""

import os
import shutil
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


def new_part(folder: Path) -> Path:
    """Make the folder in which the new *folder* is built, without what an attempt that was killed left there."""
    part = folder.with_name(f".{folder.name}{PART}")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700, parents=True)
    return part


def write_file(target: Path, content: bytes, *, part: Path | None = None) -> None:
    """Replace the file *target* by *content* in one step; *part* is where it is written first, if not beside its name.

    Raises
    ------
    DiskFullError
        where there is no room; the old file stays.
    """
    part = part or target.with_name(target.name + PART)
    with clear_errors():
        try:
            # Whatever is written here may hold what only its owner should read, also while it is not finished.
            part.touch(mode=0o600)
            part.write_bytes(content)
            finish(part, target)
        except OSError:
            part.unlink(missing_ok=True)
            raise
