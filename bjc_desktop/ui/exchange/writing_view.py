"""Writing a file for a partner: what goes there, where the file is put, and where it stands then."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from bjc_desktop.services.exchanging import write_exchange
from bjc_desktop.services.pairing import PartnerRow
from bjc_desktop.ui.shared.background import sentence_of
from bjc_desktop.ui.shared.clipboard import put
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.flow_layout import FlowRow
from bjc_desktop.ui.shared.labels import Banner, box, button, label
from bjc_desktop.ui.shared.page import Scroller
from bjc_desktop.ui.start.entry import Entry
from bjc_desktop.vault.role_rights import sees_all_cases
from bjc_desktop.vocabulary import PartnerKind

_NOBODY = "Noch ist niemand verbunden. Unter „Partner“ zuerst Karten austauschen und den Code vergleichen."
_SEALED = "Die Datei ist verschlüsselt und unterschrieben: Nur der Tresor dieses Partners öffnet sie, auch wenn sie unterwegs verloren geht."
_NEXT = (
    "Die Datei jetzt der anderen Seite geben: auf einem Stick, im Netz oder per E-Mail. Dort wird sie unter „Einlesen“ gewählt."
)


def what_goes(partner: PartnerRow, *, all_cases: bool) -> str:
    """Return in a sentence what a file for *partner* holds; a coordination has *all_cases*."""
    if partner.kind is PartnerKind.TRAINER:
        return (
            f"An „{partner.name}“ gehen die Personen, die {partner.staff_name} zugeordnet sind, ohne Kontaktdaten, ohne Notizen und ohne "
            "Hemmnisse, die in der Werkstatt niemand braucht."
        )
    notes = "mit Notizen" if partner.reads_notes else "ohne Notizen"
    if partner.kind is PartnerKind.COACH:
        return f"An „{partner.name}“ gehen die Fälle von {partner.staff_name} und was die Arbeit daran braucht (Träger, Personal, Soll), {notes}."
    return f"An „{partner.name}“ gehen {'alle Fälle' if all_cases else 'alle Ihre Fälle'}, {notes}."


class WritingView(Scroller):
    """The section; what it has to say is told in the page's *banner*."""

    def __init__(self, desk: Desk, banner: Banner) -> None:
        super().__init__()
        self.desk, self.banner = desk, banner
        self._busy = False
        self._folder = str(Path.home())
        # Kept while the vault is open, and no longer: the name of a folder may name a person.
        self.partner = ChoiceBox()
        self.partner.currentIndexChanged.connect(self._say)
        self.partner_entry = Entry("&Für wen", self.partner)
        self.nobody = label(_NOBODY, wrap=True)
        self.words, self.sealed = label("", wrap=True), label(_SEALED, "small", wrap=True)
        self.write_button = button("Ordner wählen und &schreiben …", self._choose_folder, rank="primary", symbol="download")
        ways = FlowRow()
        ways.add(self.write_button)
        self._done, column = box("good")
        self.path, self.next = label("", wrap=True), label(_NEXT, wrap=True)
        self.path.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy_button = button("&Pfad kopieren", lambda: put(str(self.written)), symbol="copy")
        copies = FlowRow()
        copies.add(self.copy_button)
        for part in (self.path, self.next, copies):
            column.addWidget(part)
        self.written: Path | None = None
        self._done.hide()
        for widget in (self.nobody, self.partner_entry, self.words, self.sealed, ways, self._done):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.show_partners(())

    def show_partners(self, partners: tuple[PartnerRow, ...]) -> None:
        """Offer those of *partners* to whom files may be written; the choice stays."""
        before = None if self.chosen is None else self.chosen.id
        ready = [partner for partner in partners if partner.confirmed and not partner.ended]
        self.partner.blockSignals(True)  # noqa: FBT003 - Qt's
        self.partner.clear()
        for partner in ready:
            self.partner.addItem(partner.name, partner)
        ids = [partner.id for partner in ready]
        self.partner.setCurrentIndex(ids.index(before) if before in ids else min(len(ids), 1) - 1)
        self.partner.blockSignals(False)  # noqa: FBT003 - Qt's
        self.nobody.setVisible(not ready)
        for widget in (self.partner_entry, self.words, self.sealed, self.write_button):
            widget.setVisible(bool(ready))
        self._say()

    @property
    def chosen(self) -> PartnerRow | None:
        """The partner for whom a file would be written."""
        partner: PartnerRow | None = self.partner.currentData()
        return partner

    def _say(self) -> None:
        partner = self.chosen
        self.words.setText("" if partner is None else what_goes(partner, all_cases=sees_all_cases(self.desk.vault.user.roles)))
        self.write_button.setEnabled(partner is not None and not self._busy)

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Ordner für die Austauschdatei", self._folder)
        if chosen:
            self.write(Path(chosen))

    def write(self, folder: Path) -> None:
        """Write the file for the chosen partner into *folder*, behind the window."""
        partner = self.chosen
        if partner is None or self._busy:
            return
        self._folder, self._busy = str(folder), True
        self._say()
        self._done.hide()
        now, today = self.desk.now(), self.desk.today()
        self.banner.tell("Die Austauschdatei wird geschrieben …")
        self.desk.write_behind(
            self,
            lambda vault: write_exchange(vault, partner.id, folder, now=now, today=today),
            partial(self._written, partner),
            self._failed,
            "Austauschdatei geschrieben",
        )

    def _written(self, partner: PartnerRow, path: Path) -> None:
        self._busy, self.written = False, path
        self._say()
        self.path.setText(f"Für „{partner.name}“ geschrieben: {path}")
        self._done.show()
        self.banner.tell(f"Geschrieben: {path.name}", "good")
        self.copy_button.setFocus()

    def _failed(self, error: BaseException) -> None:
        self._busy = False
        self._say()
        self.banner.tell(sentence_of(error), "danger")
