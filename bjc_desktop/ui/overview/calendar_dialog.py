"""Asks what of the appointments goes into a calendar file, and says what that means."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QWidget

from bjc_desktop.errors import BjcError, InvalidInputError
from bjc_desktop.models.base import FieldInfo, Kind
from bjc_desktop.services.calendar_entries import CalendarWish, next_days, save_calendar
from bjc_desktop.ui.shared.background import Progress, sentence_of
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.dialog import Dialog
from bjc_desktop.ui.shared.entry_fields import ChoiceBox, DateField
from bjc_desktop.ui.shared.flow_layout import FlowRow
from bjc_desktop.ui.shared.labels import Banner, button, label
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.ui.shared.whose_cases import offered_cases
from bjc_desktop.ui.start.entry import Entry

_WHAT_LEAVES = (
    "Die Datei enthält geplante Termine, Fristen und Fälligkeiten, jede als ganzen Tag: „Termin BJC, Fall 0012“. Ziele, Aufgaben und "
    "Notizen stehen nie im Wortlaut darin. Wird sie später noch einmal eingelesen, ändert das die Einträge und verdoppelt sie nicht."
)
_CLOUD = (
    "Kalender liegen auf Telefonen und oft bei fremden Diensten. Die Datei ist nicht verschlüsselt; dass sie gespeichert wurde, steht "
    "danach im Protokoll."
)
_NAMES = "Auch die &Namen"
_NAMES_HINT = "Nur, wenn der Kalender beim Träger bleibt: Wer ihn sieht, erfährt, wer im JobCoaching ist."
_FAILED = "Die Kalenderdatei konnte nicht gespeichert werden. Bitte noch einmal versuchen."
_DAY_WIDTH = 180
_NO_DAY = "Bitte einen Tag angeben."


class CalendarDialog(Dialog):
    """The dialog; ``saved`` carries what to tell when the file is there."""

    saved = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__("Termine als Kalenderdatei", parent, width=620)
        self._desk = desk
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.banner = Banner()
        self.cases = ChoiceBox()
        self.cases.setAccessibleName("Fälle")
        for title, staff_id in offered_cases(desk):
            self.cases.addItem(title, staff_id)
        wish = next_days(desk.today(), None)
        self.first, self.last = DateField(FieldInfo("von", Kind.DATE)), DateField(FieldInfo("bis", Kind.DATE))
        self._entries = {"first": Entry("&Von", self.first), "last": Entry("&Bis", self.last)}
        for field, name, day in ((self.first, "von", wish.first), (self.last, "bis", wish.last)):
            field.name(name)
            field.setMinimumWidth(theme().pixels(_DAY_WIDTH))
            field.show_value(day)
        self.names = QCheckBox(_NAMES)
        self.cancel_button = button("Abbrechen", self.reject, rank="plain")
        self.save_button = button("&Speichern …", self._choose_place, rank="primary", symbol="calendar")
        choices = FlowRow()
        for entry in (Entry("&Fälle", self.cases), *self._entries.values()):
            choices.add(entry)
        heading, hint = label("Termine als Kalenderdatei", "title", wrap=True), label(_NAMES_HINT, "small", wrap=True)
        for part in (heading, self.banner, label(_WHAT_LEAVES, wrap=True), choices, self.names, hint, label(_CLOUD, wrap=True)):
            self.column.addWidget(part)
        self.put_below(None, self.cancel_button, self.save_button)
        self.save_button.setFocus()

    def _wish(self) -> CalendarWish | None:
        """Return what is asked for; None where a day is none, which is said at its field."""
        days = {}
        for name, field in (("first", self.first), ("last", self.last)):
            try:
                days[name] = field.value(self._desk.today())
                sentence = "" if days[name] else _NO_DAY
            except InvalidInputError as error:
                days[name], sentence = None, str(error)
            self._entries[name].tell(sentence)
        if not all(days.values()):
            return None
        return CalendarWish(self.cases.currentData(), days["first"], days["last"], self.names.isChecked())  # type: ignore[arg-type]

    def _choose_place(self) -> None:
        if self._wish() is None:
            return
        suggested = f"BJC_Termine_{self._desk.today().isoformat()}.ics"
        chosen, _ = QFileDialog.getSaveFileName(self, "Termine als Kalenderdatei", suggested, "Kalenderdatei (*.ics)")
        if chosen:
            path = Path(chosen)
            self.save(path if path.suffix.lower() == ".ics" else Path(f"{chosen}.ics"))

    def save(self, path: Path) -> None:
        """Write what is asked for to *path*, behind the window."""
        wish, desk, now, today = self._wish(), self._desk, self._desk.now(), self._desk.today()
        vault = desk.vault
        if wish is None:
            return

        def work(progress: Progress) -> int:
            _ = progress
            desk.wait_until_checked()
            return save_calendar(vault, wish, path, today=today, now=now)

        def done(count: int) -> None:
            entries = "1 Eintrag" if count == 1 else f"{count} Einträge"
            self.saved.emit(f"Gespeichert: {path.name}, {entries}. Die Datei ist nicht verschlüsselt.")
            self.accept()

        self.banner.clear()
        self.save_button.setEnabled(False)
        desk.background.run(self, work, done, self._failed)

    def _failed(self, error: BaseException) -> None:
        self.save_button.setEnabled(True)
        if isinstance(error, InvalidInputError) and "last" in error.fields:
            self._entries["last"].tell(error.fields["last"])
        else:
            self.banner.tell(sentence_of(error) if isinstance(error, BjcError) else _FAILED, "danger")
