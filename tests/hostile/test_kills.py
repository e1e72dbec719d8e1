"""Killed at any moment of any command: the vault is as it was before or as it is after, and nothing half done stays."""

import functools
import json
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest

from bjc_desktop.vault import create_vault, restore
from tests.conftest import CHEAP_KDF, PASSPHRASE
from tests.hostile.program import Home, assert_sound, content, files_in
from tests.samples import DATA
from tests.tally import count

COMMANDS = {
    "import": ["import", "tresor", DATA / "worked"],
    "update": ["import", "tresor", "geändert", "--update"],
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
    "init": ["init", "aus/neu"],
}
NEXT = {
    "report": ["report", "tresor", "--quarter", "2024-Q4", "--as-of", "2026-03-01", "--out", "aus"],
    "release": ["report", "tresor", "--quarter", "2024-Q4", "--as-of", "2026-03-01", "--out", "aus"],
    "statistic": ["statistic", "tresor", "--quarter", "2024-Q4", "--out", "aus"],
    "export": ["export", "tresor", "aus/anders.zip"],
}
"""What is done after the kill, where that is something else than trying again."""
SLOWEST = 1.2
"""Seconds after which every command on the small vault has ended."""


@pytest.fixture(scope="module")
def prepared(filled_template: Home, empty_template: Home, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Home]:
    """Return a home for each command, and the contents before and after it."""
    filled = filled_template.copy_to(tmp_path_factory.mktemp("prepared") / "home")
    package = Path(shutil.copytree(DATA / "worked", filled.folder / "geändert"))
    path = package / "coachees.csv"
    path.write_text(path.read_text("utf-8").replace(",C1,", ",D1,"), "utf-8")
    filled.run("backup", "tresor", "quelle")
    (filled.folder / "aus").mkdir()
    empty = empty_template.copy_to(tmp_path_factory.mktemp("prepared") / "home")
    return {command: empty if command == "import" else filled for command in COMMANDS}


@pytest.fixture(scope="module")
def outcomes(prepared: dict[str, Home], tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[object, object]]:
    """Return what each command's vault holds before and after it."""
    found = {}
    for command, home in prepared.items():
        before = comparable(content(home.vault))
        after = before
        if command in {"import", "update"}:
            done = home.copy_to(tmp_path_factory.mktemp("after") / "home")
            assert done.run(*COMMANDS[command]).status == 0
            after = comparable(content(done.vault))
        found[command] = before, after
    return found


def comparable(tables):
    """Return the rows of *tables* without what differs from run to run: the places in the change record, and keys of people."""
    kept = {name: [row[:-1] for row in rows] for name, rows in tables.items() if name not in {"released_reports", "vault_facts"}}
    return {**kept, "person_keys": [row[0] for row in tables["person_keys"]]}


KILL_AT = """
import os, signal, sys
from pathlib import Path
home, wanted, count = str(Path.cwd()), int(sys.argv[1]), 0
def watch(event, arguments):
    global count
    if event == "open":
        touches = isinstance(arguments[0], str) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    else:
        touches = event in {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree"}
    if touches and os.path.abspath(arguments[0]).startswith(home):
        count += 1
        if count == wanted:
            os.kill(os.getpid(), signal.SIGKILL)
from bjc_desktop.cli import run
from bjc_desktop.vault import KdfParameters, create_vault
create_vault.__kwdefaults__["kdf"] = KdfParameters(1, 64 * 1024, 1)
sys.addaudithook(watch)
status = run(sys.argv[2:])
print(count, file=sys.stderr)
"""
"""Runs a command and kills it right before its file operation number ``argv[1]`` below its home; says how many there were."""


def killed_before(home: Home, command: str, number: int) -> str:
    arguments = [sys.executable, "-c", KILL_AT, str(number), *map(str, COMMANDS[command])]
    done = subprocess.run(arguments, cwd=home.folder, env=home.environment(), capture_output=True, text=True)
    assert done.returncode == (0 if number == 0 else -signal.SIGKILL), done
    return done.stderr


def killed_after(home: Home, command: str, seconds: float) -> None:
    process = home.start(*COMMANDS[command])
    time.sleep(seconds)
    process.kill()
    process.communicate()


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if ".part" in path.name]


def assert_whole(home: Home, command: str, outcomes: dict[str, tuple[object, object]]) -> None:
    """Assert that after a kill everything is before or after *command*, and that its next run ends well and clears up."""
    assert_sound(home.vault)
    assert comparable(content(home.vault)) in outcomes[command]
    out = home.folder / "aus"
    for path in files_in(out):
        if path.suffix in {".zip", ".xlsx"} and not path.name.startswith("."):
            assert zipfile.ZipFile(path).testzip() is None
        if path.name.startswith("BJC_") and path.suffix == ".zip":
            assert home.run("verify", path).status == 0
    for backup in out.glob("*.bjcbackup"):
        restore(backup, home.folder / "zurück", PASSPHRASE)
        shutil.rmtree(home.folder / "zurück")
    was_there = (out / "neu").exists()
    if was_there:
        assert_sound(out / "neu")
    with mock.patch.dict(create_vault.__kwdefaults__, kdf=CHEAP_KDF):
        said = home.run(*NEXT.get(command, COMMANDS[command]))
    assert said.status == int(command in {"restore", "init"} and was_there), said
    assert leftovers(home.folder) == []


def assert_no_release_lost(home: Home) -> None:
    """Assert that each release of the vault lies in its folder."""
    reports = content(home.vault)["released_reports"]
    bundles = {value for row in reports for value in row if isinstance(value, bytes)}
    assert bundles <= {path.read_bytes() for path in (home.folder / "aus").glob("*.zip")}
    for number in range(1, len(reports) + 1):
        with zipfile.ZipFile(home.folder / f"aus/BJC_alle_2025-Q3_v{number}.zip") as bundle:
            assert json.loads(bundle.read("manifest.json"))["version"] == number


@pytest.fixture(scope="module")
def operations(prepared: dict[str, Home], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], int]:
    """Return how many file operations a command has."""

    @functools.cache
    def count(command: str) -> int:
        home = prepared[command].copy_to(tmp_path_factory.mktemp("count") / "home")
        (home.folder / "aus").mkdir(exist_ok=True)
        return int(killed_before(home, command, 0).split()[-1])

    return count


def check(prepared, outcomes, tmp_path, command, kill, moment):
    home = prepared[command].copy_to(tmp_path / "home")
    (home.folder / "aus").mkdir(exist_ok=True)
    kill(home, command, moment)
    count("kills of a running command")
    assert_whole(home, command, outcomes)
    if command == "release":
        assert_no_release_lost(home)
    shutil.rmtree(home.folder)


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")


@pytest.mark.parametrize("command", COMMANDS)
def test_that_a_kill_leaves_everything_before_or_after(prepared, outcomes, operations, tmp_path, command):
    last = operations(command)
    near_the_end = range(last - 2, last + 1) if command == "release" else [last]
    for number in {*near_the_end, random.Random(command).randrange(1, last - 4)}:
        check(prepared, outcomes, tmp_path, command, killed_before, number)


@pytest.mark.stress
@pytest.mark.parametrize("command", COMMANDS)
def test_that_a_kill_before_any_file_operation_leaves_everything_before_or_after(
    prepared, outcomes, operations, tmp_path, command
):
    for number in range(1, operations(command) + 1):
        check(prepared, outcomes, tmp_path, command, killed_before, number)


@pytest.mark.stress
@pytest.mark.parametrize("command", COMMANDS)
def test_that_no_kill_of_many_leaves_anything_half_done(prepared, outcomes, tmp_path, command):
    for number in range(120):
        check(prepared, outcomes, tmp_path, command, killed_after, 0.1 + number * SLOWEST / 120)
