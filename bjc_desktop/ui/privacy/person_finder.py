"""Finds one person by name or case number: what is chosen stays shown while other things are done for that person."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from bjc_desktop.services.coachee_list import CoacheeFilter, CoacheeRow, find_coachees
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.labels import label
from bjc_desktop.ui.shared.row_table import Column, RowTable
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.ui.start.entry import Entry

_MOST = 6
_NOBODY = "Niemand gefunden. Bitte anders schreiben oder die Fallnummer eingeben."
_BEGIN = "Name oder Fallnummer eingeben und die Person in der Liste wählen."


class PersonFinder(QWidget):
    """A line and the people found by it; ``chosen`` carries the current one, or None."""

    chosen = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme().pixels(6))
        self.line = QLineEdit()
        self.line.textChanged.connect(self.search)
        self.table = RowTable(
            (
                Column("Name", lambda found: found.name, stretch=True),
                Column("Fallnummer", lambda found: found.case_number, width=130),
                Column("Stand", lambda found: found.status.label, width=130),
            ),
            "Gefundene Personen",
        )
        self.table.chosen.connect(self.chosen)
        self.words = label(_BEGIN, "muted", wrap=True)
        column.addWidget(Entry("&Person", self.line))
        column.addWidget(self.table)
        column.addWidget(self.words)
        self.search("")

    @property
    def person(self) -> CoacheeRow | None:
        """The person that is chosen."""
        return self.table.current()

    def search(self, text: str) -> None:
        """Show whom *text* names among those whom the user sees."""
        rows: tuple[CoacheeRow, ...] = ()
        if text.strip():
            wanted = CoacheeFilter(text=text)
            rows = self.desk.read(partial(find_coachees, wanted=wanted, limit=_MOST, today=self.desk.today())).rows
        self.table.setVisible(bool(rows))
        self.words.setVisible(not rows)
        self.words.setText(_NOBODY if text.strip() else _BEGIN)
        self.table.show_rows(rows, key=lambda row: row.coachee_id)
        self.table.fit_height(_MOST)

    def again(self) -> None:
        """Find again: what was chosen may have gone."""
        self.search(self.line.text())
