"""The first start: a new vault in one form, then its recovery code to keep."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from bjc_desktop.errors import BjcError
from bjc_desktop.ui.shared.labels import Banner, box, button, label, row
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.ui.start.entry import Entry
from bjc_desktop.ui.start.passphrase_field import PassphraseField
from bjc_desktop.vocabulary import Role


class NewVaultForm(QWidget):
    """Asks for what a vault begins with; ``make`` carries the entries, ``back`` goes back."""

    make = Signal(dict)
    back = Signal()

    def __init__(self, place: Path) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme().pixels(10))
        self.banner = Banner()
        self.fields = {name: QLineEdit() for name in ("provider", "given_name", "family_name", "user", "folder")}
        self.fields["folder"].setText(str(place))
        self.role = QComboBox()
        for role in Role:
            self.role.addItem(role.label, role.value)
        self.passphrase, self.again = PassphraseField(), PassphraseField("Passphrase wiederholen")
        self.again.entered.connect(self._make)
        choose = button("Wählen …", self._choose, name="Ordner wählen")
        folder = QWidget()
        line = QHBoxLayout(folder)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.fields["folder"], 1)
        line.addWidget(choose)
        folder.setFocusProxy(self.fields["folder"])
        self.entries = {
            "provider": Entry("&Träger", self.fields["provider"]),
            "given_name": Entry("&Vorname", self.fields["given_name"]),
            "family_name": Entry("&Nachname", self.fields["family_name"]),
            "role": Entry("Ihre &Funktion", self.role),
            "user": Entry("&Benutzername", self.fields["user"], "Damit entsperren Sie."),
            "passphrase": Entry("&Passphrase", self.passphrase, "Mindestens 8 Zeichen; ein ganzer Satz merkt sich leicht."),
            "again": Entry("Passphrase &wiederholen", self.again),
            "folder": Entry("&Ordner des Tresors", folder, "Auf diesem Rechner, nicht in einem Netz- oder Cloud-Ordner."),
        }
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme().pixels(16))
        grid.setVerticalSpacing(theme().pixels(8))
        places = {
            "provider": (0, 0, 1, 2), "given_name": (1, 0, 1, 1), "family_name": (1, 1, 1, 1), "role": (2, 0, 1, 1),
            "user": (2, 1, 1, 1), "passphrase": (3, 0, 1, 1), "again": (3, 1, 1, 1), "folder": (4, 0, 1, 2),
        }  # fmt: skip
        for name, at in places.items():
            grid.addWidget(self.entries[name], *at)
        self.make_button = button("Tresor &anlegen", self._make, rank="primary")
        column.addWidget(label("Neuer Tresor", "title"))
        column.addWidget(self.banner)
        column.addLayout(grid)
        column.addLayout(row(button("&Zurück", self.back.emit, rank="plain", shortcut="Esc"), None, self.make_button))

    def refuse(self, sentences: dict[str, str], sentence: str = "") -> None:
        """Show each of *sentences* at its field, or *sentence* above; what was typed stays."""
        self.set_busy(busy=False)
        for name, entry in self.entries.items():
            entry.tell(sentences.get(name, ""))
        if sentence:
            self.banner.tell(sentence, "danger")
        first = next((name for name in self.entries if name in sentences), None)
        if first in self.fields:
            self.fields[first].setFocus()
        elif first == "passphrase":
            self.passphrase.line.setFocus()

    def set_busy(self, *, busy: bool) -> None:
        """Take no input while the vault is made."""
        self.make_button.setEnabled(not busy)
        self.make_button.setText("Wird angelegt …" if busy else "Tresor &anlegen")

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Ordner des Tresors", str(Path(self.fields["folder"].text()).parent))
        if chosen:
            self.fields["folder"].setText(str(Path(chosen) / "Tresor"))

    def _make(self) -> None:
        self.banner.clear()
        if self.passphrase.text() != self.again.text():
            self.refuse({"again": "Die beiden Eingaben sind verschieden; bitte noch einmal eingeben."})
            return
        if not self.fields["folder"].text().strip():
            self.refuse({"folder": "Bitte einen Ordner angeben."})
            return
        self.set_busy(busy=True)
        values = {name: field.text() for name, field in self.fields.items()}
        self.make.emit({**values, "role": self.role.currentData(), "passphrase": self.passphrase.text()})


class RecoveryCodePanel(QWidget):
    """Shows the recovery code, once; ``kept`` follows when the person says it is kept. *leaves* records that it is printed, before it is."""

    kept = Signal()

    def __init__(self, leaves: Callable[[], object]) -> None:
        super().__init__()
        self._leaves = leaves
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme().pixels(12))
        frame, inner = box("quiet")
        self._code = label("", "heading", wrap=True)
        self._code.setAccessibleName("Wiederherstellungscode")
        self._code.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        inner.addWidget(self._code)
        self._done = QCheckBox("&Ich habe den Code und verwahre ihn getrennt.")
        self.setFocusProxy(self._done)
        self._go = button("&Weiter", self.kept.emit, rank="primary")
        self._go.setEnabled(False)
        self._done.toggled.connect(self._go.setEnabled)
        column.addWidget(label("Wiederherstellungscode", "title"))
        self.banner = Banner()
        column.addWidget(self.banner)
        column.addWidget(
            label(
                "Wenn niemand mehr eine Passphrase weiß, öffnet nur dieser Code den Tresor. Er wird dieses eine Mal gezeigt. "
                "Bitte ausdrucken oder aufschreiben und getrennt vom Rechner verwahren: Ohne Passphrase und Code sind die Daten "
                "verloren.",
                wrap=True,
            )
        )
        column.addWidget(frame)
        column.addLayout(row(button("&Drucken …", self.print_code, symbol="printer"), None))
        column.addWidget(self._done)
        column.addLayout(row(None, self._go))

    def show_code(self, code: str) -> None:
        """Show *code*."""
        self.banner.clear()
        self._code.setText(code)
        self._done.setChecked(False)

    def forget(self) -> None:
        """Show it no more."""
        self._code.clear()

    def print_code(self) -> None:
        """Print the code on paper."""
        from PySide6.QtGui import QTextDocument  # noqa: PLC0415 - needed once in a vault's life
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter  # noqa: PLC0415 - the same

        printer = QPrinter()
        printer.setDocName("BJC Desktop")  # not what it is in the printer's queue
        if not QPrintDialog(printer, self).exec() or not self._noted():
            return
        document = QTextDocument()
        document.setPlainText(
            f"BJC Desktop: Wiederherstellungscode\n\n{self._code.text()}\n\nBitte getrennt vom Rechner verwahren."
        )
        document.print_(printer)

    def _noted(self) -> bool:
        try:
            self._leaves()
        except BjcError as error:
            said = f"Das lässt sich nicht vermerken und wurde deshalb nicht gedruckt; bitte den Code aufschreiben. {error}"
            self.banner.tell(said, "danger")
            return False
        self.banner.clear()
        return True
