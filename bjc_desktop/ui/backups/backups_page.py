"""The backups there are, whether they are good, the second place, the last rehearsal, and getting one back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from PySide6.QtWidgets import QFileDialog, QWidget

from bjc_desktop.reports.german import number
from bjc_desktop.services.typed_values import show_moment
from bjc_desktop.ui.backups.damage_box import DamageBox
from bjc_desktop.ui.shared.background import Progress, sentence_of
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.flow_layout import FlowRow
from bjc_desktop.ui.shared.labels import Chip, box, button, label, row
from bjc_desktop.ui.shared.list_offer import ListOffer
from bjc_desktop.ui.shared.page import Page, Scroller
from bjc_desktop.ui.shared.row_table import Column, RowTable
from bjc_desktop.vault import Vault, to_repeat
from bjc_desktop.vault.backup_notes import BackupNotes, Rehearsal, read_notes
from bjc_desktop.vault.backup_rotation import DAILY, MONTHLY, WEEKLY
from bjc_desktop.vault.backup_shelf import (
    Place,
    SecondState,
    ShelvedBackup,
    choose_second,
    free_place,
    own_folder,
    shelved,
    state_of_second,
)
from bjc_desktop.vault.restoring import restore_patiently
from bjc_desktop.vocabulary import Role

_MEGABYTE = 1_000_000
_HOW = (
    "Gesichert wird von selbst, sobald sich etwas geändert hat: alle 30 Minuten, beim Sperren und beim Schließen, dazu vor Importen, Löschungen und "
    f"Aktualisierungen. Aufgehoben wird je die neueste von {DAILY} Tagen, {WEEKLY} Wochen und {MONTHLY} Monaten. Sicherungen sind verschlüsselt und "
    "öffnen sich mit den Passphrasen von damals."
)
_NO_SECOND = "Noch keines gewählt. Geht dieser Rechner verloren, sind auch die Sicherungen beim Tresor weg: Bitte einen USB-Stick oder ein Netzlaufwerk wählen."
_SILENT_SECOND = "Der Ordner antwortet nicht. Beim Tresor wird weiter gesichert; sobald der Ordner wieder antwortet, wird von selbst dorthin kopiert."
_SECOND_CHIPS = {
    SecondState.NONE: ("fehlt", "warning"),
    SecondState.THERE: ("erreichbar", "good"),
    SecondState.AWAY: ("nicht angeschlossen", "quiet"),
    SecondState.SILENT: ("antwortet nicht", "warning"),
}


@dataclass(frozen=True, slots=True)
class BackupsShown:
    """What the page shows."""

    backups: tuple[ShelvedBackup, ...]
    notes: BackupNotes
    second: SecondState


def read_backups(vault: Vault, second: Path | None) -> BackupsShown:
    """Return what there is of backups of *vault*, in its own folder and in the *second* place."""
    found = shelved(vault.folder, vault.id, second)
    return BackupsShown(found, read_notes(own_folder(vault.folder)), state_of_second(second))


def state_of(backup: ShelvedBackup) -> str:
    """Return whether *backup* is verified, in words."""
    if not backup.readable:
        return "beschädigt"
    if backup.check is None:
        return "beim Schreiben geprüft" if backup.place is Place.OWN else "dort noch nicht geprüft"
    moment = show_moment(backup.check.at)
    return f"geprüft {moment}" if backup.check.good else f"beschädigt ({moment})"


def _colour(backup: ShelvedBackup) -> str:
    if not backup.good:
        return "danger"
    return "muted" if backup.check is None and backup.place is Place.SECOND else ""


COLUMNS = (
    Column("Gesichert am", lambda backup: show_moment(backup.created), width=160),
    Column("Anlass", lambda backup: backup.reason.label, width=190),
    Column("Wo", lambda backup: backup.place.label, width=130),
    Column("Größe", lambda backup: _size(backup.size), number=True, width=100),
    Column("Zustand", state_of, stretch=True, colour=_colour),
)


def _size(size: int) -> str:
    from fractions import Fraction  # noqa: PLC0415 - exact

    return f"{number(Fraction(size, _MEGABYTE), 1)}\u00a0MB"


class BackupsPage(Page):
    """The page."""

    key: ClassVar[str] = "backups"
    heading: ClassVar[str] = "Sicherungen"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.back_up_button = button("Jetzt &sichern", self.back_up, rank="primary", symbol="database-backup")
        self.head.addWidget(self.back_up_button)
        scroller = Scroller()
        self.add(scroller, 1)
        self.damage = DamageBox(desk)
        self.damage.wanted.connect(self.wanted)
        self.table = RowTable(COLUMNS, "Sicherungen")
        self.offer_list(self.table, ListOffer())
        for part in (self.damage, self._list(), self._second_place(), self._rehearsal()):
            scroller.column.addWidget(part)
        scroller.column.addStretch(1)
        desk.backups.changed.connect(self.mark_stale)
        desk.damage_found.connect(self.mark_stale)

    # --- building ---------------------------------------------------------------------------------------------------------

    @property
    def may_decide(self) -> bool:
        """Whether the user chooses the second place and gets backups back: the administration, and who uses the vault alone."""
        vault = self.desk.vault
        return Role.ADMINISTRATION in vault.user.roles or len(vault.slots.user_slots) == 1

    def _list(self) -> QWidget:
        frame, column = box()
        self.empty = label(
            "Noch keine Sicherung. Die erste entsteht von selbst, sobald etwas im Tresor steht; „Jetzt sichern“ macht sie gleich.",
            wrap=True,
        )
        self.verify_button = button("Alle &prüfen", self.verify, symbol="shield-check")
        self.restore_button = button("&Zurückholen …", self.ask_for_place, symbol="history")
        ways = FlowRow()
        for made in (self.verify_button, self.restore_button):
            ways.add(made)
        if not self.may_decide:
            self.restore_button.hide()
        self.table.opened.connect(lambda _: self.ask_for_place())
        for part in (self.empty, self.table, ways, label(_HOW, "small", wrap=True)):
            column.addWidget(part)
        return frame

    def _second_place(self) -> QWidget:
        frame, column = box()
        self.second_text, self.second_chip = label("", wrap=True), Chip()
        column.addLayout(row(label("Zweites Ziel", "heading"), self.second_chip, None))
        column.addWidget(self.second_text)
        self.choose_button = button("&Ordner wählen …", self._choose_second, symbol="folder-open")
        self.drop_button = button("&Kein zweites Ziel", self.drop_second, rank="plain")
        ways = FlowRow()
        for made in (self.choose_button, self.drop_button):
            ways.add(made)
            if not self.may_decide:
                made.hide()
        column.addWidget(ways)
        return frame

    def _rehearsal(self) -> QWidget:
        frame, column = box()
        self.rehearsal_text, self.rehearsal_chip = label("", wrap=True), Chip()
        column.addLayout(row(label("Probe-Rückholung", "heading"), self.rehearsal_chip, None))
        column.addWidget(self.rehearsal_text)
        self.rehearse_button = button("Probe-&Rückholung jetzt", self.rehearse, symbol="clipboard-check")
        column.addLayout(row(self.rehearse_button, None))
        return frame

    # --- showing ----------------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Look again at what there is, behind the window: the second place may be slow."""
        vault, second = self.desk.vault, self.desk.backups.second

        def read(progress: Progress) -> BackupsShown:
            _ = progress
            return read_backups(vault, second)

        self.damage.refresh()
        self.desk.background.run(self, read, self._show, self._failed)

    def _show(self, shown: BackupsShown) -> None:
        self.table.show_rows(shown.backups, key=lambda backup: backup.path)
        self.table.fit_height(7)
        self.table.setVisible(bool(shown.backups))
        self.empty.setVisible(not shown.backups)
        for made in (self.verify_button, self.restore_button, self.rehearse_button):
            made.setEnabled(bool(shown.backups))
        self.back_up_button.setEnabled(not self.desk.damaged)
        bad = sum(not backup.good for backup in shown.backups)
        count = len(shown.backups)
        self.subtitle.setText(
            f"{count} {'Sicherung' if count == 1 else 'Sicherungen'}" + (f", davon {bad} beschädigt" if bad else "")
        )
        self._show_second(shown)
        self._show_rehearsal(shown.notes.rehearsal)
        if shown.notes.trouble and not self.banner.text():
            self.banner.tell(f"Die letzte automatische Sicherung ist nicht gelungen: {shown.notes.trouble}", "warning")

    def _show_second(self, shown: BackupsShown) -> None:
        second, copied = self.desk.backups.second, shown.notes.copied
        if self.desk.sample:
            text, chip = "Beispieldaten werden nur beim Tresor gesichert.", ("ohne", "quiet")
        elif second is None:
            text, chip = _NO_SECOND, _SECOND_CHIPS[SecondState.NONE]
        else:
            last = "Noch nichts dorthin kopiert." if copied is None else f"Letzte Kopie: Stand vom {show_moment(copied)}."
            text = f"{second}\n{last}"
            chip = _SECOND_CHIPS[shown.second]
            if shown.second is SecondState.SILENT:
                text = f"{text}\n{_SILENT_SECOND}"
        reminder = self.desk.backups.reminder
        self.second_text.setText(f"{text}\n{reminder}" if reminder else text)
        self.second_chip.tell(chip[0], "warning" if reminder else chip[1])
        self.choose_button.setEnabled(not self.desk.sample)
        self.drop_button.setEnabled(second is not None)

    def _show_rehearsal(self, last: Rehearsal | None) -> None:
        if last is None:
            self.rehearsal_text.setText(
                "Noch keine. Einmal im Monat wird die neueste Sicherung von selbst auf Probe zurückgeholt und mit dem Tresor verglichen."
            )
            self.rehearsal_chip.tell("steht aus", "quiet")
        else:
            self.rehearsal_text.setText(f"{show_moment(last.at)}: {last.sentence}")
            self.rehearsal_chip.tell(*(("gelungen", "good") if last.good else ("misslungen", "danger")))

    # --- doing ------------------------------------------------------------------------------------------------------------

    def _failed(self, error: BaseException) -> None:
        self.banner.tell(sentence_of(error), "danger")

    def _tell(self, sentence: str, kind: str = "good") -> None:
        self.banner.tell(sentence, kind, button("Verstanden", self.banner.clear, rank="plain"))

    def back_up(self) -> None:
        """Back up now."""
        self.banner.tell("Der Tresor wird gesichert und geprüft …")
        self.desk.backups.back_up(lambda path: self._tell(f"Gesichert und geprüft: {path.name}"), self._failed)

    def verify(self) -> None:
        """Read every backup from the first to the last byte."""
        self.banner.tell("Die Sicherungen werden geprüft …")
        paths = [backup.path for backup in self.table.rows_model.rows]

        def done(result: dict[Path, bool]) -> None:
            bad = [path.name for path, good in result.items() if not good]
            unknown = len(paths) - len(result)
            if bad:
                self._tell(f"Beschädigt: {', '.join(bad)}. Diese Sicherungen bitte nicht verwenden.", "danger")
            elif unknown:
                self._tell(
                    f"{len(result)} Sicherungen sind unbeschädigt; {unknown} auf dem zweiten Ziel antworten nicht.", "warning"
                )
            else:
                self._tell("Alle Sicherungen sind unbeschädigt.")

        self.desk.backups.verify(paths, done, self._failed)

    def rehearse(self) -> None:
        """Restore the newest backup on trial."""
        self.banner.tell("Die neueste Sicherung wird auf Probe zurückgeholt und verglichen …")

        def done(result: Rehearsal | None) -> None:
            if result is None:
                self._tell("Es gibt noch keine Sicherung dieses Tresors. Bitte zuerst sichern.", "warning")
            else:
                self._tell(result.sentence, "good" if result.good else "danger")

        self.desk.backups.rehearse(done, self._failed)

    def _choose_second(self) -> None:
        # Not where the second place is now: a dialog that opens in a folder that does not answer holds the window.
        chosen = QFileDialog.getExistingDirectory(self, "Ordner für das zweite Ziel", str(Path.home()))
        if chosen:
            self.use_second(Path(chosen))

    def use_second(self, place: Path) -> None:
        """Make *place* the second place, and copy there; it is asked behind the window, for it may not answer."""
        folder = self.desk.vault.folder
        self.banner.tell("Der Ordner wird geprüft …")
        self.desk.background.run(self, lambda _: choose_second(folder, place), partial(self._use, place), self._failed)

    def _use(self, place: Path, remark: str) -> None:
        if self.desk.closed:
            return
        self.wanted.emit("keep_settings", {"backup_folder": str(place)})
        self._tell(remark or "Ab jetzt wird auch dorthin gesichert.", "warning" if remark else "good")
        self.desk.backups.look()
        self.refresh()

    def drop_second(self) -> None:
        """Have no second place any more; what lies there stays."""
        self.wanted.emit("keep_settings", {"backup_folder": ""})
        self.desk.backups.reminder = ""
        self.refresh()

    def ask_for_place(self) -> None:
        """Ask where the chosen backup is to be restored."""
        chosen: ShelvedBackup | None = self.table.current()
        if chosen is None or not self.may_decide:
            return
        place = free_place(self.desk.vault.folder)
        folder = QFileDialog.getExistingDirectory(self, f"Ordner, in dem „{place.name}“ entsteht", str(place.parent))
        if folder:
            self.restore(chosen, Path(folder) / place.name)

    def restore(self, backup: ShelvedBackup, place: Path) -> None:
        """Restore *backup* into the new folder *place*; the vault that is open stays as it is."""
        self.banner.tell("Die Sicherung wird geprüft und ausgepackt …")

        def done(_: Path) -> None:
            go_on = button("Dort weiterarbeiten", lambda: self.wanted.emit("vault", {"folder": str(place)}))
            said = f"Zurückgeholt nach {place}. Dieser Tresor bleibt, wie er ist. {to_repeat(place)}"
            self.banner.tell(said.strip(), "good", go_on)

        self.desk.background.run(self, lambda _: restore_patiently(backup.path, place), done, self._failed)

    def offers(self) -> Sequence[tuple[str, str, Callable[[], object]]]:
        """Offer what can be done here."""
        return (
            ("Jetzt sichern", "", self.back_up),
            ("Sicherungen prüfen", "", self.verify),
            ("Probe-Rückholung", "", self.rehearse),
        )

    def first_field(self) -> QWidget:
        """Return the list, or the button that makes the first backup; after damage the way out of it."""
        if self.desk.damaged:
            return self.damage.restore_button
        return self.table if self.table.rows_model.rows else self.back_up_button
