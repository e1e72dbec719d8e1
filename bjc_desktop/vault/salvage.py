"""Saving what is still readable of a damaged vault: row by row into a new one; and keeping the damaged files as they are."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from bjc_desktop.errors import NotFoundError, VaultDamagedError, VaultError
from bjc_desktop.models.coachee_keys import write_keys
from bjc_desktop.vault.backup_files import RESTORED, pour
from bjc_desktop.vault.change_chain import rechained, tail_of
from bjc_desktop.vault.driver import CipherKey, Connector, Stopped, clear_errors, never, new_cipher_file, vault_engine
from bjc_desktop.vault.durable import finish, new_part, sync_file, sync_folder, write_file
from bjc_desktop.vault.log_check import assert_own_log, log_of
from bjc_desktop.vault.restoring import EXISTS
from bjc_desktop.vault.schema import migrate
from bjc_desktop.vault.slots import MIRROR, SLOTS, write_slots
from bjc_desktop.vault.tolerant_reader import TolerantReader
from bjc_desktop.vault.unlocking import Unlocked, keys_in_question, unlock
from bjc_desktop.vault.vault import DATABASE, Secrets

ASIDE = "beschaedigt"
"""The folder in a vault that keeps its damaged files as they were found."""
_FILES = (DATABASE, f"{DATABASE}-wal", SLOTS, MIRROR)
_FIRST = ("vault_facts", "users", "person_keys")
_DERIVED = frozenset({"coachee_keys", "alembic_version"})
_NEEDED_FACTS = frozenset({"vault_id", "chain_key", "signing_key", "pseudonym_key"})
_TOO_MUCH = (
    "Zu viel ist beschädigt: Ohne die Schlüssel und Zugänge im Tresor lässt sich nichts retten. "
    "Bitte die letzte Sicherung zurückholen; der beschädigte Tresor bleibt erhalten."
)
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'coachee_search%' ORDER BY name"


@dataclass(frozen=True, slots=True)
class TableSalvage:
    """How many rows of a table were saved, how many could not be read (at most), how many refer to rows that are lost."""

    table: str
    saved: int
    lost: int
    dangling: int


@dataclass(frozen=True, slots=True)
class SalvageReport:
    """What a salvage saved and what it did not, by table."""

    tables: tuple[TableSalvage, ...]

    @property
    def saved(self) -> int:
        """Rows saved."""
        return sum(table.saved for table in self.tables)

    @property
    def lost(self) -> int:
        """Rows that could not be read, at most."""
        return sum(table.lost for table in self.tables)

    @property
    def dangling(self) -> int:
        """Rows that were readable and left out, for what they belong to is lost."""
        return sum(table.dangling for table in self.tables)


def keep_aside(folder: Path, stopped: Stopped = never) -> Path:
    """Copy the damaged files of the vault in *folder* to a place in it that is never overwritten; return that place.

    The same damage is kept once, however often it is found.

    Raises
    ------
    DiskFullError
        where there is no room; nothing is left behind.
    """
    with clear_errors():
        part = new_part(folder / ASIDE / "neu")
        try:
            place = folder / ASIDE / _copy_files(folder, part, _FILES, stopped)[:12]
            sync_folder(part)
            if not place.is_dir():
                finish(part, place)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        return place


def _copy_files(folder: Path, target: Path, names: Sequence[str], stopped: Stopped) -> str:
    """Copy those of the files *names* that are there, and return a hash over all of them."""
    mark = hashlib.sha256()
    for name in names:
        # The log goes with its last reader, at any time: then everything of it stands in the database.
        with suppress(FileNotFoundError), (folder / name).open("rb") as content:
            with (target / name).open("wb") as sink:
                mark.update(pour(content, sink, stopped)[0].encode())
            sync_file(target / name)
    return mark.hexdigest()


def salvage(folder: Path, target: Path, passphrase: str, user: str | None = None, *, now: datetime) -> SalvageReport:
    """Save what is readable of the damaged vault in *folder*, which *passphrase* opens, into the new vault *target*.

    Raises
    ------
    WrongPassphraseError, NotFoundError
        where nothing opens.
    VaultDamagedError
        where too much is damaged; nothing is left behind.
    VaultError
        where *target* exists already.
    """
    if not (folder / DATABASE).is_file():
        message = "Hier ist kein Tresor. Bitte den Ordner prüfen."
        raise NotFoundError(message)
    return salvage_unlocked(folder, target, unlock(folder, passphrase, user), now=now)


def salvage_unlocked(folder: Path, target: Path, unlocked: Unlocked, *, now: datetime, stopped: Stopped = never) -> SalvageReport:
    """Save what is readable of the damaged vault in *folder*, of which the keys are known, into the new vault *target*.

    Users, passphrases and the recovery code stay. What the damaged files hold is read from a copy; they stay as they are. The
    change record is chained anew over what is left of it, with a mark in each gap.

    Raises
    ------
    VaultDamagedError
        where too much is damaged; nothing is left behind.
    VaultError
        where *target* exists already.
    """
    if target.exists():
        raise VaultError(EXISTS)
    target = target.absolute()
    with clear_errors():
        part = new_part(target)
        try:
            report = _salvaged(folder, part, unlocked, now, stopped)
            sync_folder(part)
            finish(part, target)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
        return report


def _salvaged(folder: Path, part: Path, unlocked: Unlocked, now: datetime, stopped: Stopped) -> SalvageReport:
    source = part / ASIDE
    source.mkdir()
    _copy_files(folder, source, _FILES[:2], stopped)
    if not _has_own_log(source, unlocked):
        log_of(source / DATABASE).unlink()
    key, slots, reader = _reader(source / DATABASE, unlocked)
    new_cipher_file(part / DATABASE, key)
    migrate(part / DATABASE, key)
    engine = vault_engine(Connector(part / DATABASE, key, foreign_keys=False))
    try:
        with engine.begin() as connection:
            report = _fill(connection, reader, stopped)
            tail = tail_of(connection)
    finally:
        reader.close()
        engine.dispose()
    shutil.rmtree(source)
    write_slots(part, replace(slots, anchor=tail), key.data_key)
    sync_file(part / DATABASE)
    counts = {"saved": report.saved, "lost": report.lost, "dangling": report.dangling}
    marker = {"backup": "", "created": now.astimezone(UTC).isoformat(timespec="milliseconds"), "salvaged": counts}
    write_file(part / RESTORED, json.dumps(marker).encode())
    return report


def _has_own_log(folder: Path, unlocked: Unlocked) -> bool:
    """Say whether the log belongs to the database: another's would be taken for a part of it."""
    try:
        assert_own_log(folder / DATABASE, keys_in_question(unlocked))
    except VaultDamagedError:
        return False
    return True


def _reader(path: Path, unlocked: Unlocked) -> tuple[CipherKey, Any, TolerantReader]:
    """Return the key that opens the damaged database, the slot file for it, and its reader: a change of the key may be under way."""
    secrets: Secrets = unlocked.secrets
    slot = unlocked.slots.slot_of(secrets.owner)
    following = None if slot is None else slot.next_data_key_for(secrets.private_key)
    ways = [(secrets.cipher_key, unlocked.slots)]
    if following is not None:
        ways.append((CipherKey(following, secrets.cipher_salt), unlocked.slots.settled()))
    for key, slots in ways:
        with suppress(VaultDamagedError):
            return key, slots, TolerantReader(path, key)
    raise VaultDamagedError(_TOO_MUCH)


def _fill(connection: Connection, reader: TolerantReader, stopped: Stopped) -> SalvageReport:
    connection.exec_driver_sql("DELETE FROM vault_facts")
    names = [name for name in connection.exec_driver_sql(_TABLES).scalars() if name not in _DERIVED]
    counts = {}
    for table in (*_FIRST, *(name for name in names if name not in _FIRST)):
        counts[table] = _copy_table(connection, reader, table, stopped)
        if table == "users":
            _assert_enough(connection)
    dangling = _drop_dangling(connection)
    names_of = connection.exec_driver_sql("SELECT id, case_number, family_name, given_name FROM coachees").all()
    write_keys(connection, [(row[0], row[1], row[2], row[3]) for row in names_of])
    return SalvageReport(
        tuple(
            TableSalvage(table, saved - dangling.get(table, 0), lost, dangling.get(table, 0))
            for table, (saved, lost) in sorted(counts.items())
        )
    )


def _assert_enough(connection: Connection) -> None:
    facts = set(connection.exec_driver_sql("SELECT key FROM vault_facts").scalars())
    users = connection.exec_driver_sql("SELECT count(*) FROM users WHERE removed_at IS NULL").scalar_one()
    if not facts >= _NEEDED_FACTS or not users:
        raise VaultDamagedError(_TOO_MUCH)


_ROWS_AT_ONCE = 500


def _copy_table(connection: Connection, reader: TolerantReader, table: str, stopped: Stopped) -> tuple[int, int]:
    """Copy what is readable of *table*; return how many rows were saved and how many were not, at most."""
    wanted = [row[1] for row in connection.exec_driver_sql(f'PRAGMA table_info("{table}")')]
    columns = [name for name in reader.columns(table) if name in wanted]
    if not columns:
        return 0, 0
    rows: Iterator[Mapping[str, Any]] = reader.rows(table, columns, stopped)
    if table == "change_records":
        chain_key = connection.exec_driver_sql("SELECT value FROM vault_facts WHERE key = 'chain_key'").scalar_one()
        rows = rechained(rows, chain_key)
    marks = ", ".join("?" for _ in columns)
    statement = f'INSERT INTO "{table}" ({", ".join(columns)}) VALUES ({marks})'
    saved = refused = 0
    insert = _inserter(connection, statement)
    waiting: list[tuple[Any, ...]] = []
    for row in rows:
        waiting.append(tuple(row[name] for name in columns))
        if len(waiting) == _ROWS_AT_ONCE:
            refused += insert(waiting)
            saved += len(waiting)
            waiting = []
    refused += insert(waiting)
    saved += len(waiting)
    return saved - refused, reader.lost + refused


def _inserter(connection: Connection, statement: str) -> Callable[[list[tuple[Any, ...]]], int]:
    def insert(rows: list[tuple[Any, ...]]) -> int:
        """Insert *rows*, one by one where they are refused together; return how many were refused."""
        if not rows:
            return 0
        try:
            with connection.begin_nested():
                connection.exec_driver_sql(statement, rows)
        except IntegrityError:
            return sum(_refused(connection, statement, row) for row in rows)
        return 0

    return insert


def _refused(connection: Connection, statement: str, row: tuple[Any, ...]) -> bool:
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(statement, row)
    except IntegrityError:
        return True
    return False


def _drop_dangling(connection: Connection) -> dict[str, int]:
    """Leave out the rows that refer to lost ones, and then those that refer to these; what may be empty is emptied instead."""
    dropped: dict[str, int] = {}
    while found := {(row[0], row[1], row[3]) for row in connection.exec_driver_sql("PRAGMA foreign_key_check")}:
        for table, rowid, number in found:
            column = next(row[3] for row in connection.exec_driver_sql(f'PRAGMA foreign_key_list("{table}")') if row[0] == number)
            needed = next(row[3] for row in connection.exec_driver_sql(f'PRAGMA table_info("{table}")') if row[1] == column)
            if needed:
                gone = connection.exec_driver_sql(f'DELETE FROM "{table}" WHERE rowid = ?', (rowid,)).rowcount
                dropped[table] = dropped.get(table, 0) + gone
            else:
                connection.exec_driver_sql(f'UPDATE "{table}" SET "{column}" = NULL WHERE rowid = ?', (rowid,))
    return dropped
