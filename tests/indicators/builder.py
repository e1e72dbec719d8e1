"""Coachings made to measure: each test names what matters of a case, the rest is a file that passes every item."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from bjc_desktop.models import (
    Coachee,
    Coaching,
    CoachingStaff,
    CompetenceProfile,
    Consent,
    Consultation,
    DevelopmentPlan,
    FollowUp,
    Goal,
    Measure,
    Outcome,
    Provider,
    Staff,
    WorkingTime,
)

ENTRY, EXIT, WINDOW_END = date(2025, 2, 1), date(2025, 8, 31), date(2025, 9, 30)
"""Of every case that does not say otherwise; 31 August plus one month is clamped to 30 September."""
DAYS_28 = date(2025, 9, 28)
"""The end of its window under the setting of the ESF+."""


def day(text: str | date | None) -> date | None:
    """Return *text* (``2025-08-31``) as a day."""
    return date.fromisoformat(text) if isinstance(text, str) else text


class Builder:
    """Adds rows to the vault of one session, with one provider and one job coach from the start."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.cases = 0
        self.provider = self.add(Provider(name="Träger Eins")).id
        self.coach = self.staff()

    def add(self, row: Any) -> Any:
        """Add *row* and return it with its id."""
        self.session.add(row)
        self.session.flush()
        return row

    def staff(self, role: str = "job_coach", provider: str | None = None, **fields: Any) -> str:
        """Add a member of staff, full time and fully funded since 2020; return the id."""
        values: dict[str, Any] = {"weekly_hours": Decimal("39.4"), "funded_share": Decimal(1), "employed_from": date(2020, 1, 1)}
        row = Staff(provider_id=provider or self.provider, family_name="Muster", role=role, **(values | fields))
        return self.add(row).id

    def hours(self, staff: str, month: str, worked: object, contract: object = 100) -> None:
        """Add the hours of one month."""
        self.add(
            WorkingTime(staff_id=staff, month=month, worked_hours=Decimal(str(worked)), contract_hours=Decimal(str(contract)))
        )

    def coachee(self, *, consent: tuple[str, str | None] | None = ("2025-02-01", None)) -> str:
        """Add a person, with consent to participation given and withdrawn on the days of *consent*; return the id."""
        self.cases += 1
        person = self.add(Coachee(case_number=f"F{self.cases:05}", family_name="Fall")).id
        if consent:
            self.add(Consent(coachee_id=person, purpose="participation", given_on=day(consent[0]), withdrawn_on=day(consent[1])))
        return person

    def coaching(self, coachee: str | None = None, *, coach: str | None = "", **fields: Any) -> str:
        """Add a coaching whose file passes every item, assigned to *coach* throughout (None: to nobody); return the id."""
        values: dict[str, Any] = {
            "entry_on": ENTRY,
            "exit_on": EXIT,
            "target_group": "refugee",
            "legal_circle": "sgb2",
            "unemployed_since": "2024-06-01",
            "initial_interview_on": "2025-01-20",
            "exit_reason": "planned_end",
            "status_at_exit": "unemployed",
            "closing_interview_on": "2025-08-29",
            "file_closed_on": "2025-09-30",
            "provider_id": self.provider,
        } | fields
        values = {name: day(value) if name.endswith(("_on", "_since")) else value for name, value in values.items()}
        coaching = self.add(Coaching(coachee_id=coachee or self.coachee(), **values)).id
        if coach is not None:
            self.assigned(coaching, coach or self.coach, values["entry_on"])
        return coaching

    def assigned(self, coaching: str, staff: str, first: str | date, last: str | date | None = None) -> None:
        """Assign *staff* to *coaching* from *first* to *last*."""
        self.add(CoachingStaff(coaching_id=coaching, staff_id=staff, valid_from=day(first), valid_to=day(last)))

    def paperwork(
        self,
        coaching: str,
        *,
        profile: str | None = "2025-02-10",
        goals: tuple[tuple[str, ...], ...] = (("achieved",),),
        consultation: str | None = "2025-03-01",
        status: str = "held",
    ) -> None:
        """Add the profile, one plan version per member of *goals* (with the statuses of its goals) and one consultation."""
        if profile:
            self.add(CompetenceProfile(coaching_id=coaching, recorded_on=day(profile)))
        for version, statuses in enumerate(goals, 1):
            plan = self.add(DevelopmentPlan(coaching_id=coaching, version=version, agreed_on=ENTRY)).id
            for goal in statuses:
                self.add(Goal(plan_id=plan, description="Ziel", status=goal))
        if consultation:
            self.consultation(coaching, consultation, status=status)

    def consultation(self, coaching: str, held_on: str, *, staff: str = "", **fields: Any) -> str:
        """Add a consultation, held in person unless *fields* say otherwise; return the id."""
        values = {"channel": "in_person", "kind": "coaching", "status": "held"} | fields
        row = Consultation(coaching_id=coaching, staff_id=staff or self.coach, held_on=day(held_on), **values)
        return self.add(row).id

    def outcome(
        self,
        coaching: str,
        kind: str,
        begin: str | date,
        end: str | date | None = None,
        *,
        completed: bool = False,
        evidence: str | None = "payslip",
    ) -> None:
        """Add an outcome with its evidence."""
        row = Outcome(
            coaching_id=coaching, kind=kind, begin_on=day(begin), end_on=day(end), completed=completed, evidence_kind=evidence
        )
        self.add(row)

    def measure(self, coaching: str, kind: str, begin: str | date, end: str | date | None = None) -> None:
        """Add a measure beside the coaching."""
        self.add(Measure(coaching_id=coaching, kind=kind, begin_on=day(begin), end_on=day(end)))

    def follow_up(self, coaching: str, state: str, status: str | None = None) -> None:
        """Add the six-month survey."""
        self.add(FollowUp(coaching_id=coaching, state=state, contacted_on=date(2026, 2, 28), status_on_due_date=status))
