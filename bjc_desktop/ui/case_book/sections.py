"""The sections of the case file: each shows its part of it and saves what is typed there."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from bjc_desktop.errors import BjcError, InvalidInputError
from bjc_desktop.services.case_file import CaseFile, CaseRow, PlanVersion, new_plan_version
from bjc_desktop.services.case_print import note_print, plan_sheet
from bjc_desktop.services.case_timeline import TimelineEntry, timeline
from bjc_desktop.services.history import RecentChange, field_history, recent_changes
from bjc_desktop.services.input_warnings import EntryContext, warnings_for
from bjc_desktop.services.person_picks import read_people
from bjc_desktop.services.row_editing import change_row
from bjc_desktop.services.row_titles import entity_of
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.services.undoing import undo
from bjc_desktop.ui.case_book import list_shapes as shapes
from bjc_desktop.ui.case_book.change_chart import ChangeChart, ChangeLine
from bjc_desktop.ui.case_book.last_change import LastChange
from bjc_desktop.ui.case_book.row_list import ListShape, RowList
from bjc_desktop.ui.printing.preview_dialog import PreviewDialog
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.flow_layout import FlowRow
from bjc_desktop.ui.shared.form import Form
from bjc_desktop.ui.shared.labels import NO_VALUE, Banner, box, button, label, row
from bjc_desktop.ui.shared.page import clear_layout
from bjc_desktop.ui.shared.row_table import Column, RowTable
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.vocabulary import ConsultationStatus, GoalStatus

Go = Callable[..., None]
"""Asks for another page: its key, and where on it."""


class CaseSectionView(QWidget):
    """What all sections have in common."""

    def __init__(self, desk: Desk, go: Go) -> None:
        super().__init__()
        self.desk, self.go = desk, go
        self.case: CaseFile | None = None
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(theme().pixels(10))

    def show_case(self, case: CaseFile) -> None:
        """Show the section's part of *case*; what is being typed stays."""
        raise NotImplementedError

    def go_to(self, field: str | None, row_id: str | None) -> None:
        """Take the keyboard to a field or a row, where one is asked for."""
        _ = field, row_id

    def draft(self) -> Any | None:
        """Return what is typed and not saved, or None."""
        return None

    def show_draft(self, draft: Any) -> None:
        """Show what was typed before."""
        _ = draft

    def _context(self, case: CaseFile) -> EntryContext:
        return EntryContext(case.today, case.coaching["entry_on"], case.coaching["exit_on"], case.person["birth_date"])


# --- single rows, saved on leaving a field -----------------------------------------------------------------------------------


class RowForm(QWidget):
    """One row of the vault as a form that saves each field when it is left; each field's history is one click away."""

    def __init__(self, desk: Desk, table: str, names: Sequence[str], title: str) -> None:
        super().__init__()
        self.desk, self.table = desk, table
        self._row: CaseRow | None = None
        frame, inner = box()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(frame)
        self.banner = Banner()
        self.form = Form(table, names, today=desk.today, columns=3)
        self.form.left.connect(self._save)
        self._last = LastChange(desk, self.form)
        self._history = QVBoxLayout()
        self._history_button = button("Verlauf", self.show_history, rank="plain", symbol="history", name=f"Verlauf: {title}")
        inner.addLayout(row(label(title, "heading"), None, self._history_button))
        inner.addWidget(self.banner)
        inner.addWidget(self.form)
        inner.addWidget(self._last.line)
        inner.addLayout(self._history)

    def show_row(self, shown: CaseRow) -> None:
        """Show *shown*; the field that is being typed in stays."""
        if self._row is None or self._row.id != shown.id:
            clear_layout(self._history)
        self._row = shown
        self._last.row_id = shown.id
        self.form.show_row(shown.values)

    def _save(self, name: str) -> None:
        shown = self._row
        if shown is None:
            return
        try:
            value = self.form.value(name)
            self.desk.write(
                lambda session: change_row(
                    session,
                    entity_of(self.table),
                    shown.id,
                    {name: value},
                    today=self.desk.today(),
                    expected_version=shown.version,
                )
            )
        except InvalidInputError as error:
            others = self.form.refuse(error)
            if others:
                self.banner.tell(" ".join(others), "danger")
        except BjcError as error:
            self.banner.tell(str(error), "danger")
        else:
            self.banner.clear()

    def show_history(self) -> None:
        """Show who changed which field when, or hide it again."""
        if self._history.count():
            clear_layout(self._history)
            return
        if self._row is None:
            return
        changes = field_history(self.desk.vault, entity_of(self.table), self._row.id)
        for change in changes[:30]:
            what = change.title or "Eintrag"
            text = f"{change.at.astimezone():%d.%m.%Y %H:%M}  {change.who}: {what}: {change.before or NO_VALUE} → {change.after or NO_VALUE}"
            self._history.addWidget(label(text, "small", wrap=True))
        if not changes:
            self._history.addWidget(label("Noch nichts geändert.", "small"))


class MasterData(CaseSectionView):
    """Person and coaching."""

    def __init__(self, desk: Desk, go: Go) -> None:
        super().__init__(desk, go)
        person = (
            "family_name",
            "given_name",
            "birth_date",
            "case_number",
            "gender",
            "german_level",
            "phone",
            "email",
            "postcode",
        )
        coaching = (
            "entry_on",
            "planned_end_on",
            "initial_interview_on",
            "target_group",
            "legal_circle",
            "unemployed_since",
            "access_route",
        )
        self.person = RowForm(desk, "coachees", person, "Person")
        self.coaching = RowForm(desk, "coachings", coaching, "Coaching")
        self._about = label("", "muted", wrap=True)
        for part in (self.person, self.coaching, self._about):
            self.column.addWidget(part)
        self.column.addStretch(1)

    def show_case(self, case: CaseFile) -> None:
        """Show both rows."""
        self.case = case
        self.person.show_row(case.person)
        self.coaching.show_row(case.coaching)
        decision = f", Zuwendungsbescheid {case.funding_decision}" if case.funding_decision else ""
        self._about.setText(f"Träger: {case.provider}{decision}")

    def go_to(self, field: str | None, row_id: str | None) -> None:
        """Take the keyboard to the field."""
        _ = row_id
        for part in (self.person, self.coaching):
            if field in part.form.fields:
                part.form.focus_field(field)


# --- lists -------------------------------------------------------------------------------------------------------------------


class ListSection(CaseSectionView):
    """A section with one list."""

    def __init__(self, desk: Desk, go: Go) -> None:
        super().__init__(desk, go)
        self.list: RowList | None = None

    def shape(self, case: CaseFile) -> ListShape:
        """Return what the list shows and asks."""
        raise NotImplementedError

    def rows(self, case: CaseFile) -> Sequence[Any]:
        """Return the rows of the list."""
        raise NotImplementedError

    def owner(self, case: CaseFile) -> Mapping[str, Any]:
        """Return what a new row refers to."""
        return {"coaching_id": case.coaching.id}

    def begin(self) -> Mapping[str, Any]:
        """Return what a new row begins with."""
        return {}

    def wrapped(self) -> bool:
        """Say whether a shown row holds the vault's row as its ``row``."""
        return False

    def show_case(self, case: CaseFile) -> None:
        """Show the list."""
        self.case = case
        if self.list is None:
            shape = self.shape(case)
            entity = entity_of(shape.table)
            self.list = RowList(
                self.desk,
                shape,
                self.owner(case),
                self.begin,
                lambda values: {} if self.case is None else warnings_for(entity, values, self._context(self.case)),
            )
            if self.wrapped():
                self.list.adapt(shapes.row_of, self.values_of)
            self.build(self.list)
        self.list.show_rows(self.rows(case))

    def values_of(self, shown: Any) -> Mapping[str, Any]:
        """Return the editor's values of a shown row."""
        return shapes.values_of(shown)

    def build(self, made: RowList) -> None:
        """Put the list into the section."""
        self.column.addWidget(made)
        self.column.addStretch(1)

    def go_to(self, field: str | None, row_id: str | None) -> None:
        """Choose the row, and go to the field of its editor."""
        if self.list is None or self.case is None:
            return
        if row_id is not None:
            self.list.show_rows(self.rows(self.case), at=row_id)
            self.list.table.setFocus()
        elif field in self.list.form.fields:
            if not self.list.table.rows_model.rows:
                self.list.begin_new()
            self.list.form.focus_field(field)

    def draft(self) -> Any | None:
        """Return what is typed in the editor."""
        return None if self.list is None else self.list.texts()

    def show_draft(self, draft: Any) -> None:
        """Show what was typed in the editor before."""
        if self.list is not None:
            self.list.show_draft(draft)


class Consents(ListSection):
    """The consents of the person."""

    def shape(self, case: CaseFile) -> ListShape:
        """Return the list's shape."""
        _ = case
        return shapes.consents()

    def rows(self, case: CaseFile) -> Sequence[CaseRow]:
        """Return the consents."""
        return case.consents

    def owner(self, case: CaseFile) -> Mapping[str, Any]:
        """Return the person."""
        return {"coachee_id": case.person.id}

    def begin(self) -> Mapping[str, Any]:
        """Begin with today."""
        return {"given_on": self.desk.today()}


class Assignments(ListSection):
    """Who is responsible."""

    def shape(self, case: CaseFile) -> ListShape:
        """Return the list's shape."""
        return shapes.assignments(case)

    def rows(self, case: CaseFile) -> Sequence[Any]:
        """Return the assignments."""
        return case.assignments

    def wrapped(self) -> bool:
        """Say that assignments hold their row."""
        return True

    def begin(self) -> Mapping[str, Any]:
        """Begin with oneself, today."""
        return {"staff_id": self.desk.staff_id, "valid_from": self.desk.today()}


class Measures(ListSection):
    """The measures."""

    def shape(self, case: CaseFile) -> ListShape:
        """Return the list's shape."""
        _ = case
        return shapes.measures()

    def rows(self, case: CaseFile) -> Sequence[CaseRow]:
        """Return the measures."""
        return case.measures


class Profiles(ListSection):
    """The versions of the competence profile."""

    def shape(self, case: CaseFile) -> ListShape:
        """Return the list's shape."""
        return shapes.profiles(case)

    def rows(self, case: CaseFile) -> Sequence[CaseRow]:
        """Return the versions."""
        return case.profiles

    def begin(self) -> Mapping[str, Any]:
        """Begin with what the latest version says, today."""
        latest = max(self.case.profiles, key=lambda shown: shown["recorded_on"], default=None) if self.case else None
        return {
            "recorded_on": self.desk.today(),
            "staff_id": self.desk.staff_id,
            "summary": None if latest is None else latest["summary"],
        }


class Barriers(ListSection):
    """The barriers, drawn with their change."""

    def __init__(self, desk: Desk, go: Go) -> None:
        super().__init__(desk, go)
        self._drawn = QVBoxLayout()

    def shape(self, case: CaseFile) -> ListShape:
        """Return the list's shape."""
        _ = case
        return shapes.barriers()

    def rows(self, case: CaseFile) -> Sequence[Any]:
        """Return the barriers."""
        return case.barriers

    def wrapped(self) -> bool:
        """Say that barriers hold their row."""
        return True

    def begin(self) -> Mapping[str, Any]:
        """Begin with today."""
        return {"recorded_on": self.desk.today()}

    def build(self, made: RowList) -> None:
        """Put the drawing above the list."""
        self.column.addLayout(self._drawn)
        super().build(made)

    def show_case(self, case: CaseFile) -> None:
        """Show the list and draw it."""
        super().show_case(case)
        clear_layout(self._drawn)
        lines = tuple(
            ChangeLine(
                change.row.text("area"),
                tuple(v for v in (change.row["severity_at_entry"], change.row["severity_now"]) if v is not None),
                0,
                3,
                less_is_better=True,
                words=change.text or "noch nicht wieder eingeschätzt",
            )
            for change in case.barriers
        )
        if lines:
            frame, inner = box()
            inner.addWidget(label("Vom Eintritt bis heute (0 keine, 3 stark)", "strong"))
            inner.addWidget(ChangeChart(lines, "Vermittlungshemmnisse vom Eintritt bis heute"))
            self._drawn.addWidget(frame)


class Consultations(ListSection):
    """The consultations; the note stands in the list and in the editor."""

    def shape(self, case: CaseFile) -> ListShape:
        """Return the list's shape."""
        return shapes.consultations(case)

    def rows(self, case: CaseFile) -> Sequence[Any]:
        """Return the consultations."""
        return case.consultations

    def wrapped(self) -> bool:
        """Say that consultations hold their row."""
        return True

    def values_of(self, shown: Any) -> Mapping[str, Any]:
        """Return the values with the note."""
        return shapes.consultation_values(shown)

    def begin(self) -> Mapping[str, Any]:
        """Begin with what the dialog offers too."""
        return {"held_on": self.desk.today(), "staff_id": self.desk.staff_id, "status": ConsultationStatus.HELD.value}


class Outcomes(ListSection):
    """The outcomes."""

    def shape(self, case: CaseFile) -> ListShape:
        """Return the list's shape."""
        _ = case
        return shapes.outcomes()

    def rows(self, case: CaseFile) -> Sequence[CaseRow]:
        """Return the outcomes."""
        return case.outcomes


# --- the development plan ----------------------------------------------------------------------------------------------------


class Plans(CaseSectionView):
    """The development plan: its versions, the goals of one, the tasks of one goal."""

    def __init__(self, desk: Desk, go: Go) -> None:
        super().__init__(desk, go)
        self._plan: PlanVersion | None = None
        self._goal_id: str | None = None
        self.versions = ChoiceBox()
        self.versions.setAccessibleName("Fassung")
        self.versions.activated.connect(self._choose)
        self._new = button("Neue Fassung", self.add_version, symbol="plus")
        self._hint = label(
            "Noch kein Entwicklungsplan. Die erste Fassung hält Ziele und vereinbarte Aufgaben fest.", "muted", wrap=True
        )
        self.versions.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
        self._sheet = button("Zum Unterschreiben …", self.preview, symbol="printer")
        line = FlowRow()
        for made in (self.versions, self._new, self._sheet):
            line.add(made)
        self.column.addWidget(line)
        self.column.addWidget(self._hint)
        names = ("agreed_on", "overall_goal", "review_on", "coachee_confirmed_on")
        self.plan = RowForm(desk, "development_plans", names, "Entwicklungsplan")
        begin_goal = {"status": GoalStatus.OPEN.value}
        self.goals = RowList(desk, shapes.goals(), {}, lambda: begin_goal)
        self.goals.adapt(shapes.row_of, shapes.values_of)
        self.goals.table.chosen.connect(self._show_tasks)
        self._tasks_title = label("", "heading", wrap=True)
        self.tasks = RowList(desk, shapes.tasks(), {}, dict)
        self._goals_title = label("Ziele", "heading")
        for part in (self.plan, self._goals_title, self.goals, self._tasks_title, self.tasks):
            self.column.addWidget(part)
        self.column.addStretch(1)

    def show_case(self, case: CaseFile) -> None:
        """Show the version that was shown, or the latest."""
        self.case = case
        before = None if self._plan is None else self._plan.row.id
        plans = sorted(case.plans, key=lambda plan: -plan.row["version"])
        self.versions.clear()
        for plan in plans:
            self.versions.addItem(f"Fassung {plan.row['version']} vom {plan.row.text('agreed_on')}", plan)
        there = bool(plans)
        for part in (self.plan, self.goals, self._goals_title, self._tasks_title, self.tasks, self.versions, self._sheet):
            part.setVisible(there)
        self._hint.setVisible(not there)
        if there:
            place = next((number for number, plan in enumerate(plans) if plan.row.id == before), 0)
            self.versions.setCurrentIndex(place)
            self._choose()

    def _choose(self) -> None:
        self._plan = self.versions.currentData()
        if self._plan is None:
            return
        self.plan.show_row(self._plan.row)
        self.goals.owner = {"plan_id": self._plan.row.id}
        self.goals.show_rows(self._plan.goals)
        self._show_tasks(self.goals.table.current())

    def _show_tasks(self, goal: Any) -> None:
        self.tasks.setVisible(goal is not None)
        self._tasks_title.setVisible(goal is not None)
        if goal is None:
            return
        if goal.row.id != self._goal_id:
            self.tasks.drop()
        self._goal_id = goal.row.id
        self._tasks_title.setText(f"Aufgaben zum Ziel „{goal.row['description']}“")
        self.tasks.owner = {"goal_id": goal.row.id}
        self.tasks.show_rows(goal.tasks)

    def preview(self) -> None:
        """Show the sheet to sign."""
        if self.case is None or self._plan is None:
            return
        coaching_id, vault, now = self.case.coaching.id, self.desk.vault, self.desk.now()
        pdf = plan_sheet(self.case, self._plan)
        PreviewDialog(pdf, "Entwicklungsplan", lambda: note_print(vault, coaching_id, "plan", now=now), self).open()

    def add_version(self) -> None:
        """Add the next version with what is still open, and show it."""
        if self.case is None:
            return
        coaching_id, today = self.case.coaching.id, self.desk.today()
        self._plan = None
        try:
            self.desk.write(lambda session: new_plan_version(session, coaching_id, today=today), "Neue Fassung angelegt")
        except BjcError as error:
            self.plan.banner.tell(str(error), "danger")

    def go_to(self, field: str | None, row_id: str | None) -> None:
        """Choose the goal or the goal of the task."""
        if self.case is None or row_id is None:
            if field is not None and self._plan is not None:
                self.goals.table.setFocus()
            return
        for plan in self.case.plans:
            for goal in plan.goals:
                if row_id in {goal.row.id, *(task.id for task in goal.tasks)}:
                    place = next(n for n in range(self.versions.count()) if self.versions.itemData(n).row.id == plan.row.id)
                    self.versions.setCurrentIndex(place)
                    self._choose()
                    self.goals.show_rows(plan.goals, at=goal.row.id)
                    self.tasks.show_rows(goal.tasks, at=row_id)

    def draft(self) -> Any | None:
        """Return what is typed about a goal or a task."""
        found = {"goals": self.goals.texts(), "tasks": self.tasks.texts()}
        return found if any(found.values()) else None

    def show_draft(self, draft: Any) -> None:
        """Show what was typed about a goal or a task before."""
        for name, part in (("goals", self.goals), ("tasks", self.tasks)):
            if draft.get(name):
                part.show_draft(draft[name])


# --- read only ---------------------------------------------------------------------------------------------------------------


class Observations(CaseSectionView):
    """What the trainers observed, with the trend of each dimension."""

    def __init__(self, desk: Desk, go: Go) -> None:
        super().__init__(desk, go)
        self._drawn = QVBoxLayout()
        columns = (
            Column("Tag", lambda shown: shown.text("observed_on"), width=110),
            Column("Arbeitsaufgabe", lambda shown: shown.text("task") or NO_VALUE, width=220),
            Column("Beobachtung", lambda shown: shown.text("evidence").replace("\n", " ") or NO_VALUE, stretch=True),
            Column("besprochen am", lambda shown: shown.text("discussed_on") or NO_VALUE, width=130),
        )
        self.table = RowTable(columns, "Beobachtungen")
        self.table.chosen.connect(self._show_one)
        self._one = label("", wrap=True)
        self._empty = label("Noch keine Beobachtung. Sie kommen von den Beschäftigungstrainer*innen.", "muted", wrap=True)
        self.column.addLayout(self._drawn)
        for part in (self._empty, self.table, self._one):
            self.column.addWidget(part)
        self.column.addStretch(1)

    def show_case(self, case: CaseFile) -> None:
        """Show the observations."""
        clear_layout(self._drawn)
        lines = tuple(
            ChangeLine(trend.title, tuple(value for _, value in trend.points), 1, 5, less_is_better=False, words=trend.text)
            for trend in case.trends
            if trend.points
        )
        if lines:
            frame, inner = box()
            inner.addWidget(label("Verlauf je Merkmal (1 bis 5)", "strong"))
            inner.addWidget(ChangeChart(lines, "Beobachtete Merkmale im Verlauf"))
            self._drawn.addWidget(frame)
        self._empty.setVisible(not case.observations)
        self.table.setVisible(bool(case.observations))
        self.table.show_rows(case.observations, key=lambda shown: shown.id)
        self.table.fit_height(8)

    def _show_one(self, shown: CaseRow | None) -> None:
        parts = [] if shown is None else [shown.text(name) for name in ("evidence", "derived_action")]
        self._one.setText("\n".join(part for part in parts if part))


class Facts(CaseSectionView):
    """A few facts and the way on."""

    fields: tuple[str, ...] = ()
    empty = ""

    def __init__(self, desk: Desk, go: Go) -> None:
        super().__init__(desk, go)
        frame, self._inner = box()
        self._facts = QVBoxLayout()
        self._inner.addLayout(self._facts)
        self.way = button(*self.way_on(), rank="primary")
        self._inner.addLayout(row(self.way, None))
        self.column.addWidget(frame)
        self.column.addStretch(1)

    def way_on(self) -> tuple[str, Callable[[], None]]:
        """Return the words and the action of the button."""
        raise NotImplementedError

    def source(self, case: CaseFile) -> CaseRow | None:
        """Return the row that the facts are from."""
        raise NotImplementedError

    def show_case(self, case: CaseFile) -> None:
        """Show the facts that are known."""
        self.case = case
        clear_layout(self._facts)
        source = self.source(case)
        if source is None:
            self._facts.addWidget(label(self.empty, "muted", wrap=True))
            return
        from bjc_desktop.services.row_titles import fields_of  # noqa: PLC0415 - used here only

        titles = fields_of(source.table)
        for name in self.fields:
            line = f"{titles[name].title}: {source.text(name) or NO_VALUE}"
            self._facts.addWidget(label(line, wrap=True))

    def _ask(self, page: str) -> None:
        if self.case is not None:
            self.go(page, {"coaching_id": self.case.coaching.id})


class Exit(Facts):
    """The exit."""

    fields = ("exit_on", "exit_reason", "status_at_exit", "closing_interview_on", "closing_report_on", "file_closed_on")

    def way_on(self) -> tuple[str, Callable[[], None]]:
        """Lead to the page that closes a coaching."""
        return "Abschluss öffnen", partial(self._ask, "closing")

    def source(self, case: CaseFile) -> CaseRow | None:
        """Return the coaching."""
        return case.coaching


class FollowUpSummary(Facts):
    """The six-month survey."""

    fields = ("state", "contacted_on", "status_on_due_date", "same_employer", "evidence_kind")
    empty = "Noch keine Nachbefragung erfasst."

    def way_on(self) -> tuple[str, Callable[[], None]]:
        """Lead to the desk of the surveys."""
        return "Nachbefragung öffnen", partial(self._ask, "follow_ups")

    def source(self, case: CaseFile) -> CaseRow | None:
        """Return the survey."""
        return case.follow_up

    def show_case(self, case: CaseFile) -> None:
        """Show the survey and its date."""
        super().show_case(case)
        due = case.follow_up_due_on
        words = "Der Stichtag ergibt sich aus dem Austritt." if due is None else f"Stichtag: {show_date(due)}"
        self._facts.insertWidget(0, label(words, "strong"))
        self.way.setEnabled(due is not None)


class Timeline(CaseSectionView):
    """Everything by day."""

    def __init__(self, desk: Desk, go: Go) -> None:
        super().__init__(desk, go)
        columns = (
            Column("Tag", lambda entry: show_date(entry.day), colour=lambda entry: "muted" if entry.ahead else "", width=110),
            Column("Was", lambda entry: entry.title, width=260),
            Column("", lambda entry: entry.text.replace("\n", " "), stretch=True),
        )
        self.table = RowTable(columns, "Zeitleiste")
        self.table.opened.connect(self._open)
        self.column.addWidget(self.table)

    def show_case(self, case: CaseFile) -> None:
        """Show everything, the newest first."""
        self.case = case
        entries = sorted(timeline(case), key=lambda entry: entry.day, reverse=True)
        self.table.show_rows(entries, key=lambda entry: (entry.row_id, entry.kind))
        self.table.fit_height(40)

    def _open(self, entry: TimelineEntry) -> None:
        if self.case is not None:
            self.go("case_file", {"coaching_id": self.case.coaching.id, "section": entry.section, "row_id": entry.row_id})


class ChangeList(QWidget):
    """Changes that can be taken back."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        columns = (
            Column("Wann", lambda change: f"{change.at.astimezone():%d.%m.%Y %H:%M}", width=150),
            Column("Was", lambda change: change.text, stretch=True),
            Column("Wer", lambda change: change.person or NO_VALUE, width=200),
            Column("Von", lambda change: change.who, width=130),
        )
        self.table = RowTable(columns, "Änderungen der letzten 30 Tage")
        self.table.opened.connect(self.take_back)
        self.banner = Banner()
        self.back_button = button("&Zurücknehmen", lambda: self.take_back(self.table.current()), symbol="undo-2")
        self._empty = label("In den letzten 30 Tagen wurde nichts geändert, was sich zurücknehmen lässt.", "muted", wrap=True)
        column.addLayout(row(self.back_button, None))
        for part in (self.banner, self._empty, self.table):
            column.addWidget(part)

    def show_changes(self, changes: Sequence[RecentChange]) -> None:
        """Show *changes*."""
        self.table.show_rows(changes, key=lambda change: change.transaction_id)
        self.table.setVisible(bool(changes))
        self._empty.setVisible(not changes)
        self.back_button.setEnabled(bool(changes))

    def take_back(self, change: RecentChange | None) -> None:
        """Take *change* back."""
        if change is None:
            return
        try:
            undo(self.desk.vault, change.transaction_id, now=self.desk.now())
        except BjcError as error:
            self.banner.tell(str(error), "warning")
            return
        self.banner.clear()
        self.desk.last_transaction = None
        self.desk.changed.emit()
        self.desk.saved.emit("Zurückgenommen")


class Changes(CaseSectionView):
    """What was changed in this file lately."""

    def __init__(self, desk: Desk, go: Go) -> None:
        super().__init__(desk, go)
        self.list = ChangeList(desk)
        self.column.addWidget(self.list)
        self.column.addStretch(1)

    def show_case(self, case: CaseFile) -> None:
        """Show the changes of the file."""
        self.list.show_changes(recent_changes(self.desk.vault, case.coaching.id, now=self.desk.now()))
        self.list.table.fit_height(14)


def some_coaching(connection: Any, *, staff_id: str, today: Any) -> str:
    """Return a running coaching, for pictures and tests."""
    people = read_people(connection, staff_id=staff_id, today=today)
    return people[min(2, len(people) - 1)].coaching_id
