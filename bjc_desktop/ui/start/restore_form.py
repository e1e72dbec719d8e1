"""Getting a vault back from a backup, also where no vault opens."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from bjc_desktop.ui.shared.labels import Banner, button, label, row
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.ui.start.entry import Entry


class RestoreForm(QWidget):
    """Asks for a backup (a file, or a folder whose newest whole one is taken) and a new place; ``restore`` carries both."""

    restore = Signal(Path, Path)
    back = Signal()

    def __init__(self, place: Path) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme().pixels(12))
        self.banner = Banner()
        self.source, self.folder = QLineEdit(), QLineEdit(str(place))
        source = _with_button(self.source, button("Wählen …", self._choose_source, name="Sicherung wählen"))
        folder = _with_button(self.folder, button("Wählen …", self._choose_folder, name="Ordner wählen"))
        self.restore_button = button("&Wiederherstellen", self._restore, rank="primary", symbol="database-backup")
        column.addWidget(label("Sicherung wiederherstellen", "title"))
        column.addWidget(
            label(
                "Die Sicherung wird geprüft und an einem neuen Ort ausgepackt. Ein vorhandener Tresor bleibt, wie er ist.",
                wrap=True,
            )
        )
        column.addWidget(self.banner)
        column.addWidget(Entry("&Sicherung", source, "Eine Datei, oder ein Ordner: dann gilt die neueste unbeschädigte darin."))
        column.addWidget(Entry("&Neuer Ordner des Tresors", folder))
        column.addLayout(row(button("&Zurück", self.back.emit, rank="plain", shortcut="Esc"), None, self.restore_button))

    def offer(self, source: Path, folder: Path) -> None:
        """Propose the backup *source* and the new *folder*."""
        self.source.setText(str(source))
        self.folder.setText(str(folder))

    def refuse(self, sentence: str) -> None:
        """Show why it did not work."""
        self.set_busy(busy=False)
        self.banner.tell(sentence, "danger")

    def set_busy(self, *, busy: bool) -> None:
        """Take no input while the backup is checked and unpacked."""
        self.restore_button.setEnabled(not busy)

    def _restore(self) -> None:
        if not self.source.text().strip() or not self.folder.text().strip():
            self.refuse("Bitte die Sicherung und den neuen Ordner angeben.")
            return
        self.banner.clear()
        self.set_busy(busy=True)
        self.restore.emit(Path(self.source.text().strip()), Path(self.folder.text().strip()))

    def _choose_source(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, "Sicherung", self.source.text(), "Sicherungen (*.bjcbackup);;Alle Dateien (*)"
        )
        if chosen:
            self.source.setText(chosen)

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Neuer Ordner", str(Path(self.folder.text()).parent))
        if chosen:
            self.folder.setText(str(Path(chosen) / "Tresor"))


def _with_button(field: QLineEdit, choose: QWidget) -> QWidget:
    widget = QWidget()
    line = QHBoxLayout(widget)
    line.setContentsMargins(0, 0, 0, 0)
    line.addWidget(field, 1)
    line.addWidget(choose)
    widget.setFocusProxy(field)
    return widget
