"""Asks for a reason in one line."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QWidget

from bjc_desktop.ui.shared.dialog import Dialog
from bjc_desktop.ui.shared.labels import button, label
from bjc_desktop.ui.start.entry import Entry

_LONGEST = 500


class ReasonDialog(Dialog):
    """Asks why something is so; ``given`` carries the reason, empty where one given *before* is taken back."""

    given = Signal(str)

    def __init__(self, heading: str, about: str, hint: str, parent: QWidget, *, before: str = "") -> None:
        super().__init__(heading, parent, width=520)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.reason = QLineEdit(before)
        self.reason.setMaxLength(_LONGEST)
        self._entry = Entry("&Grund *", self.reason, hint)
        for part in (label(heading, "title", wrap=True), label(about, wrap=True), self._entry):
            self.column.addWidget(part)
        back = button("&Zurücknehmen", self._take_back, rank="plain")
        save = button("&Merken", self.save, rank="primary")
        self.put_below(back, None, button("Abbrechen", self.reject, rank="plain"), save)
        back.setVisible(bool(before))
        self.reason.returnPressed.connect(self.save)
        QShortcut(QKeySequence("Ctrl+Return"), self).activated.connect(self.save)
        self.reason.setFocus()

    def save(self) -> None:
        """Hand the reason over, if there is one."""
        if not self.reason.text().strip():
            self._entry.tell("Bitte einen Grund angeben.")
            self.reason.setFocus()
            return
        self.given.emit(self.reason.text())
        self.accept()

    def _take_back(self) -> None:
        self.given.emit("")
        self.accept()
