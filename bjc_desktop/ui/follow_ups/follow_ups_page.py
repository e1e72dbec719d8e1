"""The desk of the six-month surveys: by date, window and state, an answer in three keystrokes, and what each would change."""

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from bjc_desktop.errors import BjcError
from bjc_desktop.indicators.period import quarter_of
from bjc_desktop.reports.german import per_cent
from bjc_desktop.services.follow_up_desk import (
    OPEN_STATES,
    DeskState,
    FollowUpDesk,
    QuarterFigure,
    SurveyRow,
    read_follow_up_desk,
    record_contact_attempt,
    record_follow_up,
)
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.ui.follow_ups.survey_panel import SurveyPanel
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.empty_place import EmptyPlace
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.flow_layout import FlowRow
from bjc_desktop.ui.shared.labels import label
from bjc_desktop.ui.shared.list_offer import ListOffer
from bjc_desktop.ui.shared.page import Page
from bjc_desktop.ui.shared.row_table import Column, RowTable
from bjc_desktop.ui.shared.theme import LARGE_TEXT, theme
from bjc_desktop.vocabulary import ConsultationStatus

_COLOURS = {DeskState.OVERDUE: "danger", DeskState.IN_WINDOW: "warning", DeskState.SURVEYED: "good"}
_SIDE_BY_SIDE = 900


def _a1_2(row: SurveyRow) -> str:
    if row.verdict == "counts":
        return "zählt"
    return "noch offen" if row.follow_up_state is None else "zählt nicht"


COLUMNS = (
    Column("Stichtag", lambda row: show_date(row.due_on), width=110),
    Column("Wer", lambda row: row.name, stretch=True),
    Column("Stand", lambda row: row.words, colour=lambda row: _COLOURS.get(row.state, ""), width=180),
    Column("Versuche", lambda row: str(len(row.attempts)), number=True, width=90),
    Column("A1.2", _a1_2, width=110),
)

_NO_SURVEYS = (
    "Sechs Monate nach jedem Austritt steht hier von selbst die Nachbefragung, mit Telefonnummer und dem, was die Antwort für die Kennzahl A1.2 "
    "ausmacht. Sie beginnt mit einem Austritt in der Fallakte."
)


class FollowUpsPage(Page):
    """The page; its place may name a ``coaching_id``."""

    key: ClassVar[str] = "follow_ups"
    heading: ClassVar[str] = "Nachbefragung"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._asked: str | None = None
        self.survey_desk: FollowUpDesk | None = None
        self.cases = ChoiceBox()
        self.cases.setAccessibleName("Fälle")
        for title, staff_id in desk.whose_cases:
            self.cases.addItem(title, staff_id)
        self.states = ChoiceBox()
        self.states.setAccessibleName("Stand")
        for text, states in (
            ("Offene", OPEN_STATES),
            ("Alle", tuple(DeskState)),
            *((state.label, (state,)) for state in DeskState),
        ):
            self.states.addItem(text, states)
        for choice in (self.cases, self.states):
            choice.activated.connect(self.refresh)
            self.head.addWidget(choice)
        self.quarters = FlowRow()
        self.add(self.quarters)
        self.table = RowTable(COLUMNS, "Nachbefragungen")
        self.panel = SurveyPanel(desk)
        self.table.chosen.connect(self._show_row)
        self.table.opened.connect(lambda _: self.panel.start())
        self.panel.answered.connect(self.save)
        self.panel.tried.connect(self.try_contact)
        self.panel.left.connect(self.table.setFocus)
        self.panel.wanted.connect(self.wanted)
        self._split = QSplitter()
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.table)
        self._split.addWidget(self.panel)
        self._split.setStretchFactor(0, 3)
        self._split.setStretchFactor(1, 2)
        self.add(self._split, 1)
        self.offer_list(self.table, ListOffer((self.cases, self.states), total=self._count))
        self._empty = EmptyPlace()
        self.add(self._empty, 1)

    def open_at(self, where: Mapping[str, Any]) -> None:
        """Show the desk, at the survey of one coaching."""
        if "coaching_id" in where:
            self._asked = where["coaching_id"]
            self.states.setCurrentIndex(1)
            self._stale = True

    def _count(self) -> int:
        return 0 if self.survey_desk is None else len(self.survey_desk.rows)

    def refresh(self) -> None:
        """Read the desk again, behind the window: what each answer would make of its quarter asks for every case of it."""
        question = partial(read_follow_up_desk, staff_id=self.cases.currentData(), today=self.desk.today())
        self.ask(question, self._show_desk, behind=True)

    def _show_desk(self, survey_desk: FollowUpDesk) -> None:
        self.survey_desk = survey_desk
        if self._asked is not None and self._asked not in {row.coaching_id for row in survey_desk.rows}:
            everybody = self.cases.findData(None)
            if everybody >= 0 and self.cases.currentIndex() != everybody:
                self.cases.setCurrentIndex(everybody)  # who is asked for is a colleague's case
                self.refresh()
                return
            self._asked = None
        rows = [row for row in self.survey_desk.rows if row.state in self.states.currentData()]
        rate = "–" if self.survey_desk.response is None else per_cent(self.survey_desk.response)
        self.subtitle.setText(f"{len(rows)} von {len(self.survey_desk.rows)} angezeigt · Rücklauf bis heute {rate}")
        self.quarters.clear()
        # With large text the list needs the room: only the running quarter is named.
        current = [quarter_of(self.desk.today()).label] if theme().scale >= LARGE_TEXT else self.survey_desk.quarters
        for quarter in current:
            self.quarters.add(label(figure_words(self.survey_desk.figure(quarter)), "muted"))
        self.table.show_rows(rows, key=lambda row: row.coaching_id)
        at = next((number for number, row in enumerate(rows) if row.coaching_id == self._asked), None)
        if at is not None:
            self.table.selectRow(at)
            self._asked = None
        keyboard_was_here = self._split.isAncestorOf(self.focusWidget())
        self._split.setVisible(bool(rows))
        self._empty.setVisible(not rows)
        if keyboard_was_here and not rows:
            self.states.setFocus()
        if survey_desk.rows:
            self._empty.tell("Keine Nachbefragung hat diesen Stand; oben lässt sich ein anderer wählen.")
        else:
            self._empty.tell(_NO_SURVEYS, ("Coachees zeigen", "users", lambda: self.wanted.emit("coachees", {})))

    def _show_row(self, row: SurveyRow | None) -> None:
        if row is not None and self.survey_desk is not None:
            self.panel.show_survey(row, self.survey_desk)

    def save(self, row: SurveyRow, values: dict[str, Any]) -> None:
        """Save the answer and go on with the next survey."""
        at = self.table.currentIndex().row()
        today = self.desk.today()
        try:
            saved = self.desk.write(
                lambda session: record_follow_up(session, row.coaching_id, **values, today=today), "Nachbefragung gespeichert"
            )
        except BjcError as error:
            self.banner.tell(str(error), "danger")
            return
        if saved.warnings:
            self.banner.tell(" ".join(saved.warnings.values()), "warning")
        else:
            self.banner.clear()
        count = self.table.rows_model.rowCount()
        if count:
            self.table.selectRow(min(at, count - 1))
        self.table.setFocus()

    def try_contact(self, row: SurveyRow, channel: str) -> None:
        """Record that the person was not reached today by *channel*."""
        staff_id = self.desk.staff_id
        if staff_id is None:
            self.banner.tell("Bitte zuerst in den Einstellungen angeben, wer Sie im Team sind.", "warning")
            return
        today, vault = self.desk.today(), self.desk.vault
        try:
            self.desk.write(
                lambda session: record_contact_attempt(
                    session,
                    vault,
                    row.coaching_id,
                    staff_id=staff_id,
                    held_on=today,
                    today=today,
                    status=ConsultationStatus.NO_SHOW.value,
                    channel=channel,
                ),
                "Kontaktversuch gespeichert",
            )
        except BjcError as error:
            self.banner.tell(str(error), "danger")

    def first_field(self) -> QWidget:
        """Return the list."""
        return self.table

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's
        """Put the panel below the list where there is little room."""
        super().resizeEvent(event)
        wide = self.width() >= theme().pixels(_SIDE_BY_SIDE)
        self._split.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)
        room = self.width() - (self.panel.sizeHint().width() if wide else 0)
        for column, width in ((3, 620), (4, 720)):
            self.table.setColumnHidden(column, room < theme().pixels(width))


def figure_words(figure: QuarterFigure) -> str:
    """Return A1.2 and the response of a quarter in words."""
    value = "kein Wert" if figure.value is None else per_cent(figure.value)
    response = "–" if figure.response is None else per_cent(figure.response)
    name = f"{figure.quarter[5:]} {figure.quarter[:4]}"
    return f"{name}: A1.2 {value} ({figure.numerator} von {figure.denominator}), Rücklauf {response}"
