"""Appointments as a calendar file (RFC 5545): every entry lasts a day, and a second import updates instead of doubling."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icalendar import Event

_PRODUCT = "-//BJC Desktop//Termine//DE"
_NAME = "BJC"


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """Something on a day; *key* and *version* stay the same as long as its row does, so that programs know it again."""

    key: str
    day: date
    title: str
    version: int
    """How often the row behind it was changed, counted from 1."""
    changed_at: datetime
    """When it was changed last, in UTC."""
    cancelled: bool = False


def calendar_ics(entries: Iterable[CalendarEntry]) -> bytes:
    """Return *entries* as the bytes of a calendar file: the same for the same entries, in the order of their days."""
    from icalendar import Calendar  # noqa: PLC0415 - takes long to import, and little needs it

    calendar = Calendar()
    for name, value in (("prodid", _PRODUCT), ("version", "2.0"), ("calscale", "GREGORIAN"), ("x-wr-calname", _NAME)):
        calendar.add(name, value)
    for entry in sorted(entries, key=lambda entry: (entry.day, entry.key)):
        calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def _event(entry: CalendarEntry) -> "Event":
    from icalendar import Event  # noqa: PLC0415 - as above

    event = Event()
    event.add("uid", f"{entry.key}@bjc-desktop")
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.version - 1)
    event.add("dtstart", entry.day)
    # The end is the day after: some programs make an entry without an end one that lasts no time.
    event.add("dtend", entry.day + timedelta(days=1))
    event.add("summary", _visible(entry.title))
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event


def _visible(text: str) -> str:
    """Return *text* in one line and without the characters that a calendar file must not hold."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable() or letter == "\u00a0")
