"""A form over fields of one entity: titles from the model, each sentence at its field, nothing lost."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.models.base import FieldInfo
from bjc_desktop.services.row_titles import fields_of
from bjc_desktop.services.typed_values import Typed
from bjc_desktop.ui.shared.entry_fields import Field, LongField, make_field
from bjc_desktop.ui.shared.labels import announce, give_keyboard, label, set_tone
from bjc_desktop.ui.shared.theme import LARGE_TEXT, theme

Warn = Callable[[Mapping[str, Any]], Mapping[str, str]]


class Form(QWidget):
    """Fields *names* of *table*, one below the other or in two columns.

    ``typed`` follows each change by the user, ``left`` names a field that was changed and left and means something.
    """

    typed = Signal()
    left = Signal(str)
    entered = Signal(str)

    def __init__(
        self,
        table: str,
        names: Iterable[str],
        *,
        today: Callable[[], date],
        required: Iterable[str] = (),
        warn: Warn | None = None,
        columns: int = 1,
        choices: Mapping[str, Sequence[tuple[str, object]]] | None = None,
    ) -> None:
        super().__init__()
        self.table = table
        self._today, self._warn = today, warn
        columns = columns if theme().scale < LARGE_TEXT else 1
        infos = fields_of(table)
        self._choices = choices or {}
        self.fields: dict[str, Field] = {}
        self._shown: dict[str, str] = {}
        self._messages: dict[str, QLabel] = {}
        px = theme().pixels
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(px(20))
        self._grid.setVerticalSpacing(px(8))
        wanted = set(required)
        line = position = 0
        for name in names:
            cell = self._cell(name, infos[name], required=name in wanted)
            wide = isinstance(self.fields[name], LongField)
            if columns > 1 and wide:
                line += position > 0
                position = 0
            self._grid.addWidget(cell, line, position, 1, columns if wide else 1, Qt.AlignmentFlag.AlignTop)
            position += 1
            if wide or position == columns:
                line, position = line + 1, 0
        for column in range(columns):
            self._grid.setColumnStretch(column, 1)

    def _cell(self, name: str, info: FieldInfo, *, required: bool) -> QWidget:
        cell = QWidget()
        column = QVBoxLayout(cell)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme().pixels(2))
        field = make_field(info, self._choices.get(name))
        field.name(info.title)
        title = label(f"{info.title} *" if required else info.title)
        title.setBuddy(field.inner)
        message = label("", "error", wrap=True)
        message.hide()
        column.addWidget(title)
        column.addWidget(field)
        column.addWidget(message)
        self.fields[name], self._messages[name] = field, message
        field.typed.connect(lambda name=name: self._typed(name))
        field.left.connect(lambda name=name: self._left(name))
        field.entered.connect(lambda name=name: self.entered.emit(name))
        return cell

    def _typed(self, name: str) -> None:
        if self.fields[name].inner.property("state") == "error":
            self.tell(name, "")
        self.typed.emit()

    def _left(self, name: str) -> None:
        try:
            self.fields[name].value(self._today())
        except InvalidInputError as error:
            self.tell(name, str(error))
            return
        self.tell(name, "")
        self.show_warnings()
        self.left.emit(name)

    def show_warnings(self) -> None:
        """Ask about what looks unlikely; nothing of it keeps anything from being saved."""
        if self._warn is None:
            return
        asked = self._warn(self.meaningful())
        for name in self.fields:
            if self.fields[name].inner.property("state") != "error":
                self.tell(name, asked.get(name, ""), "question")

    def tell(self, name: str, sentence: str, state: str = "error") -> None:
        """Show *sentence* at the field *name*, and say it where it was not there before; an empty one takes it back."""
        message = self._messages[name]
        new = sentence != message.text()
        message.setText(sentence)
        message.setVisible(bool(sentence))
        set_tone(message, "tone", state)
        self.fields[name].mark(state if sentence else "", sentence)
        if sentence and new:
            self._say(name)

    def _say(self, name: str) -> None:
        announce(self._messages[name], f"{self.fields[name].inner.accessibleName()}: {self._messages[name].text()}")

    def refuse(self, error: InvalidInputError) -> list[str]:
        """Show each sentence of *error* at its field, go to the first, and return those that belong to no field here."""
        for name in self.fields:
            self.tell(name, error.fields.get(name, ""))
        first = next((name for name in self.fields if name in error.fields), None)
        if first is not None:
            if self.fields[first].inner.hasFocus():
                self._say(first)  # what was there before is heard when the field gets the keyboard, and it has that already
            self.fields[first].inner.setFocus()
        return [sentence for name, sentence in error.fields.items() if name not in self.fields]

    def show_row(self, row: Mapping[str, Any] | object, *, over_typing: bool = False) -> None:
        """Show the values of *row* (a mapping, or something with attributes), and unless *over_typing* not where the user types."""
        for name, field in self.fields.items():
            if not over_typing and field.inner.hasFocus() and field.text() != field._before:  # noqa: SLF001 - the form's own field
                continue
            field.show_value(row.get(name) if isinstance(row, Mapping) else getattr(row, name))
            self._shown[name] = field.text()
            if field.inner.property("state") == "error":
                self.tell(name, "")
        self.show_warnings()

    def value(self, name: str) -> Typed:
        """Return what the field *name* means.

        Raises
        ------
        InvalidInputError
            where it means nothing; the sentence is shown at the field.
        """
        try:
            return self.fields[name].value(self._today())
        except InvalidInputError as error:
            named = InvalidInputError({name: str(error)})
            self.tell(name, str(error))
            raise named from error

    def values(self) -> dict[str, Typed]:
        """Return what all fields mean.

        Raises
        ------
        InvalidInputError
            with a sentence for each field that means nothing; each is shown at its field.
        """
        values: dict[str, Typed] = {}
        wrong: dict[str, str] = {}
        for name, field in self.fields.items():
            try:
                values[name] = field.value(self._today())
            except InvalidInputError as error:
                wrong[name] = str(error)
        if wrong:
            refusal = InvalidInputError(wrong)
            self.refuse(refusal)
            raise refusal
        return values

    def meaningful(self) -> dict[str, Typed]:
        """Return the values of the fields that mean something."""
        values = {}
        for name, field in self.fields.items():
            try:
                values[name] = field.value(self._today())
            except InvalidInputError:
                continue
        return values

    def texts(self) -> dict[str, str]:
        """Return what is typed in each field, for a draft."""
        return {name: field.text() for name, field in self.fields.items()}

    def changed(self) -> dict[str, str]:
        """Return what is typed in the fields that hold something else than the row shown."""
        return {name: text for name, text in self.texts().items() if text != self._shown.get(name, "")}

    def set_read_only(self) -> None:
        """Show every field to be read, for whose role does not change it."""
        for field in self.fields.values():
            field.set_read_only()

    def show_texts(self, texts: Mapping[str, str]) -> None:
        """Show the draft *texts* as if they had been typed."""
        for name, text in texts.items():
            if name in self.fields:
                field = self.fields[name]
                if hasattr(field, "box"):
                    data = {"True": True, "False": False}.get(text, text or None)
                    field.show_value(data)
                else:
                    field.type_text(text)

    def focus_field(self, name: str) -> None:
        """Give the field *name* the keyboard, or the first one."""
        field = self.fields.get(name) or next(iter(self.fields.values()))
        give_keyboard(field.inner)
