"""The one module that speaks to SQLCipher: connections with their pragmas, the engine, and what its errors mean."""

import errno
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import sqlcipher3.dbapi2 as sqlcipher  # type: ignore[import-untyped]
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.pool import QueuePool, StaticPool

from bjc_desktop.errors import BjcError, DiskFullError, StoppedError, VaultDamagedError, VaultError, VaultInUseError
from bjc_desktop.models import Base

DAMAGED = (
    "Der Tresor ist beschädigt. Bitte die letzte Sicherung mit „bjc-desktop restore …“ wiederherstellen; "
    "die beschädigte Datei bleibt erhalten."
)
FULL = "Der Datenträger ist voll oder nicht beschreibbar. Bitte Platz schaffen und erneut versuchen; es wurde nichts geändert."
BUSY = "Der Tresor wird gerade von einem anderen Vorgang benutzt. Bitte kurz warten und erneut versuchen."
CLOSED = "Der Tresor ist gesperrt. Bitte ihn wieder öffnen."
STOPPED = "Der Vorgang wurde abgebrochen; es wurde nichts geändert."
UNOPENABLE = "Die Datei des Tresors lässt sich nicht öffnen. Bitte die Zugriffsrechte des Ordners prüfen."

PRAGMAS: dict[str, str | int] = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "secure_delete": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "temp_store": 2,
    "cache_size": -128000,
    "mmap_size": 0,
    "recursive_triggers": 1,
    "cipher_log_level": "NONE",
}
"""What every connection to a vault answers, by pragma."""

READING = {"bjc_reading": True}
"""The execution options of a connection whose transaction only reads: it begins without a write lock."""

_BUSY_SECONDS = 10.0
_INSTRUCTIONS_BETWEEN = 200_000
_PRIMARY_CODE = 0xFF
_DAMAGED_CODES = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_FULL_CODES = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY}
_BUSY_CODES = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_FULL_ERRNOS = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_REVISION = re.compile(r"[0-9a-z_]{1,32}")

RawConnection = Any
"""A connection of the driver itself, which carries no type information."""
Stopped = Callable[[], bool]
"""Says whether the work should stop."""


def never() -> bool:
    """Say that the work goes on."""
    return False


@dataclass(frozen=True, slots=True)
class CipherKey:
    """What opens the database file: the data key (32 bytes) and the file's salt (16 bytes)."""

    data_key: bytes = field(repr=False)
    salt: bytes = field(repr=False)

    def text(self) -> str:
        """Return the raw key as SQLCipher writes it."""
        return f"x'{self.data_key.hex()}{self.salt.hex()}'"


def error_from(error: BaseException) -> BjcError | None:
    """Return the error to show in place of *error* of the driver or the operating system, or None where there is none."""
    if isinstance(error, sqlcipher.Error):
        return _error_from_driver(error)
    if isinstance(error, OSError) and error.errno in _FULL_ERRNOS:
        return DiskFullError(FULL)
    return None


def _error_from_driver(error: BaseException) -> BjcError | None:
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
    if code in _DAMAGED_CODES:
        return VaultDamagedError(DAMAGED)
    if code in _FULL_CODES:
        return DiskFullError(FULL)
    if code in _BUSY_CODES:
        return VaultInUseError(BUSY)
    if code == sqlite3.SQLITE_INTERRUPT:
        return StoppedError(STOPPED)
    return VaultError(UNOPENABLE) if code == sqlite3.SQLITE_CANTOPEN else None


@contextmanager
def clear_errors() -> Iterator[None]:
    """Turn the errors of driver and operating system inside the block into errors with a sentence for the user.

    Raises
    ------
    BjcError
        where the driver or the operating system raised an error that a user may meet.
    """
    try:
        yield
    except (sqlcipher.Error, OSError) as error:
        mapped = error_from(error)
        if mapped is None:
            raise
        raise mapped from error


def connect(path: Path, key: CipherKey, *, foreign_keys: bool = True, journal: bool = True) -> RawConnection:
    """Return a connection of the driver in autocommit mode with every pragma of :data:`PRAGMAS`.

    Without *foreign_keys* they are not enforced (for migrations); without *journal* the file keeps its journal mode (for
    looking at a backup without writing beside it).

    Raises
    ------
    VaultDamagedError
        where the file is no database that *key* opens.
    """
    with clear_errors():
        connection = sqlcipher.connect(str(path), timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            _set_pragmas(connection, key, foreign_keys=foreign_keys, journal=journal)
        except BaseException:
            connection.close()
            raise
        return connection


def connect_tolerant(path: Path, key: CipherKey) -> RawConnection:
    """Return a connection of the driver that only reads, also a file that is shorter than it says it is.

    Raises
    ------
    VaultDamagedError
        where not even the table of contents can be read.
    """
    with clear_errors():
        connection = sqlcipher.connect(str(path), timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA cipher_log_level = NONE")
            connection.execute(f'PRAGMA key = "{key.text()}"')
            for statement in ("writable_schema = 1", "query_only = 1", "temp_store = 2", "trusted_schema = 0"):
                connection.execute(f"PRAGMA {statement}")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except BaseException:
            connection.close()
            raise
        return connection


def connect_looking(path: Path, key: CipherKey, *, log: bool = True) -> RawConnection:
    """Return a connection of the driver that writes nothing, neither the file nor its log; without *log* it sees the file alone.

    Raises
    ------
    VaultDamagedError
        where that is no database that *key* opens.
    """
    way = "mode=ro" if log else "immutable=1"
    with clear_errors():
        address = f"{path.absolute().as_uri()}?{way}"
        connection = sqlcipher.connect(address, uri=True, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            for statement in (
                "cipher_log_level = NONE",
                f'key = "{key.text()}"',
                "query_only = 1",
                "temp_store = 2",
                "trusted_schema = 0",
            ):
                connection.execute(f"PRAGMA {statement}")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except BaseException:
            connection.close()
            raise
        return connection


def rows_of(connection: RawConnection, query: str, *values: object) -> list[tuple[Any, ...]]:
    """Return the rows of *query*, of a database that may be anything.

    Raises
    ------
    VaultDamagedError
        where it cannot be answered.
    """
    try:
        return list(connection.execute(query, values))
    except sqlcipher.Error as error:
        raise VaultDamagedError(DAMAGED) from error


def _set_pragmas(connection: RawConnection, key: CipherKey, *, foreign_keys: bool, journal: bool) -> None:
    # The log level comes first: SQLCipher reports a wrong key on standard error, which belongs to the program.
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f'PRAGMA key = "{key.text()}"')
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    for name, value in PRAGMAS.items():
        if name != "journal_mode" or journal:
            connection.execute(f"PRAGMA {name} = {value}").fetchall()
    if not foreign_keys:
        connection.execute("PRAGMA foreign_keys = 0")


def new_cipher_file(path: Path, key: CipherKey) -> None:
    """Create an empty encrypted database at *path*."""
    with closing(connect(path, key)) as connection:
        connection.execute("PRAGMA user_version = 1")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


class Connector:
    """Opens the engine's connections, none any more once the vault was closed; notes when one met damage, which is never used again."""

    def __init__(self, path: Path, key: CipherKey, *, foreign_keys: bool = True) -> None:
        self.path = path
        self.key = key
        self.foreign_keys = foreign_keys
        self.damaged = False
        self.closed = False

    def __call__(self) -> RawConnection:
        """Return a new connection.

        Raises
        ------
        VaultDamagedError
            where the file is so damaged that it does not open.
        VaultError
            where the vault was closed.
        """
        if self.closed:
            raise VaultError(CLOSED)
        try:
            return connect(self.path, self.key, foreign_keys=self.foreign_keys)
        except VaultDamagedError:
            self.damaged = True
            raise

    def note(self, context: ExceptionContext) -> BjcError | None:
        """Return the error to raise for the one in *context*; after damage the connection and its pool are dropped."""
        mapped = error_from(context.original_exception)
        if isinstance(mapped, VaultDamagedError):
            self.damaged = True
            context.is_disconnect = True
        return mapped


def vault_engine(connector: Connector) -> Engine:
    """Return the engine over *connector*: few pooled connections, explicit transactions, no parameters in messages."""
    return _engine(
        connector, poolclass=QueuePool, pool_size=2, max_overflow=4, pool_reset_on_return="rollback", on_error=connector.note
    )


def shrink_caches(engine: Engine) -> None:
    """Drop the pages that connections of *engine* keep and nobody is using; they are read from the file again when they are wanted."""
    with ExitStack() as stack:
        for _ in range(cast("QueuePool", engine.pool).checkedin()):
            connection = stack.enter_context(closing(engine.raw_connection()))
            cast("RawConnection", connection.driver_connection).execute("PRAGMA shrink_memory")


def memory_engine() -> Engine:
    """Return an engine over an unencrypted database in memory that holds all tables and nothing else."""

    def open_memory() -> RawConnection:
        connection = sqlcipher.connect(":memory:", isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA foreign_keys = 1")
        connection.execute("PRAGMA temp_store = 2")
        return connection

    engine = _engine(open_memory, poolclass=StaticPool)
    Base.metadata.create_all(engine)
    return engine


def _engine(
    creator: Callable[[], RawConnection], *, on_error: Callable[[ExceptionContext], BjcError | None] | None = None, **pool: object
) -> Engine:
    engine = create_engine("sqlite://", module=sqlcipher, creator=creator, hide_parameters=True, **pool)
    event.listen(engine, "begin", _begin)
    if on_error is not None:
        event.listen(engine, "handle_error", on_error)
    return engine


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get("bjc_reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def damage_in(connection: RawConnection, *, structure: bool = True) -> list[str]:
    """Return what is damaged in the encrypted file of the driver's *connection*: nothing where it is whole.

    The write-ahead log is written back first, for the check reads the file alone. Damage to a page that SQLCipher would
    silently return as NULs is found here and by nothing else. Somebody may be writing meanwhile: what is found is looked at twice.
    Without *structure* only the pages are checked: for what is copied as a whole next, and checked then.
    """
    return _damage_in(connection, structure=structure) and _damage_in(connection, structure=structure)


def _damage_in(connection: RawConnection, *, structure: bool) -> list[str]:
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        # A reader of the empty log keeps everybody from writing it back into the file that is being checked.
        connection.execute("BEGIN")
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            faults = [str(row[0]) for row in connection.execute("PRAGMA cipher_integrity_check")]
            if structure:
                faults += [str(row[0]) for row in connection.execute("PRAGMA quick_check(1)") if row[0] != "ok"]
        finally:
            connection.execute("ROLLBACK")
    except sqlcipher.DatabaseError as error:
        if not isinstance(error_from(error), VaultDamagedError):
            raise
        faults = ["the file is no whole database"]
    return faults


def assert_whole(connection: RawConnection, *, structure: bool = True) -> None:
    """Check the encrypted file of the driver's *connection*; see :func:`damage_in`.

    Raises
    ------
    VaultDamagedError
        where a page of it is not what was written.
    """
    with clear_errors():
        if damage_in(connection, structure=structure):
            raise VaultDamagedError(DAMAGED)


def revision_of(connection: RawConnection) -> str:
    """Return the schema revision of the database behind the driver's *connection*.

    Raises
    ------
    VaultDamagedError
        where the database names none: it is empty, or not a vault.
    """
    try:
        with clear_errors():
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlcipher.OperationalError as error:
        raise VaultDamagedError(DAMAGED) from error
    if row is None or _REVISION.fullmatch(str(row[0])) is None:
        raise VaultDamagedError(DAMAGED)
    return str(row[0])


def copy_into(connection: RawConnection, target: Path, stopped: Stopped = never) -> None:
    """Write a compact copy of the database behind *connection* to the new file *target*, under the same key and salt.

    Raises
    ------
    StoppedError
        where *stopped*, which is asked again and again, says so.
    """
    with clear_errors():
        connection.set_progress_handler(stopped, _INSTRUCTIONS_BETWEEN)
        try:
            connection.execute("VACUUM INTO ?", (str(target),))
        finally:
            connection.set_progress_handler(None, 0)


def change_key(path: Path, old: CipherKey, new: CipherKey) -> None:
    """Encrypt the database at *path* anew; a crash in the middle leaves it under the old key or under the new one.

    Raises
    ------
    VaultDamagedError
        where the database is damaged: encrypting it anew would make the damage look whole.
    DiskFullError
        where there is no room; the database is under the old key.
    VaultInUseError
        where another connection is writing; the database is under the old key.
    """
    with closing(connect(path, old)) as connection, clear_errors():
        assert_whole(connection)
        _rekey(connection, new)


def _rekey(connection: RawConnection, new: CipherKey) -> None:
    """Encrypt anew; SQLCipher calls every failure misuse, and one for want of room none at all: only the next statement fails."""
    try:
        connection.execute(f"PRAGMA rekey = \"x'{new.data_key.hex()}'\"").fetchall()
    except sqlcipher.OperationalError as error:
        raise error_from(error) or VaultInUseError(BUSY) from error
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except sqlcipher.OperationalError as error:
        if error.sqlite_errorcode & _PRIMARY_CODE == sqlite3.SQLITE_LOCKED:
            raise DiskFullError(FULL) from error
        raise
