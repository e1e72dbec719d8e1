"""Step 4: what would come in; each problem at its cell, mended there; who may be there already is decided."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHeaderView, QVBoxLayout, QWidget

from bjc_desktop.services.old_lists.list_plan import IN_LIST, IN_VAULT, Doubt, ListPlan, ListWork
from bjc_desktop.ui.lists.assign_panes import AssignPanes
from bjc_desktop.ui.lists.cells_model import CellsModel
from bjc_desktop.ui.lists.counted_words import grouped, rows_of
from bjc_desktop.ui.shared.labels import announce, button, label, row, set_tone
from bjc_desktop.ui.shared.row_table import Column, RowTable
from bjc_desktop.ui.shared.sections import Sections
from bjc_desktop.ui.shared.theme import LARGE_TEXT, theme
from bjc_desktop.ui.shared.typing_table import TypingTable

PROBLEMS, DOUBTS, REMARKS, ALL = "problems", "doubts", "remarks", "all"
_WIDEST, _NARROWEST = 260, 70
_FEWEST = 4
_NONE = "Nichts mehr zu klären."


class CellsTable(TypingTable):
    """The cells; Del empties one, F8 goes to the next problem, Ctrl+Del leaves the row out or takes it back in."""

    row_toggled = Signal(int)

    def __init__(self, cells: CellsModel, name: str) -> None:
        super().__init__(cells, name)
        self.cells = cells
        cells.modelReset.connect(self._fit)

    def _fit(self) -> None:
        px, header = theme().pixels, self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.resizeColumnsToContents()
        for column in range(self.cells.columnCount()):
            self.setColumnWidth(column, min(max(self.columnWidth(column) + px(8), px(_NARROWEST)), px(_WIDEST)))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's
        """Work like a spreadsheet, with the two keys of its own."""
        at = self.currentIndex()
        if event.key() == Qt.Key.Key_F8:
            self.go_to_next()
        elif event.key() == Qt.Key.Key_Delete and at.isValid():
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.row_toggled.emit(self.cells.number(at))
            else:
                self.cells.setData(at, "")
        else:
            super().keyPressEvent(event)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's
        """Return a size at which a few rows are seen where the page scrolls as a whole."""
        hint = super().minimumSizeHint()
        rows = _FEWEST * self.verticalHeader().defaultSectionSize() + 2 * self.horizontalHeader().sizeHint().height()
        return hint if theme().scale < LARGE_TEXT else QSize(hint.width(), rows)

    def go_to_next(self) -> None:
        """Choose the next cell with a problem."""
        found = self.cells.next_problem(self.currentIndex())
        if found is not None:
            self.choose(found.row(), found.column())
            self.scrollTo(found)


def _decided(doubt: Doubt) -> str:
    if doubt.decision is None:
        return "noch offen"
    if doubt.decision.startswith((IN_LIST, IN_VAULT)):
        return "dieselbe Person"
    return "andere Person" if doubt.decision == "new" else "bleibt draußen"


DOUBT_COLUMNS: tuple[Column, ...] = (
    Column("Zeile", lambda doubt: str(doubt.place[1]), number=True, width=70, needs=430),
    Column("Person der Liste", lambda doubt: doubt.name, stretch=True),
    Column("Warum gefragt wird", lambda doubt: doubt.reason, width=260, needs=700),
    Column("Entscheidung", _decided, stretch=True, colour=lambda doubt: "" if doubt.decision else "warning"),
)
REMARK_COLUMNS = (
    Column("Zeile", lambda note: str(note.number), number=True, width=70),
    Column("Spalte", lambda note: note.heading, width=180),
    Column("Was angenommen wird", lambda note: note.text, stretch=True),
)


class PreviewStep(QWidget):
    """The step; its signals carry what the user mends and decides."""

    mended = Signal(int, int, str)
    decided = Signal(str, object)
    all_same = Signal()
    row_toggled = Signal(int)
    finished = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme().pixels(8))
        self.summary = label("", "heading", wrap=True)
        self.cells = CellsModel()
        self.cells.mended.connect(self.mended)
        self.table = CellsTable(self.cells, "Zellen der Liste")
        self.table.row_toggled.connect(self.row_toggled)
        self.table.selectionModel().currentChanged.connect(self._say)
        self.said = label("", wrap=True)
        self.doubts = AssignPanes(DOUBT_COLUMNS, "Vielleicht doppelt", "Entscheidung")
        self.doubts.assigned.connect(lambda doubt, decision: self.decided.emit(doubt.key, decision))
        self.doubts.shown.connect(self._offer)
        self.remarks = RowTable(REMARK_COLUMNS, "Hinweise")
        self.views = Sections()
        self.views.asked.connect(self.show_view)
        for key, title, view in (
            (PROBLEMS, "Zu klären", self._cells_view()),
            (DOUBTS, "Doppelte", self._doubts_view()),
            (REMARKS, "Hinweise", self.remarks),
        ):
            self.views.add_section(key, title, view)
        self.every = button("Alle Zeilen", self._toggle_all, rank="section")
        self.every.setCheckable(True)
        self.views.bar.add(self.every)
        self.next_button = button("&Weiter: Einlesen", self.finished.emit, rank="primary", symbol="arrow-right")
        column.addWidget(self.summary)
        column.addWidget(self.views.bar)
        column.addWidget(self.views, 1)
        how = label("Tippen oder F2 ändert eine Zelle, Entf leert sie.", "small", wrap=True)
        column.addLayout(row(how, self.next_button))
        self._waiting: tuple[ListWork, str, ListPlan] | None = None
        self.table.itemDelegate().closeEditor.connect(lambda *_: QTimer.singleShot(0, self._show_waiting))
        self._again: Callable[[], None] = lambda: None

    def _cells_view(self) -> QWidget:
        view = QWidget()
        column = QVBoxLayout(view)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table, 1)
        column.addWidget(self.said)
        self.jump = button("&Nächste Stelle", self._jump, shortcut="F8")
        self.leave = button("Zeile &draußen lassen", self._toggle_row)
        column.addLayout(row(self.jump, self.leave, None))
        return view

    def _doubts_view(self) -> QWidget:
        view = QWidget()
        column = QVBoxLayout(view)
        column.setContentsMargins(0, 0, 0, 0)
        self.nobody = label("Niemand auf diesem Blatt steht schon im Tresor oder doppelt in der Liste.", "muted", wrap=True)
        column.addWidget(self.nobody)
        column.addWidget(self.doubts, 1)
        self.same_button = button("Alle mit gleichem Namen und Geburtsdatum: dieselbe Person", self.all_same.emit)
        column.addLayout(row(self.same_button, None))
        column.addStretch(0)
        return view

    def show_plan(self, work: ListWork, sheet: str, plan: ListPlan) -> None:
        """Show what would come in, and what is to be cleared up on *sheet*; what is being typed in a cell is waited for."""
        self._waiting = (work, sheet, plan)
        if self.table.state() is not CellsTable.State.EditingState:
            self._show_waiting()

    def _show_waiting(self) -> None:
        if self._waiting is None or self.table.state() is CellsTable.State.EditingState:
            return
        work, sheet, plan = self._waiting
        self._waiting = None
        here = [note for note in plan.problems if note.sheet == sheet]
        doubts = [doubt for doubt in plan.doubts if doubt.place[0] == sheet]
        remarks = [note for note in plan.remarks if note.sheet == sheet]
        self.summary.setText(summary_of(plan))
        for key, title, count in (
            (PROBLEMS, "Zu klären", len(here)),
            (DOUBTS, "Doppelte", len(doubts)),
            (REMARKS, "Hinweise", len(remarks)),
        ):
            self.views.buttons[key].setText(f"{title} ({grouped(count)})")
        self._again = lambda: self.cells.show_plan(work, sheet, plan, problems_only=bool(here) and not self.every.isChecked())
        self._again()
        self.doubts.show_rows(doubts, key=lambda doubt: doubt.key)
        self._offer(self.doubts.table.current())
        self.doubts.setVisible(bool(doubts))
        self.nobody.setVisible(not doubts)
        self.remarks.show_rows(remarks, key=lambda note: note)
        self.jump.setEnabled(bool(here))
        if not self.table.currentIndex().isValid():
            self.table.go_to_next()
        self._say(self.table.currentIndex())

    def show_view(self, key: str) -> None:
        """Show the problems, the doubts or the remarks."""
        self.views.show_section(key)

    def _toggle_all(self) -> None:
        self.views.show_section(PROBLEMS)
        self._again()

    def _jump(self) -> None:
        self.table.setFocus()
        self.table.go_to_next()

    def _toggle_row(self) -> None:
        at = self.table.currentIndex()
        if at.isValid():
            self.row_toggled.emit(self.cells.number(at))

    def _say(self, current: QModelIndex, before: QModelIndex | None = None) -> None:
        """Say what is wrong with the chosen cell."""
        _ = before
        notes = self.cells.notes(current) if current.isValid() and current.row() < self.cells.rowCount() else ()
        self.leave.setEnabled(current.isValid())
        if not notes:
            self.said.setText(_NONE if not self.jump.isEnabled() else "")
            set_tone(self.said, "tone", "good" if not self.jump.isEnabled() else "")
            return
        text = f"Zeile {self.cells.number(current)}, {self.cells.heading(current)}: " + " ".join(note.text for note in notes)
        self.said.setText(text)
        set_tone(self.said, "tone", "error" if any(note.problem for note in notes) else "question")
        announce(self.said, text)

    def _offer(self, doubt: Doubt | None) -> None:
        self.doubts.choices.offer(list(doubt.choices) if doubt is not None else [], doubt.decision if doubt is not None else None)
        self.same_button.setVisible(doubt is not None)


def summary_of(plan: ListPlan) -> str:
    """Return what would come in, and how much stays out."""
    words = [f"{rows_of(plan.rows_in)} kommen neu herein" if plan.rows_in != 1 else "1 Zeile kommt neu herein"]
    if plan.rows_known:
        words.append(f"{grouped(plan.rows_known)} stehen schon im Tresor")
    if plan.out:
        words.append(f"{grouped(len(plan.out))} bleiben draußen, solange nicht geklärt ist, was an ihren Zellen steht")
    return "; ".join(words) + "."
