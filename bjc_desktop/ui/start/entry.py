"""One entry of the first page's forms: its name above, the field, and the sentence about it below."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from bjc_desktop.ui.shared.labels import announce, label, set_tone
from bjc_desktop.ui.shared.theme import theme


class Entry(QWidget):
    """A named field with room for a hint and an error."""

    def __init__(self, name: str, field: QWidget, hint: str = "") -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme().pixels(3))
        self._label = QLabel()
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setText(name)
        self._label.setBuddy(field)
        self._field = field
        field.setAccessibleName(name.replace("&", ""))
        self._message = label(hint, "small", wrap=True)
        self._hint = hint
        if not hint:
            self._message.hide()
        for widget in (self._label, field, self._message):
            column.addWidget(widget)
        column.addStretch(1)

    def tell(self, sentence: str) -> None:
        """Show *sentence* at the field; an empty one takes it back."""
        self._message.setText(sentence or self._hint)
        self._message.setVisible(bool(sentence or self._hint))
        set_tone(self._message, "tone", "error" if sentence else "small")
        line = self._field if isinstance(self._field, QLineEdit) else self._field.findChild(QLineEdit)
        if line is not None:
            set_tone(line, "state", "error" if sentence else "")
            line.setAccessibleDescription(sentence)
        if sentence:
            announce(self, sentence)
