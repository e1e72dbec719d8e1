"""The way of a job coach from outside: the program on a real screen, worked by keys alone, then the vault that it leaves."""

import json
import os
import shutil
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from bjc_desktop.errors import BjcError
from bjc_desktop.vault.driver import connect
from bjc_desktop.vault.unlocking import unlock
from bjc_desktop.vault.vault import DATABASE

ROOT = Path(__file__).resolve().parents[2]
MISSING = [tool for tool in ("Xvfb", "xdotool", "setxkbmap") if shutil.which(tool) is None]
PASSPHRASE = "Ein langer Satz"
STILL = 0.3
"""Seconds without a change after which the program is taken to have done what it was told; a cursor blinks every half."""
PATIENCE = 20.0
"""Seconds after which nothing more is expected of a busy machine."""

pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"{', '.join(MISSING)} not installed (apt-get install xvfb xdotool)")


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
        """Type *text*."""
        self.hands("type", "--delay", "10", text)

    def fill(self, *texts: str | None) -> None:
        """Type each of *texts* over what its field holds and go on by Tab; None leaves a field as it is."""
        for text in texts:
            if text is not None:
                self.hands("key", "ctrl+a")
                self.type(text)
            self.hands("key", "Tab")
        self.settle()

    def settle(self) -> None:
        """Wait until the picture stands still."""
        last, since, end = -1, time.monotonic(), time.monotonic() + PATIENCE
        while time.monotonic() < min(since + STILL, end):
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
    with open(read) as numbers, subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as server:
        os.close(write)
        try:
            screen = Screen(folder, f":{numbers.readline().strip()}")
            subprocess.run(["setxkbmap", "de"], env=screen.environment, check=True)
            yield screen
        finally:
            server.terminate()


class Home:
    """An empty home for the program, and what it keeps there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.places = {"HOME": folder}
        for name in ("CONFIG", "DATA", "STATE", "CACHE"):
            self.places[f"XDG_{name}_HOME"] = folder / name.casefold()
        self._key: Any = None

    @property
    def vault(self) -> Path:
        """Where the program proposes to put the first vault."""
        return self.folder / "data" / "bjc-desktop" / "Tresor"

    def remembered(self) -> bool:
        """Say whether the program remembers the vault, as it does once it is open."""
        file = self.folder / "config" / "bjc-desktop" / "settings.json"
        return file.exists() and str(self.vault) in json.loads(file.read_text("utf-8"))["vaults"]

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Return what *statement* finds in the vault as it is now, beside the program; nothing while there is none."""
        try:
            self._key = self._key or unlock(self.vault, PASSPHRASE, None).secrets.cipher_key
            with closing(connect(self.vault / DATABASE, self._key, journal=False)) as connection:
                return connection.execute(statement).fetchall()
        except (BjcError, OSError):
            return []


@contextmanager
def program_on(screen: Screen, home: Home) -> Iterator[subprocess.Popen[bytes]]:
    """Start the program as its icon does."""
    home.folder.mkdir(exist_ok=True)
    environment = {name: value for name, value in screen.environment.items() if not name.startswith(("BJC_", "QT_", "XDG_"))}
    environment |= {name: str(place) for name, place in home.places.items()} | {"QT_QPA_PLATFORM": "xcb"}
    with subprocess.Popen([sys.executable, "-m", "bjc_desktop"], cwd=ROOT, env=environment) as program:
        try:
            screen.window("BJC Desktop")
            yield program
        finally:
            program.kill()


def test_that_keys_alone_lead_from_the_first_start_to_the_figures(tmp_path) -> None:
    home = Home(tmp_path / "home")
    with screen_in(tmp_path / "screen") as screen, program_on(screen, home):
        # The first start: a new vault, its recovery code, then the passphrase.
        screen.keys("alt+n")
        screen.fill("Verein Nord", "Ana", "Weber", None, "ana", PASSPHRASE, None, PASSPHRASE)
        screen.keys("alt+a")
        wait_for(lambda: home.rows("SELECT id FROM staff"), "the vault")
        screen.settle()
        screen.keys("space", "alt+w")
        wait_for(home.remembered, "the open vault")
