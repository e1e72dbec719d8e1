"""Asks before a list leaves the vault, where it is to go, and shows how far the reading is."""

import re
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QProgressBar, QWidget

from bjc_desktop.errors import BjcError
from bjc_desktop.reports.shown_list import ShownList, whole
from bjc_desktop.services.list_saving import save_list
from bjc_desktop.ui.shared.background import CancelledError, Progress
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.dialog import Dialog
from bjc_desktop.ui.shared.labels import Banner, button, label
from bjc_desktop.ui.shared.list_offer import OfferedList

_FORMATS = {"Excel-Arbeitsmappe (*.xlsx)": ".xlsx", "CSV für Tabellen (*.csv)": ".csv"}
_TOLD_EVERY = 100
"""Rows written: so often it is told, and heard whether to stop."""
_FAILED = "Die Liste konnte nicht gespeichert werden. Bitte noch einmal versuchen."
_WHAT_LEAVES = (
    "Die Datei enthält alle Zeilen der Liste in dieser Reihenfolge, mit Filter und Anzahl. Sie ist nicht verschlüsselt: Wer sie "
    "bekommt, kann sie lesen. Dass sie gespeichert wurde, steht danach im Protokoll."
)


class SaveListDialog(Dialog):
    """The dialog; ``saved`` carries what to tell when the file is there."""

    saved = Signal(str)

    def __init__(self, desk: Desk, offered: OfferedList, parent: QWidget) -> None:
        super().__init__("Liste speichern", parent, width=560)
        self._desk, self._offered = desk, offered
        self._running: Progress | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = self.column
        self.banner = Banner()
        self.notes = QCheckBox("Auch die &Notizen (vertraulich)")
        self.notes.setVisible(any(made.notes for made in offered.columns))
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Fortschritt")
        self._state = label("", "muted", wrap=True)
        self.cancel_button = button("Abbrechen", self.reject, rank="plain")
        self.save_button = button("&Speichern …", self._choose_place, rank="primary", symbol="file-text")
        filtered = f"Filter: {offered.filter_words}" if offered.filter_words else "Die Liste ist nicht gefiltert."
        column.addWidget(label("Liste speichern", "title"))
        column.addWidget(self.banner)
        for text, tone in ((_how_many(offered), "strong"), (filtered, "muted"), (_WHAT_LEAVES, "")):
            column.addWidget(label(text, tone, wrap=True))
        column.addWidget(self.notes)
        for part in (self._bar, self._state):
            column.addWidget(part)
            part.hide()
        self.put_below(None, self.cancel_button, self.save_button)
        self.save_button.setFocus()

    def _choose_place(self) -> None:
        name = re.sub(r"[^\w\-]+", "_", self._offered.title).strip("_") or "Liste"
        suggested = f"{name}_{self._desk.today().isoformat()}.xlsx"
        chosen, kind = QFileDialog.getSaveFileName(self, "Liste speichern", suggested, ";;".join(_FORMATS))
        if chosen:
            path = Path(chosen)
            self.save(path if path.suffix.lower() in _FORMATS.values() else Path(chosen + _FORMATS.get(kind, ".xlsx")))

    def save(self, path: Path) -> None:
        """Read what is not there yet and write the list to *path*, behind the window."""
        desk, offered, notes, now = self._desk, self._offered, self.notes.isChecked(), self._desk.now()
        vault, who = desk.vault, desk.vault.user.name

        def work(progress: Progress) -> None:
            rows = offered.rows
            if offered.read is not None:
                with vault.reading() as connection:
                    rows = offered.read(connection, lambda done, of: progress.step(done, 2 * of))
            headings, cells = offered.cells(rows, notes=notes)
            total = len(cells) if offered.total is None else max(offered.total, len(cells))
            moment = now.astimezone().replace(tzinfo=None)
            shown = ShownList(offered.title, offered.filter_words, headings, cells, total, moment, who)
            desk.wait_until_checked()

            def written(done: int, of: int) -> None:
                # Reading was the first half.
                if done % _TOLD_EVERY == 0 or done == of:
                    progress.step(of + done, 2 * of)

            written(0, len(cells))
            save_list(vault, shown, path, coaching_ids=offered.coachings(rows), now=now, step=written)

        self.banner.clear()
        self._show_working(working=True)
        self._running = desk.background.run(self, work, lambda _: self._done(path), self._failed, self._tell)

    def _show_working(self, *, working: bool) -> None:
        self._bar.hide()
        self._state.setText("Die Liste wird geschrieben …")
        self._state.setVisible(working)
        self.save_button.setEnabled(not working)
        self.notes.setEnabled(not working)
        if working:
            self.cancel_button.setFocus()

    def _tell(self, done: int, total: int) -> None:
        read, of = min(done, total // 2), total // 2
        if total:
            self._bar.setRange(0, total)
            self._bar.setValue(done)
            self._bar.show()
        self._state.setText(f"Gelesen: {whole(read)} von {whole(of)} …" if read < of else "Die Liste wird geschrieben …")

    def _done(self, path: Path) -> None:
        self._running = None
        self.saved.emit(f"Gespeichert: {path.name}. Die Datei ist nicht verschlüsselt; bitte sicher verwahren.")
        self.accept()

    def _failed(self, error: BaseException) -> None:
        self._running = None
        if isinstance(error, CancelledError):
            return
        self._show_working(working=False)
        self.banner.tell(str(error) if isinstance(error, BjcError) else _FAILED, "danger")
        self.save_button.setFocus()

    def reject(self) -> None:
        """Stop what is running, and close: nothing is written then."""
        if self._running is not None:
            self._running.cancel()
        super().reject()


def _how_many(offered: OfferedList) -> str:
    if offered.shown is None:
        return f"{offered.title}: alle passenden Einträge"
    of = "" if offered.total is None or offered.total == offered.shown else f" von {whole(offered.total)}"
    return f"{offered.title}: {whole(offered.shown)}{of} {'Eintrag' if offered.shown == 1 and not of else 'Einträge'}"
