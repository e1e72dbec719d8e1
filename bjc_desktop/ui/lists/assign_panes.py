"""What means what: rows on the left, choices on the right; a row is dragged onto its choice, or chosen by Enter."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QMimeData, QPoint, Qt, Signal
from PySide6.QtGui import QDrag, QDragMoveEvent, QDropEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHBoxLayout, QListWidget, QListWidgetItem, QWidget

from bjc_desktop.ui.shared.row_table import Column, RowTable
from bjc_desktop.ui.shared.theme import theme

MIME = "application/x-bjc-list-row"
_KEY = Qt.ItemDataRole.UserRole
_ROWS_SHARE, _CHOICES_SHARE = 3, 2


class DragTable(RowTable):
    """A table whose rows can be dragged away."""

    def __init__(self, columns: Sequence[Column], name: str) -> None:
        super().__init__(columns, name)
        self._pressed: QPoint | None = None

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's
        """Note where a drag may begin."""
        self._pressed = event.position().toPoint() if event.button() is Qt.MouseButton.LeftButton else None
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's
        """Begin a drag once the mouse went far enough."""
        moved = self._pressed is not None and (event.position().toPoint() - self._pressed).manhattanLength()
        if not moved or moved < QApplication.startDragDistance() or self.current() is None:
            return
        self._pressed = None
        drag = QDrag(self)
        drag.setMimeData(row_data(self.currentIndex().row()))
        drag.exec(Qt.DropAction.LinkAction)


def row_data(row: int) -> QMimeData:
    """Return what is dragged for the row with the number *row*."""
    data = QMimeData()
    data.setData(MIME, str(row).encode())
    return data


class ChoiceList(QListWidget):
    """The choices; ``taken`` carries the key of the one that was chosen, ``dropped`` that of the one that something was dropped on."""

    taken = Signal(object)
    dropped = Signal(object)
    left = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setAcceptDrops(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.itemDoubleClicked.connect(self._take)

    def offer(self, choices: Sequence[tuple[object, str]], chosen: object) -> None:
        """Show *choices* (key and words; a key of ``...`` is a heading) with the *chosen* one current."""
        at = self.verticalScrollBar().value()
        same = [self.item(row).data(_KEY) for row in range(self.count())] == [key for key, _ in choices]
        if not same:
            self.clear()
            for key, words in choices:
                self.addItem(_item(key, words))
        for row, (key, words) in enumerate(choices):
            self.item(row).setText(words)
            if key == chosen and key is not ...:
                self.setCurrentRow(row)
        if same:
            self.verticalScrollBar().setValue(at)
        if self.currentItem() is not None:
            self.scrollToItem(self.currentItem())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's
        """Choose by Enter, go back by Escape."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._take(self.currentItem())
        elif event.key() in {Qt.Key.Key_Escape, Qt.Key.Key_Left}:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _take(self, item: QListWidgetItem | None) -> None:
        if item is not None and item.data(_KEY) is not ...:
            self.taken.emit(item.data(_KEY))

    def dragEnterEvent(self, event: QDragMoveEvent) -> None:  # type: ignore[override]  # noqa: N802 - Qt's
        """Take rows, and nothing else."""
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802 - Qt's
        """Show which choice is meant."""
        item = self.itemAt(event.position().toPoint())
        if item is not None and item.data(_KEY) is not ... and event.mimeData().hasFormat(MIME):
            self.setCurrentItem(item)
            event.acceptProposedAction()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's
        """Choose what a row is dropped on."""
        item = self.itemAt(event.position().toPoint())
        if item is not None and item.data(_KEY) is not ... and event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()
            self.dropped.emit(item.data(_KEY))


def _item(key: object, words: str) -> QListWidgetItem:
    item = QListWidgetItem(words)
    item.setData(_KEY, key)
    if key is ...:
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        font = item.font()
        font.setBold(True)
        item.setFont(font)
    return item


class AssignPanes(QWidget):
    """Both panes; ``assigned`` carries the row and the key of its choice (None: nothing), ``shown`` the row whose choices are wanted."""

    assigned = Signal(object, object)
    shown = Signal(object)

    def __init__(self, columns: Sequence[Column], rows_name: str, choices_name: str) -> None:
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme().pixels(12))
        self.table = DragTable(columns, rows_name)
        self.choices = ChoiceList(choices_name)
        line.addWidget(self.table, _ROWS_SHARE)
        line.addWidget(self.choices, _CHOICES_SHARE)
        self.table.chosen.connect(self.shown)
        self.table.opened.connect(lambda _: self.choices.setFocus())
        self.table.delete_wanted.connect(lambda chosen: self.assigned.emit(chosen, None))
        self.choices.taken.connect(self._take)
        self.choices.dropped.connect(self._drop)
        self.choices.left.connect(self.table.setFocus)

    def show_rows(self, rows: Sequence[Any], key: Any) -> None:
        """Show the rows; the current one stays."""
        self.table.show_rows(rows, key=key)

    def _take(self, key: object) -> None:
        """Assign by the keyboard, and go on to the next row."""
        at = self.table.currentIndex().row()
        if self._drop(key):
            self.table.selectRow(min(at + 1, len(self.table.rows_model.rows) - 1))
            self.table.setFocus()

    def _drop(self, key: object) -> bool:
        row = self.table.current()
        if row is not None:
            self.assigned.emit(row, key)
        return row is not None
