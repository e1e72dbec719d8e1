"""The list of coachees: search as you type, filters, a preview, and Enter opens the case file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import QEvent, QModelIndex, QObject, QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QSplitter, QVBoxLayout, QWidget

from bjc_desktop.services.coachee_list import (
    PAGE,
    CaseStatus,
    CoacheeFilter,
    CoacheePage,
    CoacheeRow,
    DueWithin,
    ListOrder,
    find_coachees,
)
from bjc_desktop.services.first_steps import has_coachees
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.ui.coachees.preview_panel import CoacheePreviewPanel
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.flow_layout import FlowRow
from bjc_desktop.ui.shared.labels import NO_VALUE, announce, button, label
from bjc_desktop.ui.shared.list_offer import ListOffer, RowReader, in_parts
from bjc_desktop.ui.shared.page import Page
from bjc_desktop.ui.shared.row_table import Column, RowTable
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.ui.shared.whose_cases import offered_cases
from bjc_desktop.vault.role_rights import NOT_ALLOWED, keeps_cases, sees_all_cases
from bjc_desktop.vocabulary import TargetGroup, Vocabulary

_ROOM_FOR_PREVIEW = 920
_GROUP_WIDTH = 320
"""The names of target groups are longer than those of the other filters."""
_AT_ONCE = 2000
"""So many rows are read at once where all are wanted."""
_REST = 60
"""Milliseconds without a keystroke before the preview is read."""
_STATUS_COLOURS = {
    CaseStatus.ACTIVE: "good",
    CaseStatus.AFTERCARE: "warning",
    CaseStatus.ENDED: "muted",
    CaseStatus.CANCELLED: "muted",
    CaseStatus.NONE: "muted",
}


def next_due(row: CoacheeRow) -> str:
    """Return what is due next in *row*, with its day."""
    if row.next_due is None:
        return NO_VALUE
    since = "seit " if row.next_due.overdue else ""
    return f"{row.next_due.kind.label} {since}{show_date(row.next_due.day)}"


def _overdue(row: CoacheeRow) -> bool:
    return row.next_due is not None and row.next_due.overdue


COLUMNS = (
    Column("Name", lambda row: f"{row.family_name}, {row.given_name}" if row.given_name else row.family_name, stretch=True),
    Column("Status", lambda row: row.status.label, colour=lambda row: _STATUS_COLOURS[row.status], width=100, needs=310),
    Column("Als Nächstes", next_due, colour=lambda row: "danger" if _overdue(row) else "", width=232, needs=520),
    Column("Letzter Kontakt", lambda row: show_date(row.last_contact) or NO_VALUE, width=130, needs=630),
    Column("Eintritt", lambda row: show_date(row.entry_on) or NO_VALUE, width=110, needs=770),
    Column("Fallnummer", lambda row: row.case_number, width=130, needs=900),
)
_ORDERS = {
    0: ListOrder.NAME,
    1: ListOrder.STATUS,
    2: ListOrder.NEXT_DUE,
    3: ListOrder.LAST_CONTACT,
    4: ListOrder.ENTRY,
    5: ListOrder.CASE_NUMBER,
}

_FIRST = "Hier stehen die Coachees mit Status, nächster Fälligkeit und letztem Kontakt; Enter öffnet die Fallakte. Noch ist niemand da."
_ASSIGNED = "Hier stehen die Coachees, die Ihnen zugeordnet sind. Zugeordnet wird in der Fallakte unter „Zuständig“."
_NONE_OF_YOURS = "Hier stehen die Coachees, für die Sie zuständig sind. Noch ist es niemand."


class CoacheesPage(Page):
    """The page; a place may be ``new``, ``search``, ``coachee_id``, or ``coachee_ids`` with ``why`` for the list behind a number."""

    key: ClassVar[str] = "coachees"
    heading: ClassVar[str] = "Coachees"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._chosen_order: ListOrder | None = None
        self._descending = False
        self._behind: tuple[str, ...] | None = None
        self._why, self._total = "", 0
        self.new_button = button("&Neue*r Coachee", self.add_coachee, rank="primary", symbol="user-plus")
        if keeps_cases(desk.vault.user.roles):
            self.head.addWidget(self.new_button)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Suchen: Name in jeder Schreibweise oder Fallnummer (Strg+F)")
        self.search.setAccessibleName("Suchen")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self.refresh)
        self.search.returnPressed.connect(self._open_first)
        self.search.installEventFilter(self)
        self.cases = _choice("Fälle", offered_cases(desk))
        self.status = _vocabulary("Status", "Alle Status", CaseStatus)
        self.group = _vocabulary("Zielgruppe", "Alle Zielgruppen", TargetGroup)
        self.link = _choice("Maßnahmebezug", (("Maßnahmebezug: alle", None), ("mit Maßnahme", True), ("ohne Maßnahme", False)))
        self.due = _vocabulary("Fälligkeit", "Fällig: alle", DueWithin)
        self._filters = (self.cases, self.status, self.group, self.link, self.due)
        self.add(self.search)
        line = FlowRow()
        for choice in self._filters:
            choice.activated.connect(self.refresh)
            choice.setMinimumWidth(theme().pixels(_GROUP_WIDTH if choice is self.group else 190))
            line.add(choice)
        self.add(line)
        self.table = RowTable(COLUMNS, "Coachees", sortable=True)
        self.table.opened.connect(self.open_row)
        self.table.horizontalHeader().sectionClicked.connect(self._sort)
        self.table.horizontalHeader().setSortIndicatorShown(True)
        self.preview = CoacheePreviewPanel(desk)
        self.preview.wanted.connect(self.wanted)
        # The preview follows when the typing or the arrows rest, so that no keystroke waits for it.
        self._preview_timer = QTimer(self)
        self._preview_timer.setSingleShot(True)
        self._preview_timer.setInterval(_REST)
        self._preview_timer.timeout.connect(self._show_preview)
        self.table.chosen.connect(lambda _: self._preview_timer.start())
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.table)
        self._split.addWidget(self.preview)
        self._split.setStretchFactor(0, 5)
        self._split.setStretchFactor(1, 3)
        self.add(self._split, 1)
        filters = (self.search, *self._filters)
        offer = ListOffer(filters, words=self._narrowed, total=lambda: self._total, everything=self._everything)
        self.offer_list(self.table, offer)
        self._build_empty()
        self.add(self._empty, 1)

    def _build_empty(self) -> None:
        self._empty = QWidget()
        inner = QVBoxLayout(self._empty)
        self._empty_text = label("", "muted", wrap=True)
        self._empty_text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty_action: Callable[[], object] = self.show_everybody
        self._empty_button = button("Alle zeigen", self._help_empty)
        inner.addStretch(1)
        inner.addWidget(self._empty_text)
        inner.addWidget(self._empty_button, 0, Qt.AlignmentFlag.AlignHCenter)
        self._list_button = button("Alte Liste einlesen", lambda: self.wanted.emit("lists", {}), symbol="folder-open")
        inner.addWidget(self._list_button, 0, Qt.AlignmentFlag.AlignHCenter)
        inner.addStretch(2)

    # --- what is shown ----------------------------------------------------------------------------------------------------

    @property
    def _order(self) -> ListOrder:
        """The chosen order; else a coach's own list begins with the coachings that run, and a list of everybody is a directory."""
        own = self.cases.currentData() is not None and self._behind is None
        return self._chosen_order or (ListOrder.STATUS if own else ListOrder.NAME)

    def _wanted(self) -> CoacheeFilter:
        return CoacheeFilter(
            text=self.search.text(),
            status=self.status.currentData(),
            target_group=self.group.currentData(),
            measure_link=self.link.currentData(),
            coach_id=self.cases.currentData() if self._behind is None else None,
            due=self.due.currentData(),
            coachee_ids=self._behind,
        )

    def _question(self, offset: int = 0) -> Callable[[Any], CoacheePage]:
        return partial(
            find_coachees,
            wanted=self._wanted(),
            order=self._order,
            descending=self._descending,
            limit=PAGE,
            offset=offset,
            today=self.desk.today(),
        )

    def _narrowed(self) -> str:
        """Return in words what narrows the list beside the choices, and its order."""
        down = ", absteigend" if self._descending else ""
        return "; ".join([*([self._why] if self._behind is not None else []), f"Reihenfolge: {self._order.label}{down}"])

    def _everything(self) -> RowReader | None:
        """Return what reads all rows, where not all are there yet."""
        if not self.table.rows_model.canFetchMore(QModelIndex()):
            return None
        question = partial(
            find_coachees,
            wanted=self._wanted(),
            order=self._order,
            descending=self._descending,
            limit=_AT_ONCE,
            today=self.desk.today(),
        )

        def ask(connection: Any, offset: int) -> tuple[Sequence[CoacheeRow], int]:
            page = question(connection, offset=offset)
            return page.rows, page.total_shown

        return in_parts(ask)

    def _more(self, offset: int) -> Sequence[CoacheeRow]:
        return self.desk.read(self._question(offset)).rows

    def refresh(self) -> None:
        """Read the list again; what needs a look at every file of the programme does not keep the window."""
        section = next(section for section, order in _ORDERS.items() if order is self._order)
        direction = Qt.SortOrder.DescendingOrder if self._descending else Qt.SortOrder.AscendingOrder
        self.table.horizontalHeader().setSortIndicator(section, direction)
        wanted = self._wanted()
        weighty = (
            wanted.due is not None or wanted.measure_link is not None or self._order in {ListOrder.NEXT_DUE, ListOrder.STATUS}
        )
        everybody = wanted.coach_id is None and wanted.coachee_ids is None
        self.ask(self._question(), self._show_page, behind=weighty and everybody)

    def _show_page(self, page: CoacheePage) -> None:
        self.table.show_rows(page.rows, key=lambda row: row.coachee_id, total=page.total_shown, more=self._more)
        self._total = page.total_all
        self.subtitle.setText(f"{page.total_shown} von {page.total_all} angezeigt")
        if self.search.hasFocus() and self.search.text():
            announce(self.subtitle, self.subtitle.text())
        self._split.setVisible(bool(page.rows))
        self._empty.setVisible(not page.rows)
        if not page.rows:
            self._tell_empty()

    def _tell_empty(self) -> None:
        wanted, roles = self._wanted(), self.desk.vault.user.roles
        narrowed = replace(wanted, text="") != CoacheeFilter()
        whole, begins = wanted == CoacheeFilter(coach_id=wanted.coach_id), not self.desk.read(has_coachees)
        way, action = "Alle zeigen", self.show_everybody
        if narrowed and wanted.text.strip():
            sentence, way, action = "Unter diesen Fällen heißt niemand so.", "In allen Fällen suchen", self._clear_filters
        elif not whole:
            sentence = "Kein Coachee entspricht der Suche und den Filtern."
        elif not keeps_cases(roles):
            sentence, way, action = _ASSIGNED, "Neu lesen", self.refresh
        elif begins or not sees_all_cases(roles):
            sentence, way, action = _FIRST if begins else _NONE_OF_YOURS, "Ersten Coachee anlegen", self.add_coachee
        else:
            sentence = f"{_NONE_OF_YOURS} Alle anderen zeigt der Knopf."
        self._list_button.setVisible(begins and sees_all_cases(roles))
        self._empty_text.setText(sentence)
        self._empty_button.setText(way)
        self._empty_button.setAccessibleName(way)
        self._empty_action = action

    def _help_empty(self) -> None:
        self._empty_action()

    def show_everybody(self) -> None:
        """Show all coachees: without search and filters."""
        with QSignalBlocker(self.search):
            self.search.clear()
        self._clear_filters()

    def _clear_filters(self) -> None:
        self._behind = None
        self.cases.show()
        self.banner.clear()
        for choice in self._filters:
            choice.setCurrentIndex(max(choice.findData(None), 0))
        self.refresh()
        self.search.setFocus()

    def _sort(self, section: int) -> None:
        order = _ORDERS.get(section)
        if order is None:
            return
        self._descending = not self._descending if order is self._order else False
        self._chosen_order = order
        self.refresh()

    def _show_preview(self) -> None:
        row = self.table.current()
        if row is not None and self.preview.isVisible():
            self.preview.show_coachee(row)

    # --- going somewhere --------------------------------------------------------------------------------------------------

    def open_at(self, where: Mapping[str, Any]) -> None:
        """Show the list, the one behind a number, or the form for a new coachee."""
        if "coachee_ids" in where:
            self._behind = tuple(where["coachee_ids"])
            self._why = where.get("why", "Die Fälle hinter der Zahl")
            self.cases.hide()  # the banner says whose they are
            back = button("Alle zeigen", self.show_everybody, rank="plain")
            self.banner.tell(self._why, "quiet", back)
            self._stale = True
        for name, choice in (("status", self.status), ("due", self.due), ("link", self.link)):
            if name in where:
                choice.setCurrentIndex(max(choice.findData(where[name]), 0))
                self._stale = True
        if where.get("new"):
            self.add_coachee()
        elif where.get("search"):
            self.search_here()

    def open_row(self, row: CoacheeRow) -> None:
        """Open the case file of *row*; a person without a coaching gets one first."""
        if row.coaching_id is None:
            self.add_coachee(row.coachee_id)
        else:
            self.wanted.emit("case_file", {"coaching_id": row.coaching_id})

    def add_coachee(self, coachee_id: str | None = None) -> None:
        """Open the form for a new coachee, or for another coaching of one who is there."""
        if not keeps_cases(self.desk.vault.user.roles):
            self.banner.tell(NOT_ALLOWED, "warning")
            return
        from bjc_desktop.ui.coachees.new_coachee_dialog import NewCoacheeDialog  # noqa: PLC0415 - not needed for the list

        dialog = NewCoacheeDialog(self.desk, coachee_id, self)
        dialog.wanted.connect(self.wanted)
        dialog.open()

    def search_here(self) -> None:
        """Take the keyboard to the search."""
        self.search.setFocus()
        self.search.selectAll()

    def first_field(self) -> QWidget:
        """Return the search."""
        return self.search

    def _open_first(self) -> None:
        row = self.table.current()
        if row is not None:
            self.open_row(row)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
        """Let arrow down in the search go on in the list, and Escape empty the search."""
        if watched is not self.search or not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return False
        if event.key() == Qt.Key.Key_Down:
            self.table.setFocus()
        elif event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
        else:
            return False
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's
        """Show the preview where there is room for it."""
        super().resizeEvent(event)
        self.preview.setVisible(self.width() >= theme().pixels(_ROOM_FOR_PREVIEW))


def _choice(name: str, entries: Sequence[tuple[str, Any]]) -> ChoiceBox:
    made = ChoiceBox()
    made.setAccessibleName(name)
    for text, data in entries:
        made.addItem(text, data)
    return made


def _vocabulary(name: str, everything: str, values: type[Vocabulary]) -> ChoiceBox:
    return _choice(name, [(everything, None), *((entry.label, entry) for entry in values)])
