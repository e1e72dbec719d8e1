"""A signal says that a feedback talk is due, until one was held about it."""

from datetime import date

import pytest

from bjc_desktop.indicators.figures import compute
from bjc_desktop.indicators.period import parse_quarter
from bjc_desktop.models import FeedbackTalk, FundingDecision
from bjc_desktop.services.report_content import read_signals, trends
from bjc_desktop.services.signals_in_words import finished_years, signal_lines
from bjc_desktop.services.targets import fill_new_vault, read_settings
from bjc_desktop.vault import Vault
from tests.indicators.builder import Builder
from tests.samples import NOW

AS_OF = date(2025, 12, 31)
DUE = "Ein Rückmeldegespräch mit Gründen und vereinbarten Schritten ist fällig."


@pytest.fixture
def provider(vault: Vault) -> str:
    """Return a provider whose A1.1 was below tolerance in two quarters of its funding decision."""
    fill_new_vault(vault, now=NOW)
    with vault.writing() as session:
        made = Builder(session)
        decision = {"reference": "II-2025", "valid_from": date(2025, 1, 1), "valid_to": date(2025, 12, 31)}
        made.add(FundingDecision(provider_id=made.provider, **decision))
        for day in ("2025-05-31", "2025-08-31"):
            made.coaching(exit_on=day)
        return made.provider


def a1_1_signal(vault: Vault) -> str:
    with vault.reading() as connection:
        settings, period = read_settings(connection), parse_quarter("2025-Q3")
        figures = compute(connection, period, settings, as_of=AS_OF)
        [scope] = figures.providers
        history, years = trends(connection, figures, [scope])[scope], finished_years(connection, figures, [scope])
        lines = signal_lines(connection, figures, figures.scope(scope), history, years)
        [text] = [line.text for line in lines if line.code == "a1_1"]
        assert text in read_signals(connection, period, settings, as_of=AS_OF)
        return text


def held(vault: Vault, *talks: FeedbackTalk) -> None:
    with vault.writing() as session:
        session.add_all(talks)


def test_that_a_talk_about_the_indicator_is_no_longer_due(vault, provider) -> None:
    assert a1_1_signal(vault).endswith(DUE)
    days = (date(2025, 10, 9), date(2025, 11, 3))
    held(vault, *(FeedbackTalk(provider_id=provider, code="a1_1", held_on=day) for day in days))
    assert a1_1_signal(vault).endswith("). Ein Rückmeldegespräch dazu wurde geführt, zuletzt am 03.11.2025.")


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("about another indicator", {"code": "a4"}),
        ("about nothing in particular", {"code": None}),
        ("before the signal stood", {"held_on": date(2025, 3, 31)}),
        ("not held yet", {"held_on": date(2026, 1, 1)}),
    ],
)
def test_that_another_talk_leaves_it_due(vault, provider, what, fields) -> None:
    held(vault, FeedbackTalk(**({"provider_id": provider, "code": "a1_1", "held_on": date(2025, 10, 9)} | fields)))
    assert a1_1_signal(vault).endswith(DUE), what


def test_that_a_talk_with_another_provider_leaves_it_due(vault, provider) -> None:
    with vault.writing() as session:
        other = Builder(session).provider
        session.add(FeedbackTalk(provider_id=other, code="a1_1", held_on=date(2025, 10, 9)))
    with vault.reading() as connection:
        told = read_signals(connection, parse_quarter("2025-Q3"), read_settings(connection), as_of=AS_OF)
    assert [text for text in told if text.endswith(DUE)]
