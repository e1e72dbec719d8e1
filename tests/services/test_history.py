"""Who changed what, shown in German, and which changes are offered to be taken back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bjc_desktop.models import (
    Barrier,
    Coachee,
    Coaching,
    CoachingStaff,
    Consultation,
    DevelopmentPlan,
    Goal,
    Outcome,
    Provider,
    Staff,
    Task,
)
from bjc_desktop.services.history import field_history, recent_changes, undo
from bjc_desktop.services.row_editing import add_row, change_row, delete_row
from bjc_desktop.vault import Leaving, Opened, Vault, account_for, record_openings
from bjc_desktop.vault.role_rights import HIDDEN
from bjc_desktop.vocabulary import Role
from tests.conftest import NOW, USER
from tests.samples import filled
from tests.vault.cases import add_case

TODAY = NOW.date()


@pytest.fixture
def ids(vault: Vault) -> dict[str, str]:
    """Put a case into the vault (longer ago than changes can be taken back); return the ids of its rows."""
    coachee, consultation = add_case(vault)
    with vault.reading() as connection:
        coaching = connection.execute(select(Coaching.id)).scalar_one()
        staff = connection.execute(select(Staff.id)).scalar_one()
    return {"coachee": coachee, "consultation": consultation, "coaching": coaching, "staff": staff}


def _texts(vault: Vault, coaching: str | None = None) -> list[str]:
    return [change.text for change in recent_changes(vault, coaching, now=NOW)]


def test_that_each_change_of_a_field_is_shown_in_german(vault: Vault, ids: dict[str, str]) -> None:
    with vault.writing(now=NOW) as session:
        values = {"duration_min": 60, "channel": "outreach", "note": "Neu"}
        change_row(session, Consultation, ids["consultation"], values, today=TODAY, notes=vault.notes)
    changes = field_history(vault, Consultation, ids["consultation"])
    assert {(change.who, change.role, change.at) for change in changes} == {(USER, "JobCoach", NOW)}
    table = {(change.title, change.before, change.after) for change in changes if change.action == "update"}
    assert table == {
        ("Dauer (Minuten)", "", "60"), ("Form", "telefonisch", "aufsuchend"), ("Notiz", "Gespräch über Quintavella", "Neu"),
        ("Notiz", "", "Gespräch über Quintavella"),
    }  # fmt: skip
    added = {change.title: change.after for change in changes if change.action == "insert"}
    assert added["Datum"] == "03.02.2025"
    assert added["durchgeführt von"] == "Coach"
    assert [change.after for change in field_history(vault, Consultation, ids["consultation"], "channel")] == [
        "aufsuchend",
        "telefonisch",
    ]


def test_that_opening_and_printing_a_file_neither_breaks_its_history_nor_stands_in_the_way_of_an_undo(
    vault: Vault, ids: dict[str, str]
) -> None:
    with vault.writing(now=NOW) as session:
        change_row(session, Coaching, ids["coaching"], {"planned_end_on": TODAY}, today=TODAY)
    account_for(vault, Leaving.PRINT, "file", coaching_ids=[ids["coaching"]], now=NOW)
    record_openings(vault, [Opened(ids["coaching"], NOW)])
    assert field_history(vault, Coaching, ids["coaching"], "planned_end_on")[0].after == f"{TODAY:%d.%m.%Y}"
    last = recent_changes(vault, ids["coaching"], now=NOW)[0]
    assert last.text.startswith("Coaching")
    undo(vault, last.transaction_id, now=NOW)
    assert field_history(vault, Coaching, ids["coaching"], "planned_end_on")[0].after == ""


def test_that_notes_stay_closed_to_who_has_no_key(vault: Vault, ids: dict[str, str]) -> None:
    vault.notes = None
    (change,) = field_history(vault, Consultation, ids["consultation"], "note")
    assert change.after == "(vertraulich)"


def test_that_a_deletion_and_erased_values_are_named(vault: Vault, ids: dict[str, str]) -> None:
    with vault.writing(now=NOW) as session:
        delete_row(session, Consultation, ids["consultation"])
    assert field_history(vault, Consultation, ids["consultation"])[0].after == "gelöscht"
    with vault.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM person_keys")
    assert {change.after for change in field_history(vault, Coachee, ids["coachee"])} == {"(nicht mehr lesbar)"}


def test_that_an_imported_row_names_its_import(vault: Vault) -> None:
    filled(vault, "worked")
    with vault.reading() as connection:
        row_id = connection.execute(select(Coachee.id)).scalars().first()
    (change,) = field_history(vault, Coachee, row_id)
    assert (change.title, change.after, change.action) == ("Eintrag", "eingelesen", "import")
    assert recent_changes(vault, now=NOW + timedelta(days=160)) == ()


def test_that_changes_are_told_in_words(vault: Vault, ids: dict[str, str]) -> None:
    with vault.writing(now=NOW) as session:
        change_row(session, Consultation, ids["consultation"], {"duration_min": 30, "note": None}, today=TODAY)
    with vault.writing(now=NOW) as session:
        plan = add_row(session, DevelopmentPlan, {"coaching_id": ids["coaching"], "version": 1, "agreed_on": TODAY}, today=TODAY)
        for _ in range(2):
            add_row(session, Goal, {"plan_id": plan, "description": "Ziel", "status": "open"}, today=TODAY)
    with vault.writing(now=NOW) as session:
        change_row(session, Coaching, ids["coaching"], {"exit_on": TODAY, "exit_reason": "moved"}, today=TODAY)
        add_row(session, Outcome, {"coaching_id": ids["coaching"], "kind": "minijob", "begin_on": TODAY}, today=TODAY)
    with vault.writing(now=NOW) as session:
        delete_row(session, DevelopmentPlan, plan)
    told = [
        "Entwicklungsplan vom 07.10.2025 gelöscht, dazu 2 Ziele",
        "Coaching vom 15.01.2025 geändert: Austritt, Austrittsgrund; Ergebnis „Minijob (geringfügig entlohnt)“ vom 07.10.2025 angelegt",
        "Konsultation vom 03.02.2025 geändert: Dauer (Minuten), Notiz",
    ]
    assert _texts(vault) == told
    change = recent_changes(vault, ids["coaching"], now=NOW)[0]
    assert (change.who, change.role, change.person, change.person_id) == (USER, "JobCoach", "Zyprafelstein", ids["coachee"])
    step = undo(vault, change.transaction_id, now=NOW)
    shown = recent_changes(vault, ids["coaching"], now=NOW)
    assert (shown[0].text, shown[0].is_undo) == ("Zurückgenommen: " + told[0], True)
    undo(vault, step, now=NOW)
    assert _texts(vault)[0] == "Wiederholt: " + told[0]


def test_that_a_file_lists_its_own_changes_only(vault: Vault, ids: dict[str, str]) -> None:
    with vault.writing(now=NOW) as session:
        other = add_row(
            session, Coaching, {"coachee_id": ids["coachee"], "provider_id": "p" * 36, "entry_on": TODAY}, today=TODAY
        )
        plan = add_row(session, DevelopmentPlan, {"coaching_id": other, "version": 1, "agreed_on": TODAY}, today=TODAY)
    with vault.writing(now=NOW) as session:
        goal = add_row(session, Goal, {"plan_id": plan, "description": "Ziel", "status": "open"}, today=TODAY)
    with vault.writing(now=NOW) as session:
        change_row(session, Coachee, ids["coachee"], {"phone": "1"}, today=TODAY)
    with vault.writing(now=NOW) as session:
        change_row(session, Provider, "p" * 36, {"name": "Neu"}, today=TODAY)
    with vault.writing(now=NOW) as session:
        delete_row(session, Goal, goal)
    assert _texts(vault, ids["coaching"])[:1] == ["Stammdaten „F-Zyprafelstein“ geändert: Telefon"]
    assert _texts(vault, other) == [
        "Ziel gelöscht",
        "Stammdaten „F-Zyprafelstein“ geändert: Telefon",
        "Coaching vom 07.10.2025 angelegt, dazu 1 Entwicklungsplan",
    ]
    assert "Träger „Neu“ geändert: Name des Trägers" in _texts(vault)
    with vault.writing(now=NOW) as session:
        delete_row(session, DevelopmentPlan, plan)
    assert _texts(vault, other)[:2] == ["Entwicklungsplan vom 07.10.2025 gelöscht", "Ziel gelöscht"]


def test_that_old_changes_and_a_long_list_are_cut(vault: Vault, ids: dict[str, str]) -> None:
    for _ in range(12):
        with vault.writing(now=NOW) as session:
            add_row(session, Outcome, {"coaching_id": ids["coaching"], "kind": "minijob", "begin_on": TODAY}, today=TODAY)
    assert len(recent_changes(vault, now=NOW, limit=5)) == 5
    assert len(recent_changes(vault, ids["coaching"], now=NOW)) >= 12
    assert recent_changes(vault, now=NOW + timedelta(days=31)) == ()
    assert recent_changes(vault, "none", now=NOW) == ()


def test_that_the_history_tells_a_trainer_nothing_that_the_file_does_not(vault: Vault, ids: dict[str, str]) -> None:
    with vault.writing(now=NOW) as session:
        session.add(CoachingStaff(coaching_id=ids["coaching"], staff_id=ids["staff"], valid_from=TODAY))
        barrier = {"coaching_id": ids["coaching"], "area": "debt", "recorded_on": TODAY, "severity_at_entry": 3}
        debt = add_row(session, Barrier, barrier, today=TODAY)
        plan = DevelopmentPlan(coaching_id=ids["coaching"], version=1, agreed_on=TODAY)
        session.add(plan)
        session.flush()
        goals = {
            area: add_row(
                session, Goal, {"plan_id": plan.id, "area": area, "description": f"zu {area}", "status": "open"}, today=TODAY
            )
            for area in ("addiction", "motivation")
        }
        task = add_row(session, Task, {"goal_id": goals["addiction"], "description": "Gruppe besuchen"}, today=TODAY)
    with vault.writing(now=NOW) as session:
        change_row(session, Coachee, ids["coachee"], {"phone": "030 4711", "given_name": "Ece"}, today=TODAY)
        change_row(session, Barrier, debt, {"area": "language", "severity_at_entry": 2}, today=TODAY)
    rows = [(Coachee, ids["coachee"]), (Barrier, debt), (Task, task), *((Goal, key) for key in goals.values())]
    whole = repr([field_history(vault, *row) for row in rows])
    hidden = ("4711", "Schulden", "Sucht", "zu addiction", "Gruppe besuchen")
    assert not [words for words in hidden if words not in whole]
    vault.clock = lambda: NOW
    user, vault.user = vault.user, replace(vault.user, roles=frozenset({Role.EMPLOYMENT_TRAINER}))
    told = repr([field_history(vault, *row) for row in rows])
    vault.user = user
    assert not [words for words in hidden if words in told]
    assert HIDDEN in told
    assert not [words for words in ("Ece", "zu motivation") if words not in told]
