"""The first steps: from an empty vault to the first figure; everything can be skipped, and done later where it belongs."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from bjc_desktop.indicators.period import quarter_of
from bjc_desktop.indicators.results import Figure
from bjc_desktop.reports.german import quarter
from bjc_desktop.services.first_steps import Beginning, lacks, read_beginning
from bjc_desktop.services.overview import LiveFigures, read_live_figures
from bjc_desktop.ui.beginning.people_form import PeopleForm
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.figure_grid import FigureGrid
from bjc_desktop.ui.shared.flow_layout import FlowRow
from bjc_desktop.ui.shared.labels import Chip, box, button, label, row
from bjc_desktop.ui.shared.lack_lines import NO_FIGURE, lack_lines
from bjc_desktop.ui.shared.page import Page, Scroller, clear_layout
from bjc_desktop.ui.shared.theme import LARGE_TEXT, theme
from bjc_desktop.vault.role_rights import keeps_cases, may_write, sees_all_cases

_WAYS: tuple[tuple[str, str, str, str, dict[str, Any]], ...] = (
    (
        "folder-open",
        "Alte &Liste einlesen …",
        "Excel, LibreOffice oder CSV, so wie die Liste ist. Spalten und Werte werden erkannt, Zweifel gefragt.",
        "lists",
        {"choose": "list"},
    ),
    (
        "copy",
        "&Datenpaket einlesen …",
        "Eine ZIP-Datei aus einem anderen Programm oder von einem anderen Rechner.",
        "lists",
        {"choose": "package"},
    ),
    (
        "arrow-left-right",
        "Mit &Kolleg*innen austauschen",
        "Jemand hat die Fälle schon in einem eigenen Tresor: einmal verbinden, dann Dateien austauschen.",
        "exchange",
        {"section": "partners"},
    ),
    (
        "user-plus",
        "Erste &Akte anlegen",
        "Mit einer Person anfangen; alle anderen kommen nach und nach dazu.",
        "coachees",
        {"new": True},
    ),
    ("sparkles", "Nur &umsehen", "Ein eigener Tresor mit erfundenen Personen. Dieser hier bleibt, wie er ist.", "sample", {}),
)
"""Symbol, title, what it is for, and where it leads."""


class BeginningPage(Page):
    """The page."""

    key: ClassVar[str] = "beginning"
    heading: ClassVar[str] = "Erste Schritte"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.later_button = button("&Zur Übersicht", lambda: self.wanted.emit("overview", {}), symbol="layout-dashboard")
        self.head.addWidget(button("Rundgang", lambda: self.wanted.emit("tour", {}), rank="plain", symbol="flag"))
        self.head.addWidget(self.later_button)
        self._scroller = scroller = Scroller()
        self.add(scroller, 1)
        self.chips = [Chip() for _ in range(3)]
        self._people_words = label("", "muted", wrap=True)
        self.people = PeopleForm(desk)
        if not may_write(desk.vault.user.roles, "staff"):
            self.people.hide()
        self._has = label("", "muted", wrap=True)
        self.ways: list[QWidget] = []
        self._figures_part = QWidget()
        self._figures = QVBoxLayout(self._figures_part)
        self._figures.setContentsMargins(0, 0, 0, 0)
        self._fill(scroller.column)
        scroller.column.addStretch(1)

    def _fill(self, column: QVBoxLayout) -> None:
        for chip, title, parts in zip(
            self.chips,
            ("1  Wer arbeitet hier?", "2  Womit beginnen Sie?", "3  Die erste Kennzahl"),
            ((self._people_words, self.people), (self._has, self._ways()), (self._figures_part,)),
            strict=True,
        ):
            frame, inner = box()
            inner.addLayout(row(label(title, "heading"), chip, None))
            for part in parts:
                inner.addWidget(part)
            column.addWidget(frame)

    def _ways(self) -> QWidget:
        """Return the ways to begin, each a button with its reason below, beside each other where there is room."""
        holder = FlowRow()
        large = theme().scale >= LARGE_TEXT
        for symbol, title, reason, page, where in _WAYS:
            if not self._open_to(page):
                continue
            way = QWidget()
            inner = QVBoxLayout(way)
            inner.setContentsMargins(0, 0, theme().pixels(10), theme().pixels(8))
            inner.setSpacing(theme().pixels(3))
            plain = title.replace("&", "")
            made = button(title, partial(self.wanted.emit, page, where), symbol=symbol, name=f"{plain}. {reason}")
            inner.addWidget(made)
            inner.addWidget(label(reason, "small", wrap=True))
            inner.addStretch(1)
            way.setFixedWidth(theme().pixels(310 if large else 330))
            holder.add(way)
            self.ways.append(made)
        return holder

    def _open_to(self, page: str) -> bool:
        roles = self.desk.vault.user.roles
        if page == "lists":
            return sees_all_cases(roles)
        return keeps_cases(roles) or page == "sample"

    # --- reading ----------------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read what is there; the figures follow from behind the window."""
        desk = self.desk
        beginning = desk.read(partial(read_beginning, user_id=desk.vault.user.id, today=desk.today()))
        self._show_people(beginning)
        self._show_cases(beginning)
        self.people.show_beginning(beginning)
        QTimer.singleShot(0, self, self._keep_in_sight)
        if not beginning.coachings or not keeps_cases(desk.vault.user.roles):
            clear_layout(self._figures)
            self._figures.addWidget(label(NO_FIGURE, "muted", wrap=True))
            self.chips[2].tell("kommt danach", "quiet")
            return
        question: Callable[[Any], LiveFigures] = partial(read_live_figures, staff_id=None, today=desk.today())
        self.ask(question, self._show_figures, behind=True)

    def _keep_in_sight(self) -> None:
        """Scroll to what has the keyboard, now that everything has its place."""
        focused = QApplication.focusWidget()
        if focused is not None and self._scroller.isAncestorOf(focused):
            self._scroller.ensureWidgetVisible(focused, 20, 60)

    def _show_people(self, beginning: Beginning) -> None:
        names = ", ".join(f"{member.name} ({member.role.label})" for member in beginning.staff)
        house = " und ".join(beginning.providers)
        self._people_words.setText(f"{house}: {names}." if names else _NOBODY)
        ready = bool(beginning.providers and beginning.coaches)
        self.chips[0].tell("erledigt" if ready else "JobCoach fehlt" if names else "offen", "good" if ready else "warning")
        self.subtitle.setText(_SKIPPED)

    def _show_cases(self, beginning: Beginning) -> None:
        count = beginning.coachees
        self.chips[1].tell("erledigt" if count else "offen", "good" if count else "warning")
        people = "1 Coachee ist" if count == 1 else f"{count} Coachees sind"
        self._has.setText(
            f"{people} im Tresor. Weitere Listen und Pakete kommen dazu, ohne etwas zu verdoppeln." if count else _CHOOSE
        )

    def _show_figures(self, live: LiveFigures) -> None:
        self.subtitle.setText(_SKIPPED)
        clear_layout(self._figures)
        known = live.provider
        have = [figure for figure in known if figure.value is not None]
        self.chips[2].tell(f"{len(have)} von {len(known)}", "good" if have else "warning")
        words = f"{quarter(live.period)}, bis heute. " + ("" if have else "Noch hat keine Kennzahl einen Wert.")
        self._figures.addWidget(label(words, "muted", wrap=True))
        if have:
            self._figures.addWidget(FigureGrid(have, live.period, partial(self._open_figure, scope_id=live.scope_id)))
        for line in lack_lines(lacks(known), self.wanted.emit, open_to=self._shows):
            self._figures.addWidget(line)

    def _shows(self, page: str) -> bool:
        return page != "hours" or self.desk.at_provider_desk

    def _open_figure(self, figure: Figure, scope_id: str) -> None:
        self.wanted.emit("figures", {"code": figure.code, "scope_id": scope_id, "period": quarter_of(self.desk.today()).label})

    # --- the page ---------------------------------------------------------------------------------------------------------

    def first_field(self) -> QWidget:
        """Return the first thing that is still to be done."""
        if self.people.asks_for_provider:
            return self.people.fields["provider"]
        return self.ways[0]

    def keep_drafts(self) -> None:
        """Keep the name that is being typed."""
        self.people.keep_drafts()


_SKIPPED = "Alles lässt sich überspringen"
_NOBODY = "Träger und Personen stehen in jedem Bericht. Ohne JobCoach lässt sich kein Coaching zuordnen."
_CHOOSE = "Ein Weg genügt. Es wird erst gezeigt, was käme; eingelesen wird auf Ihren Knopf hin, und es lässt sich zurücknehmen."
