"""What every page gets: the open vault, who works, the day, and the one way to read and to write."""

import logging
from collections.abc import Callable
from datetime import UTC, date, datetime
from threading import Event
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from bjc_desktop.errors import BjcError, VaultDamagedError
from bjc_desktop.preferences import Settings
from bjc_desktop.ui.shared.background import Background, Progress
from bjc_desktop.vault import Vault, assert_sound
from bjc_desktop.vault.role_rights import sees_all_cases
from bjc_desktop.vocabulary import Role

_log = logging.getLogger(__name__)
T = TypeVar("T")
PROVIDER_DESK = frozenset({Role.COORDINATION, Role.ADMINISTRATION})
"""The roles at the provider's desk."""
READ_ONLY = "Der Tresor ist beschädigt und nur lesbar. Bitte die letzte gute Sicherung wiederherstellen."


class Desk(QObject):
    """The open vault as pages see it.

    ``changed`` follows every change, so that what is shown is read again; ``troubled`` carries a sentence that concerns the vault as a
    whole. The vault's integrity is checked behind the window; until that is done everything can be read, and the first
    change waits for it.
    """

    changed = Signal()
    troubled = Signal(str)
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
        self._damaged = False

    @property
    def at_provider_desk(self) -> bool:
        """Whether the user's roles include the provider's desk: hours, reports, team."""
        return bool(self.vault.user.roles & PROVIDER_DESK)

    @property
    def whose_cases(self) -> list[tuple[str, str | None]]:
        """Whose cases the lists offer: one's own, and all where the role sees all. Nobody's is the empty id."""
        own: list[tuple[str, str | None]] = [] if self.staff_id is None else [("Meine Fälle", self.staff_id)]
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
            self._damaged = True
            raise
        finally:
            self._sound.set()

    def _found_damage(self, error: BaseException) -> None:
        self.troubled.emit(str(error) if isinstance(error, BjcError) else "Der Tresor konnte nicht geprüft werden.")

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

        def work(progress: Progress) -> T:
            _ = progress
            self._assert_writable()
            return job(self.vault)

        def kept(result: T) -> None:
            if self.closed:
                return
            self.last_transaction = None
            self.changed.emit()
            self.saved.emit(said)
            done(result)

        self.background.run(owner, work, kept, failed)

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

    def note_print(self, coaching_id: str, what: str) -> None:
        """Write into the change record that *what* of a coaching was printed or saved as a file.

        Raises
        ------
        VaultError
            where the vault cannot be written.
        """
        from bjc_desktop.services.case_print import note_print  # noqa: PLC0415 - not needed to show the first page

        self._assert_writable()
        note_print(self.vault, coaching_id, what, now=self.now())

    def _assert_writable(self) -> None:
        self._sound.wait()
        if self._damaged:
            raise VaultDamagedError(READ_ONLY)

    def keep_quietly(self, change: Callable[[Any], Any]) -> None:
        """Keep a draft: no signal, and no refusal that would disturb the person who types."""
        self._sound.wait()
        if self._damaged:
            return
        try:
            with self.vault.writing(now=self.now()) as session:
                change(session)
        except BjcError:
            _log.warning("a draft could not be kept")

    def close(self) -> None:
        """Close the vault; nothing of it is shown any more, what was asked behind the window included."""
        self.closed = True
        self._sound.wait()
        if self._damaged:
            self.vault.abandon()
        else:
            self.vault.close()
