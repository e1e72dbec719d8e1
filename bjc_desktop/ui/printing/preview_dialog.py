"""A document before it leaves the vault: drawn from memory, no temporary file; saved or printed only when asked for."""

from collections.abc import Callable
from pathlib import Path

import pypdfium2
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QDialog, QFileDialog, QVBoxLayout, QWidget

from bjc_desktop.errors import BjcError
from bjc_desktop.ui.shared.labels import Banner, button, label, row
from bjc_desktop.ui.shared.page import Scroller
from bjc_desktop.ui.shared.theme import theme

_PRINT_SCALE = 300 / 72
_SCREEN_WIDTH = 620


class PreviewDialog(QDialog):
    """The pages of a PDF; *left* is called when the document was saved or printed."""

    def __init__(self, pdf: bytes, title: str, left: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pdf, self._title, self._left = pdf, title, left
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        px = theme().pixels
        column = QVBoxLayout(self)
        self.banner = Banner()
        scroller = Scroller()
        self.pages = 0
        with pypdfium2.PdfDocument(pdf) as document:
            for page in document:
                picture = _picture(page, px(_SCREEN_WIDTH) / page.get_width())
                holder = label()
                holder.setPixmap(QPixmap.fromImage(picture))
                self.pages += 1
                holder.setAccessibleName(f"Seite {self.pages}")
                scroller.column.addWidget(holder, 0, Qt.AlignmentFlag.AlignHCenter)
        self.save_button = button("&Speichern …", self._choose_place, symbol="file-text")
        print_button = button("&Drucken …", self._print, rank="primary", symbol="printer")
        column.addWidget(self.banner)
        column.addWidget(scroller, 1)
        column.addLayout(
            row(label(f"{self.pages} Seiten" if self.pages != 1 else "1 Seite", "muted"), None, self.save_button, print_button)
        )
        self.resize(px(720), min(px(760), self.screen().availableGeometry().height() - 40))

    def _choose_place(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, "Speichern", f"{self._title}.pdf", "PDF (*.pdf)")
        if chosen:
            self.save(Path(chosen))

    def save(self, path: Path) -> None:
        """Write the document to *path*, readable by its owner only."""
        try:
            path.touch(mode=0o600)
            path.write_bytes(self._pdf)
        except OSError:
            self.banner.tell("Die Datei konnte nicht geschrieben werden. Bitte einen anderen Ort wählen.", "danger")
            return
        self._note("Gespeichert. Die Datei ist nicht verschlüsselt; bitte sicher verwahren.")

    def _print(self) -> None:
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter  # noqa: PLC0415 - seldom needed

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName("BJC Desktop")  # no name in the printer's queue
        if not QPrintDialog(printer, self).exec():
            return
        painter = QPainter(printer)
        with pypdfium2.PdfDocument(self._pdf) as document:
            for number, page in enumerate(document):
                if number:
                    printer.newPage()
                picture = _picture(page, _PRINT_SCALE)
                painter.drawImage(QRectF(painter.viewport()), picture, QRectF(picture.rect()))
        painter.end()
        self._note("Gedruckt.")

    def _note(self, said: str) -> None:
        try:
            self._left()
        except BjcError as error:
            self.banner.tell(f"{said} Es konnte nicht vermerkt werden: {error}", "danger")
        else:
            self.banner.tell(said, "warning")


def _picture(page: pypdfium2.PdfPage, scale: float) -> QImage:
    drawn = page.render(scale=scale, rev_byteorder=True)
    array = bytes(drawn.buffer)
    form = QImage.Format.Format_RGB888 if drawn.n_channels == 3 else QImage.Format.Format_RGBA8888  # noqa: PLR2004 - red, green, blue
    return QImage(array, drawn.width, drawn.height, drawn.stride, form).copy()
