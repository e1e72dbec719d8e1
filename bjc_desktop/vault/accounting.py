"""Accounting for what happens to the data beside changes: what leaves the vault, and whose file is opened.

It is recorded before the file gets its name or the paper its print: rather an entry too many than a file that nobody knows of. In a
damaged vault nothing can be recorded; there the data may still be saved. What a backup is recorded by is no change: it gives no reason
for another backup.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, select

from bjc_desktop.errors import DiskFullError, SilentPlaceError, StoppedError, VaultDamagedError
from bjc_desktop.models import Base
from bjc_desktop.vault.change_chain import Actor, NewRecord, append_records, timestamp
from bjc_desktop.vault.changes import people_of
from bjc_desktop.vault.vault import Vault

SITTING = timedelta(hours=1)
"""So long one opening of a case file stands for all by the same person."""
_RECORDS = Base.metadata.tables["change_records"]
_COACHINGS = "coachings"
BACKUP = "backup"
"""What leaves where a backup is written; in the record also when it lies in the vault's own folder."""
SECOND_PLACE = "second_place"
"""What leaves where a backup is copied to the second place."""
RECOVERY_CODE = "recovery_code"
"""What leaves where the recovery code is printed."""
_CAUSES = {StoppedError: "stopped", DiskFullError: "full", VaultDamagedError: "damaged", SilentPlaceError: "silent"}


class Leaving(StrEnum):
    """How data leave the vault."""

    PRINT = "print"
    SAVE = "save"
    """A document is saved as a file."""
    EXPORT = "export"
    """Rows or a report are written as files."""
    BACKUP = "backup"


@dataclass(frozen=True, slots=True)
class Opened:
    """The case file of a coaching was opened."""

    coaching_id: str
    at: datetime


def account_for(
    vault: Vault,
    leaving: Leaving,
    what: str,
    details: Mapping[str, object] | None = None,
    *,
    coaching_ids: Iterable[str] = (),
    now: datetime | None = None,
) -> None:
    """Record that *what* leaves the vault: one record, or one for each of the coachings that it is about.

    *details* must not hold personal data. Does nothing in a damaged vault.

    Raises
    ------
    VaultError
        where it cannot be recorded; then it must not leave.
    """
    if vault.read_only:
        return
    moment = now or vault.clock()
    with vault.writing(now=moment) as session:
        _append(session.connection(), vault.actor(), leaving, {"what": what, **(details or {})}, coaching_ids, moment)


@contextmanager
def accounted_backup(vault: Vault, what: str, occasion: str, *, now: datetime) -> Iterator[None]:
    """Record the backup that the block makes, before it begins, and where it fails that it did and of which kind the cause was.

    *what* is :data:`BACKUP` or :data:`SECOND_PLACE`, *occasion* why it is made. The first record is part of the backup itself.

    Raises
    ------
    VaultError
        where it cannot be recorded; then nothing is written.
    """
    details = {"what": what, "occasion": occasion}
    account_for(vault, Leaving.BACKUP, what, details, now=now)
    try:
        yield
    except Exception as error:
        # The failure itself is what the caller hears: on a full disk, or once the vault is closed, nothing more can be recorded.
        with suppress(Exception):
            _record_failure(vault, {**details, "cause": cause_of(error)}, now)
        raise


def cause_of(error: Exception) -> str:
    """Return of which kind the cause was for which a backup failed: one word."""
    return next((word for kind, word in _CAUSES.items() if isinstance(error, kind)), "other")


def _record_failure(vault: Vault, details: Mapping[str, object], now: datetime) -> None:
    if not vault.read_only:
        with vault.writing(now=now) as session:
            _append(session.connection(), vault.actor(), "backup_failed", details, (), now)


def record_openings(vault: Vault, openings: Iterable[Opened]) -> None:
    """Record which case files the user opened; not again within an hour. Does nothing in a damaged vault."""
    if vault.read_only:
        return
    with vault.writing() as session:
        connection = session.connection()
        for opened in openings:
            if not _recorded_before(connection, vault.user.id, opened):
                _append(connection, vault.actor(), "open", {}, [opened.coaching_id], opened.at)


def record_closing(vault: Vault, *, now: datetime) -> None:
    """Record that the user locks the vault. Does nothing in a damaged vault."""
    if not vault.read_only:
        with vault.writing(now=now) as session:
            _append(session.connection(), vault.actor(), "lock", {}, (), now)


def _append(
    connection: Connection, actor: Actor, action: str, payload: Mapping[str, object], coaching_ids: Iterable[str], now: datetime
) -> None:
    wanted = list(coaching_ids)
    people = people_of(connection, _COACHINGS, wanted)
    about = [NewRecord(str(action), payload, _COACHINGS, key, person_id=people.get(key)) for key in wanted]
    append_records(connection, actor, about or [NewRecord(str(action), payload)], now)


def _recorded_before(connection: Connection, user_id: str, opened: Opened) -> bool:
    query = select(_RECORDS.c.id).where(
        _RECORDS.c.entity == _COACHINGS,
        _RECORDS.c.entity_id == opened.coaching_id,
        _RECORDS.c.action == "open",
        _RECORDS.c.user_id == user_id,
        _RECORDS.c.at > timestamp(opened.at - SITTING),
        _RECORDS.c.at <= timestamp(opened.at),
    )
    return connection.execute(query.limit(1)).first() is not None
