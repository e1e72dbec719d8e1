"""Asking a place that may never answer: a share that is gone holds a thread of its own, and nobody who waits.

The system cannot be made to give up a call into such a place. So it is made in a thread that the process does not wait for when it ends;
as long as one hangs there, the place is not asked again.
"""

import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, TypeVar

from bjc_desktop.errors import SilentPlaceError, StoppedError
from bjc_desktop.vault.driver import STOPPED, Stopped, never

T = TypeVar("T")
LOOK_SECONDS = 5.0
"""How long a place may take to say whether it is there, and what lies in it."""
READ_SECONDS = 15.0
"""How long it may take for the next piece of a file."""
WRITE_SECONDS = 60.0
"""How long it may take until what was written is on the medium: a slow stick is not a dead one."""
_TICK = 0.05
_GRACE = 1.0
"""Seconds in which work that was asked to stop may end by itself."""
SILENT = "Der Ordner antwortet nicht. Bitte die Verbindung oder den Datenträger prüfen und es noch einmal versuchen."


class _Silence:
    """Which places a thread hangs in, and who should stop waiting."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._hanging: dict[Path, list[Thread]] = {}
        self.round = 0

    def add(self, place: Path, thread: Thread) -> None:
        with self._lock:
            self._hanging.setdefault(place, []).append(thread)

    def holds(self, place: Path) -> bool:
        with self._lock:
            alive = [thread for thread in self._hanging.pop(place, []) if thread.is_alive()]
            if alive:
                self._hanging[place] = alive
            return bool(alive)


_silence = _Silence()


def wait_no_longer() -> None:
    """Let everybody who waits for a place go on at once, without an answer: the window is being closed."""
    _silence.round += 1


class _Question:
    """A question in its thread: its answer, its last sign of life, and whether anybody still waits for it."""

    def __init__(self, question: Callable[[Stopped], Any]) -> None:
        self.done = Event()
        self.answer: Any = None
        self.error: BaseException | None = None
        self.left = False
        self.beat = time.monotonic()
        self._question = question
        self.thread = Thread(target=self._run, daemon=True, name="patience")
        self.thread.start()

    def _run(self) -> None:
        try:
            self.answer = self._question(self._alive)
        except BaseException as error:  # noqa: BLE001 - handed to who asked, whatever it is
            self.error = error
        self.done.set()

    def _alive(self) -> bool:
        """Give a sign of life; say whether nobody waits any more."""
        self.beat = time.monotonic()
        return self.left


def answer_of(place: Path, question: Callable[[Stopped], T], *, seconds: float, stopped: Stopped = never) -> T:
    """Return the answer to *question*, which is asked in the folder *place*.

    The question calls what it is given now and then: each call is a sign of life, and says whether it should stop.

    Raises
    ------
    SilentPlaceError
        where there was no sign of life for so many *seconds*, or an earlier question to the place still hangs.
    StoppedError
        where the work should stop.
    """
    if _silence.holds(place):
        raise SilentPlaceError(SILENT)
    began, asked = _silence.round, _Question(question)
    while not asked.done.wait(_TICK):
        if stopped() or began != _silence.round:
            _leave(place, asked, _GRACE)
            raise StoppedError(STOPPED)
        if time.monotonic() - asked.beat > seconds:
            _leave(place, asked, 0)
            raise SilentPlaceError(SILENT)
    if asked.error is not None:
        raise asked.error
    answer: T = asked.answer
    return answer


def _leave(place: Path, asked: _Question, grace: float) -> None:
    asked.left = True
    asked.thread.join(grace)
    if asked.thread.is_alive():
        _silence.add(place, asked.thread)
