"""What was changed on both sides: the list, the versions beside one another, the decision by a key, by a button, or by a rule."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QBoxLayout, QVBoxLayout, QWidget

from bjc_desktop.services.exchange_conflicts import Conflict, Rule, decide, decide_by_rule
from bjc_desktop.ui.exchange.question import ask_first
from bjc_desktop.ui.exchange.versions_view import VersionsView
from bjc_desktop.ui.shared.background import sentence_of
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.flow_layout import FlowRow
from bjc_desktop.ui.shared.labels import NO_VALUE, Banner, button, label
from bjc_desktop.ui.shared.page import Scroller
from bjc_desktop.ui.shared.row_table import Column, RowTable
from bjc_desktop.ui.shared.theme import LARGE_TEXT, theme

_HOW = (
    "Auf beiden Seiten geändert. Mit 1 bleibt, was hier steht; mit 2 (3 …) wird die andere Fassung übernommen. Ihre Entscheidung gilt mit der "
    "nächsten Datei auch dort."
)
_NOTHING = "Keine Abweichungen. Was auf zwei Laptops zugleich geändert wurde, steht hier nach dem Einlesen mit beiden Fassungen zur Wahl."
_RULES = (
    (Rule.MINE, "Hier behalten"),
    (Rule.OTHERS, "Andere Fassung übernehmen"),
    (Rule.LATER, "Spätere Fassung nehmen"),
)
_MEANS = {
    Rule.MINE: "Überall bleibt, was hier steht.",
    Rule.OTHERS: "Überall wird die andere Fassung übernommen, bei mehreren die späteste.",
    Rule.LATER: "Überall wird die Fassung genommen, die nach den Uhren der Rechner später entstand.",
}
_FOR_GOOD = "Die anderen Fassungen gelten danach nicht mehr."
_MOST = 9
_RULE_LENGTH = 24
"""Letters of a rule that are shown."""


def _differs(found: Conflict) -> str:
    if any(other.is_deletion for other in found.others):
        return "dort gelöscht"
    return ", ".join(found.fields)


COLUMNS = (
    Column("Person", lambda found: found.person or NO_VALUE, width=150),
    Column("Eintrag", lambda found: found.title, stretch=True, least=150),
    Column("Was abweicht", _differs, width=170, rank=1),
)


class ConflictsView(QWidget):
    """The section; what it has to say is told in the page's *banner*. ``file_wanted`` carries a coaching."""

    file_wanted = Signal(str)

    def __init__(self, desk: Desk, banner: Banner) -> None:
        super().__init__()
        self.desk, self.banner = desk, banner
        self._busy = False
        self.table = RowTable(COLUMNS, "Abweichungen")
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.chosen.connect(self._show)
        self.table.opened.connect(lambda _: self.open_file())
        self.table.selectionModel().selectionChanged.connect(self._offer)
        self.versions = VersionsView()
        self.versions.chosen.connect(self.decide)
        self.empty, self.how = label(_NOTHING, wrap=True), label(_HOW, wrap=True)
        self.title = label("", "heading", wrap=True)
        self.file_button = button("&Fallakte öffnen", self.open_file, rank="plain", symbol="arrow-right")
        self._rules = self._rule_row()
        self._lay_out()
        for number in range(1, _MOST + 1):
            key = QShortcut(QKeySequence(str(number)), self)
            key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            key.activated.connect(partial(self.decide_by_key, number))
        self.show_conflicts(())

    def _rule_row(self) -> FlowRow:
        self.rule = ChoiceBox()
        self.rule.setAccessibleName("Regel")
        self.rule.setMinimumContentsLength(_RULE_LENGTH)
        for rule, words in _RULES:
            self.rule.addItem(words, rule)
        self.all_button = button("Auf &alle anwenden …", lambda: self.ask_rule(self._rows()))
        self.some_button = button("", lambda: self.ask_rule(self.selected()), name="Auf die ausgewählten anwenden")
        made = FlowRow()
        for part in (self.rule, self.all_button, self.some_button):
            made.add(part)
        return made

    def _lay_out(self) -> None:
        """Put list and versions beside each other, with large text below each other."""
        large, px = theme().scale >= LARGE_TEXT, theme().pixels
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        for line in (self.empty, self.how, self._rules):
            outer.addWidget(line)
        direction = QBoxLayout.Direction.TopToBottom if large else QBoxLayout.Direction.LeftToRight
        both = QBoxLayout(direction)
        both.setSpacing(px(16))
        both.addWidget(self.table, 4)
        self.beside = Scroller()
        ways = FlowRow()
        ways.add(self.file_button)
        parts: tuple[QWidget, ...] = (self.title, ways, self.versions)
        for part in parts:
            self.beside.column.addWidget(part)
        self.beside.column.addStretch(1)
        if large:
            # A few lines of a version are seen at least: the page scrolls as a whole.
            self.beside.setMinimumHeight(px(190))
        both.addWidget(self.beside, 5)
        outer.addLayout(both, 1)
        outer.addStretch(0)

    # --- showing ----------------------------------------------------------------------------------------------------------

    def _rows(self) -> Sequence[Conflict]:
        rows: Sequence[Conflict] = self.table.rows_model.rows
        return rows

    def selected(self) -> list[Conflict]:
        """Return the conflicts that are marked in the list."""
        return [self._rows()[index.row()] for index in self.table.selectionModel().selectedRows()]

    def show_conflicts(self, rows: Sequence[Conflict]) -> None:
        """Show *rows*; after a decision the next one is chosen."""
        at, before = self.table.currentIndex().row(), self.table.current()
        self.table.show_rows(rows, key=lambda found: found.key)
        if before is not None and rows and before.key not in {found.key for found in rows}:
            self.table.selectRow(min(max(at, 0), len(rows) - 1))
        self.empty.setVisible(not rows)
        for part in (self.how, self._rules, self.table, self.beside):
            part.setVisible(bool(rows))
        self._offer()

    def _show(self, conflict: Conflict | None) -> None:
        self.versions.show_conflict(conflict)
        if conflict is not None:
            whose = f"{conflict.person}, {conflict.case_number}: " if conflict.person else ""
            self.title.setText(f"{whose}{conflict.title}")
        self.file_button.setVisible(conflict is not None and conflict.coaching_id is not None)

    def _offer(self) -> None:
        count = len(self.selected())
        self.some_button.setVisible(count > 1)
        self.some_button.setText(f"Auf die {count} aus&gewählten anwenden …")

    def open_file(self) -> None:
        """Open the case file that the chosen entry is in."""
        conflict: Conflict | None = self.table.current()
        if conflict is not None and conflict.coaching_id is not None:
            self.file_wanted.emit(conflict.coaching_id)

    # --- deciding ---------------------------------------------------------------------------------------------------------

    def decide_by_key(self, number: int) -> None:
        """Decide for the version with this *number*, as the key says."""
        if number <= len(self.versions.versions):
            self.decide(self.versions.versions[number - 1].held_id)

    def decide(self, held_id: str | None) -> None:
        """Take a version of the chosen entry, or let stand what stands here."""
        conflict: Conflict | None = self.table.current()
        if conflict is None or self._busy:
            return
        now, self._busy = self.desk.now(), True
        said = "bleibt, wie es hier steht" if held_id is None else "andere Fassung übernommen"
        self.desk.write_behind(
            self,
            lambda vault: decide(vault, conflict, held_id, now=now),
            lambda _: self._decided(f"{conflict.title}: {said}."),
            self._failed,
            "Abweichung entschieden",
        )

    def ask_rule(self, conflicts: Sequence[Conflict]) -> None:
        """Ask whether *conflicts* are to be decided by the rule that is chosen."""
        rule = Rule(self.rule.currentData())  # Qt hands back the text of it
        if conflicts and not self._busy:
            count = "1 Abweichung" if len(conflicts) == 1 else f"{len(conflicts)} Abweichungen"
            text = f"{count} auf einmal entscheiden? {_MEANS[rule]} {_FOR_GOOD}"
            ask_first(self.window(), "Nach Regel entscheiden", text, "Entscheiden", partial(self.decide_all, conflicts, rule))

    def decide_all(self, conflicts: Sequence[Conflict], rule: Rule) -> None:
        """Decide *conflicts* by *rule*."""
        now, self._busy = self.desk.now(), True
        self.desk.write_behind(
            self,
            lambda vault: decide_by_rule(vault, conflicts, rule, now=now),
            lambda count: self._decided(f"{count} {'Abweichung' if count == 1 else 'Abweichungen'} entschieden."),
            self._failed,
            "Abweichungen entschieden",
        )

    def _decided(self, said: str) -> None:
        self._busy = False
        self.banner.tell(said, "good")

    def _failed(self, error: BaseException) -> None:
        self._busy = False
        self.banner.tell(sentence_of(error), "danger")
