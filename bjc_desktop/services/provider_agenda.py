"""What waits at the provider's desk: the report of the last quarter, hours that are missing, what the team needs, the yearly run."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from bjc_desktop.indicators.period import add_months, previous_quarter, quarter_of
from bjc_desktop.reports.german import quarter
from bjc_desktop.services.overview import missing_hours
from bjc_desktop.services.report_preflight import read_preflights
from bjc_desktop.services.retention_run import RUN_MONTHS, begun_on, last_run
from bjc_desktop.services.team import list_providers
from bjc_desktop.services.team_board import read_team_board
from bjc_desktop.vault.restored_gap import read_gap
from bjc_desktop.vault.role_rights import visible_people


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One thing that waits: in words, whether it is pressing, and where it is done (a page and a place on it)."""

    text: str
    pressing: bool
    page: str
    where: dict[str, Any]


def read_provider_agenda(connection: Connection, *, today: date) -> tuple[AgendaItem, ...]:
    """Return what waits on *today*, the reports first; nothing for a vault without providers."""
    return (
        *_first_list(connection),
        *_reports(connection, today),
        *_hours(connection, today),
        *_team(connection, today),
        *_run(connection, today),
        *_restored(connection),
    )


def _first_list(connection: Connection) -> list[AgendaItem]:
    """Return that the people are still missing: most providers have them in a list."""
    query = "SELECT EXISTS (SELECT 1 FROM providers) AND NOT EXISTS (SELECT 1 FROM coachees)"
    if not connection.exec_driver_sql(query).scalar() or visible_people(connection) is not None:
        return []
    return [AgendaItem("Noch keine Coachees: eine alte Liste einlesen", False, "lists", {})]  # noqa: FBT003 - a column


def _reports(connection: Connection, today: date) -> list[AgendaItem]:
    period = previous_quarter(quarter_of(today))
    providers = list_providers(connection)
    items = []
    preflights = read_preflights(connection, period, [provider_id for _, provider_id in providers], as_of=today)
    for name, provider_id in providers:
        preflight = preflights[provider_id]
        if preflight.nothing_to_report and not preflight.released:
            continue
        title = f"Bericht {quarter(period)}" + (f", {name}" if len(providers) > 1 else "")
        state = f"Fassung {preflight.released} freigegeben" if preflight.released else "noch nicht freigegeben"
        faults = {0: "kein Fehler offen", 1: "1 Fehler offen"}.get(preflight.errors, f"{preflight.errors} Fehler offen")
        where = {"period": period.label, "step": "check"}
        items.append(AgendaItem(f"{title}: {state}, {faults}", not preflight.released, "report", where))
    return items


def _hours(connection: Connection, today: date) -> list[AgendaItem]:
    missing = missing_hours(connection, None, today)
    if not missing:
        return []
    people = sorted({item.name for item in missing})
    months = "1 Monat" if len(missing) == 1 else f"{len(missing)} Monate"
    where = {"period": quarter_of(missing[-1].day).label}
    return [AgendaItem(f"Arbeitszeit fehlt: {months} ({', '.join(people)})", True, "hours", where)]  # noqa: FBT003 - a column


def _team(connection: Connection, today: date) -> list[AgendaItem]:
    return [AgendaItem(warning.text, False, "team", {}) for warning in read_team_board(connection, today=today).warnings]  # noqa: FBT003


def _run(connection: Connection, today: date) -> list[AgendaItem]:
    """Return that the yearly run of erasing is due, for who sees all cases."""
    since = last_run(connection) or begun_on(connection)
    if since is None or add_months(since, RUN_MONTHS) > today or visible_people(connection) is not None:
        return []
    return [AgendaItem("Der jährliche Löschlauf steht an", False, "privacy", {"section": "run"})]  # noqa: FBT003


def _restored(connection: Connection) -> list[AgendaItem]:
    """Return that erasures may have to be repeated after a backup was restored, for who sees all cases."""
    if visible_people(connection) is not None or read_gap(connection) is None:
        return []
    text = "Nach der Rückholung: spätere Löschungen wiederholen und bestätigen"
    return [AgendaItem(text, True, "privacy", {"section": "requests"})]  # noqa: FBT003
