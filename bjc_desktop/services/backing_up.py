"""Backing up with a note of what the vault held, and rehearsing: restoring on trial and comparing with that note."""

import json
import logging
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from bjc_desktop.errors import BjcError, StoppedError, VaultDamagedError
from bjc_desktop.indicators.catalogue import CATALOGUE
from bjc_desktop.indicators.figures import compute, read_targets
from bjc_desktop.indicators.period import Period, parse_quarter, previous_quarter, quarter_of
from bjc_desktop.reports.german import number
from bjc_desktop.services.targets import read_settings
from bjc_desktop.services.typed_values import show_moment
from bjc_desktop.vault import Anchor, Vault
from bjc_desktop.vault.accounting import BACKUP, SECOND_PLACE, accounted_backup
from bjc_desktop.vault.backup_files import Backup, BackupReason, open_contents, reason_of
from bjc_desktop.vault.backup_notes import Rehearsal, keep_notes, read_notes
from bjc_desktop.vault.backup_shelf import copy_to_second, own_folder, shelve
from bjc_desktop.vault.chain_check import KeptAnchor, verify_chain
from bjc_desktop.vault.change_chain import chain_key_of, tail_of
from bjc_desktop.vault.driver import STOPPED, Stopped, never
from bjc_desktop.vault.rehearsal import key_of, restored_on_trial

_log = logging.getLogger(__name__)
_TABLES = (
    "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE 'CREATE VIRTUAL%'"
)
_UNRECORDED = frozenset({"drafts"})
"""Tables that change without the change record: their rows need not agree."""


def back_up_noting(vault: Vault, reason: BackupReason, *, now: datetime, today: date, stopped: Stopped = never) -> Path:
    """Back *vault* up into its own folder, with an encrypted note of its figures and numbers of rows; return the path.

    It stands in the change record before it is made, and where it fails that it did.

    Raises
    ------
    VaultDamagedError, DiskFullError, StoppedError
        where there is no backup; nothing is left behind.
    """
    with accounted_backup(vault, BACKUP, reason.value, now=now):
        return shelve(vault, reason, now, contents=_contents(vault, today), stopped=stopped)


def copy_noting(vault: Vault, backup: Path, second: Path, *, now: datetime, stopped: Stopped = never) -> Path:
    """Copy *backup* of *vault* into the *second* place; that it leaves stands in the change record before it does.

    Raises
    ------
    OSError, VaultError
        where it cannot be recorded, or not be written there.
    """
    with accounted_backup(vault, SECOND_PLACE, reason_of(backup).value, now=now):
        return copy_to_second(vault, backup, second, now, stopped)


def _contents(vault: Vault, today: date) -> bytes:
    try:
        with vault.reading() as connection:
            return json.dumps(read_contents(connection, today), sort_keys=True).encode()
    except BjcError:
        raise
    except Exception:  # noqa: BLE001 - a backup without a note is better than none
        _log.exception("the contents could not be noted")
        return b""


def read_contents(connection: Connection, as_of: date, quarter: str | None = None) -> dict[str, Any]:
    """Return what a vault holds, to be compared: the end of its change record, rows by table, the figures of a quarter (none without targets).

    The quarter is *quarter*, or the last full one before *as_of*; the figures are those of every provider and of all together.
    """
    period = previous_quarter(quarter_of(as_of)) if quarter is None else parse_quarter(quarter)
    figures = _figures(connection, period, as_of) if read_targets(connection) else {}
    tables = sorted(set(connection.exec_driver_sql(_TABLES).scalars()) - _UNRECORDED)
    tail = tail_of(connection)
    return {
        "tail": [tail.count, tail.head.hex()],
        "as_of": as_of.isoformat(),
        "quarter": period.label,
        "rows": {table: connection.exec_driver_sql(f'SELECT count(*) FROM main."{table}"').scalar_one() for table in tables},
        "figures": figures,
    }


def _figures(connection: Connection, period: Period, as_of: date) -> dict[str, list[list[str]]]:
    figures = compute(connection, period, read_settings(connection), as_of=as_of)
    providers = [row[0] for row in connection.exec_driver_sql("SELECT id FROM main.providers ORDER BY id")]
    return {
        scope: [[figure.code, str(figure.numerator), str(figure.denominator)] for figure in figures.figures_of(scope)]
        for scope in (*providers, "all")
    }


def rehearse(vault: Vault, backup: Backup, *, now: datetime, stopped: Stopped = never) -> Rehearsal:
    """Restore *backup* on trial into a private place, compare it with what was noted when it was made, and note the result.

    Where nothing was noted, it is compared with the vault itself if that has not changed since. Nothing is left behind.

    Raises
    ------
    VaultError
        where the backup cannot be opened by this user, there is no room, or the work should stop.
    """
    try:
        faults, sentence = _compared(vault, backup, stopped)
    except VaultDamagedError as error:
        faults, sentence = ["Datei"], str(error)
    moment = show_moment(backup.created)
    if faults and faults != ["Datei"]:
        sentence = f"Die Sicherung vom {moment} weicht ab: {', '.join(faults)}. Bitte neu sichern und die Ursache klären."
    elif not faults:
        sentence = f"Die Sicherung vom {moment} wurde auf Probe zurückgeholt. {sentence}"
    done = Rehearsal(now, backup.path.name, not faults, sentence)
    own = own_folder(vault.folder)
    keep_notes(own, replace(read_notes(own), rehearsal=done))
    return done


def _compared(vault: Vault, backup: Backup, stopped: Stopped) -> tuple[list[str], str]:
    """Return what differs, and what to say where nothing does."""
    noted = open_contents(backup, key_of(vault, backup).data_key)
    expected: dict[str, Any] = {} if noted is None else json.loads(noted)
    if expected.get("tail") != [backup.tail.count, backup.tail.head.hex()]:
        expected = {}
    with restored_on_trial(vault, backup, stopped) as restored:
        _go_on(stopped)
        verify_chain(restored, chain_key_of(restored), [KeptAnchor(f"die Sicherung {backup.path.name}", backup.tail)])
        as_of = date.fromisoformat(expected.get("as_of", backup.created.date().isoformat()))
        found = read_contents(restored, as_of, expected.get("quarter"))
    _go_on(stopped)
    with vault.reading() as connection:
        query = "SELECT mac FROM main.change_records WHERE id = ?"
        known = connection.exec_driver_sql(query, (backup.tail.count,)).scalar() == backup.tail.head
        if not expected and tail_of(connection) == backup.tail:
            expected = read_contents(connection, as_of, found["quarter"])
    faults = [] if known or backup.tail == Anchor() else ["Änderungsnachweis"]
    faults += _differences(expected, found)
    return faults, _agreement(expected, found)


def _go_on(stopped: Stopped) -> None:
    if stopped():
        raise StoppedError(STOPPED)


def _differences(expected: dict[str, Any], found: dict[str, Any]) -> list[str]:
    if not expected:
        return []
    rows = sorted(set(expected["rows"]) | set(found["rows"]))
    faults = [f"Zeilen in {table}" for table in rows if expected["rows"].get(table) != found["rows"].get(table)]
    titles = {definition.code: definition.label for definition in CATALOGUE}
    for scope in expected["figures"]:
        pairs = zip(expected["figures"][scope], found["figures"].get(scope, []), strict=False)
        faults += [titles[one[0]] for one, other in pairs if one != other and titles[one[0]] not in faults]
    if set(expected["figures"]) != set(found["figures"]):
        faults.append("Träger")
    return faults


def _agreement(expected: dict[str, Any], found: dict[str, Any]) -> str:
    rows = number(Fraction(sum(found["rows"].values())), 0)
    if not expected:
        return f"Sie öffnet sich, {rows} Zeilen und der Änderungsnachweis sind lesbar und lückenlos."
    if not found["figures"]:
        return f"{rows} Zeilen und der Änderungsnachweis stimmen überein."
    quarter = f"{found['quarter'][5:]} {found['quarter'][:4]}"
    return f"{rows} Zeilen, der Änderungsnachweis und die sechs Kennzahlen von {quarter} stimmen überein."
