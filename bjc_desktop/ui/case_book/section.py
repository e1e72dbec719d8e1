"""What all sections of the case file have in common."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from bjc_desktop.services.case_file import CaseFile
from bjc_desktop.services.input_warnings import EntryContext
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.theme import theme

Go = Callable[..., None]
"""Asks for another page: its key, and where on it."""


class CaseSectionView(QWidget):
    """What all sections have in common."""

    def __init__(self, desk: Desk, go: Go) -> None:
        super().__init__()
        self.desk, self.go = desk, go
        self.case: CaseFile | None = None
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(theme().pixels(10))

    def show_case(self, case: CaseFile) -> None:
        """Show the section's part of *case*; what is being typed stays."""
        raise NotImplementedError

    def go_to(self, field: str | None, row_id: str | None) -> None:
        """Take the keyboard to a field or a row, where one is asked for."""
        _ = field, row_id

    def draft(self) -> Any | None:
        """Return what is typed and not saved, or None."""
        return None

    def show_draft(self, draft: Any) -> None:
        """Show what was typed before."""
        _ = draft

    def _context(self, case: CaseFile) -> EntryContext:
        return EntryContext(case.today, case.coaching["entry_on"], case.coaching["exit_on"], case.person["birth_date"])
