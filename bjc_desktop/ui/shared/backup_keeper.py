"""Backups behind the window: every half hour where something changed, on lock and close, copied to the second place, rehearsed."""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from bjc_desktop.errors import BjcError, StoppedError, VaultDamagedError
from bjc_desktop.ui.shared.background import sentence_of

if TYPE_CHECKING:
    from bjc_desktop.ui.shared.desk import Desk
    from bjc_desktop.vault.backup_files import BackupReason
    from bjc_desktop.vault.backup_notes import Rehearsal

_Stopped = Callable[[], bool]
_log = logging.getLogger(__name__)
BETWEEN = 30 * 60.0
"""Seconds between two automatic backups of a vault that is being changed."""
_FIRST = 2 * 60.0
_LOOK = 5 * 60.0
_REHEARSE_AFTER = timedelta(days=30)
TOO_LONG = "Die Sicherung dauerte zu lange und wurde abgebrochen; sie wird nach dem nächsten Öffnen nachgeholt."


class BackupKeeper(QObject):
    """Makes, copies and rehearses the backups of a desk's vault, one thing after the other.

    ``changed`` follows everything that is new about backups; ``troubled`` carries why an automatic backup failed.
    """

    changed = Signal()
    troubled = Signal(str)

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self._desk = desk
        self._stop = Event()
        self._next = time.monotonic() + _FIRST
        self._copy_next = 0.0
        self.busy = False
        self.reminder = ""
        """What to say about the second place on the page of today; empty where all is well."""
        self._timer = QTimer(self)
        self._timer.setInterval(int(_LOOK * 1000))
        self._timer.timeout.connect(self.look)

    @property
    def second(self) -> Path | None:
        """The second place, or None where none was chosen; sample data have none."""
        place = self._desk.settings.backup_folder
        return Path(place) if place and not self._desk.sample else None

    def start(self) -> None:
        """Look now and from time to time from now on."""
        self._timer.start()
        QTimer.singleShot(int(_FIRST * 1000), self, self.look)
        self.look()

    def look(self) -> None:
        """Do behind the window what is due."""
        if self.busy or self._desk.closed or self._desk.damaged:
            return
        due = time.monotonic() >= self._next
        if due:
            self._next = time.monotonic() + BETWEEN
        self._start(partial(self._round, due=due), self._looked, self._not_backed_up)

    def back_up(self, done: Callable[[Path], object], failed: Callable[[BaseException], object]) -> None:
        """Back up now, and copy to the second place where it is there."""

        def work(stopped: _Stopped) -> Path:
            from bjc_desktop.vault.backup_files import BackupReason  # noqa: PLC0415 - behind the window

            path = self._make(BackupReason.BY_HAND, stopped)
            self._copy(stopped, due=True)
            return path

        self._start(work, done, failed)

    def verify(
        self, paths: Sequence[Path], done: Callable[[dict[Path, bool]], object], failed: Callable[[BaseException], object]
    ) -> None:
        """Read the backups *paths* from the first to the last byte."""

        def work(stopped: _Stopped) -> dict[Path, bool]:
            from bjc_desktop.vault.backup_shelf import verify  # noqa: PLC0415 - behind the window

            return verify(self._desk.vault.folder, paths, self._desk.now(), stopped)

        self._start(work, done, failed)

    def rehearse(self, done: Callable[["Rehearsal | None"], object], failed: Callable[[BaseException], object]) -> None:
        """Restore the newest backup on trial and compare; the result is None where there is no backup."""
        self._start(self._rehearse, done, failed)

    def finish(self, done: Callable[[str], object]) -> None:
        """Back up for the last time where something changed; *done* hears why that failed, or an empty text."""
        self._timer.stop()
        self._stop.set()
        if self._desk.damaged:
            done("")
            return
        self._start(partial(self._round, due=True, rehearse=False), lambda _: done(""), lambda error: done(_last_words(error)))

    def stop(self) -> None:
        """Ask what is going on to stop soon."""
        self._stop.set()

    # --- behind the window ------------------------------------------------------------------------------------------------

    def _start(
        self, work: Callable[[_Stopped], Any], done: Callable[[Any], object], failed: Callable[[BaseException], object]
    ) -> None:
        self.busy, stop = True, Event()
        before, self._stop = self._stop, stop
        before.set()

        def job(_: object) -> Any:
            # One thing after the other, and nothing any more in a vault that was closed meanwhile.
            with self._desk.vault.whole_file:
                return None if self._desk.closed else work(stop.is_set)

        def ended(then: Callable[[Any], object], outcome: Any) -> None:
            if self._stop is stop:
                self.busy = False
            if isinstance(outcome, VaultDamagedError):
                # It may have been the copy: the vault itself is looked at once more.
                self._desk.check()
            then(outcome)
            if not self._desk.closed:
                self.changed.emit()

        self._desk.background.run(self, job, partial(ended, done), partial(ended, failed))

    def _round(self, stopped: _Stopped, *, due: bool, rehearse: bool = True) -> None:
        from bjc_desktop.vault.backup_files import BackupReason  # noqa: PLC0415 - behind the window
        from bjc_desktop.vault.backup_shelf import is_changed  # noqa: PLC0415 - the same
        from bjc_desktop.vault.rehearsal import forget_trial  # noqa: PLC0415 - the same

        forget_trial(self._desk.vault.folder)
        if due and is_changed(self._desk.vault):
            self._make(BackupReason.AUTOMATIC, stopped)
        self._copy(stopped, due=due)
        if due and rehearse and self._rehearsal_due():
            self._rehearse(stopped)

    def _make(self, reason: "BackupReason", stopped: _Stopped) -> Path:
        from bjc_desktop.services.backing_up import back_up_noting  # noqa: PLC0415 - behind the window
        from bjc_desktop.vault.backup_shelf import note_trouble  # noqa: PLC0415 - the same

        desk = self._desk
        desk.await_check()
        try:
            path = back_up_noting(desk.vault, reason, now=desk.now(), today=desk.today(), stopped=stopped)
        except BjcError as error:
            if not isinstance(error, StoppedError):
                note_trouble(desk.vault.folder, str(error))
            raise
        note_trouble(desk.vault.folder, "")
        return path

    def _copy(self, stopped: _Stopped, *, due: bool) -> None:
        """Copy the newest backup to the second place where it is there; where it is not, that is no reason to disturb anybody.

        Each try stands in the change record: after one that failed the next is made with the next backup, or when the place was away.
        """
        from bjc_desktop.vault.backup_shelf import is_reachable, reminder  # noqa: PLC0415 - behind the window

        vault, second, now = self._desk.vault, self.second, self._desk.now()
        try:
            if second is not None and not is_reachable(second, stopped):
                self._copy_next = 0.0
            elif second is not None and (due or time.monotonic() >= self._copy_next):
                self._copy_newest(second, stopped)
        except (OSError, BjcError):
            self._copy_next = time.monotonic() + BETWEEN
            _log.warning("the second place could not be written")
        self.reminder = reminder(vault.folder, vault.id, second, now)

    def _copy_newest(self, second: Path, stopped: _Stopped) -> None:
        from bjc_desktop.services.backing_up import copy_noting  # noqa: PLC0415 - behind the window
        from bjc_desktop.vault.backup_shelf import missing_in_second  # noqa: PLC0415 - the same

        vault = self._desk.vault
        missing = missing_in_second(vault.folder, vault.id, second, stopped)
        if missing is not None:
            self._desk.await_check()
            copy_noting(vault, missing, second, now=self._desk.now(), stopped=stopped)

    def _rehearsal_due(self) -> bool:
        from bjc_desktop.vault.backup_notes import read_notes  # noqa: PLC0415 - behind the window
        from bjc_desktop.vault.backup_shelf import own_folder  # noqa: PLC0415 - the same

        last = read_notes(own_folder(self._desk.vault.folder)).rehearsal
        return last is None or abs(self._desk.now() - last.at) >= _REHEARSE_AFTER

    def _rehearse(self, stopped: _Stopped) -> "Rehearsal | None":
        from bjc_desktop.services.backing_up import rehearse  # noqa: PLC0415 - behind the window
        from bjc_desktop.vault.backup_shelf import latest_backup  # noqa: PLC0415 - the same

        backup = latest_backup(self._desk.vault)
        return None if backup is None else rehearse(self._desk.vault, backup, now=self._desk.now(), stopped=stopped)

    def _looked(self, _: None) -> None:
        """Nothing to say: who looks at the page sees it."""

    def _not_backed_up(self, error: BaseException) -> None:
        if not isinstance(error, (StoppedError, VaultDamagedError)):
            self.troubled.emit(f"Die automatische Sicherung ist nicht gelungen: {sentence_of(error)}")


def _last_words(error: BaseException) -> str:
    return TOO_LONG if isinstance(error, StoppedError) else f"Die Sicherung ist nicht gelungen: {sentence_of(error)}"
