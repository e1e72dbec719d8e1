"""A file or folder that gets its name: its content is on the disk before, the name is after."""

import os
import sys
from pathlib import Path

import pytest

from bjc_desktop.vault.durable import PART, finish, write_file

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot promise that names are on the disk")


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[int, bool]]:
    """Return a list that gets, for each sync, what was synced and whether the final name was there then."""
    found: list[tuple[int, bool]] = []
    honest = os.fsync

    def watched(descriptor: int) -> None:
        found.append((os.fstat(descriptor).st_ino, (tmp_path / "fertig").exists()))
        honest(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    return found


def test_that_content_is_on_the_disk_before_the_name_and_the_name_after_it(
    tmp_path: Path, synced: list[tuple[int, bool]]
) -> None:
    part = tmp_path / f"fertig{PART}"
    part.write_bytes(b"Inhalt")
    inode = part.stat().st_ino
    finish(part, tmp_path / "fertig")
    assert synced == [(inode, False), (tmp_path.stat().st_ino, True)]


def test_that_a_written_file_is_on_the_disk_before_the_name_and_the_name_after_it(
    tmp_path: Path, synced: list[tuple[int, bool]]
) -> None:
    write_file(tmp_path / "fertig", b"Inhalt")
    assert synced == [((tmp_path / "fertig").stat().st_ino, False), (tmp_path.stat().st_ino, True)]


def test_that_the_name_of_a_folder_is_on_the_disk(tmp_path: Path, synced: list[tuple[int, bool]]) -> None:
    (tmp_path / "teil").mkdir()
    finish(tmp_path / "teil", tmp_path / "fertig")
    assert synced == [(tmp_path.stat().st_ino, True)]
