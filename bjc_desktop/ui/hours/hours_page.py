"""Working time: one sheet for a quarter, typed like a spreadsheet, with the consultations per hour beside it."""

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QWidget

from bjc_desktop.errors import BjcError
from bjc_desktop.indicators.period import quarter_of, quarters_up_to
from bjc_desktop.reports.german import figure_value, quarter
from bjc_desktop.services.hours_sheet import HoursEntry, HoursSheet, read_hours_sheet, save_hours
from bjc_desktop.ui.hours.sheet_model import HoursSheetModel, Place
from bjc_desktop.ui.shared.clipboard import put
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.draft_keeper import DraftKeeper
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.labels import announce, button, label, set_tone
from bjc_desktop.ui.shared.list_offer import ListOffer
from bjc_desktop.ui.shared.page import Page
from bjc_desktop.ui.shared.theme import LARGE_TEXT, theme
from bjc_desktop.ui.shared.typing_table import TypingTable

_QUARTERS = 8
_WIDTH = 66
"""The width of a column of hours."""


class HoursTable(TypingTable):
    """The sheet as a spreadsheet: Del empties, blocks are copied and pasted, Escape brings back what is saved."""

    undo_wanted = Signal()

    def __init__(self, sheet_model: HoursSheetModel) -> None:
        super().__init__(sheet_model, "Arbeitszeit")
        self.sheet_model = sheet_model
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        sheet_model.modelReset.connect(self._lay_out)
        sheet_model.dataChanged.connect(self._fit_columns)

    def _lay_out(self) -> None:
        header = self.horizontalHeader()
        header.setMinimumSectionSize(theme().pixels(60))
        for column in range(self.sheet_model.columnCount()):
            mode = QHeaderView.ResizeMode.Stretch if column == 0 else QHeaderView.ResizeMode.Fixed
            header.setSectionResizeMode(column, mode)
        self.setColumnWidth(0, theme().pixels(150))
        self._fit_columns()

    def _fit_columns(self) -> None:
        for column in range(1, self.sheet_model.columnCount()):
            self.fit(column, _WIDTH)

    def go_to_first_gap(self) -> None:
        """Choose the first cell that is missing, or the first to type in."""
        gap = self.sheet_model.first_gap()
        if gap is not None:
            self.choose(*gap)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's
        """Work like a spreadsheet."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste(QApplication.clipboard().text())
        elif event.matches(QKeySequence.StandardKey.Copy):
            put(self.selected_text())
        elif event.matches(QKeySequence.StandardKey.Undo):
            if not self.sheet_model.forget_unsaved():
                self.undo_wanted.emit()
        elif event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.sheet_model.take(dict.fromkeys(self._chosen_places(), ""))
        elif event.key() == Qt.Key.Key_Escape:
            self.sheet_model.forget(self._chosen_places())
        else:
            super().keyPressEvent(event)

    def _chosen_places(self) -> list[Place]:
        return [place for index in self.selectedIndexes() if (place := self.sheet_model.place(index)) is not None]

    def selected_text(self) -> str:
        """Return the chosen block as spreadsheets exchange it."""
        chosen = self.selectedIndexes()
        if not chosen:
            return ""
        rows = range(min(i.row() for i in chosen), max(i.row() for i in chosen) + 1)
        columns = range(min(i.column() for i in chosen), max(i.column() for i in chosen) + 1)
        model = self.sheet_model
        return "\n".join("\t".join(model.plain_text(model.index(row, column)) for column in columns) for row in rows)

    def paste(self, text: str) -> None:
        """Put a block of a spreadsheet in from the chosen cell on; what falls on a cell that is none to type in is left out."""
        at, model = self.currentIndex(), self.sheet_model
        texts: dict[Place, str] = {}
        # Somebody's clipboard may hold a whole spreadsheet: nothing beyond the sheet is even looked at.
        for down, line in enumerate(text.rstrip("\r\n").splitlines()[: model.rowCount()]):
            for right, word in enumerate(line.split("\t", model.columnCount())[: model.columnCount()]):
                place = self.sheet_model.place(self.sheet_model.index(at.row() + down, at.column() + right))
                if place is not None:
                    texts[place] = word
        if texts:
            self.sheet_model.take(texts)


class HoursPage(Page):
    """The page; its place may name the label of a ``period``."""

    key: ClassVar[str] = "hours"
    heading: ClassVar[str] = "Arbeitszeit"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._draft: DraftKeeper | None = None
        self._said = ""
        self.period = ChoiceBox()
        self.period.setAccessibleName("Quartal")
        self.period.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
        for period in reversed(quarters_up_to(quarter_of(desk.today()), _QUARTERS)):
            self.period.addItem(quarter(period), period)
        # In the first month of a quarter the one before is the work to do.
        self.period.setCurrentIndex(1 if quarter_of(desk.today()).first.month == desk.today().month else 0)
        self.period.activated.connect(self._change_period)
        self.head.addWidget(self.period)
        self.head.addWidget(button("&Soll vorschlagen", self._propose, symbol="calendar"))
        self.sheet_model = HoursSheetModel()
        self.sheet_model.entered.connect(self.save)
        self.table = HoursTable(self.sheet_model)
        self.table.selectionModel().currentChanged.connect(self._tell_about)
        self.table.undo_wanted.connect(lambda: self.wanted.emit("undo", {}))
        self.sheet_model.dataChanged.connect(self._tell_state)
        desk.taken_back.connect(self.sheet_model.forget_since_saved)
        self._hint = label("", "muted", wrap=True)
        self._totals = label("", "strong", wrap=True)
        self._keys = label(
            "Tippen ändert die Zelle · Enter geht nach unten · Entf leert · Esc holt den gespeicherten Wert zurück · Strg+Z nimmt zurück · "
            "Strg+V fügt einen Bereich aus einer Tabelle ein",
            "small",
            wrap=True,
        )
        self.add(self.table, 1)
        self.table.setMinimumHeight(theme().pixels(150))
        self.offer_list(self.table, ListOffer((self.period,)))
        for part in (self._totals, self._hint, self._keys):
            self.add(part)
        self._keys.setVisible(theme().scale < LARGE_TEXT)
        self._begin()

    def _begin(self) -> None:
        """Take up what was typed for the chosen quarter and not saved."""
        self._draft = DraftKeeper(self.desk, f"hours:{self.period.currentData().label}", self._content)
        self.sheet_model.typed = {}
        self._draft.restore(self._show_typed)

    def _show_typed(self, draft: Mapping[str, Any]) -> None:
        self.sheet_model.typed = {Place(*place): str(text) for *place, text in draft["typed"]}

    def _change_period(self) -> None:
        self.keep_drafts()
        self._begin()
        self.refresh()

    def open_at(self, where: Mapping[str, Any]) -> None:
        """Show a quarter."""
        labels = [self.period.itemData(at).label for at in range(self.period.count())]
        if where.get("period") in labels:
            self.period.setCurrentIndex(labels.index(where["period"]))
            self._change_period()

    def refresh(self) -> None:
        """Read the sheet again; what is typed stays."""
        question = partial(read_hours_sheet, period=self.period.currentData(), as_of=self.desk.today())
        self.ask(question, self._show, behind=True)

    def _show(self, sheet: HoursSheet) -> None:
        first = self.sheet_model.sheet is None or self.sheet_model.sheet.period != sheet.period
        self.sheet_model.show_sheet(sheet)
        self._tell_state()
        self._totals.setText(
            "Konsultationen je Arbeitsstunde: "
            + "; ".join(f"{name} {figure_value(figure, figure.value)} ({figure.rating.label})" for name, figure in sheet.totals)
        )
        if first:
            self.table.go_to_first_gap()

    def _tell_state(self) -> None:
        """Say in the head how much is missing, and before that what is typed and refused."""
        sheet, unsaved = self.sheet_model.sheet, self.sheet_model.unsaved()
        if sheet is None:
            return
        gaps = f"{sheet.missing} {'Monat fehlt' if sheet.missing == 1 else 'Monate fehlen'}" if sheet.missing else "vollständig"
        state = f"{quarter(sheet.period)}, {len(sheet.rows)} Personen, {gaps}"
        self.subtitle.setText(f"{unsaved} {state}" if unsaved else state)
        if unsaved and unsaved != self._said:
            announce(self, unsaved)
        self._said = unsaved
        set_tone(self.subtitle, "tone", "error" if unsaved else "question" if sheet.missing else "muted")
        self._tell_about(self.table.currentIndex())

    def _tell_about(self, index: QModelIndex, _: QModelIndex | None = None) -> None:
        place = self.sheet_model.place(index)
        hint = None if place is None else self.sheet_model.hint(place)
        words = self.sheet_model.figure_hint(index) if place is None else self.sheet_model.whose(place)
        self._hint.setText(f"{words}: {hint}" if hint else words)
        wrong = place is not None and self.sheet_model.problem(place) is not None
        set_tone(self._hint, "tone", "error" if wrong else "muted")

    def _propose(self) -> None:
        self.sheet_model.propose_all()
        self.table.setFocus()

    def save(self, entries: list[HoursEntry]) -> None:
        """Save the months that are whole; what is wrong or half stays typed."""
        self._tell_about(self.table.currentIndex())
        if not entries:
            return
        said = "Arbeitszeit gespeichert" if len(entries) == 1 else f"Arbeitszeit von {len(entries)} Monaten gespeichert"
        try:
            self.desk.write(partial(save_hours, entries=entries, today=self.desk.today()), said)
        except BjcError as error:
            self.banner.tell(str(error), "danger")
        else:
            self.banner.clear()

    # --- drafts -----------------------------------------------------------------------------------------------------------

    def keep_drafts(self) -> None:
        """Keep what is typed and not whole yet."""
        if self._draft is not None:
            self._draft.keep()

    def _content(self) -> dict[str, Any] | None:
        typed = [[place.staff_id, place.month, place.field, text] for place, text in self.sheet_model.typed.items()]
        return {"typed": sorted(typed)} if typed else None

    def first_field(self) -> QWidget:
        """Return the sheet."""
        return self.table
