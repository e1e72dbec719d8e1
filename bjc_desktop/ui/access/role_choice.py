"""Which roles a user has and who it is in the team: the part that a new user and a changed one have in common."""

from collections.abc import Collection
from functools import partial

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from bjc_desktop.services.team import list_staff, staff_of_users
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.labels import label
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.ui.start.entry import Entry
from bjc_desktop.vocabulary import Role

_MEANING = {
    Role.JOB_COACH: "Fälle und Notizen",
    Role.EMPLOYMENT_TRAINER: "Beobachtungen, Plan und Aufgaben der zugeordneten Personen; keine Notizen",
    Role.COORDINATION: "Kennzahlen, Arbeitszeit, Datenqualität, Bericht; keine Notizen",
    Role.ADMINISTRATION: "Zugänge, Personal, Arbeitszeit; keine Falldaten",
}


class RoleChoice(QWidget):
    """A box for each role, and the choice of the member of staff."""

    def __init__(self, desk: Desk, roles: Collection[Role] = (), staff_id: str | None = None) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(label("Rollen", "strong"))
        self.boxes: dict[Role, QCheckBox] = {}
        for role in Role:
            self.boxes[role] = QCheckBox(role.label)
            self.boxes[role].setChecked(role in roles)
            self.boxes[role].setAccessibleDescription(_MEANING[role])
            column.addWidget(self.boxes[role])
            meaning = label(_MEANING[role], "small", wrap=True)
            meaning.setContentsMargins(theme().pixels(24), 0, 0, theme().pixels(4))
            column.addWidget(meaning)
        self.staff = ChoiceBox()
        self.staff.addItem("– niemand –", None)
        taken = set(desk.read(staff_of_users).values()) - {staff_id}
        members = desk.read(partial(list_staff, today=desk.today()))
        for member in sorted(members, key=lambda member: member.id in taken):
            known = ", hat schon einen Zugang" if member.id in taken else ""
            self.staff.addItem(f"{member.name} ({member.role.label}{known})", member.id)
        self.staff.setCurrentIndex(max(self.staff.findData(staff_id), 0))
        column.addWidget(Entry("&Person im Team", self.staff))

    def roles(self) -> list[Role]:
        """Return the chosen roles."""
        return [role for role, made in self.boxes.items() if made.isChecked()]

    def staff_id(self) -> str | None:
        """Return the chosen member of staff, or None."""
        chosen: str | None = self.staff.currentData()
        return chosen
