"""Two files side by side: what is the same, what differs, and the coachings of each."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from bjc_desktop.services.joining import FieldPair, JoinPreview
from bjc_desktop.ui.shared.labels import NO_VALUE, label
from bjc_desktop.ui.shared.page import Scroller
from bjc_desktop.ui.shared.theme import LARGE_TEXT, theme

DIFFERS, SAME = "≠", "="
"""What stands between two values: a difference is seen without colour."""
_ORDER = ("case_number", "family_name", "given_name", "birth_date", "gender", "postcode", "phone", "email", "german_level")


class FileComparison(QWidget):
    """The two files."""

    def __init__(self) -> None:
        super().__init__()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self.scroller = Scroller()
        self.scroller.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.scroller.setAccessibleName("Beide Akten nebeneinander")
        self.scroller.setProperty("keyboard", "yes")
        outer.addWidget(self.scroller)
        self._large = theme().scale >= LARGE_TEXT
        self.setMinimumHeight(theme().pixels(240 if self._large else 150))

    def show_files(self, preview: JoinPreview, weighed: str) -> None:
        """Show the two files of *preview*, and above them what is *weighed* for and against one person."""
        self.scroller.clear()
        self.scroller.column.addWidget(label(weighed, wrap=True))
        held = QWidget()
        grid = QGridLayout(held)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme().pixels(8 if self._large else 14))
        grid.setVerticalSpacing(theme().pixels(4))
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        for column, person in ((1, preview.keep), (3, preview.give_up)):
            grid.addWidget(label(person.name, "heading", wrap=True), 0, column)
        pairs = {pair.name: pair for pair in preview.fields}
        for number, name in enumerate(_ORDER, 1):
            self._add(grid, 2 * number, pairs[name])
        last = 2 * (len(_ORDER) + 1)
        self._name(grid, last, "Coachings")
        for column, person in ((1, preview.keep), (3, preview.give_up)):
            lines = [line.text for line in preview.coachings if line.coachee_id == person.id]
            grid.addWidget(label("\n".join(lines) or "noch keines", wrap=True), last, column, Qt.AlignmentFlag.AlignTop)
        if preview.overlaps:
            grid.addWidget(label(" ".join(preview.overlaps), "error", wrap=True), last + 1, 0, 1, 4)
        self.scroller.column.addWidget(held)
        self.scroller.column.addStretch(1)
        differing = ", ".join(pair.title for pair in preview.fields if pair.differs) or "nichts"
        self.scroller.setAccessibleDescription(f"{preview.keep.name} und {preview.give_up.name}; verschieden: {differing}")

    def _name(self, grid: QGridLayout, line: int, title: str) -> None:
        """Put *title* before the line, or above it where large text leaves no room beside it."""
        made = label(title, "muted")
        if self._large:
            grid.addWidget(made, line - 1, 1, 1, 3)
        else:
            grid.addWidget(made, line, 0, Qt.AlignmentFlag.AlignTop)

    def _add(self, grid: QGridLayout, line: int, pair: FieldPair) -> None:
        tone = "strong" if pair.differs else ""
        sign = label(DIFFERS if pair.differs else SAME, "strong" if pair.differs else "muted")
        sign.setAccessibleName("verschieden" if pair.differs else "gleich")
        self._name(grid, line, pair.title)
        cells: tuple[QLabel, ...] = (
            label(_breakable(pair.kept) or NO_VALUE, tone, wrap=True),
            sign,
            label(_breakable(pair.given_up) or NO_VALUE, tone, wrap=True),
        )
        for column, cell in enumerate(cells, 1):
            grid.addWidget(cell, line, column)


def _breakable(text: str) -> str:
    """Return *text* so that an address may go on in the next line."""
    return text.replace("@", "\u200b@") if "@" in text else text
