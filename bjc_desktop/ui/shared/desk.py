"""What every page gets: the open vault, who works, the day, and the one way to read and to write."""

import logging
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import partial
from threading import Event, Lock
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from bjc_desktop.errors import BjcError, VaultDamagedError
from bjc_desktop.preferences import Settings
from bjc_desktop.services.team import has_own_cases
from bjc_desktop.ui.shared.background import Background, Progress
from bjc_desktop.ui.shared.backup_keeper import BackupKeeper
from bjc_desktop.vault import Leaving, Opened, Vault, account_for, assert_sound, record_closing, record_openings
from bjc_desktop.vault.accounting import SITTING
from bjc_desktop.vault.role_rights import sees_all_cases
from bjc_desktop.vault.vault import READ_ONLY
from bjc_desktop.vocabulary import Role

_log = logging.getLogger(__name__)
T = TypeVar("T")
PROVIDER_DESK = frozenset({Role.COORDINATION, Role.ADMINISTRATION})
"""The roles at the provider's desk."""


class Desk(QObject):
    """The open vault as pages see it.

    ``changed`` follows every change, so that what is shown is read again; ``troubled`` carries a sentence that concerns the vault as a
    whole. The vault's integrity is checked behind the window; until that is done everything can be read, and the first
    change waits for it.
    """

    changed = Signal()
    troubled = Signal(str)
    damage_found = Signal()
    """The vault turned out to be damaged: from now on it is only read."""
    taken_back = Signal()
    """A change was taken back; ``changed`` follows."""
    saved = Signal(str)
    """What was saved, in words, with a way to take it back."""

    def __init__(self, vault: Vault, background: Background, settings: Settings | None = None, *, sample: bool = False) -> None:
        super().__init__()
        self.vault = vault
        self.background = background
        self.sample = sample
        self.settings = settings or Settings()
        self.staff_id: str | None = None
        self.last_transaction: int | None = None
        self.closed = False
        self._sound = Event()
        self._opened: dict[str, datetime] = {}
        self._openings: list[Opened] = []
        self._recording = Lock()
        self._told = False
        self.backups = BackupKeeper(self)

    @property
    def at_provider_desk(self) -> bool:
        """Whether the user's roles include the provider's desk: hours, reports, team."""
        return bool(self.vault.user.roles & PROVIDER_DESK)

    @property
    def whose_cases(self) -> list[tuple[str, str | None]]:
        """Whose cases the lists offer: one's own, and all where the role sees all. Nobody's is the empty id.

        Who is neither coach nor trainer has no cases of their own.
        """
        has_own = self.staff_id is not None and bool(self.vault.user.roles & {Role.JOB_COACH, Role.EMPLOYMENT_TRAINER})
        if self.staff_id is not None and has_own and sees_all_cases(self.vault.user.roles):
            # With all roles, it is the coordination that sits here: nothing of theirs would ever be due.
            has_own = self.read(partial(has_own_cases, staff_id=self.staff_id))
        own: list[tuple[str, str | None]] = [("Meine Fälle", self.staff_id)] if has_own else []
        if sees_all_cases(self.vault.user.roles):
            return [*own, ("Alle Fälle", None)]
        return own or [("Meine Fälle", "")]

    def today(self) -> date:
        """Return the day."""
        return date.today()  # noqa: DTZ011 - the day on the user's wall

    def now(self) -> datetime:
        """Return the moment."""
        return datetime.now(UTC)

    def check(self) -> None:
        """Check the vault's integrity behind the window."""
        self.background.run(self, self._check, lambda _: None, self._found_damage)

    def _check(self, progress: Progress) -> None:
        _ = progress
        try:
            assert_sound(self.vault)
        except VaultDamagedError:
            self.vault.read_only = True
            raise
        finally:
            self._sound.set()

    def _found_damage(self, error: BaseException) -> None:
        if isinstance(error, VaultDamagedError):
            self.met_damage(error)
        else:
            self.troubled.emit(str(error) if isinstance(error, BjcError) else "Der Tresor konnte nicht geprüft werden.")

    def await_check(self) -> None:
        """Wait until the vault's integrity was checked: nothing is written before."""
        self._sound.wait()

    def rest(self) -> None:
        """Give memory back behind the window, where nobody has asked for anything for a while."""
        self.background.run(self, lambda _: self.vault.rest(), lambda _: None, lambda _: None)

    @property
    def damaged(self) -> bool:
        """Whether the vault turned out to be damaged: it is read as far as it goes, and not changed any more."""
        return self.vault.read_only or self.vault.connector.damaged

    def met_damage(self, error: BaseException) -> None:
        """Take note that the vault is damaged, and say so once."""
        _ = error
        self.vault.read_only = True
        if not self._told:
            self._told = True
            self.damage_found.emit()

    def read(self, question: Callable[[Any], T]) -> T:
        """Return the answer to *question* from one state of the vault."""
        with self.vault.reading() as connection:
            return question(connection)

    def write(self, change: Callable[[Any], T], said: str = "") -> T:
        """Make *change* in one transaction and say *said* when it is kept.

        Raises
        ------
        InvalidInputError
            for the form to show at its fields; nothing was changed.
        VaultError
            where the vault cannot be written; nothing was changed.
        """
        self._assert_writable()
        with self.vault.writing(now=self.now()) as session:
            result = change(session)
            session.flush()
            self.last_transaction = session.info.get("transaction_id")
        self.changed.emit()
        self.saved.emit(said)
        return result

    def write_behind(
        self,
        owner: QObject,
        job: Callable[[Vault], T],
        done: Callable[[T], object],
        failed: Callable[[BaseException], object],
        said: str,
    ) -> None:
        """Let *job* change the vault behind the window, and say *said* when it is kept; for what takes longer than a moment."""
        self.write_in_steps(owner, lambda vault, _: job(vault), done, failed, said)

    def write_in_steps(
        self,
        owner: QObject,
        job: Callable[[Vault, Progress], T],
        done: Callable[[T], object],
        failed: Callable[[BaseException], object],
        said: str,
        progress: Callable[[int, int], object] | None = None,
    ) -> Progress:
        """Let *job* change the vault behind the window and tell how far it is; who holds what is returned can have it stop."""

        def work(control: Progress) -> T:
            self._assert_writable()
            return job(self.vault, control)

        def kept(result: T) -> None:
            if self.closed:
                return
            self.last_transaction = None
            self.changed.emit()
            self.saved.emit(said)
            done(result)

        return self.background.run(owner, work, kept, failed, progress)

    def take_back(self, transaction_id: int) -> None:
        """Take a transaction back.

        Raises
        ------
        UndoRefusedError
            where that is not possible; nothing was changed.
        VaultError
            where the vault cannot be written.
        """
        from bjc_desktop.services.undoing import undo  # noqa: PLC0415 - not needed to show the first page

        self._assert_writable()
        undo(self.vault, transaction_id, now=self.now())
        self.last_transaction = None
        self.taken_back.emit()
        self.changed.emit()
        self.saved.emit("Zurückgenommen")

    def account_for(self, leaving: Leaving, what: str, coaching_ids: Collection[str] = ()) -> None:
        """Record that *what* leaves the vault, of some coachings or of none; nothing is recorded in a damaged vault.

        Raises
        ------
        VaultError
            where it cannot be recorded; then it must not leave.
        """
        self.wait_until_checked()
        account_for(self.vault, leaving, what, coaching_ids=coaching_ids, now=self.now())

    def wait_until_checked(self) -> None:
        """Wait until it is known whether the vault is sound: only then may something be recorded in it."""
        self._sound.wait()

    def note_opening(self, coaching_id: str) -> None:
        """Record that the case file of a coaching is opened, behind the window and once an hour."""
        now = self.now()
        last = self._opened.get(coaching_id)
        if last is not None and now - last < SITTING:
            return
        self._opened[coaching_id] = now
        # Without the lock: whoever holds it may be waiting for a long import, and nobody waits for a file to open.
        self._openings.append(Opened(coaching_id, now))
        self.background.run(self, lambda _: self._record_openings(), _nothing, _nothing)

    def _record_openings(self) -> None:
        self._sound.wait()
        with self._recording:
            waiting = list(self._openings)
            if waiting and not self.closed:
                record_openings(self.vault, waiting)
                del self._openings[: len(waiting)]

    def _assert_writable(self) -> None:
        self._sound.wait()
        if self.damaged:
            raise VaultDamagedError(READ_ONLY)

    def keep_quietly(self, change: Callable[[Any], Any]) -> None:
        """Keep a draft: no signal, and no refusal that would disturb the person who types."""
        self._sound.wait()
        if self.damaged:
            return
        try:
            with self.vault.writing(now=self.now()) as session:
                change(session)
        except BjcError:
            _log.warning("a draft could not be kept")

    def close(self) -> None:
        """Close the vault; nothing of it is shown any more, what was asked behind the window included."""
        if self.closed:
            return
        self.backups.stop()
        self._sound.wait()
        with self._recording:
            self.closed = True
            with suppress(BjcError):
                record_openings(self.vault, self._openings)
                record_closing(self.vault, now=self.now())
        if self.damaged:
            self.vault.abandon()
        else:
            self.vault.close()
        self.vault.forget()


def _nothing(_: object) -> None:
    """Wait for nothing: what could not be recorded is tried again with the next, and at the lock."""
