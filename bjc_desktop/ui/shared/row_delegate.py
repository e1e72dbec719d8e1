"""How the cells of a table of rows are painted: what a colour says stays said where the row is chosen."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from bjc_desktop.ui.shared.labels import plain_tip

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

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:  # noqa: N802 - Qt's
        """Show the whole text of a cell that is cut."""
        QToolTip.showText(event.globalPos(), plain_tip(self.cut_text(option, index)), view)
        return True

    def cut_text(self, option: QStyleOptionViewItem, index: Index) -> str:
        """Return the whole text of a cell that has no room for it, otherwise an empty one."""
        room = option.rect.width()  # type: ignore[attr-defined]
        return str(index.data() or "") if index.isValid() and self.sizeHint(option, index).width() > room else ""
