"""The released reports: each as it was, to open and to save as a bundle."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from bjc_desktop.errors import BjcError
from bjc_desktop.reports.german import period_name
from bjc_desktop.services.released_reports import REPORT, Released, bundle_part, released_bundle, save_released
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.services.version_changes import ChangedCase, read_version_changes
from bjc_desktop.ui.printing.preview_dialog import PreviewDialog
from bjc_desktop.ui.report.password_dialog import PasswordDialog
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.labels import NO_VALUE, button, give_keyboard, label, row
from bjc_desktop.ui.shared.row_table import Column, RowTable
from bjc_desktop.ui.shared.theme import theme

_NARROW = ((5, 1040), (2, 930), (3, 620))
"""Which column is left out below which width."""


def _remark(released: Released) -> str:
    if released.nothing_to_report:
        return "nichts zu berichten"
    if released.version == 1:
        return ""
    changed = {0: "Zahlen unverändert", 1: "1 Änderung"}.get(released.changed, f"{released.changed} Änderungen")
    return f"{changed}: {' '.join(released.reason.split())}" if released.reason else changed


COLUMNS = (
    Column("Zeitraum", lambda released: period_name(released.period_label), width=110),
    Column("Fassung", lambda released: str(released.version), number=True, width=80),
    Column("Für", lambda released: released.scope_name, width=250),
    Column("Datenstand", lambda released: show_date(released.as_of), width=110),
    Column("freigegeben", lambda released: f"{released.released_at:%d.%m.%Y}", width=110),
    Column("von", lambda released: released.released_by, width=110),
    Column("Bemerkung", _remark, stretch=True),
)


CHANGE_COLUMNS = (
    Column("Kennzahl", lambda case: case.indicator, width=150),
    Column("Wer", lambda case: case.name or "(nicht mehr im Tresor)", width=170),
    Column("vorher", lambda case: case.before, stretch=True),
    Column("in dieser Fassung", lambda case: case.after, stretch=True),
    Column("geändert von", lambda case: case.changed_by or NO_VALUE, width=120),
    Column("am", lambda case: f"{case.changed_at.astimezone():%d.%m.%Y}" if case.changed_at else NO_VALUE, width=104),
)
_NONE = (
    "Jede freigegebene Fassung steht hier, mit Datum und mit dem, was eine spätere anders zählt, und lässt sich als Bündel speichern. Noch ist keine "
    "freigegeben; das geht im Schritt 3."
)


class KeptStep(QWidget):
    """The step; ``told`` carries a sentence for the page and how it is meant, ``case_opened`` a coaching's id."""

    told = Signal(str, str)
    case_opened = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._wanted: tuple[str, str, int] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.table = RowTable(COLUMNS, "Freigegebene Berichte")
        self.table.opened.connect(self.open_report)
        self._none = label("", "muted", wrap=True)
        self.keep_button = button("&Bündel speichern …", self.save_bundle, rank="primary", symbol="file-text")
        self.open_button = button("An&sehen …", lambda: self.open_report(self.table.current()), symbol="eye")
        column.addLayout(row(self.open_button, self.keep_button, None))
        column.addWidget(self._none)
        column.addWidget(self.table, 1)
        self.reason = label("", wrap=True)
        self._changes_title = label("", "heading", wrap=True)
        self.changes = RowTable(CHANGE_COLUMNS, "Was diese Fassung anders zählt")
        self.changes.opened.connect(lambda case: self.case_opened.emit(case.coaching_id))
        self.change = label("", "small", wrap=True)
        self.changes.chosen.connect(self._tell_change)
        self.table.chosen.connect(self._show_changes)
        for part in (self.reason, self._changes_title, self.changes, self.change):
            column.addWidget(part)
        column.addStretch(0)

    def choose(self, scope_id: str, period_label: str, version: int) -> None:
        """Let this report be the current one as soon as it is shown: what was just released is what is passed on."""
        self._wanted = (scope_id, period_label, version)

    def show_reports(self, released: Sequence[Released]) -> None:
        """Show the released reports."""
        self.table.setVisible(bool(released))
        self._none.setText("" if released else _NONE)
        self._none.setVisible(not released)
        for made in (self.keep_button, self.open_button):
            made.setEnabled(bool(released))
        self.table.show_rows(released, key=lambda shown: shown.id)
        keys = [(report.scope_id, report.period_label, report.version) for report in released]
        if self._wanted in keys:
            self.table.selectRow(keys.index(self._wanted))
            self._wanted = None
            if self.isVisible():
                # The first release ever is shown only now: before, there was no list to take the keyboard.
                give_keyboard(self.table)

    def _show_changes(self, released: Released | None) -> None:
        """Show which cases the chosen version counts otherwise than the one before, and who changed them when."""
        later = released is not None and released.version > 1
        for part in (self.reason, self._changes_title, self.changes, self.change):
            part.setVisible(later)
        if released is None or not later:
            return
        self.reason.setText(f"Was in Fassung {released.version} geändert wurde und warum: {released.reason or 'ohne Angabe'}")
        cases = self._desk.read(partial(read_version_changes, report_id=released.id))
        words = "Anders gezählt als in der Fassung davor" if cases else "Kein Fall ist anders gezählt als in der Fassung davor"
        self._changes_title.setText(f"{words} ({len(cases)})" if cases else words)
        for part in (self.changes, self.change):
            part.setVisible(bool(cases))
        self.changes.show_rows(cases, key=lambda case: (case.code, case.coaching_id))
        self.changes.fit_height(6)

    def _tell_change(self, case: ChangedCase | None) -> None:
        """Say the chosen case in full: its columns may be cut."""
        self.change.setText("" if case is None else f"{case.indicator}, {case.name}: vorher {case.before}; jetzt {case.after}")

    def bundle_of(self, released: Released) -> bytes:
        """Return the bundle as it left the house."""
        return self._desk.read(partial(released_bundle, report_id=released.id))

    def open_report(self, released: Released | None) -> None:
        """Show a released report as it was."""
        if released is not None:
            noted = partial(self._desk.account_for, what="report")
            PreviewDialog(bundle_part(self.bundle_of(released), REPORT), _name_of(released), noted, self).open()

    def save_bundle(self) -> None:
        """Ask for a password and a folder, and save the chosen report's bundle."""
        released: Released | None = self.table.current()
        if released is not None:
            dialog = PasswordDialog(_name_of(released), self)
            dialog.chosen.connect(partial(self._choose_place, released))
            dialog.open()

    def _choose_place(self, released: Released, password: str) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Ordner für das Bündel")
        if chosen:
            self.save_to(released, Path(chosen), password)

    def save_to(self, released: Released, folder: Path, password: str) -> None:
        """Save the bundle of *released* into *folder*, with a *password* in an encrypted ZIP."""
        try:
            path = save_released(self._desk.vault, released, folder, password, now=self._desk.now())
        except BjcError as error:
            self.told.emit(str(error), "danger")
        else:
            self.told.emit(f"Gespeichert: {path}", "good")

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's
        """Leave columns out where there is little room."""
        super().resizeEvent(event)
        for column, width in _NARROW:
            self.table.setColumnHidden(column, self.width() < theme().pixels(width))
        for column, width in ((4, 900), (5, 760), (2, 600)):
            self.changes.setColumnHidden(column, self.width() < theme().pixels(width))


def _name_of(released: Released) -> str:
    return f"Bericht {period_name(released.period_label)}, Fassung {released.version}"
