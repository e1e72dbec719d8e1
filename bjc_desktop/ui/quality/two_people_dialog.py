"""Telling two people apart: why they are not the same, if anybody wants to say it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from bjc_desktop.ui.shared.dialog import Dialog
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.labels import button, label
from bjc_desktop.ui.start.entry import Entry
from bjc_desktop.vocabulary import DistinctReason


class TwoPeopleDialog(Dialog):
    """The dialog; ``given`` carries the key of the reason, empty for none."""

    given = Signal(str)

    def __init__(self, first: str, second: str, parent: QWidget) -> None:
        super().__init__("Sind zwei Personen", parent, width=520)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = self.column
        self.reason = ChoiceBox()
        self.reason.addItem("ohne Grund", "")
        for reason in DistinctReason:
            self.reason.addItem(reason.label, reason.value)
        column.addWidget(label("Sind zwei Personen", "title"))
        sentence = f"{first} und {second} werden nicht mehr als mögliche Doppelte genannt. Das lässt sich jederzeit zurücknehmen."
        column.addWidget(label(sentence, wrap=True))
        column.addWidget(Entry("&Grund", self.reason))
        self.save_button = button("&Merken", self.save, rank="primary")
        self.put_below(None, button("Abbrechen", self.reject, rank="plain"), self.save_button)
        QShortcut(QKeySequence("Ctrl+Return"), self).activated.connect(self.save)
        self.reason.setFocus()

    def save(self) -> None:
        """Hand the reason over."""
        self.given.emit(self.reason.currentData())
        self.accept()
