"""Real vaults that exchange real files: who gets what, what is taken from whom, and how changes on both sides come together."""

import uuid
from contextlib import nullcontext
from dataclasses import replace

import pytest

from bjc_desktop.errors import BjcError
from bjc_desktop.exchange.field_groups import CONTACT
from bjc_desktop.exchange.incoming import read_incoming
from bjc_desktop.exchange.outgoing import package_for
from bjc_desktop.exchange.selection import Recipient, Selection
from bjc_desktop.exchange.stamping import keep_up
from bjc_desktop.models import Barrier, Coachee, DevelopmentPlan, Goal, Task, UserStaff
from bjc_desktop.services.exchange_conflicts import decide, list_conflicts
from bjc_desktop.vocabulary import PartnerKind, Role
from tests.exchange.laptops import ANNA, BELA, KIM, LEE, OF_ANNA, TODAY, TONI, outward

STRANGER = "30000000-0000-4000-8000-000000000009"


def test_that_an_office_gets_everything_and_the_same_file_changes_nothing_more(team):
    team.send("amt", "kim")
    assert set(outward(team["kim"])["coachees"]) == {ANNA}
    file = team.write("amt", "kim")
    assert team.read("kim", file).event is None


def test_that_a_trainers_laptop_gets_no_barrier_goal_or_task_that_is_none_of_the_workshops_business(team):
    plan = DevelopmentPlan(id=f"{0:08}-0000-4000-8000-000000000000", coaching_id=OF_ANNA, version=1, agreed_on=TODAY)
    team.add("amt", plan)
    for area in ("debt", "motivation"):
        goal = Goal(id=str(uuid.uuid4()), plan_id=plan.id, area=area, description=area, status="open")
        team.add("amt", Barrier(coaching_id=OF_ANNA, area=area, recorded_on=TODAY), goal)
        team.add("amt", Task(goal_id=goal.id, description=f"Schritt zu {area}"))
    team.send("amt", "toni")
    with team["toni"].reading() as connection:
        found = {
            query: connection.exec_driver_sql(query).scalars().all()
            for query in ("SELECT area FROM barriers", "SELECT description FROM goals", "SELECT description FROM tasks")
        }
    assert list(found.values()) == [["motivation"], ["motivation"], ["Schritt zu motivation"]]


def test_that_nobody_sends_what_the_window_would_not_show_them(team):
    """A trainer at the office's vault, or a coach, connects it with a vault of their own as if that were an office."""
    office = team["amt"]
    team.add("amt", Coachee(id=STRANGER, case_number="F-9", family_name="Zwyxfremd"))
    for staff_id, roles, people in (
        (TONI, {Role.EMPLOYMENT_TRAINER}, {ANNA}),
        (LEE, {Role.JOB_COACH}, {BELA}),
        (None, {Role.EMPLOYMENT_TRAINER}, set()),
        (None, {Role.COORDINATION}, {ANNA, BELA, STRANGER}),
    ):
        with office.writing(now=team.now()) as session:
            session.connection().exec_driver_sql("DELETE FROM user_staff")
            if staff_id is not None:
                session.add(UserStaff(user_id=office.user.id, staff_id=staff_id))
        office.user = replace(office.user, roles=frozenset(roles))
        selection = Selection(office, Recipient(PartnerKind.OFFICE, None, reads_notes=True), TODAY)
        with office.writing(now=team.now()) as session:
            keep_up(office, session.connection())
            content, _ = package_for(session.connection(), selection, office.notes)
        incoming = read_incoming(content, PartnerKind.OFFICE)
        assert set(incoming["coachees"]) == people
        trainer = roles == {Role.EMPLOYMENT_TRAINER}
        assert all((CONTACT in row.stamp.vectors) is not trainer for row in incoming["coachees"].values())
        assert bool(incoming["staff"])


def test_that_only_who_may_change_an_entry_they_see_is_shown_and_decides_a_conflict(team):
    office = team["amt"]
    team.send("amt", "kim")
    for name, phone in (("kim", "0171 1"), ("amt", "0171 2")):
        team.change(name, Coachee, ANNA, phone=phone)
    team.send("kim", "amt")
    (conflict,) = list_conflicts(office)
    for staff_id, role, sees, sentence in (
        (TONI, Role.EMPLOYMENT_TRAINER, False, "Rolle"),
        (None, Role.ADMINISTRATION, False, "Rolle"),
        (LEE, Role.JOB_COACH, False, "schon entschieden"),
        (KIM, Role.JOB_COACH, True, ""),
    ):
        with office.writing(now=team.now()) as session:
            session.connection().exec_driver_sql("DELETE FROM user_staff")
            if staff_id is not None:
                session.add(UserStaff(user_id=office.user.id, staff_id=staff_id))
        user, office.user = office.user, replace(office.user, roles=frozenset({role}))
        assert [found.key for found in list_conflicts(office)] == ([conflict.key] if sees else [])
        records = "SELECT count(*) FROM main.change_records"
        with office.reading() as connection:
            before = connection.exec_driver_sql(records).scalar()
        with pytest.raises(BjcError, match=sentence) if sentence else nullcontext():
            decide(office, conflict, None, now=team.now())
        with office.reading() as connection:
            assert (connection.exec_driver_sql(records).scalar() == before) is bool(sentence)
        office.user = user
    assert list_conflicts(office) == ()
