"""What stands in a document about one person, before it is set: known without the library that sets it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Course:
    """A cell that is drawn: values from 1 to 5 by day, over the days that all lines of the table have in common."""

    points: tuple[tuple[date, int], ...]
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a document: a heading, lines of text, and a table whose columns take the given shares of the width."""

    heading: str = ""
    lines: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str | Course, ...], ...] = ()
    shares: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseDocument:
    """A document: what it is, about whom, its parts, and who signs it."""

    kind: str
    title: str
    about: str
    footer: str
    parts: tuple[Part, ...]
    signatures: tuple[str, ...] = ()
