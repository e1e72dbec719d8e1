"""What was changed lately, to be taken back."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from bjc_desktop.errors import BjcError
from bjc_desktop.services.case_file import CaseFile
from bjc_desktop.services.history import RecentChange, recent_changes
from bjc_desktop.ui.case_book.section import CaseSectionView, Go
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.labels import NO_VALUE, Banner, button, label, row
from bjc_desktop.ui.shared.row_table import Column, RowTable


class ChangeList(QWidget):
    """Changes that can be taken back."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        columns = (
            Column("Wann", lambda change: f"{change.at.astimezone():%d.%m.%Y %H:%M}", width=150),
            Column("Was", lambda change: change.text, stretch=True),
            Column("Wer", lambda change: change.person or NO_VALUE, width=200),
            Column("Von", lambda change: change.who, width=130),
        )
        self.table = RowTable(columns, "Änderungen der letzten 30 Tage")
        self.table.opened.connect(self.take_back)
        self.banner = Banner()
        self.back_button = button("&Zurücknehmen", lambda: self.take_back(self.table.current()), symbol="undo-2")
        self._empty = label("In den letzten 30 Tagen wurde nichts geändert, was sich zurücknehmen lässt.", "muted", wrap=True)
        column.addLayout(row(self.back_button, None))
        for part in (self.banner, self._empty, self.table):
            column.addWidget(part)

    def show_changes(self, changes: Sequence[RecentChange]) -> None:
        """Show *changes*."""
        self.table.show_rows(changes, key=lambda change: change.transaction_id)
        self.table.setVisible(bool(changes))
        self._empty.setVisible(not changes)
        self.back_button.setEnabled(bool(changes))

    def take_back(self, change: RecentChange | None) -> None:
        """Take *change* back."""
        if change is None:
            return
        try:
            self.desk.take_back(change.transaction_id)
        except BjcError as error:
            self.banner.tell(str(error), "warning")
        else:
            self.banner.clear()


class Changes(CaseSectionView):
    """What was changed in this file lately."""

    def __init__(self, desk: Desk, go: Go) -> None:
        super().__init__(desk, go)
        self.list = ChangeList(desk)
        self.column.addWidget(self.list)
        self.column.addStretch(1)

    def show_case(self, case: CaseFile) -> None:
        """Show the changes of the file."""
        self.list.show_changes(recent_changes(self.desk.vault, case.coaching.id, now=self.desk.now()))
        self.list.table.fit_height(14)
