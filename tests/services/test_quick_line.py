"""A typed line fills the form, and says of every word what it was understood as."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bjc_desktop.services.consultation_recording import ConsultationForm
from bjc_desktop.services.person_picks import PersonPick, with_keys
from bjc_desktop.services.quick_line import Meaning, NameMatch, QuickLine, parse_quick_line, render_quick_line
from bjc_desktop.vocabulary import Channel, ConsultationKind, ConsultationSetting, ConsultationStatus

TODAY = date(2026, 3, 4)
"""A Wednesday."""


def person(number, given, family, *, own=True, ended=False):
    pick = PersonPick(f"coaching-{number}", f"coachee-{number}", given, family, f"001-{number:05}", None, TODAY, None, ended, own)
    return with_keys(pick)


PEOPLE = (
    person(1, "Ayşe", "Yıldız"),
    person(2, "Anna", "Müller"),
    person(3, "Jörg", "Müller", own=False),
    person(4, "Max", "Weiß-Krüger"),
    person(5, "Paul", "Freitag"),
    person(6, "Do", "Nguyễn"),
    person(7, "Peter", "Schmidt"),
    person(8, "Petra", "Schmidt"),
    person(9, "Łukasz", "O'Brien"),
)
A, B, C, D, E, F, G, H, J = (pick.coaching_id for pick in PEOPLE)
YESTERDAY = TODAY - timedelta(days=1)
TABLE = [
    # line                                          who    day          min   the rest
    ("Yıldız gestern 45 telefon Bewerbung", [A], YESTERDAY, 45, {"channel": "phone", "kind": "application"}),
    ("yildiz -2 1,5h video", [A], "2026-03-02", 90, {"channel": "video"}),
    ("45 telefon gestern YILDIZ", [A], YESTERDAY, 45, {"channel": "phone"}),
    ("mueller 1:30 vor Ort", [B], None, 90, {"channel": "in_person"}),
    ("muller 03.03. tel. kri", [B], YESTERDAY, None, {"channel": "phone", "kind": "crisis"}),
    ("weiss 05032026 1 h 30 persönlich", [D], "2026-03-05", 90, {"channel": "in_person"}),
    ("krueger 3.3 1.5 h aufsuchend", [D], YESTERDAY, 90, {"channel": "outreach"}),
    ("Petra Schmidt 30 min mail: Miete offen", [H], None, 30, {"channel": "written", "note": "Miete offen"}),
    ("Yıldız – hat Arbeit", [A], None, None, {"note": "hat Arbeit"}),
    ("Yıldız 45 Brief - 3 Stellen gefunden", [A], None, 45, {"channel": "written", "note": "3 Stellen gefunden"}),
    ("Yıldız 45 mit Frau Müller gesprochen 30", [A], None, 45, {"note": "mit Frau Müller gesprochen 30"}),
    ("Yıldız 45 wichtig: Miete", [A], None, 45, {"note": "wichtig: Miete"}),
    ("Yıldız, Ayşe und Müller 90 Gruppe", [A, B], None, 90, {"setting": "group"}),
    ("yıldız, müller, weiß heute 60", [A, B, D], TODAY, 60, {}),
    ("Yıldız nicht erschienen", [A], None, None, {"status": "no_show"}),
    ("Yıldız abgesagt", [A], None, None, {"status": "cancelled_by_coachee"}),
    ("Yıldız vom Träger abgesagt", [A], None, None, {"status": "cancelled_by_provider"}),
    ("Yıldız morgen geplant 14:00 Coaching", [A], "2026-03-05", None, {"status": "planned", "kind": "coaching", "note": "14:00"}),
    ("Yıldız am 3.3. um 14 Uhr tel 30 – Anschreiben", [A], YESTERDAY, 30, {"channel": "phone", "note": "14 Uhr Anschreiben"}),
    ("Yıldız Montag 45", [A], "2026-03-02", 45, {}),
    ("Yıldız mittwoch 45", [A], TODAY, 45, {}),
    ("Yıldız geplant Montag 45", [A], "2026-03-09", 45, {"status": "planned"}),
    ("Yıldız Mo. 45", [A], "2026-03-02", 45, {}),
    ("Freitag Yıldız 45", [A], "2026-02-27", 45, {}),
    ("Freitag 20", [E], None, 20, {}),
    ("Yıldız erstgespräch 45", [A], None, 45, {"kind": "initial_interview"}),
    ("Yıldız Erstgespraech 45", [A], None, 45, {"kind": "initial_interview"}),
    ("Yıldız nach Absprache 45", [A], None, None, {"note": "nach Absprache 45"}),
    ("Yıldız 45 mit Arbeitgeber", [A], None, 45, {"setting": "employer"}),
    ("do nguyen 10 video", [F], None, 10, {"channel": "video"}),
    ("#001-00004 45", [D], None, 45, {}),
    ("001-00004 45", [D], None, 45, {}),
    ("obrien 45", [J], None, 45, {}),
    ("Yıldız 45 60", [A], None, 45, {"note": "60"}),
    ("Yıldız 2000", [A], None, None, {"note": "2000"}),
    ("Schmidt 45", [], None, 45, {}),
    ("Mustermann 45 tel", [], None, 45, {"channel": "phone"}),
    ("", [], None, None, {}),
    (":", [], None, None, {}),
]


@pytest.mark.parametrize(("line", "who", "day", "minutes", "rest"), TABLE, ids=[row[0] for row in TABLE])
def test_that_a_line_is_understood(line, who, day, minutes, rest):
    said = parse_quick_line(line, PEOPLE, today=TODAY)
    assert list(said.coaching_ids) == who
    assert said.held_on == (date.fromisoformat(day) if isinstance(day, str) else day)
    assert said.duration_min == minutes
    names = ("channel", "setting", "kind", "status", "note")
    assert {name: getattr(said, name) for name in names if getattr(said, name) is not None} == rest


def test_that_an_ambiguous_name_offers_its_candidates():
    said = parse_quick_line("schmidt 45", PEOPLE, today=TODAY)
    assert said.people[0].chosen is None
    assert [pick.given_name for pick in said.people[0].candidates] == ["Peter", "Petra"]
    assert said.tokens[0].meaning is Meaning.AMBIGUOUS


def test_that_ones_own_coachee_is_meant_before_a_namesake():
    said = parse_quick_line("müller", PEOPLE, today=TODAY)
    assert said.coaching_ids == (B,)
    assert [pick.given_name for pick in said.people[0].candidates] == ["Anna", "Jörg"]


def test_that_a_better_fit_elsewhere_is_asked_about():
    people = (person(1, "Ina", "Lindner"), person(2, "Wei", "Li", own=False))
    assert parse_quick_line("li 45", people, today=TODAY).people[0].chosen is None


def test_that_every_word_says_what_it_was_understood_as():
    said = parse_quick_line("Yıldız gestern 45 telefon Bewerbung: Anschreiben", PEOPLE, today=TODAY)
    assert [(token.text, token.meaning.value, token.label) for token in said.tokens] == [
        ("Yıldız", "person", "Ayşe Yıldız (001-00001)"),
        ("gestern", "day", "Datum: 03.03.2026"),
        ("45", "duration", "Dauer: 45 Min."),
        ("telefon", "channel", "Form: telefonisch"),
        ("Bewerbung", "kind", "Art: Bewerbung"),
        ("Anschreiben", "note", "Notiz"),
    ]


def test_that_no_name_is_looked_for_in_a_case_file():
    said = parse_quick_line("Müller war da 45", PEOPLE, today=TODAY, person_known=True)
    assert (said.people, said.note) == ((), "Müller war da 45")


def test_that_a_line_fills_the_form_and_leaves_what_was_offered():
    offer = ConsultationForm("coach", (B,), TODAY, 60, "video")
    form = parse_quick_line("Yıldız 45", PEOPLE, today=TODAY).filled(offer, today=TODAY)
    assert form == ConsultationForm("coach", (A,), TODAY, 45, "video")
    assert parse_quick_line("schmidt", PEOPLE, today=TODAY).filled(offer, today=TODAY) == offer


def test_that_a_day_ahead_is_planned():
    offer = ConsultationForm("coach", (B,), TODAY)
    assert parse_quick_line("Yıldız morgen", PEOPLE, today=TODAY).filled(offer, today=TODAY).status == "planned"


TYPED = (
    "Yıldız Müller müller Schmidt Freitag und , - – : :: 45 1,5h 1:30 14 Uhr min h gestern heute -2 +99999 31.12. 29.2. 00000000 "
    "tel telefon mail Bewerbung Krise geplant nicht erschienen abgesagt von mit am # #001-00001 ½ ² ٣ İ ß \x00 ' \""
)
WORDS = st.sampled_from(TYPED.split(" "))
LINES = st.one_of(st.text(max_size=60), st.lists(st.one_of(WORDS, st.text(max_size=6)), max_size=10).map(" ".join))


@given(line=LINES, today=st.dates(), known=st.booleans())
def test_that_no_line_fails_and_nothing_is_lost(line, today, known):
    said = parse_quick_line(line, PEOPLE, today=today, person_known=known)
    covered = set()
    for token in said.tokens:
        assert line[token.start : token.end] == token.text
        assert covered.isdisjoint(range(token.start, token.end))
        covered.update(range(token.start, token.end))
    lost = "".join(letter for at, letter in enumerate(line) if at not in covered)
    assert set(lost) <= {":", "–", "—", "-"} | {letter for letter in lost if letter.isspace()}


def optional(values):
    return st.none() | st.sampled_from([value.value for value in values])


SAID = st.builds(
    QuickLine,
    people=st.lists(st.sampled_from(PEOPLE), unique=True, max_size=3).map(
        lambda picks: tuple(NameMatch(pick.name, pick, (pick,)) for pick in picks)
    ),
    held_on=st.none() | st.dates(min_value=date(1900, 1, 1)),
    duration_min=st.none() | st.integers(1, 600),
    channel=optional(Channel),
    setting=optional(ConsultationSetting),
    kind=optional(ConsultationKind),
    status=optional(ConsultationStatus),
    note=st.none() | st.text(min_size=1).map(str.strip).filter(bool),
)


@given(said=SAID)
def test_that_a_rendered_line_is_understood_as_it_was_meant(said):
    again = parse_quick_line(render_quick_line(said, PEOPLE, today=TODAY), PEOPLE, today=TODAY)
    for name in ("coaching_ids", "held_on", "duration_min", "channel", "setting", "kind", "status", "note"):
        assert getattr(again, name) == getattr(said, name)
