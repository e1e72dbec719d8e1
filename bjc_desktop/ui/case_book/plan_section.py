"""The development plan: its versions, goals and agreed tasks, and the sheet to sign."""

from functools import partial
from typing import Any

from bjc_desktop.errors import BjcError
from bjc_desktop.services.case_file import CaseFile, PlanVersion, new_plan_version
from bjc_desktop.services.case_print import plan_sheet
from bjc_desktop.ui.case_book import list_shapes as shapes
from bjc_desktop.ui.case_book.section import CaseSectionView, Go
from bjc_desktop.ui.printing.preview_dialog import PreviewDialog
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.flow_layout import FlowRow
from bjc_desktop.ui.shared.labels import button, label
from bjc_desktop.ui.shared.row_form import RowForm
from bjc_desktop.ui.shared.row_list import RowList
from bjc_desktop.vault.role_rights import keeps_cases, may_write
from bjc_desktop.vocabulary import GoalStatus


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
        self._new.setEnabled(may_write(desk.vault.user.roles, "development_plans"))
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
        for part in (self.plan, self.goals, self._goals_title, self._tasks_title, self.tasks, self.versions):
            part.setVisible(there)
        # What is signed is the whole plan, which a trainer does not see.
        self._sheet.setVisible(there and keeps_cases(self.desk.vault.user.roles))
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
        noted = partial(self.desk.account_for, what="plan", coaching_ids=(self.case.coaching.id,))
        pdf = plan_sheet(self.case, self._plan)
        PreviewDialog(pdf, "Entwicklungsplan", noted, self).open()

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
