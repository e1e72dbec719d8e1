"""The usual headings of providers are recognised; what has two meanings is not claimed to be certain."""

import pytest

from bjc_desktop.exchange.lists.column_suggestions import suggest_columns
from bjc_desktop.exchange.lists.known_words import heading_words, normal
from bjc_desktop.exchange.lists.list_tables import find_table
from bjc_desktop.exchange.lists.list_targets import TARGETS
from bjc_desktop.exchange.lists.sheets import Sheet

REAL = [
    (
        ["Nr.", "Name, Vorname", "Geb.-Dat.", "m/w", "PLZ", "Tel.", "Eintritt", "Austritt", "Abgangsgrund", "Rechtskreis", "Job-Coach", "Bemerkung"],
        ["17", "Müller, Eva", "05.03.80", "w", "12043", "030 1", "1.1.24", "", "Arbeit", "ALG II", "Meier", "nett"],
        ["coachees.case_number", "coachees.full_name", "coachees.birth_date", "coachees.gender", "coachees.postcode", "coachees.phone", "coachings.entry_on",
         "coachings.exit_on", "coachings.exit_reason", "coachings.legal_circle", "coachings.coach", None],
    ),
    (
        ["Aktenzeichen", "Name", "Vorname", "geb. am", "Beginn", "Ende", "Vermittlung Beginn", "Vermittlung Arbeitgeber", "Maßnahme", "Maßnahme Beginn"],
        ["17", "Müller", "Eva", "05.03.80", "1.1.24", "", "5.5.24", "Bäckerei", "AGH", "1.2.24"],
        ["coachees.case_number", "coachees.family_name", "coachees.given_name", "coachees.birth_date", "coachings.entry_on", "coachings.exit_on",
         "outcomes.begin_on", "outcomes.employer", "measures.kind", "measures.begin_on"],
    ),
    (
        ["TN-Nr.", "Name", "Datum", "Dauer", "Form", "Art", "erschienen", "Berater*in", "Notiz"],
        ["17", "Müller Eva", "05.03.24", "45", "Tel.", "Beratung", "ja", "Meier", "ging gut"],
        ["coachees.case_number", "coachees.full_name", "consultations.held_on", "consultations.duration_min", "consultations.channel", "consultations.kind",
         "consultations.status", "coachings.coach", "consultations.note"],
    ),
    (
        ["Coachee", "Termin 1", "Termin 2", "Einwilligung", "alo seit", "Deutsch"],
        ["Müller, Eva", "05.03.24", "6.3.24", "ja", "ca. 2019", "B1"],
        ["coachees.full_name", "consultations.held_on", "consultations.held_on", "consents.participation", "coachings.unemployed_since", "coachees.german_level"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("headings", "row", "expected"), REAL)
def test_that_the_usual_headings_are_recognised(headings, row, expected) -> None:
    found = suggest_columns(find_table(Sheet("Liste", [tuple(headings), tuple(row)], (1, 2))))
    assert [found[heading].key for heading in headings] == expected


def test_that_content_speaks_against_a_heading() -> None:
    found = suggest_columns(
        find_table(Sheet("L", [("Nachname", "Eintritt", "Geschlecht"), ("Müller", "über Jobcenter", "05.03.24")], (1, 2)))
    )
    assert (found["Eintritt"].certain, found["Geschlecht"].certain, found["Nachname"].certain) == (False, False, True)


def test_that_what_is_not_known_is_not_claimed() -> None:
    found = suggest_columns(find_table(Sheet("L", [("Nachname", "Zwischenraum"), ("Müller", "x y")], (1, 2))))
    assert (found["Zwischenraum"].key, found["Zwischenraum"].certain) == (None, False)


def test_that_every_known_heading_belongs_to_a_target_and_to_one_only() -> None:
    assert set(heading_words()) <= set(TARGETS)
    seen = {}
    for key, words in heading_words().items():
        for word in words:
            assert word == normal(word)
            assert seen.setdefault(word, key) == key, word
