"""The requirement profiles of answers 3 and 7, item by item."""

from datetime import date

import pytest

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.models import Provider, Staff, StaffQualification
from bjc_desktop.services.requirement_profile import (
    Qualification,
    RequirementState,
    confirm_requirement,
    read_requirements,
    requirements,
)
from bjc_desktop.vault import Vault
from bjc_desktop.vocabulary import QualificationKind as Kind
from bjc_desktop.vocabulary import Role
from tests.conftest import NOW

TODAY = date(2026, 3, 31)
MET, MISSING, NOT_NEEDED = RequirementState.MET, RequirementState.MISSING, RequirementState.NOT_NEEDED
LONG_AGO = date(2015, 1, 1)


def states(role: Role, *kinds: Kind | tuple[Kind, date | None]) -> list[RequirementState]:
    entries = [kind if isinstance(kind, tuple) else (kind, None) for kind in kinds]
    return [item.state for item in requirements(role, [Qualification(*entry) for entry in entries], {}, today=TODAY)]


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ((), [MISSING, MISSING, MISSING]),
        ((Kind.UNIVERSITY_DEGREE, Kind.COACHING_EXPERIENCE), [MET, NOT_NEEDED, MET]),
        ((Kind.EXPERT_KNOWLEDGE, Kind.COACHING_EXPERIENCE), [MET, MISSING, MET]),
        ((Kind.EXPERT_KNOWLEDGE, Kind.JOB_BROKER, Kind.COACHING_EXPERIENCE), [MET, MET, MET]),
        ((Kind.EXPERT_KNOWLEDGE, Kind.JOBCOACH_MODULES_1_5, Kind.COACHING_EXPERIENCE), [MET, MISSING, MET]),
        ((Kind.EXPERT_KNOWLEDGE, Kind.JOBCOACH_MODULE_6_THESIS, Kind.COACHING_EXPERIENCE), [MET, MISSING, MET]),
        (
            (Kind.EXPERT_KNOWLEDGE, Kind.JOBCOACH_MODULES_1_5, Kind.JOBCOACH_MODULE_6_THESIS, Kind.COACHING_EXPERIENCE),
            [MET, MET, MET],
        ),
        ((Kind.JOB_BROKER, Kind.FURTHER_TRAINING), [MISSING, MET, MISSING]),
        ((Kind.UNIVERSITY_DEGREE, (Kind.COACHING_EXPERIENCE, date(2023, 4, 1))), [MET, NOT_NEEDED, MISSING]),
        ((Kind.UNIVERSITY_DEGREE, (Kind.COACHING_EXPERIENCE, date(2023, 3, 31))), [MET, NOT_NEEDED, MET]),
    ],
)
def test_that_a_coach_needs_degree_or_knowledge_with_training_and_years(kinds, expected) -> None:
    assert states(Role.JOB_COACH, *kinds) == expected


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ((), [MISSING, MISSING, MISSING]),
        ((Kind.VOCATIONAL_TRAINING, Kind.WORK_EXPERIENCE, Kind.AEVO), [MET, MET, MET]),
        ((Kind.VOCATIONAL_TRAINING, Kind.WORK_EXPERIENCE, Kind.AEVO_EQUIVALENT), [MET, MET, MET]),
        ((Kind.UNIVERSITY_DEGREE, Kind.JOB_BROKER), [MISSING, MISSING, MISSING]),
    ],
)
def test_that_a_trainer_needs_vocation_work_and_aevo(kinds, expected) -> None:
    assert states(Role.EMPLOYMENT_TRAINER, *kinds) == expected


@pytest.mark.parametrize("role", [Role.COORDINATION, Role.ADMINISTRATION])
def test_that_nothing_is_asked_of_others(role: Role) -> None:
    assert states(role) == []


def test_that_five_years_are_wished_and_said() -> None:
    (*_, short) = requirements(Role.JOB_COACH, [Qualification(Kind.COACHING_EXPERIENCE, date(2022, 1, 1))], {}, today=TODAY)
    (*_, long) = requirements(Role.JOB_COACH, [Qualification(Kind.COACHING_EXPERIENCE, LONG_AGO)], {}, today=TODAY)
    assert "gewünscht sind fünf" in short.why
    assert "gewünscht" not in long.why


def test_that_a_confirmation_needs_a_reason_and_gives_way_to_the_facts(vault: Vault) -> None:
    with vault.writing(now=NOW) as session:
        provider = Provider(name="Träger")
        session.add(provider)
        session.flush()
        coach = Staff(provider_id=provider.id, family_name="Weiß", role="job_coach", employed_from=date(2024, 1, 1))
        session.add(coach)
        session.flush()
        staff_id = coach.id
    with vault.writing(now=NOW) as session, pytest.raises(InvalidInputError):
        confirm_requirement(session, staff_id, "ground", "  ")
    with vault.writing(now=NOW) as session:
        confirm_requirement(session, staff_id, "ground", "Zeugnis lag der zgs vor")

    def ground():
        with vault.reading() as connection:
            return read_requirements(connection, {staff_id: Role.JOB_COACH}, today=TODAY)[staff_id][0]

    assert (ground().state, ground().why) == (RequirementState.CONFIRMED, "Zeugnis lag der zgs vor")
    with vault.writing(now=NOW) as session:
        session.add(StaffQualification(staff_id=staff_id, kind=Kind.UNIVERSITY_DEGREE.value))
    assert ground().state is MET
    with vault.writing(now=NOW) as session:
        confirm_requirement(session, staff_id, "ground", "")
    assert ground().state is MET
