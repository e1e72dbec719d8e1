"""The requirement profiles of the staff, checked against their qualifications: each item met, missing, or confirmed by hand.

Source: Drucksache 19/23 355, answer 3 (job coaches) and answer 7 (employment trainers).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.indicators.period import add_months
from bjc_desktop.models import RequirementConfirmation, StaffQualification
from bjc_desktop.vocabulary import QualificationKind, Role, Vocabulary

SEVERAL_YEARS, WISHED_YEARS = 3, 5
_NO_REASON = "Bitte einen Grund angeben."


class RequirementState(Vocabulary):
    """How an item of the profile stands."""

    MET = "met", "erfüllt"
    MISSING = "missing", "fehlt"
    CONFIRMED = "confirmed", "von Hand bestätigt"
    NOT_NEEDED = "not_needed", "nicht erforderlich"


@dataclass(frozen=True, slots=True)
class Requirement:
    """An item of the profile with its state and why it has it."""

    item: str
    title: str
    state: RequirementState
    why: str


@dataclass(frozen=True, slots=True)
class Qualification:
    """A qualification as the profile looks at it: for experience the day since when."""

    kind: QualificationKind
    obtained_on: date | None


def requirements(
    role: Role, qualifications: Collection[Qualification], confirmed: Mapping[str, str], *, today: date
) -> tuple[Requirement, ...]:
    """Return the items of the profile for *role*; *confirmed* holds the reasons of those confirmed by hand, by item."""
    kinds = {qualification.kind for qualification in qualifications}
    if role is Role.JOB_COACH:
        found = (*_coach(kinds), _experience(qualifications, today))
    elif role is Role.EMPLOYMENT_TRAINER:
        found = _trainer(kinds)
    else:
        return ()
    return tuple(_with_confirmation(requirement, confirmed) for requirement in found)


def _with_confirmation(requirement: Requirement, confirmed: Mapping[str, str]) -> Requirement:
    if requirement.state is not RequirementState.MISSING or requirement.item not in confirmed:
        return requirement
    return Requirement(requirement.item, requirement.title, RequirementState.CONFIRMED, confirmed[requirement.item])


def _item(item: str, title: str, met: bool, why: str, missing: str) -> Requirement:  # noqa: FBT001 - a column of a table
    return Requirement(item, title, RequirementState.MET if met else RequirementState.MISSING, why if met else missing)


def _coach(kinds: set[QualificationKind]) -> tuple[Requirement, ...]:
    degree, expert = QualificationKind.UNIVERSITY_DEGREE in kinds, QualificationKind.EXPERT_KNOWLEDGE in kinds
    broker = QualificationKind.JOB_BROKER in kinds
    modules = {QualificationKind.JOBCOACH_MODULES_1_5, QualificationKind.JOBCOACH_MODULE_6_THESIS}
    training = broker or modules <= kinds
    ground = _item(
        "ground",
        "Hochschulstudium, oder gründliche und umfassende Fachkenntnisse",
        degree or expert,
        "Hochschulstudium" if degree else "Fachkenntnisse",
        "weder Hochschulstudium noch Fachkenntnisse eingetragen",
    )
    title = "Job Broker, oder JobCoaches-Ausbildung (Module 1–5 mit Abschlussarbeit)"
    if degree and not training:
        why = "mit Hochschulstudium nicht erforderlich, fachlich anzuraten"
        return ground, Requirement("training", title, RequirementState.NOT_NEEDED, why)
    half = "nur ein Teil der JobCoaches-Ausbildung eingetragen" if modules & kinds else "nichts davon eingetragen"
    return ground, _item("training", title, training, "Job Broker" if broker else "JobCoaches-Ausbildung", half)


def _experience(qualifications: Collection[Qualification], today: date) -> Requirement:
    title = "Mehrjährige Erfahrung als Coach, möglichst fünf Jahre"
    known = [entry for entry in qualifications if entry.kind is QualificationKind.COACHING_EXPERIENCE]
    if not known:
        return Requirement("experience", title, RequirementState.MISSING, "keine Erfahrung eingetragen")
    since = min((entry.obtained_on for entry in known if entry.obtained_on is not None), default=None)
    if since is None:
        return Requirement("experience", title, RequirementState.MET, "eingetragen, ohne Beginn")
    years = next(number for number in range(100) if add_months(since, 12 * (number + 1)) > today)
    why = f"seit {since:%d.%m.%Y}, {years} {'volles Jahr' if years == 1 else 'volle Jahre'}"
    if years < SEVERAL_YEARS:
        return Requirement("experience", title, RequirementState.MISSING, why)
    return Requirement("experience", title, RequirementState.MET, why if years >= WISHED_YEARS else f"{why}; gewünscht sind fünf")


def _trainer(kinds: set[QualificationKind]) -> tuple[Requirement, ...]:
    aevo, equal = QualificationKind.AEVO in kinds, QualificationKind.AEVO_EQUIVALENT in kinds
    return (
        _item(
            "vocation",
            "Berufsausbildung von mindestens drei Jahren",
            QualificationKind.VOCATIONAL_TRAINING in kinds,
            "eingetragen",
            "keine Berufsausbildung eingetragen",
        ),
        _item(
            "work",
            "Fachkenntnisse durch Berufserfahrung",
            QualificationKind.WORK_EXPERIENCE in kinds,
            "eingetragen",
            "keine Berufserfahrung eingetragen",
        ),
        _item(
            "aevo",
            "Ausbildereignung (AEVO) oder vergleichbar",
            aevo or equal,
            "AEVO" if aevo else "vergleichbare Qualifikation",
            "keine Ausbildereignung eingetragen",
        ),
    )


def read_requirements(
    connection: Connection, members: Mapping[str, Role], *, today: date
) -> Mapping[str, tuple[Requirement, ...]]:
    """Return the items of each of *members* (id → role)."""
    entry, confirmation = StaffQualification.__table__.c, RequirementConfirmation.__table__.c
    known: dict[str, list[Qualification]] = {staff_id: [] for staff_id in members}
    for row in connection.execute(select(entry.staff_id, entry.kind, entry.obtained_on)):
        if row.staff_id in known:
            known[row.staff_id].append(Qualification(QualificationKind(row.kind), row.obtained_on))
    confirmed: dict[str, dict[str, str]] = {staff_id: {} for staff_id in members}
    for row in connection.execute(select(confirmation.staff_id, confirmation.item, confirmation.reason)):
        confirmed.setdefault(row.staff_id, {})[row.item] = row.reason
    return {staff_id: requirements(role, known[staff_id], confirmed[staff_id], today=today) for staff_id, role in members.items()}


def confirm_requirement(session: Session, staff_id: str, item: str, reason: str) -> None:
    """Confirm an item by hand for *reason*; without a reason an earlier confirmation is taken back.

    Raises
    ------
    InvalidInputError
        where there is neither a reason nor an earlier confirmation.
    """
    row = session.scalar(select(RequirementConfirmation).filter_by(staff_id=staff_id, item=item))
    if not reason.strip():
        if row is None:
            raise InvalidInputError({"reason": _NO_REASON})
        session.delete(row)
    elif row is None:
        session.add(RequirementConfirmation(staff_id=staff_id, item=item, reason=reason.strip()))
    else:
        row.reason = reason.strip()
