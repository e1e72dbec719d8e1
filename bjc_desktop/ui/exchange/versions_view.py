"""The versions of one entry beside one another, field by field: who made them and when, what differs, and the way to take each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from bjc_desktop.services.exchange_conflicts import Conflict, OtherVersion
from bjc_desktop.services.typed_values import show_moment
from bjc_desktop.ui.shared.labels import button, label, rule
from bjc_desktop.ui.shared.page import clear_layout
from bjc_desktop.ui.shared.theme import LARGE_TEXT, theme

_EMPTY = "(leer)"
_OTHER, _SAME = "≠", "="
"""What stands before a value that differs from the one here, and one that does not: no colour alone says it."""


@dataclass(frozen=True, slots=True)
class Version:
    """One of the versions as it is shown: its heading, who and when, its values, and the id of the one that came (None: the one here)."""

    heading: str
    made: str
    texts: tuple[str, ...]
    action: str
    held_id: str | None


def versions_of(conflict: Conflict) -> tuple[Version, ...]:
    """Return the version here and those that came."""
    mine = Version("1  Hier", _made(conflict.who, conflict.at), conflict.mine, "1  Hier behalten", None)
    return (mine, *(_other(number, other) for number, other in enumerate(conflict.others, 2)))


def _other(number: int, other: OtherVersion) -> Version:
    action = f"{number}  Hier auch löschen" if other.is_deletion else f"{number}  Diese übernehmen"
    heading = f"{number}  Gelöscht" if other.is_deletion else f"{number}  Andere Seite"
    return Version(heading, _made(other.who, other.at), other.texts, action, other.held_id)


def _made(who: str, at: datetime | None) -> str:
    return f"{who or 'unbekannt'}, {'Zeit unbekannt' if at is None else show_moment(at)}"


def shown_fields(conflict: Conflict) -> list[int]:
    """Return which fields are shown: where the others deleted the entry, those in which something stood."""
    everything = range(len(conflict.fields))
    if all(other.is_deletion for other in conflict.others):
        return [place for place in everything if conflict.mine[place]]
    return list(everything)


class VersionsView(QWidget):
    """The versions; ``chosen`` carries the id of the one that is taken, or None for the one that stands here."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.versions: tuple[Version, ...] = ()
        self._stacked = theme().scale >= LARGE_TEXT

    def show_conflict(self, conflict: Conflict | None) -> None:
        """Show the versions of *conflict* instead of what was shown."""
        clear_layout(self._column)
        self.versions = () if conflict is None else versions_of(conflict)
        if conflict is None:
            return
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme().pixels(16))
        grid.setVerticalSpacing(theme().pixels(4))
        fill = self._below if self._stacked else self._beside
        fill(grid, conflict)
        self._column.addWidget(holder)

    def _beside(self, grid: QGridLayout, conflict: Conflict) -> None:
        wide = len(self.versions)
        for column, version in enumerate(self.versions):
            grid.setColumnStretch(column, 1)
            for line, part in enumerate(self._head(version)):
                grid.addWidget(part, line, column, Qt.AlignmentFlag.AlignTop)
        line = 3
        for place in shown_fields(conflict):
            grid.addWidget(rule(), line, 0, 1, wide)
            grid.addWidget(label(conflict.fields[place], "small", wrap=True), line + 1, 0, 1, wide)
            for column, version in enumerate(self.versions):
                grid.addWidget(self._value(conflict, place, version), line + 2, column, Qt.AlignmentFlag.AlignTop)
            line += 3

    def _below(self, grid: QGridLayout, conflict: Conflict) -> None:
        parts: list[QWidget] = []
        for version in self.versions:
            parts += [*self._head(version)]
            for place in shown_fields(conflict):
                parts += [label(conflict.fields[place], "small", wrap=True), self._value(conflict, place, version)]
            parts.append(rule())
        for line, part in enumerate(parts):
            grid.addWidget(part, line, 0)

    def _head(self, version: Version) -> Sequence[QWidget]:
        take = button(version.action, lambda: self.chosen.emit(version.held_id), name=f"{version.action} ({version.made})")
        heading, made = label(version.heading, "heading", wrap=True), label(version.made, "small", wrap=True)
        return heading, made, take

    @staticmethod
    def _value(conflict: Conflict, place: int, version: Version) -> QLabel:
        text, field = version.texts[place], conflict.fields[place]
        differs = version.held_id is not None and text != conflict.mine[place]
        mark = "" if version.held_id is None else f"{_OTHER if differs else _SAME} "
        made = label(f"{mark}{text or _EMPTY}", "strong" if differs else "" if text else "muted", wrap=True)
        made.setMinimumWidth(1)  # however long a word is, the window does not grow by it
        made.setAccessibleName(f"{version.heading}, {field}: {text or 'leer'}{', weicht ab' if differs else ''}")
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return made
