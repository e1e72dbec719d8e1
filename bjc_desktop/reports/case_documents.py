"""Documents about one person, for paper: the plan to sign, the whole case file, the letter and the script of the survey."""

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.platypus import Flowable, Spacer

from bjc_desktop.reports.style import (
    BODY,
    CELL,
    EYEBROW,
    OWNER,
    SMALL,
    TITLE,
    WIDTH,
    document,
    grid,
    heading,
    register_fonts,
    words,
)

_SIGNATURE = "_" * 34


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a document: a heading, lines of text, and a table whose columns take the given shares of the width."""

    heading: str = ""
    lines: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
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


def case_document_pdf(content: CaseDocument) -> bytes:
    """Return the document as PDF bytes; every text is shown as it was typed."""
    register_fonts()
    story: list[Flowable] = [words(content.kind, EYEBROW), words(content.title, TITLE), words(content.about, OWNER)]
    for part in content.parts:
        story += _part(part)
    story += _signatures(content.signatures)
    return document(story, title=content.title, author="BJC Desktop", footer=(content.footer, ""), draft=False)


def _part(part: Part) -> list[Flowable]:
    story: list[Flowable] = heading(part.heading, room=110 if part.rows else 60) if part.heading else []
    story += [words(line, BODY) for line in part.lines]
    if part.rows:
        table: list[list[object]] = [list(part.heads)]
        table += [[words(cell, CELL) for cell in row] for row in part.rows]
        story.append(grid(table, [WIDTH * share for share in part.shares], numbers_from=len(part.heads)))
    return story


def _signatures(names: Sequence[str]) -> list[Flowable]:
    story: list[Flowable] = []
    for name in names:
        story += [Spacer(1, 34), words(f"{_SIGNATURE}     Datum {'_' * 14}", BODY), words(name, SMALL)]
    return story
