"""Step 1: the file, and which of its sheets are taken in; or a data package instead of a list."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QCheckBox, QFileDialog, QVBoxLayout, QWidget

from bjc_desktop.exchange.lists.list_tables import ListTable
from bjc_desktop.services.old_lists.list_opening import OpenList
from bjc_desktop.ui.lists.counted_words import grouped
from bjc_desktop.ui.shared.labels import box, button, label, row
from bjc_desktop.ui.shared.page import Scroller, clear_layout

_PACKAGES = "Datenpakete (*.zip);;Alle Dateien (*)"
_PACKAGE = (
    "Eine ZIP-Datei mit Tabellen in festem Aufbau, wie sie ein anderes Programm oder die Auswertung eines Trägers schreibt. "
    "Auch hier wird zuerst geprüft und gezeigt, was käme; bei einem Fehler bleibt alles, wie es ist."
)
_FILTER = "Listen (*.xlsx *.xlsm *.ods *.csv *.txt);;Alle Dateien (*)"
_WHAT = (
    "Excel (XLSX), LibreOffice (ODS) oder CSV, so wie die Liste ist: mit Titelzeilen, mehreren Blättern, „05.03.26“, „ja/x“ und Lücken. "
    "Die Datei bleibt unverändert. Was nicht klar ist, wird gefragt; eingelesen wird erst am Ende, nach der Vorschau."
)


class FileStep(Scroller):
    """The step; ``chosen`` carries the path of a file, ``package_chosen`` of a package, ``sheet_ticked`` a sheet and whether it is taken in."""

    chosen = Signal(Path)
    package_chosen = Signal(Path)
    sheet_ticked = Signal(str, bool)
    finished = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        frame, column = box()
        column.addWidget(label("Welche Liste soll in den Tresor?", "heading"))
        column.addWidget(label(_WHAT, "muted", wrap=True))
        self.choose_button = button("&Datei wählen …", self.choose, rank="primary", symbol="folder-open")
        column.addLayout(row(self.choose_button, label("oder hierher ziehen", "small"), None))
        self.column.addWidget(frame)
        self._package, column = box()
        column.addWidget(label("Oder ist es ein Datenpaket?", "heading"))
        column.addWidget(label(_PACKAGE, "muted", wrap=True))
        self.package_button = button("Daten&paket wählen …", self.choose_package, symbol="folder-open")
        column.addLayout(row(self.package_button, label("oder hierher ziehen", "small"), None))
        self._sheets, self._lines = QWidget(), QVBoxLayout()
        self._lines.setContentsMargins(0, 0, 0, 0)
        outer = QVBoxLayout(self._sheets)
        outer.setContentsMargins(0, 0, 0, 0)
        self.name = label("", "heading", wrap=True)
        outer.addWidget(self.name)
        outer.addLayout(self._lines)
        self.next_button = button("&Weiter: Spalten", self.finished.emit, rank="primary", symbol="arrow-right")
        outer.addLayout(row(None, self.next_button))
        self._sheets.hide()
        self.column.addWidget(self._sheets)
        self.column.addWidget(self._package)
        self.column.addStretch(1)
        self.boxes: dict[str, QCheckBox] = {}

    def choose(self) -> None:
        """Ask for a file."""
        found, _ = QFileDialog.getOpenFileName(self, "Liste wählen", "", _FILTER)
        if found:
            self.chosen.emit(Path(found))

    def choose_package(self) -> None:
        """Ask for a data package."""
        found, _ = QFileDialog.getOpenFileName(self, "Datenpaket wählen", "", _PACKAGES)
        if found:
            self.package_chosen.emit(Path(found))

    def show_list(self, name: str, opened: OpenList, taken: Mapping[str, object], said: set[str]) -> None:
        """Show the sheets of the list, those that are *taken* in ticked."""
        self.name.setText(name)
        clear_layout(self._lines)
        self.boxes.clear()
        for sheet, table in opened.tables.items():
            tick = QCheckBox(sheet)
            tick.setChecked(sheet in taken)
            tick.toggled.connect(partial(self.sheet_ticked.emit, sheet))
            self.boxes[sheet] = tick
            self._lines.addWidget(tick)
            self._lines.addWidget(
                label(_described(table, known=sheet in said, aside=opened.sheets[sheet].aside), "muted", wrap=True)
            )
        without = [sheet for sheet in opened.sheets if sheet not in opened.tables]
        if without:
            names = ", ".join(f"„{sheet}“" for sheet in without)
            self._lines.addWidget(label(f"Ohne erkennbare Überschriften und deshalb nicht dabei: {names}.", "muted", wrap=True))
        self._package.hide()
        self._sheets.show()
        self.set_ready(ready=bool(taken))

    def set_ready(self, *, ready: bool) -> None:
        """Let the user go on, or not."""
        self.next_button.setEnabled(ready)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's
        """Take a file."""
        if event.mimeData().hasUrls() and event.mimeData().urls()[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's
        """Open the file that is dropped."""
        event.acceptProposedAction()
        self.chosen.emit(Path(event.mimeData().urls()[0].toLocalFile()))


def _described(table: ListTable, *, known: bool, aside: int) -> str:
    numbers = " und ".join(map(str, table.heading_numbers))
    words = [
        f"{grouped(len(table.rows))} Zeilen, {sum(1 for heading in table.headings if heading)} Spalten, Überschriften in Zeile {numbers}",
        "Aufbau bekannt" if known else "",
        "ausgeblendet" if table.hidden else "",
        f"{len(table.passed_over)} Summen oder Bemerkungen übergangen" if table.passed_over else "",
        f"{aside} Zellen weit rechts außen bleiben unbeachtet" if aside else "",
    ]
    return "; ".join(word for word in words if word) + "."
