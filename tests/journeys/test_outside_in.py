"""The way of a job coach from outside: the program on a real screen, worked by keys alone, then the vault that it leaves."""

import os
import shutil
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from ctypes.util import find_library
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bjc_desktop.errors import BjcError
from bjc_desktop.indicators.period import add_months
from bjc_desktop.services.case_file import read_case_file
from bjc_desktop.services.overview import read_live_figures
from bjc_desktop.services.team import staff_of_user
from bjc_desktop.vault import open_vault
from bjc_desktop.vault.driver import connect
from bjc_desktop.vault.lock import HOLDER
from bjc_desktop.vault.unlocking import unlock
from bjc_desktop.vault.vault import DATABASE

ROOT = Path(__file__).resolve().parents[2]
MISSING = [tool for tool in ("Xvfb", "xdotool", "setxkbmap") if shutil.which(tool) is None]
MISSING += [library for library in ("xcb-cursor",) if find_library(library) is None]
PASSPHRASE = "Ein langer Satz"
TODAY = date.today()
EXIT = add_months(TODAY, -6)
"""So that the survey is due in this month."""
ENTRY, TALK = EXIT - timedelta(days=300), EXIT - timedelta(days=60)
TALKS = 10
STILL = 0.3
"""Seconds without a change after which the program is taken to have done what it was told; a cursor blinks every half."""
READ = 1.0
"""The same where something is read or made behind the window, and nothing shows it; there no cursor may blink."""
PATIENCE = 20.0
"""Seconds after which nothing more is expected of a busy machine."""

pytestmark = pytest.mark.skipif(
    bool(MISSING), reason=f"not installed: {', '.join(MISSING)} (apt-get install xvfb xdotool libxcb-cursor0)"
)


def wait_for(question: Callable[[], Any], what: str) -> Any:
    """Return the first answer to *question* that is something."""
    end = time.monotonic() + PATIENCE
    while not (answer := question()):
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.05)
    return answer


class Screen:
    """A screen without a monitor, and hands that type on it; *folder* gets its picture."""

    def __init__(self, folder: Path, display: str) -> None:
        self.picture = folder / "Xvfb_screen0"
        self.environment = {**os.environ, "DISPLAY": display}

    def hands(self, *words: str) -> str:
        """Let xdotool do *words* and return what it says."""
        command = ["xdotool", *words]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False).stdout.strip()

    def window(self, title: str) -> None:
        """Wait for the window whose name is, or begins with, *title* and give it the keyboard: nobody else manages windows."""
        found = wait_for(lambda: self.hands("search", "--onlyvisible", "--name", f"^{title}").split(), title)
        self.hands("windowfocus", "--sync", found[-1])
        self.settle()

    def gone(self, title: str) -> None:
        """Wait until the window *title* is gone."""
        wait_for(lambda: not self.hands("search", "--onlyvisible", "--name", f"^{title}"), f"the end of {title}")

    def keys(self, *keys: str) -> None:
        """Press *keys* one after the other and wait for what they do."""
        self.hands("key", "--delay", "20", *keys)
        self.settle()

    def type(self, text: str) -> None:
        """Type *text*, of letters that are on a German keyboard."""
        self.hands("type", "--delay", "10", text)

    def fill(self, *texts: str | None) -> None:
        """Type each of *texts* over what its field holds and go on by Tab; None leaves a field as it is.

        In a field with a list one letter takes the first entry that begins with it, however busy the machine is.
        """
        for text in texts:
            if text is not None:
                self.hands("key", "ctrl+a")
                self.type(text)
            self.hands("key", "Tab")
        self.settle()

    def sidebar(self) -> bytes:
        """Return the picture of the list of pages at the left, where the current one is marked."""
        picture = self.picture.read_bytes()
        fields = struct.unpack(">25I", picture[:100])  # of the format of xwd
        begin, line = fields[0] + 12 * fields[19], fields[12]
        return b"".join(picture[begin + line * row :][: 4 * 170] for row in range(300))

    def settle(self, still: float = STILL) -> None:
        """Wait until the picture stands still."""
        last, since, end = -1, time.monotonic(), time.monotonic() + PATIENCE
        while time.monotonic() < min(since + still, end):
            now = zlib.crc32(self.picture.read_bytes())
            if now != last:
                last, since = now, time.monotonic()
            time.sleep(0.05)


@contextmanager
def screen_in(folder: Path) -> Iterator[Screen]:
    """Start a screen with a number of its own and a German keyboard."""
    folder.mkdir()
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1366x768x24", "-fbdir", str(folder), "-nolisten", "tcp"]
    command.append("-noreset")  # or the keyboard is American again as soon as nobody is connected
    with os.fdopen(read) as numbers, subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as server:
        os.close(write)
        try:
            screen = Screen(folder, f":{numbers.readline().strip()}")
            subprocess.run(["setxkbmap", "de"], env=screen.environment, check=True)
            yield screen
        finally:
            server.terminate()


class Home:
    """An empty home for the program, and what the program keeps there."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.places = {f"XDG_{name.upper()}_HOME": folder / name for name in ("config", "data", "state", "cache")} | {
            "HOME": folder
        }
        self.vault = folder / "data" / "bjc-desktop" / "Tresor"
        self._key: Any = None

    def is_held(self) -> bool:
        """Say whether the program holds the vault's lock."""
        return (self.vault / HOLDER).exists()

    def remembered_at(self) -> int:
        """Return when the program last noted which vaults it knows, as it does with every opening; 0 for never."""
        file = self.places["XDG_CONFIG_HOME"] / "bjc-desktop" / "settings.json"
        return file.stat().st_mtime_ns if file.exists() else 0

    def log(self) -> str:
        """Return what the program noted."""
        return "".join(file.read_text("utf-8") for file in self.places["XDG_STATE_HOME"].rglob("*.log"))

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Return what *statement* finds in the vault as it is now, beside the program; nothing while there is none."""
        try:
            self._key = self._key or unlock(self.vault, PASSPHRASE, None).secrets.cipher_key
            with closing(connect(self.vault / DATABASE, self._key, journal=False)) as connection:
                return connection.execute(statement).fetchall()
        except (BjcError, OSError):
            return []

    def holds(self, count: int, table: str) -> None:
        """Wait until the vault holds *count* rows of *table*."""
        wait_for(lambda: self.rows(f"SELECT count(*) FROM {table}") == [(count,)], f"{count} {table}")


@contextmanager
def program_on(screen: Screen, home: Home) -> Iterator[None]:
    """Start the program as its icon does, without arguments."""
    environment = {name: value for name, value in screen.environment.items() if not name.startswith(("BJC_", "QT_", "XDG_"))}
    environment |= {name: str(place) for name, place in home.places.items()}
    environment |= {"QT_QPA_PLATFORM": "xcb", "PYTHONFAULTHANDLER": "1"}
    with subprocess.Popen([sys.executable, "-m", "bjc_desktop"], cwd=ROOT, env=environment) as program:
        try:
            screen.window("BJC Desktop")
            yield
            assert program.poll() is None
        except BaseException as error:
            error.add_note(f"the program {'was running' if program.poll() is None else f'had ended with {program.returncode}'}")
            raise
        finally:
            program.kill()


def typed(day: date) -> str:
    """Return *day* as it is typed."""
    return f"{day.day}.{day.month}.{day.year}"


@pytest.fixture
def home(tmp_path):
    """Return a home where the program was never started."""
    return Home(tmp_path / "home")


@pytest.fixture
def screen(tmp_path, home):
    """Yield a screen with the program on it."""
    with screen_in(tmp_path / "screen") as made, program_on(made, home):
        yield made


def save(screen: Screen, dialog: str) -> None:
    """Save the *dialog* and go back to the window."""
    screen.keys("ctrl+Return")
    screen.gone(dialog)
    screen.window("BJC Desktop")


def make_vault(screen: Screen, home: Home) -> None:
    """Fill in the form of the first start, keep the recovery code, and leave the second place for later."""
    screen.keys("alt+n")
    screen.fill("Verein Nord", "Ana", "Weber", None, "ana", PASSPHRASE, None, PASSPHRASE)
    screen.keys("alt+a")
    home.holds(1, "staff")
    screen.settle(READ)
    screen.keys("space", "alt+w")
    screen.settle(READ)
    screen.keys("Escape")  # a second place for the backups: later
    wait_for(home.remembered_at, "the window on the new vault")
    screen.settle()


def lock(screen: Screen, home: Home) -> None:
    """Lock the window, which closes the vault."""
    screen.keys("ctrl+l")
    wait_for(lambda: not home.is_held(), "the lock")
    screen.settle()


def unlock_window(screen: Screen, home: Home) -> None:
    """Open the locked vault by its passphrase."""
    before = home.remembered_at()
    screen.type(PASSPHRASE)
    screen.keys("Return")
    wait_for(lambda: home.remembered_at() > before, "the unlocked window")
    screen.settle()


def find(screen: Screen, letters: str) -> None:
    """Go to the first person or action that the search finds by *letters*."""
    screen.keys("ctrl+k")
    screen.window("Suchen")
    screen.type(letters)
    screen.keys("Return")
    screen.gone("Suchen")
    screen.window("BJC Desktop")


def close_coaching(screen: Screen) -> None:
    """Close the coaching whose case file is shown, with work from the day after on."""
    find(screen, "abschl")
    screen.fill(typed(EXIT), "z", "b", typed(EXIT), typed(EXIT), *[None] * 5)
    screen.keys("space", "Tab")  # a result as well
    screen.fill("s", typed(EXIT + timedelta(days=1)), None, "Pflege Nord", "30", "2.100", "a", typed(TODAY), "p")
    screen.keys("ctrl+Return")


def plan(screen: Screen) -> None:
    """Make the first version of the development plan with one goal in the case file that is shown."""
    find(screen, "entwicklungsplan")
    screen.keys("Tab", "space")
    screen.settle(1.0)
    screen.fill(*[None] * 7)
    screen.keys("space")
    screen.type("Arbeit in der Pflege")
    screen.keys("ctrl+Return")


def record_more(screen: Screen, home: Home) -> None:
    """Record a short talk a week, until there are ten."""
    for number in range(1, TALKS):
        screen.keys("ctrl+shift+k")
        screen.window("Konsultation erfassen")
        screen.type(f"özt {typed(TALK - timedelta(days=7 * number))} 30")
        screen.keys("Return")
        save(screen, "Konsultation erfassen")
    home.holds(TALKS, "consultations")


def open_a1_2(screen: Screen) -> None:
    """Go from the overview to the cases behind the figure of the six-month surveys."""
    screen.keys("ctrl+4")
    screen.settle(READ)
    on_the_page = screen.sidebar()
    screen.keys("ctrl+1")
    screen.settle(READ)
    assert screen.sidebar() != on_the_page
    screen.keys(*["Tab"] * 6, "space")  # over what is due, the calendar and the caseload
    wait_for(lambda: screen.sidebar() == on_the_page, "the cases behind A1.2")
    screen.settle(READ)


def test_that_keys_alone_lead_from_the_first_start_to_the_figures(screen, home) -> None:
    make_vault(screen, home)
    lock(screen, home)
    unlock_window(screen, home)

    # Two coachees; one of them has been here for long.
    screen.keys("ctrl+n")
    screen.window("Neue")
    screen.fill("Adler")
    save(screen, "Neue")
    screen.keys("ctrl+n")
    screen.window("Neue")
    screen.fill("Öztürk", "Müge", "5.3.1990", *[None] * 6)
    screen.fill(typed(ENTRY), None, "a", "s", typed(ENTRY - timedelta(days=900)), None, typed(ENTRY))
    save(screen, "Neue")
    home.holds(2, "coachings")

    # A consultation by one typed line and a note.
    screen.keys("ctrl+1", "ctrl+shift+k")
    screen.window("Konsultation erfassen")
    screen.type(f"özt {typed(TALK)} 45 telefon Bewerbung")
    screen.keys("Return")
    screen.type("Anschreiben überarbeitet")
    save(screen, "Konsultation erfassen")
    home.holds(1, "consultations")
    record_more(screen, home)

    # The case file by a few letters of the name, from there the closing; then the survey that is due six months later.
    find(screen, "özt")
    plan(screen)
    home.holds(1, "goals")
    close_coaching(screen)
    home.holds(1, "outcomes")
    screen.keys("ctrl+3")
    screen.settle(READ)
    screen.keys("Return", "Return")
    home.holds(1, "follow_ups")

    # The figure leads to its cases; in her file, what is recorded now is hers.
    open_a1_2(screen)
    find(screen, "özt")
    screen.keys("ctrl+shift+k")
    screen.window("Konsultation erfassen")
    screen.type("Steht in der Zahl")
    save(screen, "Konsultation erfassen")
    home.holds(TALKS + 1, "consultations")
    lock(screen, home)

    with open_vault(home.vault, PASSPHRASE, now=datetime.now(UTC)) as vault:
        with vault.reading() as connection:
            staff_id = staff_of_user(connection, vault.user.id)
            figures = read_live_figures(connection, staff_id=staff_id, today=TODAY).own
        [(coaching_id,)] = home.rows("SELECT id FROM coachings WHERE exit_on IS NOT NULL")
        case = read_case_file(vault, coaching_id, today=TODAY)
    assert (case.name, case.coaching.text("target_group")) == ("Müge Öztürk", "Asylsuchende, Geflüchtete und Geduldete")
    assert [goal.row["description"] for goal in case.plans[0].goals] == ["Arbeit in der Pflege"]
    talks = {entry.note: entry.row for entry in case.consultations if entry.note}
    assert talks.keys() == {"Anschreiben überarbeitet", "Steht in der Zahl"}
    talk = talks["Anschreiben überarbeitet"]
    assert [talk[name] for name in ("held_on", "duration_min", "channel", "kind")] == [TALK, 45, "phone", "application"]
    assert [case.coaching[name] for name in ("exit_on", "exit_reason", "status_at_exit")] == [EXIT, "goal_employment", "employed"]
    assert [(row["kind"], row["weekly_hours"]) for row in case.outcomes] == [("employment_permanent", 30)]
    assert case.follow_up is not None
    assert [case.follow_up[name] for name in ("state", "status_on_due_date", "contacted_on")] == [
        "surveyed",
        "employment_permanent",
        TODAY,
    ]
    [a1_2] = [figure for figure in figures if figure.code == "a1_2"]
    assert (a1_2.numerator, a1_2.denominator) == (1, 1)
    assert "ERROR" not in home.log()
