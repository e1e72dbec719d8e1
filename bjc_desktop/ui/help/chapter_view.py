"""A chapter of the manual as Qt shows it: the program's own text in the theme's colours, its pictures as wide as there is room."""

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QResizeEvent, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QTextBrowser, QTextEdit

from bjc_desktop.reports.manual import Chapter, Element, folder
from bjc_desktop.ui.shared.theme import theme

_LEAST_WIDTH = 200


class ChapterView(QTextBrowser):
    """One chapter at a time; links lead to places of the manual only, nothing is ever fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.setOpenLinks(False)
        self.setAccessibleName("Text des Handbuchs")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # Links are reached by Tab within the text; at the last one Tab goes on to the next widget.
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.document().setDocumentMargin(theme().pixels(16))
        self._chapter: Chapter | None = None
        self._place = ""
        self._width = 0

    def show_place(self, chapter: Chapter, place: str) -> None:
        """Show *chapter* from the anchor *place* on."""
        if chapter is not self._chapter:
            self._chapter = chapter
            self._render()
        self._place = place
        if place == chapter.key:
            self.verticalScrollBar().setValue(0)
            self.moveCursor(QTextCursor.MoveOperation.Start)
        else:
            self.scrollToAnchor(place)

    def mark(self, words: Sequence[str]) -> None:
        """Mark each of *words* wherever it stands in the chapter."""
        marked = []
        looks = QTextCharFormat()
        looks.setBackground(theme().colour("warning_ground"))
        looks.setForeground(theme().colour("warning"))
        looks.setFontUnderline(True)  # not by colour alone
        for word in words:
            cursor = self.document().find(word)
            while not cursor.isNull():
                selection = QTextEdit.ExtraSelection()
                selection.cursor, selection.format = cursor, looks  # type: ignore[attr-defined]
                marked.append(selection)
                cursor = self.document().find(word, cursor)
        self.setExtraSelections(marked)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:  # noqa: N802 - Qt's
        """Return a picture of the manual; nothing else is loaded from anywhere."""
        inside = folder().resolve()
        path = (inside / Path(name.toString() if isinstance(name, QUrl) else name)).resolve()
        if kind == QTextDocument.ResourceType.ImageResource.value and path.is_relative_to(inside) and path.is_file():
            picture = QImage(str(path))
            width = min(self._room(), theme().pixels(picture.width())) * self.devicePixelRatioF()
            # Qt would leave out dots where it draws a picture smaller than it is.
            return picture.scaledToWidth(round(min(width, picture.width())), Qt.TransformationMode.SmoothTransformation)
        return None

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's
        """Give pictures the width there is."""
        super().resizeEvent(event)
        if self._chapter is not None and self.viewport().width() != self._width:
            self._render()
            if self._place != self._chapter.key:
                self.scrollToAnchor(self._place)

    def _render(self) -> None:
        if self._chapter is None:
            return
        self._width = self.viewport().width()
        self.document().setDefaultStyleSheet(_style())
        self.setHtml("".join(ET.tostring(_dressed(block, self._room()), "unicode") for block in self._chapter.blocks))

    def _room(self) -> int:
        """Return how wide a picture may be."""
        return max(self._width - 2 * theme().pixels(16) - 4, _LEAST_WIDTH)


def _dressed(block: Element, room: int) -> Element:
    """Return a copy of *block* with what Qt's subset of HTML asks for: sizes of pictures, anchors, boxes and lines of tables as attributes."""
    made = copy.deepcopy(block)
    for element in list(made.iter()):
        if element.tag == "p" and element.find("img") is not None:
            element.set("style", "line-height: 100%")
        elif element.tag == "img":
            image = QImage(str(folder() / element.get("src", "")))
            element.set("width", str(min(room, theme().pixels(image.width()))))
        elif element.tag == "kbd":
            element.tag = "b"
        elif element.tag == "table":
            element.attrib.update({"border": "1", "cellspacing": "0", "cellpadding": str(theme().pixels(5)), "width": "100%"})
            for head in element.iter("th"):
                head.set("align", "left")
        elif element.tag in {"h2", "h3", "h4"} and (key := element.get("id")):
            anchor = ET.Element("a", {"name": key})
            anchor.tail, element.text = element.text, ""
            element.insert(0, anchor)
    return _boxed(made) if made.tag == "blockquote" else made


def _boxed(quote: Element) -> Element:
    """Return the note in a box: Qt paints no ground behind a quotation, but behind a table."""
    table = ET.Element("table", {"width": "100%", "cellspacing": "0", "cellpadding": str(theme().pixels(10)), "class": "note"})
    cell = ET.SubElement(ET.SubElement(table, "tr"), "td", {"class": "note"})
    cell.extend(list(quote))
    return table


def _style() -> str:
    px, colours = theme().pixels, theme().colours
    return f"""
    body, p, li, td, th {{ color: {colours.text}; font-size: {px(14)}px; }}
    p, li {{ line-height: 140%; }}
    h2 {{ font-size: {px(22)}px; color: {colours.text}; }}
    h3 {{ font-size: {px(17)}px; color: {colours.text}; margin-top: {px(22)}px; }}
    h4 {{ font-size: {px(15)}px; color: {colours.text}; }}
    a {{ color: {colours.accent}; }}
    th {{ background-color: {colours.quiet_ground}; }}
    table {{ border-color: {colours.line}; border-style: solid; border-collapse: collapse; }}
    td.note {{ background-color: {colours.warning_ground}; border: 1px solid {colours.warning}; }}
    """
