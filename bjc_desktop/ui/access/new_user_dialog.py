"""A new user of the vault: name, roles, passphrase, and who it is in the team."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.ui.access.role_choice import RoleChoice
from bjc_desktop.ui.shared.background import sentence_of
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.dialog import Dialog
from bjc_desktop.ui.shared.labels import Banner, button, label
from bjc_desktop.ui.start.entry import Entry
from bjc_desktop.ui.start.passphrase_field import PassphraseField


class NewUserDialog(Dialog):
    """The dialog; ``chosen`` carries name, passphrase, roles and the member of staff (or None)."""

    chosen = Signal(str, str, list, object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__("Neuer Zugang", parent, width=560)
        column = self.column
        column.addWidget(label("Neuer Zugang", "title"))
        self.banner = Banner()
        column.addWidget(self.banner)
        self.name = QLineEdit()
        self.passphrase, self.again = PassphraseField("Passphrase"), PassphraseField("Passphrase wiederholen")
        self.name_entry = Entry("&Benutzername", self.name)
        self.again_entry = Entry("Passphrase &wiederholen", self.again)
        column.addWidget(self.name_entry)
        self.choice = RoleChoice(desk)
        column.addWidget(self.choice)
        hint = "Mindestens 8 Zeichen, zum ersten Anmelden; danach bitte in den Einstellungen ändern."
        self.passphrase_entry = Entry("Passphras&e", self.passphrase, hint)
        for entry in (self.passphrase_entry, self.again_entry):
            column.addWidget(entry)
        self.save_button = button("&Anlegen", self._accept, rank="primary", shortcut="Ctrl+Return")
        self.put_below(None, button("Abbrechen", self.reject, rank="plain"), self.save_button)
        self.name.setFocus()

    def _accept(self) -> None:
        for entry in (self.name_entry, self.passphrase_entry, self.again_entry):
            entry.tell("")
        self.banner.clear()
        roles = self.choice.roles()
        if not self.name.text().strip():
            self.name_entry.tell("Bitte einen Benutzernamen angeben.")
        elif not roles:
            self.banner.tell("Bitte mindestens eine Rolle wählen.", "danger")
        elif self.passphrase.text() != self.again.text():
            self.again_entry.tell("Die beiden Eingaben sind verschieden; bitte noch einmal eingeben.")
        else:
            self.save_button.setEnabled(False)
            self.chosen.emit(self.name.text().strip(), self.passphrase.text(), roles, self.choice.staff_id())

    def refuse(self, error: BaseException) -> None:
        """Show why the user could not be added, at the field that it is about; what was typed stays."""
        self.save_button.setEnabled(True)
        fields = error.fields if isinstance(error, InvalidInputError) else {}
        for name, entry in (("name", self.name_entry), ("passphrase", self.passphrase_entry)):
            entry.tell(fields.get(name, ""))
        if not fields.keys() & {"name", "passphrase"}:
            self.banner.tell(sentence_of(error), "danger")
