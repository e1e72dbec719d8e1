"""Asks for the password of a bundle that is to be sent; without one the bundle is saved as it is."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from bjc_desktop.ui.shared.dialog import Dialog
from bjc_desktop.ui.shared.labels import button, label
from bjc_desktop.ui.start.entry import Entry
from bjc_desktop.ui.start.passphrase_field import PassphraseField


class PasswordDialog(Dialog):
    """The dialog; ``chosen`` carries the password, empty for none."""

    chosen = Signal(str)

    def __init__(self, what: str, parent: QWidget | None = None) -> None:
        super().__init__("Bündel speichern", parent, width=520)
        column = self.column
        column.addWidget(label("Bündel speichern", "title"))
        column.addWidget(label(what, "strong", wrap=True))
        column.addWidget(
            label(
                "Das Bündel enthält keine Namen. Mit einem Passwort wird es in ein verschlüsseltes ZIP (AES-256) gelegt; das Passwort "
                "bitte auf einem anderen Weg mitteilen.",
                wrap=True,
            )
        )
        self.password = PassphraseField("Passwort")
        self.entry = Entry("&Passwort (leer: ohne)", self.password)
        column.addWidget(self.entry)
        self.save_button = button("&Speichern …", self._accept, rank="primary")
        self.put_below(None, button("Abbrechen", self.reject, rank="plain"), self.save_button)

    def _accept(self) -> None:
        password = self.password.text()
        if password and len(password) < 8:  # noqa: PLR2004 - as for every passphrase
            self.entry.tell("Das Passwort ist zu kurz; bitte mindestens 8 Zeichen eingeben.")
            return
        self.accept()
        self.chosen.emit(password)
