"""Following up: a trainer's people one by one, with trend, agreed tasks, and suggestions to their coaches."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from bjc_desktop.errors import BjcError
from bjc_desktop.services.case_file import OPEN_GOALS, CaseFile, CaseRow, read_case_file
from bjc_desktop.services.case_print import observation_report
from bjc_desktop.services.following_up import FollowedPerson, read_followed, tick_task
from bjc_desktop.services.observation_sheet import note_discussed
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.ui.case_book.list_sections import suggested_by
from bjc_desktop.ui.case_book.list_shapes import suggestions
from bjc_desktop.ui.printing.preview_dialog import PreviewDialog
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.draft_keeper import RESTORED, DraftKeeper
from bjc_desktop.ui.shared.empty_place import EmptyPlace
from bjc_desktop.ui.shared.labels import NO_VALUE, button, label, row
from bjc_desktop.ui.shared.list_offer import ListOffer
from bjc_desktop.ui.shared.observed_trends import observed_trends
from bjc_desktop.ui.shared.page import Page, Scroller, clear_layout
from bjc_desktop.ui.shared.row_list import RowList
from bjc_desktop.ui.shared.row_table import Column, RowTable
from bjc_desktop.ui.shared.theme import LARGE_TEXT, theme
from bjc_desktop.vocabulary import SuggestionState

_LIST_HEIGHT = 180


@dataclass(frozen=True, slots=True)
class AgreedTask:
    """A task of an open goal."""

    goal: str
    row: CaseRow


def _overdue(task: AgreedTask, case: CaseFile) -> bool:
    due = task.row["due_on"]
    return task.row["done_on"] is None and due is not None and due < case.today


def _tasks_in_words(person: FollowedPerson) -> str:
    if not person.open_tasks:
        return NO_VALUE
    return f"{person.open_tasks} offen" + (f", {person.overdue_tasks} überfällig" if person.overdue_tasks else "")


PEOPLE_COLUMNS = (
    Column("Wer", lambda person: person.name, stretch=True),
    Column(
        "Aufgaben",
        _tasks_in_words,
        colour=lambda person: "danger" if person.overdue_tasks else "",
        width=160,
    ),
    Column("beobachtet", lambda person: show_date(person.observed_on) or NO_VALUE, width=110),
)

_NOBODY = (
    "Hier steht zu jeder Person Ihrer Gruppe, was sie vereinbart hat und wie sich ihre Beobachtungen entwickeln. Ihnen ist heute niemand "
    "zugeordnet; zugeordnet wird in der Fallakte unter „Zuständig“."
)


class FollowingPage(Page):
    """The page; its place may name a ``coaching_id``, and a task or suggestion of that person by ``row_id``."""

    key: ClassVar[str] = "following"
    heading: ClassVar[str] = "Nachhalten"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.case: CaseFile | None = None
        self._asked: str | None = None
        self._asked_row: str | None = None
        self._draft: DraftKeeper | None = None
        self.print_button = button("&Beobachtungsbericht …", self.preview, symbol="printer")
        self.discussed_button = button("Heute bes&prochen", self.note_discussed, symbol="check")
        self.discussed_button.setToolTip("Was Sie beobachtet haben und noch nicht besprochen ist, gilt als heute besprochen.")
        self.head.addWidget(self.discussed_button)
        self.head.addWidget(self.print_button)
        self.people = RowTable(PEOPLE_COLUMNS, "Personen")
        self._first = self.people
        self.people.chosen.connect(self._show_person)
        self.people.opened.connect(self._go_to_tasks)
        self.detail = QWidget()
        self._build_detail()
        self._empty = EmptyPlace()
        self._empty.tell(_NOBODY, ("Coachees zeigen", "users", lambda: self.wanted.emit("coachees", {})))
        self.add(self._empty, 1)
        self.offer_list(self.people, ListOffer())
        of_person = ListOffer(words=self._name.text, about=lambda: () if self.case is None else (self.case.coaching.id,))
        self.offer_list(self.tasks, of_person)
        self.offer_list(self.suggestions.table, of_person)
        self._body = self._stacked() if theme().scale >= LARGE_TEXT else self._side_by_side()
        self.add(self._body, 1)

    def _side_by_side(self) -> QWidget:
        split = QSplitter()
        split.setChildrenCollapsible(False)
        scroller = Scroller()
        scroller.column.addWidget(self.detail)
        for part, stretch in ((self.people, 6), (scroller, 7)):
            split.addWidget(part)
            split.setStretchFactor(split.count() - 1, stretch)
        return split

    def _stacked(self) -> QWidget:
        """Return list and person one below the other, scrolled together: large text leaves no room for two scrollers."""
        scroller = Scroller()
        self.people.setFixedHeight(theme().pixels(_LIST_HEIGHT))
        for part in (self.people, self.detail):
            scroller.column.addWidget(part)
        return scroller

    def _build_detail(self) -> None:
        column = QVBoxLayout(self.detail)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme().pixels(12))
        self._name = label("", "heading", wrap=True)
        self._trends = QVBoxLayout()
        self.tick_button = button("&Erledigt", self.tick, symbol="check")
        self.tick_button.setToolTip("Leertaste in der Liste")
        self.tasks: RowTable = RowTable(
            (
                Column("Aufgabe", lambda task: task.row.text("description").replace("\n", " "), stretch=True),
                Column("zuständig", lambda task: task.row.text("responsible") or NO_VALUE, width=140),
                Column("fällig am", lambda task: task.row.text("due_on") or NO_VALUE, colour=self._colour, width=110),
                Column("erledigt am", lambda task: task.row.text("done_on") or NO_VALUE, width=110),
            ),
            "Vereinbarte Aufgaben",
        )
        self.tasks.chosen.connect(self._show_goal)
        self.tasks.opened.connect(lambda _: self.tick())
        space = QShortcut(QKeySequence("Space"), self.tasks)
        space.setContext(Qt.ShortcutContext.WidgetShortcut)
        space.activated.connect(self.tick)
        self._goal = label("", "muted", wrap=True)
        self._no_tasks = label("Zu den offenen Zielen ist keine Aufgabe vereinbart.", "muted", wrap=True)
        self.suggestions = RowList(self.desk, suggestions(answering=False), {}, dict)
        column.addWidget(self._name)
        column.addLayout(self._trends)
        column.addLayout(row(label("Vereinbarte Aufgaben", "heading"), None, self.tick_button))
        for part in (
            self.tasks,
            self._goal,
            self._no_tasks,
            label("Vorschläge an die*den JobCoach", "heading"),
            self.suggestions,
        ):
            column.addWidget(part)
        column.addStretch(1)

    def _colour(self, task: AgreedTask) -> str:
        return "danger" if self.case is not None and _overdue(task, self.case) else ""

    # --- what is shown ----------------------------------------------------------------------------------------------------

    def open_at(self, where: Mapping[str, Any]) -> None:
        """Show the page, at a person."""
        if "coaching_id" in where:
            self._asked, self._asked_row = where["coaching_id"], where.get("row_id")
            self._stale = True

    def refresh(self) -> None:
        """Read the people again, and the one that is shown."""
        staff_id = self.desk.staff_id
        found = () if staff_id is None else self.desk.read(partial(read_followed, staff_id=staff_id, today=self.desk.today()))
        self._body.setVisible(bool(found))
        self._empty.setVisible(not found)
        for made in (self.print_button, self.discussed_button):
            made.setEnabled(bool(found))
        overdue = sum(person.overdue_tasks for person in found)
        self.subtitle.setText(f"{len(found)} Personen, {overdue} überfällige Aufgaben" if found else "")
        self.people.show_rows(found, key=lambda person: person.coaching_id)
        if self._asked is not None:
            at = next((number for number, person in enumerate(found) if person.coaching_id == self._asked), None)
            if at is not None:
                self.people.selectRow(at)
                self._begin_at(self._asked_row)
            self._asked = self._asked_row = None

    def _show_person(self, person: FollowedPerson | None) -> None:
        self.detail.setVisible(person is not None)
        if person is None:
            return
        another = self.case is None or self.case.coaching.id != person.coaching_id
        if another:
            self.keep_drafts()
        self.case = case = read_case_file(self.desk.vault, person.coaching_id, today=self.desk.today())
        self._name.setText(person.name)
        clear_layout(self._trends)
        self._trends.addWidget(observed_trends(case))
        self._show_tasks(case)
        self._show_suggestions(case, another=another)

    def _show_tasks(self, case: CaseFile) -> None:
        goals = () if case.plan is None else tuple(goal for goal in case.plan.goals if goal.row["status"] in OPEN_GOALS)
        found = [AgreedTask(goal.row.text("description"), task) for goal in goals for task in goal.tasks]
        found.sort(key=lambda task: task.row["done_on"] is not None)
        for part in (self.tasks, self.tick_button, self._goal):
            part.setVisible(bool(found))
        self._no_tasks.setVisible(not found)
        self.tasks.show_rows(found, key=lambda task: task.row.id)
        self.tasks.fit_height(6)

    def _begin_at(self, row_id: str | None) -> None:
        """Let the keyboard begin at a task, at the first one of a goal, or at a suggestion of the person that is shown."""
        self._first = self.people
        if self.case is None or row_id is None:
            return
        place = next(
            (at for at, task in enumerate(self.tasks.rows_model.rows) if row_id in {task.row.id, task.row["goal_id"]}), None
        )
        if place is not None:
            self.tasks.selectRow(place)
            self._first = self.tasks
        elif any(row.id == row_id for row in self.case.suggestions):
            self.suggestions.show_rows(self.case.suggestions, at=row_id)
            self._first = self.suggestions.table

    def _go_to_tasks(self, person: FollowedPerson) -> None:
        _ = person
        (self.tasks if self.tasks.isVisible() else self.suggestions.add_button).setFocus()

    def _show_goal(self, task: AgreedTask | None) -> None:
        # The task in full: in its column it may be cut.
        self._goal.setText("" if task is None else f"{task.row.text('description')}\nZiel: {task.goal}")
        self.tick_button.setText("Wieder &offen" if task is not None and task.row["done_on"] else "&Erledigt")

    def _show_suggestions(self, case: CaseFile, *, another: bool) -> None:
        self.suggestions.owner = {"coaching_id": case.coaching.id, **suggested_by(self.desk), "state": SuggestionState.OPEN.value}
        if another:
            self.suggestions.drop()
        self.suggestions.show_rows(case.suggestions)
        if another:
            self._draft = DraftKeeper(self.desk, f"suggestion:{case.coaching.id}", self.suggestions.texts)
            if self._draft.restore(self.suggestions.show_draft):
                self.banner.tell(RESTORED, "quiet")

    # --- what is done -----------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Note that the chosen task was done today, or that it is open again."""
        task: AgreedTask | None = self.tasks.current()
        if task is None:
            return
        try:
            self.desk.write(partial(tick_task, task_id=task.row.id, today=self.desk.today()), "Aufgabe gespeichert")
        except BjcError as error:
            self.banner.tell(str(error), "danger")

    def note_discussed(self) -> None:
        """Note that what was observed of the person was talked over today."""
        if self.case is None:
            return
        try:
            noted = partial(
                note_discussed, coaching_id=self.case.coaching.id, staff_id=self.desk.staff_id, today=self.desk.today()
            )
            count = self.desk.write(noted, "Besprochen gespeichert")
        except BjcError as error:
            self.banner.tell(str(error), "warning", button("Verstanden", self.banner.clear, rank="plain"))
        else:
            words = "1 Beobachtung ist" if count == 1 else f"{count} Beobachtungen sind"
            self.banner.tell(f"{words} mit {self.case.name} besprochen.", "good")

    def preview(self) -> None:
        """Show the observation report as it would be printed."""
        if self.case is not None:
            noted = partial(self.desk.account_for, what="observations", coaching_ids=(self.case.coaching.id,))
            PreviewDialog(observation_report(self.case), "Beobachtungen", noted, self).open()

    def keep_drafts(self) -> None:
        """Keep the suggestion that is typed and not saved."""
        if self._draft is not None:
            self._draft.keep()

    # --- the page ---------------------------------------------------------------------------------------------------------

    def first_field(self) -> QWidget:
        """Return the list of people, or what was asked for of one of them."""
        return self._first

    def offers(self) -> list[tuple[str, str, Callable[[], object]]]:
        """Return what can be done with the person."""
        return [
            ("Vorschlag an JobCoach", "Einfg", self.suggestions.begin_new),
            ("Beobachtungsbericht drucken", "", self.preview),
            ("Beobachtungen heute besprochen", "", self.note_discussed),
        ]

    def sample_places(self) -> dict[str, dict[str, Any]]:
        """Return a person with tasks, for pictures and tests."""
        self.refresh()
        found = max(self.people.rows_model.rows, key=lambda person: person.open_tasks, default=None)
        return {"following": {} if found is None else {"coaching_id": found.coaching_id}}
