"""The indicators of any scope and period: bars, trend, each coach's, and the cases behind each figure with their verdicts."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any, ClassVar

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from bjc_desktop.indicators.catalogue import BY_CODE
from bjc_desktop.indicators.period import Period, quarter_of
from bjc_desktop.indicators.results import Figure, Scope, ScopeKind
from bjc_desktop.reports.german import NO_VALUE, figure_value, number, per_cent, quarter
from bjc_desktop.reports.remarks import aside
from bjc_desktop.reports.report_tables import cohort_words
from bjc_desktop.services.case_file import CaseRow
from bjc_desktop.services.first_steps import lacks
from bjc_desktop.services.indicator_board import (
    BoardSignal,
    CoachRow,
    IndicatorBoard,
    offered_periods,
    offered_scopes,
    read_indicator_board,
)
from bjc_desktop.services.indicator_cases import IndicatorCase, read_indicator_cases
from bjc_desktop.services.targets import read_settings
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.ui.figures.free_period import FreePeriod
from bjc_desktop.ui.figures.trend_chart import TrendChart, TrendColumn
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.figure_grid import LEGEND, RATING_COLOURS, FigureGrid, figure_words
from bjc_desktop.ui.shared.labels import Banner, box, button, label
from bjc_desktop.ui.shared.list_offer import ListOffer
from bjc_desktop.ui.shared.page import Page, Scroller, clear_layout
from bjc_desktop.ui.shared.row_table import Column, RowTable
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.vocabulary import Role

_TWO_COLUMNS = 980
_FEWEST_ROWS, _ROWS = 4, 9
_DAYS = {"a1_2": "Stichtag", "consultations_per_hour": "Tag", "measure_link": "Eintritt"}
"""What the day of a case is; of the others its exit."""
_TALK = "Rückmeldegespräch festhalten"
CASES, TREND, COACHES = "cases", "trend", "coaches"


class FiguresPage(Page):
    """The page; its place may name a ``code``, a ``scope_id``, the label of a ``period``, a ``view``, a ``reason`` and a ``row``."""

    key: ClassVar[str] = "figures"
    heading: ClassVar[str] = "Kennzahlen"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.board: IndicatorBoard | None = None
        self.cases: tuple[IndicatorCase, ...] = ()
        self._code, self._view = "a1_1", CASES
        self._wanted: Mapping[str, Any] = {}
        """Where among the cases to go once they are read."""
        self.scope, self.period = ChoiceBox(), ChoiceBox()
        self.scope.setAccessibleName("Für wen")
        self.period.setAccessibleName("Zeitraum")
        self._fill_choices()
        for choice in (self.scope, self.period):
            choice.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
            choice.activated.connect(self.refresh)
            self.head.addWidget(choice)
        self.free_period = FreePeriod(self.period, desk.today)
        self.free_period.taken.connect(self.refresh)
        self.add(self.free_period)
        self._scroller = Scroller()
        self.add(self._scroller, 1)
        figures_box, self._figures = box()
        self.grid: FigureGrid | None = None
        self._signals = QVBoxLayout()
        detail_box, self._detail = box()
        self._title, self._words = label("", "heading", wrap=True), label("", wrap=True)
        self._definition = label("", "small", wrap=True)
        self._views = QHBoxLayout()
        self._view_buttons = {
            key: self._view_button(key, text) for key, text in ((CASES, "Fälle"), (TREND, "Verlauf"), (COACHES, "Je JobCoach"))
        }
        self._views.addStretch(1)
        self.verdicts = ChoiceBox()
        self.verdicts.setAccessibleName("Fälle nach Grund")
        self.verdicts.activated.connect(self._filter_cases)
        self._views.addWidget(self.verdicts)
        self.table = RowTable(_case_columns("a1_1"), "Fälle")
        self.table.opened.connect(self.open_case)
        self.trend = TrendChart()
        self.coaches = RowTable(_coach_columns("a1_1"), "Je JobCoach")
        self.coaches.opened.connect(self._open_coach)
        whose = (self.scope, self.period)
        title = partial(self._list_title, "Fälle")
        self.offer_list(self.table, ListOffer((*whose, self.verdicts), title=title, total=lambda: len(self.cases)))
        self.offer_list(self.coaches, ListOffer(whose, title=partial(self._list_title, "Je JobCoach")))
        self._nothing = label("", "muted", wrap=True)
        for part in (self._title, self._words, self._definition):
            self._detail.addWidget(part)
        self._detail.addLayout(self._views)
        self._case = label("", "small")
        self._case.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.table.chosen.connect(self._tell_case)
        self._lists = (self.table, self.trend, self.coaches, self._nothing)
        for shown in self._lists:
            self._detail.addWidget(shown)
        self._detail.addWidget(self._case)
        self._lay_out(figures_box, detail_box)

    def _lay_out(self, figures_box: QWidget, detail_box: QWidget) -> None:
        px = theme().pixels
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addWidget(figures_box)
        left.addLayout(self._signals)
        right.addWidget(detail_box)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setSpacing(px(12))
        for side, stretch in ((left, 2), (right, 3)):
            side.setSpacing(px(12))
            side.addStretch(1)
            self._columns.addLayout(side, stretch)
        self._scroller.column.addLayout(self._columns)
        self._scroller.column.addStretch(1)

    def _view_button(self, key: str, text: str) -> Any:
        made = button(text, partial(self.show_view, key), rank="section")
        made.setCheckable(True)
        self._views.addWidget(made)
        return made

    def _fill_choices(self) -> None:
        for scope in self.desk.read(partial(offered_scopes, staff_id=self.desk.staff_id)):
            own = scope.id == self.desk.staff_id
            self.scope.addItem("Meine Fälle" if own else scope.name, scope)
        for period in offered_periods(self.desk.today()):
            running = " (läuft)" if period == quarter_of(self.desk.today()) else ""
            self.period.addItem(f"{quarter(period)}{running}", period)

    # --- reading ----------------------------------------------------------------------------------------------------------

    def open_at(self, where: Mapping[str, Any]) -> None:
        """Show a figure of a scope and a period."""
        for name, choice in (("scope_id", self.scope), ("period", self.period)):
            if name in where:
                keys = [_key(choice.itemData(at)) for at in range(choice.count())]
                if where[name] in keys:
                    choice.setCurrentIndex(keys.index(where[name]))
                    self._stale = True
        if "code" in where:
            self._code, self._view = where["code"], where.get("view", CASES)
            self._wanted = where
            self._stale = True

    def present_place(self) -> Mapping[str, Any]:
        """Return whose figure of what period is shown, in which view, and where among its cases."""
        case: IndicatorCase | None = self.table.current()
        return {
            "scope_id": _key(self.scope.currentData()),
            "period": _key(self.period.currentData()),
            "code": self._code,
            "view": self._view,
            "reason": self.verdicts.currentData(),
            "row": None if case is None else case.row_id,
        }

    def refresh(self) -> None:
        """Read the figures and the cases again, behind the window."""
        scope, period, code, today = self.scope.currentData(), self.period.currentData(), self._code, self.desk.today()
        if scope is None:
            return

        def question(connection: Any) -> tuple[IndicatorBoard, tuple[IndicatorCase, ...]]:
            board = read_indicator_board(connection, scope, period, as_of=today)
            return board, read_indicator_cases(connection, code, period, scope.id, read_settings(connection))

        self.ask(question, self._show, behind=True)

    def _show(self, answer: tuple[IndicatorBoard, tuple[IndicatorCase, ...]]) -> None:
        self.board, cases = answer
        board = self.board
        self.subtitle.setText(f"{_name_of(board.scope, self.desk)}, {quarter(board.period)}, Stand {show_date(board.as_of)}")
        had_keyboard = self.grid is not None and self.grid.isAncestorOf(self.focusWidget())
        clear_layout(self._figures)
        self.grid = FigureGrid(board.figures, board.period, self._choose, checkable=True)
        self._figures.addWidget(self.grid)
        for words in filter(None, (board.persons, LEGEND)):
            self._figures.addWidget(label(words, "small", wrap=True))
        clear_layout(self._signals)
        for signal in board.signals:
            banner = Banner()
            self._signals.addWidget(banner)
            self._tell_signal(banner, signal)
        self._show_cases(cases)
        if had_keyboard and not self.table.hasFocus():
            self.grid.show()
            self.grid.buttons[self._code].show()
            self.grid.buttons[self._code].setFocus()

    def _tell_signal(self, banner: Banner, signal: BoardSignal) -> None:
        """Show a signal with the talks that were held about it, and the way to record one."""
        lines = [signal.line.text, *(_talk_words(talk) for talk in signal.talks)]
        ways = []
        if Role.COORDINATION in self.desk.vault.user.roles:
            where = {"section": "talks", "new": {"code": signal.line.code}}
            ways.append(button("Gespräch …", partial(self.wanted.emit, "foundations", where), rank="plain", name=_TALK))
        banner.tell("\n".join(lines), "quiet" if signal.talks else "warning", *ways)

    def _choose(self, figure: Figure) -> None:
        self._code = figure.code
        board = self.board
        if board is None:
            return
        question = partial(_cases_of, code=figure.code, board=board)
        self.ask(question, self._show_cases, behind=True)

    # --- one figure -------------------------------------------------------------------------------------------------------

    def _figure(self, figures: Sequence[Figure]) -> Figure:
        return next(figure for figure in figures if figure.code == self._code)

    def _show_cases(self, cases: tuple[IndicatorCase, ...]) -> None:
        board, self.cases = self.board, cases
        if board is None or self.grid is None:
            return
        for code, made in self.grid.buttons.items():
            made.setChecked(code == self._code)
        self.subtitle.setText(f"{_name_of(board.scope, self.desk)}, {quarter(board.period)}, Stand {show_date(board.as_of)}")
        figure, indicator = self._figure(board.figures), BY_CODE[self._code]
        self._title.setText(indicator.label)
        self._words.setText(figure_words(figure))
        self._definition.setText(f"{_about(figure)}\nZähler: {indicator.numerator}\nNenner: {indicator.denominator}")
        reasons = Counter(case.label for case in cases)
        self.verdicts.clear()
        self.verdicts.addItem(f"Alle ({len(cases)})", None)
        for text, count in sorted(reasons.items(), key=lambda entry: (entry[0].startswith("zählt nicht"), -entry[1])):
            self.verdicts.addItem(f"{text.removeprefix('zählt nicht: ')} ({count})", text)
        self.table.set_columns(_case_columns(self._code))
        self._show_trend(board)
        self._show_coaches(board)
        wanted, self._wanted = self._wanted, {}
        self.verdicts.setCurrentIndex(max(self.verdicts.findData(wanted.get("reason")), 0))
        self.show_view(self._view)
        if wanted and self._view == CASES:
            rows = [case.row_id for case in self.table.rows_model.rows]
            if wanted.get("row") in rows:
                self.table.selectRow(rows.index(wanted["row"]))
            (self.table if rows else self.verdicts).setFocus()

    def _list_title(self, view: str) -> str:
        return f"{view}: {BY_CODE[self._code].label}"

    def _filter_cases(self) -> None:
        wanted = self.verdicts.currentData()
        shown = [case for case in self.cases if wanted in {None, case.label}]
        self.table.show_rows(shown, key=lambda case: case.row_id)
        self._fit_table()

    def _tell_case(self, case: IndicatorCase | None) -> None:
        """Say the chosen case in full: its columns may be cut."""
        coach = f" (JobCoach {case.coach})" if case is not None and case.coach else ""
        self._case.setText("" if case is None else f"{case.name}{coach}: {_reason(case)}")

    def _fit_table(self) -> None:
        """Show as many cases as the window has room for: only the list scrolls, not the page around it."""
        self.table.fit_height(_ROWS)
        margins = self._detail.contentsMargins()
        above = sum(
            item.sizeHint().height() + self._detail.spacing()
            for at in range(self._detail.count())
            if (item := self._detail.itemAt(at)) is not None and not item.isEmpty() and item.widget() not in self._lists
        )
        room = self._scroller.viewport().height() - above - margins.top() - margins.bottom() - self._scroller.column.spacing()
        self.table.fit_height(min(max(self.table.rows_within(room), _FEWEST_ROWS), _ROWS))

    def _show_trend(self, board: IndicatorBoard) -> None:
        columns = []
        for period, figures in board.trend:
            figure = self._figure(figures)
            shown = figure_value(figure, figure.value)
            words = f"{quarter(period)}: {figure_words(figure)}"
            title = f"Q{period.label[-1]} {period.label[2:4]}"
            target = Fraction(figure.target.target)
            columns.append(TrendColumn(title, figure.value, target, shown, RATING_COLOURS[figure.rating], words))
        self.trend.show_columns(columns, f"Verlauf: {BY_CODE[self._code].short}")

    def _show_coaches(self, board: IndicatorBoard) -> None:
        self.coaches.set_columns(_coach_columns(self._code))
        self.coaches.show_rows(board.coaches, key=lambda row: row.staff_id)
        self.coaches.fit_height(_ROWS)

    def show_view(self, view: str) -> None:
        """Show the cases, the trend or the coaches."""
        self._view = view
        for key, made in self._view_buttons.items():
            made.setChecked(key == view)
        coach = self.board is not None and self.board.scope.kind is ScopeKind.COACH
        self._filter_cases()
        self.verdicts.setVisible(view == CASES)
        self.table.setVisible(view == CASES and bool(self.cases))
        self._case.setVisible(view == CASES and bool(self.cases))
        self.table.leave_out((3,) if coach or not any(case.coach for case in self.cases) else ())
        self.trend.setVisible(view == TREND)
        self.coaches.setVisible(view == COACHES and not coach)
        self._nothing.setVisible((view == CASES and not self.cases) or (view == COACHES and coach))
        self._nothing.setText(self._no_case() if view == CASES else "Gezeigt werden schon die Zahlen einer Person.")

    def _no_case(self) -> str:
        """Return why there is no case behind the figure that is shown."""
        reasons = [] if self.board is None else [lack.reason for lack in lacks([self._figure(self.board.figures)])]
        return " ".join(["In diesem Zeitraum gibt es keinen Fall.", *reasons])

    # --- going somewhere --------------------------------------------------------------------------------------------------

    def open_case(self, case: IndicatorCase) -> None:
        """Go where the case's verdict is decided."""
        coaching: dict[str, Any] = {"coaching_id": case.coaching_id}
        if self._code == "a1_2":
            self.wanted.emit("follow_ups", coaching)
        elif self._code == "consultations_per_hour":
            self.wanted.emit("case_file", {**coaching, "section": "consultations", "row_id": case.row_id})
        elif self._code == "measure_link":
            self.wanted.emit("case_file", {**coaching, "section": "measures"})
        else:
            self.wanted.emit("closing", coaching)

    def _open_coach(self, row: CoachRow) -> None:
        self.open_at({"scope_id": row.staff_id, "code": self._code})
        self.refresh()

    def first_field(self) -> QWidget:
        """Return the chosen figure, or the choice of whose figures are shown."""
        return self.scope if self.grid is None else self.grid.buttons[self._code]

    def sample_places(self) -> dict[str, dict[str, Any]]:
        """Return the views of the pictures: a provider's cases, trend and coaches."""
        provider = next(
            data.id for at in range(self.scope.count()) if (data := self.scope.itemData(at)).kind is ScopeKind.PROVIDER
        )
        return {
            f"figures-{view}": {"scope_id": provider, "code": "correctly_closed", "period": "2025-Q3", "view": view}
            for view in (CASES, TREND, COACHES)
        }

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's
        """Put the columns below each other where there is little room."""
        super().resizeEvent(event)
        wide = self.width() >= theme().pixels(_TWO_COLUMNS)
        self._columns.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)
        self._fit_table()


def _talk_words(talk: CaseRow) -> str:
    said = f"Rückmeldegespräch am {talk.text('held_on')}"
    if talk["agreed"]:
        said += f": {talk.text('agreed')}"
    return said + (f" (bis {talk.text('agreed_until')})" if talk["agreed_until"] else "")


def _key(data: Scope | Period) -> str:
    return data.id if isinstance(data, Scope) else data.label


def _name_of(scope: Scope, desk: Desk) -> str:
    return "Meine Fälle" if scope.id == desk.staff_id else scope.name


def _cases_of(connection: Any, *, code: str, board: IndicatorBoard) -> tuple[IndicatorCase, ...]:
    return read_indicator_cases(connection, code, board.period, board.scope.id, read_settings(connection))


def _reason(case: IndicatorCase) -> str:
    return "zählt" if case.counts else case.label.removeprefix("zählt nicht: ")


def _about(figure: Figure) -> str:
    """Return which cases a figure looks at, and what always stands with it."""
    cohort = "" if figure.cohort is None else f"{cohort_words(figure.code, figure.cohort)}."
    return " ".join(part for part in (cohort, aside(figure)) if part)


def _value_words(figure: Figure) -> str:
    return f"{figure_value(figure, figure.value)} ({figure.numerator} von {number(figure.denominator, 0)})"


def _case_columns(code: str) -> tuple[Column, ...]:
    return (
        Column(_DAYS.get(code, "Austritt"), lambda case: show_date(case.day), width=98),
        Column("Wer", lambda case: case.name, width=148),
        Column("Zählt?", _reason, stretch=True, colour=lambda case: "good" if case.counts else "", least=110),
        Column("JobCoach", lambda case: case.coach or NO_VALUE, width=182, rank=1),
    )


def _coach_columns(code: str) -> tuple[Column, ...]:
    def figure(row: CoachRow) -> Figure:
        return next(figure for figure in row.figures if figure.code == code)

    def of(read: Callable[[Figure], str]) -> Callable[[CoachRow], str]:
        return lambda row: read(figure(row))

    return (
        Column("JobCoach", lambda row: row.name, stretch=True, least=110),
        Column("Wert", of(_value_words), number=True, width=154),
        Column(
            "Bewertung",
            of(lambda figure: figure.rating.label),
            colour=lambda row: RATING_COLOURS[figure(row).rating],
            width=150,
        ),
        Column("Auslastung", lambda row: per_cent(row.load, 0), number=True, width=98, rank=1),
    )
