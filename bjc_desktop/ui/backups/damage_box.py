"""What can be done with a damaged vault: go back to the last good backup, or save what is readable."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bjc_desktop.services.damage import Damage, NewerChange, read_damage, salvage_vault
from bjc_desktop.services.typed_values import show_date, show_moment
from bjc_desktop.ui.shared.background import Progress, sentence_of
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.flow_layout import FlowRow
from bjc_desktop.ui.shared.labels import Banner, box, button, label
from bjc_desktop.ui.shared.row_table import Column, RowTable
from bjc_desktop.vault import SalvageReport, to_repeat
from bjc_desktop.vault.backup_shelf import free_place
from bjc_desktop.vault.restoring import restore_patiently
from bjc_desktop.vault.vault import READ_ONLY

COLUMNS = (
    Column("Tag", lambda change: show_date(change.day), width=120),
    Column("Was", lambda change: change.what, stretch=True),
    Column("Wer", lambda change: change.who, width=180),
    Column("Anzahl", lambda change: str(change.count), number=True, width=90),
)


class DamageBox(QWidget):
    """Shown while the vault is damaged, and only then; ``wanted`` asks for another page or vault."""

    wanted = Signal(str, dict)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._damage: Damage | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        frame, column = box("danger")
        outer.addWidget(frame)
        self.banner = Banner()
        self.backup_text, self.newer_text = label("", wrap=True), label("", wrap=True)
        self.table = RowTable(COLUMNS, "Änderungen, die neuer sind als die Sicherung")
        self.restore_button = button("Letzte gute Sicherung &zurückholen", self.restore, rank="primary", symbol="history")
        self.salvage_button = button("&Lesbares retten", self.salvage, symbol="hammer")
        ways = FlowRow()
        for made in (self.restore_button, self.salvage_button):
            ways.add(made)
        words = label(READ_ONLY, "heading", wrap=True)
        for part in (words, self.banner, self.backup_text, self.newer_text, self.table, ways):
            column.addWidget(part)
        self.hide()

    def refresh(self) -> None:
        """Look behind the window what can be done, once the vault is damaged."""
        if not self._desk.damaged or self._damage is not None or self._desk.closed:
            return
        vault, second = self._desk.vault, self._desk.backups.second
        self._busy(busy=True)
        self.backup_text.setText("Die Sicherungen werden geprüft …")
        for part in (self.newer_text, self.table):
            part.hide()
        self.show()

        def read(progress: Progress) -> Damage:
            _ = progress
            return read_damage(vault, second)

        self._desk.background.run(self, read, self._show, self._failed)

    def _show(self, damage: Damage) -> None:
        self._damage = damage
        self._busy(busy=False)
        self.restore_button.setEnabled(damage.backup is not None)
        kept = "" if damage.kept is None else f" Die beschädigten Dateien sind aufgehoben in {damage.kept}."
        if damage.backup is None:
            self.backup_text.setText(f"Es wurde keine unbeschädigte Sicherung gefunden.{kept}")
        else:
            moment = show_moment(damage.backup.created)
            self.backup_text.setText(f"Die letzte gute Sicherung ist vom {moment} ({damage.backup.path}).{kept}")
        self.newer_text.setText(_newer_words(damage))
        self.newer_text.show()
        self.table.show_rows(damage.newer, key=_key)
        self.table.fit_height(8)
        self.table.setVisible(bool(damage.newer))

    def _busy(self, *, busy: bool) -> None:
        for made in (self.restore_button, self.salvage_button):
            made.setEnabled(not busy)

    def _failed(self, error: BaseException) -> None:
        self._busy(busy=False)
        self.banner.tell(sentence_of(error), "danger")

    def restore(self) -> None:
        """Restore the last good backup beside the damaged vault."""
        backup = None if self._damage is None else self._damage.backup
        if backup is None:
            return
        place = free_place(self._desk.vault.folder)
        self._busy(busy=True)
        self.banner.tell("Die Sicherung wird geprüft und ausgepackt …")

        def done(_: Path) -> None:
            said = f"Zurückgeholt nach {place}. Was neuer ist als die Sicherung, bitte dort nachtragen."
            self._made(place, f"{said} {to_repeat(place)}".strip())

        self._desk.background.run(self, lambda _: restore_patiently(backup.path, place), done, self._failed)

    def salvage(self) -> None:
        """Save what is readable into a new vault beside the damaged one."""
        vault, now, place = self._desk.vault, self._desk.now(), free_place(self._desk.vault.folder)
        self._busy(busy=True)
        self.banner.tell(
            "Was lesbar ist, wird Zeile für Zeile in einen neuen Tresor übernommen. Das kann einige Minuten dauern …"
        )

        def done(report: SalvageReport) -> None:
            self._made(place, f"{report_words(report)} Der neue Tresor liegt in {place}.")

        self._desk.background.run(self, lambda _: salvage_vault(vault, place, now=now), done, self._failed)

    def _made(self, place: Path, sentence: str) -> None:
        self._busy(busy=False)
        go_on = button("Dort weiterarbeiten", lambda: self.wanted.emit("vault", {"folder": str(place)}))
        self.banner.tell(sentence, "good", go_on)


def _key(change: NewerChange) -> object:
    return change.day, change.who, change.what


def _newer_words(damage: Damage) -> str:
    since = "insgesamt" if damage.backup is None else "seit dieser Sicherung"
    unreadable = f" Bis zu {damage.unreadable} weitere sind nicht mehr lesbar." if damage.unreadable else ""
    if not damage.newer:
        return f"Lesbare Änderungen {since}: keine.{unreadable}"
    return f"Änderungen {since}: {damage.count}.{unreadable}"


def report_words(report: SalvageReport) -> str:
    """Return what a salvage saved, with the tables in which something is missing."""
    missing = [table for table in report.tables if table.lost or table.dangling]
    parts = [
        f"{table.table}: {table.saved} gerettet, {table.lost} nicht lesbar, {table.dangling} ohne Bezug" for table in missing
    ]
    if not parts:
        return f"Alle {report.saved} Zeilen sind gerettet."
    return f"{report.saved} Zeilen sind gerettet. Es fehlt etwas in: {'; '.join(parts)}."
