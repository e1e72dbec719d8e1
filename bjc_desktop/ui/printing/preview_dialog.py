"""A document before it leaves the vault: drawn from memory, no temporary file; saved or printed only when asked for."""

from collections.abc import Callable
from pathlib import Path

import pypdfium2
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QDialog, QFileDialog, QVBoxLayout, QWidget

from bjc_desktop.errors import BjcError
from bjc_desktop.ui.printing.pdf_pages import PdfPages, picture_of
from bjc_desktop.ui.shared.labels import Banner, button, label, row
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.vault import Leaving
from bjc_desktop.vault.durable import write_file

_PRINT_SCALE = 300 / 72


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
        self.pages = PdfPages(pdf)
        self.pages.turned.connect(self._tell_place)
        self._place = label("", "muted")
        self._place.setToolTip("Bild↑, Bild↓, Pos1 und Ende blättern; Strg++, Strg+− und Strg+0 ändern die Größe.")
        smaller = button("K&leiner", self.pages.shrink, rank="plain")
        larger = button("&Größer", self.pages.enlarge, rank="plain")
        self.save_button = button("&Speichern …", self._choose_place, symbol="file-text")
        print_button = button("&Drucken …", self._print, rank="primary", symbol="printer")
        self.close_button = button("S&chließen", self.reject)
        column.addWidget(self.banner)
        column.addLayout(row(self._place, None, smaller, larger))
        column.addWidget(self.pages, 1)
        column.addLayout(row(self.close_button, None, self.save_button, print_button))
        room = self.screen().availableGeometry()
        self.resize(min(px(720), room.width() - 40), min(px(760), room.height() - 40))
        self._tell_place()
        self.pages.setFocus()

    def _tell_place(self) -> None:
        self._place.setText(f"Seite {self.pages.current} von {self.pages.count} · {self.pages.zoom}\u00a0%")

    def _choose_place(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, "Speichern", f"{self._title}.pdf", "PDF (*.pdf)")
        if chosen:
            self.save(Path(chosen))

    def save(self, path: Path) -> None:
        """Write the document to *path*, readable by its owner only; where that fails, what was there before stays."""
        if not self._noted(Leaving.SAVE):
            return
        try:
            write_file(path, self._pdf)
        except (OSError, ValueError, BjcError):
            self.banner.tell("Die Datei konnte nicht geschrieben werden. Bitte einen anderen Ort wählen.", "danger")
            return
        self.banner.tell("Gespeichert. Die Datei ist nicht verschlüsselt; bitte sicher verwahren.", "warning")

    def _print(self) -> None:
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter  # noqa: PLC0415 - seldom needed

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName("BJC Desktop")  # no name in the printer's queue
        if not QPrintDialog(printer, self).exec() or not self._noted(Leaving.PRINT):
            return
        painter = QPainter()
        if not painter.begin(printer):
            self.banner.tell("Es wurde nicht gedruckt. Bitte den Drucker oder den Ort der Datei prüfen.", "danger")
            return
        with pypdfium2.PdfDocument(self._pdf) as document:
            for number, page in enumerate(document):
                if number:
                    printer.newPage()
                picture = picture_of(page, _PRINT_SCALE)
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
