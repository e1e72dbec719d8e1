"""Observations of a group in one go: everybody whom a trainer has in the workshop, with what was observed last.

Source: Drucksache 19/23 355, answer 7 (observation by method, on five dimensions).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select, text
from sqlalchemy.orm import Session

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.models import DevelopmentPlan, Goal, Measure, Observation
from bjc_desktop.models.coachings import ASSIGNED
from bjc_desktop.services.case_file import DIMENSIONS, OPEN_GOALS
from bjc_desktop.services.due_items import full_name
from bjc_desktop.services.row_editing import CHANGED_MEANWHILE, add_row, change_row, delete_row
from bjc_desktop.services.row_titles import shown
from bjc_desktop.vault.role_rights import HIDDEN

NOBODY = "Bitte mindestens bei einer Person etwas angeben."
NO_DAY = "Bitte den Tag der Beobachtung angeben."
ALL_DISCUSSED = "Alles, was Sie bei dieser Person beobachtet haben, ist schon besprochen."
NOT_YOURS = "Diese Beobachtung hat jemand anderes gemacht. Bitte diese Person fragen."
TEXTS = ("evidence", "derived_action")

Sheet = tuple[date, str | None]
"""What makes observations of a trainer one sheet: day and method."""


@dataclass(frozen=True, slots=True)
class SavedObservation:
    """What the sheet's trainer saved of a person on its day by its method."""

    row_id: str
    version: int
    values: Mapping[str, Any]
    """By field: the five dimensions, ``evidence``, ``derived_action`` and ``goal_id``; None where nothing stands."""


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
    saved: SavedObservation | None = None
    """What stands in the sheet already; ``last`` and ``last_on`` are of before it."""
    workplace: str | None = None
    """Where the last observation was made."""
    measures: tuple[str, ...] = ()
    """What the person takes part in today beside the coaching."""
    sheets: tuple[SavedObservation, ...] = ()
    """All of the same day by the same method, the oldest first: once there could be several, and ``saved`` is the newest of them."""


@dataclass(frozen=True, slots=True)
class ObservationGroup:
    """The group, and what the last sheet said of its circumstances."""

    people: tuple[ObservedPerson, ...]
    head: Mapping[str, Any]
    """``workplace``, ``task`` and ``method`` of the trainer's last observation; ``discussed_on`` where it is of the sheet's day."""


@dataclass(frozen=True, slots=True)
class ObservedRow:
    """What is to be saved about one person."""

    coaching_id: str
    values: Mapping[str, int | None] = field(default_factory=dict)
    """By dimension, 1 to 5; None or absent: not observed."""
    evidence: str = ""
    derived_action: str = ""
    goal_id: str | None = None
    saved: SavedObservation | None = None
    """What is to be changed; None for a new observation."""

    @property
    def empty(self) -> bool:
        """Whether nothing was observed; of what is saved, nothing is left."""
        return not (any(self.values.values()) or self.evidence.strip() or self.derived_action.strip())


_GROUP = text(
    "SELECT c.id, c.coachee_id, p.given_name, p.family_name FROM coaching_staff a CROSS JOIN coachings c ON c.id = a.coaching_id "
    "CROSS JOIN coachees p ON p.id = c.coachee_id JOIN coachee_keys k ON k.coachee_id = p.id "
    f"WHERE a.staff_id = :staff_id AND {ASSIGNED} AND c.cancelled = 0 AND c.entry_on <= :today "
    "AND coalesce(c.exit_on, '9999-12-31') >= :today GROUP BY c.id ORDER BY k.sort_key, c.id"
)


def read_observation_group(connection: Connection, *, staff_id: str, today: date, sheet: Sheet | None = None) -> ObservationGroup:
    """Return everybody who is assigned to the member of staff today, in the order of their names, and the last circumstances.

    What the member of staff saved for *sheet* already is in it; without one it is that of today by the last method.
    """
    rows = connection.execute(_GROUP, {"staff_id": staff_id, "today": today.isoformat()}).all()
    ids = [row.id for row in rows]
    head = _last_head(connection, staff_id, today)
    day, method = sheet or (today, head["method"])
    saved, last = _observed(connection, ids, staff_id, day, method)
    goals, measures = _open_goals(connection, ids), _measures(connection, ids, today)
    people = tuple(
        ObservedPerson(
            row.id,
            row.coachee_id,
            full_name(row.given_name, row.family_name),
            last[row.id].get("observed_on"),
            {name: last[row.id].get(name) for name in DIMENSIONS},
            goals.get(row.id, ()),
            saved[row.id][-1] if row.id in saved else None,
            last[row.id].get("workplace"),
            measures.get(row.id, ()),
            tuple(saved.get(row.id, ())),
        )
        for row in rows
    )
    return ObservationGroup(people, head)


def _observed(
    connection: Connection, ids: list[str], staff_id: str, day: date, method: str | None
) -> tuple[dict[str, list[SavedObservation]], dict[str, dict[str, Any]]]:
    """Return by coaching what the sheet holds, and the last known value of each field beside it."""
    table = Observation.__table__.c
    query = select(Observation.__table__).where(table.coaching_id.in_(ids)).order_by(table.observed_on, table.id)
    saved: dict[str, list[SavedObservation]] = {}
    last: dict[str, dict[str, Any]] = {coaching_id: {} for coaching_id in ids}
    for found in connection.execute(query).mappings():
        known = last[found["coaching_id"]]
        if found["workplace"] is not None:
            known["workplace"] = found["workplace"]
        if (found["staff_id"], found["observed_on"], found["method"]) == (staff_id, day, method):
            values = {name: found[name] for name in (*DIMENSIONS, *TEXTS, "goal_id")}
            saved.setdefault(found["coaching_id"], []).append(SavedObservation(found["id"], found["row_version"], values))
            continue
        known["observed_on"] = found["observed_on"]
        known.update({name: found[name] for name in DIMENSIONS if found[name] is not None})
    return saved, last


def _measures(connection: Connection, ids: list[str], today: date) -> Mapping[str, tuple[str, ...]]:
    table = Measure.__table__.c
    query = select(table.coaching_id, table.kind, table.name).where(
        table.coaching_id.in_(ids), table.begin_on <= today, func.coalesce(table.end_on, date.max) >= today
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in connection.execute(query.order_by(table.begin_on, table.id)):
        title = row.name or shown("measures", "kind", row.kind)
        found[row.coaching_id] = (*found.get(row.coaching_id, ()), title)
    return found


def _open_goals(connection: Connection, coaching_ids: list[str]) -> Mapping[str, tuple[tuple[str, str], ...]]:
    goal, plan = Goal.__table__.c, DevelopmentPlan.__table__.c
    query = (
        select(plan.coaching_id, plan.version, goal.id, goal.description)
        .join_from(DevelopmentPlan.__table__, Goal.__table__, goal.plan_id == plan.id)
        .where(plan.coaching_id.in_(coaching_ids), goal.status.in_(OPEN_GOALS), goal.description != HIDDEN)
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


def _last_head(connection: Connection, staff_id: str, today: date) -> Mapping[str, Any]:
    table = Observation.__table__.c
    columns = (table.workplace, table.task, table.method, table.discussed_on, table.observed_on)
    query = select(*columns).where(table.staff_id == staff_id)
    row = connection.execute(query.order_by(table.observed_on.desc(), table.id.desc()).limit(1)).mappings().first()
    if row is None:
        return dict.fromkeys(("workplace", "task", "method", "discussed_on"))
    discussed_on = row["discussed_on"] if row["observed_on"] == today else None
    return {"workplace": row["workplace"], "task": row["task"], "method": row["method"], "discussed_on": discussed_on}


def save_observations(
    session: Session,
    *,
    staff_id: str,
    head: Mapping[str, Any],
    rows: Iterable[ObservedRow],
    today: date,
    changed_head: Collection[str] = (),
) -> int:
    """Save an observation for everybody of whom something was observed; return of how many. *head* holds the day and the circumstances.

    What is saved already is changed, with those circumstances only that are in *changed_head*; where nothing of it is left, it is deleted.

    Raises
    ------
    InvalidInputError
        where no day is given, nobody was observed, a value is none, or an observation was changed meanwhile; nothing was saved.
    """
    seen = [row for row in rows if not row.empty or row.saved is not None]
    if head.get("observed_on") is None:
        raise InvalidInputError({"observed_on": NO_DAY})
    if not seen:
        raise InvalidInputError({"rows": NOBODY})
    for row in seen:
        values = {name: row.values.get(name) for name in DIMENSIONS}
        texts = {"evidence": row.evidence.strip() or None, "derived_action": row.derived_action.strip() or None}
        observed = {**values, **texts, "goal_id": row.goal_id}
        if row.saved is None:
            owner = {"coaching_id": row.coaching_id, "staff_id": staff_id}
            add_row(session, Observation, {**owner, **head, **observed}, today=today)
            continue
        typed = {name: head[name] for name in changed_head if name in head}
        left = None if row.empty else {**typed, **observed}
        version = row.saved.version
        correct_observation(session, row.saved.row_id, left, staff_id=staff_id, expected_version=version, today=today)
    return len(seen)


def note_discussed(session: Session, coaching_id: str, *, staff_id: str | None, today: date) -> int:
    """Note that what the member of staff observed of a person was talked over with them *today*; return how many observations that are.

    Raises
    ------
    InvalidInputError
        where all of it was talked over already.
    """
    query = select(Observation.id).where(
        Observation.coaching_id == coaching_id, Observation.staff_id == staff_id, Observation.discussed_on.is_(None)
    )
    ids = session.scalars(query.order_by(Observation.observed_on, Observation.id)).all()
    if not ids:
        raise InvalidInputError({"discussed_on": ALL_DISCUSSED})
    for row_id in ids:
        change_row(session, Observation, row_id, {"discussed_on": today}, today=today)
    return len(ids)


def correct_observation(
    session: Session, row_id: str, values: Mapping[str, Any] | None, *, staff_id: str | None, expected_version: int, today: date
) -> None:
    """Change an observation of the member of staff to *values*, or delete it where they are None.

    Raises
    ------
    InvalidInputError
        where a value is none, somebody else made the observation, or it was changed meanwhile; nothing was changed.
    """
    row = session.get(Observation, row_id)
    if row is None or row.row_version != expected_version:
        raise InvalidInputError({"row_version": CHANGED_MEANWHILE})
    if row.staff_id != staff_id:
        raise InvalidInputError({"staff_id": NOT_YOURS})
    if values is None:
        delete_row(session, Observation, row_id)
    else:
        change_row(session, Observation, row_id, values, today=today, expected_version=expected_version)
