"""What figures still lack, one line for each reason, with the way to mend it."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bjc_desktop.services.first_steps import Lack
from bjc_desktop.ui.shared.labels import button, label

NO_FIGURE = (
    "Sobald ein Coaching im Tresor ist, stehen hier die sechs Kennzahlen des laufenden Quartals, mit dem Soll und mit dem, was ihnen noch "
    "fehlt."
)


def lack_lines(
    lacking: Sequence[Lack], go: Callable[[str, dict[str, Any]], object], *, open_to: Callable[[str], bool] = bool
) -> list[QWidget]:
    """Return a line for each of *lacking*; its button calls *go* with a page and a place on it, where the user is *open_to* the page."""
    return [_line(lack, go, offered=open_to(lack.page)) for lack in lacking]


def _line(lack: Lack, go: Callable[[str, dict[str, Any]], object], *, offered: bool) -> QWidget:
    words = label(f"Noch ohne Wert: {', '.join(lack.figures)}. {lack.reason}", "small", wrap=True)
    if not (lack.action and offered):
        return words
    column = QWidget()
    inner = QVBoxLayout(column)
    inner.setContentsMargins(0, 0, 0, 0)
    inner.addWidget(words)
    inner.addWidget(button(lack.action, lambda: go(lack.page, lack.where), rank="plain"), 0, Qt.AlignmentFlag.AlignLeft)
    return column
