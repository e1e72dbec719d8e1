"""Cells as providers fill them: every habit is understood, and what is not is said, never guessed."""

from datetime import date

import pytest

from bjc_desktop.exchange.lists.list_mapping import SheetMapping
from bjc_desktop.exchange.lists.list_targets import TARGETS
from bjc_desktop.services.old_lists import cell_readers
from bjc_desktop.services.old_lists.cell_readers import CellReader
from bjc_desktop.services.old_lists.name_reading import split_name
from bjc_desktop.services.old_lists.readings import AT_ENTRY
from bjc_desktop.services.old_lists.team_names import Team, TeamMember

TODAY = date(2026, 3, 10)
MEMBERS = (
    ("m1", "p", "Anna Lena", "Meier", True),
    ("m2", "p", "Bernd", "Meier", True),
    ("m3", "q", "Öznur", "Yıldız", True),
    ("m4", "q", "Cem", "Yıldız", False),
)
TEAM = Team({row[0]: TeamMember(*row[:4], coaches=row[4]) for row in MEMBERS}, {"p": "Lernwerk gGmbH", "q": "Neue Wege e. V."})


def read(key, text, heading="", **mapping):
    return CellReader(TARGETS[key], heading, SheetMapping(**mapping), TEAM, TODAY)(text)


@pytest.mark.parametrize(
    ("key", "text", "values"),
    [
        ("coachees.gender", "W", ("female",)), ("coachees.gender", "Herr", ("male",)), ("coachees.gender", "", ()), ("coachings.legal_circle", "ALG  II", ("sgb2",)),
        ("coachings.legal_circle", "Bürgergeld", ("sgb2",)), ("coachings.exit_reason", "sv-pflichtige Beschäftigung", ("goal_employment",)), ("coachings.exit_reason", "-", ()),
        ("coachings.cancelled", "x", (1,)), ("coachings.cancelled", "✓", (1,)), ("follow_ups.same_employer", "nein", (0,)), ("coachings.cancelled", "k. A.", ()),
        ("outcomes.weekly_hours", "28,50", ("28.5",)), ("outcomes.gross_pay", "1.234,50 €", ("1234.5",)), ("outcomes.weekly_hours", "30 Std.", ("30",)), ("outcomes.weekly_hours", "-", ()),
        ("consultations.duration_min", "1:30 h", (90,)), ("consultations.duration_min", "45 min", (45,)), ("coachees.postcode", "12043", ("12043",)), ("coachees.phone", "k.A.", ()),
        ("consultations.held_on", "03.02.26; 17.02.26", ("2026-02-03", "2026-02-17")), ("consultations.held_on", "3.2.26\n17.2.26", ("2026-02-03", "2026-02-17")),
        ("consultations.held_on", "3.2.26, 17.2.26 und 18.2.26", ("2026-02-03", "2026-02-17", "2026-02-18")), ("measures.kind", "BFD, Deutschkurs", ("voluntary_bfd", "vocational_language_course")),
        ("coachings.exit_on", "laufend", ()), ("coachings.coach", "Meier, Anna", ("m1",)), ("coachings.coach", "B. Meier", ("m2",)), ("coachings.coach", "Frau Yildiz", ("m3",)),
        ("coachings.coach", "BM", ("m2",)), ("coachings.provider", "Lernwerk", ("p",)), ("coachees.phone", "0151\n0152", ("0151 / 0152",)), ("consultations.note", "zwei\nZeilen", ("zwei\nZeilen",)),
    ],
)  # fmt: skip
def test_that_habits_are_understood(key, text, values) -> None:
    reading = read(key, text)
    assert (reading.values, reading.problem) == (values, "")


@pytest.mark.parametrize(
    ("key", "text", "problem"),
    [
        ("coachees.gender", "blau", cell_readers.NOT_MAPPED), ("coachings.coach", "Meier", cell_readers.NOBODY), ("coachings.coach", "Schulz", cell_readers.NOBODY),
        ("coachings.provider", "Irgendwer", cell_readers.NO_PROVIDER), ("coachings.cancelled", "vielleicht", cell_readers.NOT_YES_OR_NO), ("coachees.postcode", "Berlin", cell_readers.POSTCODE),
        ("coachees.postcode", "12043 oder 12045", cell_readers.POSTCODE), ("consents.participation", "ja", cell_readers.YES_WITHOUT_DAY), ("outcomes.weekly_hours", "200", "Erlaubt ist 0 bis 168."),
        ("outcomes.weekly_hours", "28.4", "Bitte das Komma verwenden: 28,4."), ("measures.kind", "BFD, Unsinn", cell_readers.NOT_MAPPED),
    ],
)  # fmt: skip
def test_that_what_is_not_understood_is_said(key, text, problem) -> None:
    reading = read(key, text)
    assert (reading.values, reading.problem) == ((), problem)


def test_that_said_values_come_first() -> None:
    values = {"coachees.gender": {"w": "diverse", "blau": None}, "coachings.coach": {"meier": "m2", "fremd": "weg"}}
    assert read("coachees.gender", "W", values=values).values == ("diverse",)
    assert read("coachees.gender", "blau", values=values) == cell_readers.NOTHING
    assert read("coachings.coach", "Meier", values=values).values == ("m2",)
    assert read("coachings.coach", "fremd", values=values).problem == cell_readers.NOBODY


def test_that_rules_and_units_are_said() -> None:
    assert read("consents.participation", "x", rules={"consent_yes": "entry"}).values == (AT_ENTRY,)
    assert read("consents.participation", "nein").values == ()
    assert read("consents.participation", "05.03.26").values == ("2026-03-05",)
    assert read("consultations.duration_min", "1,5", heading="Dauer (h)").values == (90,)
    padded, address = read("coachees.postcode", "1067"), read("coachees.postcode", "Sonnenallee 5, 12045 Berlin")
    assert (padded.values, address.values) == (("01067",), ("12045",))
    assert padded.remark and address.remark


@pytest.mark.parametrize(
    ("text", "order", "name"),
    [
        ("Müller, Eva", "given_first", ("Müller", "Eva")), ("Eva Müller", "given_first", ("Müller", "Eva")), ("Müller Eva Maria", "family_first", ("Müller", "Eva Maria")),
        ("Frau Dr. Eva Maria von der Heide", "given_first", ("von der Heide", "Eva Maria")), ("von der Heide Eva", "family_first", ("von der Heide", "Eva")), ("Müller", "given_first", ("Müller", None)),
        ("Müller,", "given_first", ("Müller", None)), ("Müller, Eva (TN 5)", "given_first", ("Müller", "Eva")), ("Herr Ali Ben Salah", "given_first", ("Ben Salah", "Ali")), ("Frey Hans", "family_first", ("Frey", "Hans")),
    ],
)  # fmt: skip
def test_that_names_are_taken_apart(text, order, name) -> None:
    assert split_name(text, order) == name
