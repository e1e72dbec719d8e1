"""Letting a finding stand with a reason: it is shown apart, and comes back when the data it is about change.

The report and ``check`` still count it: an acknowledgement says that somebody has looked, and changes no rule.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.models import Acknowledgement
from bjc_desktop.services.findings import PLACES

_OF_COACHING = "SELECT change_id FROM {} WHERE coaching_id = :id"
_ROWS = {
    "coaching": "SELECT change_id FROM coachees WHERE id = (SELECT coachee_id FROM coachings WHERE id = :id)",
    "exit": "SELECT 0 AS change_id WHERE 0",
    "consents": "SELECT change_id FROM consents WHERE coachee_id = (SELECT coachee_id FROM coachings WHERE id = :id)",
    "staff": _OF_COACHING.format("coaching_staff"),
    "profile": _OF_COACHING.format("competence_profiles"),
    "consultations": _OF_COACHING.format("consultations"),
    "outcomes": _OF_COACHING.format("outcomes"),
    "follow_up": _OF_COACHING.format("follow_ups"),
    "plan": (
        "SELECT change_id FROM development_plans WHERE coaching_id = :id UNION ALL SELECT g.change_id FROM goals g "
        "JOIN development_plans p ON p.id = g.plan_id WHERE p.coaching_id = :id"
    ),
}
"""By section of the case file: the rows, beside the coaching itself, that a finding is about."""


def acknowledge(session: Session, rule: str, coaching_id: str, reason: str) -> None:
    """Let the finding *rule* of the coaching stand, for *reason*, while its data stay as they are.

    Raises
    ------
    InvalidInputError
        where there is no reason.
    """
    if not reason.strip():
        raise InvalidInputError({"reason": "Bitte einen Grund angeben."})
    state = data_state(session.connection(), rule, coaching_id)
    known = session.scalar(select(Acknowledgement).filter_by(rule=rule, coaching_id=coaching_id))
    if known is None:
        session.add(Acknowledgement(rule=rule, coaching_id=coaching_id, state=state, reason=reason.strip()))
    else:
        known.state, known.reason = state, reason.strip()


def take_back(session: Session, rule: str, coaching_id: str) -> None:
    """Show the finding among the others again."""
    known = session.scalar(select(Acknowledgement).filter_by(rule=rule, coaching_id=coaching_id))
    if known is not None:
        session.delete(known)


def acknowledged_among(connection: Connection, findings: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
    """Return those of *findings* (rule, coaching) that stand, with the reason; not those whose data have changed since."""
    table = Acknowledgement.__table__.c
    rows = connection.execute(select(table.rule, table.coaching_id, table.state, table.reason))
    return {
        (row.rule, row.coaching_id): row.reason
        for row in rows
        if (row.rule, row.coaching_id) in findings and row.state == data_state(connection, row.rule, row.coaching_id)
    }


def data_state(connection: Connection, rule: str, coaching_id: str) -> str:
    """Return what changes with every change of the rows that the finding is about: the last change and the number of rows."""
    rows = _ROWS[PLACES[rule][0]]
    statement = (
        f"SELECT coalesce(max(change_id), 0), count(*) FROM (SELECT change_id FROM coachings WHERE id = :id UNION ALL {rows})"
    )
    last, count = connection.execute(text(statement), {"id": coaching_id}).one()
    return f"{last}:{count}"
