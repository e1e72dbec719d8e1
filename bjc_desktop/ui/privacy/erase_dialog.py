"""Erasing one person: how much goes, what would change, why; the case number is typed once more before anything is done."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from bjc_desktop.services.coachee_list import CoacheeRow
from bjc_desktop.services.erasing import ErasurePreview, preview_erasure, rows_in_words
from bjc_desktop.ui.shared.background import Progress, sentence_of
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.dialog import Dialog
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.labels import Banner, box, button, label
from bjc_desktop.ui.start.entry import Entry
from bjc_desktop.vocabulary import ErasureDepth

_DEPTHS = (
    (ErasureDepth.PERSON, "Alles löschen"),
    (ErasureDepth.FACTS, "Name, Kontakt und Texte löschen, das Coaching ohne Person weiter zählen"),
    (ErasureDepth.HEALTH, "Nur Gesundheitsdaten löschen: Hemmnisse zu Gesundheit, psychischer Gesundheit und Sucht"),
)
_OTHER = "Das ist nicht die Fallnummer dieser Person."


class EraseDialog(Dialog):
    """The dialog; ``confirmed`` carries how much goes (key) and the reason."""

    confirmed = Signal(str, str)

    def __init__(self, desk: Desk, person: CoacheeRow, parent: QWidget) -> None:
        super().__init__("Person löschen", parent, width=620, height=560)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.desk, self.person = desk, person
        column = self.column
        column.addWidget(label(f"{person.name}, Fallnummer {person.case_number}", "title", wrap=True))
        column.addWidget(
            label("Das lässt sich nicht zurücknehmen. Auch ältere Sicherungen bringen die Person nicht zurück.", wrap=True)
        )
        self.banner = Banner()
        column.addWidget(self.banner)
        self.extent = ChoiceBox()
        for depth, words in _DEPTHS:
            self.extent.addItem(words, depth.value)
        self.extent.currentIndexChanged.connect(self.look)
        column.addWidget(Entry("&Was gelöscht wird", self.extent))
        frame, inner = box("quiet")
        self.words = label("", wrap=True)
        inner.addWidget(self.words)
        column.addWidget(frame)
        self.reason, self.number = QLineEdit(), QLineEdit()
        self.reason_entry = Entry("&Grund *", self.reason, "Ohne Namen und Fallnummer, zum Beispiel: Antrag vom 04.03.2026")
        self.number_entry = Entry("&Fallnummer *", self.number, "Zur Sicherheit noch einmal eingeben.")
        column.addWidget(self.reason_entry)
        column.addWidget(self.number_entry)
        column.addStretch(1)
        self.erase_button = button("Endgültig &löschen", self.confirm, rank="primary", shortcut="Ctrl+Return")
        self.put_below(None, button("Abbrechen", self.reject, rank="plain"), self.erase_button)
        self.look()

    def look(self) -> None:
        """Work out behind the window what would go and change."""
        depth, now, today = ErasureDepth(self.extent.currentData()), self.desk.now(), self.desk.today()
        self.words.setText("Wird berechnet …")
        self.erase_button.setEnabled(False)

        def work(progress: Progress) -> ErasurePreview:
            _ = progress
            return preview_erasure(self.desk.vault, self.person.coachee_id, depth=depth, now=now, today=today)

        self.desk.background.run(self, work, partial(self._show, depth), self._refuse)

    def _show(self, depth: ErasureDepth, preview: ErasurePreview) -> None:
        if depth.value != self.extent.currentData():
            return
        self.words.setText("\n".join((f"Es gehen: {rows_in_words(preview.counts)}.", *preview.warnings)))
        self.erase_button.setEnabled(True)

    def _refuse(self, error: BaseException) -> None:
        self.words.setText("")
        self.refuse(sentence_of(error))

    def refuse(self, sentence: str) -> None:
        """Show why the person cannot be erased."""
        self.banner.tell(sentence, "danger")

    def confirm(self) -> None:
        """Hand over what was chosen, once the case number is right and there is a reason."""
        right = self.number.text().strip() == self.person.case_number
        self.number_entry.tell("" if right else _OTHER)
        self.reason_entry.tell("" if self.reason.text().strip() else "Bitte einen Grund angeben.")
        if right and self.reason.text().strip():
            self.erase_button.setEnabled(False)
            self.confirmed.emit(self.extent.currentData(), self.reason.text().strip())
