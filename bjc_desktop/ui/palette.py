"""Find any action and any person by a few letters."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from bjc_desktop.services.coachee_list import CoacheeFilter, CoacheeRow, ListOrder, find_coachees
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.icons import icon
from bjc_desktop.ui.shared.labels import announce, label
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.vault.role_rights import sees_all_cases

_PEOPLE = 12
Action = tuple[str, str, Callable[[], object]]
"""Title, shortcut as it is shown, and what it does."""


class Palette(QDialog):
    """A line and what it finds; arrows move, Enter goes."""

    def __init__(
        self, desk: Desk, actions: Sequence[Action], go: Callable[[str, dict[str, Any]], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._actions, self._go = desk, actions, go
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Suchen")
        px = theme().pixels
        column = QVBoxLayout(self)
        column.setContentsMargins(px(14), px(14), px(14), px(14))
        self.line = QLineEdit()
        self.line.setPlaceholderText("Name, Fallnummer oder Aktion")
        self.line.setAccessibleName("Suchen")
        self.line.textChanged.connect(self._find)
        self.line.installEventFilter(self)
        self.list = QListWidget()
        self.list.setIconSize(QSize(px(18), px(18)))
        self.list.setAccessibleName("Treffer")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the arrows of the line move in it
        self.list.itemClicked.connect(self._take)
        self._count = label("", "small")
        for widget in (self.line, self.list, self._count):
            column.addWidget(widget)
        self.resize(px(560), min(px(460), self.screen().availableGeometry().height() - 60))
        self._find("")

    def _find(self, text: str) -> None:
        self.list.clear()
        words = text.casefold().split()
        for title, shortcut, action in self._actions:
            if all(word in title.casefold() for word in words):
                self._add(f"{title}   {shortcut}", "arrow-right", action)
        if words:
            for found in self._people(text):
                self._add(f"{found.name}   {found.case_number}   {found.status.label}", "user", partial(self._open, found))
        self.list.setCurrentRow(0)
        self._count.setText(f"{self.list.count()} Treffer" if self.list.count() else "Kein Treffer")
        if words:
            announce(self._count, self._count.text())

    def _people(self, text: str) -> list[CoacheeRow]:
        """Return whom *text* names: one's own first, and of them who is coached now."""

        def named(coach_id: str | None, order: ListOrder) -> Sequence[CoacheeRow]:
            wanted = CoacheeFilter(text=text, coach_id=coach_id)
            return self._desk.read(
                partial(find_coachees, wanted=wanted, order=order, limit=_PEOPLE, today=self._desk.today())
            ).rows

        own = named(self._desk.staff_id, ListOrder.STATUS) if self._desk.staff_id else ()
        others = named(None, ListOrder.NAME) if sees_all_cases(self._desk.vault.user.roles) else ()
        people = {found.coachee_id: found for found in (*own, *others)}
        return list(people.values())[:_PEOPLE]

    def _open(self, found: Any) -> None:
        if found.coaching_id is None:
            self._go("coachees", {"coachee_id": found.coachee_id})
        else:
            self._go("case_file", {"coaching_id": found.coaching_id})

    def _add(self, text: str, symbol: str, action: Callable[[], object]) -> None:
        item = QListWidgetItem(icon(symbol, "muted"), text)
        item.setData(Qt.ItemDataRole.UserRole, action)
        self.list.addItem(item)

    def _take(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            action = item.data(Qt.ItemDataRole.UserRole)
            self.accept()
            action()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
        """Let the line's arrows and Enter work in the list."""
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up} and self.list.count():
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                self.list.setCurrentRow((self.list.currentRow() + step) % self.list.count())
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._take(self.list.currentItem())
                return True
        return False
