"""The consultations-per-hour statistic as PDF and CSV."""

from dataclasses import replace

import pytest

from bjc_desktop.reports.german import number
from bjc_desktop.reports.german_csv import harmless
from bjc_desktop.reports.statistic import statistic_csv, statistic_pdf, statistic_xlsx
from tests.reports.contents import HOSTILE, named, statistic_of
from tests.reports.pages import outline, outside, texts
from tests.samples import filled


def test_that_the_statistic_says_all_that_it_must(statistic):
    pdf = statistic_pdf(statistic)
    pages = texts(pdf)
    assert number(statistic.figure.value) in pages[0]
    assert statistic.figure.rating.label in pages[0]
    for person in statistic.coaches:
        assert f"Coach {person.number} {person.counted} {number(person.hours)} {number(person.ratio)}" in pages[0]
    for words in ("Je Coach und Monat", "Beschäftigungstrainer*innen (zählen nicht mit)", "Wie gezählt wird", "07/2025"):
        assert words in " ".join(pages)
    assert [title for title, page in outline(pdf) if title not in pages[page]] == []


def test_that_the_months_of_each_coach_add_up_to_the_figure(statistic):
    assert sum(person.counted for person in statistic.coaches) == statistic.figure.numerator
    assert sum(person.hours for person in statistic.coaches) == statistic.figure.denominator


@pytest.mark.parametrize("count", [0, 1, 40])
def test_that_nothing_leaves_the_page_however_many_they_are(statistic, count):
    people = tuple(replace(statistic.coaches[index % len(statistic.coaches)], number=index + 1) for index in range(count))
    crowd = replace(named(statistic, HOSTILE * 5), coaches=people, trainers=people)
    assert outside(statistic_pdf(crowd)) == []
    assert statistic_xlsx(crowd)


def test_that_missing_working_time_is_named_and_leaves_no_value(vault):
    content = statistic_of(filled(vault, "edges"), quarter="2025-Q1")
    assert content.figure.value is None
    page = texts(statistic_pdf(content))[0]
    assert "Arbeitszeit fehlt, daher kein Wert" in page
    assert "ohne Wert" in page


def test_that_the_same_content_makes_the_same_bytes(statistic):
    for write in (statistic_pdf, statistic_xlsx, statistic_csv):
        assert write(statistic) == write(statistic)


def test_that_the_csv_is_for_people(statistic):
    text = statistic_csv(statistic).decode("utf-8-sig")
    lines = text.split("\r\n")
    assert lines[0].startswith("Funktion;Nummer;Monat;Erstgespräch;")
    assert len(lines) == 2 + sum(len(person.months) for person in (*statistic.coaches, *statistic.trainers))
    assert harmless("=1") == "'=1"
