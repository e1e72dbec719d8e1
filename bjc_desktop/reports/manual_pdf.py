"""The manual on paper: the same pages that the program shows, as PDF with contents, bookmarks and links, or as one file of HTML."""

import base64
import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import count
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    Image,
    ListFlowable,
    ListItem,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)
from reportlab.platypus.tableofcontents import TableOfContents

from bjc_desktop import __version__
from bjc_desktop.reports.manual import BOOK, Element, folder, read_manual, read_sheet, words_of
from bjc_desktop.reports.style import ACCENT, BAND, BOLD, BOTTOM, INK, LINE, MARGIN, MUTED, REGULAR, SHADE, one_at_a_time

_TITLE = "Handbuch zu BJC Desktop"
_NOTE_GROUND = "#faf3e3"
_PICTURE = 0.92
"""The share of the width that a picture of a whole page takes."""
_DOTS = 1366
"""The pixels of a picture that would take the whole width."""
_ROOM = {"h2": 120, "h3": 80, "h4": 60}
_LEVELS = {"h2": 0, "h3": 1}
_SHEET_MARGIN = 14 * mm


def manual_file(page: str, *, html: bool) -> bytes:
    """Return *page* of the manual, such as ``handbuch.html``, as PDF or as one file of HTML with its pictures inside."""
    return _whole_html(page) if html else manual_pdf(page)


@one_at_a_time
def manual_pdf(page: str) -> bytes:
    """Return *page* of the manual as PDF: A4, the same bytes each time."""
    if page == BOOK:
        return _Book(_TITLE, 9.5).made()
    sheet = read_sheet(page)
    quick = page.startswith("schnellstart")
    return _Sheet(sheet.title, 10 if quick else 9.5, sheet.blocks).made()


def _whole_html(page: str) -> bytes:
    def inside(found: re.Match[str]) -> str:
        data = base64.b64encode((folder() / found[1]).read_bytes()).decode("ascii")
        return f'src="data:image/png;base64,{data}"'

    return re.sub(r'src="([^":]+\.png)"', inside, (folder() / page).read_text("utf-8")).encode("utf-8")


class _Template(BaseDocTemplate):  # type: ignore[misc]
    """Pages with a footer that tells of how many there are, which the pass before has counted."""

    def __init__(self, buffer: BytesIO, title: str, margin: float) -> None:
        super().__init__(
            buffer,
            pagesize=A4,
            title=title,
            author="BJC Desktop",
            subject="Berliner JobCoaching",
            creator="BJC Desktop",
            lang="de-DE",
            invariant=1,
        )
        self.counted = self.drawn = 0
        """How many pages the pass before had, and how many this one has so far."""
        self._margin = margin
        frame = Frame(margin, BOTTOM, A4[0] - 2 * margin, A4[1] - margin - BOTTOM, 0, 0, 0, 0)
        self.addPageTemplates(PageTemplate("page", [frame], onPageEnd=self._foot))

    def beforeDocument(self) -> None:  # noqa: N802 - ReportLab's name
        """Begin a pass."""
        self.counted, self.drawn = self.drawn, 0

    def _foot(self, canvas: Any, _template: Any) -> None:
        self.drawn = canvas.getPageNumber()
        canvas.setViewerPreference("DisplayDocTitle", "true")
        canvas.setStrokeColor(LINE)
        canvas.line(self._margin, 14 * mm, A4[0] - self._margin, 14 * mm)
        canvas.setFillColor(MUTED)
        canvas.setFont(REGULAR, 7.5)
        canvas.drawString(self._margin, 10 * mm, f"{self.title} · Version {__version__}")
        canvas.drawRightString(A4[0] - self._margin, 10 * mm, f"Seite {canvas.getPageNumber()} von {self.counted}")

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - ReportLab's name
        """Tell contents and bookmarks of a heading."""
        if isinstance(flowable, _Place):
            self.canv.bookmarkHorizontal(flowable.key, 0, self.frame._y + flowable.height + 4)  # noqa: SLF001 - ReportLab has no other way
            if flowable.level is not None:
                self.canv.addOutlineEntry(flowable.getPlainText(), flowable.key, flowable.level, closed=flowable.level == 0)
                self.notify("TOCEntry", (flowable.level, escape(flowable.getPlainText()), self.page, flowable.key))

    def made(self, story: list[Flowable], buffer: BytesIO) -> bytes:
        """Return the PDF of *story*."""
        self.multiBuild(story)
        return buffer.getvalue()


class _Counted(TableOfContents):  # type: ignore[misc]
    """Contents that ask for one more pass where the footers did not know the number of pages yet."""

    def __init__(self, template: _Template, styles: Sequence[ParagraphStyle], *, shown: bool) -> None:
        super().__init__()
        self._template, self._shown = template, shown
        self.levelStyles = list(styles)
        self.dotsMinLevel = 0
        self.tableStyle = TableStyle(_padding(0.5))

    def isSatisfied(self) -> bool:  # noqa: N802 - ReportLab's name
        """Say whether nothing has moved in the last pass."""
        return bool(super().isSatisfied()) and self._template.counted == self._template.drawn

    def wrap(self, width: float, height: float) -> Any:
        """Take no room where the contents are not to be seen."""
        return super().wrap(width, height) if self._shown else (0, 0)

    def split(self, width: float, height: float) -> Any:
        """Split like any contents."""
        return super().split(width, height) if self._shown else []

    def drawOn(self, *place: Any, **more: Any) -> None:  # noqa: N802 - ReportLab's name
        """Draw the contents where they are to be seen."""
        if self._shown:
            super().drawOn(*place, **more)


class _Place(Paragraph):  # type: ignore[misc]
    """A heading that contents, bookmarks and links lead to."""

    def __init__(self, text: str, style: ParagraphStyle, key: str, level: int | None) -> None:
        super().__init__(text, style)
        self.key, self.level = key, level


class _Sheet:
    """A page that stands for itself."""

    margin = _SHEET_MARGIN

    def __init__(self, title: str, size: float, blocks: Sequence[Element] = ()) -> None:
        self.title, self._blocks = title, blocks
        self._size = size
        self._numbers = count(1)
        self._styles = _styles(size)
        self._buffer = BytesIO()
        self._template = _Template(self._buffer, title, self.margin)
        self._width = A4[0] - 2 * self.margin

    def made(self) -> bytes:
        """Return the PDF."""
        return self._template.made(self._story(), self._buffer)

    def _story(self) -> list[Flowable]:
        # Here h1 is the title, and h2 what h3 is in the book.
        contents = _Counted(self._template, [self._styles["p"]], shown=False)
        return [contents, *(flowable for block in self._blocks for flowable in self._flow(block, shift=1))]

    def _flow(self, block: Element, *, shift: int = 0) -> Iterator[Flowable]:
        tag = block.tag
        if re.fullmatch("h[1-4]", tag):
            yield from self._heading(block, f"h{int(tag[1]) + shift}")
        elif tag == "p":
            yield from self._paragraph(block)
        elif tag in {"ul", "ol"}:
            yield self._list(block)
        elif tag == "table":
            yield self._table(block)
        elif tag == "blockquote":
            yield self._note(block)
        else:
            raise ValueError(tag)

    def _heading(self, block: Element, tag: str) -> Iterator[Flowable]:
        yield CondPageBreak(_ROOM[tag])
        key = block.get("id") or f"place-{next(self._numbers)}"
        yield _Place(_inline(block), self._styles[tag], key, _LEVELS.get(tag))

    def _paragraph(self, block: Element) -> Iterator[Flowable]:
        pictures = list(block.iter("img"))
        if not pictures:
            yield Paragraph(_inline(block), self._styles["p"])
        for picture in pictures:
            yield self._picture(picture)
            yield Spacer(1, 6)

    def _picture(self, picture: Element) -> Flowable:
        path = str(folder() / picture.get("src", ""))
        width, height = ImageReader(path).getSize()
        shown = self._width * _PICTURE * min(1.0, width / _DOTS * 1.15)
        made = Image(path, shown, shown * height / width, hAlign="LEFT")
        table = Table([[made]], style=[("BOX", (0, 0), (-1, -1), 0.5, LINE), *_padding(0)], hAlign="LEFT")
        table.spaceBefore = 3
        return table

    def _list(self, block: Element) -> Flowable:
        ordered = block.tag == "ol"
        items = [ListItem(list(self._item(item)), spaceAfter=1) for item in block]
        return ListFlowable(
            items,
            bulletType="1" if ordered else "bullet",
            start=int(block.get("start", "1")) if ordered else "•",
            bulletFormat="%s." if ordered else None,
            bulletFontName=REGULAR,
            bulletFontSize=self._size,
            leftIndent=20,
            bulletDedent=18,
            spaceAfter=4,
        )

    def _item(self, item: Element) -> Iterator[Flowable]:
        inner = [child for child in item if child.tag in {"p", "ul", "ol", "blockquote", "table"}]
        if not inner or inner[0] is not item[0] or (item.text or "").strip():
            yield Paragraph(_inline(item, until=inner[0] if inner else None), self._styles["li"])
        for child in inner:
            if child.tag == "p" and not list(child.iter("img")):
                yield Paragraph(_inline(child), self._styles["li"])
            else:
                yield from self._flow(child)

    def _table(self, block: Element) -> Flowable:
        rows = [list(row) for row in block.iter("tr")]
        widths = self._widths(rows)
        cells = [[Paragraph(_inline(cell), self._styles[cell.tag]) for cell in row] for row in rows]
        look = [
            ("BACKGROUND", (0, 0), (-1, 0), SHADE),
            ("GRID", (0, 0), (-1, -1), 0.4, LINE),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            *_padding(3),
        ]
        return Table(cells, colWidths=widths, repeatRows=1, style=TableStyle(look), spaceBefore=3, spaceAfter=8)

    def _widths(self, rows: Sequence[Sequence[Element]]) -> list[float]:
        """Return how wide each column is: as its longest word, and of what is left the more, the more it says."""
        columns = [[words_of(row[at]) for row in rows if at < len(row)] for at in range(len(rows[0]))]
        size = self._styles["th"].fontSize
        least = [
            max(pdfmetrics.stringWidth(word, BOLD, size) for text in texts for word in ["", *text.split()]) + 8
            for texts in columns
        ]
        said = [max(sum(len(text) for text in texts), 1) ** 0.8 for texts in columns]
        left = max(self._width - sum(least), 0)
        whole = [low + left * share / sum(said) for low, share in zip(least, said, strict=True)]
        return [width * self._width / sum(whole) for width in whole]

    def _note(self, block: Element) -> Flowable:
        inner = [flowable for child in block for flowable in self._flow(child)]
        look = [
            ("BACKGROUND", (0, 0), (-1, -1), _NOTE_GROUND),
            ("LINEBEFORE", (0, 0), (0, -1), 3, ACCENT),
            *_padding(5),
            ("LEFTPADDING", (0, 0), (-1, -1), 9),
        ]
        return Table([[inner]], colWidths=[self._width], style=TableStyle(look), spaceBefore=4, spaceAfter=8)


class _Book(_Sheet):
    """The whole manual: title, contents, chapters."""

    margin = MARGIN

    def _story(self) -> list[Flowable]:
        levels = [
            ParagraphStyle("toc-0", self._styles["td"], fontName=BOLD, spaceBefore=5),
            ParagraphStyle("toc-1", self._styles["td"], leftIndent=14),
        ]
        story: list[Flowable] = [
            Paragraph("Berliner JobCoaching", self._styles["eyebrow"]),
            Paragraph(_TITLE, self._styles["h1"]),
            Paragraph(f"Version {__version__}", self._styles["p"]),
            Spacer(1, 10),
            Paragraph("Inhalt", ParagraphStyle("contents", self._styles["h3"], keepWithNext=0)),
            _Counted(self._template, levels, shown=True),
        ]
        for chapter in read_manual():
            story.append(PageBreak())
            for block in chapter.blocks:
                if block.tag == "h2":
                    story.append(_Place(_inline(block), self._styles["h2"], chapter.key, 0))
                else:
                    story += self._flow(block)
        return story


def _padding(size: float) -> list[tuple[Any, ...]]:
    return [(f"{side}PADDING", (0, 0), (-1, -1), size) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]


def _styles(size: float) -> dict[str, ParagraphStyle]:
    def style(
        name: str, factor: float, *, bold: bool = False, before: float = 0, after: float = 0, colour: Any = INK
    ) -> ParagraphStyle:
        points = size * factor
        return ParagraphStyle(
            name,
            fontName=BOLD if bold else REGULAR,
            fontSize=points,
            leading=points * 1.38,
            textColor=colour,
            spaceBefore=before,
            spaceAfter=after,
            splitLongWords=1,
            keepWithNext=name in {"h2", "h3", "h4"},
        )

    return {
        "eyebrow": style("eyebrow", 1.0, bold=True, colour=ACCENT),
        "h1": style("h1", 2.2, bold=True, after=4),
        "h2": style("h2", 1.9, bold=True, after=8),
        "h3": style("h3", 1.3, bold=True, before=size, after=3),
        "h4": style("h4", 1.08, bold=True, before=size * 0.7, after=2),
        "p": style("p", 1.0, after=4),
        "li": style("li", 1.0, after=1),
        "td": style("td", 0.9),
        "th": style("th", 0.9, bold=True),
    }


def _inline(element: Element, until: Element | None = None) -> str:
    """Return the words of *element*, up to its child *until*, in ReportLab's markup."""
    parts = [escape(element.text or "")]
    for child in element:
        if child is until:
            break
        inner = _inline(child)
        if child.tag == "strong":
            inner = f"<b>{inner}</b>"
        elif child.tag == "kbd":
            inner = f'<font backColor="{BAND.hexval().replace("0x", "#")}">\u00a0{inner}\u00a0</font>'
        elif child.tag == "a":
            inner = f'<a href="{escape(child.get("href", ""))}" color="{ACCENT.hexval().replace("0x", "#")}">{inner}</a>'
        elif child.tag == "br":
            inner = "<br/>"
        parts += [inner, escape(child.tail or "")]
    return "".join(parts).strip() if until is not None else "".join(parts)
