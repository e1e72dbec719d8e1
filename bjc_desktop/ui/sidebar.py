"""The left of the unlocked window: the pages, and below them what can be done from everywhere."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from bjc_desktop.ui.page_list import PageEntry
from bjc_desktop.ui.shared.labels import button, label
from bjc_desktop.ui.shared.page import Scroller
from bjc_desktop.ui.shared.theme import LARGE_TEXT, theme

DIGITS = 9
"""Pages that a key with a digit opens."""


class Sidebar(QWidget):
    """Buttons for *pages*, which scroll where there are many, and for *actions*: caption, what it does, symbol and keys by name.

    *go* is called with the key of the page that is wanted.
    """

    def __init__(
        self,
        pages: Sequence[PageEntry],
        actions: Mapping[str, tuple[str, Callable[[], object], str, str]],
        go: Callable[[str], object],
    ) -> None:
        super().__init__()
        self._pages: dict[str, QPushButton] = {}
        self._actions: dict[str, QPushButton] = {}
        above, below = self._page_column(pages, go), self._action_column(actions)
        self._scroller = Scroller()
        self._scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroller.column.setContentsMargins(0, 0, 0, 0)
        self._scroller.column.addWidget(above, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._scroller, 1)
        # With large text the actions would take half of the height: they scroll along.
        if theme().scale < LARGE_TEXT:
            whole.addWidget(below)
        else:
            self._scroller.column.addWidget(below)
        self.setFixedWidth(max(above.sizeHint().width(), below.sizeHint().width()) + theme().pixels(14))

    def _page_column(self, pages: Sequence[PageEntry], go: Callable[[str], object]) -> QFrame:
        px = theme().pixels
        frame, column = _part(top=14, bottom=4)
        name = label("Fallakte", "heading")
        name.setContentsMargins(px(10), 0, 0, px(8))
        column.addWidget(name)
        for number, entry in enumerate(pages, 1):
            made = button(entry.title, partial(go, entry.key), rank="section", symbol=entry.symbol)
            made.setCheckable(True)
            made.setToolTip(f"{entry.title} (Strg+{number})" if number <= DIGITS else entry.title)
            self._pages[entry.key] = made
            column.addWidget(made)
        column.addStretch(1)
        return frame

    def _action_column(self, actions: Mapping[str, tuple[str, Callable[[], object], str, str]]) -> QFrame:
        frame, column = _part(top=4, bottom=10)
        for name, (caption, act, symbol, keys) in actions.items():
            self._actions[name] = button(caption, act, rank="section", symbol=symbol, shortcut=keys)
            column.addWidget(self._actions[name])
        return frame

    def show_chosen(self, key: str) -> None:
        """Mark the page *key* as the one that is shown."""
        for name, made in self._pages.items():
            made.setChecked(name == key)

    def mark_of(self, name: str) -> QWidget | None:
        """Return the button of the action or page *name*, scrolled into sight; None where there is none."""
        mark = self._actions.get(name) or self._pages.get(name)
        if mark is not None and self._scroller.isAncestorOf(mark):
            self._scroller.ensureWidgetVisible(mark)
        return mark


def _part(*, top: int, bottom: int) -> tuple[QFrame, QVBoxLayout]:
    px = theme().pixels
    frame = QFrame()
    frame.setProperty("box", "sidebar")
    column = QVBoxLayout(frame)
    column.setContentsMargins(px(8), px(top), px(8), px(bottom))
    column.setSpacing(px(1))
    return frame, column
