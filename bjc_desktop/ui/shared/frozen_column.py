"""The first column of a wide table stays in sight: whoever scrolls sideways still sees whose row it is."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractItemView, QTableView

from bjc_desktop.ui.shared.theme import theme


class FrozenColumn(QTableView):
    """Shows the first column over the left edge of *table* while that is scrolled sideways; the keyboard stays with the table."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._table = table
        self.setObjectName("frozen")
        self.setModel(table.model())
        self.setSelectionModel(table.selectionModel())
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setWordWrap(False)
        self.setVerticalScrollMode(table.verticalScrollMode())
        for policy in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        self.pressed.connect(lambda: table.setFocus(Qt.FocusReason.MouseFocusReason))
        self.verticalScrollBar().valueChanged.connect(table.verticalScrollBar().setValue)
        table.verticalScrollBar().valueChanged.connect(self.verticalScrollBar().setValue)
        table.horizontalScrollBar().valueChanged.connect(self.place)
        table.horizontalHeader().sectionResized.connect(self.place)
        table.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
        """Keep to the size of the table."""
        if event.type() is QEvent.Type.Resize:
            self.place()
        return super().eventFilter(watched, event)

    def place(self) -> None:
        """Lie where the first column would be, unless it is in sight anyway."""
        table, width = self._table, self._table.columnWidth(0)
        scrolled = table.horizontalScrollBar().value() > 0
        if scrolled:
            self.setSelectionMode(table.selectionMode())
            for column in range(1, self.model().columnCount()):
                self.setColumnHidden(column, True)  # noqa: FBT003 - Qt's
            self.setColumnWidth(0, width)
            self.verticalHeader().setDefaultSectionSize(table.verticalHeader().defaultSectionSize())
            shown = table.viewport().geometry()
            head = table.horizontalHeader().height()
            self.horizontalHeader().setFixedHeight(head)
            self.setGeometry(shown.x(), shown.y() - head, width + theme().pixels(1), shown.height() + head)
            self.verticalScrollBar().setValue(table.verticalScrollBar().value())
        self.setVisible(scrolled)
