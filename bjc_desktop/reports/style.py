"""How the documents look: one family, few sizes, one accent; and the only ways in which text gets into a PDF."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache, wraps
from io import BytesIO
from threading import Lock
from typing import Any, TypeVar
from xml.sax.saxutils import escape

from reportlab import rl_config
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, CondPageBreak, Flowable, Frame, PageTemplate, Paragraph, Table, TableStyle

from bjc_desktop.indicators.results import Rating
from bjc_desktop.paths import resource

rl_config.useA85 = 0  # bytes as letters take a quarter more room, and with pictures most of the time

INK, MUTED, LINE, ACCENT, SHADE, BAND, FAINT = (
    colors.HexColor(c) for c in ("#1b1f24", "#57606a", "#c8cdd3", "#0b57a4", "#eef3f8", "#d5dbe1", "#faf0ee")
)
RATING_COLOURS = {
    Rating.REACHED: colors.HexColor("#1a7f37"),
    Rating.TOLERANCE: colors.HexColor("#8a5c00"),
    Rating.BELOW: colors.HexColor("#b42318"),
    Rating.NONE: MUTED,
}
REGULAR, BOLD = "NotoSans", "NotoSans-Bold"
MARGIN = 18 * mm
BOTTOM = 18 * mm
WIDTH = A4[0] - 2 * MARGIN
WIDE = A4[1] - 2 * MARGIN
"""The width of a page that lies on its side."""
_LONG_ROW, _ROOM_FOR_A_PART = WIDTH, 100
"""The height of a row that fits no page that lies on its side, and what must be left of a page for a part of it."""
_MARK = "ENTWURF"
_PRINTING = Lock()
_Asked = TypeVar("_Asked")


@cache
def _register_fonts() -> None:
    """Make the bundled family known to ReportLab."""
    for name in (REGULAR, BOLD):
        file = "fonts/NotoSans-Regular.ttf" if name == REGULAR else "fonts/NotoSans-Bold.ttf"
        pdfmetrics.registerFont(TTFont(name, str(resource(file))))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)


def one_at_a_time(make: Callable[[_Asked], bytes]) -> Callable[[_Asked], bytes]:
    """Let *make* print with the fonts known and nothing else printed meanwhile, in whichever thread.

    ReportLab keeps one reader with one position for each font, so two documents made at once would read each other's letters.
    """

    @wraps(make)
    def printed(asked: _Asked) -> bytes:
        with _PRINTING:
            _register_fonts()
            return make(asked)

    return printed


def _style(
    name: str, size: float, *, bold: bool = False, colour: Any = INK, before: float = 0, after: float = 0
) -> ParagraphStyle:
    return ParagraphStyle(
        name,
        fontName=BOLD if bold else REGULAR,
        fontSize=size,
        leading=size * 1.35,
        textColor=colour,
        spaceBefore=before,
        spaceAfter=after,
        splitLongWords=1,
    )


EYEBROW = _style("eyebrow", 9, bold=True, colour=ACCENT, after=1)
TITLE = _style("title", 20, bold=True, after=2)
OWNER = _style("owner", 12, bold=True, after=4)
LEAD = _style("lead", 11, after=2)
HEADING = _style("heading", 13, bold=True, before=12, after=6)
SUBHEADING = _style("subheading", 9, bold=True, before=4, after=1)
BODY = _style("body", 9, after=3)
SMALL = _style("small", 8, colour=MUTED, before=2, after=2)
CELL = _style("cell", 8)
FINE = _style("fine", 7.5)
NOTE = _style("note", 7, colour=MUTED)
_BOOKMARKED = (TITLE, HEADING)
_KEPT = "\n\u00a0\u202f"


def visible(text: str) -> str:
    """Return *text* with a replacement character for each that cannot be printed."""
    return "".join(character if character.isprintable() or character in _KEPT else "\ufffd" for character in text)


class _Heading(Paragraph):  # type: ignore[misc]
    """A paragraph that becomes a bookmark."""

    def draw(self) -> None:
        """Draw it and tell the canvas where it stands."""
        _, top = self.canv.absolutePosition(0, self.height)
        self.canv.headings.append((self.canv.getPageNumber(), self.getPlainText(), top))
        super().draw()


def words(text: str, style: ParagraphStyle = BODY) -> Paragraph:
    """Return *text* as a paragraph that shows it as typed: the one way in which data gets into a paragraph."""
    kind = _Heading if style in _BOOKMARKED else Paragraph
    return kind(escape(visible(text)), style)


def heading(text: str, *, room: float = 100) -> list[Flowable]:
    """Return a heading that stands in the bookmarks, on a new page where less than *room* is left under it."""
    return [CondPageBreak(room), words(text, HEADING)]


def fitted(text: str, font: str, size: float, width: float) -> str:
    """Return *text*, shortened with an ellipsis to *width* where it is longer."""
    text = visible(text)
    if pdfmetrics.stringWidth(text, font, size) <= width:
        return text
    while text and pdfmetrics.stringWidth(text + "…", font, size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


class _Grid(Table):  # type: ignore[misc]
    """A table that is split between its rows, and within a row only where that row is longer than a page."""

    def split(self, availWidth: float, availHeight: float) -> list[Flowable]:  # noqa: N803 - ReportLab's
        """Return what fits and the rest; nothing where all of it goes to the next page."""
        first = self._rowHeights[self.repeatRows] if len(self._rowHeights) > self.repeatRows else 0
        self.splitInRow = int(first > _LONG_ROW and availHeight > _ROOM_FOR_A_PART)
        parts: list[Flowable] = super().split(availWidth, availHeight)
        return parts


def grid(
    rows: Sequence[Sequence[Any]],
    widths: Sequence[float],
    *,
    numbers_from: int = 1,
    marked: Iterable[tuple[int, int]] = (),
    padding: float = 3,
) -> Table:
    """Return a table with a repeated heading row; columns from *numbers_from* on are aligned to the right.

    The cells *marked* (column, row) are set in bold and red: they are below the tolerance.
    """
    table = _Grid(list(rows), colWidths=list(widths), repeatRows=1)
    commands: list[tuple[Any, ...]] = [
        ("FONT", (0, 0), (-1, -1), REGULAR, 8),
        ("FONT", (0, 0), (-1, 0), BOLD, 8),
        ("TEXTCOLOR", (0, 0), (-1, -1), INK),
        ("BACKGROUND", (0, 0), (-1, 0), SHADE),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
        ("ALIGN", (numbers_from, 0), (-1, -1), "RIGHT"),
        ("TOPPADDING", (0, 0), (-1, -1), padding),
        ("BOTTOMPADDING", (0, 0), (-1, -1), padding),
        ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ]
    for cell in marked:
        commands += [("FONT", cell, cell, BOLD, 8), ("TEXTCOLOR", cell, cell, RATING_COLOURS[Rating.BELOW])]
    table.setStyle(TableStyle(commands))
    return table


def document(
    story: list[Flowable], *, title: str, author: str, footer: tuple[str, str], draft: bool, wide: bool = False
) -> bytes:
    """Return the PDF of *story*: A4, the same bytes for the same story, bookmarks, "Seite x von y" and *footer* on every page.

    Of the footer's two parts the first is shortened where both are too long for the line. Called by what is :func:`one_at_a_time`.
    """
    size = landscape(A4) if wide else A4
    buffer = BytesIO()
    template = BaseDocTemplate(
        buffer,
        pagesize=size,
        title=title,
        author=author,
        subject="Berliner JobCoaching",
        creator="BJC Desktop",
        lang="de-DE",
        invariant=1,
    )
    frame = Frame(MARGIN, BOTTOM, size[0] - 2 * MARGIN, size[1] - MARGIN - BOTTOM, 0, 0, 0, 0)
    template.addPageTemplates(PageTemplate("page", [frame], onPage=_mark_draft if draft else _leave_clean))

    class Pages(_CountedCanvas):
        footer_parts = footer

    template.build(story, canvasmaker=Pages)
    return buffer.getvalue()


def _leave_clean(canvas: Any, template: Any) -> None:
    """Put nothing under the text of a released document."""


def _mark_draft(canvas: Any, _template: Any) -> None:
    """Put the mark of a draft under the text, faint and large, and into the corner, small and strong."""
    width, height = canvas._pagesize  # noqa: SLF001 - ReportLab has no other way to ask for it
    canvas.saveState()
    canvas.setFillColor(FAINT)
    canvas.setFont(BOLD, 110)
    canvas.translate(width / 2, height / 2)
    canvas.rotate(52 if height > width else 34)
    canvas.drawCentredString(0, -40, _MARK)
    canvas.restoreState()
    canvas.saveState()
    canvas.setFillColor(RATING_COLOURS[Rating.BELOW])
    canvas.setFont(BOLD, 11)
    canvas.drawRightString(width - MARGIN, height - 12 * mm, _MARK)
    canvas.restoreState()


class _CountedCanvas(Canvas):  # type: ignore[misc]
    """A canvas that knows the number of pages when it draws the footers."""

    footer_parts = ("", "")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pages: list[dict[str, Any]] = []
        self.headings: list[tuple[int, str, float]] = []
        self.setViewerPreference("DisplayDocTitle", "true")

    def showPage(self) -> None:  # noqa: N802 - ReportLab's name
        """Keep the page until their number is known."""
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Draw footer and bookmarks of each page, then write all of them."""
        for number, page in enumerate(self._pages, 1):
            self.__dict__.update(page)
            self._foot(number, len(self._pages))
            for index, (on_page, text, top) in enumerate(self.headings):
                if on_page == number:
                    self.bookmarkHorizontal(f"part-{index}", 0, top)
                    self.addOutlineEntry(text, f"part-{index}", 0)
            super().showPage()
        super().save()

    def _foot(self, number: int, count: int) -> None:
        width = self._pagesize[0]
        pages = f"Seite {number} von {count}"
        first, second = self.footer_parts
        room = width - 2 * MARGIN - pdfmetrics.stringWidth(second + pages, REGULAR, 7.5) - 12
        self.setStrokeColor(LINE)
        self.line(MARGIN, 14 * mm, width - MARGIN, 14 * mm)
        self.setFillColor(MUTED)
        self.setFont(REGULAR, 7.5)
        self.drawString(MARGIN, 10 * mm, fitted(first, REGULAR, 7.5, room) + second)
        self.drawRightString(width - MARGIN, 10 * mm, pages)
