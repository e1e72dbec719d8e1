"""The verdicts in SQL against the same rules said once more in plain Python, over random cases."""

from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bjc_desktop.indicators.cases import exit_verdicts, link_verdicts
from bjc_desktop.indicators.catalogue import COUNTS
from bjc_desktop.indicators.counting import A4_KINDS, LINKING_MEASURES
from bjc_desktop.indicators.settings import IndicatorSettings, LinkRule, WindowRule
from bjc_desktop.vocabulary import MeasureKind, OutcomeKind
from tests.indicators.builder import Builder
from tests.samples import NOW

FIRST, LAST = date(2025, 7, 1), date(2025, 9, 30)
ALWAYS_A1 = {"employment_permanent", "employment_fixed_term"}
days = st.dates(date(2024, 12, 1), date(2025, 12, 31))
near_exit = st.integers(-3, 35)


@st.composite
def spans(draw, kinds):
    """Draw a kind with a begin and an end on or after it, or none."""
    begin = draw(days)
    end = draw(st.none() | st.integers(0, 200).map(lambda n: begin + timedelta(days=n)))
    return draw(st.sampled_from(kinds)), begin, end


@st.composite
def coachings(draw):
    """Draw a coaching with outcomes, many of them near the edges of its window, and measures."""
    entry = draw(st.dates(date(2024, 12, 1), date(2025, 9, 30)))
    exit_on = draw(st.dates(max(entry, FIRST), LAST))
    outcomes = draw(st.lists(st.tuples(spans(list(OutcomeKind)), st.booleans()), max_size=3))
    job = draw(st.none() | st.tuples(near_exit, st.none() | near_exit))
    if job:
        begin = exit_on + timedelta(days=job[0])
        end = None if job[1] is None else max(begin, exit_on + timedelta(days=job[1]))
        outcomes.append(((OutcomeKind.EMPLOYMENT_PERMANENT, begin, end), False))
    return entry, exit_on, outcomes, draw(st.lists(spans(list(MeasureKind)), max_size=3))


def counts_for_a1(case, rules):
    _, exit_on, outcomes, _ = case
    end_of_window = exit_on + (timedelta(days=28) if rules.window is WindowRule.DAYS_28 else relativedelta(months=1))
    optional = {
        "employment_subsidised": rules.subsidised_counts,
        "self_employment": rules.self_employment_counts,
        "dual_training": rules.dual_training_counts,
    }
    return any(
        (kind in ALWAYS_A1 or optional.get(kind, False)) and begin <= end_of_window and (end is None or end >= end_of_window)
        for (kind, begin, end), _ in outcomes
    )


def counts_for_a4(case, rules):
    entry, exit_on, outcomes, _ = case
    end_of_window = exit_on + (timedelta(days=28) if rules.window is WindowRule.DAYS_28 else relativedelta(months=1))
    kinds = {kind.value for kind in A4_KINDS} | set(rules.a4_courses)
    return any(
        kind in kinds and entry <= begin <= end_of_window and (end is None or end >= exit_on or completed)
        for (kind, begin, end), completed in outcomes
    )


def links(case, rules):
    entry, exit_on, _, measures = case
    if rules.link is LinkRule.LAST_DAY:
        first = last = LAST
        if exit_on < LAST:
            return False
    else:
        first, last = (max(entry, FIRST) if rules.link is LinkRule.PERIOD else entry), min(exit_on, LAST)
    return any(kind in LINKING_MEASURES and begin <= last and (end is None or end >= first) for kind, begin, end in measures)


rules_of_the_figures = st.builds(
    IndicatorSettings,
    window=st.sampled_from(WindowRule),
    subsidised_counts=st.booleans(),
    self_employment_counts=st.booleans(),
    dual_training_counts=st.booleans(),
    a4_courses=st.sampled_from([(), ("short_course",)]),
    link=st.sampled_from(LinkRule),
)


@pytest.fixture(scope="module")
def build(rules_vault):
    """Yield a builder whose rows are never committed."""
    with rules_vault.writing(now=NOW) as session:
        yield Builder(session)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases=st.lists(coachings(), min_size=1, max_size=6), rules=rules_of_the_figures)
def test_that_random_cases_count_as_the_rules_say(build, cases, rules):
    ids = []
    for entry, exit_on, outcomes, measures in cases:
        ids.append(build.coaching(entry_on=entry, exit_on=exit_on))
        for (kind, begin, end), completed in outcomes:
            build.outcome(ids[-1], kind.value, begin, end, completed=completed)
        for kind, begin, end in measures:
            build.measure(ids[-1], kind.value, begin, end)
    connection, bounds = build.session.connection(), {"first": FIRST, "last": LAST}
    exits = {row.id: row for row in connection.execute(exit_verdicts(rules), bounds)}
    linked = {row.id: row.verdict == COUNTS for row in connection.execute(link_verdicts(rules), bounds)}
    for coaching, case in zip(ids, cases, strict=True):
        row = exits[coaching]
        assert (row.a1_1, row.a1_1_verdict == COUNTS) == (counts_for_a1(case, rules),) * 2
        assert (row.a4, row.a4_verdict == COUNTS) == (counts_for_a4(case, rules),) * 2
        assert linked[coaching] == links(case, rules)
