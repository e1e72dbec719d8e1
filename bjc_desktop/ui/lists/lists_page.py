"""Taking an old list in: file and sheets, columns, values, preview, import; or a data package as a whole."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from bjc_desktop.errors import BjcError
from bjc_desktop.exchange.lists.column_suggestions import suggested_mapping
from bjc_desktop.exchange.lists.list_mapping import SheetMapping
from bjc_desktop.exchange.lists.list_tables import find_table
from bjc_desktop.exchange.package_files import is_package
from bjc_desktop.services.old_lists.list_importing import ListResult, NothingImportedError, import_list, nothing_sentence
from bjc_desktop.services.old_lists.list_opening import OpenList, begin_work, mapping_of, open_list
from bjc_desktop.services.old_lists.list_plan import ListPlan, ListWork
from bjc_desktop.services.old_lists.list_planning import plan_list
from bjc_desktop.services.old_lists.rest_rows import write_rest
from bjc_desktop.services.old_lists.team_names import Team, read_team
from bjc_desktop.services.old_lists.value_questions import needed_rules, value_questions, with_constants
from bjc_desktop.ui.lists.busy_line import BusyLine
from bjc_desktop.ui.lists.columns_step import ColumnsStep
from bjc_desktop.ui.lists.counted_words import rows_of
from bjc_desktop.ui.lists.file_step import FileStep
from bjc_desktop.ui.lists.preview_step import PreviewStep
from bjc_desktop.ui.lists.take_in_step import TakeInStep
from bjc_desktop.ui.lists.values_step import ValuesStep, asked_constants
from bjc_desktop.ui.shared.background import CancelledError, Progress, sentence_of
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.labels import button, give_keyboard
from bjc_desktop.ui.shared.page import Page
from bjc_desktop.ui.shared.sections import Sections

FILE, COLUMNS, VALUES, PREVIEW, TAKE_IN = "file", "columns", "values", "preview", "take_in"
_STEPS = ((FILE, "1 Datei"), (COLUMNS, "2 Spalten"), (VALUES, "3 Werte"), (PREVIEW, "4 Prüfen"), (TAKE_IN, "5 Einlesen"))
STOPPED = "Abgebrochen. Es wurde nichts verändert."
_SURE = "gleicher Name, gleiches Geburtsdatum"


class ListsPage(Page):
    """The page; its place may name a ``step``, a ``file`` to open, a ``package``, or with ``choose`` what to ask for (list or package)."""

    key: ClassVar[str] = "lists"
    heading: ClassVar[str] = "Liste einlesen"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.opened: OpenList | None = None
        self.work: ListWork | None = None
        self.plan: ListPlan | None = None
        self.team = Team({}, {})
        self._path = Path()
        self._job: Progress | None = None
        self._asked_for = 0
        self._done = False
        self.sheet = ChoiceBox()
        self.sheet.setAccessibleName("Blatt")
        self.sheet.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
        self.sheet.activated.connect(lambda _: self._show_work())
        self.sheet.hide()
        self.head.addWidget(self.sheet)
        self.busy = BusyLine()
        self.busy.stop_wanted.connect(self.stop)
        self.file, self.columns, self.values = FileStep(), ColumnsStep(), ValuesStep()
        self.preview, self.take_in = PreviewStep(), TakeInStep()
        self.steps = Sections()
        self.steps.asked.connect(self.show_step)
        views = (self.file, self.columns, self.values, self.preview, self.take_in)
        for (key, text), view in zip(_STEPS, views, strict=True):
            self.steps.add_section(key, text, view)
        self.add(self.steps.bar)
        self.add(self.busy)
        self.add(self.steps, 1)
        self._connect()
        self._allow_steps()

    def _connect(self) -> None:
        self.file.chosen.connect(self.open_file)
        self.file.package_chosen.connect(self.open_package)
        self.file.sheet_ticked.connect(self._tick)
        self.file.finished.connect(lambda: self._go_on(COLUMNS, self.columns.panes.table))
        self.columns.assigned.connect(lambda heading, key: self._change(lambda m: m.with_column(heading, key)))
        self.columns.headings_moved.connect(self._move_headings)
        self.columns.finished.connect(lambda: self._go_on(VALUES, self.values.panes.table))
        self.values.value_said.connect(lambda key, text, value: self._change(lambda m: m.with_value(key, text, value)))
        self.values.constant_said.connect(lambda key, value: self._change(lambda m: m.with_constant(key, value)))
        self.values.rule_said.connect(lambda name, choice: self._change(lambda m: m.with_rule(name, choice)))
        self.values.finished.connect(lambda: self._go_on(PREVIEW, self.preview.table))
        self.preview.mended.connect(self._mend)
        self.preview.decided.connect(self._decide)
        self.preview.all_same.connect(self._decide_sure)
        self.preview.row_toggled.connect(self._toggle_row)
        self.preview.finished.connect(lambda: self._go_on(TAKE_IN, self.take_in.import_button))
        self.take_in.import_wanted.connect(self.take_list_in)
        self.take_in.rest_wanted.connect(self.save_rest)
        self.take_in.again_wanted.connect(self._again)

    # --- the steps --------------------------------------------------------------------------------------------------------

    def open_at(self, where: Mapping[str, Any]) -> None:
        """Show a step, and open a file."""
        if "file" in where:
            self.open_file(Path(where["file"]))
        if "package" in where:
            self.open_package(Path(where["package"]))
        if "choose" in where:
            # Once the page is there: the question stands in front of it.
            QTimer.singleShot(0, self.file.choose if where["choose"] == "list" else self.file.choose_package)
        if "step" in where:
            self.show_step(where["step"])

    def present_place(self) -> Mapping[str, Any]:
        """Return the step."""
        return {"step": self.steps.shown}

    def first_field(self) -> QWidget | None:
        """Return the button that chooses a file, until there is one."""
        return self.file.choose_button if self.work is None else self.steps.shown_button

    def show_step(self, step: str) -> None:
        """Show one of the steps; the later ones need a list."""
        if not self.steps.buttons[step].isEnabled():
            step = FILE
        if step != self.steps.shown:
            self.banner.settle()
        self.steps.show_section(step)
        if step in {PREVIEW, TAKE_IN} and self.plan is None and not self._done:
            self.check()

    def _go_on(self, step: str, target: QWidget) -> None:
        self.show_step(step)
        if step in {COLUMNS, VALUES}:
            (self.columns if step == COLUMNS else self.values).begin()
        give_keyboard(target if target.isVisibleTo(self) and target.isEnabled() else self.steps.shown_button)

    def _allow_steps(self) -> None:
        ready = self.work is not None and bool(self.work.mappings)
        for key in (COLUMNS, VALUES, PREVIEW, TAKE_IN):
            self.steps.buttons[key].setEnabled(ready and not (self._done and key != TAKE_IN))
        self.file.set_ready(ready=ready and not self._done)

    @property
    def shown_sheet(self) -> str:
        """The sheet that the steps are about."""
        return str(self.sheet.currentData())

    # --- the file ---------------------------------------------------------------------------------------------------------

    def offers(self) -> Sequence[tuple[str, str, Callable[[], object]]]:
        """Offer the two kinds of files."""
        return (("Liste wählen", "", self.file.choose), ("Datenpaket wählen", "", self.file.choose_package))

    def open_package(self, path: Path) -> None:
        """Show what the data package at *path* would bring, and let it be taken in."""
        from bjc_desktop.ui.lists.package_dialog import PackageDialog  # noqa: PLC0415 - not needed for a list

        self.banner.clear()
        dialog = PackageDialog(self.desk, path, self)
        dialog.taken.connect(self._package_taken)
        dialog.open()

    def _package_taken(self, words: str) -> None:
        # Who the user is in the team, and whose cases there are, may be other than before: every page begins anew.
        self.wanted.emit("anew", {"page": "overview", "said": words})

    def open_file(self, path: Path) -> None:
        """Read the list at *path* behind the window; a data package is shown as such."""
        if is_package(path):
            self.open_package(path)
            return
        self.stop()
        self.banner.clear()
        self.busy.begin(f"„{path.name}“ wird gelesen …")

        def read(progress: Progress) -> tuple[OpenList, ListWork, Team]:
            opened = open_list(path, progress.step)
            with self.desk.vault.reading() as connection:
                return opened, begin_work(connection, opened), read_team(connection)

        self._run(read, lambda answer: self._show_list(path, *answer))

    def _show_list(self, path: Path, opened: OpenList, work: ListWork, team: Team) -> None:
        self._path, self.opened, self.work, self.team = path, opened, work, team
        self.plan, self._done = None, False
        self.take_in.name = path.stem
        self.subtitle.setText(path.name)
        self.file.show_list(path.name, opened, work.mappings, work.said)
        self.preview.every.setChecked(False)
        self._fill_sheets()
        self.show_step(FILE)
        if self.isVisible():
            give_keyboard(self.file.next_button)

    def _fill_sheets(self) -> None:
        if self.work is None:
            return
        before = self.sheet.currentData()
        self.sheet.clear()
        for name in self.work.mappings:
            self.sheet.addItem(f"Blatt „{name}“", name)
        self.sheet.setCurrentIndex(max(self.sheet.findData(before), 0))
        self.sheet.setVisible(self.sheet.count() > 1)
        self._allow_steps()
        if self.work.mappings:
            self._show_work()

    def _tick(self, name: str, taken: bool) -> None:  # noqa: FBT001 - Qt's signal
        """Take a sheet in, or not."""
        if self.work is None:
            return
        if taken:
            table = self.work.tables[name]
            self.work.mappings[name] = self.desk.read(lambda connection: mapping_of(connection, table))
        else:
            self.work.mappings.pop(name, None)
        self.plan = None
        self._fill_sheets()

    def _move_headings(self, number: int) -> None:
        """Take another row for the headings."""
        if self.work is None or self.opened is None:
            return
        name = self.shown_sheet
        try:
            table = find_table(self.opened.sheets[name], (number,))
        except BjcError as error:
            self.banner.tell(str(error), "danger")
            return
        self.work.tables[name] = table
        self.work.mappings[name] = with_constants(table, suggested_mapping(table))
        self.work.said.discard(name)
        self._forget_plan()
        self._show_work()

    def _again(self) -> None:
        """Begin with another list."""
        self.work = self.plan = self.opened = None
        self._done = False
        self._allow_steps()
        self.show_step(FILE)
        give_keyboard(self.file.choose_button)

    # --- what it means ----------------------------------------------------------------------------------------------------

    def _change(self, change: Callable[[SheetMapping], SheetMapping]) -> None:
        if self.work is None:
            return
        name = self.shown_sheet
        self.work.mappings[name] = with_constants(self.work.tables[name], change(self.work.mappings[name]))
        self.work.said.add(name)
        self._forget_plan()
        self._show_work()

    def _forget_plan(self) -> None:
        self.plan = None
        self.banner.clear()

    def _show_work(self) -> None:
        """Show the shown sheet's columns and values, and the plan where there is one."""
        if self.work is None or self.opened is None:
            return
        name, today = self.shown_sheet, self.desk.today()
        table, mapping = self.work.tables[name], self.work.mappings[name]
        self.columns.show_mapping(self.opened.sheets[name], table, mapping, said=name in self.work.said)
        questions = value_questions(table, mapping, self.team, today=today)
        rules = needed_rules(table, mapping, self.team, today=today)
        self.values.show_questions(questions, mapping, rules, asked_constants(mapping, self.team), self.team)
        if self.plan is not None:
            self.preview.show_plan(self.work, name, self.plan)

    # --- the preview ------------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Plan anew behind the window."""
        if self.work is None:
            return
        self.stop()
        self.busy.begin("Die Liste wird geprüft …")
        work, today, vault = self.work.copy(), self.desk.today(), self.desk.vault

        def plan(progress: Progress) -> ListPlan:
            with vault.reading() as connection:
                return plan_list(connection, work, today=today, step=progress.step)

        self._run(plan, self._show_plan)

    def _show_plan(self, plan: ListPlan) -> None:
        if self.work is None:
            return
        self.plan = plan
        self.preview.show_plan(self.work, self.shown_sheet, plan)
        self.take_in.show_plan(plan)
        if not plan.new_rows:
            self.banner.tell(nothing_sentence(plan), "warning")
        elif self.banner.property("box") == "warning":
            self.banner.clear()

    def _mend(self, number: int, column: int, text: str) -> None:
        if self.work is not None:
            self.work.mended[(self.shown_sheet, number, column)] = text
            self.check()

    def _decide(self, key: str, decision: str | None) -> None:
        if self.work is None:
            return
        if decision is None:
            self.work.decisions.pop(key, None)
        else:
            self.work.decisions[key] = decision
        self.check()

    def _decide_sure(self) -> None:
        """Decide for all doubts whose name and birth date are the same."""
        if self.work is None or self.plan is None:
            return
        sure = {doubt.key: doubt.choices[0][0] for doubt in self.plan.doubts if doubt.reason == _SURE and doubt.decision is None}
        self.work.decisions.update(sure)
        self.check()

    def _toggle_row(self, number: int) -> None:
        if self.work is not None:
            self.work.left_out ^= {(self.shown_sheet, number)}
            self.check()

    # --- the import -------------------------------------------------------------------------------------------------------

    def take_list_in(self) -> None:
        """Take the list in, behind the window."""
        if self.work is None:
            return
        work, now, today = self.work.copy(), self.desk.now(), self.desk.today()
        self._let_work(allowed=False)
        self.busy.begin("Die Liste wird eingelesen …")
        number = self._next()

        def done(result: ListResult) -> None:
            if number == self._asked_for:
                self._show_result(result)

        self._job = self.desk.write_in_steps(
            self,
            lambda vault, progress: import_list(vault, work, now=now, today=today, step=progress.step),
            done,
            lambda error: self._failed(number, error),
            "Liste eingelesen",
            self.busy.tell,
        )

    def _let_work(self, *, allowed: bool) -> None:
        """While the list is written nothing of it is changed; it can only be stopped."""
        for part in (self.steps, self.steps.bar, self.sheet):
            part.setEnabled(allowed)

    def _show_result(self, result: ListResult) -> None:
        self.busy.end()
        self._let_work(allowed=True)
        self._job, self._done, self.plan = None, True, result.plan
        self.take_in.show_result(result.plan)
        self._allow_steps()
        there = button("Zur Übersicht", lambda: self.wanted.emit("overview", {}), rank="plain")
        back = button("Zurücknehmen …", lambda: self.wanted.emit("exchange", {"section": "imports"}), rank="plain")
        self.banner.tell(f"{rows_of(result.plan.rows_in)} eingelesen.", "good", there, back)
        give_keyboard(self.take_in.rest_button if result.plan.out else self.take_in.again_button)

    def save_rest(self, path: Path) -> None:
        """Save the rows that stay out."""
        if self.work is None or self.plan is None:
            return
        try:
            count = write_rest(path, self.work, self.plan)
        except (BjcError, OSError) as error:
            self.banner.tell(
                sentence_of(error)
                if isinstance(error, BjcError)
                else "Die Datei ließ sich nicht schreiben. Bitte einen anderen Ort wählen.",
                "danger",
            )
            return
        self.banner.tell(
            f"{rows_of(count)} gespeichert: {path.name}", "good", button("Verstanden", self.banner.clear, rank="plain")
        )

    # --- behind the window ------------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """Stop what runs."""
        if self._job is not None:
            self._job.cancel()
            self.busy.stop.setEnabled(False)

    def _next(self) -> int:
        self._asked_for += 1
        return self._asked_for

    def _run(self, job: Callable[[Progress], Any], show: Callable[[Any], object]) -> None:
        number = self._next()

        def arrived(answer: Any) -> None:
            if number == self._asked_for and not self.desk.closed:
                self._job = None
                self.busy.end()
                show(answer)

        self._job = self.desk.background.run(self, job, arrived, lambda error: self._failed(number, error), self.busy.tell)

    def _failed(self, number: int, error: BaseException) -> None:
        if number != self._asked_for or self.desk.closed:
            return
        self._job = None
        self.busy.end()
        self._let_work(allowed=True)
        if isinstance(error, CancelledError):
            self.banner.tell(STOPPED, "quiet")
        else:
            kind = "warning" if isinstance(error, NothingImportedError) else "danger"
            self.banner.tell(sentence_of(error), kind)
