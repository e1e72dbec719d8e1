"""The desk of the six-month surveys: windows, answers, and the same A1.2 as the report's."""

from datetime import date, timedelta

import pytest

from bjc_desktop.errors import InvalidInputError, NotFoundError
from bjc_desktop.indicators.figures import compute_indicators
from bjc_desktop.indicators.period import parse_quarter
from bjc_desktop.indicators.settings import IndicatorSettings
from bjc_desktop.services.follow_up_desk import (
    DeskState,
    read_answers,
    read_follow_up_desk,
    record_contact_attempt,
    record_follow_up,
)
from bjc_desktop.services.targets import change_setting
from bjc_desktop.vault import open_with_key
from tests.samples import NOW, filled

TODAY = date(2025, 10, 7)
COACH = "b4c2d1d0-ea4a-4bcd-81ef-f26a940aafcd"


@pytest.fixture(scope="module")
def full(template_vault, tmp_path_factory):
    """Return a vault for reading."""
    folder = template_vault.copy_to(tmp_path_factory.mktemp("package") / "tresor")
    with open_with_key(folder, template_vault.secrets) as vault:
        yield filled(vault, "package")


@pytest.fixture
def worked(vault):
    return filled(vault, "worked")


def desk_of(vault, *, staff_id=None, today=TODAY, **more):
    with vault.reading() as connection:
        return read_follow_up_desk(connection, staff_id=staff_id, today=today, **more)


def a1_2(vault, quarter, scope="all", today=TODAY):
    from bjc_desktop.services.targets import read_settings

    with vault.reading() as connection:
        figures = compute_indicators(connection, parse_quarter(quarter), read_settings(connection), as_of=today)
    row = figures.scope("all").figures[1] if scope == "all" else figures.coach(scope).figures[1]
    return row.numerator, row.denominator, row.details["surveyed"], row.details["cohort_size"]


def numbers(figure):
    return figure.numerator, figure.denominator, figure.surveyed, figure.cohort


def record(vault, coaching_id, *args, today=TODAY, **more):
    with vault.writing(now=NOW) as session:
        return record_follow_up(session, coaching_id, *args, today=today, **more)


def row_of(desk, coaching_id):
    return next(row for row in desk.rows if row.coaching_id == coaching_id)


# --- the same as the report


@pytest.mark.parametrize("scope", ["all", COACH])
def test_that_every_quarter_has_the_reports_figure(full, scope):
    desk = desk_of(full, staff_id=None if scope == "all" else scope)
    assert len(desk.quarters) >= 4
    for quarter in desk.quarters:
        assert numbers(desk.figure(quarter)) == a1_2(full, quarter, scope)


@pytest.mark.parametrize("non_response", ["keep", "leave_out"])
def test_that_each_answer_does_to_the_quarter_what_was_said(worked, non_response):
    with worked.writing(now=NOW) as session:
        change_setting(session, "non_response", non_response)
    answers = desk_of(worked).answers
    assert len(answers) == 28
    for answer in answers:
        desk = desk_of(worked)
        row = desk.rows[0]
        promised = numbers(desk.effect(row, answer))
        record(worked, row.coaching_id, answer.state, answer.status_on_due_date)
        assert a1_2(worked, row.quarter) == promised
        assert row_of(desk_of(worked), row.coaching_id).verdict == answer.verdict


@pytest.mark.parametrize(
    ("state", "status", "verdict"),
    [
        ("surveyed", "employment_permanent", "counts"),
        ("surveyed", "dual_training", "counts"),
        ("surveyed", "minijob", "minijob"),
        ("surveyed", "short_term_employment", "short_term_employment"),
        ("surveyed", "internship", "other_kind"),
        ("surveyed", "retraining", "other_kind"),
        ("surveyed", "unemployed", "not_working"),
        ("surveyed", "unknown", "status_unknown"),
        ("not_reached", None, "not_reached"),
        ("refused", None, "refused"),
        ("not_applicable", None, "not_applicable"),
    ],
)
def test_that_the_report_judges_each_answer(full, state, status, verdict):
    found = {(answer.state, answer.status_on_due_date): answer for answer in desk_of(full).answers}
    assert (found[state, status].verdict, found[state, status].counts) == (verdict, verdict == "counts")


def test_that_answers_follow_the_settings_and_leave_the_vault_alone(full):
    with full.reading() as connection:
        answers = read_answers(connection, IndicatorSettings(dual_training_counts=False))
        assert connection.exec_driver_sql("SELECT count(*) FROM coachings").scalar() > 100
    found = {answer.status_on_due_date: answer.verdict for answer in answers}
    assert (found["dual_training"], found["employment_permanent"]) == ("kind_switched_off", "counts")


# --- windows


@pytest.fixture
def survey(worked):
    """Return a coaching that left on 31 March 2025 without a survey: due on 30 September."""
    from bjc_desktop.models import FollowUp

    with worked.reading() as connection:
        one = connection.exec_driver_sql("SELECT id FROM coachings WHERE exit_on = '2025-03-31'").scalar_one()
    with worked.writing(now=NOW) as session:
        for row in session.query(FollowUp).filter(FollowUp.coaching_id == one):
            session.delete(row)
    return worked, one


@pytest.mark.parametrize(
    ("today", "state", "words"),
    [
        ("2025-09-18", DeskState.LATER, "fällig in 12 Tagen"),
        ("2025-09-29", DeskState.LATER, "fällig in 1 Tag"),
        ("2025-09-30", DeskState.IN_WINDOW, "im Fenster, noch 30 Tage"),
        ("2025-10-29", DeskState.IN_WINDOW, "im Fenster, noch 1 Tag"),
        ("2025-10-30", DeskState.IN_WINDOW, "im Fenster, letzter Tag"),
        ("2025-10-31", DeskState.OVERDUE, "überfällig seit 1 Tag"),
        ("2025-11-09", DeskState.OVERDUE, "überfällig seit 10 Tagen"),
    ],
)
def test_that_a_survey_has_its_window(survey, today, state, words):
    vault, one = survey
    row = row_of(desk_of(vault, today=date.fromisoformat(today)), one)
    assert (row.due_on, row.window_until, row.quarter) == (date(2025, 9, 30), date(2025, 10, 30), "2025-Q3")
    assert (row.state, row.words, row.verdict) == (state, words, "missing")


@pytest.mark.parametrize("state", ["not_reached", "refused", "not_applicable"])
def test_that_an_answer_ends_the_waiting(survey, state):
    vault, one = survey
    record(vault, one, state)
    assert row_of(desk_of(vault), one).state.value == state


def test_that_rows_are_ordered_by_due_date_and_lie_in_whole_quarters(full):
    desk = desk_of(full, months=3)
    days = [row.due_on for row in desk.rows]
    assert days == sorted(days)
    assert (days[0] >= date(2025, 7, 1), days[-1] <= date(2026, 3, 31)) == (True, True)
    assert 0 < desk.response < 1


def test_that_an_empty_desk_is_empty(vault):
    desk = desk_of(vault)
    assert (desk.rows, desk.quarters, desk.response) == ((), (), None)
    assert (desk.figure("2025-Q3").value, desk.figure("2025-Q3").response) == (None, None)


# --- recording


def test_that_attempts_are_listed_and_do_not_count_as_consultations(survey):
    vault, one = survey
    with vault.reading() as connection:
        staff = connection.exec_driver_sql("SELECT id FROM staff WHERE role = 'job_coach'").scalars().first()
    with vault.writing(now=NOW) as session:
        record_contact_attempt(session, vault, one, staff_id=staff, held_on=TODAY, today=TODAY, note="Mailbox")
    with vault.writing(now=NOW) as session:
        record_contact_attempt(session, vault, one, staff_id=staff, held_on=TODAY, today=TODAY, status="held", duration_min=5)
    assert [(a.day, a.channel, a.status) for a in row_of(desk_of(vault), one).attempts] == [
        (TODAY, "phone", "no_show"),
        (TODAY, "phone", "held"),
    ]


def test_that_a_survey_is_saved_and_changed_in_place(survey):
    vault, one = survey
    first = record(vault, one, "not_reached")
    second = record(vault, one, "surveyed", "employment_permanent", True, "self_report_phone", TODAY)
    row = row_of(desk_of(vault), one)
    assert first.follow_up_id == second.follow_up_id
    assert (row.state, row.status_on_due_date, row.same_employer, row.evidence_kind, row.contacted_on, row.verdict) == (
        DeskState.SURVEYED,
        "employment_permanent",
        True,
        "self_report_phone",
        TODAY,
        "counts",
    )


@pytest.mark.parametrize(
    ("contacted_on", "doubtful"),
    [("2025-09-29", True), ("2025-09-30", False), ("2025-10-07", False), ("2025-10-08", True)],
)
def test_that_a_survey_before_the_due_date_or_ahead_is_questioned(survey, contacted_on, doubtful):
    vault, one = survey
    saved = record(vault, one, "surveyed", "unemployed", contacted_on=date.fromisoformat(contacted_on))
    assert ("contacted_on" in saved.warnings) is doubtful


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (("surveyed", None), "status_on_due_date"),
        (("not_reached", "unemployed"), "status_on_due_date"),
        (("surveyed", "retired"), "status_on_due_date"),
        (("perhaps", None), "state"),
    ],
)
def test_that_what_cannot_be_saved_names_its_field(survey, values, field):
    vault, one = survey
    with pytest.raises(InvalidInputError) as refused:
        record(vault, one, *values)
    assert list(refused.value.fields) == [field]


def test_that_open_and_cancelled_coachings_are_not_surveyed(worked):
    from bjc_desktop.models import Coaching

    with worked.reading() as connection:
        one = connection.exec_driver_sql("SELECT id FROM coachings WHERE exit_on IS NULL").scalars().first()
        other = connection.exec_driver_sql("SELECT id FROM coachings WHERE exit_on IS NOT NULL").scalars().first()
    with worked.writing(now=NOW) as session:
        session.get_one(Coaching, other).cancelled = True
    for coaching_id in (one, other):
        with pytest.raises(InvalidInputError):
            record(worked, coaching_id, "refused")
    with pytest.raises(NotFoundError):
        record(worked, "weg", "refused")


def test_that_consent_to_the_survey_is_shown(survey):
    from bjc_desktop.models import Consent

    vault, one = survey
    row = row_of(desk_of(vault), one)
    with vault.writing(now=NOW) as session:
        for consent in session.query(Consent).filter(Consent.coachee_id == row.coachee_id, Consent.purpose == "follow_up"):
            session.delete(consent)
        session.add(Consent(id="ja", coachee_id=row.coachee_id, purpose="follow_up", given_on=TODAY))
    assert row_of(desk_of(vault), one).consented
    with vault.writing(now=NOW) as session:
        session.get_one(Consent, "ja").withdrawn_on = TODAY
    assert not row_of(desk_of(vault), one).consented
    assert not row_of(desk_of(vault, today=TODAY - timedelta(days=1)), one).consented


def test_that_who_withdrew_the_consent_is_not_asked_and_still_counted(survey):
    from bjc_desktop.models import Consent
    from bjc_desktop.services.due_items import Cases, DueKind, read_due

    vault, one = survey
    row = row_of(desk_of(vault), one)
    figure = a1_2(vault, row.quarter)

    def is_due() -> bool:
        with vault.reading() as connection:
            items = read_due(connection, Cases(coachee_ids=[row.coachee_id]), today=TODAY)
        return DueKind.FOLLOW_UP in {item.kind for item in items}

    with vault.writing(now=NOW) as session:
        for consent in session.query(Consent).filter(Consent.coachee_id == row.coachee_id, Consent.purpose == "follow_up"):
            session.delete(consent)
        session.add(Consent(id="nein", coachee_id=row.coachee_id, purpose="follow_up", given_on=row.exit_on))
    assert is_due()
    with vault.writing(now=NOW) as session:
        session.get_one(Consent, "nein").withdrawn_on = TODAY
        session.add(Consent(id="alt", coachee_id=row.coachee_id, purpose="follow_up", given_on=row.exit_on - timedelta(days=30)))
    found = row_of(desk_of(vault), one)
    assert (found.state.label, found.phone, found.email) == ("nicht befragen: Einwilligung widerrufen", None, None)
    assert (found.verdict, a1_2(vault, row.quarter), is_due()) == (row.verdict, figure, False)
    with pytest.raises(InvalidInputError, match="nicht befragen"):
        record(vault, one, "surveyed", "employed")
    with pytest.raises(InvalidInputError, match="nicht befragen"), vault.writing(now=NOW) as session:
        record_contact_attempt(session, vault, one, staff_id=COACH, held_on=TODAY, today=TODAY)
    with vault.writing(now=NOW) as session:
        session.add(Consent(id="neu", coachee_id=row.coachee_id, purpose="follow_up", given_on=TODAY))
    assert (row_of(desk_of(vault), one).state, is_due()) == (row.state, True)
    record(vault, one, "refused")
    assert row_of(desk_of(vault), one).state.value == "refused"
