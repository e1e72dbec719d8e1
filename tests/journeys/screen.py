"""A real screen without a monitor: Xvfb, and xdotool for hands; nothing of the program is imported here."""

import os
import shutil
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MISSING = [tool for tool in ("Xvfb", "xdotool", "setxkbmap") if shutil.which(tool) is None]
"""What this machine lacks for it."""
STILL = 0.35
"""Seconds without a change on the screen after which the program has done what it was told."""
_PATIENCE = 30


class Screen:
    """A screen with the program on it."""

    def __init__(self, folder: Path, display: str, program: subprocess.Popen[bytes]) -> None:
        self._picture, self._display, self.program = folder / "Xvfb_screen0", display, program

    def _hands(self, *words: str) -> str:
        environment = {**os.environ, "DISPLAY": self._display}
        return subprocess.run(["xdotool", *words], env=environment, capture_output=True, text=True, check=False).stdout.strip()

    def keys(self, *keys: str) -> None:
        """Press *keys* one after the other and wait until the screen is still."""
        self._hands("key", "--delay", "25", *keys)
        self.settle()

    def type(self, text: str) -> None:
        """Type *text*."""
        self._hands("type", "--delay", "12", text)

    def fill(self, *texts: str | None) -> None:
        """Type each of *texts* into a field and go to the next by Tab; None leaves a field as it is."""
        for text in texts:
            if text is not None:
                self._hands("key", "ctrl+a")
                self.type(text)
            self._hands("key", "Tab")
        self.settle()

    def window(self, title: str) -> str:
        """Wait for the window called *title*, give it the keyboard and return it."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            found = self._hands("search", "--onlyvisible", "--name", title).split()
            if found:
                self._hands("windowfocus", "--sync", found[-1])
                self.settle()
                return found[-1]
            time.sleep(0.1)
        message = f"no window {title!r}"
        raise AssertionError(message)

    def settle(self, still: float = STILL) -> None:
        """Wait until nothing changes on the screen any more."""
        last, since, end = 0, time.monotonic(), time.monotonic() + _PATIENCE
        while time.monotonic() < min(since + still, end):
            time.sleep(0.05)
            now = zlib.crc32(self._picture.read_bytes())
            if now != last:
                last, since = now, time.monotonic()

    def changed(self) -> None:
        """Wait until something has changed on the screen, and then until it is still."""
        before, end = zlib.crc32(self._picture.read_bytes()), time.monotonic() + _PATIENCE
        while zlib.crc32(self._picture.read_bytes()) == before and time.monotonic() < end:
            time.sleep(0.05)
        self.settle()


@contextmanager
def program_on_screen(folder: Path, *arguments: str) -> Iterator[Screen]:
    """Start the program on a screen of its own, at home in the new *folder*."""
    (folder / "home").mkdir(parents=True, exist_ok=True)
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1366x768x24", "-fbdir", str(folder), "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as screen:
        try:
            display = f":{os.read(read, 16).decode().strip()}"
            subprocess.run(["setxkbmap", "de"], env={**os.environ, "DISPLAY": display}, check=False, capture_output=True)
            environment = {
                **{name: value for name, value in os.environ.items() if not name.startswith(("QT_", "XDG_"))},
                "DISPLAY": display,
                "HOME": str(folder / "home"),
                "BJC_CONFIG_DIR": str(folder / "home" / "config"),
                "QT_QPA_PLATFORM": "xcb",
            }
            start = [sys.executable, "-m", "bjc_desktop", *arguments]
            with subprocess.Popen(start, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as program:
                try:
                    yield Screen(folder, display, program)
                finally:
                    program.kill()
        finally:
            screen.kill()
            os.close(read)
            os.close(write)
