"""Following up: open tasks, ticking them as a trainer, suggestions on their way to the coach."""

from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bjc_desktop.errors import VaultError
from bjc_desktop.models import Coaching, CoachingStaff, DevelopmentPlan, Goal, Observation, Staff, Suggestion, Task, UserStaff
from bjc_desktop.services.case_file import read_case_file
from bjc_desktop.services.due_items import ANSWER_DAYS, DueKind
from bjc_desktop.services.following_up import read_followed, tick_task
from bjc_desktop.services.observation_sheet import read_observation_group
from bjc_desktop.services.overview import read_overview_due
from bjc_desktop.services.row_editing import add_row, change_row, delete_row
from bjc_desktop.vault import UserIdentity, Vault
from bjc_desktop.vault.role_rights import HIDDEN
from bjc_desktop.vocabulary import LifeArea, Role
from tests.conftest import NOW
from tests.samples import filled

TODAY = date(2025, 11, 15)


@pytest.fixture
def sample(vault: Vault) -> Vault:
    vault.clock = lambda: NOW.replace(month=11, day=15)
    return filled(vault, "package")


@pytest.fixture
def trainer(sample: Vault) -> str:
    """Return a trainer with people, whom the user is."""
    with sample.writing(now=NOW) as session:
        query = (
            select(CoachingStaff.staff_id)
            .join(Staff, Staff.id == CoachingStaff.staff_id)
            .where(Staff.role == "employment_trainer")
        )
        staff_id = session.scalars(query).first()
        session.merge(UserStaff(user_id=sample.user.id, staff_id=staff_id))
    return staff_id


@contextmanager
def acting(vault: Vault, role: Role):
    """Let the vault be open for somebody with one role."""
    user = vault.user
    vault.user = UserIdentity(user.id, user.name, frozenset({role}))
    try:
        yield
    finally:
        vault.user = user


def people(vault: Vault, staff_id: str):
    with vault.reading() as connection:
        return read_followed(connection, staff_id=staff_id, today=TODAY)


@pytest.fixture
def task(sample: Vault, trainer: str) -> tuple[str, str]:
    """Return a coaching of the trainer and a task of an open goal in its latest plan, due a week ago."""
    coaching_id = people(sample, trainer)[0].coaching_id
    with sample.writing(now=NOW) as session:
        for old in session.scalars(select(Task)).all():
            old.done_on = TODAY
        newest = session.scalars(select(DevelopmentPlan.version).where(DevelopmentPlan.coaching_id == coaching_id)).all()
        plan = DevelopmentPlan(coaching_id=coaching_id, version=max(newest, default=0) + 1, agreed_on=TODAY)
        session.add(plan)
        session.flush()
        goal = add_row(session, Goal, {"plan_id": plan.id, "description": "Pünktlich", "status": "open"}, today=TODAY)
        values = {"goal_id": goal, "description": "Wecker kaufen", "due_on": TODAY - timedelta(days=7)}
        return coaching_id, add_row(session, Task, values, today=TODAY)


def test_that_the_list_counts_what_is_open_and_overdue(sample: Vault, trainer: str, task: tuple[str, str]) -> None:
    found = {person.coaching_id: (person.open_tasks, person.overdue_tasks) for person in people(sample, trainer)}
    assert found.pop(task[0]) == (1, 1)
    assert set(found.values()) <= {(0, 0)}
    with sample.reading() as connection:
        assigned = {
            row[0]
            for row in connection.exec_driver_sql(
                "SELECT c.id FROM coachings c JOIN coaching_staff a ON a.coaching_id = c.id WHERE a.staff_id = ? AND c.cancelled = 0 "
                "AND c.entry_on <= '2025-11-15' AND coalesce(c.exit_on, '9999') >= '2025-11-15' AND a.valid_from <= '2025-11-15' "
                "AND coalesce(a.valid_to, '9999') >= '2025-11-15'",
                (trainer,),
            )
        }
    assert {task[0], *found} == assigned


def test_that_a_trainer_ticks_a_task_and_changes_nothing_else_of_it(sample: Vault, trainer: str, task: tuple[str, str]) -> None:
    with acting(sample, Role.EMPLOYMENT_TRAINER):
        with sample.writing(now=NOW) as session:
            assert tick_task(session, task[1], today=TODAY)
        assert people(sample, trainer)[0].open_tasks == 0
        with sample.writing(now=NOW) as session:
            assert not tick_task(session, task[1], today=TODAY)
        for change in ({"description": "etwas anderes"}, {"done_on": TODAY, "due_on": TODAY}):
            with pytest.raises(VaultError, match="Rolle"), sample.writing(now=NOW) as session:
                change_row(session, Task, task[1], change, today=TODAY)
        with pytest.raises(VaultError, match="Rolle"), sample.writing(now=NOW) as session:
            delete_row(session, Task, task[1])
    with acting(sample, Role.ADMINISTRATION), pytest.raises(VaultError, match="Rolle"), sample.writing(now=NOW) as session:
        tick_task(session, task[1], today=TODAY)


def test_that_a_trainer_ticks_no_task_of_others(sample: Vault, trainer: str, task: tuple[str, str]) -> None:
    with sample.writing(now=NOW) as session:
        for assignment in session.scalars(select(CoachingStaff).where(CoachingStaff.staff_id == trainer)).all():
            if assignment.coaching_id == task[0]:
                session.delete(assignment)
    with (
        acting(sample, Role.EMPLOYMENT_TRAINER),
        pytest.raises(VaultError, match="nicht zugeordnet"),
        sample.writing(now=NOW) as session,
    ):
        tick_task(session, task[1], today=TODAY)


def suggest(vault: Vault, coaching_id: str, staff_id: str) -> str:
    values = {
        "coaching_id": coaching_id, "staff_id": staff_id, "made_on": TODAY, "kind": "goal", "state": "open",
        "description": "Ein Ziel zur Ausdauer",
    }  # fmt: skip
    with acting(vault, Role.EMPLOYMENT_TRAINER), vault.writing(now=NOW) as session:
        return add_row(session, Suggestion, values, today=TODAY)


def due_for(vault: Vault, staff_id: str | None) -> list[str]:
    with vault.reading() as connection:
        items = read_overview_due(connection, staff_id=staff_id, today=TODAY)
    assert {item.day for item in items if item.kind is DueKind.SUGGESTION} <= {TODAY + timedelta(days=ANSWER_DAYS)}
    return [item.row_id for item in items if item.kind is DueKind.SUGGESTION]


def test_that_a_suggestion_arrives_at_the_coach_until_it_is_answered(sample: Vault, trainer: str, task: tuple[str, str]) -> None:
    row_id = suggest(sample, task[0], trainer)
    with sample.reading() as connection:
        coach = connection.exec_driver_sql(
            "SELECT a.staff_id FROM coaching_staff a JOIN staff s ON s.id = a.staff_id WHERE a.coaching_id = ? AND s.role = 'job_coach' "
            "ORDER BY a.valid_from DESC",
            (task[0],),
        ).scalar()
        other = connection.exec_driver_sql("SELECT id FROM staff WHERE role = 'job_coach' AND id <> ?", (coach,)).scalar()
    assert due_for(sample, coach) == due_for(sample, None) == [row_id]
    assert due_for(sample, other) == []
    assert people(sample, trainer)[0].open_suggestions == 1
    case = read_case_file(sample, task[0], today=TODAY)
    assert [(row["description"], row.text("state")) for row in case.suggestions] == [("Ein Ziel zur Ausdauer", "offen")]
    with sample.writing(now=NOW) as session:
        change_row(session, Suggestion, row_id, {"state": "accepted", "answered_on": TODAY}, today=TODAY)
    assert due_for(sample, coach) == []
    assert people(sample, trainer)[0].open_suggestions == 0


def test_that_a_suggestion_of_another_person_is_masked(sample: Vault, trainer: str, task: tuple[str, str]) -> None:
    suggest(sample, task[0], trainer)
    with acting(sample, Role.ADMINISTRATION), sample.reading() as connection:
        assert connection.exec_driver_sql("SELECT description FROM suggestions").scalars().all() == ["(nicht sichtbar)"]


def test_that_a_goal_is_not_deleted_under_an_observation_that_is_linked_to_it(
    sample: Vault, trainer: str, task: tuple[str, str]
) -> None:
    with sample.writing(now=NOW) as session:
        goal_id = session.get(Task, task[1]).goal_id
        values = {"coaching_id": task[0], "staff_id": trainer, "observed_on": TODAY, "resilience": 3, "goal_id": goal_id}
        add_row(session, Observation, values, today=TODAY)
    with pytest.raises(Exception, match="1 Beobachtung"), sample.writing(now=NOW) as session:
        delete_row(session, Goal, goal_id)
    with sample.reading() as connection:
        assert connection.execute(select(Coaching.id).where(Coaching.id == task[0])).scalar() == task[0]


def test_that_goals_which_are_none_of_the_workshops_business_are_followed_up_by_the_coach_alone(
    sample: Vault, trainer: str, task: tuple[str, str]
) -> None:
    coaching_id, task_id = task

    def told() -> tuple[str, int, str, str]:
        with sample.reading() as connection:
            group = read_observation_group(connection, staff_id=trainer, today=TODAY)
            due = read_overview_due(connection, staff_id=trainer, today=TODAY)
        goals = next(person.goals for person in group.people if person.coaching_id == coaching_id)
        found = next(person for person in people(sample, trainer) if person.coaching_id == coaching_id)
        plan = read_case_file(sample, coaching_id, today=TODAY).plan
        return repr(goals), found.overdue_tasks, repr(plan.goals), repr(due)

    with acting(sample, Role.EMPLOYMENT_TRAINER):
        goals, overdue, plan, due = told()
    assert ("Pünktlich" in goals, overdue, "Wecker" in plan, "Wecker" in due) == (True, 1, True, True)
    with sample.writing(now=NOW) as session:
        session.get(Goal, session.get(Task, task_id).goal_id).area = LifeArea.DEBT.value
    with acting(sample, Role.EMPLOYMENT_TRAINER):
        goals, overdue, plan, due = told()
    assert (goals, overdue, plan) == ("()", 0, "()")
    assert HIDDEN not in due
    assert "Wecker" not in due
    with acting(sample, Role.COORDINATION):
        assert "Wecker" in told()[2]
