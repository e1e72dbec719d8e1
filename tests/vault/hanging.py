"""Places that do not answer: a file that blocks whoever opens it, as the system does for a share that is gone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event

import pytest

from bjc_desktop.vault import backup_shelf, erasure_registry, restoring
from bjc_desktop.vault.backup_files import ENDING, STEM
from bjc_desktop.vault.erasure_registry import registry_file


@contextmanager
def hanging_backup(place: Path, vault_id: str) -> Iterator[Path]:
    """Lay a pipe into *place* that is named as a backup of the vault: whoever opens it to read hangs, until the block ends."""
    pipe = place / f"{STEM}{vault_id[:8]}_20250101-000000_auto{ENDING}"
    os.mkfifo(pipe)
    try:
        yield pipe
    finally:
        let_go(pipe)
        pipe.unlink(missing_ok=True)


@contextmanager
def hanging_registry(place: Path, vault_id: str) -> Iterator[Path]:
    """Put a pipe in the place of the registry in *place*: whoever reads it hangs, until the block ends."""
    pipe = registry_file(place, vault_id)
    pipe.unlink(missing_ok=True)
    os.mkfifo(pipe)
    try:
        yield pipe
    finally:
        let_go(pipe)
        pipe.unlink(missing_ok=True)


def let_go(pipe: Path) -> None:
    """Let whoever hangs at *pipe* go on: they find it empty."""
    with suppress(OSError):
        os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))


@contextmanager
def hanging_marker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Let every question whether the second place is there hang, until the block ends or the event is set."""
    asked, honest = Event(), Path.is_file

    def hang(path: Path) -> bool:
        if path.name == backup_shelf.MARKER:
            asked.wait(30)
        return honest(path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "is_file", hang)
        try:
            yield asked
        finally:
            asked.set()


def be_impatient(monkeypatch: pytest.MonkeyPatch, seconds: float = 0.3) -> None:
    """Wait for a place for so many seconds only."""
    for module, names in ((backup_shelf, ("LOOK", "READ", "WRITE")), (restoring, ("WRITE",)), (erasure_registry, ("LOOK",))):
        for name in names:
            monkeypatch.setattr(module, f"{name}_SECONDS", seconds)
