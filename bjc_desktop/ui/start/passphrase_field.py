"""A field for a passphrase, with a visible switch that reveals it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from bjc_desktop.ui.shared.icons import icon
from bjc_desktop.ui.shared.labels import button


class PassphraseField(QWidget):
    """The field and its switch; Enter in the field emits ``entered``."""

    entered = Signal()

    def __init__(self, name: str = "Passphrase") -> None:
        super().__init__()
        self.line = QLineEdit()
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.setAccessibleName(name)
        self.line.returnPressed.connect(self.entered)
        self.reveal = button("Anzeigen", symbol="eye", name=f"{name} anzeigen")
        self.reveal.setCheckable(True)
        self.reveal.setAutoDefault(False)
        self.reveal.toggled.connect(self._show)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.line, 1)
        line.addWidget(self.reveal)
        self.setFocusProxy(self.line)

    def _show(self, visible: bool) -> None:  # noqa: FBT001 - Qt's signal
        self.line.setEchoMode(QLineEdit.EchoMode.Normal if visible else QLineEdit.EchoMode.Password)
        self.reveal.setText(" Verbergen" if visible else " Anzeigen")
        self.reveal.setIcon(icon("eye-off" if visible else "eye"))

    def text(self) -> str:
        """Return what was typed."""
        return self.line.text()

    def clear(self) -> None:
        """Forget what was typed, and hide again."""
        self.line.clear()
        self.reveal.setChecked(False)
