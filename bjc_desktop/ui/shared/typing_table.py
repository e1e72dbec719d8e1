"""A table to type in like a spreadsheet: typing opens a cell, Enter goes on down, Tab sideways without opening the next cell."""

from typing import ClassVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from bjc_desktop.reports.shown_list import Cell
from bjc_desktop.ui.shared.frozen_column import FrozenColumn
from bjc_desktop.ui.shared.list_offer import ListOffer, OfferedColumn, OfferedList, filter_words, offer_saving, typed_cell
from bjc_desktop.ui.shared.theme import theme

_HEIGHT = 34
REFUSED = Qt.ItemDataRole.UserRole
"""The role under which a sheet says that what is typed in a cell is not saved."""
_ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
_SIDEWAYS = {
    QAbstractItemDelegate.EndEditHint.EditNextItem: 1,
    QAbstractItemDelegate.EndEditHint.EditPreviousItem: -1,
}


class _Delegate(QStyledItemDelegate):
    """Opens the cells, leaves what is being typed alone when the sheet is read again meanwhile, and frames the cell one is in."""

    def __init__(self, table: "TypingTable") -> None:
        super().__init__(table)
        self._table = table

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:  # noqa: N802 - Qt's
        """Show the cell in its editor, unless somebody types in it."""
        if not (isinstance(editor, QLineEdit) and editor.isModified()):
            super().setEditorData(editor, index)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Frame the cell that one is in, and what is refused, so that it is seen there too."""
        super().paint(painter, option, index)
        at_work = bool(option.state & QStyle.StateFlag.State_HasFocus)  # type: ignore[attr-defined]
        if at_work or index.data(REFUSED):
            painter.save()
            painter.setPen(QPen(theme().colour("danger" if index.data(REFUSED) else "accent"), 2))
            painter.drawRect(option.rect.adjusted(1, 1, -2, -2))  # type: ignore[attr-defined]
            painter.restore()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
        """Let an arrow leave a cell that was begun by typing."""
        if isinstance(watched, QWidget) and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            step = _ARROWS.get(Qt.Key(event.key()))
            if step is not None and self._table.leaves_by(event):
                self.commitData.emit(watched)
                self.closeEditor.emit(watched, QAbstractItemDelegate.EndEditHint.NoHint)
                at = self._table.currentIndex()
                self._table.choose(at.row() + step[0], at.column() + step[1])
                return True
        return super().eventFilter(watched, event)


class TypingTable(QTableView):
    """The table over a *sheet*; what else a key does is said by who builds on it."""

    arrows_leave: ClassVar[bool] = True
    """Whether an arrow leaves a cell that was begun by typing; one that was opened to be corrected keeps its arrows."""

    def __init__(self, sheet: QAbstractTableModel, name: str) -> None:
        super().__init__()
        self._begun_by_typing = False
        self.setModel(sheet)
        self.setItemDelegate(_Delegate(self))
        self.setAccessibleName(name)
        self.list_offer = ListOffer()
        offer_saving(self)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme().pixels(_HEIGHT))
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._names = FrozenColumn(self)

    def scrollTo(  # noqa: N802 - Qt's
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Show a cell, beside the names and not under them."""
        bar = self.horizontalScrollBar()
        before = bar.value()
        super().scrollTo(index, hint)
        if index.column() == 0:
            bar.setValue(before)
        elif bar.value():
            bar.setValue(min(bar.value(), bar.value() + self.columnViewportPosition(index.column()) - self.columnWidth(0)))

    def fit(self, column: int, least: int) -> None:
        """Make a column as wide as *least* (at 100 %), and wider where its title or its last row, that of sums, needs it.

        Measuring every row would cost a delay at each key.
        """
        grid = 1  # the line between two cells takes it from the column
        last = self.sizeHintForIndex(self.model().index(self.model().rowCount() - 1, column)).width() + grid
        needed = max(self.horizontalHeader().sectionSizeHint(column), last)
        self.setColumnWidth(column, max(theme().pixels(least), needed))

    def offered(self) -> OfferedList:
        """Return the sheet as it stands, for saving, with what is typed and not saved yet: it is shown as well."""
        offer, sheet = self.list_offer, self.model()
        shown = Qt.ItemDataRole.DisplayRole
        # The cells are read now: the sheet may change while somebody chooses a place.
        rows = [
            tuple(str(sheet.index(row, column).data(shown) or "") for column in range(sheet.columnCount()))
            for row in range(sheet.rowCount())
        ]

        def column(at: int) -> OfferedColumn:
            def cell(row: tuple[str, ...]) -> Cell:
                return typed_cell(row[at], number=at > 0)

            return OfferedColumn(str(sheet.headerData(at, Qt.Orientation.Horizontal) or ""), cell)

        return OfferedList(
            self.accessibleName() if offer.title is None else offer.title(),
            filter_words(offer.filters, offer.words()),
            tuple(column(at) for at in range(sheet.columnCount())),
            rows,
            None,
            len(rows),
            None if offer.total is None else offer.total(),
            tuple(offer.about()),
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's
        """Go on by Enter."""
        self._begun_by_typing = event.key() != Qt.Key.Key_F2
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            # What was typed is taken by an event that is on its way; going on before it would lose the editor.
            QTimer.singleShot(0, self.go_down)
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's
        """Open a cell to correct it."""
        self._begun_by_typing = False
        super().mouseDoubleClickEvent(event)

    def leaves_by(self, event: QKeyEvent) -> bool:
        """Say whether an arrow leaves the cell that is open."""
        plain = event.modifiers() in {Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier}
        return self.arrows_leave and self._begun_by_typing and plain

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:  # noqa: N802 - Qt's
        """Leave by Tab to the cell at the side; typing opens it, not the leaving of this one."""
        step = _SIDEWAYS.get(hint)
        super().closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint if step else hint)
        if step:
            self.choose(self.currentIndex().row(), self.currentIndex().column() + step)

    def go_down(self) -> None:
        """Choose the cell below."""
        self.choose(self.currentIndex().row() + 1, self.currentIndex().column())

    def choose(self, row: int, column: int) -> None:
        """Choose a cell, if there is one."""
        index = self.model().index(row, column)
        if index.isValid():
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
