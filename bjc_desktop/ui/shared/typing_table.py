"""A table to type in like a spreadsheet: typing opens a cell, Enter goes on down, Tab sideways without opening the next cell."""

from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QLineEdit, QStyledItemDelegate, QTableView, QWidget

from bjc_desktop.ui.shared.theme import theme

_HEIGHT = 34
_SIDEWAYS = {
    QAbstractItemDelegate.EndEditHint.EditNextItem: 1,
    QAbstractItemDelegate.EndEditHint.EditPreviousItem: -1,
}


class _Delegate(QStyledItemDelegate):
    """Opens the cells, and leaves what is being typed alone when the sheet is read again meanwhile."""

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:  # noqa: N802 - Qt's
        """Show the cell in its editor, unless somebody types in it."""
        if not (isinstance(editor, QLineEdit) and editor.isModified()):
            super().setEditorData(editor, index)


class TypingTable(QTableView):
    """The table over a *sheet*; what else a key does is said by who builds on it."""

    def __init__(self, sheet: QAbstractTableModel, name: str) -> None:
        super().__init__()
        self.setModel(sheet)
        self.setItemDelegate(_Delegate(self))
        self.setAccessibleName(name)
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

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's
        """Go on by Enter."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            # What was typed is taken by an event that is on its way; going on before it would lose the editor.
            QTimer.singleShot(0, self.go_down)
        else:
            super().keyPressEvent(event)

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
