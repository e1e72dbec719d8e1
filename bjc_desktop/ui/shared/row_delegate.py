"""How the cells of a table of rows are painted: what a colour says stays said where the row is chosen."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

Index = QModelIndex | QPersistentModelIndex


class RowDelegate(QStyledItemDelegate):
    """Paints the chosen row like the others; the style sheet alone would give all its texts one colour."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        colour = index.data(Qt.ItemDataRole.ForegroundRole)
        if not isinstance(colour, QColor) or not option.state & QStyle.StateFlag.State_Selected:  # type: ignore[attr-defined]
            super().paint(painter, option, index)
            return
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        widget = shown.widget  # type: ignore[attr-defined]
        style = widget.style() if widget is not None else QApplication.style()
        room = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, shown, widget)
        margin = style.pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, shown, widget) + 1
        text, shown.text = shown.text, ""  # type: ignore[attr-defined]
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, shown, painter, widget)
        room.adjust(margin, 0, -margin, 0)
        painter.save()
        painter.setFont(shown.font)  # type: ignore[attr-defined]
        painter.setPen(colour)
        elided = shown.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())  # type: ignore[attr-defined]
        painter.drawText(room, int(shown.displayAlignment | Qt.TextFlag.TextSingleLine), elided)  # type: ignore[attr-defined]
        painter.restore()
