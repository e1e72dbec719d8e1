"""From which day to which day: two days typed or chosen, checked together."""

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.models.base import FieldInfo, Kind
from bjc_desktop.services.audit_trail import read_span
from bjc_desktop.ui.shared.entry_fields import DateField
from bjc_desktop.ui.shared.flow_layout import FlowRow
from bjc_desktop.ui.shared.labels import announce, label, row
from bjc_desktop.ui.shared.theme import theme

_TITLES = {"first": "Von", "last": "Bis"}


class DaySpan(QWidget):
    """The two fields; an empty one leaves its side open. ``chosen`` follows Enter, and leaving a field that was changed."""

    chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme().pixels(3))
        self.fields = {name: DateField(FieldInfo(title, Kind.DATE)) for name, title in _TITLES.items()}
        line = FlowRow()
        for name, field in self.fields.items():
            field.name(f"{_TITLES[name]} (Tag)")
            field.line.returnPressed.connect(self.chosen)
            field.left.connect(self.chosen)
            title = label(_TITLES[name])
            title.setBuddy(field.line)
            pair = QWidget()
            inside = row(title, field)
            inside.setContentsMargins(0, 0, 0, 0)
            pair.setLayout(inside)
            line.add(pair)
        self.sentence = label("", "error", wrap=True)
        self.sentence.hide()
        column.addWidget(line)
        column.addWidget(self.sentence)
        self.setFocusProxy(self.fields["first"])

    def days(self, today: date) -> tuple[date | None, date | None]:
        """Return both days, and show at the fields what is wrong with them.

        Raises
        ------
        InvalidInputError
            where one is no day, or the first is after the last.
        """
        try:
            found = read_span(self.fields["first"].text(), self.fields["last"].text(), today=today)
        except InvalidInputError as error:
            self._tell(error.fields)
            raise
        self._tell({})
        return found

    def _tell(self, sentences: dict[str, str]) -> None:
        for name, field in self.fields.items():
            field.mark("error" if name in sentences else "", sentences.get(name, ""))
        said = " ".join(dict.fromkeys(sentences.values()))
        self.sentence.setText(said)
        self.sentence.setVisible(bool(said))
        if said:
            announce(self, said)
