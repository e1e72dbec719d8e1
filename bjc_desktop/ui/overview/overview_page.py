"""Today: what is due, this week's consultations, the running quarter's indicators, the caseload."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from bjc_desktop.indicators.period import quarter_of
from bjc_desktop.indicators.results import Figure
from bjc_desktop.reports.german import number
from bjc_desktop.services.due_items import ALL_KINDS, CaseSection, DueItem, DueKind
from bjc_desktop.services.first_steps import has_coachees, lacks
from bjc_desktop.services.overview import (
    DAYS_AHEAD,
    TRAINER_KINDS,
    CoachLoad,
    LiveFigures,
    Overview,
    WeekConsultation,
    read_live_figures,
    read_overview,
)
from bjc_desktop.services.provider_agenda import AgendaItem, read_provider_agenda
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.ui.shared.background import Progress
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.figure_grid import LEGEND, FigureGrid
from bjc_desktop.ui.shared.flow_layout import FlowRow
from bjc_desktop.ui.shared.labels import box, button, label, plain_tip, row
from bjc_desktop.ui.shared.lack_lines import NO_FIGURE, lack_lines
from bjc_desktop.ui.shared.list_offer import ListOffer
from bjc_desktop.ui.shared.page import Page, Scroller, clear_layout
from bjc_desktop.ui.shared.row_table import Column, RowTable
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.vault.role_rights import keeps_cases
from bjc_desktop.vocabulary import ConsultationStatus, Role

NOBODY_KNOWN = "noch steht nicht fest, wer Sie im Team sind; bitte die Verwaltung fragen"
_NOTHING_DUE = "In den nächsten zwei Wochen ist nichts fällig."
_NOBODY_YET = (
    "Hier steht jeden Tag, was zu tun ist: Termine, Nachbefragungen, Abschlüsse, Aufgaben. Noch ist niemand im Tresor; „Erste Schritte“ führt "
    "zur ersten Akte, zur alten Liste oder zum Datenpaket."
)
_WEEKDAYS = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
_TWO_COLUMNS = 980


def _day_of(item: DueItem) -> str:
    """Return the day; of something overdue with the word that says so."""
    return f"seit {show_date(item.day)}" if item.overdue else show_date(item.day)


DUE_COLUMNS = (
    Column("Tag", _day_of, colour=lambda item: "danger" if item.overdue else "", width=130, value=lambda item: item.day),
    Column("Wer", lambda item: item.name, width=180),
    Column("Was", lambda item: item.text, stretch=True),
)


class OverviewPage(Page):
    """The page."""

    key: ClassVar[str] = "overview"
    heading: ClassVar[str] = "Übersicht"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._kind: DueKind | None = None
        self._reminded = False
        self._whose = ""
        self._overview: Overview | None = None
        self._begins = False
        if desk.vault.user.roles & {Role.JOB_COACH, Role.EMPLOYMENT_TRAINER}:
            self.head.addWidget(
                button(
                    "&Konsultation erfassen",
                    lambda: self.wanted.emit("consultation", {}),
                    rank="primary",
                    symbol="message-square-plus",
                )
            )
        scroller = Scroller()
        self.add(scroller, 1)
        px = theme().pixels
        due_box, due = box()
        self._due_title = label("", "heading", wrap=True)
        self._chips = FlowRow()
        self.due_table = RowTable(DUE_COLUMNS, "Fällig")
        self.due_table.opened.connect(self.open_item)
        self._nothing_due = label(_NOTHING_DUE, "muted", wrap=True)
        due.addWidget(self._due_title)
        due.addWidget(self._chips)
        due.addWidget(self.due_table)
        due.addWidget(self._nothing_due)
        self._first = button(
            "Ersten Coachee anlegen (Strg+N)", lambda: self.wanted.emit("coachees", {"new": True}), symbol="user-plus"
        )
        self.calendar_button = button(
            "&Termine als Kalenderdatei …", lambda: self.wanted.emit("calendar", {}), rank="plain", symbol="calendar"
        )
        self._steps = button("Erste &Schritte", lambda: self.wanted.emit("beginning", {}), symbol="flag")
        ways = FlowRow()
        for made in (self._steps, self._first, self.calendar_button):
            ways.add(made)
        due.addWidget(ways)
        self._agenda_box, self._agenda = box()
        self._figures_box, self._figures = box()
        week_box, self._week = box()
        load_box, self._load = box()
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setSpacing(px(12))
        left, right = QVBoxLayout(), QVBoxLayout()
        # What waits from the exchange comes first: until it is decided, two laptops say two things.
        self.conflicts_button = button(
            "", lambda: self.wanted.emit("exchange", {"section": "conflicts"}), symbol="triangle-alert"
        )
        self.conflicts_button.hide()
        left.addLayout(row(self.conflicts_button, None))
        for part in (due_box, load_box):
            left.addWidget(part)
        for part in (self._agenda_box, self._figures_box, week_box):
            right.addWidget(part)
        for side in (left, right):
            side.setSpacing(px(12))
            side.addStretch(1)
        self._columns.addLayout(left, 3)
        self._columns.addLayout(right, 2)
        scroller.column.addLayout(self._columns)
        scroller.column.addStretch(1)
        desk.backups.changed.connect(self._remind)
        self.offer_list(self.due_table, ListOffer(words=self._narrowed, total=self._due_count))

    # --- reading ----------------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read today again; the figures follow from behind the window."""
        today, (_, staff_id) = self.desk.today(), self.desk.whose_cases[0]
        roles = self.desk.vault.user.roles
        self._begins = keeps_cases(roles) and not self.desk.read(has_coachees)
        kinds = ALL_KINDS if keeps_cases(roles) else TRAINER_KINDS
        self._overview = self.desk.read(partial(read_overview, staff_id=staff_id, today=today, with_figures=False, kinds=kinds))
        self._whose = {None: "alle Fälle", "": NOBODY_KNOWN}.get(staff_id, "Ihre Fälle")
        self.subtitle.setText(f"{_WEEKDAYS[today.weekday()]}, {show_date(today)} · {self._whose}")
        self._remind()
        self._show_due()
        self._show_week(self._overview)
        self._show_load(self._overview)
        vault = self.desk.vault
        self._count_conflicts()
        self._figures_box.setVisible(keeps_cases(roles))
        coordinates = Role.COORDINATION in roles
        self._agenda_box.setVisible(coordinates)
        if not keeps_cases(roles):
            return

        def read(progress: Progress) -> tuple[LiveFigures, tuple[AgendaItem, ...]]:
            _ = progress
            with vault.reading() as connection:
                agenda = read_provider_agenda(connection, today=today) if coordinates else ()
                return read_live_figures(connection, staff_id=staff_id, today=today), agenda

        self.desk.background.run(self, read, self._show_read, lambda _: None)

    def _show_read(self, answer: tuple[LiveFigures, tuple[AgendaItem, ...]]) -> None:
        live, agenda = answer
        self._show_figures(live)
        clear_layout(self._agenda)
        self._agenda.addWidget(label("Für die Koordination", "heading"))
        for item in agenda:
            line = _line(item.text, partial(self.wanted.emit, item.page, item.where))
            self._agenda.addWidget(line)
        if not agenda:
            self._agenda.addWidget(label("Nichts steht an.", "muted"))

    def _count_conflicts(self) -> None:
        """Say, once it is known, how much was changed on two laptops and waits for a decision."""
        vault = self.desk.vault

        def count(progress: Progress) -> int:
            from bjc_desktop.services.exchange_conflicts import list_conflicts  # noqa: PLC0415 - not needed to show the first page

            _ = progress
            return len(list_conflicts(vault))

        self.desk.background.run(self, count, self._show_conflicts, lambda _: None)

    def _show_conflicts(self, count: int) -> None:
        waits = "Abweichung wartet" if count == 1 else "Abweichungen warten"
        self.conflicts_button.setText(f" {count} {waits} auf eine Entscheidung")
        self.conflicts_button.setAccessibleName(f"{count} {waits} auf eine Entscheidung")
        self.conflicts_button.setVisible(count > 0)

    def _remind(self) -> None:
        """Say that the second place of the backups was not reached for long; take it back once it was."""
        reminder = self.desk.backups.reminder
        if reminder:
            self.banner.tell(
                reminder, "warning", button("Zu den Sicherungen", lambda: self.wanted.emit("backups", {}), rank="plain")
            )
        elif self._reminded:
            self.banner.clear()
        self._reminded = bool(reminder)

    # --- due --------------------------------------------------------------------------------------------------------------

    def _show_due(self) -> None:
        overview = self._overview
        if overview is None:
            return
        self._chips.clear()
        late = sum(item.overdue for item in overview.due)
        self._due_title.setText(f"Fällig in den nächsten {DAYS_AHEAD} Tagen ({len(overview.due)}, davon {late} überfällig)")
        choices: list[tuple[str, DueKind | None]] = [(f"Alles ({len(overview.due)})", None)]
        choices += [(f"{count.kind.label} ({len(count.items)})", count.kind) for count in overview.counts]
        if self._kind not in {kind for _, kind in choices}:
            self._kind = None
        for text, kind in choices:
            made = button(text, partial(self._choose, kind), rank="section")
            made.setCheckable(True)
            made.setChecked(kind is self._kind)
            self._chips.add(made)
        items = [item for item in overview.due if self._kind in {None, item.kind}]
        self.due_table.setVisible(bool(items))
        self._nothing_due.setVisible(not items)
        for way in (self._first, self._steps):
            way.setVisible(self._begins)
        self._nothing_due.setText(_NOBODY_YET if self._begins else _NOTHING_DUE)
        self.due_table.show_rows(items, key=lambda item: (item.kind, item.row_id))
        self.due_table.fit_height(10)

    def _narrowed(self) -> str:
        kind = "" if self._kind is None else f"; Art: {self._kind.label}"
        return f"fällig in den nächsten {DAYS_AHEAD} Tagen oder überfällig, {self._whose}{kind}"

    def _due_count(self) -> int:
        return 0 if self._overview is None else len(self._overview.due)

    def _choose(self, kind: DueKind | None) -> None:
        self._kind = kind
        self._show_due()
        self.due_table.setFocus()

    def open_item(self, item: DueItem) -> None:
        """Go where *item* is done."""
        if item.kind is DueKind.FOLLOW_UP:
            self.wanted.emit("follow_ups", {"coaching_id": item.coaching_id})
        elif item.kind in {DueKind.CLOSING, DueKind.WITHDRAWAL}:
            self.wanted.emit("closing", {"coaching_id": item.coaching_id})
        elif item.section is CaseSection.PRIVACY:
            self.wanted.emit("privacy", {"section": "requests", "row_id": item.row_id})
        elif item.section is CaseSection.HOURS:
            if self.desk.at_provider_desk:
                self.wanted.emit("hours", {"period": quarter_of(item.day).label})
            else:
                self.wanted.emit("quality", {"rule": "hours_missing"})
        elif item.section is CaseSection.DECISIONS:
            self.wanted.emit("foundations", {"section": CaseSection.DECISIONS.value})
        elif not keeps_cases(self.desk.vault.user.roles):
            # In the case file a trainer only reads; what was agreed is ticked where it is followed up.
            self.wanted.emit("following", {"coaching_id": item.coaching_id, "row_id": item.row_id})
        else:
            where = {"coaching_id": item.coaching_id, "section": item.section.value, "row_id": item.row_id}
            self.wanted.emit("case_file", where)

    # --- this week and the caseload ---------------------------------------------------------------------------------------

    def _show_week(self, overview: Overview) -> None:
        clear_layout(self._week)
        held = sum(talk.status is ConsultationStatus.HELD for talk in overview.consultations)
        planned = len(overview.consultations) - held
        self._week.addWidget(label(f"Diese Woche ({held} durchgeführt, {planned} geplant)", "heading"))
        if not overview.consultations:
            self._week.addWidget(label("Noch keine Konsultation in dieser Woche.", "muted", wrap=True))
        for talk in overview.consultations[:12]:
            self._week.addWidget(_line(_talk(talk), partial(self._open_talk, talk)))
        if len(overview.consultations) > 12:  # noqa: PLR2004 - a short list
            people = tuple(dict.fromkeys(talk.coachee_id for talk in overview.consultations))
            more = {"coachee_ids": people, "why": "Konsultationen dieser Woche"}
            self._week.addWidget(_line("Alle zeigen", lambda: self.wanted.emit("coachees", more)))

    def _open_talk(self, talk: WeekConsultation) -> None:
        self.wanted.emit("case_file", {"coaching_id": talk.coaching_id, "section": "consultations", "row_id": talk.id})

    def _show_load(self, overview: Overview) -> None:
        clear_layout(self._load)
        self._load.addWidget(label("Betreuungsstand", "heading"))
        if not overview.caseload:
            self._load.addWidget(label("Noch ist niemand zugeordnet.", "muted"))
        for load in overview.caseload:
            self._load.addWidget(_line(_load_words(load), partial(self._open_load, load)))
            for cover in load.covers:
                words = f"davon {cover.cases} in Vertretung für {cover.absent_name} bis {show_date(cover.last)}"
                hint = label(words, "small", wrap=True)
                hint.setContentsMargins(theme().pixels(11), 0, 0, 0)
                self._load.addWidget(hint)

    def _open_load(self, load: CoachLoad) -> None:
        where = {"coachee_ids": load.people.coachee_ids or (), "why": f"Betreuungsstand von {load.name}"}
        self.wanted.emit("coachees", where)

    # --- figures ----------------------------------------------------------------------------------------------------------

    def _show_figures(self, live: LiveFigures) -> None:
        clear_layout(self._figures)
        quarter = f"{live.period.label[5:]} {live.period.label[:4]}"
        self._figures.addWidget(label(f"Kennzahlen {quarter}, bis heute", "heading"))
        if self._begins:
            self._figures.addWidget(label(NO_FIGURE, "muted", wrap=True))
            return
        scopes = [(live.scope_id, live.scope_name, live.provider)]
        if self.desk.staff_id is not None and any(figure.value is not None for figure in live.own):
            scopes.insert(0, (self.desk.staff_id, "Ihre Fälle", live.own))
        for scope_id, name, figures in scopes:
            self._figures.addWidget(label(name, "strong"))
            self._figures.addWidget(FigureGrid(figures, live.period, partial(self._open_figure, scope_id=scope_id)))
        for line in lack_lines(lacks(live.provider), self.wanted.emit, open_to=self._open_to):
            self._figures.addWidget(line)
        self._figures.addWidget(label(LEGEND, "small", wrap=True))

    def _open_to(self, page: str) -> bool:
        return page != "hours" or self.desk.at_provider_desk

    def _open_figure(self, figure: Figure, scope_id: str) -> None:
        self.wanted.emit("figures", {"code": figure.code, "scope_id": scope_id, "period": quarter_of(self.desk.today()).label})

    # --- room -------------------------------------------------------------------------------------------------------------

    def first_field(self) -> QWidget:
        """Return the list of what is due."""
        return self.due_table

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's
        """Put the columns below each other where there is little room."""
        super().resizeEvent(event)
        wide = self.width() >= theme().pixels(_TWO_COLUMNS)
        self._columns.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)


def _talk(talk: WeekConsultation) -> str:
    state = "" if talk.status is ConsultationStatus.HELD else f" ({talk.status.label})"
    return f"{_WEEKDAYS[talk.day.weekday()]} {talk.day:%d.%m.}  {talk.name}, {talk.kind.label}{state}"


def _load_words(load: CoachLoad) -> str:
    share = "" if load.load is None else f", Auslastung {number(load.load * 100, 0)}\u00a0%"
    return f"{load.name}: {load.stock} {'Coaching' if load.stock == 1 else 'Coachings'}, davon {load.long_term} lange arbeitslos{share}"


def _line(text: str, action: Callable[[], Any]) -> QWidget:
    made = button(text.replace("&", "&&"), action, rank="section", name=text)
    made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    made.setToolTip(plain_tip(text))
    holder = QWidget()
    line = QHBoxLayout(holder)
    line.setContentsMargins(0, 0, 0, 0)
    line.addWidget(made)
    return holder
