"""Step 2: what each column means."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bjc_desktop.exchange.lists.column_suggestions import suggest_columns
from bjc_desktop.exchange.lists.known_words import REASON_HEADING
from bjc_desktop.exchange.lists.list_mapping import SheetMapping
from bjc_desktop.exchange.lists.list_tables import ListTable
from bjc_desktop.exchange.lists.list_targets import TARGETS
from bjc_desktop.exchange.lists.sheets import Sheet
from bjc_desktop.ui.lists.assign_panes import AssignPanes
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.labels import NO_VALUE, button, label, row
from bjc_desktop.ui.shared.row_table import Column
from bjc_desktop.ui.shared.theme import theme

_NOWHERE = "– nicht übernehmen –"
_OFFERED_ROWS = 12
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """A column as it is listed."""

    heading: str
    examples: str
    key: str | None
    sure: bool

    @property
    def meaning(self) -> str:
        """Where it goes, in words."""
        if self.key is None:
            return "nicht übernommen"
        target = TARGETS[self.key]
        return f"{target.title} ({target.group})" + ("" if self.sure else " ?")


COLUMNS = (
    Column("Spalte", lambda line: line.heading, stretch=True),
    Column("Beispiele", lambda line: line.examples or NO_VALUE, width=190, needs=560),
    Column("wird zu", lambda line: line.meaning, stretch=True, colour=lambda line: "" if line.sure else "warning"),
)


class ColumnsStep(QWidget):
    """The step; ``assigned`` carries a heading and the key of its target or None, ``headings_moved`` the row of the headings."""

    assigned = Signal(str, object)
    headings_moved = Signal(int)
    finished = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme().pixels(8))
        self.summary = label("", "heading", wrap=True)
        self.rows = ChoiceBox()
        self.rows.setAccessibleName("Zeile der Überschriften")
        self.rows.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
        self.rows.activated.connect(lambda _: self.headings_moved.emit(self.rows.currentData()))
        self.panes = AssignPanes(COLUMNS, "Spalten der Liste", "Felder der Fallakte")
        self.panes.assigned.connect(lambda line, key: self.assigned.emit(line.heading, key))
        self.panes.shown.connect(self._offer)
        self.next_button = button("&Weiter: Werte", self.finished.emit, rank="primary", symbol="arrow-right")
        column.addWidget(self.summary)
        column.addLayout(row(label("Überschriften", "muted"), self.rows, None))
        column.addWidget(self.panes, 1)
        how = label("Enter führt zu den Feldern und wählt; Entf nimmt die Zuordnung weg; ziehen geht auch.", "small", wrap=True)
        column.addLayout(row(how, self.next_button))
        self._lines: tuple[ColumnLine, ...] = ()

    def show_mapping(self, sheet: Sheet, table: ListTable, mapping: SheetMapping, *, said: bool) -> None:
        """Show the columns of *table* and what they mean; what was not *said* and is not certain is marked."""
        suggested = suggest_columns(table)
        self._lines = tuple(
            ColumnLine(
                heading,
                " · ".join(table.columns[index].examples),
                key := mapping.columns.get(heading),
                said or (suggested[heading].certain if suggested[heading].key == key else heading in mapping.columns),
            )
            for index, heading in enumerate(table.headings)
            if heading and heading != REASON_HEADING
        )
        used = sum(line.key is not None for line in self._lines)
        unsure = sum(not line.sure for line in self._lines)
        words = f"{used} von {len(self._lines)} Spalten werden übernommen"
        open_words = "eine ist" if unsure == 1 else f"{unsure} sind"
        self.summary.setText(f"{words}; {open_words} noch nicht sicher." if unsure else f"{words}.")
        self._show_rows(sheet, table)
        self.panes.show_rows(self._lines, key=lambda line: line.heading)
        self._offer(self.panes.table.current())

    def begin(self) -> None:
        """Choose the first column that is not sure."""
        self.panes.table.selectRow(next((at for at, line in enumerate(self._lines) if not line.sure), 0))

    def _show_rows(self, sheet: Sheet, table: ListTable) -> None:
        self.rows.clear()
        for number, cells in list(zip(sheet.numbers, sheet.rows, strict=True))[:_OFFERED_ROWS]:
            words = " · ".join(cell for cell in cells if cell)[:_LONGEST]
            self.rows.addItem(f"Zeile {number}: {words}", number)
        at = self.rows.findData(table.heading_numbers[-1])
        self.rows.setCurrentIndex(max(at, 0))

    def _offer(self, line: ColumnLine | None) -> None:
        self.panes.choices.offer(_choices(self._lines), line.key if line is not None else None)


def _choices(lines: Sequence[ColumnLine]) -> list[tuple[object, str]]:
    """Return the fields by their groups; one that a column goes to says which."""
    by_key: dict[str, list[str]] = {}
    for line in lines:
        if line.key is not None:
            by_key.setdefault(line.key, []).append(line.heading)
    choices: list[tuple[object, str]] = [(None, _NOWHERE)]
    group = ""
    for key, target in TARGETS.items():
        if target.group != group:
            group = target.group
            choices.append((..., group))
        taken = f"   ← {', '.join(by_key[key])}" if key in by_key else ""
        choices.append((key, f"{target.title}{taken}"))
    return choices
