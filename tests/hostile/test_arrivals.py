"""What comes from elsewhere is worked on by a process that is killed at any moment, or has no room: all of it is done, or nothing."""

import functools
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hostile.arrivals import BEGIN, WORK, lay_ready
from tests.hostile.program import Home, assert_sound, content
from tests.hostile.test_full_disk import FULL, fill, small_disk  # noqa: F401 - a fixture
from tests.hostile.test_kills import KILL_AT, comparable, leftovers
from tests.tally import count

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL, and no limit on the size of files")
AT = KILL_AT.partition("from bjc_desktop.cli")[0]
LIMITED = """
import resource
limit = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
"""
_OF_VERSIONS = ("exchange_files", "held_versions", "row_stamps")
_NAME = re.compile(r"\b[0-9a-f]{12}:\d+|^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
FROM_OUTSIDE = ("take in", "take back", "list")
SLOWEST = 1.5
"""Seconds after which each of them has ended on the small vault."""


def script(work: str, before: str = "") -> str:
    """Return what does *work* and says its trouble in one sentence."""
    lines = "\n".join(f"    {line}" for line in WORK[work].strip().splitlines())
    return f"{BEGIN}{before}\ntry:\n{lines}\nexcept BjcError as error:\n    sys.exit(str(error))\n"


@pytest.fixture(scope="module")
def ready(filled_template: Home, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Home]:
    """Return the home in which a work is about to begin, once each."""

    @functools.cache
    def make(work: str) -> Home:
        return lay_ready(filled_template.copy_to(tmp_path_factory.mktemp("ready") / "home"), work)

    return make


@pytest.fixture(scope="module")
def done(ready, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Home]:
    """Return the home in which a work was done that nobody disturbed, once each."""

    @functools.cache
    def make(work: str) -> Home:
        home = ready(work).copy_to(tmp_path_factory.mktemp("done") / "home")
        do(home, work)
        return home

    return make


@pytest.fixture(scope="module")
def outcomes(ready, done) -> Callable[[str], tuple[object, object]]:
    """Return what the vault holds before and after a work that nobody disturbs."""

    @functools.cache
    def make(work: str) -> tuple[object, object]:
        return held(ready(work)), held(done(work))

    return make


@pytest.fixture(scope="module")
def operations(ready, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], int]:
    """Return how many file operations a work has."""

    @functools.cache
    def make(work: str) -> int:
        home = ready(work).copy_to(tmp_path_factory.mktemp("count") / "home")
        return int(killed_before(home, work, 0).split()[-1])

    return make


def held(home: Home) -> object:
    """Return all that the vault holds, as far as it is the same in every run: a copy of a vault counts its versions under a new name."""
    tables = comparable(content(home.vault))
    # The number of an event in the change record depends on how often the vault was opened.
    tables["exchange_files"] = [row[1:] for row in tables["exchange_files"]]
    return {**tables, **{name: [tuple(map(_nameless, row)) for row in tables[name]] for name in _OF_VERSIONS}}


def _nameless(value: object) -> object:
    if isinstance(value, bytes):
        return bool(value)
    return _NAME.sub("", value) if isinstance(value, str) else value


def process(home: Home, code: str, *arguments: object) -> "subprocess.Popen[str]":
    command, pipe = [sys.executable, "-c", code, *map(str, arguments)], subprocess.PIPE
    return subprocess.Popen(command, cwd=home.folder, env=home.environment(), stdout=pipe, stderr=pipe, text=True)


def do(home: Home, work: str) -> None:
    """Do *work* without disturbance."""
    running = process(home, script(work))
    _, err = running.communicate(timeout=120)
    assert running.returncode == 0, err


def killed_before(home: Home, work: str, number: int) -> str:
    running = process(home, script(work, AT + "sys.addaudithook(watch)") + "print(count, file=sys.stderr)\n", number)
    _, err = running.communicate(timeout=120)
    assert running.returncode == (0 if number == 0 else -signal.SIGKILL), err
    return err


def killed_after(home: Home, work: str, seconds: float) -> None:
    running = process(home, script(work, "print('ready', flush=True)"))
    assert running.stdout is not None
    assert running.stdout.readline() == "ready\n"
    time.sleep(seconds)
    running.kill()
    running.communicate()


def check(ready, outcomes, tmp_path: Path, work: str, kill: Callable[[Home, str, float], object], moment: float) -> None:
    home = ready(work).copy_to(tmp_path / "home")
    before, after = outcomes(work)
    kill(home, work, moment)
    count(f"kills of a running work on what came ({work})")
    assert_sound(home.vault)
    assert held(home) in (before, after)
    do(home, work)
    assert held(home) == after
    assert_sound(home.vault)
    assert leftovers(home.folder / "aus") == []
    shutil.rmtree(home.folder)


@pytest.mark.parametrize("work", WORK)
def test_that_a_work_changes_something_once(outcomes, done, work) -> None:
    before, after = outcomes(work)
    assert before != after
    do(done(work), work)
    assert held(done(work)) == after


@pytest.mark.parametrize("work", WORK)
def test_that_a_kill_while_something_is_taken_in_leaves_all_or_nothing(ready, outcomes, operations, tmp_path, work) -> None:
    last = operations(work)
    inside = {random.Random(work).randrange(last // 3, last)} if work in FROM_OUTSIDE else set()
    for number in {last, *inside}:
        check(ready, outcomes, tmp_path, work, killed_before, number)


@pytest.mark.stress
@pytest.mark.parametrize("work", WORK)
def test_that_a_kill_before_any_file_operation_leaves_all_or_nothing(ready, outcomes, operations, tmp_path, work) -> None:
    for number in range(1, operations(work) + 1):
        check(ready, outcomes, tmp_path, work, killed_before, number)


@pytest.mark.stress
@pytest.mark.parametrize("work", WORK)
def test_that_no_kill_of_many_while_something_is_taken_in_leaves_a_half(ready, outcomes, tmp_path, work) -> None:
    for number in range(60):
        check(ready, outcomes, tmp_path, work, killed_after, number * SLOWEST / 60)


# --- no room --------------------------------------------------------------------------------------------------------------


def assert_nothing_done(home: Home, before: object, running: "subprocess.Popen[str]") -> None:
    _, err = running.communicate(timeout=120)
    assert running.returncode == 1, err
    assert FULL in err and len(err.strip().splitlines()) == 1, err
    assert list((home.folder / "aus").iterdir()) == []
    assert_sound(home.vault)
    assert content(home.vault) == before


@pytest.mark.parametrize("work", WORK)
def test_that_what_came_changes_nothing_where_nothing_can_be_written(ready, outcomes, tmp_path, work) -> None:
    home = ready(work).copy_to(tmp_path / "home")
    before = content(home.vault)
    assert_nothing_done(home, before, process(home, script(work, LIMITED), 2_000))


def on_a_full_disk(ready, outcomes, disk: Path, work: str, leave: int) -> None:
    home = ready(work).copy_to(disk / "home")
    (home.vault / "ballast").unlink(missing_ok=True)
    before = content(home.vault)
    (home.vault / "ballast").unlink(missing_ok=True)
    home.environment()
    fill(disk, leave=leave)
    count(f"full disks while something is taken in ({work})")
    running = process(home, script(work, "ballast.LOW_SPACE_BYTES = 10**12"))
    out, err = running.communicate(timeout=120)
    (disk / "füllung").unlink(missing_ok=True)
    assert_sound(home.vault)
    if running.returncode == 0:
        assert held(home) == outcomes(work)[1]
    else:
        assert FULL in err and len(err.strip().splitlines()) == 1, (out, err)
        assert content(home.vault) == before
    shutil.rmtree(home.folder)


@pytest.mark.parametrize("work", FROM_OUTSIDE)
def test_that_a_full_disk_while_something_is_taken_in_loses_nothing(ready, outcomes, small_disk, work) -> None:  # noqa: F811
    for leave in (0, random.Random(work).randrange(200_000, 2_000_000)):
        on_a_full_disk(ready, outcomes, small_disk, work, leave)


@pytest.mark.stress
@pytest.mark.parametrize("work", WORK)
def test_that_a_disk_that_fills_at_any_moment_of_taking_in_loses_nothing(ready, outcomes, small_disk, work) -> None:  # noqa: F811
    for leave in range(0, 3_000_000, 100_000):
        on_a_full_disk(ready, outcomes, small_disk, work, leave)
