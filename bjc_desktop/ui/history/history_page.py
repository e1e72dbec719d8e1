"""What was changed in the last 30 days, and taking it back."""

from typing import ClassVar

from PySide6.QtWidgets import QWidget

from bjc_desktop.services.history import recent_changes
from bjc_desktop.ui.case_book.change_list import ChangeList
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.list_offer import ListOffer
from bjc_desktop.ui.shared.page import Page


class HistoryPage(Page):
    """The page."""

    key: ClassVar[str] = "history"
    heading: ClassVar[str] = "Änderungen"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.list = ChangeList(desk)
        self.add(self.list, 1)
        self.offer_list(self.list.table, ListOffer())

    def refresh(self) -> None:
        """Read the changes again."""
        changes = recent_changes(self.desk.vault, now=self.desk.now())
        self.list.show_changes(changes)
        self.subtitle.setText(f"{len(changes)} in den letzten 30 Tagen, die sich zurücknehmen lassen")

    def first_field(self) -> QWidget:
        """Return the list."""
        return self.list.table
