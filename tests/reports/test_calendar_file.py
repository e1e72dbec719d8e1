"""Calendar files, read by a reader of their own: RFC 5545 to the letter."""

import re
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from bjc_desktop.reports.calendar_file import CalendarEntry, calendar_ics

CHANGED = datetime(2025, 10, 7, 9, 30, tzinfo=UTC)


def entry(key="consultation-1", day=date(2026, 3, 5), title="Termin BJC, Fall 0012", version=1, cancelled=False):
    """Return an entry."""
    return CalendarEntry(key, day, title, version, CHANGED, cancelled)


def events_of(content):
    """Return the properties of each event, unfolded and unescaped, after judging the lines as the standard does."""
    assert content.endswith(b"\r\n")
    lines = content.split(b"\r\n")[:-1]
    assert all(b"\n" not in line and b"\r" not in line for line in lines)
    assert all(len(line) <= 75 for line in lines)
    for line in lines:
        line.decode("utf-8")  # no letter is torn apart
    whole = re.sub(b"\r\n ", b"", content).decode("utf-8").split("\r\n")[:-1]
    assert whole[0] == "BEGIN:VCALENDAR"
    assert whole[-1] == "END:VCALENDAR"
    assert not [line for line in whole if line.startswith("METHOD")]
    events, current = [], None
    for line in whole:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            current = {}
        elif line == "END:VEVENT":
            events.append(current)
            current = None
        elif current is not None:
            assert name not in current
            current[name] = re.sub(r"\\(.)", lambda letter: "\n" if letter[1] in "nN" else letter[1], value)
    return events


def test_that_an_entry_is_a_whole_day_with_an_id_that_stays() -> None:
    (event,) = events_of(calendar_ics([entry(version=3)]))
    assert event == {
        "UID": "consultation-1@bjc-desktop",
        "DTSTAMP": "20251007T093000Z",
        "LAST-MODIFIED": "20251007T093000Z",
        "SEQUENCE": "2",
        "DTSTART;VALUE=DATE": "20260305",
        "DTEND;VALUE=DATE": "20260306",
        "SUMMARY": "Termin BJC, Fall 0012",
        "STATUS": "CONFIRMED",
        "TRANSP": "TRANSPARENT",
        "CLASS": "PRIVATE",
    }


def test_that_what_was_called_off_is_cancelled() -> None:
    (event,) = events_of(calendar_ics([entry(cancelled=True)]))
    assert event["STATUS"] == "CANCELLED"


def test_that_the_order_given_does_not_change_the_bytes() -> None:
    entries = [entry("a", date(2026, 1, 2)), entry("b", date(2026, 1, 1)), entry("c", date(2026, 1, 1))]
    assert calendar_ics(entries) == calendar_ics(reversed(entries))
    assert [event["UID"][0] for event in events_of(calendar_ics(entries))] == ["b", "c", "a"]


def test_that_a_name_cannot_begin_a_property_of_its_own() -> None:
    content = calendar_ics(
        [entry(title="Termin; a,b\\c\r\nEND:VEVENT\r\nATTACH:file:///x\n\x00\x1b\u202eשלום\u202c " + "ä" * 200)]
    )
    (event,) = events_of(content)
    assert event["SUMMARY"] == "Termin; a,b\\c END:VEVENT ATTACH:file:///x שלום " + "ä" * 200
    assert "ATTACH" not in event


@given(st.text(max_size=300))
def test_that_any_title_comes_back_in_one_line(title) -> None:
    (event,) = events_of(calendar_ics([entry(title=title)]))
    letters = [letter for letter in " ".join(title.split()) if letter.isprintable() or letter == "\u00a0"]
    assert event["SUMMARY"] == "".join(letters)
