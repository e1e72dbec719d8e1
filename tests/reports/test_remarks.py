"""The sentences beside the figures."""

from dataclasses import replace
from datetime import date

import pytest

from bjc_desktop.indicators.period import calendar_year, quarter, rolling_year, year_to_date
from bjc_desktop.indicators.results import Rating
from bjc_desktop.reports.german import report_name
from bjc_desktop.reports.remarks import failed_items, substitute_targets, verdict
from tests.reports.contents import content_of
from tests.samples import filled

R, T, B, N = Rating.REACHED, Rating.TOLERANCE, Rating.BELOW, Rating.NONE


@pytest.mark.parametrize(
    ("ratings", "sentence"),
    [
        ((R, R, R, R, R, R), "Alle sechs Kennzahlen erreichen das Soll."),
        ((N, N, N, N, N, N), "Alle sechs Kennzahlen sind ohne Wert."),
        ((R, R, R, R, R, T), "Von den sechs Kennzahlen erreichen fünf das Soll, eine liegt im Toleranzbereich."),
        (
            (R, T, T, B, B, B),
            "Von den sechs Kennzahlen erreicht eine das Soll, zwei liegen im Toleranzbereich, drei liegen unter der Toleranz.",
        ),
    ],
)
def test_that_one_sentence_says_how_the_quarter_went(vault, ratings, sentence):
    figures = content_of(filled(vault, "worked")).figures
    rated = tuple(replace(figure, rating=rating) for figure, rating in zip(figures.figures, ratings, strict=True))
    assert verdict(replace(figures, figures=rated)) == sentence


def test_that_failed_items_are_named_the_most_frequent_first(vault):
    figure = content_of(filled(vault, "worked")).figures.figures[4]
    failed = replace(figure, details={"failed_items": {"consent": 1, "closing": 3}})
    assert failed_items(failed) == [
        "Nicht bestandene Prüfpunkte der Abschlüsse: Abschluss (3), Einwilligung in die Teilnahme (1)."
    ]
    assert failed_items(replace(figure, details={"failed_items": {}})) == []


def test_that_a_period_without_any_case_is_said_to_have_nothing_to_report(vault):
    figures = content_of(filled(vault, "worked"), quarter="2010-Q1").figures
    assert verdict(figures) == "In diesem Zeitraum gab es nichts zu berichten: Alle sechs Kennzahlen sind ohne Wert."


def test_that_only_those_indicators_are_named_for_which_another_years_targets_serve(vault):
    figures = content_of(filled(vault, "worked")).figures
    assert substitute_targets(figures) == ["Für 2025 sind keine eigenen Sollwerte hinterlegt; es gelten die von 2024."]
    own, *others = figures.figures
    own = replace(own, target=replace(own.target, year=2025, substitute=False))
    assert substitute_targets(replace(figures, figures=(own, *others))) == [
        "Für 2025 sind nicht alle Sollwerte hinterlegt; es gelten die von 2024 für A1.2, A4, Konsultationen je Std., korrekt abgeschlossen, Maßnahmebezug."
    ]
    assert substitute_targets(replace(figures, figures=(own,))) == []


@pytest.mark.parametrize(
    ("period", "name"),
    [
        (quarter(2025, 3), "Quartalsbericht Q3 2025"),
        (calendar_year(2024), "Jahresbericht 2024"),
        (rolling_year(quarter(2025, 3)), "Bericht Q4 2024 bis Q3 2025"),
        (year_to_date(date(2025, 12, 10)), "Bericht 2025 bis 10.12."),
    ],
)
def test_that_a_report_is_called_after_its_period(period, name):
    assert report_name(period) == name
