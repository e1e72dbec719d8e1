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
from bjc_desktop.vault import Leaving

_PRINT_SCALE = 300 / 72
_SCREEN_WIDTH = 620


class PreviewDialog(QDialog):
    """The pages of a PDF; *leaves* records that the document is printed or saved, before it is."""

    def __init__(self, pdf: bytes, title: str, leaves: Callable[[Leaving], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pdf, self._title, self._leaves = pdf, title, leaves
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
        if not self._noted(Leaving.SAVE):
            return
        try:
            path.touch(mode=0o600)
            path.write_bytes(self._pdf)
        except OSError:
            self.banner.tell("Die Datei konnte nicht geschrieben werden. Bitte einen anderen Ort wählen.", "danger")
            return
        self.banner.tell("Gespeichert. Die Datei ist nicht verschlüsselt; bitte sicher verwahren.", "warning")

    def _print(self) -> None:
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter  # noqa: PLC0415 - seldom needed

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName("BJC Desktop")  # no name in the printer's queue
        if not QPrintDialog(printer, self).exec() or not self._noted(Leaving.PRINT):
            return
        painter = QPainter(printer)
        with pypdfium2.PdfDocument(self._pdf) as document:
            for number, page in enumerate(document):
                if number:
                    printer.newPage()
                picture = _picture(page, _PRINT_SCALE)
                painter.drawImage(QRectF(painter.viewport()), picture, QRectF(picture.rect()))
        painter.end()
        self.banner.tell("Gedruckt.", "warning")

    def _noted(self, leaving: Leaving) -> bool:
        """Record that the document leaves; what cannot be recorded does not leave."""
        try:
            self._leaves(leaving)
        except BjcError as error:
            self.banner.tell(f"Das lässt sich nicht vermerken und wurde deshalb nicht ausgegeben. {error}", "danger")
            return False
        return True


def _picture(page: pypdfium2.PdfPage, scale: float) -> QImage:
    drawn = page.render(scale=scale, rev_byteorder=True)
    array = bytes(drawn.buffer)
    form = QImage.Format.Format_RGB888 if drawn.n_channels == 3 else QImage.Format.Format_RGBA8888  # noqa: PLR2004 - red, green, blue
    return QImage(array, drawn.width, drawn.height, drawn.stride, form).copy()
