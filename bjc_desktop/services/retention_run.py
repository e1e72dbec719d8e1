"""The yearly run that erases what has been kept long enough: rehearsed first, then in one transaction after a verified backup.

No figure of any quarter without a released report may change by it: that is checked in the transaction, and rolls it back.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, TextClause, text
from sqlalchemy.orm import Session

from bjc_desktop.errors import VaultError
from bjc_desktop.indicators.period import add_months
from bjc_desktop.services.erasing import person_pseudonyms
from bjc_desktop.services.past_figures import FigureEffect, changed_figures, past_quarters, read_past_figures
from bjc_desktop.services.retention_plan import RetentionPlan, drop_old_keys, plan_retention
from bjc_desktop.services.retention_rules import RuleKey, months_in_words
from bjc_desktop.vault import Vault, back_up_before, record_event
from bjc_desktop.vault.backup_files import BackupReason
from bjc_desktop.vault.forgetting import ERASED, Occasion, erase_people, leave_no_trace
from bjc_desktop.vault.forgetting_staff import erase_former_accesses
from bjc_desktop.vault.role_rights import assert_sees_all_cases
from bjc_desktop.vocabulary import ErasureOccasion

CHANGES_FIGURES = "Der Löschlauf würde Kennzahlen ohne freigegebenen Bericht ändern und wurde nicht ausgeführt."
NOTHING_DUE = "Es ist nichts zu löschen."
RUN_MONTHS = 12
"""So long after the last run, or after the vault was made, the next one is due."""
_FIRST = text("SELECT at FROM change_records WHERE id = 1")
_LAST = text("SELECT max(at) FROM change_records WHERE action = 'retention'")


class _NotKeptError(Exception):
    """Ends a rehearsal: its transaction is rolled back."""


@dataclass(frozen=True, slots=True)
class RetentionResult:
    """What a run did, or would do: rows by table for each rule, the figures compared, and those that change (none, or it is refused)."""

    plan: RetentionPlan
    counts: Mapping[RuleKey, Mapping[str, int]]
    compared: int
    """How many figures of past quarters are the same before and after."""
    frozen: int
    """How many of them stand in a released report."""
    effects: tuple[FigureEffect, ...]
    last_run: date | None


def rehearse_retention(vault: Vault, *, now: datetime, today: date) -> RetentionResult:
    """Return what a run would do: it is done and rolled back.

    Raises
    ------
    VaultError
        where the user does not see all cases.
    """
    assert_sees_all_cases(vault.user.roles)
    result: RetentionResult | None = None
    try:
        with vault.writing(now=now) as session:
            result = _run(vault, session, now=now, today=today)
            raise _NotKeptError
    except _NotKeptError:
        if result is None:
            raise
        return result


def run_retention(vault: Vault, *, now: datetime, today: date) -> RetentionResult:
    """Erase what has been kept long enough, after a verified backup that goes itself after 30 days.

    Raises
    ------
    VaultError
        where the user does not see all cases, nothing is due, or a figure would change; nothing was changed.
    """
    assert_sees_all_cases(vault.user.roles)
    with vault.reading() as connection:
        if plan_retention(connection, today=today).empty:
            raise VaultError(NOTHING_DUE)
    back_up_before(vault, BackupReason.ERASURE, now)
    with vault.writing(now=now) as session:
        result = _run(vault, session, now=now, today=today)
        if result.effects:
            raise VaultError(CHANGES_FIGURES)
    leave_no_trace(vault)
    return result


def _run(vault: Vault, session: Session, *, now: datetime, today: date) -> RetentionResult:
    connection = session.connection()
    plan = plan_retention(connection, today=today)
    quarters = past_quarters(connection, today=today)
    before = read_past_figures(connection, today=today, quarters=quarters)
    last = last_run(connection)
    counts = {group.line.rule.key: _erase_group(vault, session, plan, group.line.rule.key, now) for group in plan.groups}
    audit = next(group for group in plan.groups if group.line.rule.key is RuleKey.AUDIT)
    if audit.count:
        day = add_months(today, -audit.line.months)
        gone = {"person_keys": drop_old_keys(connection, day), "users": erase_former_accesses(connection, day, ERASED)}
        counts[RuleKey.AUDIT] = {name: count for name, count in gone.items() if count}
    said = {key.value: dict(rows) for key, rows in counts.items() if rows}
    record_event(session, vault.actor(), "retention", {"counts": said, "held": len(plan.held)}, now=now)
    after = read_past_figures(connection, today=today, quarters=quarters)
    return RetentionResult(
        plan, counts, len(before), sum(figure.frozen for figure in before.values()), changed_figures(before, after), last
    )


def _erase_group(vault: Vault, session: Session, plan: RetentionPlan, key: RuleKey, now: datetime) -> Mapping[str, int]:
    group = next(group for group in plan.groups if group.line.rule.key is key)
    pseudonyms = person_pseudonyms(vault)
    total: Counter[str] = Counter()
    for depth in dict.fromkeys(person.depth for person in group.people):
        people = {person.person_id: pseudonyms.person(person.person_id) for person in group.people if person.depth is depth}
        reason = f"Frist abgelaufen: {group.line.rule.title}, {months_in_words(group.line.months)}"
        occasion = Occasion(depth, ErasureOccasion.RETENTION, reason, vault.actor(), now)
        for erased in erase_people(session, people, occasion):
            total.update(erased.counts)
    return dict(total)


def last_run(connection: Connection) -> date | None:
    """Return the day of the last run, or None where there was none."""
    return _day_of(connection, _LAST)


def begun_on(connection: Connection) -> date | None:
    """Return the day on which the vault was made."""
    return _day_of(connection, _FIRST)


def _day_of(connection: Connection, statement: TextClause) -> date | None:
    found = connection.execute(statement).scalar()
    return None if found is None else datetime.fromisoformat(found).astimezone().date()
