"""Labels, buttons and boxes: plain text, a name for the screen reader, and the few looks there are."""

import re
from collections.abc import Callable
from html import escape

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from bjc_desktop.ui.shared.icons import icon, pixmap
from bjc_desktop.ui.shared.theme import theme

NO_VALUE = "–"


def label(text: str = "", tone: str = "", *, wrap: bool = False) -> QLabel:
    """Return a label that shows *text* as it is, never as markup.

    *tone* is one of title, heading, muted, small, strong, figure, error, question, good.
    """
    made = WrappedLabel() if wrap else QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    if tone:
        made.setProperty("tone", tone)
    return made


def plain_tip(text: str) -> str:
    """Return what a tool tip that shows *text* as it is must be set to: Qt takes for markup what looks like it."""
    return f"<qt>{escape(text)}</qt>".replace("\n", "<br>") if "<" in text or "&" in text else text


class WrappedLabel(QLabel):
    """A label of several lines that is never cut off: layouts inside a scroller do not ask for the height at a width."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's
        """Show *text* at its full height."""
        super().setText(text)
        self._fit(anew=True)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's
        """Take the height that the text needs at the new width."""
        super().resizeEvent(event)
        self._fit(anew=event.size().width() > event.oldSize().width())

    def event(self, event: QEvent) -> bool:
        """Take the height again once font and margins are known."""
        handled = super().event(event)
        if event.type() in {QEvent.Type.Polish, QEvent.Type.FontChange, QEvent.Type.Show}:
            self._fit(anew=event.type() is QEvent.Type.FontChange)
        return handled

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's
        """Return the height at the present width; Qt's own hint is that of a narrow column."""
        hint = super().sizeHint()
        height = self.heightForWidth(self.width())
        return QSize(hint.width(), height) if height > 0 else hint

    def _fit(self, *, anew: bool) -> None:
        """Take the height of the text; *anew* where it may be less than before, which Qt does not see beyond the least height."""
        if anew:
            self.setMinimumHeight(0)
        height = self.heightForWidth(self.width())
        if height > 0 and height != self.minimumHeight():
            self.setMinimumHeight(height)
            self.updateGeometry()


def set_tone(widget: QWidget, name: str, value: str) -> None:
    """Give *widget* the look property *name* and show it."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class Button(QPushButton):
    """A button that does the same for assistive technology as for mouse and keys.

    Of a button that can be checked Qt lets a screen reader only change the state, which is no click: nothing would happen.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._known = False
        self.toggled.connect(self._tell)

    def setChecked(self, checked: bool) -> None:  # noqa: FBT001, N802 - Qt's
        """Show whether it is chosen; that presses nothing."""
        self._known = True
        super().setChecked(checked)
        self._known = False

    def nextCheckState(self) -> None:  # noqa: N802 - Qt's
        """Change the state with a click, which is told by itself."""
        self._known = True
        super().nextCheckState()
        self._known = False

    def _tell(self, checked: bool) -> None:  # noqa: FBT001 - Qt's signal
        given_up = self.autoExclusive() and not checked  # another one was chosen
        if not self._known and not given_up:
            self.clicked.emit()


def button(
    text: str,
    action: Callable[[], object] | None = None,
    *,
    rank: str = "",
    symbol: str = "",
    shortcut: str = "",
    name: str = "",
) -> QPushButton:
    """Return a button; *rank* is empty, primary, plain or section, *shortcut* is shown behind the text where it acts.

    *name* is what a screen reader says where the text alone is not enough; the text is in it, for whoever says to a computer what is seen.
    """
    made = Button(text)
    made.setAutoDefault(True)  # Enter presses the one that has the keyboard, in the window as in a dialog
    made.setDefault(rank == "primary")  # and in a dialog's fields the primary one: Qt would take the first, which cancels
    if rank:
        made.setProperty("rank", rank)
    if symbol:
        made.setText(f" {text}")  # Fusion leaves no room between picture and text
        made.setIcon(icon(symbol, {"primary": "on_accent", "plain": "accent"}.get(rank, "text")))
        made.setIconSize(QSize(theme().pixels(18), theme().pixels(18)))
    if shortcut:
        # Not the button's own shortcut: Qt shows that one pressed for 100 ms before it acts, and what is typed meanwhile is lost.
        QShortcut(QKeySequence(shortcut), made, made.click)
        made.setToolTip(f"{text.replace('&', '')} ({_german(shortcut)})")
    seen = re.sub("&(.)", r"\1", text)
    made.setAccessibleName(
        name if seen.casefold().rstrip(" …") in name.casefold() and name else f"{seen}: {name}".removesuffix(": ")
    )
    if action is not None:
        made.clicked.connect(lambda _checked=False: action())
    return made


def _german(keys: str) -> str:
    """Return *keys* as the manual names them and a German keyboard shows them; Qt's own translation says „Strg+Return“."""
    for english, german in (("Ctrl", "Strg"), ("Shift", "Umschalt"), ("Return", "Enter")):
        keys = keys.replace(english, german)
    return keys


def give_keyboard(widget: QWidget) -> None:
    """Give *widget* the keyboard; what stands in a line is marked, so that typing replaces it."""
    widget.setFocus(Qt.FocusReason.OtherFocusReason)
    if isinstance(widget, QLineEdit):
        widget.selectAll()


def box(kind: str = "card") -> tuple[QFrame, QVBoxLayout]:
    """Return a framed box and its column; *kind* is card, danger, warning, good or quiet."""
    frame = QFrame()
    frame.setProperty("box", kind)
    column = QVBoxLayout(frame)
    margin = theme().pixels(16 if kind == "card" else 10)
    column.setContentsMargins(margin, margin, margin, margin)
    column.setSpacing(theme().pixels(8))
    return frame, column


def rule() -> QFrame:
    """Return a thin line."""
    frame = QFrame()
    frame.setProperty("box", "rule")
    return frame


_ALL_ROOM = 1000
"""The stretch beside which that of a space does not count."""


def row(*widgets: QWidget | None, spacing: int = 8) -> QHBoxLayout:
    """Return *widgets* side by side; text that wraps takes the room that is left, or None where there is no such text."""
    line = QHBoxLayout()
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(theme().pixels(spacing))
    for widget in widgets:
        if widget is None:
            line.addStretch(1)
        else:
            wraps = isinstance(widget, QLabel) and widget.wordWrap()
            line.addWidget(widget, _ALL_ROOM if wraps else 0)
    return line


_SYMBOLS = {"danger": "circle-alert", "warning": "triangle-alert", "good": "circle-check", "quiet": "info"}


class Banner(QFrame):
    """A message that stays until it is no longer true: symbol, sentence, and at most two ways on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = QHBoxLayout(self)
        self._symbol = label()
        self._text = label(wrap=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._line.addWidget(self._symbol, 0, Qt.AlignmentFlag.AlignTop)
        self._line.addWidget(self._text, 1)
        self._buttons: list[QPushButton] = []
        self.hide()

    def text(self) -> str:
        """Return the sentence that is shown, or an empty text."""
        return "" if self.isHidden() else self._text.text()

    def tell(self, sentence: str, kind: str = "quiet", *buttons: QPushButton) -> None:
        """Show *sentence* (kind danger, warning, good or quiet) with *buttons* beside it, and say it to a screen reader."""
        self._drop_buttons()
        set_tone(self, "box", kind)
        self._symbol.setPixmap(pixmap(_SYMBOLS[kind], kind if kind != "quiet" else "muted", 18))
        self._text.setText(sentence)
        for made in buttons:
            self._line.addWidget(made, 0, Qt.AlignmentFlag.AlignTop)
            self._buttons.append(made)
        self.setAccessibleName(sentence)
        self.show()
        announce(self, sentence)

    def clear(self) -> None:
        """Show nothing."""
        self._drop_buttons()
        self.hide()

    def settle(self) -> None:
        """Forget what was done: it belongs to the place where it was done; what is wrong stays until it is mended."""
        if self.property("box") == "good":
            self.clear()

    def _drop_buttons(self) -> None:
        for made in self._buttons:
            made.hide()
            made.deleteLater()
        self._buttons.clear()


class Chip(QLabel):
    """A short state on its own ground: colour and word."""

    def __init__(self, text: str = "", kind: str = "quiet") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        self.tell(text, kind)

    def tell(self, text: str, kind: str = "quiet") -> None:
        """Show *text* on the ground of *kind*: danger, warning, good or quiet."""
        colours, px = theme().colours, theme().pixels
        self.setText(text)
        ground, ink = getattr(colours, f"{kind}_ground"), getattr(colours, kind)
        self.setStyleSheet(
            f"background: {ground}; color: {ink}; border-radius: {px(9)}px; padding: {px(2)}px {px(9)}px; font-size: {px(12)}px;"
        )


_just_said: set[str] = set()


def announce_at_last(widget: QWidget, sentence: str) -> None:
    """Have a screen reader say *sentence*, unless what was done says something of its own."""
    QTimer.singleShot(0, widget, lambda: None if _just_said else announce(widget, sentence))


def announce(widget: QWidget, sentence: str) -> None:
    """Have a screen reader say *sentence*, once for whatever one key or click brings about."""
    if QAccessible.isActive() and sentence not in _just_said:
        _just_said.add(sentence)
        QTimer.singleShot(0, _just_said.clear)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, sentence))
