"""A table of rows: the columns it is told, sorted by its page, worked by keyboard."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from bjc_desktop.reports.shown_list import Cell
from bjc_desktop.ui.shared.list_offer import (
    ListOffer,
    OfferedColumn,
    OfferedList,
    case_of,
    filter_words,
    offer_saving,
    typed_cell,
)
from bjc_desktop.ui.shared.row_delegate import RowDelegate
from bjc_desktop.ui.shared.theme import LARGE_TEXT, theme

_HEIGHT = 38
_BESIDE = 14
"""The width of scroll bar and frame."""
_FEWEST = 4
"""As many rows are seen where a page scrolls because its text is large."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, how a row is shown in it, and whether it is a number; *colour* names the theme's colour for a row.

    It is left out where the table is narrower than what it *needs* (at 100 %), so that the others stay readable. Or it has a *rank*:
    then those of the highest rank are left out first, all of one rank together, where what stretches would get less than its *least*.
    A saved list holds what is shown; *value* is given where the words are more than a day or a number, *notes* where they are confidential notes.
    """

    title: str
    text: Callable[[Any], str]
    number: bool = False
    stretch: bool = False
    colour: Callable[[Any], str] | None = None
    width: int = 0
    needs: int = 0
    rank: int = 0
    least: int = 0
    value: Callable[[Any], Cell] | None = None
    notes: bool = False

    def cell(self, row: Any) -> Cell:
        """Return what a saved list holds for *row*."""
        return typed_cell(self.text(row), number=self.number) if self.value is None else self.value(row)


class RowTableModel(QAbstractTableModel):
    """Frozen rows in the columns of the table."""

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.rows: Sequence[Any] = ()
        self._total = 0
        self._more: Callable[[int], Sequence[Any]] | None = None

    def show_rows(self, rows: Sequence[Any], total: int = 0, more: Callable[[int], Sequence[Any]] | None = None) -> None:
        """Show *rows* instead of what was shown; where there are *total*, *more* returns those from a place on."""
        self.beginResetModel()
        self.rows, self._total, self._more = rows, total, more
        self.endResetModel()

    @property
    def total(self) -> int:
        """How many rows there are, those included that were not read yet."""
        return max(self._total, len(self.rows))

    def canFetchMore(self, parent: QModelIndex | QPersistentModelIndex) -> bool:  # noqa: N802 - Qt's
        """Say whether there are rows that were not read yet."""
        return not parent.isValid() and self._more is not None and len(self.rows) < self._total

    def fetchMore(self, parent: QModelIndex | QPersistentModelIndex) -> None:  # noqa: N802 - Qt's
        """Read the next rows."""
        if self._more is None:
            return
        found = self._more(len(self.rows))
        if not found:
            self._total = len(self.rows)
            return
        self.beginInsertRows(QModelIndex() if not parent.isValid() else parent, len(self.rows), len(self.rows) + len(found) - 1)
        self.rows = [*self.rows, *found]
        self.endInsertRows()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what the cell at *index* is for *role*."""
        if not index.isValid():
            return None
        column, row = self.columns[index.column()], self.rows[index.row()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return column.text(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.number else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ForegroundRole and column.colour is not None:
            name = column.colour(row)
            return QColor(getattr(theme().colours, name)) if name else None
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802 - Qt's
        """Return the title of a column."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self.columns[section].number else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None


class RowTable(QTableView):
    """The table; ``chosen`` follows the current row, ``opened`` Enter or a double click, ``delete_wanted`` the delete key.

    Where it is *wrapped*, a row is as tall as its longest text needs.
    """

    chosen = Signal(object)
    opened = Signal(object)
    delete_wanted = Signal(object)
    sort_wanted = Signal(int)

    def __init__(self, columns: Sequence[Column], name: str, *, sortable: bool = False, wrapped: bool = False) -> None:
        super().__init__()
        self.rows_model = RowTableModel(columns)
        self._left_out: frozenset[int] = frozenset()
        self.setModel(self.rows_model)
        self.setItemDelegate(RowDelegate(self))
        self.setAccessibleName(name)
        self.list_offer = ListOffer()
        offer_saving(self)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(wrapped)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme().pixels(_HEIGHT))
        self.verticalHeader().setMinimumSectionSize(theme().pixels(_HEIGHT))
        # What is wrapped needs every row measured: for short lists only.
        rows = QHeaderView.ResizeMode.ResizeToContents if wrapped else QHeaderView.ResizeMode.Fixed
        self.verticalHeader().setSectionResizeMode(rows)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        header.setSectionsClickable(sortable)
        for index, column in enumerate(columns):
            if column.stretch:
                header.setSectionResizeMode(index, QHeaderView.ResizeMode.Stretch)
            elif column.width:
                self.setColumnWidth(index, theme().pixels(column.width))
            else:
                header.setSectionResizeMode(index, QHeaderView.ResizeMode.ResizeToContents)
        header.setMinimumSectionSize(theme().pixels(56))
        header.sectionClicked.connect(self.sort_wanted)
        self.doubleClicked.connect(lambda index: self.opened.emit(self.rows_model.rows[index.row()]))
        self.selectionModel().currentRowChanged.connect(self._moved)

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show other *columns*, as many and as wide as before."""
        self.rows_model.columns = tuple(columns)

    def show_rows(
        self,
        rows: Sequence[Any],
        *,
        key: Callable[[Any], object] | None = None,
        total: int = 0,
        more: Callable[[int], Sequence[Any]] | None = None,
    ) -> None:
        """Show *rows*; the current row stays the one with the same *key*. See the model for *total* and *more*."""
        before = self.current()
        self.rows_model.show_rows(rows, total, more)
        if not rows:
            self.chosen.emit(None)
            return
        at = 0
        if key is not None and before is not None:
            at = next((number for number, row in enumerate(rows) if key(row) == key(before)), 0)
        self.selectRow(at)

    def current(self) -> Any | None:
        """Return the current row, or None."""
        at = self.currentIndex().row()
        return self.rows_model.rows[at] if 0 <= at < len(self.rows_model.rows) else None

    def offered(self) -> OfferedList:
        """Return the list as it stands, for saving: every column, those included for which there is no room."""
        offer, model = self.list_offer, self.rows_model
        read = offer.everything()
        coaching_id, about = case_of(self)
        words = filter_words(offer.filters, offer.words())
        return OfferedList(
            self.accessibleName() if offer.title is None else offer.title(),
            "; ".join(part for part in (about, words) if part),
            tuple(OfferedColumn(column.title, column.cell, column.notes) for column in model.columns),
            model.rows,
            read,
            model.total if read is None or model.canFetchMore(QModelIndex()) else None,
            None if offer.total is None else offer.total(),
            tuple(offer.about()) or (() if coaching_id is None else (coaching_id,)),
        )

    def fit_height(self, most: int = 12) -> None:
        """Be as tall as the rows, up to *most* of them."""
        count = min(max(len(self.rows_model.rows), 1), most)
        self.setFixedHeight(self._height_of(count))

    def rows_within(self, height: int) -> int:
        """Return how many rows the table shows at *height*."""
        return (height - self._height_of(0)) // theme().pixels(_HEIGHT)

    def _height_of(self, count: int) -> int:
        px = theme().pixels
        return count * px(_HEIGHT) + self.horizontalHeader().sizeHint().height() + px(8)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's
        """Return a size at which a few rows are seen where the page scrolls as a whole."""
        hint = super().minimumSizeHint()
        if theme().scale < LARGE_TEXT:
            return hint
        return QSize(hint.width(), self._height_of(_FEWEST))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's
        """Leave out the columns for which there is no room."""
        self._fit_columns()
        super().resizeEvent(event)

    def leave_out(self, columns: Collection[int]) -> None:
        """Show none of *columns*, however much room there is: nothing stands in them."""
        self._left_out = frozenset(columns)
        for number in self._left_out:
            self.setColumnHidden(number, True)  # noqa: FBT003 - Qt's
        self._fit_columns()

    def _fit_columns(self) -> None:
        px, columns = theme().pixels, self.rows_model.columns
        for number, column in enumerate(columns):
            if column.needs:
                self.setColumnHidden(number, self.width() < px(column.needs) or number in self._left_out)
        fixed = sum(column.least if column.stretch else column.width for column in columns if not column.rank)
        room = self.width() - px(fixed + _BESIDE)
        for rank in sorted({column.rank for column in columns} - {0}):
            group = [number for number, column in enumerate(columns) if column.rank == rank]
            width = px(sum(columns[number].width for number in group if number not in self._left_out))
            shown = room >= width
            for number in group:
                self.setColumnHidden(number, not shown or number in self._left_out)
            room -= width if shown else 0

    def _moved(self) -> None:
        self.chosen.emit(self.current())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's
        """Open by Enter, delete by the delete key, go to the first and last row by Pos1 and Ende, and leave by Tab."""
        row, last = self.current(), len(self.rows_model.rows) - 1
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: last}
        if event.key() in ends and event.modifiers() == Qt.KeyboardModifier.NoModifier and last >= 0:
            self.selectRow(ends[Qt.Key(event.key())])
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and row is not None:
            self.opened.emit(row)
        elif event.key() == Qt.Key.Key_Delete and row is not None:
            self.delete_wanted.emit(row)
        else:
            super().keyPressEvent(event)
