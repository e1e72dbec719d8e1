"""Observations of a group in one go: everybody whom a trainer has in the workshop, with what was observed last.

Source: Drucksache 19/23 355, answer 7 (observation by method, on five dimensions).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select, text
from sqlalchemy.orm import Session

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.models import DevelopmentPlan, Goal, Observation
from bjc_desktop.models.coachings import ASSIGNED
from bjc_desktop.services.case_file import DIMENSIONS, OPEN_GOALS
from bjc_desktop.services.due_items import full_name
from bjc_desktop.services.row_editing import add_row

NOBODY = "Bitte mindestens bei einer Person etwas angeben."
NO_DAY = "Bitte den Tag der Beobachtung angeben."


@dataclass(frozen=True, slots=True)
class ObservedPerson:
    """Somebody in the group with the last observation by anybody."""

    coaching_id: str
    coachee_id: str
    name: str
    last_on: date | None
    last: Mapping[str, int | None]
    """The last value of each dimension, however long ago; None where it was never observed."""
    goals: tuple[tuple[str, str], ...] = ()
    """The open goals of the latest plan that an observation may be linked to: id and description."""


@dataclass(frozen=True, slots=True)
class ObservationGroup:
    """The group, and what the last sheet said of its circumstances."""

    people: tuple[ObservedPerson, ...]
    head: Mapping[str, Any]
    """``workplace``, ``task`` and ``method`` of the trainer's last observation."""


@dataclass(frozen=True, slots=True)
class ObservedRow:
    """What is to be saved about one person."""

    coaching_id: str
    values: Mapping[str, int | None] = field(default_factory=dict)
    """By dimension, 1 to 5; None or absent: not observed."""
    evidence: str = ""
    derived_action: str = ""
    goal_id: str | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing was observed."""
        return not (any(self.values.values()) or self.evidence.strip() or self.derived_action.strip())


_GROUP = text(
    "SELECT c.id, c.coachee_id, p.given_name, p.family_name FROM coaching_staff a CROSS JOIN coachings c ON c.id = a.coaching_id "
    "CROSS JOIN coachees p ON p.id = c.coachee_id JOIN coachee_keys k ON k.coachee_id = p.id "
    f"WHERE a.staff_id = :staff_id AND {ASSIGNED} AND c.cancelled = 0 AND c.entry_on <= :today "
    "AND coalesce(c.exit_on, '9999-12-31') >= :today GROUP BY c.id ORDER BY k.sort_key, c.id"
)


def read_observation_group(connection: Connection, *, staff_id: str, today: date) -> ObservationGroup:
    """Return everybody who is assigned to the member of staff today, in the order of their names, and the last circumstances."""
    rows = connection.execute(_GROUP, {"staff_id": staff_id, "today": today.isoformat()}).all()
    table = Observation.__table__.c
    columns = (table.coaching_id, table.observed_on, *(table[name] for name in DIMENSIONS))
    query = select(*columns).where(table.coaching_id.in_([row.id for row in rows])).order_by(table.observed_on, table.id)
    last: dict[str, dict[str, Any]] = {row.id: {} for row in rows}
    for found in connection.execute(query).mappings():
        known = last[found["coaching_id"]]
        known["observed_on"] = found["observed_on"]
        known.update({name: found[name] for name in DIMENSIONS if found[name] is not None})
    goals = _open_goals(connection, [row.id for row in rows])
    people = tuple(
        ObservedPerson(
            row.id,
            row.coachee_id,
            full_name(row.given_name, row.family_name),
            last[row.id].get("observed_on"),
            {name: last[row.id].get(name) for name in DIMENSIONS},
            goals.get(row.id, ()),
        )
        for row in rows
    )
    return ObservationGroup(people, _last_head(connection, staff_id))


def _open_goals(connection: Connection, coaching_ids: list[str]) -> Mapping[str, tuple[tuple[str, str], ...]]:
    goal, plan = Goal.__table__.c, DevelopmentPlan.__table__.c
    query = (
        select(plan.coaching_id, plan.version, goal.id, goal.description)
        .join_from(DevelopmentPlan.__table__, Goal.__table__, goal.plan_id == plan.id)
        .where(plan.coaching_id.in_(coaching_ids), goal.status.in_(OPEN_GOALS))
        .order_by(plan.coaching_id, plan.version.desc(), func.coalesce(goal.due_on, date.max), goal.id)
    )
    found: dict[str, list[tuple[str, str]]] = {}
    latest: dict[str, int] = _latest_versions(connection, coaching_ids)
    for row in connection.execute(query):
        if row.version == latest[row.coaching_id]:
            found.setdefault(row.coaching_id, []).append((row.id, row.description))
    return {coaching_id: tuple(goals) for coaching_id, goals in found.items()}


def _latest_versions(connection: Connection, coaching_ids: list[str]) -> dict[str, int]:
    plan = DevelopmentPlan.__table__.c
    query = select(plan.coaching_id, func.max(plan.version)).where(plan.coaching_id.in_(coaching_ids)).group_by(plan.coaching_id)
    return {row[0]: row[1] for row in connection.execute(query)}


def _last_head(connection: Connection, staff_id: str) -> Mapping[str, Any]:
    table = Observation.__table__.c
    query = select(table.workplace, table.task, table.method).where(table.staff_id == staff_id)
    row = connection.execute(query.order_by(table.observed_on.desc(), table.id.desc()).limit(1)).mappings().first()
    return dict(row) if row is not None else {"workplace": None, "task": None, "method": None}


def save_observations(
    session: Session, *, staff_id: str, head: Mapping[str, Any], rows: Iterable[ObservedRow], today: date
) -> int:
    """Save an observation for everybody of whom something was observed; return how many. *head* holds the day and the circumstances.

    Raises
    ------
    InvalidInputError
        where no day is given, nobody was observed, or a value is none; nothing was saved.
    """
    seen = [row for row in rows if not row.empty]
    if head.get("observed_on") is None:
        raise InvalidInputError({"observed_on": NO_DAY})
    if not seen:
        raise InvalidInputError({"rows": NOBODY})
    for row in seen:
        values = {name: row.values.get(name) for name in DIMENSIONS}
        texts = {"evidence": row.evidence.strip() or None, "derived_action": row.derived_action.strip() or None}
        owner = {"coaching_id": row.coaching_id, "staff_id": staff_id, "goal_id": row.goal_id}
        add_row(session, Observation, {**owner, **head, **values, **texts}, today=today)
    return len(seen)
