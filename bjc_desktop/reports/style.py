"""How the documents look: one family, four sizes, one accent; and the only ways in which text gets into a PDF."""

from collections.abc import Sequence
from functools import cache
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, Table, TableStyle

from bjc_desktop.paths import resource

INK, MUTED, LINE, ACCENT, SHADE = (colors.HexColor(c) for c in ("#1b1f24", "#57606a", "#c8cdd3", "#0b57a4", "#eef3f8"))
RATING_COLOURS = {
    "reached": colors.HexColor("#1a7f37"),
    "tolerance": colors.HexColor("#9a6700"),
    "below": colors.HexColor("#b42318"),
    "none": MUTED,
}
REGULAR, BOLD = "NotoSans", "NotoSans-Bold"
MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN


@cache
def register_fonts() -> None:
    """Make the bundled family known to ReportLab."""
    for name in (REGULAR, BOLD):
        file = "fonts/NotoSans-Regular.ttf" if name == REGULAR else "fonts/NotoSans-Bold.ttf"
        pdfmetrics.registerFont(TTFont(name, str(resource(file))))


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
        keepWithNext=int(bold),
    )


TITLE = _style("title", 20, bold=True, after=2)
HEADING = _style("heading", 13, bold=True, before=12, after=6)
_KEPT = "\n\u00a0\u202f"
BODY = _style("body", 9, after=3)
SMALL = _style("small", 8, colour=MUTED, after=2)
CELL = _style("cell", 8)


def words(text: str, style: ParagraphStyle = BODY) -> Paragraph:
    """Return *text* as a paragraph that shows it as typed: the one way in which data gets into a paragraph."""
    visible = "".join(character if character.isprintable() or character in _KEPT else "\ufffd" for character in text)
    return Paragraph(escape(visible), style)


def grid(rows: Sequence[Sequence[Any]], widths: Sequence[float], *, numbers_from: int = 1) -> Table:
    """Return a table with a repeated heading row; columns from *numbers_from* on are aligned to the right."""
    table = Table(list(rows), colWidths=list(widths), repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), REGULAR, 8),
                ("FONT", (0, 0), (-1, 0), BOLD, 8),
                ("TEXTCOLOR", (0, 0), (-1, -1), INK),
                ("BACKGROUND", (0, 0), (-1, 0), SHADE),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("ALIGN", (numbers_from, 0), (-1, -1), "RIGHT"),
                ("TOPPADDING", (0, 0), (-1, -1), 3),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
                ("LEFTPADDING", (0, 0), (-1, -1), 4),
                ("RIGHTPADDING", (0, 0), (-1, -1), 4),
            ]
        )
    )
    return table


def document(story: list[Flowable], *, title: str, author: str, footer: str, draft: bool) -> bytes:
    """Return the PDF of *story*: A4, the same bytes for the same story, "Seite x von y" and *footer* on every page."""
    register_fonts()
    buffer = BytesIO()
    template = BaseDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=20 * mm,
        title=title,
        author=author,
        subject="Berliner JobCoaching",
        lang="de-DE",
        invariant=1,
    )
    frame = Frame(MARGIN, 20 * mm, WIDTH, A4[1] - MARGIN - 20 * mm, 0, 0, 0, 0)
    template.addPageTemplates(PageTemplate("page", [frame]))

    class Pages(_CountedCanvas):
        footer_text = footer
        marked = draft

    template.build(story, canvasmaker=Pages)
    return buffer.getvalue()


class _CountedCanvas(Canvas):  # type: ignore[misc]
    """A canvas that knows the number of pages when it draws the footers."""

    footer_text = ""
    marked = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - ReportLab's name
        """Keep the page until their number is known."""
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Draw mark and footer on each page, then write all of them."""
        for number, page in enumerate(self._pages, 1):
            self.__dict__.update(page)
            self._foot(number, len(self._pages))
            super().showPage()
        super().save()

    def _foot(self, number: int, count: int) -> None:
        self.setStrokeColor(LINE)
        self.line(MARGIN, 15 * mm, A4[0] - MARGIN, 15 * mm)
        self.setFillColor(MUTED)
        self.setFont(REGULAR, 7.5)
        self.drawString(MARGIN, 11 * mm, self.footer_text[:110])
        self.drawRightString(A4[0] - MARGIN, 11 * mm, f"Seite {number} von {count}")
        if self.marked:
            self.setFillColor(RATING_COLOURS["below"])
            self.setFont(BOLD, 11)
            self.drawRightString(A4[0] - MARGIN, A4[1] - 12 * mm, "ENTWURF")
