"""What people type: every accepted way to write a value, and every one that is refused rather than guessed."""

from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.models import PACKAGED, Consultation, Outcome
from bjc_desktop.models.base import FieldInfo, Kind, packaged_columns
from bjc_desktop.services.row_titles import fields_of
from bjc_desktop.services.typed_values import (
    parse_boolean,
    parse_choice,
    parse_date,
    parse_decimal,
    parse_duration,
    parse_field,
    parse_integer,
    parse_month,
    parse_time,
    problem_of,
    show_date,
    show_decimal,
    show_duration,
    show_time,
    show_value,
)
from bjc_desktop.vocabulary import Channel

TODAY = date(2026, 3, 5)


@pytest.mark.parametrize(("text", "expected"), [
    ("5.3.2026", date(2026, 3, 5)), ("05.03.2026", date(2026, 3, 5)), ("5. 3. 2026", date(2026, 3, 5)),
    ("05032026", date(2026, 3, 5)), ("050326", date(2026, 3, 5)), ("2026-03-05", date(2026, 3, 5)),
    ("5.3.26", date(2026, 3, 5)), ("5.3.75", date(1975, 3, 5)), ("1.1.36", date(2036, 1, 1)), ("1.1.37", date(1937, 1, 1)),
    ("5.3.", date(2026, 3, 5)), ("20.12.", date(2025, 12, 20)), ("29.2.", date(2028, 2, 29)),
    ("heute", TODAY), ("Gestern", date(2026, 3, 4)), ("morgen", date(2026, 3, 6)), (" HEUTE ", TODAY),
    ("vorgestern", date(2026, 3, 3)), ("übermorgen", date(2026, 3, 7)),
    ("-2", date(2026, 3, 3)), ("−2", date(2026, 3, 3)), ("+14", date(2026, 3, 19)), ("", None), ("  ", None),
])  # fmt: skip
def test_that_a_date_is_read(text: str, expected: date | None) -> None:
    assert parse_date(text, today=TODAY) == expected


@pytest.mark.parametrize(
    "text", ["31.2.2026", "5.13.2026", "32.1.", "5/3/2026", "2026-3-5", "5.3.202", "1", "abc", "0.0.", "5.3.0000"]
)
def test_that_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="kein Datum"):
        parse_date(text, today=TODAY)


@pytest.mark.parametrize(("text", "minutes"), [
    ("90", 90), ("90 min", 90), ("90 Min.", 90), ("90'", 90), ("45m", 45), ("1,5 h", 90), ("1,5h", 90), ("2 Std.", 120),
    ("1:30 h", 90), ("1:30", 90), ("0:45", 45), ("1h30", 90), ("1 h 30 min", 90), ("1 Std. 5", 65), ("0,25 h", 15), ("", None),
])  # fmt: skip
def test_that_a_duration_is_read_in_minutes(text: str, minutes: int | None) -> None:
    assert parse_duration(text) == minutes


@pytest.mark.parametrize("text", ["1,33 h", "1.5 h", "1:75 h", "eine Stunde", "-5", "1,5", "90 h min"])
def test_that_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="Dauer|Minuten"):
        parse_duration(text)


@pytest.mark.parametrize(("text", "expected"), [
    ("930", time(9, 30)), ("0930", time(9, 30)), ("9:30", time(9, 30)), ("9.30", time(9, 30)), ("9", time(9)),
    ("14 Uhr", time(14)), ("1405", time(14, 5)), ("", None),
])  # fmt: skip
def test_that_a_time_is_read(text: str, expected: time | None) -> None:
    assert parse_time(text) == expected


@pytest.mark.parametrize("text", ["2460", "25", "9:3:1", "halb zehn"])
def test_that_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="Uhrzeit"):
        parse_time(text)


@pytest.mark.parametrize(("text", "expected"), [
    ("1.234,5", "1234.5"), ("28,4", "28.4"), ("0,36", "0.36"), ("1234,5", "1234.5"), ("1.234", "1234"), ("12.345.678", "12345678"),
    ("-3,5", "-3.5"), ("−3,5", "-3.5"), ("28", "28"), (" 28,4\u00a0", "28.4"),
])  # fmt: skip
def test_that_a_number_is_read_in_german(text: str, expected: str) -> None:
    assert parse_decimal(text) == Decimal(expected)


@pytest.mark.parametrize(("text", "advice"), [
    ("28.4", "28,4"), ("0.36", "0,36"), ("1.2345", "1,2345"), ("1,234.5", "keine Zahl"), ("1,", "keine Zahl"), ("12 34", "keine Zahl"), ("NaN", "keine Zahl"),
])  # fmt: skip
def test_that_a_number_is_never_corrected_silently(text: str, advice: str) -> None:
    with pytest.raises(InvalidInputError, match=advice):
        parse_decimal(text)


@pytest.mark.parametrize(("text", "expected"), [("12", 12), ("1.200", 1200), ("-3", -3), ("", None)])
def test_that_a_whole_number_is_read(text: str, expected: int | None) -> None:
    assert parse_integer(text) == expected


def test_that_months_choices_and_yes_or_no_are_read() -> None:
    assert [parse_month(text) for text in ("03.2026", "3/2026", "2026-3", "")] == ["2026-03"] * 3 + [None]
    assert [parse_choice(Channel, text) for text in ("Telefonisch", "phone", "")] == ["phone", "phone", None]
    assert [parse_boolean(text) for text in ("ja", "X", "nein", "0", "")] == [True, True, False, False, None]
    for parse, text in ((parse_month, "13.2026"), (parse_month, "März"), (parse_boolean, "vielleicht"), (parse_integer, "1,5")):
        with pytest.raises(InvalidInputError):
            parse(text)
    with pytest.raises(InvalidInputError, match="Werteliste"):
        parse_choice(Channel, "Brieftaube")


@pytest.mark.parametrize(("entity", "field", "text", "expected"), [
    (Consultation, "held_on", "gestern", date(2026, 3, 4)),
    (Consultation, "duration_min", "1:30 h", 90),
    (Consultation, "channel", "aufsuchend", "outreach"),
    (Consultation, "note", " <b>&amp;</b>", "<b>&amp;</b>"),
    (Outcome, "weekly_hours", "28,4", Decimal("28.4")),
    (Outcome, "completed", "ja", True),
    (Outcome, "employer", "", None),
])  # fmt: skip
def test_that_a_field_says_how_it_is_read(entity: type, field: str, text: str, expected: object) -> None:
    assert parse_field(fields_of(entity.__tablename__)[field], text, today=TODAY) == expected


@pytest.mark.parametrize(("info", "value", "sentence"), [
    (FieldInfo("x", Kind.INTEGER, minimum=0, maximum=3), 4, "0 bis 3"),
    (FieldInfo("x", Kind.INTEGER, minimum=1), 0, "mindestens 1"),
    (FieldInfo("x", Kind.DECIMAL, maximum=5), Decimal(6), "höchstens 5"),
    (FieldInfo("x", Kind.DECIMAL), Decimal("NaN"), "keine Zahl"),
    (FieldInfo("x", Kind.TEXT), "a\nb", "eine Zeile"),
    (FieldInfo("x", Kind.TEXT), "a\x00b", "NUL"),
    (FieldInfo("x", Kind.DATE), date(1849, 12, 31), "1850"),
    (FieldInfo("x", Kind.MONTH), "2026-13", "Monat"),
    (FieldInfo("x", Kind.CHOICE, values=Channel), "pigeon", "Werteliste"),
])  # fmt: skip
def test_that_a_value_outside_its_field_is_named(info: FieldInfo, value: object, sentence: str) -> None:
    assert sentence in (problem_of(info, value) or "")


def test_that_a_value_of_another_type_is_the_programs_mistake() -> None:
    for kind, value in ((Kind.DATE, "2026-03-05"), (Kind.INTEGER, True), (Kind.DECIMAL, 1.5), (Kind.TEXT, 5)):
        with pytest.raises(TypeError):
            problem_of(FieldInfo("x", kind), value)


def test_that_values_are_shown_in_german() -> None:
    assert show_date(date(2026, 3, 5)) == "05.03.2026"
    assert [show_decimal(Decimal(text)) for text in ("1234.5", "-0.360", "1000000")] == ["1.234,5", "-0,36", "1.000.000"]
    assert [show_duration(minutes) for minutes in (None, 0, 45, 60, 95)] == ["", "0 Min.", "45 Min.", "1:00 h", "1:35 h"]
    assert show_time(time(9, 5)) == "9:05"
    assert show_value(FieldInfo("x", Kind.MONTH), "2026-03") == "03.2026"
    assert show_value(FieldInfo("x", Kind.BOOLEAN), False) == "nein"
    assert show_value(FieldInfo("x", Kind.TEXT), None) == ""


_EXAMPLES = {
    Kind.DATE: st.dates(date(1850, 1, 1), date(2200, 1, 1)),
    Kind.INTEGER: st.integers(0, 5),
    Kind.DECIMAL: st.decimals(0, 1, places=3),
    Kind.BOOLEAN: st.booleans(),
    Kind.MONTH: st.dates(date(1900, 1, 1), date(2200, 1, 1)).map(lambda day: f"{day:%Y-%m}"),
}
_INFOS = [info for entity in PACKAGED for _, info in packaged_columns(entity.__table__) if info.kind in {*_EXAMPLES, Kind.CHOICE}]


@given(st.data())
def test_that_what_is_shown_reads_as_the_same_value(data: st.DataObject) -> None:
    info = data.draw(st.sampled_from(_INFOS))
    examples = st.sampled_from([entry.value for entry in info.values or ()]) if info.values else _EXAMPLES[info.kind]
    value = data.draw(examples)
    if problem_of(info, value) is None:
        assert parse_field(info, show_value(info, value), today=TODAY) == value


@given(st.decimals(-(10**9), 10**9, places=4))
def test_that_every_number_reads_as_it_is_shown(number: Decimal) -> None:
    assert parse_decimal(show_decimal(number)) == number
