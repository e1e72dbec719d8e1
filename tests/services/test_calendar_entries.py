"""What goes into a calendar: by case number, of whom the role sees, known again after a change."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bjc_desktop.errors import BjcError, InvalidInputError, NotFoundError, VaultError
from bjc_desktop.models import Coaching, Consultation, FundingDecision, Goal, PrivacyRequest, Task
from bjc_desktop.services.audit_trail import AuditFilter, read_audit
from bjc_desktop.services.calendar_entries import CalendarWish, next_days, read_calendar, save_calendar
from bjc_desktop.services.case_file import new_plan_version
from bjc_desktop.services.row_editing import add_row, change_row
from bjc_desktop.services.team import list_staff
from bjc_desktop.services.vault_setup import fill_with_sample
from bjc_desktop.vault import UserIdentity, create_vault, open_with_key
from bjc_desktop.vocabulary import Channel, ConsultationKind, Role
from tests.conftest import CHEAP_KDF, PASSPHRASE, USER, TemplateVault
from tests.reports.test_calendar_file import events_of

TODAY = date(2025, 12, 10)
NOW = datetime(2025, 12, 10, 9, 30, tzinfo=UTC)
WISH = CalendarWish(None, TODAY, TODAY + timedelta(days=400))


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """Make a vault with the sample data, once."""
    place = tmp_path_factory.mktemp("sample")
    vault, code = create_vault(place / "tresor", USER, PASSPHRASE, now=NOW, kdf=CHEAP_KDF)
    with vault:
        fill_with_sample(vault, now=NOW, today=TODAY)
        return TemplateVault(place / "tresor", vault.secrets, code)


@pytest.fixture
def sample(template, tmp_path):
    """Yield an open copy."""
    with open_with_key(template.copy_to(tmp_path / "tresor"), template.secrets) as opened:
        opened.clock = lambda: NOW
        yield opened


def entries(vault, wish=WISH):
    """Return what is there by key."""
    with vault.reading() as connection:
        return {entry.key: entry for entry in read_calendar(connection, wish, today=TODAY).entries}


def running(vault):
    """Return coaching, person and coach of a coaching that runs."""
    with vault.reading() as connection:
        return connection.exec_driver_sql(
            "SELECT c.id, c.coachee_id, a.staff_id, p.case_number, p.family_name FROM coachings c "
            "JOIN coachees p ON p.id = c.coachee_id JOIN coaching_staff a ON a.coaching_id = c.id AND a.valid_to IS NULL "
            "JOIN staff s ON s.id = a.staff_id AND s.role = 'job_coach' "
            "WHERE c.exit_on IS NULL AND c.cancelled = 0 ORDER BY c.id LIMIT 1"
        ).one()


def planned(vault, day=TODAY + timedelta(days=7)):
    """Plan a consultation and return its id with the case."""
    case = running(vault)
    values = {
        "coaching_id": case.id,
        "staff_id": case.staff_id,
        "held_on": day,
        "channel": next(iter(Channel)).value,
        "kind": next(iter(ConsultationKind)).value,
        "status": "planned",
    }
    with vault.writing(now=NOW) as session:
        return add_row(session, Consultation, values, today=TODAY), case


def test_that_an_appointment_names_the_case_and_nobody(sample) -> None:
    row_id, case = planned(sample)
    entry = entries(sample)[f"consultation-{row_id}"]
    assert entry.title == f"Termin BJC, Fall {case.case_number}"
    assert (entry.day, entry.version, entry.changed_at, entry.cancelled) == (TODAY + timedelta(days=7), 1, NOW, False)
    named = entries(sample, replace(WISH, names=True))[f"consultation-{row_id}"]
    assert named.title.endswith(f"{case.family_name} (Fall {case.case_number})")


def test_that_a_change_keeps_the_id_and_counts_on(sample) -> None:
    row_id, _ = planned(sample)
    later = NOW + timedelta(hours=1)
    with sample.writing(now=later) as session:
        change_row(session, Consultation, row_id, {"held_on": TODAY + timedelta(days=8)}, today=TODAY)
    moved = entries(sample)[f"consultation-{row_id}"]
    assert (moved.day, moved.version, moved.changed_at) == (TODAY + timedelta(days=8), 2, later)
    with sample.writing(now=later) as session:
        change_row(session, Consultation, row_id, {"status": "cancelled_by_coachee"}, today=TODAY)
    off = entries(sample)[f"consultation-{row_id}"]
    assert (off.cancelled, off.version) == (True, 3)


def test_that_a_new_version_of_a_plan_cancels_what_the_old_one_asked_for(sample) -> None:
    with sample.reading() as connection:
        row = connection.exec_driver_sql(
            "SELECT g.id, p.coaching_id FROM goals g JOIN development_plans p ON p.id = g.plan_id JOIN coachings c ON "
            "c.id = p.coaching_id WHERE c.exit_on IS NULL AND c.cancelled = 0 AND g.status IN ('open', 'in_progress') AND p.version = "
            "(SELECT max(o.version) FROM development_plans o WHERE o.coaching_id = p.coaching_id) LIMIT 1"
        ).one()
    due = TODAY + timedelta(days=20)
    with sample.writing(now=NOW) as session:
        change_row(session, Goal, row.id, {"due_on": due}, today=TODAY)
        task = add_row(session, Task, {"goal_id": row.id, "description": "Geheimes", "due_on": due}, today=TODAY)
    before = entries(sample)
    assert not before[f"goal-{row.id}"].cancelled
    assert before[f"task-{task}"].title.startswith("Aufgabe fällig BJC, Fall ")
    with sample.writing(now=NOW) as session:
        new_plan_version(session, row.coaching_id, today=TODAY)
    after = entries(sample)
    assert after[f"goal-{row.id}"].cancelled
    assert after[f"task-{task}"].cancelled
    fresh = [entry for key, entry in after.items() if key not in before and entry.day == due]
    assert sorted(entry.key.partition("-")[0] for entry in fresh) == ["goal", "task"]


def test_that_planned_ends_proofs_and_requests_are_there_and_no_text_of_a_case(sample) -> None:
    case = running(sample)
    with sample.writing(now=NOW) as session:
        change_row(session, Coaching, case.id, {"planned_end_on": date(2026, 6, 30)}, today=TODAY)
        values = {"coachee_id": case.coachee_id, "kind": "access", "received_on": TODAY, "remark": "Geheimes"}
        request = add_row(session, PrivacyRequest, values, today=TODAY)
    with sample.reading() as connection:
        decision = connection.exec_driver_sql("SELECT id, reference FROM funding_decisions LIMIT 1").one()
        descriptions = set(
            connection.exec_driver_sql("SELECT description FROM goals UNION SELECT description FROM tasks").scalars()
        )
    with sample.writing(now=NOW) as session:
        change_row(session, FundingDecision, decision.id, {"proof_of_use_on": date(2026, 7, 1)}, today=TODAY)
    found = entries(sample)
    assert found[f"planned_end-{case.id}"].day == date(2026, 6, 30)
    assert found[f"request-{request}"].day == date(2026, 1, 10)
    assert found[f"proof_of_use-{decision.id}"].title == f"Verwendungsnachweis BJC, Bescheid {decision.reference}"
    titles = " ".join(entry.title for entry in entries(sample, replace(WISH, names=True)).values())
    assert not [words for words in descriptions if words and words in titles]
    assert "Geheimes" not in titles
    own = entries(sample, replace(WISH, staff_id=case.staff_id))
    assert f"planned_end-{case.id}" in own
    assert not [key for key in own if key.startswith("proof_of_use")]


def test_that_the_days_are_those_that_were_asked_for(sample) -> None:
    wish = CalendarWish(None, TODAY + timedelta(days=10), TODAY + timedelta(days=40))
    assert {wish.first <= entry.day <= wish.last for entry in entries(sample, wish).values()} == {True}
    assert next_days(TODAY, None).names is False


@pytest.mark.parametrize("role", [Role.JOB_COACH, Role.EMPLOYMENT_TRAINER, Role.ADMINISTRATION])
def test_that_a_role_gets_only_whom_it_sees(role, sample, tmp_path) -> None:
    planned(sample)
    user = sample.user
    with sample.reading() as connection:
        staff = list_staff(connection, today=TODAY)
        everybody = {row.case_number: row.family_name for row in connection.exec_driver_sql("SELECT * FROM coachees")}
    if role is not Role.ADMINISTRATION:
        member = next(member.id for member in staff if member.role is role and member.employed)
        with sample.writing(now=NOW) as session:
            session.connection().exec_driver_sql("INSERT OR REPLACE INTO user_staff VALUES (?, ?)", (user.id, member))
    sample.user = UserIdentity(user.id, user.name, frozenset({role}))
    try:
        with sample.reading() as connection:
            seen = set(connection.exec_driver_sql("SELECT case_number FROM coachees").scalars())
        wish = CalendarWish(None, TODAY - timedelta(days=400), TODAY + timedelta(days=400), names=True)
        if role is Role.ADMINISTRATION:
            with pytest.raises(VaultError, match="Rolle"):
                save_calendar(sample, wish, tmp_path / "t.ics", today=TODAY, now=NOW)
            return
        try:
            save_calendar(sample, wish, tmp_path / "t.ics", today=TODAY, now=NOW)
        except NotFoundError:
            assert role is not Role.JOB_COACH
            return
        titles = [event["SUMMARY"] for event in events_of((tmp_path / "t.ics").read_bytes())]
        numbers = {number for number in everybody if any(f"Fall {number})" in title for title in titles)}
        assert numbers
        assert numbers <= seen
        assert not [title for title in titles if "Fall" not in title or "nicht sichtbar" in title]
        if role is Role.EMPLOYMENT_TRAINER:
            assert not [title for title in titles if title.startswith(("Termin", "Nachbefragung", "Akte"))]
    finally:
        sample.user = user


def test_that_it_is_recorded_before_and_written_the_same_twice(sample, tmp_path) -> None:
    _, case = planned(sample)
    wish = CalendarWish(case.staff_id, TODAY, TODAY + timedelta(days=30))
    count = save_calendar(sample, wish, tmp_path / "a.ics", today=TODAY, now=NOW)
    save_calendar(sample, wish, tmp_path / "b.ics", today=TODAY, now=NOW + timedelta(hours=5))
    assert (tmp_path / "a.ics").read_bytes() == (tmp_path / "b.ics").read_bytes()
    assert len(events_of((tmp_path / "a.ics").read_bytes())) == count > 0
    with sample.reading() as connection:
        rows = read_audit(connection, AuditFilter(kind="left"), today=TODAY).rows
    assert rows[0].text == "Als Datei ausgegeben: Kalenderdatei"
    assert rows[0].person
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.ics", "b.ics", "tresor"]


def test_that_what_cannot_be_is_said_and_nothing_is_recorded(sample, tmp_path) -> None:
    with sample.reading() as connection:
        before = read_audit(connection, AuditFilter(), today=TODAY).total
    far = date(2090, 1, 1)
    for wish, path, kind in (
        (CalendarWish(None, TODAY, TODAY - timedelta(days=1)), tmp_path / "t.ics", InvalidInputError),
        (WISH, tmp_path / "t.txt", InvalidInputError),
        (WISH, tmp_path / "weg" / "t.ics", InvalidInputError),
        (CalendarWish(None, far, far), tmp_path / "t.ics", NotFoundError),
    ):
        with pytest.raises(kind) as refused:
            save_calendar(sample, wish, path, today=TODAY, now=NOW)
        assert isinstance(refused.value, BjcError)
    with sample.reading() as connection:
        assert read_audit(connection, AuditFilter(), today=TODAY).total == before
    assert [path.name for path in tmp_path.iterdir()] == ["tresor"]
