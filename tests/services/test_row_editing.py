"""Adding, changing and deleting rows: what is refused, at which field, and what goes with a deleted row."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from bjc_desktop.errors import BjcError, InvalidInputError, MissingNoteKeyError, NotFoundError
from bjc_desktop.models import (
    Coachee,
    Coaching,
    CoachingStaff,
    Consultation,
    DevelopmentPlan,
    FollowUp,
    Goal,
    Outcome,
    Staff,
    Task,
    WorkingTime,
)
from bjc_desktop.services.row_editing import add_row, change_row, delete_row, preview_deletion
from bjc_desktop.vault import Vault
from tests.conftest import NOW
from tests.vault.cases import add_case

TODAY = NOW.date()
PROVIDER = "p" * 36


@pytest.fixture
def ids(vault: Vault) -> dict[str, str]:
    """Put a case into the vault; return the ids of its rows by table."""
    coachee, consultation = add_case(vault)
    with vault.reading() as connection:
        coaching = connection.execute(select(Coaching.id)).scalar_one()
        staff = connection.execute(select(Staff.id)).scalar_one()
    return {"coachee": coachee, "consultation": consultation, "coaching": coaching, "staff": staff}


def _problems(vault: Vault, entity: type, values: dict, row_id: str | None = None) -> dict[str, str]:
    with pytest.raises(InvalidInputError) as caught, vault.writing(now=NOW) as session:
        if row_id is None:
            add_row(session, entity, values, today=TODAY)
        else:
            change_row(session, entity, row_id, values, today=TODAY)
    return caught.value.fields


def _consultation(ids: dict[str, str], **values: object) -> dict[str, object]:
    row = {
        "coaching_id": ids["coaching"],
        "staff_id": ids["staff"],
        "held_on": TODAY,
        "channel": "phone",
        "kind": "coaching",
        "status": "held",
    }
    return row | values


def test_that_a_row_is_added_with_its_note_as_ciphertext(vault: Vault, ids: dict[str, str]) -> None:
    with vault.writing(now=NOW) as session:
        row_id = add_row(
            session, Consultation, _consultation(ids, duration_min=45, note="Vertraulich\n"), today=TODAY, notes=vault.notes
        )
    with vault.reading() as connection:
        row = connection.execute(select(Consultation.__table__).where(Consultation.id == row_id)).one()
    assert row.duration_min == 45
    assert b"Vertraulich" not in row.note
    assert vault.notes.decrypt(row_id, row.note) == "Vertraulich"


def test_that_a_note_without_its_key_is_refused(vault: Vault, ids: dict[str, str]) -> None:
    with pytest.raises(MissingNoteKeyError), vault.writing(now=NOW) as session:
        add_row(session, Consultation, _consultation(ids, note="x"), today=TODAY)


def test_that_the_same_note_is_no_change(vault: Vault, ids: dict[str, str]) -> None:
    with vault.writing(now=NOW) as session:
        row_id = add_row(session, Consultation, _consultation(ids, note="x"), today=TODAY, notes=vault.notes)
    versions = []
    for note in ("x", "x  ", "y", None):
        with vault.writing(now=NOW) as session:
            versions.append(change_row(session, Consultation, row_id, {"note": note}, today=TODAY, notes=vault.notes))
    assert versions == [1, 1, 2, 3]


@pytest.mark.parametrize(("entity", "values", "field", "sentence"), [
    (Coachee, {"case_number": "F-1"}, "family_name", "„Nachname“ angeben"),
    (Coachee, {"case_number": " ", "family_name": "Ö"}, "case_number", "„Fallnummer“ angeben"),
    (Coachee, {"case_number": "F", "family_name": "Ö", "birth_date": TODAY + timedelta(1)}, "birth_date", "in der Zukunft"),
    (Coachee, {"case_number": "F", "family_name": "Ö", "gender": "robot"}, "gender", "Werteliste"),
    (Consultation, {"held_on": TODAY + timedelta(1)}, "held_on", "Zukunft"),
    (Consultation, {"duration_min": -1}, "duration_min", "mindestens 0"),
    (Consultation, {"staff_id": "nobody"}, "staff_id", "gibt es nicht"),
    (Consultation, {"channel": None}, "channel", "„Form“ angeben"),
    (Outcome, {"kind": "minijob", "begin_on": date(2025, 5, 1), "end_on": date(2025, 4, 30)}, "end_on", "liegt vor „Beginn“"),
    (Outcome, {"kind": "minijob", "begin_on": date(2025, 5, 1), "weekly_hours": Decimal(169)}, "weekly_hours", "0 bis 168"),
    (WorkingTime, {"month": "2025-13", "contract_hours": Decimal(1), "worked_hours": Decimal(1)}, "month", "Monat"),
])  # fmt: skip
def test_that_what_cannot_stand_is_refused_at_its_field(
    vault: Vault, ids: dict[str, str], entity: type, values: dict, field: str, sentence: str
) -> None:
    whole = values
    if entity is Consultation:
        whole = _consultation(ids, **values)
    elif entity is Outcome:
        whole = {"coaching_id": ids["coaching"], **values}
    elif entity is WorkingTime:
        whole = {"staff_id": ids["staff"], **values}
    problems = _problems(vault, entity, whole)
    assert list(problems) == [field]
    assert sentence in problems[field]


def test_that_a_planned_consultation_may_lie_ahead(vault: Vault, ids: dict[str, str]) -> None:
    with vault.writing(now=NOW) as session:
        add_row(session, Consultation, _consultation(ids, held_on=TODAY + timedelta(9), status="planned"), today=TODAY)


def test_that_a_wrong_order_is_named_at_the_field_just_typed(vault: Vault, ids: dict[str, str]) -> None:
    with vault.writing(now=NOW) as session:
        change_row(session, Coaching, ids["coaching"], {"exit_on": date(2025, 6, 30)}, today=TODAY)
    assert list(_problems(vault, Coaching, {"entry_on": date(2025, 7, 1)}, ids["coaching"])) == ["entry_on"]
    assert list(_problems(vault, Coaching, {"exit_on": date(2024, 7, 1)}, ids["coaching"])) == ["exit_on"]
    assert _problems(vault, Coaching, {"entry_on": None}, ids["coaching"]) == {"entry_on": "Bitte „Eintritt“ angeben."}


def test_that_there_is_one_follow_up_per_coaching(vault: Vault, ids: dict[str, str]) -> None:
    values = {"coaching_id": ids["coaching"], "state": "surveyed", "contacted_on": TODAY}
    with vault.writing(now=NOW) as session:
        row_id = add_row(session, FollowUp, values, today=TODAY)
        change_row(session, FollowUp, row_id, {"state": "refused"}, today=TODAY)
    assert "schon eine Nachbefragung" in _problems(vault, FollowUp, values)["state"]


@pytest.mark.parametrize(("first", "last", "refused"), [
    (date(2025, 3, 1), None, True), (date(2025, 1, 1), date(2025, 2, 1), True), (date(2025, 1, 1), date(2025, 1, 31), False),
    (date(2025, 7, 1), None, False), (date(2025, 6, 30), None, True),
])  # fmt: skip
def test_that_one_job_coach_at_a_time_has_a_coaching(
    vault: Vault, ids: dict[str, str], first: date, last: date | None, refused: bool
) -> None:
    values = {"coaching_id": ids["coaching"], "staff_id": ids["staff"]}
    with vault.writing(now=NOW) as session:
        held = add_row(
            session, CoachingStaff, {**values, "valid_from": date(2025, 2, 1), "valid_to": date(2025, 6, 30)}, today=TODAY
        )
        change_row(session, CoachingStaff, held, {"valid_from": date(2025, 2, 1)}, today=TODAY)
        trainer = add_row(
            session,
            Staff,
            {"provider_id": PROVIDER, "family_name": "T", "role": "employment_trainer", "employed_from": date(2024, 1, 1)},
            today=TODAY,
        )
        add_row(session, CoachingStaff, {**values, "staff_id": trainer, "valid_from": date(2025, 2, 1)}, today=TODAY)
    wanted = {**values, "valid_from": first, "valid_to": last}
    if refused:
        assert "JobCoach" in _problems(vault, CoachingStaff, wanted)["valid_from"]
    else:
        with vault.writing(now=NOW) as session:
            add_row(session, CoachingStaff, wanted, today=TODAY)


def test_that_a_change_keeps_the_rest_and_counts_versions(vault: Vault, ids: dict[str, str]) -> None:
    with vault.writing(now=NOW) as session:
        version = change_row(session, Coachee, ids["coachee"], {"phone": " 030 1 "}, today=TODAY, expected_version=1)
    assert version == 2
    with vault.writing(now=NOW) as session:
        assert change_row(session, Coachee, ids["coachee"], {"phone": "030 1"}, today=TODAY, expected_version=2) == 2
    with pytest.raises(InvalidInputError, match="inzwischen geändert"), vault.writing(now=NOW) as session:
        change_row(session, Coachee, ids["coachee"], {"phone": "2"}, today=TODAY, expected_version=1)


def test_that_a_row_that_is_gone_is_named_as_such(vault: Vault) -> None:
    for edit in (lambda s: change_row(s, Coachee, "none", {}, today=TODAY), lambda s: delete_row(s, Coachee, "none")):
        with pytest.raises(NotFoundError, match="nicht mehr"), vault.writing(now=NOW) as session:
            edit(session)


def test_that_an_unknown_field_is_the_programs_mistake(vault: Vault, ids: dict[str, str]) -> None:
    for name in ("id", "row_version", "nickname"):
        with pytest.raises(TypeError, match=name), vault.writing(now=NOW) as session:
            change_row(session, Coachee, ids["coachee"], {name: "x"}, today=TODAY)


def test_that_a_plan_is_deleted_with_its_goals_and_tasks(vault: Vault, ids: dict[str, str]) -> None:
    with vault.writing(now=NOW) as session:
        plan = add_row(session, DevelopmentPlan, {"coaching_id": ids["coaching"], "version": 1, "agreed_on": TODAY}, today=TODAY)
        goals = [
            add_row(session, Goal, {"plan_id": plan, "description": "Ziel", "status": "open"}, today=TODAY) for _ in range(2)
        ]
        add_row(session, Task, {"goal_id": goals[0], "description": "Aufgabe"}, today=TODAY)
    with vault.reading() as connection:
        assert preview_deletion(connection, DevelopmentPlan, plan) == "2 Ziele, 1 Aufgabe"
    with vault.writing(now=NOW) as session:
        assert delete_row(session, DevelopmentPlan, plan) == 4
    with vault.reading() as connection:
        assert [connection.execute(select(entity.id)).first() for entity in (DevelopmentPlan, Goal, Task)] == [None] * 3
        actions = connection.exec_driver_sql(
            "SELECT action, transaction_id, person_id FROM change_records ORDER BY id DESC LIMIT 4"
        ).all()
        assert len({row.transaction_id for row in actions}) == 1
        assert {row.person_id for row in actions} == {ids["coachee"]}


def test_that_staff_who_held_consultations_cannot_be_deleted(vault: Vault, ids: dict[str, str]) -> None:
    with pytest.raises(BjcError, match="1 Konsultation"), vault.writing(now=NOW) as session:
        delete_row(session, Staff, ids["staff"])
    with vault.writing(now=NOW) as session:
        delete_row(session, Consultation, ids["consultation"])
        delete_row(session, Staff, ids["staff"])
