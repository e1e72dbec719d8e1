"""Changing how long something is kept, with the reason."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.services.retention_rules import RuleLine, months_in_words
from bjc_desktop.ui.shared.dialog import Dialog
from bjc_desktop.ui.shared.labels import button, label
from bjc_desktop.ui.start.entry import Entry


class PeriodDialog(Dialog):
    """The dialog; ``chosen`` carries the months (None where they are no number) and the reason."""

    chosen = Signal(object, str)

    def __init__(self, line: RuleLine, parent: QWidget) -> None:
        super().__init__("Frist ändern", parent, width=520)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = self.column
        column.addWidget(label(line.rule.title, "title", wrap=True))
        column.addWidget(label(f"Vorgabe: {months_in_words(line.rule.months)} ab {line.rule.counts_from}.", wrap=True))
        self.months, self.reason = QLineEdit(str(line.months)), QLineEdit(line.reason)
        self.months_entry = Entry("&Monate *", self.months)
        self.reason_entry = Entry("&Grund *", self.reason, "Zum Beispiel der Beschluss oder die Nebenbestimmung.")
        column.addWidget(self.months_entry)
        column.addWidget(self.reason_entry)
        save = button("&Ändern", self.save, rank="primary", shortcut="Ctrl+Return")
        self.put_below(None, button("Abbrechen", self.reject, rank="plain"), save)

    def save(self) -> None:
        """Hand the period over."""
        text = self.months.text().strip()
        self.chosen.emit(int(text) if text.isascii() and text.isdigit() else None, self.reason.text())

    def refuse(self, error: InvalidInputError) -> None:
        """Say at the fields why the period cannot be."""
        self.months_entry.tell(error.fields.get("months", ""))
        self.reason_entry.tell(error.fields.get("reason", ""))
