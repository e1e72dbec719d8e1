"""Other roles for a user."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from bjc_desktop.ui.access.role_choice import RoleChoice
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.dialog import Dialog
from bjc_desktop.ui.shared.labels import Banner, button, label
from bjc_desktop.vault import UserIdentity


class RolesDialog(Dialog):
    """The dialog; ``chosen`` carries the roles and the member of staff (or None)."""

    chosen = Signal(list, object)

    def __init__(self, desk: Desk, user: UserIdentity, staff_id: str | None, parent: QWidget | None = None) -> None:
        super().__init__("Rollen ändern", parent, width=560)
        column = self.column
        column.addWidget(label(f"Rollen von „{user.name}“", "title", wrap=True))
        self.banner = Banner()
        column.addWidget(self.banner)
        self.choice = RoleChoice(desk, user.roles, staff_id)
        column.addWidget(self.choice)
        column.addWidget(
            label(
                "Die Rollen gelten ab der nächsten Anmeldung. Wer nicht mehr JobCoach ist, verliert die Notizen.",
                "small",
                wrap=True,
            )
        )
        self.save_button = button("&Ändern", self._accept, rank="primary", shortcut="Ctrl+Return")
        self.put_below(None, button("Abbrechen", self.reject, rank="plain"), self.save_button)

    def _accept(self) -> None:
        self.save_button.setEnabled(False)
        self.chosen.emit(self.choice.roles(), self.choice.staff_id())

    def refuse(self, sentence: str) -> None:
        """Show why the roles could not be changed."""
        self.save_button.setEnabled(True)
        self.banner.tell(sentence, "danger")
