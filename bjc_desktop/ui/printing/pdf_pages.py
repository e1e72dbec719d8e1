"""The pages of a PDF below each other, read by keyboard: scrolled, enlarged, and only what is seen is drawn."""

from collections.abc import Callable

import pypdfium2
from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QKeySequence, QPixmap, QResizeEvent, QShortcut
from PySide6.QtWidgets import QLabel, QScrollBar, QWidget

from bjc_desktop.ui.shared.labels import announce, label
from bjc_desktop.ui.shared.page import Scroller
from bjc_desktop.ui.shared.theme import theme

_WIDTH = 620
_SMALLEST, _LARGEST, _STEP = 50, 300, 25


class PdfPages(Scroller):
    """The pages; ``turned`` follows which page is read, and its size in per cent."""

    turned = Signal()

    def __init__(self, pdf: bytes) -> None:
        super().__init__()
        self._pdf = pdf
        self.zoom, self.current = 100, 1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("keyboard", "yes")
        with pypdfium2.PdfDocument(pdf) as document:
            self._sizes = [page.get_size() for page in document]
        self._holders = [self._holder(number) for number in range(1, len(self._sizes) + 1)]
        self._tops: list[int] = []
        self._tell_name()
        self._resize_pages()
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.verticalScrollBar().rangeChanged.connect(self._scrolled)
        zooms: tuple[tuple[QKeySequence.StandardKey | str, Callable[[], object]], ...] = (
            (QKeySequence.StandardKey.ZoomIn, self.enlarge),
            ("Ctrl+=", self.enlarge),
            (QKeySequence.StandardKey.ZoomOut, self.shrink),
            ("Ctrl+0", lambda: self.zoom_to(100)),
        )
        for keys, action in zooms:
            wanted = QKeySequence(keys) if isinstance(keys, str) else keys
            for sequence in [wanted] if isinstance(wanted, QKeySequence) else QKeySequence.keyBindings(wanted):
                shortcut = QShortcut(sequence, self, action)
                shortcut.setContext(Qt.ShortcutContext.WindowShortcut)

    @property
    def count(self) -> int:
        """The number of pages."""
        return len(self._sizes)

    def _holder(self, number: int) -> QLabel:
        made = label()
        made.setAccessibleName(f"Seite {number}")
        self.column.addWidget(made, 0, Qt.AlignmentFlag.AlignHCenter)
        return made

    # --- size -------------------------------------------------------------------------------------------------------------

    def enlarge(self) -> None:
        """Show the pages a step larger."""
        self.zoom_to(self.zoom + _STEP)

    def shrink(self) -> None:
        """Show the pages a step smaller."""
        self.zoom_to(self.zoom - _STEP)

    def zoom_to(self, per_cent: int) -> None:
        """Show the pages at *per_cent*; the place in the document stays."""
        bar = self.verticalScrollBar()
        read = bar.value() / max(bar.maximum(), 1)
        self.zoom = min(max(per_cent, _SMALLEST), _LARGEST)
        self._resize_pages()
        bar.setValue(round(read * bar.maximum()))
        self._scrolled()
        self.turned.emit()

    def _scale(self, number: int) -> float:
        return float(theme().pixels(_WIDTH) * self.zoom / 100 / self._sizes[number][0])

    def _resize_pages(self) -> None:
        below = 0
        self._tops = []
        for number, holder in enumerate(self._holders):
            width, height = (round(side * self._scale(number)) for side in self._sizes[number])
            holder.clear()
            holder.setFixedSize(width, height)
            self._tops.append(below)
            below += height + self.column.spacing()
        self.column.activate()
        QCoreApplication.sendEvent(self, QEvent(QEvent.Type.LayoutRequest))  # the scroll bar knows the new height at once

    # --- what is seen -----------------------------------------------------------------------------------------------------

    def _scrolled(self) -> None:
        self._draw()
        middle = self.verticalScrollBar().value() + self.viewport().height() // 2
        now = 1 + sum(top <= middle for top in self._tops[1:])
        if now != self.current:
            self.current = now
            self._tell_name()
            announce(self, self.accessibleName())
            self.turned.emit()

    def _tell_name(self) -> None:
        self.setAccessibleName(f"Seite {self.current} von {self.count}")

    def _draw(self) -> None:
        """Draw the pages that are seen, and forget the others: a large document would fill the memory."""
        top = self.verticalScrollBar().value()
        bottom = top + self.viewport().height()
        seen = [at for at, y in enumerate(self._tops) if y <= bottom and y + self._holders[at].height() >= top]
        for at, holder in enumerate(self._holders):
            if at not in seen and not holder.pixmap().isNull():
                holder.clear()
        missing = [at for at in seen if self._holders[at].pixmap().isNull()]
        if not missing:
            return
        with pypdfium2.PdfDocument(self._pdf) as document:
            for at in missing:
                self._holders[at].setPixmap(QPixmap.fromImage(picture_of(document[at], self._scale(at))))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's
        """Draw what is seen now."""
        super().resizeEvent(event)
        self._scrolled()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's
        """Go to the first page by Home and to the end by End; Qt knows the other keys."""
        bar: QScrollBar = self.verticalScrollBar()
        ends = {Qt.Key.Key_Home: bar.minimum, Qt.Key.Key_End: bar.maximum}
        end = ends.get(Qt.Key(event.key()))
        if end is None:
            super().keyPressEvent(event)
        else:
            bar.setValue(end())

    def _follow(self, before: QWidget | None, focused: QWidget | None) -> None:
        """Stay where one reads: there is nothing inside to go to."""


def picture_of(page: pypdfium2.PdfPage, scale: float) -> QImage:
    """Return *page* drawn at *scale* (1 is 72 points an inch)."""
    drawn = page.render(scale=scale, rev_byteorder=True)
    array = bytes(drawn.buffer)
    form = QImage.Format.Format_RGB888 if drawn.n_channels == 3 else QImage.Format.Format_RGBA8888  # noqa: PLR2004 - red, green, blue
    return QImage(array, drawn.width, drawn.height, drawn.stride, form).copy()
