"""One record of the change record, whole."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from bjc_desktop.services.audit_trail import AuditRow
from bjc_desktop.services.history import FieldChange
from bjc_desktop.ui.shared.dialog import Dialog
from bjc_desktop.ui.shared.labels import NO_VALUE, button, label
from bjc_desktop.ui.shared.theme import theme

_NO_FIELDS = "Zu diesem Eintrag gibt es keine Feldwerte, oder sie wurden gelöscht, oder Ihre Rolle sieht sie nicht."


class RecordDialog(Dialog):
    """Who did what and when, and the fields before and after."""

    def __init__(self, shown: AuditRow, fields: Sequence[FieldChange], parent: QWidget) -> None:
        super().__init__("Eintrag", parent, width=760)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = self.column
        column.addWidget(label(shown.text, "heading", wrap=True))
        about = f"Eintrag {shown.number}, {shown.at.astimezone():%d.%m.%Y %H:%M:%S} Uhr, von {shown.who} ({shown.role})"
        column.addWidget(label(about, "muted", wrap=True))
        if shown.person:
            column.addWidget(label(f"Akte: {shown.person}", wrap=True))
        column.addWidget(self._table(fields) if fields else label(_NO_FIELDS, "muted", wrap=True))
        column.addStretch(1)
        close = button("&Schließen", self.accept, rank="primary")
        self.put_below(None, close)
        close.setFocus()

    @staticmethod
    def _table(fields: Sequence[FieldChange]) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme().pixels(18))
        for at, heading in enumerate(("Feld", "Vorher", "Nachher")):
            grid.addWidget(label(heading, "muted"), 0, at)
            grid.setColumnStretch(at, 2 if at == 0 else 3)
        for line, change in enumerate(fields, 1):
            grid.addWidget(label(change.title, "strong", wrap=True), line, 0)
            for at, value in enumerate((change.before, change.after), 1):
                cell = label(value or NO_VALUE, wrap=True)
                cell.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                grid.addWidget(cell, line, at)
        return made
