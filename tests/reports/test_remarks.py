"""The sentences beside the figures."""

from dataclasses import replace

import pytest

from bjc_desktop.indicators.results import Rating
from bjc_desktop.reports.remarks import failed_items, verdict
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
