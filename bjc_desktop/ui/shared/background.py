"""Work behind the window: one object for the application's whole life owns the only result signal.

A task object per job that deletes itself delivers wrong objects now and then; this one never did.
"""

import logging
from collections.abc import Callable
from threading import Event
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, QTimer, Signal, Slot

from bjc_desktop.errors import BjcError
from bjc_desktop.ui.shared.collecting import COLLECTING, collect_what_is_due

_log = logging.getLogger(__name__)
_COLLECTED_EVERY = 1000
"""Milliseconds, while a job runs."""
UNEXPECTED = "Das hat nicht geklappt. Es wurde nichts verändert; bitte noch einmal versuchen."


def sentence_of(error: BaseException) -> str:
    """Return what to tell the user about *error*: the text of an unexpected one may hold data, and is told to nobody."""
    return str(error) if isinstance(error, BjcError) else UNEXPECTED


class CancelledError(Exception):
    """Raised in a job by :meth:`Progress.step` after the user asked to stop."""


class Progress:
    """What a job tells about how far it is, and where it hears that it should stop."""

    def __init__(self, tell: Callable[[int, int], None]) -> None:
        self._tell = tell
        self._stop = Event()

    def step(self, done: int, total: int) -> None:
        """Say that *done* of *total* is done.

        Raises
        ------
        CancelledError
            where the user asked to stop.
        """
        if self._stop.is_set():
            raise CancelledError
        self._tell(done, total)

    def cancel(self) -> None:
        """Ask the job to stop at its next step."""
        self._stop.set()


class _Run(QRunnable):
    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__()
        self._work = work

    def run(self) -> None:
        self._work()


class Background(QObject):
    """Runs jobs in threads and calls back on the window's thread if the caller still exists."""

    _arrived = Signal(int, str, object)
    _begun = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._callbacks: dict[int, tuple[QObject, dict[str, Callable[..., object]]]] = {}
        self._running: set[int] = set()
        self._last = 0
        self._collector = QTimer(self)
        self._collector.timeout.connect(collect_what_is_due)
        self._begun.connect(self._watch)
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        owner: QObject,
        job: Callable[[Progress], Any],
        done: Callable[[Any], object],
        failed: Callable[[BaseException], object],
        progress: Callable[[int, int], object] | None = None,
    ) -> Progress:
        """Run *job* in a thread; call *done* with its result or *failed* with its error while *owner* exists."""
        self._last += 1
        number = self._last
        self._callbacks[number] = (owner, {"done": done, "failed": failed, "progress": progress or (lambda *_: None)})
        control = Progress(lambda step, total: self._arrived.emit(number, "progress", (step, total)))

        def work() -> None:
            try:
                result = job(control)
            except BaseException as error:  # noqa: BLE001 - handed to the caller, whatever it is
                if not isinstance(error, (BjcError, CancelledError)):
                    _log.exception("job failed")
                self._arrived.emit(number, "failed", (error,))
            else:
                self._arrived.emit(number, "done", (result,))

        self._begin(number)
        self._pool.start(_Run(work))
        return control

    def _begin(self, number: int) -> None:
        self._running.add(number)
        COLLECTING.put_off((id(self), number))
        self._begun.emit()

    @Slot()
    def _watch(self) -> None:
        self._collector.start(_COLLECTED_EVERY)

    def _ended(self, number: int) -> None:
        self._running.discard(number)
        COLLECTING.go_on((id(self), number))
        if not self._running:
            self._collector.stop()

    @Slot(int, str, object)
    def _deliver(self, number: int, kind: str, values: tuple[Any, ...]) -> None:
        owner, callbacks = self._callbacks[number] if kind == "progress" else self._callbacks.pop(number)
        if kind != "progress":
            self._ended(number)
        if shiboken6.isValid(owner):
            callbacks[kind](*values)

    @property
    def quiet(self) -> bool:
        """Whether no job is running."""
        return not self._running

    def wait(self, milliseconds: int = 30_000) -> bool:
        """Wait until every job has ended; say whether they did."""
        ended = self._pool.waitForDone(milliseconds)
        if ended:
            # Who waits may be about to end, and never hear of it.
            for number in [*self._running]:
                self._ended(number)
        return ended
