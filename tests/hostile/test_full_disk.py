"""A full disk at any moment of any command: one sentence, and everything is as it was."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bjc_desktop.errors import DiskFullError
from bjc_desktop.vault import Vault
from tests.hostile.program import Home, assert_sound, content
from tests.samples import DATA
from tests.tally import count

COMMANDS = {
    "import": ["import", "tresor", DATA / "worked"],
    "report": ["report", "tresor", "--quarter", "2025-Q3", "--as-of", "2026-03-01", "--provider", "all", "--out", "aus"],
    "release": [
        "report",
        "tresor",
        "--quarter",
        "2025-Q3",
        "--as-of",
        "2026-03-01",
        "--provider",
        "all",
        "--out",
        "aus",
        "--release",
    ],
    "statistic": ["statistic", "tresor", "--quarter", "2025-Q3", "--out", "aus"],
    "export": ["export", "tresor", "aus/alles.zip"],
    "backup": ["backup", "tresor", "aus"],
    "restore": ["restore", "quelle", "aus/neu"],
}
LIMITED = """
import resource, sys
limit = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
from bjc_desktop.cli import run
sys.exit(run(sys.argv[2:]))
"""
"""Runs a command that can write no file beyond ``argv[1]`` bytes."""
FULL = "Der Datenträger ist voll"


@pytest.fixture
def prepared(filled_template: Home, empty_template: Home, tmp_path):
    def make(command: str) -> Home:
        home = (empty_template if command == "import" else filled_template).copy_to(tmp_path / "home")
        (home.folder / "aus").mkdir()
        if command == "restore":
            home.run("backup", "tresor", "quelle")
        return home

    return make


def assert_nothing_done(home: Home, before: object, status: int, out: str, err: str) -> None:
    assert (status, out) == (1, ""), (status, out, err)
    sentences = err.splitlines()
    assert FULL in sentences[-1], err
    assert "Traceback" not in err
    assert list((home.folder / "aus").iterdir()) == []
    assert_sound(home.vault)
    assert content(home.vault) == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("limit", [2_000, 200_000])
def test_that_a_command_that_cannot_write_changes_nothing(prepared, command, limit):
    home = prepared(command)
    before = content(home.vault)
    arguments = [sys.executable, "-c", LIMITED, str(limit), *map(str, COMMANDS[command])]
    done = subprocess.run(arguments, cwd=home.folder, env=home.environment(), capture_output=True, text=True)
    if done.returncode == 0:
        assert limit == 200_000
        assert command in {"report", "statistic", "export"}
        return
    assert_nothing_done(home, before, done.returncode, done.stdout, done.stderr)


def test_that_a_closing_without_room_does_not_deny_what_was_committed(empty_home, monkeypatch):
    def refuse(_vault):
        raise DiskFullError(FULL)

    monkeypatch.setattr(Vault, "_write_back", refuse)
    said = empty_home.run(*COMMANDS["import"])
    assert (said.status, said.lines[-1]) == (0, "Das Datenpaket ist übernommen.")
    monkeypatch.undo()
    assert_sound(empty_home.vault)
    assert len(content(empty_home.vault)["coachings"]) > 1


@pytest.fixture
def small_disk(tmp_path):
    """Yield the path of a disk with 12 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root on Linux")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(place)], capture_output=True).returncode:
        pytest.skip("mounting is not permitted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(disk: Path, *, leave: int) -> None:
    """Fill the *disk* but for *leave* bytes."""
    free = shutil.disk_usage(disk).free - leave
    if free > 0:
        (disk / "füllung").write_bytes(bytes(free))


@pytest.mark.parametrize("command", [command for command in COMMANDS if command not in {"export", "statistic"}])
@pytest.mark.parametrize("leave", [0, 300_000])
def test_that_a_full_disk_loses_nothing(prepared, small_disk, command, leave):
    made = prepared(command)
    (made.vault / "ballast").unlink(missing_ok=True)
    before = content(made.vault)
    (made.vault / "ballast").unlink(missing_ok=True)
    home = made.copy_to(small_disk / "home")
    environment = home.environment()
    fill(small_disk, leave=leave)
    count("full disks")
    arguments = [sys.executable, "-m", "bjc_desktop", *map(str, COMMANDS[command])]
    done = subprocess.run(arguments, cwd=home.folder, env=environment, capture_output=True, text=True)
    (small_disk / "füllung").unlink(missing_ok=True)
    if done.returncode == 0:
        assert_sound(home.vault)
        assert leave > 0
    else:
        assert_nothing_done(home, before, done.returncode, done.stdout, done.stderr)


@pytest.mark.stress
@pytest.mark.parametrize("command", ["import", "release", "backup"])
def test_that_a_disk_that_fills_at_any_moment_loses_nothing(prepared, small_disk, command):
    for leave in range(0, 3_000_000, 40_000):
        test_that_a_full_disk_loses_nothing(prepared, small_disk, command, leave)
        shutil.rmtree(small_disk.parent / "home")
        shutil.rmtree(small_disk / "home")
