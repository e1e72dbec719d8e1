"""Closing a coaching on one page: what is asked, what is missing, and what the exit counts for, as it is typed."""

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QPushButton, QVBoxLayout, QWidget

from bjc_desktop.errors import BjcError, InvalidInputError
from bjc_desktop.indicators.catalogue import BY_CODE
from bjc_desktop.services.closing import ClosedCoaching, ClosingState, OpenGoal, close_coaching, prepare_closing, reopen_coaching
from bjc_desktop.services.targets import read_settings
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.services.unsaved_values import TypedCase, TypedRow
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.draft_keeper import RESTORED, DraftKeeper
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.form import Form
from bjc_desktop.ui.shared.labels import Banner, Chip, box, button, label, row
from bjc_desktop.ui.shared.page import Page, Scroller, clear_layout
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.ui.start.entry import Entry
from bjc_desktop.vocabulary import GOAL_END_STATUSES, OutcomeKind

_EXIT = ("exit_on", "exit_reason", "status_at_exit", "closing_interview_on", "closing_report_on", "closing_waived_reason")
_MASTER = ("initial_interview_on", "target_group", "legal_circle", "unemployed_since")
_OUTCOME = (
    "kind",
    "begin_on",
    "end_on",
    "employer",
    "weekly_hours",
    "gross_pay",
    "evidence_kind",
    "evidence_seen_on",
    "found_through",
)
_PAUSE = 150
"""Milliseconds without typing before the checklist is asked again."""
_SIDE_BY_SIDE = 1000


class ClosingPage(Page):
    """The page; its place is a ``coaching_id``, and a ``field`` of it that is missing."""

    key: ClassVar[str] = "closing"
    heading: ClassVar[str] = "Coaching abschließen"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.coaching_id = ""
        self._asked_field = ""
        self.state: ClosingState | None = None
        self._draft: DraftKeeper | None = None
        self._goals: dict[str, ChoiceBox] = {}
        self._saved_outcomes: dict[str, Form] = {}
        self._missing: dict[str, QPushButton] = {}
        self.head.addWidget(button("Fallakte", self._open_file, symbol="folder-open"))
        self.reopen_button = button("Austritt &zurücknehmen", self.reopen, symbol="undo-2")
        self.save_button = button("Austritt &speichern", self.save, rank="primary", symbol="flag", shortcut="Ctrl+Return")
        self.head.addWidget(self.reopen_button)
        self.head.addWidget(self.save_button)
        self.form = Form("coachings", (*_EXIT, *_MASTER), today=desk.today, required=("exit_on",), warn=self._ask, columns=3)
        self.add_outcome = QCheckBox("Ein Ergebnis hinzufügen")
        self.outcome = Form("outcomes", _OUTCOME, today=desk.today, required=("kind", "begin_on"), columns=3)
        self.outcome.hide()
        self.add_outcome.toggled.connect(self.outcome.setVisible)
        self.add_outcome.toggled.connect(self._typed)
        self.pay = Banner()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE)
        self._timer.timeout.connect(self._look)
        for form in (self.form, self.outcome):
            form.typed.connect(self._typed)
        self._lay_out()

    def _lay_out(self) -> None:
        px = theme().pixels
        scroller = Scroller()
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setSpacing(px(12))
        left, right = QVBoxLayout(), QVBoxLayout()
        exit_box, exit_column = box()
        exit_column.addWidget(label("Austritt", "heading"))
        exit_column.addWidget(self.form)
        outcome_box, self._outcome_column = box()
        self._outcome_column.addWidget(label("Ergebnisse", "heading"))
        self._held = QVBoxLayout()
        self._outcome_column.addLayout(self._held)
        self._outcome_column.addWidget(self.add_outcome)
        self._outcome_column.addWidget(self.outcome)
        self._outcome_column.addWidget(self.pay)
        self._goal_box, goal_column = box()
        goal_column.addWidget(label("Offene Ziele", "heading"))
        self._goal_column = QVBoxLayout()
        goal_column.addLayout(self._goal_column)
        list_box, list_column = box()
        self._list_title = label("", "heading", wrap=True)
        list_column.addWidget(self._list_title)
        self._list = QVBoxLayout()
        list_column.addLayout(self._list)
        counts_box, counts_column = box()
        counts_column.addWidget(label("Was der Austritt zählt", "heading"))
        self._counts = QVBoxLayout()
        counts_column.addLayout(self._counts)
        for part in (exit_box, outcome_box, self._goal_box):
            left.addWidget(part)
        for part in (counts_box, list_box):
            right.addWidget(part)
        for side in (left, right):
            side.setSpacing(px(12))
            side.addStretch(1)
        self._columns.addLayout(left, 3)
        self._columns.addLayout(right, 2)
        scroller.column.addLayout(self._columns)
        self.add(scroller, 1)

    # --- what is shown ----------------------------------------------------------------------------------------------------

    def open_at(self, where: Mapping[str, Any]) -> None:
        """Show the closing of the coaching."""
        self._asked_field = where.get("field", "")
        if where.get("coaching_id", self.coaching_id) != self.coaching_id:
            self.keep_drafts()
            self.coaching_id = where["coaching_id"]
            self.banner.clear()
            self._begin(self.coaching_id)
            if self._draft is not None and self._draft.restore(self._show_typed):
                self.banner.tell(RESTORED, "quiet", button("Verwerfen", self.discard))

    def _begin(self, coaching_id: str) -> None:
        """Show the coaching as it is in the vault, without anything typed."""
        self._draft = DraftKeeper(self.desk, f"closing:{coaching_id}", self._content)
        self.add_outcome.setChecked(False)
        self.outcome.show_row(dict.fromkeys(_OUTCOME), over_typing=True)
        self._show_saved()

    def refresh(self) -> None:
        """Read the coaching again; what is typed stays."""
        if not self.coaching_id:
            return
        typed = self._content()
        self._show_saved()
        if typed is not None:
            self._show_typed(typed)

    def _show_saved(self) -> None:
        state = self._read(None)
        self.form.show_row(state.values, over_typing=True)
        self._show_outcomes(state)
        self._show_goals(state.open_goals)
        self._show_state(state)

    # --- drafts -----------------------------------------------------------------------------------------------------------

    def keep_drafts(self) -> None:
        """Keep what is typed until it is saved or discarded."""
        if self._draft is not None:
            self._draft.keep()

    def discard(self) -> None:
        """Forget what is typed."""
        if self._draft is not None:
            self._draft.discard()
        self.banner.clear()
        self._begin(self.coaching_id)

    def _content(self) -> dict[str, Any] | None:
        saved = {outcome_id: form.changed() for outcome_id, form in self._saved_outcomes.items()}
        typed = {
            "form": self.form.changed(),
            "outcome": self.outcome.changed() if self.add_outcome.isChecked() else {},
            "saved": {outcome_id: texts for outcome_id, texts in saved.items() if texts},
            "goals": {goal_id: choice.currentData() for goal_id, choice in self._goals.items() if choice.currentData()},
        }
        return typed if any(typed.values()) else None

    def _show_typed(self, typed: Mapping[str, Any]) -> None:
        self.form.show_texts(typed["form"])
        if typed["outcome"]:
            self.add_outcome.setChecked(True)
            self.outcome.show_texts(typed["outcome"])
        for outcome_id, texts in typed["saved"].items():
            if outcome_id in self._saved_outcomes:
                self._saved_outcomes[outcome_id].show_texts(texts)
        for goal_id, status in typed["goals"].items():
            if goal_id in self._goals:
                self._goals[goal_id].setCurrentIndex(self._goals[goal_id].findData(status))
        self._typed()

    # --- what is shown, continued -----------------------------------------------------------------------------------------

    def _read(self, typed: TypedCase | None) -> ClosingState:
        today = self.desk.today()
        return self.desk.read(
            lambda connection: prepare_closing(
                connection, self.coaching_id, typed, today=today, settings=read_settings(connection)
            )
        )

    def _typed(self) -> None:
        self._timer.start()

    def _look(self) -> None:
        if not self.isVisible():
            return
        try:
            self._show_state(self._read(self._typed_case(quietly=True)))
        except InvalidInputError as error:
            self.form.refuse(error)

    def _typed_case(self, *, quietly: bool) -> TypedCase:
        values = self.form.meaningful() if quietly else self.form.values()
        rows = [
            TypedRow("goals", self._goal_values(choice), goal_id)
            for goal_id, choice in self._goals.items()
            if choice.currentData()
        ]
        for outcome_id, form in self._saved_outcomes.items():
            rows.append(TypedRow("outcomes", form.meaningful() if quietly else form.values(), outcome_id))
        if self.add_outcome.isChecked():
            new = self.outcome.meaningful() if quietly else self.outcome.values()
            if not quietly or (new.get("kind") and new.get("begin_on")):
                rows.append(TypedRow("outcomes", new))
        return TypedCase(values, tuple(rows))

    def _goal_values(self, choice: ChoiceBox) -> dict[str, Any]:
        return {"status": choice.currentData(), "closed_on": self.desk.today()}

    def _ask(self, values: Mapping[str, Any]) -> Mapping[str, str]:
        _ = values
        return {} if self.state is None else self.state.warnings

    def _show_outcomes(self, state: ClosingState) -> None:
        clear_layout(self._held)
        self._saved_outcomes = {}
        for outcome in state.outcomes:
            ended = f" bis {show_date(outcome['end_on'])}" if outcome["end_on"] else ""
            text = f"{OutcomeKind(outcome['kind']).label}, ab {show_date(outcome['begin_on'])}{ended}"
            self._held.addWidget(label(text, "strong", wrap=True))
            form = Form("outcomes", ("evidence_kind", "evidence_seen_on", "found_through"), today=self.desk.today, columns=3)
            form.show_row(outcome)
            form.typed.connect(self._typed)
            self._saved_outcomes[outcome["id"]] = form
            self._held.addWidget(form)
        if not state.outcomes:
            self._held.addWidget(label("Noch kein Ergebnis erfasst.", "muted"))

    def _show_goals(self, goals: tuple[OpenGoal, ...]) -> None:
        clear_layout(self._goal_column)
        self._goals = {}
        self._goal_box.setVisible(bool(goals))
        for goal in goals:
            choice = ChoiceBox()
            choice.addItem("bleibt offen", None)
            for status in GOAL_END_STATUSES:
                choice.addItem(status.label, status.value)
            choice.activated.connect(self._typed)
            self._goals[goal.id] = choice
            self._goal_column.addWidget(Entry(goal.description.replace("&", "&&"), choice))

    def _show_state(self, state: ClosingState) -> None:
        self.state = state
        self.title.setText(f"Abschluss: {state.name}")
        self.subtitle.setText(f"Fallnummer {state.case_number} · Eintritt {show_date(state.values['entry_on'])}")
        exit_saved = state.reopen_until is not None
        self.reopen_button.setVisible(exit_saved)
        self.reopen_button.setEnabled(state.reopen_refusal is None)
        self.reopen_button.setToolTip(state.reopen_refusal or "Der Austritt wird wieder leer; nichts anderes geht verloren.")
        self.save_button.setEnabled(not state.exit_assumed)
        self._show_checklist(state)
        self._show_counts(state)
        self.form.show_warnings()
        if state.pay_warnings:
            self.pay.tell(" ".join(warning.text for warning in state.pay_warnings), "warning")
        else:
            self.pay.clear()

    def _show_checklist(self, state: ClosingState) -> None:
        had_keyboard = next((item for item, made in self._missing.items() if made.hasFocus()), None)
        if had_keyboard is not None:
            # What has the keyboard is about to go: without this, Qt would hand it to the sidebar.
            self.save_button.setFocus()
        clear_layout(self._list)
        self._missing = {}
        active = [line for line in state.checklist if line.active]
        done = sum(line.done for line in active)
        self._list_title.setText(f"Prüfliste ({done} von {len(active)} erledigt)")
        for line in sorted(active, key=lambda line: line.done):
            if line.done:
                self._list.addLayout(row(Chip("erledigt", "good"), label(line.title, "muted", wrap=True), None))
            else:
                made = button(
                    line.title,
                    partial(self._go_to, line.section, line.field),
                    rank="plain",
                    name=f"{line.title}: fehlt, {line.text}",
                )
                self._missing[line.item] = made
                self._list.addLayout(row(Chip("fehlt", "danger"), made, None))
                self._list.addWidget(label(line.text, "small", wrap=True))
        if had_keyboard is not None and self._missing:
            heir = self._missing.get(had_keyboard, next(iter(self._missing.values())))
            heir.show()
            heir.setFocus()

    def _show_counts(self, state: ClosingState) -> None:
        clear_layout(self._counts)
        if state.exit_assumed:
            self._counts.addWidget(label("Noch ohne Austritt; gezeigt wird, was heute gälte.", "muted", wrap=True))
        for verdict in state.verdicts:
            pending = verdict.code == "a1_2" and verdict.verdict == "missing"
            kind = "good" if verdict.counts else "warning" if pending else "quiet"
            self._counts.addLayout(row(Chip(BY_CODE[verdict.code].short, kind), label(verdict.quarter, "small"), None))
            self._counts.addWidget(label(verdict.label, wrap=True))
        for title, words in (("Frist A1.1", state.window_in_words), ("Stichtag nach sechs Monaten", state.due_in_words)):
            self._counts.addWidget(label(title, "strong"))
            self._counts.addWidget(label(words, "muted", wrap=True))

    # --- going and saving -------------------------------------------------------------------------------------------------

    def _go_to(self, section: str, field: str) -> None:
        if field in self.form.fields:
            self.form.focus_field(field)
        elif section == "outcomes" and self._saved_outcomes:
            next(iter(self._saved_outcomes.values())).focus_field(field)
        elif section == "plan" and self._goals:
            next(iter(self._goals.values())).setFocus()
        else:
            self.wanted.emit("case_file", {"coaching_id": self.coaching_id, "section": section, "field": field})

    def _open_file(self) -> None:
        self.wanted.emit("case_file", {"coaching_id": self.coaching_id})

    def save(self) -> None:
        """Save exit, outcomes and goals in one step."""
        try:
            typed = self._typed_case(quietly=False)
            closed = self.desk.write(partial(self._save, typed=typed), "Austritt gespeichert")
        except InvalidInputError as error:
            others = set(self.form.refuse(error)) & set(self.outcome.refuse(error))
            if others:
                self.banner.tell(" ".join(sorted(others)), "danger")
            return
        except BjcError as error:
            self.banner.tell(str(error), "danger")
            return
        self._begin(self.coaching_id)
        file = f" Die Akte ist am {show_date(closed.file_closed_on)} geschlossen." if closed.file_closed_on else ""
        heir = next(iter(self._missing.values()), self.save_button)
        heir.show()
        heir.setFocus()
        self.banner.tell(f"Austritt gespeichert.{file} Stichtag der Nachbefragung: {show_date(closed.due_on)}.", "good")

    def _save(self, session: Any, typed: TypedCase) -> ClosedCoaching:
        closed = close_coaching(session, self.coaching_id, typed, today=self.desk.today())
        if self._draft is not None:
            self._draft.drop(session)
        return closed

    def reopen(self) -> None:
        """Take the exit back."""
        try:
            self.desk.write(
                lambda session: reopen_coaching(session, self.coaching_id, today=self.desk.today()), "Austritt zurückgenommen"
            )
        except BjcError as error:
            self.banner.tell(str(error), "danger")
        else:
            self.banner.tell("Der Austritt ist zurückgenommen.", "good")

    def first_field(self) -> QWidget:
        """Return the field that is asked for, or the day of the exit."""
        forms = (self.form, *self._saved_outcomes.values())
        asked = next((form.fields[self._asked_field] for form in forms if self._asked_field in form.fields), None)
        return (asked or self.form.fields["exit_on"]).inner

    def sample_places(self) -> dict[str, dict[str, Any]]:
        """Return the coaching of the pictures: the first that has an exit without a closed file, or any."""
        people = self.desk.read(partial(_some_coaching, staff_id=self.desk.staff_id or "", today=self.desk.today()))
        return {"closing": {"coaching_id": people}}

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's
        """Put the columns below each other where there is little room."""
        super().resizeEvent(event)
        wide = self.width() >= theme().pixels(_SIDE_BY_SIDE)
        self._columns.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)


def _some_coaching(connection: Any, *, staff_id: str, today: Any) -> str:
    from bjc_desktop.services.person_picks import read_people  # noqa: PLC0415 - for pictures only

    return read_people(connection, staff_id=staff_id, today=today)[0].coaching_id
