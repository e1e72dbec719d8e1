"""The manual in a window of its own beside the work: contents and search at the left, the text at the right; Escape goes back to the work."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QUrl
from PySide6.QtGui import QFontMetrics, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QLineEdit,
    QMenu,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QTreeWidgetItemIterator,
    QVBoxLayout,
    QWidget,
)

from bjc_desktop.reports.manual import BOOK, chapter_of, find, read_manual, sheets
from bjc_desktop.ui.help.chapter_view import ChapterView
from bjc_desktop.ui.help.places import BEGINNING
from bjc_desktop.ui.shared.background import Background, Progress
from bjc_desktop.ui.shared.labels import Banner, announce, button, label, row
from bjc_desktop.ui.shared.theme import theme

_KEY = Qt.ItemDataRole.UserRole
_KINDS = (("schnellstart", "Schnellstart"), ("vorlagen", "Vorlage"))


class _Contents(QTreeWidget):
    """Titles that wrap: a tree gives each a line only, unless it is told how tall it is."""

    def each(self) -> Iterator[QTreeWidgetItem]:
        """Yield every title."""
        reached = QTreeWidgetItemIterator(self)
        while (item := reached.value()) is not None:
            yield item
            reached += 1

    def fit(self) -> None:
        """Give each title the height that it needs."""
        beside, above = theme().pixels(2 * 6) + 8, theme().pixels(2 * 3)
        for item in self.each():
            room = self.viewport().width() - beside - (self.indentation() if item.parent() is not None else 0)
            lines = QFontMetrics(item.font(0)).boundingRect(0, 0, room, 0, Qt.TextFlag.TextWordWrap, item.text(0))
            item.setSizeHint(0, QSize(room, lines.height() + above))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's
        """Take the height of each title at the new width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()


class HelpWindow(QDialog):
    """The window; it may stay open while somebody works, also beside a dialog, whose child it then is."""

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Handbuch")
        self._visited: list[str] = []
        self.line = QLineEdit()
        self.line.setPlaceholderText("Im Handbuch suchen (Strg+F)")
        self.line.setAccessibleName("Im Handbuch suchen")
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(self._find)
        self.line.returnPressed.connect(self._take_first)
        self.contents = _Contents()
        self.contents.setAccessibleName("Inhalt")
        self.contents.setHeaderHidden(True)
        self.contents.setRootIsDecorated(False)
        self.contents.setIndentation(theme().pixels(14))
        self.contents.setWordWrap(True)
        self.contents.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.contents.currentItemChanged.connect(self._follow)
        self._count = label("", "small")
        self.text = ChapterView()
        self.text.anchorClicked.connect(self._go)
        self.banner = Banner()
        self.back = button("&Zurück", self.go_back, rank="plain", symbol="arrow-left")
        self.back.setToolTip("Zurück (Alt+←)")
        self._build()
        for keys, action in (("Ctrl+F", self._search), ("Alt+Left", self.go_back), ("F1", lambda: self.show_place(BEGINNING))):
            QShortcut(QKeySequence(keys), self).activated.connect(action)
        self._find("")

    def _build(self) -> None:
        px = theme().pixels
        column = QVBoxLayout(self)
        column.setContentsMargins(px(12), px(12), px(12), px(10))
        left = QWidget()
        narrow = QVBoxLayout(left)
        narrow.setContentsMargins(0, 0, 0, 0)
        for widget in (self.line, self.contents, self._count):
            narrow.addWidget(widget)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.addWidget(left)
        split.addWidget(self.text)
        split.setStretchFactor(1, 1)
        room = self.screen().availableGeometry()
        width, height = min(px(1080), room.width() - 40), min(px(740), room.height() - 60)
        split.setSizes([min(px(290), width // 3), width])
        self._save = button("&Speichern", rank="", symbol="download")
        self._save.setMenu(self._menu())
        column.addWidget(self.banner)
        column.addWidget(split, 1)
        column.addLayout(row(button("S&chließen", self.close), self.back, None, self._save))
        self.resize(width, height)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction("Handbuch als PDF …", partial(self._choose_place, BOOK, "Handbuch"))
        for kind, title in _KINDS:
            menu.addSeparator()
            for sheet in sheets(kind):
                menu.addAction(
                    f"{title}: {sheet.title.partition(': ')[2] or sheet.title} …",
                    partial(self._choose_place, sheet.name, sheet.title),
                )
        return menu

    # --- finding ----------------------------------------------------------------------------------------------------------

    def _find(self, text: str) -> None:
        """List the places that have the words, or all of them."""
        found = find(text)
        words = text.split()
        with QSignalBlocker(self.contents):
            self.contents.clear()
            above: QTreeWidgetItem | None = None
            for section in found:
                item = QTreeWidgetItem([section.title])
                item.setData(0, _KEY, section.key)
                item.setToolTip(0, section.title)
                font = self.contents.font()
                font.setBold(section.begins_chapter)
                item.setFont(0, font)
                # What was found stands in the order of how well it fits, not below its chapter.
                if above is None or section.begins_chapter or words:
                    self.contents.addTopLevelItem(item)
                    above = item
                else:
                    above.addChild(item)
            self.contents.expandAll()
            self.contents.fit()
        self._count.setText(f"{len(found)} {'Stelle' if len(found) == 1 else 'Stellen'}" if words else "")
        if words:
            announce(self._count, self._count.text())
        self._mark_place()
        self.text.mark(words)

    def _take_first(self) -> None:
        first = self.contents.topLevelItem(0)
        if first is not None:
            self._follow(first)
            self.text.setFocus()

    def _search(self) -> None:
        self.line.setFocus()
        self.line.selectAll()

    # --- going ------------------------------------------------------------------------------------------------------------

    def show_place(self, place: str) -> None:
        """Show the manual from the anchor *place* on; a place that it does not have leads to the beginning."""
        try:
            chapter = chapter_of(place)
        except KeyError:
            place, chapter = BEGINNING, read_manual()[0]
        if not self._visited or self._visited[-1] != place:
            self._visited.append(place)
        self.text.show_place(chapter, place)
        self.text.mark(self.line.text().split())
        self.back.setEnabled(len(self._visited) > 1)
        self._mark_place()

    @property
    def place(self) -> str:
        """The place that is shown."""
        return self._visited[-1] if self._visited else ""

    def go_back(self) -> None:
        """Show the place before."""
        if len(self._visited) > 1:
            self._visited.pop()
            self.show_place(self._visited[-1])

    def _go(self, link: QUrl) -> None:
        if link.hasFragment() and not link.host():
            self.show_place(link.fragment())

    def _follow(self, item: QTreeWidgetItem | None, _before: QTreeWidgetItem | None = None) -> None:
        if item is not None:
            self.show_place(item.data(0, _KEY))

    def _mark_place(self) -> None:
        """Let the contents show where the text is."""
        with QSignalBlocker(self.contents):
            for item in self.contents.each():
                if item.data(0, _KEY) == self.place:
                    self.contents.setCurrentItem(item)

    # --- saving -----------------------------------------------------------------------------------------------------------

    def _choose_place(self, page: str, title: str) -> None:
        suggested = str(Path.home() / f"{title.replace(': ', ' ')}.pdf")
        chosen, _ = QFileDialog.getSaveFileName(self, "Speichern", suggested, "PDF (*.pdf);;HTML (*.html)")
        if chosen:
            self.save(page, Path(chosen))

    def save(self, page: str, path: Path) -> None:
        """Write *page* of the manual to *path* behind the window, as HTML where the name says so, else as PDF."""

        def write(_: Progress) -> None:
            from bjc_desktop.reports.manual_pdf import manual_file  # noqa: PLC0415 - seldom needed

            path.write_bytes(manual_file(page, html=path.suffix.casefold() in {".html", ".htm"}))

        def written(_: None) -> None:
            self._save.setEnabled(True)
            self.banner.tell(f"Gespeichert: {path.name}", "good")

        def failed(_: BaseException) -> None:
            self._save.setEnabled(True)
            self.banner.tell("Die Datei konnte nicht geschrieben werden. Bitte einen anderen Ort wählen.", "danger")

        self._save.setEnabled(False)
        self.banner.tell(f"{path.name} wird geschrieben …")
        self._background.run(self, write, written, failed)


def open_help(parent: QWidget, place: str, background: Background) -> HelpWindow:
    """Show the manual at *place* in the window that is open already, or in a new one that belongs to *parent*."""
    shown = (made for made in QApplication.topLevelWidgets() if isinstance(made, HelpWindow) and made.isVisible())
    window = next((made for made in shown if made.parent() is parent), None)
    if window is None:
        window = HelpWindow(background, parent)
    window.show_place(place)
    window.show()
    window.activateWindow()
    window.text.setFocus()
    return window
