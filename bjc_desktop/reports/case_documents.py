"""Documents about one person, for paper: the plan to sign, the whole case file, the letter and the script of the survey."""

import itertools
from collections.abc import Sequence

from reportlab.platypus import Flowable, Spacer

from bjc_desktop.reports.case_content import CaseDocument, Course, Part
from bjc_desktop.reports.style import (
    ACCENT,
    BODY,
    CELL,
    EYEBROW,
    LINE,
    OWNER,
    SMALL,
    TITLE,
    WIDTH,
    document,
    grid,
    heading,
    one_at_a_time,
    words,
)

_SIGNATURE = "_" * 34
_PADDING = 4
"""What a cell of a table keeps free to the left and to the right, in points."""
_DOT = 2.4
"""The radius of the last dot of a course."""


@one_at_a_time
def case_document_pdf(content: CaseDocument) -> bytes:
    """Return the document as PDF bytes; every text is shown as it was typed."""
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
        widths = [WIDTH * share for share in part.shares]
        table += [[_cell(cell, width) for cell, width in zip(row, widths, strict=True)] for row in part.rows]
        story.append(grid(table, widths, numbers_from=len(part.heads)))
    return story


def _cell(cell: str | Course, width: float) -> list[Flowable]:
    if isinstance(cell, Course):
        return [_CourseLine(cell, width - 2 * _PADDING)]
    return [words(line, CELL) for line in cell.split("\n")]


class _CourseLine(Flowable):  # type: ignore[misc]
    """A line through the values, with a dot for each and a full one for the last."""

    def __init__(self, course: Course, width: float) -> None:
        super().__init__()
        self.course, self.width, self.height = course, width, 22

    def draw(self) -> None:
        """Draw the lines of 1, 3 and 5, and the course over them."""
        canvas, course = self.canv, self.course
        days = max((course.last - course.first).days, 1)
        canvas.setLineWidth(0.4)
        canvas.setStrokeColor(LINE)
        for value in (1, 3, 5):
            canvas.line(0, self._height(value), self.width, self._height(value))
        places = [
            (_DOT + (day - course.first).days / days * (self.width - 2 * _DOT), self._height(value))
            for day, value in course.points
        ]
        canvas.setStrokeColor(ACCENT)
        canvas.setFillColor(ACCENT)
        canvas.setLineWidth(1.1)
        for before, after in itertools.pairwise(places):
            canvas.line(*before, *after)
        for place in places:
            canvas.circle(*place, _DOT if place is places[-1] else _DOT / 2, stroke=0, fill=1)

    def _height(self, value: int) -> float:
        return _DOT + (value - 1) / 4 * (self.height - 2 * _DOT)


def _signatures(names: Sequence[str]) -> list[Flowable]:
    story: list[Flowable] = []
    for name in names:
        story += [Spacer(1, 34), words(f"{_SIGNATURE}     Datum {'_' * 14}", BODY), words(name, SMALL)]
    return story
