"""Killed at any moment while a damaged vault is kept aside and saved: it stays as it was found, and the next try ends well."""

import functools
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bjc_desktop.errors import BjcError
from bjc_desktop.vault import salvage
from bjc_desktop.vault.salvage import ASIDE
from tests.conftest import NOW, PASSPHRASE
from tests.hostile.program import Home, assert_sound, content, files_in
from tests.hostile.test_kills import KILL_AT, leftovers
from tests.tally import count

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
PAGE = 4096
SAVE = """
from datetime import UTC, datetime
from bjc_desktop.vault import salvage
from bjc_desktop.vault.salvage import keep_aside
print("ready", flush=True)
keep_aside(Path("tresor"))
salvage(Path("tresor"), Path("neu"), Path("pass").read_text("utf-8").strip(), now=datetime.now(UTC))
"""
"""What the page of the backups does with a damaged vault."""
AT = KILL_AT.replace("status = run(sys.argv[2:])\n", SAVE)
SLOWEST = 1.0
"""Seconds after which the small vault was saved."""


@pytest.fixture(scope="module")
def damaged(filled_template: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a home whose vault is damaged in one page, of which something is lost and most can be saved."""
    home = filled_template.copy_to(tmp_path_factory.mktemp("damaged") / "home")
    database, whole = home.vault / "vault.db", (home.vault / "vault.db").read_bytes()
    pages = list(range(1, len(whole) // PAGE))
    random.Random(4).shuffle(pages)
    for number, page in enumerate(pages):
        changed = bytearray(whole)
        changed[page * PAGE + 99] ^= 1
        database.write_bytes(changed)
        try:
            report = salvage(home.vault, tmp_path_factory.mktemp("probe") / str(number), PASSPHRASE, now=NOW)
        except BjcError:
            continue
        if report.lost and report.saved:
            return home
    pytest.fail("no page whose loss costs a row")


@pytest.fixture(scope="module")
def saved(damaged: Home, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[object, ...]]]:
    """Return what a salvage that nobody disturbs saves."""
    place = tmp_path_factory.mktemp("saved") / "neu"
    salvage(damaged.vault, place, PASSPHRASE, now=NOW)
    return content(place)


def killed_before(home: Home, number: int) -> str:
    arguments = [sys.executable, "-c", AT, str(number)]
    done = subprocess.run(arguments, cwd=home.folder, env=home.environment(), capture_output=True, text=True)
    assert done.returncode == (0 if number == 0 else -signal.SIGKILL), done
    return done.stderr


def killed_after(home: Home, seconds: float) -> None:
    command = [sys.executable, "-c", AT, "0"]
    process = subprocess.Popen(command, cwd=home.folder, env=home.environment(), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(seconds)
    process.kill()
    process.communicate()


@pytest.fixture(scope="module")
def operations(damaged: Home, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], int]:
    """Return how many file operations keeping aside and saving have."""

    @functools.cache
    def counted() -> int:
        return int(killed_before(damaged.copy_to(tmp_path_factory.mktemp("count") / "home"), 0).split()[-1])

    return counted


def own_files(folder: Path) -> dict[str, bytes]:
    """Return the files of the vault in *folder* that were there before anybody kept it aside."""
    return {path.name: path.read_bytes() for path in files_in(folder) if ASIDE not in path.parts}


def check(damaged: Home, saved: object, tmp_path: Path, kill: Callable[[Home, float], object], moment: float) -> None:
    home = damaged.copy_to(tmp_path / "home")
    before = own_files(home.vault)
    kill(home, moment)
    count("kills of a running salvage")
    assert own_files(home.vault) == before
    target = home.folder / "neu"
    if target.exists():
        assert_sound(target)
        assert content(target) == saved
        shutil.rmtree(target)
    killed_before(home, 0)
    assert own_files(home.vault) == before
    assert_sound(target)
    assert content(target) == saved
    (kept,) = (home.vault / ASIDE).iterdir()
    assert (kept / "vault.db").read_bytes() == before["vault.db"]
    assert leftovers(home.folder) == []
    shutil.rmtree(home.folder)


def test_that_a_killed_salvage_leaves_the_damaged_vault_and_is_repeated(damaged, saved, operations, tmp_path):
    last = operations()
    for number in {1, last, *random.Random(7).sample(range(2, last), 2)}:
        check(damaged, saved, tmp_path, killed_before, number)


@pytest.mark.parametrize("seed", range(2))
def test_that_a_salvage_killed_at_some_time_is_repeated(damaged, saved, tmp_path, seed):
    check(damaged, saved, tmp_path, killed_after, random.Random(seed).uniform(0, SLOWEST))


@pytest.mark.stress
def test_that_a_salvage_killed_before_any_file_operation_is_repeated(damaged, saved, operations, tmp_path):
    for number in range(1, operations() + 1):
        check(damaged, saved, tmp_path, killed_before, number)


@pytest.mark.stress
def test_that_no_kill_of_many_keeps_a_salvage_from_being_repeated(damaged, saved, tmp_path):
    for number in range(120):
        check(damaged, saved, tmp_path, killed_after, number * SLOWEST / 120)
