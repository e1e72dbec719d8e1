"""The case file of one coaching: everything that the vault knows about it, read at once; and the next version of its plan."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, select
from sqlalchemy.orm import Session

from bjc_desktop.errors import MissingNoteKeyError, NotFoundError, VaultDamagedError
from bjc_desktop.indicators.period import FOLLOW_UP_MONTHS, add_months
from bjc_desktop.models import (
    Barrier,
    Coachee,
    Coaching,
    CoachingStaff,
    CompetenceProfile,
    Consent,
    Consultation,
    DevelopmentPlan,
    FollowUp,
    FundingDecision,
    Goal,
    Measure,
    Observation,
    Outcome,
    Provider,
    Staff,
    Suggestion,
    Task,
)
from bjc_desktop.models.base import Recorded
from bjc_desktop.services.consent_effects import SwitchedOff, read_switched_off
from bjc_desktop.services.row_editing import GONE
from bjc_desktop.services.row_titles import fields_of, shown
from bjc_desktop.vault import NoteCipher, Vault
from bjc_desktop.vault.role_rights import HIDDEN
from bjc_desktop.vocabulary import ConsultationStatus, GoalStatus, Role

DIMENSIONS = ("work_behaviour", "social_behaviour", "resilience", "concentration", "motor_skills")
"""The dimensions of an observation, in the order of its form."""
OPEN_GOALS = (GoalStatus.OPEN.value, GoalStatus.IN_PROGRESS.value)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A row of the case file: its values by field, as :mod:`row_editing` takes them."""

    table: str
    id: str
    version: int
    values: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def text(self, name: str) -> str:
        """Return the value of a field in German; empty where it is not known."""
        return shown(self.table, name, self.values[name])


@dataclass(frozen=True, slots=True)
class StaffName:
    """A member of staff."""

    id: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class CoachingSummary:
    """One of the person's coachings, and what came of it in words."""

    row: CaseRow
    result: str
    is_this: bool


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who has or had the coaching; current on the day of reading or not."""

    row: CaseRow
    name: str
    role: str
    current: bool


@dataclass(frozen=True, slots=True)
class BarrierChange:
    """A barrier with its way from the entry to today: a negative change is an improvement, None is not known."""

    row: CaseRow
    change: int | None
    text: str


@dataclass(frozen=True, slots=True)
class PlanGoal:
    """A goal of a plan with its agreed tasks."""

    row: CaseRow
    tasks: tuple[CaseRow, ...]


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """A version of the development plan."""

    row: CaseRow
    goals: tuple[PlanGoal, ...]


@dataclass(frozen=True, slots=True)
class ConsultationEntry:
    """A consultation; its note is None where there is none, or where *note_problem* says why it cannot be read."""

    row: CaseRow
    coach: str
    note: str | None
    note_problem: str | None = None


@dataclass(frozen=True, slots=True)
class DimensionTrend:
    """The observed values of one dimension, oldest first."""

    field: str
    title: str
    points: tuple[tuple[date, int], ...]
    text: str
    """``von 2 auf 4: besser``; empty where nothing was observed."""


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything about one coaching; rows newest first where they have a day, plans and profiles by version."""

    coaching: CaseRow
    person: CaseRow
    provider: str
    funding_decision: str
    consents: tuple[CaseRow, ...]
    switched_off: tuple[SwitchedOff, ...]
    """What the person withdrew the consent to, and what that switches off."""
    coachings: tuple[CoachingSummary, ...]
    assignments: tuple[Assignment, ...]
    measures: tuple[CaseRow, ...]
    profiles: tuple[CaseRow, ...]
    barriers: tuple[BarrierChange, ...]
    plans: tuple[PlanVersion, ...]
    consultations: tuple[ConsultationEntry, ...]
    observations: tuple[CaseRow, ...]
    suggestions: tuple[CaseRow, ...]
    trends: tuple[DimensionTrend, ...]
    outcomes: tuple[CaseRow, ...]
    follow_up: CaseRow | None
    follow_up_due_on: date | None
    staff: Mapping[str, StaffName] = field(repr=False)
    today: date

    @property
    def name(self) -> str:
        """Given name and family name as typed; the family name may be all there is."""
        return full_name(self.person.values)

    @property
    def coach(self) -> str:
        """The name of today's job coach, or of the last one."""
        coaches = [entry for entry in self.assignments if entry.role == Role.JOB_COACH.value]
        return next((entry.name for entry in coaches if entry.current), coaches[0].name if coaches else "")

    @property
    def plan(self) -> PlanVersion | None:
        """The newest version of the development plan."""
        return self.plans[0] if self.plans else None

    @property
    def last_contact_on(self) -> date | None:
        """The day of the last consultation that was held."""
        held = (entry.row["held_on"] for entry in self.consultations if entry.row["status"] == ConsultationStatus.HELD.value)
        return next(held, None)


def full_name(values: Mapping[str, Any] | RowMapping) -> str:
    """Return given name and family name of a coachee's or a staff's *values*."""
    return " ".join(filter(None, (values["given_name"], values["family_name"])))


def read_case_file(vault: Vault, coaching_id: str, *, today: date) -> CaseFile:
    """Return the case file of a coaching; the notes in it as far as the user holds their key.

    Raises
    ------
    NotFoundError
        where there is no such coaching.
    """
    with vault.reading() as connection:
        return _CaseReader(connection, coaching_id, today, vault.notes).read()


def read_rows(connection: Connection, entity: type[Recorded], condition: ColumnElement[bool], *order: Any) -> tuple[CaseRow, ...]:
    """Return the rows of *entity* that meet *condition*, in *order*."""
    table = _table(entity)
    rows = connection.execute(select(table).where(condition).order_by(*order, table.c.id)).mappings()
    return tuple(_case_row(entity, row) for row in rows)


class _CaseReader:
    """Reads the rows of one case file, one statement for each table."""

    def __init__(self, connection: Connection, coaching_id: str, today: date, notes: NoteCipher | None) -> None:
        self.connection, self.coaching_id, self.today, self.notes = connection, coaching_id, today, notes
        self.staff = self._staff()

    def read(self) -> CaseFile:
        coaching = self._one(Coaching, self.coaching_id)
        person = self._one(Coachee, coaching["coachee_id"])
        observations = self._of_coaching(Observation, "observed_on")
        follow_ups = self._of_coaching(FollowUp, "contacted_on")
        leave = coaching["exit_on"]
        return CaseFile(
            coaching=coaching,
            person=person,
            provider=self._name(Provider.__table__, "name", coaching["provider_id"]),
            funding_decision=self._name(FundingDecision.__table__, "reference", coaching["funding_decision_id"]),
            consents=self._rows(Consent, Consent.coachee_id == person.id, "given_on"),
            switched_off=read_switched_off(self.connection, [person.id], today=self.today).get(person.id, ()),
            coachings=tuple(self._coachings(person.id)),
            assignments=tuple(self._assignments()),
            measures=self._of_coaching(Measure, "begin_on"),
            profiles=self._of_coaching(CompetenceProfile, "recorded_on"),
            barriers=tuple(_barrier_change(row) for row in self._of_coaching(Barrier, "recorded_on")),
            plans=tuple(self._plans()),
            consultations=tuple(self._consultations()),
            observations=observations,
            suggestions=self._of_coaching(Suggestion, "made_on"),
            trends=tuple(_trend(name, observations) for name in DIMENSIONS),
            outcomes=self._of_coaching(Outcome, "begin_on"),
            follow_up=follow_ups[0] if follow_ups else None,
            follow_up_due_on=None if leave is None else add_months(leave, FOLLOW_UP_MONTHS),
            staff=self.staff,
            today=self.today,
        )

    def _staff(self) -> dict[str, StaffName]:
        query = select(Staff.id, Staff.given_name, Staff.family_name, Staff.role)
        rows = self.connection.execute(query).mappings()
        return {row["id"]: StaffName(row["id"], full_name(row), row["role"]) for row in rows}

    def _one(self, entity: type[Recorded], row_id: str) -> CaseRow:
        rows = self._rows(entity, _table(entity).c.id == row_id)
        if not rows:
            raise NotFoundError(GONE)
        return rows[0]

    def _rows(self, entity: type[Recorded], condition: ColumnElement[bool], newest_by: str | None = None) -> tuple[CaseRow, ...]:
        order = () if newest_by is None else (_table(entity).c[newest_by].desc(),)
        return read_rows(self.connection, entity, condition, *order)

    def _select(self, entity: type[Recorded], condition: ColumnElement[bool], newest_by: str | None) -> Iterable[RowMapping]:
        table = _table(entity)
        order = [] if newest_by is None else [table.c[newest_by].desc()]
        return self.connection.execute(select(table).where(condition).order_by(*order, table.c.id)).mappings()

    def _of_coaching(self, entity: type[Recorded], newest_by: str) -> tuple[CaseRow, ...]:
        return self._rows(entity, _table(entity).c.coaching_id == self.coaching_id, newest_by)

    def _name(self, table: Any, column: str, row_id: str | None) -> str:
        value = self.connection.execute(select(table.c[column]).where(table.c.id == row_id)).scalar()
        return "" if value is None else str(value)

    def _coachings(self, person_id: str) -> Iterable[CoachingSummary]:
        rows = self._rows(Coaching, Coaching.coachee_id == person_id, "entry_on")
        outcomes: dict[str, list[str]] = {}
        for outcome in self._rows(Outcome, Outcome.coaching_id.in_([row.id for row in rows]), "begin_on"):
            outcomes.setdefault(outcome["coaching_id"], []).append(outcome.text("kind"))
        for row in rows:
            reason = "storniert" if row["cancelled"] else row.text("exit_reason") if row["exit_on"] else "läuft"
            yield CoachingSummary(row, " · ".join(filter(None, [reason, *outcomes.get(row.id, [])])), row.id == self.coaching_id)

    def _assignments(self) -> Iterable[Assignment]:
        for row in self._of_coaching(CoachingStaff, "valid_from"):
            member = self.staff[row["staff_id"]]
            current = row["valid_from"] <= self.today and (row["valid_to"] is None or row["valid_to"] >= self.today)
            yield Assignment(row, member.name, member.role, current)

    def _plans(self) -> Iterable[PlanVersion]:
        plans = self._of_coaching(DevelopmentPlan, "version")
        # A trainer gets no goals that are none of the workshop's business, not even as masked rows: nobody could follow them up.
        goals = self._rows(Goal, Goal.plan_id.in_([plan.id for plan in plans]) & (_table(Goal).c.description != HIDDEN))
        tasks = _grouped(self._rows(Task, Task.goal_id.in_([goal.id for goal in goals])), "goal_id")
        of_plan = _grouped(sorted(goals, key=_by_due_day), "plan_id")
        for plan in plans:
            entries = [
                PlanGoal(goal, tuple(sorted(tasks.get(goal.id, []), key=_by_due_day))) for goal in of_plan.get(plan.id, [])
            ]
            yield PlanVersion(plan, tuple(entries))

    def _consultations(self) -> Iterable[ConsultationEntry]:
        for row in self._select(Consultation, Consultation.coaching_id == self.coaching_id, "held_on"):
            note, problem = self._note(row["id"], row["note"])
            yield ConsultationEntry(_case_row(Consultation, row), self.staff[row["staff_id"]].name, note, problem)

    def _note(self, row_id: str, sealed: bytes | None) -> tuple[str | None, str | None]:
        if sealed is None:
            return None, None
        if self.notes is None:
            return None, "Die Notiz ist vertraulich; Sie haben keinen Zugang."
        try:
            return self.notes.decrypt(row_id, sealed), None
        except (MissingNoteKeyError, VaultDamagedError) as error:
            return None, str(error)


def _table(entity: type[Recorded]) -> Table:
    table: Table = entity.__table__  # type: ignore[attr-defined]
    return table


def _case_row(entity: type[Recorded], row: RowMapping) -> CaseRow:
    table = _table(entity).name
    return CaseRow(table, row["id"], row["row_version"], {name: row[name] for name in fields_of(table) if name != "note"})


def _by_due_day(row: CaseRow) -> tuple[date, str]:
    return row["due_on"] or date.max, row.id


def _grouped(rows: Iterable[CaseRow], name: str) -> dict[str, list[CaseRow]]:
    groups: dict[str, list[CaseRow]] = {}
    for row in rows:
        groups.setdefault(row[name], []).append(row)
    return groups


def _barrier_change(row: CaseRow) -> BarrierChange:
    entry, now = row["severity_at_entry"], row["severity_now"]
    if entry is None or now is None:
        return BarrierChange(row, None, "")
    word = "unverändert" if now == entry else "besser" if now < entry else "schlechter"
    return BarrierChange(row, now - entry, f"von {entry} auf {now}: {word}")


def _trend(name: str, observations: Iterable[CaseRow]) -> DimensionTrend:
    points = sorted((row["observed_on"], row.id, row[name]) for row in observations if row[name] is not None)
    title = fields_of("observations")[name].title
    text = ""
    if len(points) == 1:
        text = f"{points[0][2]}, einmal beobachtet"
    elif points:
        first, last = points[0][2], points[-1][2]
        word = "unverändert" if first == last else "besser" if last > first else "schlechter"
        text = f"von {first} auf {last}: {word}"
    return DimensionTrend(name, title, tuple((day, value) for day, _, value in points), text)


# --- the next version of the plan --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewPlan:
    """A new version of a development plan, and what it took over from the one before."""

    id: str
    version: int
    goals: int
    tasks: int


def new_plan_version(session: Session, coaching_id: str, *, today: date) -> NewPlan:
    """Add the next version of the coaching's development plan, agreed on *today*, with the goals and tasks still open.

    The version before stays as it was agreed on; who confirmed it, and when it is to be reviewed, is not taken over.

    Raises
    ------
    NotFoundError
        where there is no such coaching.
    """
    if session.get(Coaching, coaching_id) is None:
        raise NotFoundError(GONE)
    query = select(DevelopmentPlan).where(DevelopmentPlan.coaching_id == coaching_id).order_by(DevelopmentPlan.version.desc())
    before = session.scalars(query.limit(1)).one_or_none()
    version = 1 if before is None else before.version + 1
    overall = None if before is None else before.overall_goal
    plan = DevelopmentPlan(coaching_id=coaching_id, version=version, agreed_on=today, overall_goal=overall)
    session.add(plan)
    session.flush()
    goals = (
        []
        if before is None
        else session.scalars(select(Goal).where(Goal.plan_id == before.id, Goal.status.in_(OPEN_GOALS))).all()
    )
    tasks = [_copied_tasks(session, goal, _copied_goal(session, goal, plan.id)) for goal in goals]
    session.flush()
    return NewPlan(plan.id, version, len(goals), sum(tasks))


def _copied_goal(session: Session, goal: Goal, plan_id: str) -> str:
    copy = Goal(plan_id=plan_id, area=goal.area, description=goal.description, due_on=goal.due_on, status=goal.status)
    session.add(copy)
    session.flush()
    return copy.id


def _copied_tasks(session: Session, goal: Goal, copy_id: str) -> int:
    tasks = session.scalars(select(Task).where(Task.goal_id == goal.id, Task.done_on.is_(None))).all()
    copies = [
        Task(goal_id=copy_id, description=task.description, responsible=task.responsible, due_on=task.due_on) for task in tasks
    ]
    session.add_all(copies)
    return len(copies)
