"""The list's cells with their problems and remarks, to be mended in place."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from bjc_desktop.exchange.lists.sheets import Cells
from bjc_desktop.services.old_lists.list_plan import ListNote, ListPlan, ListWork
from bjc_desktop.ui.shared.labels import plain_tip
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.ui.shared.typing_table import REFUSED

Index = QModelIndex | QPersistentModelIndex
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class ShownNote:
    """What is said at a cell."""

    text: str
    problem: bool


class CellsModel(QAbstractTableModel):
    """The rows of one sheet; ``mended`` carries number of the row, column and new text."""

    mended = Signal(int, int, str)

    def __init__(self) -> None:
        super().__init__()
        self._work: ListWork | None = None
        self._sheet = ""
        self._heads: tuple[str, ...] = ()
        self._columns: tuple[int, ...] = ()
        self._rows: list[tuple[int, Cells]] = []
        self._notes: dict[tuple[int, int], list[ShownNote]] = {}
        self._out: frozenset[tuple[str, int]] = frozenset()

    def show_plan(self, work: ListWork, sheet: str, plan: ListPlan, *, problems_only: bool) -> None:
        """Show the rows of *sheet*, or those with problems."""
        table = work.tables[sheet]
        self._work, self._sheet, self._out = work, sheet, plan.out
        notes = [note for note in plan.problems if note.sheet == sheet]
        found: dict[tuple[int, int], list[ShownNote]] = defaultdict(list)
        for note in notes:
            found[(note.number, self._column_of(note))].append(ShownNote(note.text, problem=True))
        for note in plan.remarks:
            if note.sheet == sheet:
                found[(note.number, self._column_of(note))].append(ShownNote(note.text, problem=False))
        wanted = {note.number for note in notes} if problems_only else None
        rows = [
            (number, cells) for number, cells in zip(table.numbers, table.rows, strict=True) if wanted is None or number in wanted
        ]
        shape = (table.headings, [number for number, _ in rows])
        same = shape == (self._heads, [number for number, _ in self._rows])
        if not same:
            self.beginResetModel()
        self._notes, self._rows, self._heads = dict(found), rows, table.headings
        self._columns = tuple(index for index, heading in enumerate(table.headings) if heading)
        if not same:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, self.columnCount() - 1))

    @staticmethod
    def _column_of(note: ListNote) -> int:
        return -1 if note.column is None else note.column

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's
        """Return the number of columns: that of the rows' numbers, then those of the list."""
        return 0 if parent.isValid() else 1 + len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802 - Qt's
        """Return a column's heading."""
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return "Zeile" if section == 0 else self._heads[self._columns[section - 1]]

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let every cell of the list be mended."""
        plain = super().flags(index)
        return plain if index.column() == 0 else plain | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what the cell at *index* is for *role*."""
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return " / ".join(self.text(index)[:_LONGEST].splitlines())
        if role == Qt.ItemDataRole.EditRole:
            return self.text(index)
        return self._said(index, role)

    def _said(self, index: Index, role: int) -> Any:
        """Return what the notes at a cell make of its look and its words for a screen reader."""
        notes = self.notes(index)
        if role == REFUSED:
            return any(note.problem for note in notes)
        if role == Qt.ItemDataRole.ToolTipRole and notes:
            return plain_tip("\n".join(note.text for note in notes))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ". ".join([self.text(index), *(note.text for note in notes)])
        return self._colour(index, notes) if role == Qt.ItemDataRole.ForegroundRole else None

    def _colour(self, index: Index, notes: Sequence[ShownNote]) -> Any:
        if notes:
            return theme().colour("danger" if any(note.problem for note in notes) else "warning")
        left_out = self._work is not None and (self._sheet, self.number(index)) in self._work.left_out
        return theme().colour("muted") if left_out or index.column() == 0 else None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802 - Qt's
        """Take what was typed."""
        if role != Qt.ItemDataRole.EditRole or index.column() == 0 or str(value) == self.text(index):
            return False
        self.mended.emit(self.number(index), self._columns[index.column() - 1], str(value).strip())
        self.dataChanged.emit(index, index)
        return True

    def number(self, index: Index) -> int:
        """Return the number of the row at *index*."""
        return self._rows[index.row()][0]

    def text(self, index: Index) -> str:
        """Return the whole text of a cell."""
        number, cells = self._rows[index.row()]
        if index.column() == 0 or self._work is None:
            return str(number)
        column = self._columns[index.column() - 1]
        whole = self._work.cells(self._sheet, number, cells) if self._work.mended else cells
        return whole[column] if column < len(whole) else ""

    def notes(self, index: Index) -> Sequence[ShownNote]:
        """Return what is said at a cell; what concerns the row as a whole is said at its number."""
        column = -1 if index.column() == 0 else self._columns[index.column() - 1]
        return self._notes.get((self.number(index), column), ())

    def heading(self, index: Index) -> str:
        """Return the heading over a cell."""
        return str(self.headerData(index.column(), Qt.Orientation.Horizontal))

    def next_problem(self, after: Index) -> QModelIndex | None:
        """Return the next cell with a problem, from the beginning again after the last; None where there is none."""
        places = self._problem_places()
        if not places:
            return None
        here = (after.row(), after.column())
        return next((place for place in places if (place.row(), place.column()) > here), places[0])

    def _problem_places(self) -> list[QModelIndex]:
        at = {number: row for row, (number, _) in enumerate(self._rows)}
        columns = {column: place for place, column in enumerate((-1, *self._columns))}
        found = [
            (at[number], columns[column])
            for (number, column), notes in self._notes.items()
            if number in at and column in columns and any(note.problem for note in notes)
        ]
        return [self.index(row, column) for row, column in sorted(found)]
