"""Watching what reaches the disk before a folder gets its name."""

import os
import sys
from pathlib import Path
from types import ModuleType

import pytest


def unsynced_at_finish(monkeypatch: pytest.MonkeyPatch, module: ModuleType) -> list[str]:
    """Return a list that gets the names in each folder that *module* finishes of which the last content was not synced."""
    synced: dict[int, tuple[int, int]] = {}
    missing: list[str] = []
    sync, finish = os.fsync, module.finish

    def watched(descriptor: int) -> None:
        sync(descriptor)
        state = os.fstat(descriptor)
        synced[state.st_ino] = (state.st_size, state.st_mtime_ns)

    def finished(part: Path, target: Path) -> None:
        for path in [part, *part.rglob("*")] if part.is_dir() else []:
            state = path.stat()
            if synced.get(state.st_ino) != (state.st_size, state.st_mtime_ns):
                missing.append("." if path == part else path.name)
        finish(part, target)

    if sys.platform == "win32":
        pytest.skip("Windows cannot promise that names are on the disk")
    monkeypatch.setattr(os, "fsync", watched)
    monkeypatch.setattr(module, "finish", finished)
    return missing
