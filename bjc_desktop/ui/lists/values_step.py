"""Step 3: what values mean, what holds for all rows, and what is done about what is imprecise."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bjc_desktop.exchange.lists.list_mapping import CONSTANTS, RULE_TITLES, RULES, SheetMapping
from bjc_desktop.exchange.lists.list_targets import TARGETS
from bjc_desktop.services.old_lists.team_names import Team
from bjc_desktop.services.old_lists.value_questions import ListedValue, ValueQuestion, choices_of
from bjc_desktop.ui.lists.assign_panes import AssignPanes
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.flow_layout import FlowRow
from bjc_desktop.ui.shared.labels import button, label, row
from bjc_desktop.ui.shared.row_table import Column
from bjc_desktop.ui.shared.theme import theme

_NOTHING = "– leer lassen –"
_NOT_SAID = "– nichts –"


@dataclass(frozen=True, slots=True)
class ValueLine:
    """A value as it is listed."""

    question: ValueQuestion
    value: ListedValue

    @property
    def meaning(self) -> str:
        """What it means, in words."""
        if self.value.open:
            return "noch offen"
        words = dict(self.question.choices)
        return words.get(str(self.value.value), "leer") if self.value.value is not None else "leer oder mehrere"

    @property
    def key(self) -> tuple[str, str]:
        """Tells it from others."""
        return self.question.target.key, self.value.text


COLUMNS = (
    Column("Feld", lambda line: line.question.target.full_title, width=180, needs=560),
    Column("Wert der Liste", lambda line: line.value.text.replace("\n", " / "), stretch=True),
    Column("Zellen", lambda line: str(line.value.count), number=True, width=76, needs=430),
    Column("bedeutet", lambda line: line.meaning, stretch=True, colour=lambda line: "warning" if line.value.open else ""),
)


class ValuesStep(QWidget):
    """The step; its signals carry what was said: a value of a target, a constant, a rule."""

    value_said = Signal(str, str, object)
    constant_said = Signal(str, object)
    rule_said = Signal(str, str)
    finished = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme().pixels(8))
        self.summary = label("", "heading", wrap=True)
        self.boxes: dict[str, ChoiceBox] = {}
        self._groups = FlowRow()
        self.panes = AssignPanes(COLUMNS, "Werte der Liste", "Mögliche Bedeutungen")
        self.panes.assigned.connect(lambda line, key: self.value_said.emit(*line.key, key))
        self.panes.shown.connect(self._offer)
        self.next_button = button("&Weiter: Prüfen", self.finished.emit, rank="primary", symbol="arrow-right")
        column.addWidget(self.summary)
        column.addWidget(self._groups)
        column.addWidget(self.panes, 1)
        how = label("Enter führt zu den Bedeutungen und wählt; Entf lässt den Wert leer; ziehen geht auch.", "small", wrap=True)
        column.addLayout(row(how, self.next_button))

    def show_questions(
        self, questions: tuple[ValueQuestion, ...], mapping: SheetMapping, rules: Mapping[str, int], asked: list[str], team: Team
    ) -> None:
        """Show the values, the *asked* constants and the *rules* that are needed (each with the number of its cells)."""
        lines = [ValueLine(question, value) for question in questions for value in question.values]
        lines.sort(key=lambda line: not line.value.open)
        still = sum(line.value.open for line in lines)
        self.summary.setText(_summary(len(lines), still))
        self._show_boxes(mapping, rules, asked, team)
        self.panes.show_rows(lines, key=lambda line: line.key)
        self.panes.setVisible(bool(lines))
        self._offer(self.panes.table.current())

    def begin(self) -> None:
        """Choose the first value; open ones stand first."""
        self.panes.table.selectRow(0)

    def _show_boxes(self, mapping: SheetMapping, rules: Mapping[str, int], asked: list[str], team: Team) -> None:
        """Show a list for each thing to say; those that are there stay, so that the keyboard stays where it is."""
        wanted = [*rules, *asked]
        if list(self.boxes) != wanted:
            self._groups.clear()
            self.boxes = {name: self._add_box(name, rules.get(name, 0), team) for name in wanted}
        for name, made in self.boxes.items():
            said = mapping.rule(name) if name in RULES else mapping.constants.get(name)
            made.setCurrentIndex(max(made.findData(said), 0))
        self._groups.setVisible(bool(wanted))

    def _add_box(self, name: str, cells: int, team: Team) -> ChoiceBox:
        made = ChoiceBox()
        made.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
        if name in RULES:
            title = f"{RULE_TITLES[name]}: {'1 Zelle' if cells == 1 else f'{cells} Zellen'}"
            for choice, words in RULES[name].items():
                made.addItem(words, choice)
            made.activated.connect(lambda _: self.rule_said.emit(name, made.currentData()))
        else:
            title = f"{TARGETS[name].full_title}, wo nichts steht"
            made.addItem(_NOT_SAID, None)
            for key, words in choices_of(TARGETS[name], team):
                made.addItem(words, key)
            made.activated.connect(partial(self._say_constant, name, made))
        made.setAccessibleName(title)
        group = QWidget()
        column = QVBoxLayout(group)
        column.setContentsMargins(0, 0, theme().pixels(12), 0)
        column.setSpacing(theme().pixels(2))
        column.addWidget(label(title, "small"))
        column.addWidget(made)
        self._groups.add(group)
        return made

    def _say_constant(self, name: str, made: ChoiceBox, at: int) -> None:
        _ = at
        self.constant_said.emit(name, made.currentData())

    def _offer(self, line: ValueLine | None) -> None:
        if line is None:
            self.panes.choices.offer([], None)
            return
        chosen = line.value.value
        self.panes.choices.offer([(None, _NOTHING), *line.question.choices], ... if line.value.open else chosen)


def asked_constants(mapping: SheetMapping, team: Team) -> list[str]:
    """Return what may be said for all rows: what the list has entries for, and the provider where there are several."""
    tables = {TARGETS[key].table for key in mapping.columns.values() if key is not None}
    wanted = [key for key in TARGETS if key in CONSTANTS and TARGETS[key].table in tables & {"consultations", "follow_ups"}]
    if "coachings" in tables or "consultations" in tables:
        wanted.append("coachings.coach")
    if len(team.providers) > 1:
        wanted.append("coachings.provider")
    return wanted


def _summary(count: int, still: int) -> str:
    if not count:
        return "Keine Spalte braucht eine Zuordnung ihrer Werte."
    if not still:
        return f"Alle {count} Werte sind zugeordnet." if count > 1 else "Der eine Wert ist zugeordnet."
    return f"{still} von {count} Werten sind noch offen." if still > 1 else f"Einer von {count} Werten ist noch offen."
