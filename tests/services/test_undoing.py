"""Taking changes back: any sequence, in reverse order, restores what the vault held; what cannot be taken back says why."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from bjc_desktop.errors import BjcError, InvalidInputError
from bjc_desktop.models import (
    PACKAGED,
    Barrier,
    Coachee,
    Coaching,
    CoachingStaff,
    Consultation,
    DevelopmentPlan,
    FollowUp,
    Goal,
    Outcome,
    Provider,
    Staff,
    Task,
)
from bjc_desktop.services.history import undo
from bjc_desktop.services.row_editing import add_row, change_row, delete_row
from bjc_desktop.services.undoing import UndoRefusedError
from bjc_desktop.vault import Vault, record_event, verify_record
from tests.conftest import NOW
from tests.vault.cases import add_case

TODAY = NOW.date()
LONG_NOTE = "Zeile mit Umlauten äöü\n" * 400


def _content(vault: Vault) -> dict[str, list[tuple]]:
    """Return everything the case files hold, without the program's own columns; notes as they are encrypted."""
    with vault.reading() as connection:
        found = {}
        for entity in PACKAGED:
            columns = [column for column in entity.__table__.columns if column.name not in {"row_version", "change_id"}]
            found[entity.__tablename__] = [tuple(row) for row in connection.execute(select(*columns).order_by(columns[0]))]
        return found


def _last(vault: Vault) -> int:
    with vault.reading() as connection:
        return connection.exec_driver_sql("SELECT transaction_id FROM change_records ORDER BY id DESC LIMIT 1").scalar_one()


def _do(vault: Vault, edit) -> int:
    with vault.writing(now=NOW) as session:
        edit(session)
    return _last(vault)


@pytest.fixture
def ids(vault: Vault) -> dict[str, str]:
    """Put a case into the vault; return the ids of its rows."""
    coachee, consultation = add_case(vault)
    with vault.reading() as connection:
        coaching = connection.execute(select(Coaching.id)).scalar_one()
        staff = connection.execute(select(Staff.id)).scalar_one()
    return {"coachee": coachee, "consultation": consultation, "coaching": coaching, "staff": staff}


def _plan(session: Session, ids: dict[str, str], version: int = 1) -> str:
    plan = add_row(
        session, DevelopmentPlan, {"coaching_id": ids["coaching"], "version": version, "agreed_on": TODAY}, today=TODAY
    )
    goal = add_row(session, Goal, {"plan_id": plan, "description": "<b>&amp;</b>", "status": "open"}, today=TODAY)
    add_row(session, Task, {"goal_id": goal, "description": "Anrufen", "due_on": TODAY}, today=TODAY)
    return plan


def test_that_a_deleted_file_comes_back_with_everything_in_it(vault: Vault, ids: dict[str, str]) -> None:
    with vault.writing(now=NOW) as session:
        _plan(session, ids)
        change_row(session, Consultation, ids["consultation"], {"note": LONG_NOTE}, today=TODAY, notes=vault.notes)
    before = _content(vault)
    deleted = _do(vault, lambda session: delete_row(session, Coachee, ids["coachee"]))
    assert _content(vault)["consultations"] == []
    undone = undo(vault, deleted, now=NOW)
    assert _content(vault) == before
    with vault.reading() as connection:
        row = connection.execute(select(Consultation.note, Consultation.row_version)).one()
        assert vault.notes.decrypt(ids["consultation"], row.note) == LONG_NOTE.rstrip()
        assert row.row_version > 3
    verify_record(vault)
    undo(vault, undone, now=NOW)
    assert _content(vault)["coachees"] == []


def test_that_an_undo_can_be_undone_again_and_again(vault: Vault, ids: dict[str, str]) -> None:
    first = _content(vault)
    step = _do(vault, lambda session: change_row(session, Coachee, ids["coachee"], {"phone": "1"}, today=TODAY))
    second = _content(vault)
    for expected in (first, second, first, second):
        step = undo(vault, step, now=NOW)
        assert _content(vault) == expected


def test_that_several_flushes_of_one_transaction_are_one_change(vault: Vault, ids: dict[str, str]) -> None:
    before = _content(vault)

    def edit(session: Session) -> None:
        for phone in ("1", "2"):
            change_row(session, Coachee, ids["coachee"], {"phone": phone}, today=TODAY)
        plan = _plan(session, ids)
        delete_row(session, DevelopmentPlan, plan)
        change_row(session, Consultation, ids["consultation"], {"duration_min": 5}, today=TODAY)
        delete_row(session, Consultation, ids["consultation"])

    assert _content(vault) == before
    undo(vault, _do(vault, edit), now=NOW)
    assert _content(vault) == before


def _refused(vault: Vault, transaction: int, sentence: str) -> None:
    before = _content(vault)
    with pytest.raises(UndoRefusedError, match=sentence) as caught:
        undo(vault, transaction, now=NOW)
    assert _content(vault) == before
    assert "Zyprafelstein" not in str(caught.value)


def test_that_a_row_changed_again_is_left_alone(vault: Vault, ids: dict[str, str]) -> None:
    steps = [_do(vault, lambda s, p=p: change_row(s, Coachee, ids["coachee"], {"phone": p}, today=TODAY)) for p in "12"]
    _refused(vault, steps[0], "spätere Änderung")
    undo(vault, steps[1], now=NOW)
    _refused(vault, steps[1], "schon zurückgenommen")
    undo(vault, steps[0], now=NOW)
    _refused(vault, 10**9, "gibt es nicht")


def test_that_what_others_build_on_is_not_taken_away(vault: Vault, ids: dict[str, str]) -> None:
    held = []
    plan = {"coaching_id": ids["coaching"], "version": 1, "agreed_on": TODAY}
    added = _do(vault, lambda session: held.append(add_row(session, DevelopmentPlan, plan, today=TODAY)))
    goal = {"plan_id": held[0], "description": "Ziel", "status": "open"}
    second = _do(vault, lambda session: held.append(add_row(session, Goal, goal, today=TODAY)))
    _refused(vault, added, "bauen inzwischen darauf auf")
    gone = _do(vault, lambda session: delete_row(session, Goal, held[1]))
    everything = _do(vault, lambda session: delete_row(session, DevelopmentPlan, held[0]))
    _refused(vault, gone, "passen nicht mehr")
    for step in (everything, gone, second, added):
        undo(vault, step, now=NOW)
    assert _content(vault)["development_plans"] == []


def test_that_what_may_exist_once_stays_single(vault: Vault, ids: dict[str, str]) -> None:
    values, held = {"coaching_id": ids["coaching"], "state": "surveyed", "contacted_on": TODAY}, []
    _do(vault, lambda session: held.append(add_row(session, FollowUp, values, today=TODAY)))
    gone = _do(vault, lambda session: delete_row(session, FollowUp, held[0]))
    _do(vault, lambda session: add_row(session, FollowUp, values, today=TODAY))
    _refused(vault, gone, "passen nicht mehr")
    coach = {"coaching_id": ids["coaching"], "staff_id": ids["staff"], "valid_from": TODAY}
    _do(vault, lambda session: held.append(add_row(session, CoachingStaff, coach, today=TODAY)))
    gone = _do(vault, lambda session: delete_row(session, CoachingStaff, held[1]))
    _do(vault, lambda session: add_row(session, CoachingStaff, coach, today=TODAY))
    _refused(vault, gone, "passen nicht mehr")


def test_that_only_thirty_days_can_be_taken_back(vault: Vault, ids: dict[str, str]) -> None:
    step = _do(vault, lambda session: change_row(session, Coachee, ids["coachee"], {"phone": "1"}, today=TODAY))
    with pytest.raises(UndoRefusedError, match="30 Tage"):
        undo(vault, step, now=NOW + timedelta(days=30, seconds=1))
    undo(vault, step, now=NOW + timedelta(days=30))


def test_that_events_and_erased_values_stay(vault: Vault, ids: dict[str, str]) -> None:
    def with_event(session: Session) -> None:
        session.add(Provider(name="A"))
        record_event(session, vault.actor(), "import", {"rows": 1}, now=NOW)

    _refused(vault, _do(vault, with_event), "von Hand")
    step = _do(vault, lambda session: change_row(session, Coachee, ids["coachee"], {"phone": "1"}, today=TODAY))
    with vault.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM person_keys")
    _refused(vault, step, "gelöscht und können nicht")


_EDITS = (
    "phone", "consultation", "note", "plan", "barrier", "outcome", "two at once", "exit", "delete consultation", "delete plan",
    "delete coaching", "delete coachee", "undo",
)  # fmt: skip


def _edit(session: Session, vault: Vault, ids: dict[str, str], name: str, dice: random.Random) -> None:
    day = date(2025, 2, 1) + timedelta(days=dice.randrange(200))
    coaching = {"coaching_id": ids["coaching"]}
    held = {**coaching, "staff_id": ids["staff"], "held_on": day, "channel": "phone", "kind": "coaching", "status": "held"}
    if name in {"phone", "two at once"}:
        change_row(session, Coachee, ids["coachee"], {"phone": str(dice.randrange(9)), "email": None}, today=TODAY)
    if name in {"consultation", "two at once"}:
        add_row(session, Consultation, {**held, "note": dice.choice([None, "n", LONG_NOTE])}, today=TODAY, notes=vault.notes)
    if name == "note":
        row = dice.choice(list(session.scalars(select(Consultation.id).order_by(Consultation.id))))
        change_row(session, Consultation, row, {"note": dice.choice([None, "a", "b"])}, today=TODAY, notes=vault.notes)
    if name == "plan":
        _plan(session, ids, dice.randrange(1, 4))
    if name == "barrier":
        add_row(
            session, Barrier, {**coaching, "area": "debt", "recorded_on": day, "severity_now": dice.randrange(4)}, today=TODAY
        )
    if name == "outcome":
        add_row(session, Outcome, {**coaching, "kind": "minijob", "begin_on": day, "completed": dice.random() < 0.5}, today=TODAY)
    if name == "exit":
        change_row(session, Coaching, ids["coaching"], {"exit_on": day, "exit_reason": "moved"}, today=TODAY)
    for entity in (Consultation, DevelopmentPlan, Coaching, Coachee):
        if name == f"delete {entity.__tablename__.removesuffix('s').removeprefix('development_')}":
            delete_row(session, entity, dice.choice(list(session.scalars(select(entity.id).order_by(entity.id)))))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.sampled_from(_EDITS), max_size=12), seed=st.integers(0, 10**6))
def test_that_undoing_everything_in_reverse_restores_the_vault(vault: Vault, names: list[str], seed: int) -> None:
    if not _content(vault)["coachees"]:
        add_case(vault)
    before, dice, steps = _content(vault), random.Random(seed), list[int]()
    with vault.reading() as connection:
        tables = {"coachee": Coachee, "coaching": Coaching, "staff": Staff, "consultation": Consultation}
        ids = {name: connection.execute(select(entity.id)).scalars().first() for name, entity in tables.items()}
    for name in names:
        if name == "undo" and steps:
            steps.append(undo(vault, steps[-1], now=NOW))
            continue
        start = _last(vault)
        try:
            step = _do(vault, lambda session, name=name: _edit(session, vault, ids, name, dice))
        except (InvalidInputError, BjcError, IndexError):
            continue
        if step != start:
            steps.append(step)
    for step in reversed(steps):
        undo(vault, step, now=NOW)
    assert _content(vault) == before
