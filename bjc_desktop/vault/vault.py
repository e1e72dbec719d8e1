"""An open vault: who opened it, its transactions, its secrets, and closing it in order."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session

from bjc_desktop.errors import DiskFullError, NotFoundError, VaultDamagedError, VaultError
from bjc_desktop.models import VaultFact
from bjc_desktop.process_memory import give_free_memory_back
from bjc_desktop.vault.ballast import drop_ballast
from bjc_desktop.vault.change_chain import Actor, tail_of
from bjc_desktop.vault.changes import recording_sessions
from bjc_desktop.vault.driver import DAMAGED, READING, CipherKey, Connector, clear_errors, connect, shrink_caches, vault_engine
from bjc_desktop.vault.keys import NoteCipher
from bjc_desktop.vault.lock import VaultLock
from bjc_desktop.vault.role_rights import MASKED, masks
from bjc_desktop.vault.slots import SlotFile, write_slots
from bjc_desktop.vocabulary import Role

DATABASE = "vault.db"
BACKUPS = "backups"
READ_ONLY = "Der Tresor ist beschädigt und nur lesbar. Bitte die letzte gute Sicherung wiederherstellen."


@dataclass(frozen=True, slots=True)
class UserIdentity:
    """Who opened the vault."""

    id: str
    name: str
    roles: frozenset[Role]

    @property
    def first_role(self) -> Role:
        """The role in which the user acts when none is named: the first one in the order of the value list."""
        return next(role for role in Role if role in self.roles)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a passphrase leads to: whose slot it opened, the private key behind it, and the database's key."""

    owner: str
    private_key: bytes = field(repr=False)
    data_key: bytes = field(repr=False)
    cipher_salt: bytes = field(repr=False)

    @property
    def cipher_key(self) -> CipherKey:
        """What opens the database file."""
        return CipherKey(self.data_key, self.cipher_salt)


def roles_from(text: str) -> frozenset[Role]:
    """Return the roles in a user's comma-separated *text*."""
    return frozenset(role for role in Role if role in text.split(","))


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Vault:
    """An open vault. It is closed by :meth:`close` or at the end of a ``with`` block.

    ``notes`` encrypts and decrypts the notes of consultations, or is None for who does not hold their key. ``warnings`` are
    sentences for the user about the place and the disk. ``read_only`` is set where the file was found damaged.
    """

    def __init__(self, folder: Path, lock: VaultLock, secrets: Secrets, slots: SlotFile) -> None:
        self.folder = folder
        self.id = slots.vault_id
        self.secrets = secrets
        self.slots = slots
        self.user = UserIdentity("", "", frozenset())
        self.notes: NoteCipher | None = None
        self.warnings: list[str] = []
        self.clock: Callable[[], datetime] = _utc_now
        self.connector = Connector(folder / DATABASE, secrets.cipher_key)
        self.engine: Engine = vault_engine(self.connector)
        self.read_only = False
        self.whole_file = RLock()
        """Held while the database is copied as a whole or encrypted anew, which must not meet."""
        self._slots_lock = RLock()
        self._lock = lock
        self._sessions = recording_sessions(self.engine)
        self._facts: dict[str, bytes] = {}
        self._open = True

    @property
    def database(self) -> Path:
        """The database file."""
        return self.folder / DATABASE

    def actor(self, role: Role | None = None) -> Actor:
        """Return who acts, in *role* or in the user's first one.

        Raises
        ------
        VaultError
            where the user does not have the role.
        """
        if role is not None and role not in self.user.roles:
            message = f"Dafür ist die Rolle „{role.label}“ nötig. Bitte jemanden mit dieser Rolle fragen."
            raise VaultError(message)
        return Actor(self.user.id, role or self.user.first_role)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the vault and changes nothing: it is rolled back in any case.

        What the user's roles may not see is masked in it.
        """
        hidden = masks(self.user.roles, self.user.id, self.clock().date()) if self.user.roles else ()
        options = {**READING, MASKED: bool(hidden)}
        with clear_errors(), self.engine.connect().execution_options(**options) as connection, connection.begin() as transaction:
            try:
                for statement in hidden:
                    connection.exec_driver_sql(statement)
                yield connection
            finally:
                transaction.rollback()

    @contextmanager
    def writing(self, role: Role | None = None, *, now: datetime | None = None) -> Iterator[Session]:
        """Open a transaction that alone may write: committed at the end of the block, rolled back by any error.

        Changes are recorded for the user in *role*, at *now* or at the current time. References are checked at the commit, so
        the order in which related rows are written does not matter.

        Raises
        ------
        DiskFullError
            where there is no room; nothing was changed.
        VaultDamagedError
            where the file turns out to be damaged, or was found to be before: then it is only read.
        """
        if self.read_only:
            raise VaultDamagedError(READ_ONLY)
        if self.connector.damaged:
            raise VaultDamagedError(DAMAGED)
        actor = self.actor(role)
        with clear_errors(), self._sessions() as session:
            session.info.update(actor=actor, roles=self.user.roles, clock=self.clock if now is None else lambda: now)
            try:
                session.connection().exec_driver_sql("PRAGMA defer_foreign_keys = ON")
                yield session
                session.commit()
            except DiskFullError:
                drop_ballast(self.folder)
                session.rollback()
                raise
            except BaseException:
                session.rollback()
                raise

    def fact(self, name: str) -> bytes:
        """Return a secret of the vault: ``vault_id``, ``chain_key``, ``signing_key`` (Ed25519, 32 bytes) or ``pseudonym_key``.

        Raises
        ------
        NotFoundError
            where the vault does not know it.
        """
        if name not in self._facts:
            with self.reading() as connection:
                value = connection.execute(select(VaultFact.value).where(VaultFact.key == name)).scalar()
            if value is None:
                message = "Dem Tresor fehlt eine Angabe über sich selbst. Bitte „bjc-desktop doctor“ ausführen."
                raise NotFoundError(message)
            self._facts[name] = value
        return self._facts[name]

    def save_slots(self, slots: SlotFile) -> None:
        """Write *slots* as the vault's slot file."""
        with self._slots_lock:
            write_slots(self.folder, slots, self.secrets.data_key)
            self.slots = slots

    def anchor_changes(self) -> None:
        """Note in the slot file how far the change record goes, where that has changed."""
        with self.reading() as connection:
            tail = tail_of(connection)
        # A backup anchors behind the window: a passphrase that is changed meanwhile must not be lost by it.
        with self._slots_lock:
            if tail != self.slots.anchor:
                self.save_slots(replace(self.slots, anchor=tail))

    def close(self) -> None:
        """Anchor the change record, write the log back into the database, and give the lock up."""
        with self.whole_file:
            if not self._open:
                return
            self._open = False
            try:
                if not self.connector.damaged:
                    self._settle()
            finally:
                self._let_go()

    def abandon(self) -> None:
        """Close without writing anything: for a vault that turned out to be damaged."""
        with self.whole_file:
            self._open = False
            self._let_go()

    def rest(self) -> None:
        """Give back the memory that only makes the next question faster: for when nobody has asked for a while."""
        with clear_errors():
            shrink_caches(self.engine)
        give_free_memory_back()

    def forget(self) -> None:
        """Drop the keys of a closed vault: of what opened it nothing is referred to any more."""
        nothing = Secrets("", b"", b"", b"")
        self.secrets, self.notes, self._facts = nothing, None, {}
        self.connector.key = nothing.cipher_key

    def _let_go(self) -> None:
        # Work that is still going on behind the window must not open the file again once another program may have it.
        self.connector.closed = True
        self.engine.dispose()
        self._lock.release()

    def _settle(self) -> None:
        """Write back what stands in the log. On a full disk it stays there: what was committed is committed."""
        try:
            self._write_back()
        except DiskFullError:
            drop_ballast(self.folder)
            with suppress(DiskFullError):
                self._write_back()

    def _write_back(self) -> None:
        self.anchor_changes()
        self.engine.dispose()
        with closing(connect(self.database, self.secrets.cipher_key)) as connection, clear_errors():
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def __enter__(self) -> Self:
        """Return the vault itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the vault."""
        self.close()
