"""Whose card was read: the name, who works there, and whether notes may go there."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.services.team import StaffMember, list_staff
from bjc_desktop.ui.shared.background import sentence_of
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.dialog import Dialog
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.labels import Banner, button, label
from bjc_desktop.ui.start.entry import Entry
from bjc_desktop.vocabulary import PartnerKind, Role

_ROLES = {PartnerKind.COACH: Role.JOB_COACH, PartnerKind.TRAINER: Role.EMPLOYMENT_TRAINER}
_NOTES = "Notizen von Konsultationen sind vertraulich: Sie gehen nur mit, wenn Sie es hier erlauben, und nie an die Werkstatt."
_NOBODY = "In diesem Tresor steht noch niemand mit dieser Rolle. Bitte zuerst mit der Koordination verbinden oder die Person im Team anlegen."
_NAME_HINT = "So heißt die andere Seite in Ihrer Liste."


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose card it is: the name in the list, the kind, who works there (staff id), and whether notes may go there."""

    name: str
    kind: PartnerKind
    staff_id: str | None
    reads_notes: bool


class CardDialog(Dialog):
    """The dialog; ``chosen`` carries the owner."""

    chosen = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__("Karte einlesen", parent, width=600, height=470)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._staff: tuple[StaffMember, ...] = desk.read(lambda connection: list_staff(connection, today=desk.today()))
        self._proposed = ""
        self._fill(self.column)
        self.save_button = button("&Verbinden", self.save, rank="primary", shortcut="Ctrl+Return")
        self.put_below(None, button("Abbrechen", self.reject, rank="plain"), self.save_button)
        self._offer_people()
        self.kind.setFocus()

    def _fill(self, column: QVBoxLayout) -> None:
        column.addWidget(label("Wessen Karte ist das?", "title", wrap=True))
        self.banner = Banner()
        self.kind, self.person = ChoiceBox(), ChoiceBox()
        for kind in PartnerKind:
            self.kind.addItem(kind.label, kind)
        self.kind.currentIndexChanged.connect(self._offer_people)
        self.person.currentIndexChanged.connect(self._propose_name)
        self.name = QLineEdit()
        self.notes = QCheckBox("&Notizen dürfen dorthin")
        self.kind_entry = Entry("&Wer", self.kind)
        self.person_entry = Entry("&Person *", self.person)
        self.name_entry = Entry("N&ame *", self.name, _NAME_HINT)
        parts = (self.banner, self.kind_entry, self.person_entry, self.name_entry, self.notes)
        for part in (*parts, label(_NOTES, "small", wrap=True)):
            column.addWidget(part)
        column.addStretch(1)

    @property
    def chosen_kind(self) -> PartnerKind:
        """The kind that is chosen; Qt hands back its text only."""
        return PartnerKind(self.kind.currentData())

    def _offer_people(self) -> None:
        """Offer those whose role fits; an office is nobody in particular."""
        kind = self.chosen_kind
        people = [member for member in self._staff if member.role is _ROLES.get(kind) and member.employed]
        self.person.clear()
        self.person.addItem("–", None)
        for member in people:
            self.person.addItem(member.name, member.id)
        self.person_entry.setVisible(kind is not PartnerKind.OFFICE)
        self.person_entry.tell(_NOBODY if kind in _ROLES and not people else "")
        self.notes.setEnabled(kind is not PartnerKind.TRAINER)
        if kind is PartnerKind.TRAINER:
            self.notes.setChecked(False)
        self._propose_name()

    def _propose_name(self) -> None:
        """Propose whose name it is; what was typed stays."""
        if self.name.text() not in {"", self._proposed}:
            return
        kind = self.chosen_kind
        of_person = "" if self.person.currentData() is None else self.person.currentText()
        self._proposed = "Koordination" if kind is PartnerKind.OFFICE else of_person
        self.name.setText(self._proposed)

    def save(self) -> None:
        """Hand over what was chosen."""
        self.save_button.setEnabled(False)
        self.banner.clear()
        self.chosen.emit(Owner(self.name.text(), self.chosen_kind, self.person.currentData(), self.notes.isChecked()))

    def refuse(self, error: BaseException) -> None:
        """Say at the fields what is missing, or why the card is not taken in."""
        self.save_button.setEnabled(True)
        problems = error.fields if isinstance(error, InvalidInputError) else {}
        self.name_entry.tell(problems.get("name", ""))
        self.person_entry.tell(problems.get("staff_id", ""))
        if not problems:
            self.banner.tell(sentence_of(error), "danger")
