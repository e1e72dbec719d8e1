"""The whole change record: who did what to whose data and when, filtered, page by page, and verified on demand."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.services.audit_trail import (
    KINDS,
    AuditFilter,
    AuditPart,
    AuditRow,
    RecordState,
    list_actors,
    read_audit,
    verify_audit,
)
from bjc_desktop.services.history import record_fields
from bjc_desktop.ui.audit.record_dialog import RecordDialog
from bjc_desktop.ui.shared.background import Progress, sentence_of
from bjc_desktop.ui.shared.day_span import DaySpan
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.labels import NO_VALUE, button, label, row
from bjc_desktop.ui.shared.list_offer import ListOffer, RowReader, Step
from bjc_desktop.ui.shared.page import Page
from bjc_desktop.ui.shared.row_table import Column, RowTable
from bjc_desktop.ui.shared.theme import LARGE_TEXT, theme

_SPANS: tuple[tuple[str, int | None], ...] = (
    ("Alle Zeiten", None),
    ("Heute", 0),
    ("Letzte 7 Tage", 7),
    ("Letzte 30 Tage", 30),
    ("Letzte 12 Monate", 365),
)
_FREE = -1
"""The choice of a span whose days are typed."""
_COLUMNS = (
    Column("Wann", lambda shown: f"{shown.at.astimezone():%d.%m.%Y %H:%M}", width=150),
    Column("Was", lambda shown: shown.text, stretch=True),
    Column("Wessen Akte", lambda shown: shown.person or NO_VALUE, width=190),
    Column("Von", lambda shown: f"{shown.who} ({shown.role})", width=210),
    Column("Nr.", lambda shown: number_words(shown.number), number=True, width=90),
)
_WIDEST = 260
_AT_ONCE = 1000
"""So many records are read at once where all are wanted."""
_ROOM = {4: 980, 3: 760, 2: 600}
"""By column: the width in pixels that the page needs to show it."""


def number_words(number: int) -> str:
    """Return *number* with dots between the thousands."""
    return f"{number:,}".replace(",", ".")


class AuditPage(Page):
    """The page."""

    key: ClassVar[str] = "audit"
    heading: ClassVar[str] = "Protokoll"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._before: int | None = None
        self._checked, self._total = "", 0
        self.verify_button = button(
            "&Prüfen" if theme().scale >= LARGE_TEXT else "Jetzt &prüfen", self.verify, symbol="shield-check"
        )
        self.look_button = button("&Ansehen …", lambda: self.look(self.table.current()), rank="primary", symbol="eye")
        self.more_button = button("Ältere", self.show_more, symbol="history")
        self.head.addWidget(self.more_button)
        self.head.addWidget(self.verify_button)
        self.head.addWidget(self.look_button)
        self._state = label("", "muted", wrap=True)
        self._large = theme().scale >= LARGE_TEXT
        if self._large:
            self.set_aside(self._state)
        else:
            self.add(self._state)
        self.span, self.who, self.kind = ChoiceBox(), ChoiceBox(), ChoiceBox()
        self.days = DaySpan()
        self.person, self.text = QLineEdit(), QLineEdit()
        self._choices = self._filters()
        self.add(self._choices)
        self.table = RowTable(_COLUMNS, "Einträge des Änderungsnachweises")
        self.table.opened.connect(self.look)
        self.table.setMinimumHeight(theme().pixels(50))
        filters = (self.span, self.who, self.kind, self.person, self.text)
        offer = ListOffer(filters, title=lambda: "Änderungsnachweis", total=lambda: self._total, everything=self._everything)
        self.offer_list(self.table, offer)
        self._empty = label("", "muted", wrap=True)
        room = QWidget()
        inside = QVBoxLayout(room)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self._empty, 0, Qt.AlignmentFlag.AlignTop)
        inside.addWidget(self.table, 1)
        self.add(room, 1)

    def _filters(self) -> QWidget:
        for choice, name in ((self.span, "Zeitraum"), (self.who, "Von wem"), (self.kind, "Art")):
            choice.setAccessibleName(name)
            choice.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
            choice.setMaximumWidth(theme().pixels(_WIDEST))
        for title, days in _SPANS:
            self.span.addItem(title, days)
        self.span.addItem("Von – bis …", _FREE)
        self.kind.addItem("Alle Arten", None)
        for key, (title, _) in KINDS.items():
            self.kind.addItem(title, key)
        self.who.addItem("Alle Personen", None)
        for user_id, name in self.desk.read(list_actors):
            self.who.addItem(name, user_id)
        for line_edit, name in ((self.person, "Wessen Akte"), (self.text, "Text")):
            line_edit.setPlaceholderText(name)
            line_edit.setAccessibleName(name)
            line_edit.setMinimumWidth(theme().pixels(110))
            line_edit.setClearButtonEnabled(True)
            line_edit.returnPressed.connect(self.refresh)
        for choice in (self.who, self.kind):
            choice.activated.connect(self.refresh)
        self.span.activated.connect(self._span_chosen)
        self.days.chosen.connect(self.refresh)
        self.days.hide()
        search = button("&Suchen", self.refresh, symbol="search")
        made = QWidget()
        lines = QVBoxLayout(made)
        lines.setContentsMargins(0, 0, 0, 0)
        choices, typed = (self.span, self.who, self.kind), (self.person, self.text, search)
        for parts in (choices, typed) if self._large else ((*choices, *typed),):
            lines.addLayout(row(*parts, None))
            if parts is not typed:
                lines.addWidget(self.days)
        if self._large:
            # The list would have no room beside them.
            made.hide()
            self.head.addWidget(button("&Filter", self._show_filters, symbol="filter"))
        return made

    def _show_filters(self) -> None:
        self._choices.setVisible(self._choices.isHidden())
        if self._choices.isVisible():
            self.span.setFocus()

    def _span_chosen(self) -> None:
        free = self.span.currentData() == _FREE
        self.days.setVisible(free)
        if free:
            self.days.setFocus()
        self.refresh()

    @property
    def wanted_records(self) -> AuditFilter:
        """Which records the filters ask for.

        Raises
        ------
        InvalidInputError
            where the days that were typed are none; the fields say so.
        """
        days, today = self.span.currentData(), self.desk.today()
        first, last = None if days is None else today - timedelta(days=days), None
        if days == _FREE:
            first, last = self.days.days(today)
        return AuditFilter(
            first=first,
            last=last,
            user_id=self.who.currentData(),
            kind=self.kind.currentData(),
            person=self.person.text(),
            text=self.text.text(),
        )

    # --- reading ----------------------------------------------------------------------------------------------------------

    def open_at(self, where: Mapping[str, Any]) -> None:
        """Show the newest records: what was opened or printed meanwhile changed nothing, and is there all the same."""
        _ = where
        self._stale = True

    def refresh(self) -> None:
        """Read the newest records again, behind the window."""
        self._read(None, self._show)

    def show_more(self) -> None:
        """Read the next older records, behind the window."""
        if self._before is not None:
            self._read(self._before, self._show_older)

    def _read(self, before: int | None, show: Callable[[AuditPart], None]) -> None:
        try:
            wanted = self.wanted_records
        except InvalidInputError:
            # The fields say what is wrong; what is shown stays until the days are days.
            return
        self.ask(partial(read_audit, wanted=wanted, before=before, today=self.desk.today()), show, behind=True)

    def _everything(self) -> RowReader | None:
        """Return what reads the older records too; which of them the filters show is not known before."""
        if self._before is None:
            return None
        wanted, today = self.wanted_records, self.desk.today()

        def read(connection: Any, step: Step) -> list[AuditRow]:
            rows: list[AuditRow] = []
            before: int | None = None
            while True:
                part = read_audit(connection, wanted, before=before, limit=_AT_ONCE, today=today)
                rows.extend(part.rows)
                if part.before is None:
                    return rows
                before = part.before
                step(part.total - before, part.total)

        return read

    def _show(self, part: AuditPart) -> None:
        self.table.show_rows(part.rows, key=lambda shown: shown.number)
        self._show_state(part.state, part.total)
        self._arrange(part)

    def _show_older(self, part: AuditPart) -> None:
        self.table.show_rows([*self.table.rows_model.rows, *part.rows], key=lambda shown: shown.number)
        self._arrange(part)

    def _arrange(self, part: AuditPart) -> None:
        self._before, self._total = part.before, part.total
        shown = len(self.table.rows_model.rows)
        # With large text the line about the state would take the room of the list.
        end = self._checked if self._large else f"gezeigt {number_words(shown)}"
        self.subtitle.setText(f"{number_words(part.total)} Einträge, {end}")
        self.table.setVisible(bool(shown))
        self.look_button.setEnabled(bool(shown))
        self.more_button.setEnabled(part.before is not None)
        self._empty.setVisible(not shown)
        found = "Hier steht, was geändert, geöffnet, gedruckt und ausgegeben wurde. Zu dieser Auswahl gibt es nichts."
        further = "In den neueren Einträgen steht das nicht. „Ältere“ sucht weiter."
        self._empty.setText(found if part.before is None else further)

    def _show_state(self, state: RecordState | None, total: int) -> None:
        self._checked = "noch nicht geprüft" if state is None else f"geprüft bis {number_words(state.count)}"
        if state is None:
            self._state.setText("Noch nicht geprüft. Jeder Eintrag hängt am vorigen; die Prüfung findet geänderte und fehlende.")
            return
        newer = total - state.count
        behind = f", seither {number_words(newer)} weitere" if newer > 0 else ""
        when = f"{state.at.astimezone():%d.%m.%Y %H:%M}"
        self._state.setText(f"Lückenlos geprüft bis zum Eintrag {number_words(state.count)} am {when} Uhr{behind}.")

    # --- looking at one, and verifying all --------------------------------------------------------------------------------

    def look(self, shown: AuditRow | None) -> None:
        """Show a record whole: the fields before and after, where the role may see them."""
        if shown is not None:
            RecordDialog(shown, record_fields(self.desk.vault, shown.number) if shown.has_fields else (), self).open()

    def verify(self) -> None:
        """Verify the whole record, behind the window."""
        vault, now = self.desk.vault, self.desk.now()
        self.verify_button.setEnabled(False)
        self.banner.tell("Der Änderungsnachweis wird geprüft …")

        def told(done: int, total: int) -> None:
            self.banner.tell(f"Der Änderungsnachweis wird geprüft: {number_words(done)} von {number_words(total)} …")

        def done(state: RecordState) -> None:
            self.verify_button.setEnabled(True)
            self._show_state(state, state.count)
            said = f"Der Änderungsnachweis ist lückenlos: {number_words(state.count)} Einträge geprüft."
            self.banner.tell(said, "good", button("Verstanden", self.banner.clear, rank="plain"))

        def failed(error: BaseException) -> None:
            self.verify_button.setEnabled(True)
            self.banner.tell(sentence_of(error), "danger")

        def work(progress: Progress) -> RecordState:
            return verify_audit(vault, now=now, step=progress.step)

        self.desk.background.run(self, work, done, failed, told)

    def search_here(self) -> None:
        """Give the keyboard to the search."""
        self._choices.show()
        self.text.setFocus()
        self.text.selectAll()

    def first_field(self) -> QWidget:
        """Return the list."""
        return self.table

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's
        """Leave columns out where there is little room; a record that is looked at shows them all."""
        super().resizeEvent(event)
        for column, width in _ROOM.items():
            self.table.setColumnHidden(column, self.width() < theme().pixels(width))
