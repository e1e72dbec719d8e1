"""What a released version of a report changed against the one before, inside the house: which cases, and who changed them when."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, text

from bjc_desktop.indicators.catalogue import BY_CODE
from bjc_desktop.models import ReleasedReport
from bjc_desktop.services.due_items import full_name
from bjc_desktop.services.reports import verdict_words


@dataclass(frozen=True, slots=True)
class ChangedCase:
    """A case whose verdict differs from that in the version before, and the last change of its data between the two releases."""

    code: str
    indicator: str
    coaching_id: str
    name: str
    before: str
    after: str
    changed_by: str
    """The user's name; empty where the case's own data did not change (a setting, or the passing of time)."""
    changed_at: datetime | None
    """UTC."""


def read_version_changes(connection: Connection, report_id: str) -> tuple[ChangedCase, ...]:
    """Return the cases that the report *report_id* counts otherwise than the version before it; none for a first version."""
    table = ReleasedReport.__table__
    report = connection.execute(select(table).where(table.c.id == report_id)).one_or_none()
    if report is None:
        return ()
    same = (table.c.scope == report.scope, table.c.period_from == report.period_from, table.c.period_to == report.period_to)
    earlier = connection.execute(select(table).where(*same, table.c.version == report.version - 1)).one_or_none()
    if earlier is None:
        return ()
    old, new = json.loads(earlier.cases), json.loads(report.cases)
    found = []
    for code, rows in new.items():
        before, after = dict(old.get(code, [])), dict(rows)
        for coaching_id in sorted(before.keys() | after.keys()):
            if before.get(coaching_id) != after.get(coaching_id):
                found.append(_changed(connection, code, coaching_id, (before, after), (earlier, report)))
    return tuple(sorted(found, key=lambda case: (list(BY_CODE).index(case.code), case.name, case.coaching_id)))


_PERSON = text(
    "SELECT c.coachee_id, p.given_name, p.family_name FROM coachings c JOIN coachees p ON p.id = c.coachee_id WHERE c.id = :id"
)
# The releases are in the change record too: its order tells what lies between them, whatever the clock said.
_RELEASED = "(SELECT max(id) FROM change_records WHERE action = 'insert' AND entity_id = {})"
_LAST_CHANGE = text(
    "SELECT r.at, u.name FROM change_records r LEFT JOIN users u ON u.id = r.user_id WHERE r.person_id = :person "
    f"AND r.action IN ('insert', 'update', 'delete') AND r.id > {_RELEASED.format(':earlier')} "
    f"AND r.id < {_RELEASED.format(':report')} ORDER BY r.id DESC LIMIT 1"
)


def _changed(
    connection: Connection, code: str, coaching_id: str, verdicts: tuple[Mapping[str, str], ...], reports: tuple[Row[Any], ...]
) -> ChangedCase:
    person = connection.execute(_PERSON, {"id": coaching_id}).one_or_none()
    earlier, report = reports
    parameters = {"person": None if person is None else person.coachee_id, "earlier": earlier.id, "report": report.id}
    change = connection.execute(_LAST_CHANGE, parameters).one_or_none()
    before, after = (verdict_words(code, found.get(coaching_id)) for found in verdicts)
    return ChangedCase(
        code,
        BY_CODE[code].short,
        coaching_id,
        "" if person is None else full_name(person.given_name, person.family_name),
        before,
        after,
        "" if change is None else change.name or "",
        None if change is None else datetime.fromisoformat(change.at),
    )
