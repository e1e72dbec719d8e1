"""A new person comes with a first coaching, or with one sentence for each field that is wrong."""

from datetime import date

import pytest
from sqlalchemy import select

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.models import Coachee, Coaching, CoachingStaff, Provider, Staff
from bjc_desktop.services.new_coachee import add_coachee, add_coaching, next_case_number
from bjc_desktop.vault import Vault
from tests.conftest import NOW

TODAY = NOW.date()
PERSON = {"case_number": "F-1", "family_name": "Müller", "given_name": "Ewa", "birth_date": date(1980, 5, 3)}
COACHING = {"entry_on": date(2025, 10, 1)}


@pytest.fixture
def coach(vault: Vault) -> str:
    with vault.writing(now=NOW) as session:
        provider = Provider(name="Träger")
        session.add(provider)
        session.flush()
        staff = Staff(provider_id=provider.id, family_name="Coach", role="job_coach", employed_from=date(2020, 1, 1))
        session.add(staff)
        session.flush()
        return str(staff.id)


def _add(vault: Vault, coach_id: str | None, person: dict = PERSON, coaching: dict = COACHING) -> tuple[str, str]:
    with vault.writing(now=NOW) as session:
        return add_coachee(session, person, coaching, coach_id, today=TODAY)


def _problems(vault: Vault, coach_id: str | None, person: dict = PERSON, coaching: dict = COACHING) -> dict[str, str]:
    with pytest.raises(InvalidInputError) as caught:
        _add(vault, coach_id, person, coaching)
    return caught.value.fields


def test_that_a_new_person_has_a_coaching_at_the_coachs_provider(vault: Vault, coach: str) -> None:
    coachee_id, coaching_id = _add(vault, coach)
    with vault.reading() as connection:
        coaching = connection.execute(select(Coaching.__table__)).one()
        assignment = connection.execute(select(CoachingStaff.__table__)).one()
        provider = connection.execute(select(Provider.id)).scalar()
        records = connection.exec_driver_sql("SELECT entity FROM change_records WHERE action = 'insert'").scalars().all()
    assert (coaching.id, coaching.coachee_id, coaching.provider_id) == (coaching_id, coachee_id, provider)
    assert (assignment.coaching_id, assignment.staff_id, assignment.valid_from) == (coaching_id, coach, date(2025, 10, 1))
    assert {"coachees", "coachings", "coaching_staff"} <= set(records)


def test_that_all_fields_are_named_at_once_and_nothing_is_added(vault: Vault, coach: str) -> None:
    person = {"given_name": "Ewa", "birth_date": date(2999, 1, 1)}
    problems = _problems(vault, None, person, {"exit_on": date(2025, 1, 1)})
    assert set(problems) == {"case_number", "family_name", "entry_on", "coach_id"}
    assert "birth_date" in _problems(vault, coach, PERSON | person)
    assert "exit_on" in _problems(vault, coach, coaching=COACHING | {"exit_on": date(2025, 9, 1)})
    assert "family_name" in _problems(vault, coach, PERSON | {"family_name": "  "})
    with vault.reading() as connection:
        assert connection.execute(select(Coachee.id)).all() == []


def test_that_a_case_number_is_given_once(vault: Vault, coach: str) -> None:
    _add(vault, coach)
    assert set(_problems(vault, coach, PERSON | {"case_number": " F-1 "})) == {"case_number"}


def test_that_a_further_coaching_waits_for_the_exit(vault: Vault, coach: str) -> None:
    coachee_id, coaching_id = _add(vault, coach)
    with pytest.raises(InvalidInputError, match="01.10.2025"), vault.writing(now=NOW) as session:
        add_coaching(session, coachee_id, {"entry_on": date(2025, 10, 5)}, coach, today=TODAY)
    with vault.writing(now=NOW) as session:
        session.get(Coaching, coaching_id).exit_on = date(2025, 10, 4)
        session.flush()
        add_coaching(session, coachee_id, {"entry_on": date(2025, 10, 5)}, coach, today=TODAY)
    with vault.reading() as connection:
        assert len(connection.execute(select(Coaching.id)).all()) == 2


@pytest.mark.parametrize(
    ("numbers", "proposed"),
    [
        ([], "2025-0001"),
        (["F-1"], "F-2"),
        (["001-00420", "001-00099"], "001-00421"),
        (["BJC-2024-0017"], "BJC-2025-0001"),
        (["BJC-2024-0017", "BJC-2025-0003"], "BJC-2025-0004"),
        (["F-99"], "F-100"),
        (["ohne"], "2025-0001"),
        (["12/a"], "13"),
    ],
)
def test_that_the_next_case_number_follows_the_latest(vault: Vault, numbers: list[str], proposed: str) -> None:
    for number in numbers:
        with vault.writing(now=NOW) as session:
            session.add(Coachee(case_number=number, family_name="Berg"))
    with vault.reading() as connection:
        assert next_case_number(connection, today=TODAY) == proposed
