"""One field per kind of value: typed text in German notation, nothing corrected in silence, nothing changed by the wheel."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QDate, QEvent, QPoint, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCalendarWidget,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.models.base import FieldInfo, Kind
from bjc_desktop.services.typed_values import Typed, is_duration, parse_field, show_date, show_value
from bjc_desktop.ui.shared.icons import icon
from bjc_desktop.ui.shared.labels import set_tone
from bjc_desktop.ui.shared.theme import theme

_NARROW = {Kind.DATE: 150, Kind.MONTH: 130, Kind.INTEGER: 110, Kind.DECIMAL: 130, Kind.BOOLEAN: 130}
_FEWEST_LINES, _MOST_LINES = 3, 12


class Field(QWidget):
    """A field of a form: what was typed, what it means, and how it looks when it means nothing.

    ``typed`` follows every change by the user, ``left`` follows leaving the field after a change, ``entered`` the keyboard's coming.
    """

    typed = Signal()
    left = Signal()
    entered = Signal()

    def __init__(self, info: FieldInfo) -> None:
        super().__init__()
        self.info = info
        self._before = ""
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(theme().pixels(4))

    def _hold(self, inner: QWidget) -> None:
        self.inner = inner
        self._line.addWidget(inner, 1)
        self.setFocusProxy(inner)
        inner.installEventFilter(self)
        width = _NARROW.get(self.info.kind)
        if width is not None:
            inner.setMaximumWidth(theme().pixels(width))
            self._line.addStretch(0)

    def name(self, title: str) -> None:
        """Give the field the name that a screen reader says."""
        self.inner.setAccessibleName(title)

    def text(self) -> str:
        """Return what is shown."""
        raise NotImplementedError

    def _show_text(self, text: str) -> None:
        raise NotImplementedError

    def value(self, today: date) -> Typed:
        """Return what the text means; None for an empty one.

        Raises
        ------
        InvalidInputError
            where it means nothing.
        """
        return parse_field(self.info, self.text(), today=today)

    def show_value(self, value: object) -> None:
        """Show *value* without telling anybody."""
        self.blockSignals(True)  # noqa: FBT003 - Qt's
        self._show_text(show_value(self.info, value))
        self.blockSignals(False)  # noqa: FBT003 - Qt's
        self._before = self.text()

    def type_text(self, text: str) -> None:
        """Show *text* as if the user had typed it."""
        self._show_text(text)

    def set_read_only(self) -> None:
        """Show the field to be read and copied, not changed."""
        if isinstance(self.inner, QLineEdit | QPlainTextEdit):
            self.inner.setReadOnly(True)
        else:
            self.inner.setEnabled(False)

    def mark(self, state: str, sentence: str) -> None:
        """Show that the field is in *state* (error, question or empty), and describe it."""
        set_tone(self.inner, "state", state)
        self.inner.setAccessibleDescription(sentence)

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # type: ignore[override]  # noqa: N802 - Qt's
        """Tell when the field gets the keyboard, and when a changed one is left."""
        if event.type() is QEvent.Type.FocusIn and watched is self.inner:
            self.entered.emit()
        if event.type() is QEvent.Type.FocusOut and watched is self.inner and self.isEnabled():
            reason = event.reason() if isinstance(event, QFocusEvent) else Qt.FocusReason.OtherFocusReason
            if reason is not Qt.FocusReason.PopupFocusReason and self.text() != self._before:
                self._tidy()
                self._before = self.text()
                self.left.emit()
        return False

    def _tidy(self) -> None:
        """Show a valid value in its usual form once the field is left: ``5.3.`` becomes ``05.03.2026``."""
        try:
            value = self.value(date.today())  # noqa: DTZ011 - the day on the user's wall
        except InvalidInputError:
            return
        shown = show_value(self.info, value)
        if shown != self.text():
            self.blockSignals(True)  # noqa: FBT003 - Qt's
            self._show_text(shown)
            self.blockSignals(False)  # noqa: FBT003 - Qt's


class TypedLine(QLineEdit):
    """A line that tells, by ``typed``, what comes from the user: from the keyboard, or from dictation and other assistive technology.

    Qt's own ``textEdited`` tells of the keyboard only.
    """

    typed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._shown = False
        self.textChanged.connect(self._changed)

    def setText(self, text: str | None) -> None:  # noqa: N802 - Qt's
        """Show *text*, which the user did not type."""
        self._shown = True
        super().setText(text)
        self._shown = False

    def clear(self) -> None:
        """Show nothing."""
        self.setText("")

    def _changed(self) -> None:
        if not self._shown:
            self.typed.emit()


class LineField(Field):
    """A line of text or a number."""

    def __init__(self, info: FieldInfo) -> None:
        super().__init__(info)
        line = TypedLine()
        if info.kind in {Kind.INTEGER, Kind.DECIMAL} and not is_duration(info):
            line.setAlignment(Qt.AlignmentFlag.AlignRight)
        line.typed.connect(self.typed)
        self.line = line
        self._hold(line)

    def text(self) -> str:
        """Return what is shown."""
        return self.line.text()

    def _show_text(self, text: str) -> None:
        self.line.setText(text)
        self.line.setCursorPosition(0)


class DateField(LineField):
    """A day: typed in many ways, or chosen from a calendar; empty means not known."""

    def __init__(self, info: FieldInfo) -> None:
        super().__init__(info)
        self.line.setPlaceholderText("TT.MM.JJJJ")
        self.line.setToolTip("Zum Beispiel 5.3.2026, 05032026, heute, gestern, -2 oder +14")
        self._button = QPushButton()
        self._button.setIcon(icon("calendar", "muted"))
        self._button.setIconSize(QSize(theme().pixels(16), theme().pixels(16)))
        self._button.setProperty("rank", "plain")
        self._button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the line takes everything by keyboard; Alt+Down opens this
        self._button.setToolTip("Kalender (Alt+↓)")
        self._button.clicked.connect(self._open)
        self._line.insertWidget(1, self._button)

    def name(self, title: str) -> None:
        """Name the field and its calendar."""
        super().name(title)
        self._button.setAccessibleName(f"Kalender für {title}")

    def set_read_only(self) -> None:
        """Offer no calendar either."""
        super().set_read_only()
        self._button.hide()

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # type: ignore[override]  # noqa: N802 - Qt's
        """Open the calendar by Alt+Down."""
        alt_down = (
            not self.line.isReadOnly()
            and event.type() is QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Down  # type: ignore[attr-defined]
            and event.modifiers() & Qt.KeyboardModifier.AltModifier  # type: ignore[attr-defined]
        )
        if alt_down:
            self._open()
            return True
        return super().eventFilter(watched, event)

    def _open(self) -> None:
        popup = QWidget(self, Qt.WindowType.Popup)
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        calendar = QCalendarWidget()
        calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.ISOWeekNumbers)
        calendar.setAccessibleName("Kalender")
        try:
            shown = self.value(date.today())  # noqa: DTZ011 - the day on the user's wall
        except InvalidInputError:
            shown = None
        if isinstance(shown, date):
            calendar.setSelectedDate(QDate(shown.year, shown.month, shown.day))
        column = QVBoxLayout(popup)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(calendar)

        def take(day: QDate) -> None:
            popup.close()
            self.line.setFocus()
            self._show_text(show_date(date(day.year(), day.month(), day.day())))
            self.typed.emit()

        calendar.activated.connect(take)
        calendar.clicked.connect(take)
        popup.move(self.mapToGlobal(QPoint(0, self.height())))
        popup.show()
        calendar.setFocus()


class ChoiceBox(QComboBox):
    """A list that the wheel changes only where it has the focus, and that has a name for „nothing“.

    On Linux Qt tells a screen reader the entry in place of the name; the name comes from a label beside the list, so that
    one stands there, unseen.
    """

    def __init__(self) -> None:
        super().__init__()
        self._told = QLabel()
        self._told.setTextFormat(Qt.TextFormat.PlainText)
        self._told.setBuddy(self)
        self._told.hide()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)

    def setAccessibleName(self, name: str) -> None:  # noqa: N802 - Qt's
        """Have a screen reader say *name*."""
        super().setAccessibleName(name)
        self._told.setText(name.replace("&", "&&"))

    def event(self, event: QEvent) -> bool:
        """Take the unseen label along to where the list is put."""
        if event.type() is QEvent.Type.ParentChange:
            self._told.setParent(self.parentWidget())
        return super().event(event)

    def showPopup(self) -> None:  # noqa: N802 - Qt's
        """Show the list as wide as its entries, where the box is narrower."""
        view = self.view()
        wanted = view.sizeHintForColumn(0) + theme().pixels(40)
        view.setMinimumWidth(min(wanted, self.screen().availableGeometry().width()))
        super().showPopup()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's
        """Leave the wheel to the page unless the list has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class ChoiceField(Field):
    """One entry of a value list, or none."""

    def __init__(self, info: FieldInfo, entries: Sequence[tuple[str, object]] | None = None) -> None:
        super().__init__(info)
        self.box = ChoiceBox()
        self.box.addItem("–", None)
        for text, data in _entries_of(info) if entries is None else entries:
            self.box.addItem(text, data)
        self.box.activated.connect(self._chosen)
        self._hold(self.box)

    def _chosen(self) -> None:
        self.typed.emit()
        if self.text() != self._before:
            self._before = self.text()
            self.left.emit()

    def text(self) -> str:
        """Return the entry's key, or an empty text."""
        data = self.box.currentData()
        return "" if data is None else str(data)

    def value(self, today: date) -> Typed:
        """Return the entry's key, yes or no, or None."""
        _ = today
        data: Typed = self.box.currentData()
        return data

    def show_value(self, value: object) -> None:
        """Show the entry *value*."""
        self.box.setCurrentIndex(max(self.box.findData(value), 0))
        self._before = self.text()

    def _show_text(self, text: str) -> None:
        self.box.setCurrentIndex(max(self.box.findText(text), 0))


def _entries_of(info: FieldInfo) -> Sequence[tuple[str, object]]:
    if info.values is None:
        return [("Ja", True), ("Nein", False)]
    return [(entry.label, entry.value) for entry in info.values]


class LongField(Field):
    """Free text of several lines; Tab leaves it."""

    def __init__(self, info: FieldInfo) -> None:
        super().__init__(info)
        self.edit = QPlainTextEdit()
        self.edit.setTabChangesFocus(True)
        self.edit.textChanged.connect(self.typed)
        self.edit.document().documentLayout().documentSizeChanged.connect(self._grow)
        self._grow(QSizeF(0, 0))
        self._hold(self.edit)

    def _grow(self, size: QSizeF) -> None:
        """Be as high as what is typed; the layout of plain text counts lines."""
        lines = min(max(round(size.height()), _FEWEST_LINES), _MOST_LINES)
        self.edit.setFixedHeight(self.edit.fontMetrics().lineSpacing() * lines + theme().pixels(20))

    def text(self) -> str:
        """Return what is shown."""
        return self.edit.toPlainText()

    def _show_text(self, text: str) -> None:
        self.edit.setPlainText(text)

    def _tidy(self) -> None:
        """Leave free text as it was typed."""


def make_field(info: FieldInfo, entries: Sequence[tuple[str, object]] | None = None) -> Field:
    """Return the field for *info*; a reference needs the *entries* that it may refer to, each with its id."""
    if entries is not None:
        return ChoiceField(info, entries)
    if info.kind in {Kind.CHOICE, Kind.BOOLEAN}:
        return ChoiceField(info)
    if info.kind in {Kind.LONG_TEXT, Kind.NOTE}:
        return LongField(info)
    if info.kind is Kind.DATE:
        return DateField(info)
    return LineField(info)
