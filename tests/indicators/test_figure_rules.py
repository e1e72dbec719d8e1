"""What makes a figure: whose case it is, which hours count, which settings change it, and until when it is provisional."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.indicators.figures import compute
from bjc_desktop.indicators.period import parse_quarter
from bjc_desktop.indicators.settings import DEFINITIONS, IndicatorSettings, settings_as_json, settings_from
from bjc_desktop.models import Provider
from bjc_desktop.services.targets import fill_new_vault
from tests.indicators.builder import Builder
from tests.samples import NOW

QUARTER = parse_quarter("2025-Q3")
LATER = date(2026, 6, 1)
JOB = "employment_permanent"
CODES = ["a1_1", "a1_2", "a4", "consultations_per_hour", "correctly_closed", "measure_link"]


@pytest.fixture
def build(vault):
    """Yield a builder over an open transaction of a vault with the public targets."""
    fill_new_vault(vault, now=NOW)
    with vault.writing(now=NOW) as session:
        yield Builder(session)


def figures(build, scope="all", *, as_of=LATER, period=QUARTER, **settings):
    """Return the six figures of a scope (a coach's id, a provider's, or ``all``) by code."""
    build.session.flush()
    connection = build.session.connection()
    found = compute(connection, period, settings_from(settings), as_of=as_of)
    rows = found.coach(scope).figures if scope in found.staff else found.scope(scope).figures
    return {figure.code: figure for figure in rows}


def parts(figure):
    return figure.numerator, figure.denominator


# --- whose case it is ---------------------------------------------------------------------------------------------------------


def test_that_an_exit_belongs_to_the_provider_of_the_coaching_and_the_coach_of_its_last_day(build):
    other = build.add(Provider(name="Träger Zwei")).id
    first, second = build.coach, build.staff(provider=other)
    coaching = build.coaching(coach=None)
    build.assigned(coaching, first, "2025-02-01", "2025-08-30")
    build.assigned(coaching, second, "2025-08-31")
    build.outcome(coaching, JOB, "2025-09-01")
    found = {scope: parts(figures(build, scope)["a1_1"]) for scope in (first, second, build.provider, other, "all")}
    assert found == {first: (0, 0), second: (1, 1), build.provider: (1, 1), other: (0, 0), "all": (1, 1)}


def test_that_an_exit_without_a_coach_counts_for_the_provider_alone(build):
    coaching = build.coaching(coach=None)
    build.assigned(coaching, build.coach, "2025-02-01", "2025-08-30")
    build.assigned(coaching, build.staff("employment_trainer"), "2025-02-01")
    assert parts(figures(build, build.provider)["a1_1"]) == (0, 1)
    assert parts(figures(build, build.coach)["a1_1"]) == (0, 0)


@pytest.mark.parametrize(
    ("exit_on", "due"), [("2024-12-31", 0), ("2025-01-01", 1), ("2025-03-31", 1), ("2025-04-01", 0), ("2025-03-30", 1)]
)
def test_that_the_cohort_is_the_exits_of_two_quarters_before(build, exit_on, due):
    coaching = build.coaching(entry_on="2024-06-01", exit_on=exit_on)
    build.follow_up(coaching, "surveyed", JOB)
    assert parts(figures(build)["a1_2"]) == (due, due)


def test_that_a_cancelled_coaching_counts_nowhere(build):
    coaching = build.coaching(cancelled=True)
    build.outcome(coaching, JOB, "2025-09-01")
    build.measure(coaching, "agh_16d", "2025-02-01")
    build.consultation(coaching, "2025-07-01")
    build.follow_up(build.coaching(exit_on="2025-03-31", cancelled=True), "surveyed", JOB)
    assert {parts(figure) for figure in figures(build).values()} == {(0, 0)}


def test_that_a_person_is_counted_once_and_the_latest_coaching_decides(build):
    person = build.coachee()
    linked = build.coaching(person, exit_on="2025-07-10")
    build.measure(linked, "agh_16d", "2025-02-01")
    colleague = build.staff()
    build.coaching(person, entry_on="2025-08-01", exit_on=None, coach=colleague)
    assert parts(figures(build)["measure_link"]) == (0, 1)
    assert parts(figures(build, build.coach)["measure_link"]) == (1, 1)
    assert parts(figures(build, colleague)["measure_link"]) == (0, 1)


@pytest.mark.parametrize(
    ("entry", "exit_on", "active"),
    [("2025-02-01", "2025-07-01", 1), ("2025-02-01", "2025-06-30", 0), ("2025-09-30", None, 1), ("2025-10-01", None, 0)],
)
def test_which_coachings_are_active_in_the_quarter(build, entry, exit_on, active):
    build.coaching(entry_on=entry, exit_on=exit_on)
    assert parts(figures(build)["measure_link"]) == (0, active)


def test_that_an_active_coaching_belongs_to_every_coach_with_a_day_in_it(build):
    second, before = build.staff(), build.staff()
    coaching = build.coaching(coach=None, exit_on=None)
    build.assigned(coaching, before, "2025-02-01", "2025-06-30")
    build.assigned(coaching, build.coach, "2025-07-01", "2025-08-15")
    build.assigned(coaching, second, "2025-08-16")
    assert [parts(figures(build, who)["measure_link"]) for who in (before, build.coach, second)] == [(0, 0), (0, 1), (0, 1)]


# --- consultations and hours --------------------------------------------------------------------------------------------------


def test_that_hours_are_worked_hours_times_the_funded_share(build):
    half = build.staff(funded_share=Decimal("0.5"))
    for month in ("2025-07", "2025-08", "2025-09"):
        build.hours(build.coach, month, 100, contract=120)
        build.hours(half, month, 100, contract=120)
    build.hours(build.coach, "2025-06", 700)
    build.consultation(build.coaching(), "2025-07-01")
    assert parts(figures(build)["consultations_per_hour"]) == (1, 450)
    assert parts(figures(build, hours="contract")["consultations_per_hour"]) == (1, 540)
    assert parts(figures(build, half)["consultations_per_hour"]) == (0, 150)


@pytest.mark.parametrize(
    ("employed", "months"),
    [
        ((date(2020, 1, 1), None), ["2025-07", "2025-08", "2025-09"]),
        ((date(2025, 8, 31), None), ["2025-08", "2025-09"]),
        ((date(2020, 1, 1), date(2025, 8, 1)), ["2025-07", "2025-08"]),
        ((date(2025, 10, 1), None), []),
    ],
)
def test_that_only_months_of_the_employment_can_be_missing(build, employed, months):
    coach = build.staff(employed_from=employed[0], employed_to=employed[1])
    figure = figures(build, coach)["consultations_per_hour"]
    assert [row["month"] for row in figure.details["missing_months"]] == months
    assert figure.value is None


def test_that_a_month_that_has_not_ended_is_not_missing_yet(build):
    for month in ("2025-07", "2025-08"):
        build.hours(build.coach, month, 100)
    build.consultation(build.coaching(), "2025-07-01")
    assert figures(build, as_of=date(2025, 9, 29))["consultations_per_hour"].value == Fraction(1, 200)
    assert figures(build, as_of=date(2025, 9, 30))["consultations_per_hour"].value is None


def test_that_a_group_session_counts_once_for_each_coach(build):
    colleague, group = build.staff(), "11111111-1111-4111-8111-111111111111"
    coaching = build.coaching()
    for who in (build.coach, build.coach, colleague):
        build.consultation(coaching, "2025-07-01", staff=who, group_id=group)
    assert [figures(build, who)["consultations_per_hour"].numerator for who in ("all", build.coach, colleague)] == [2, 1, 1]


# --- until when a value is provisional ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "provisional"),
    [
        (date(2025, 9, 30), set(CODES)),
        (date(2025, 10, 1), {"a1_1", "a1_2", "a4", "correctly_closed"}),
        (date(2025, 10, 29), {"a1_1", "a1_2", "a4", "correctly_closed"}),
        (date(2025, 10, 30), set()),
    ],
)
def test_until_when_each_value_is_provisional(build, as_of, provisional):
    """The window of the quarter's last day ends on 30 October; so does the grace of a survey due on 30 September."""
    build.coaching(exit_on="2025-03-30")
    assert {code for code, figure in figures(build, as_of=as_of).items() if figure.provisional} == provisional


def test_that_the_setting_of_28_days_ends_it_earlier(build):
    day = date(2025, 10, 28)
    assert figures(build, as_of=day)["a1_1"].provisional
    assert not figures(build, as_of=day, window="days_28")["a1_1"].provisional


def test_that_a_survey_may_come_in_for_thirty_days(build):
    coaching = build.coaching(exit_on="2025-03-15")
    due = date(2025, 9, 15)
    last = date(2025, 10, 14)
    assert last == due + timedelta(days=29)
    assert figures(build, as_of=last)["a1_2"].provisional
    assert not figures(build, as_of=last + timedelta(days=1))["a1_2"].provisional
    build.follow_up(coaching, "not_reached")
    assert not figures(build, as_of=date(2025, 10, 1))["a1_2"].provisional


# --- settings -----------------------------------------------------------------------------------------------------------------


def test_that_the_window_decides_over_a_job_of_the_29th_day(build):
    build.outcome(build.coaching(), JOB, "2025-09-29")
    assert figures(build)["a1_1"].numerator == 1
    assert figures(build, window="days_28")["a1_1"].numerator == 0


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("subsidised_counts", "employment_subsidised"),
        ("self_employment_counts", "self_employment"),
        ("dual_training_counts", "dual_training"),
    ],
)
def test_that_a_kind_can_be_switched_off(build, key, kind):
    build.outcome(build.coaching(), kind, "2025-09-01")
    build.follow_up(build.coaching(exit_on="2025-03-31"), "surveyed", kind)
    on, off = figures(build), figures(build, **{key: False})
    assert [(on[code].numerator, off[code].numerator) for code in ("a1_1", "a1_2")] == [(1, 0), (1, 0)]


@pytest.mark.parametrize("kind", ["integration_course", "vocational_language_course", "activation_measure", "short_course"])
def test_that_a_course_can_be_switched_on(build, kind):
    build.outcome(build.coaching(), kind, "2025-09-01")
    assert figures(build)["a4"].numerator == 0
    assert figures(build, a4_courses=[kind])["a4"].numerator == 1


def test_that_those_without_an_answer_can_be_left_out(build):
    build.follow_up(build.coaching(exit_on="2025-03-31"), "surveyed", JOB)
    build.coaching(exit_on="2025-03-31")
    for state in ("not_reached", "refused", "not_applicable"):
        build.follow_up(build.coaching(exit_on="2025-03-31"), state)
    assert parts(figures(build)["a1_2"]) == (1, 5)
    figure = figures(build, non_response="leave_out")["a1_2"]
    assert parts(figure) == (1, 1)
    assert figure.details == {"surveyed": 1, "cohort_size": 5}


def test_that_kinds_and_channels_of_consultations_can_be_left_out(build):
    coaching = build.coaching()
    build.consultation(coaching, "2025-07-01", kind="follow_up_survey")
    build.consultation(coaching, "2025-07-01", channel="written")
    build.consultation(coaching, "2025-07-01")
    wanted = {(): 2, (("excluded_kinds", ()),): 3, (("excluded_channels", ("written",)),): 1}
    assert {key: figures(build, **dict(key))["consultations_per_hour"].numerator for key in wanted} == wanted


def test_that_an_item_can_be_switched_off(build):
    coaching = build.coaching(file_closed_on=None)
    build.paperwork(coaching)
    figure = figures(build)["correctly_closed"]
    assert (figure.numerator, figure.details) == (0, {"failed_items": {"on_time": 1}})
    without = [item for item in IndicatorSettings().checklist if item != "on_time"]
    figure = figures(build, checklist=without)["correctly_closed"]
    assert (figure.numerator, figure.details) == (1, {"failed_items": {}})
    assert figures(build, checklist=[])["correctly_closed"].numerator == 1


@pytest.mark.parametrize(
    ("begin", "end", "linked"),
    [
        ("2025-03-01", "2025-06-30", {"coaching"}),
        ("2025-03-01", "2025-07-01", {"coaching", "period"}),
        ("2025-09-30", None, {"coaching", "period", "last_day"}),
        ("2025-03-01", "2025-09-29", {"coaching", "period"}),
        ("2025-10-01", None, set()),
    ],
)
def test_when_a_measure_links(build, begin, end, linked):
    coaching = build.coaching(exit_on=None)
    build.measure(coaching, "agh_16d", begin, end)
    assert {rule for rule in ("coaching", "period", "last_day") if figures(build, link=rule)["measure_link"].numerator} == linked


def test_that_settings_survive_json_and_nonsense_is_refused():
    settings = settings_from({"window": "days_28", "a4_courses": ["short_course"], "caseload_floor": "0.65"})
    assert settings_from(settings_as_json(settings)) == settings
    for definition in DEFINITIONS:
        for nonsense in ("unfug", None, 7, ["unfug"], {}):
            with pytest.raises(InvalidInputError):
                settings_from({definition.key: nonsense})
    with pytest.raises(InvalidInputError):
        settings_from({"unknown": 1})


# --- small and empty ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cases", "small"), [(0, True), (1, True), (9, True), (10, False)])
def test_that_under_ten_cases_are_a_small_number(build, cases, small):
    for _ in range(cases):
        build.coaching()
    found = figures(build)
    assert {found[code].small_number for code in ("a1_1", "a4", "correctly_closed", "measure_link")} == {small}
    assert not found["consultations_per_hour"].small_number
    assert (found["a1_1"].value is None) == (cases == 0)


@pytest.mark.parametrize(("linked", "met"), [(50, False), (51, True)])
def test_the_other_reading_of_the_measure_link(build, linked, met):
    for number in range(100):
        coaching = build.coaching(build.coachee(consent=None))
        if number < linked:
            build.measure(coaching, "agh_16d", "2025-03-01")
    figure = figures(build)["measure_link"]
    assert figure.details["at_least_51_percent"] is met
    assert figure.rating.value == ("reached" if met else "tolerance")
