"""The observation sheet worked by keys: one for each value, letters for the evidence."""

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit

from bjc_desktop.services.case_file import DIMENSIONS
from bjc_desktop.services.observation_sheet import TEXTS
from bjc_desktop.services.row_titles import fields_of
from bjc_desktop.ui.observing.group_model import FIELDS, FIRST_FIELD, GOAL, ObservationGroupModel
from bjc_desktop.ui.shared.theme import LARGE_TEXT, theme
from bjc_desktop.ui.shared.typing_table import TypingTable

_LAST_VALUE = FIRST_FIELD + len(DIMENSIONS) - 1
_EVIDENCE = FIRST_FIELD + FIELDS.index("evidence")
_LAST = FIRST_FIELD + len(FIELDS) - 1
_WIDTHS = {GOAL: 76, None: 96}
_MINUS = {"-", "−", "–"}


class GroupTable(TypingTable):
    """The sheet: 1 to 5 is a value, = the last one, − not observed, letters are evidence; Enter goes to the next person.

    ``said`` carries why a key did nothing, ``person_wanted`` the coaching of the person on whose name Enter was pressed.
    """

    said = Signal(str)
    person_wanted = Signal(str)
    arrows_leave = False

    def __init__(self, group_model: ObservationGroupModel) -> None:
        super().__init__(group_model, "Beobachtungen der Gruppe")
        self.group_model = group_model
        self._came_from: tuple[int, int] | None = None
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = self.horizontalHeader()
        header.setMinimumSectionSize(theme().pixels(56))
        for column in range(group_model.columnCount()):
            name = group_model.field(column)
            stretch = name == "evidence"
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch if stretch else QHeaderView.ResizeMode.Fixed)
            if column == 0 or name in TEXTS:
                # A long note would make its column as wide as the window.
                roomy = column == 0 and theme().scale < LARGE_TEXT
                self.setColumnWidth(column, theme().pixels(200 if roomy else 160))
            else:
                self.fit(column, _WIDTHS.get(name, 60))

    def event(self, event: QEvent) -> bool:
        """Let Tab go from cell to cell, and leave the sheet at the end of the row only."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}.get(Qt.Key(event.key()))
            at = self.currentIndex()
            if step and at.isValid() and 0 <= at.column() + step <= _LAST:
                self.choose(at.row(), at.column() + step)
                return True
        return bool(super().event(event))

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's
        """Begin at the person's first value, whichever cell Tab left before."""
        super().focusInEvent(event)
        at = self.currentIndex()
        if event.reason() == Qt.FocusReason.TabFocusReason and at.isValid():
            self.choose(at.row(), FIRST_FIELD)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's
        """Take a value by one key and go on to the next cell."""
        at, key = self.currentIndex(), event.text()
        name = self.group_model.field(at.column())
        commands = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        plain = not event.modifiers() & commands
        if event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.group_model.forget(at)
        elif event.key() == Qt.Key.Key_Escape:
            self.group_model.bring_back(at)
        elif name is None and at.isValid() and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.person_wanted.emit(self.group_model.people[at.row()].coaching_id)
        elif plain and at.isValid() and at.column() == 0 and key.isdecimal():
            self._pick(at, int(key))
        elif plain and name in DIMENSIONS and key.isalpha():
            self._came_from = (at.row(), at.column())
            self._write_evidence(at.row(), key)
        elif not (plain and self._take(at, name, key)):
            super().keyPressEvent(event)

    def _pick(self, at: QModelIndex, number: int) -> None:
        """Turn to another of several observations of the day."""
        if self.group_model.pick(at, number):
            self.said.emit(self.group_model.hint(at))
        elif len(self.group_model.people[at.row()].sheets) > 1:
            self.said.emit("Diese Beobachtung gibt es nicht, oder hier ist noch etwas nicht gespeichert. Bitte zuerst speichern.")

    def _take(self, at: QModelIndex, name: str | None, key: str) -> bool:
        """Do what *key* means in the field *name*; say whether it means something there."""
        model = self.group_model
        if name == GOAL and key.isdecimal():
            self._go_on_or_say(model.take_goal(at, int(key)), "So viele offene Ziele gibt es nicht.")
        elif name == GOAL and key in _MINUS:
            model.forget(at)
            self._go_on()
        elif name in DIMENSIONS and key in set("12345") | _MINUS:
            self._go_on_or_say(model.take_value(at, int(key) if key.isdecimal() else None), "")
        elif name in DIMENSIONS and key == "=":
            title = fields_of("observations")[str(name)].title
            self._go_on_or_say(
                model.take_last(at), f"{title}: noch kein früherer Wert, den = übernehmen könnte. Bitte 1 bis 5 oder − wählen."
            )
        else:
            return False
        return True

    def _go_on_or_say(self, done: bool, sentence: str) -> None:  # noqa: FBT001 - the outcome of what stands beside it
        if done:
            self._go_on()
        else:
            self.said.emit(sentence)

    def _write_evidence(self, row: int, letter: str) -> None:
        """Open the evidence of a person with *letter*, behind what stands there."""
        self.choose(row, _EVIDENCE)
        before = self.group_model.data(self.currentIndex(), Qt.ItemDataRole.EditRole)
        self.edit(self.currentIndex())
        editor = self.viewport().findChild(QLineEdit)
        if editor is not None:
            editor.end(False)  # noqa: FBT003 - Qt's
            editor.insert(f" {letter}" if before else letter)

    def _go_on(self) -> None:
        at = self.currentIndex()
        if at.column() in {_LAST_VALUE, _LAST}:
            self.go_down()
        else:
            self.choose(at.row(), at.column() + 1)

    def go_down(self) -> None:
        """Choose the next person: from a value at the first one, from a text at the same; from evidence back to the values."""
        at, begun, self._came_from = self.currentIndex(), self._came_from, None
        if begun is not None and at.column() == _EVIDENCE and at.row() == begun[0]:
            if self.group_model.values_whole(at.row()):
                self.choose(at.row() + 1, FIRST_FIELD)
            else:
                self.choose(*begun)
            return
        aside = self.group_model.field(at.column()) in {*TEXTS, GOAL}
        self.choose(at.row() + 1, at.column() if aside else FIRST_FIELD)
