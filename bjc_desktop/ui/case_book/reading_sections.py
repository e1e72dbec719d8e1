"""The sections that are read here and written elsewhere: observations, exit, survey, timeline."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QVBoxLayout

from bjc_desktop.services.case_file import DIMENSIONS, CaseFile, CaseRow
from bjc_desktop.services.case_print import observation_report
from bjc_desktop.services.case_timeline import TimelineEntry, timeline
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.ui.case_book.section import CaseSectionView, Go
from bjc_desktop.ui.printing.preview_dialog import PreviewDialog
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.labels import NO_VALUE, box, button, label, row
from bjc_desktop.ui.shared.observed_trends import observed_trends
from bjc_desktop.ui.shared.page import clear_layout
from bjc_desktop.ui.shared.row_table import Column, RowTable

_CORRECTED = "Enter öffnet den Bogen dieses Tages zum Ändern."


def _values(shown: CaseRow) -> str:
    return " ".join(shown.text(name) or NO_VALUE for name in DIMENSIONS)


class Observations(CaseSectionView):
    """What the trainers observed, with the trend of each dimension."""

    def __init__(self, desk: Desk, go: Go) -> None:
        super().__init__(desk, go)
        self._drawn = QVBoxLayout()
        columns = (
            Column("Tag", lambda shown: shown.text("observed_on"), width=110),
            Column("Werte", _values, width=110),
            Column("Arbeitsaufgabe", lambda shown: shown.text("task") or NO_VALUE, width=200),
            Column("Beobachtung", lambda shown: shown.text("evidence").replace("\n", " ") or NO_VALUE, stretch=True),
            Column("besprochen am", lambda shown: shown.text("discussed_on") or NO_VALUE, width=130),
        )
        self.table = RowTable(columns, "Beobachtungen")
        self.table.chosen.connect(self._show_one)
        self.table.opened.connect(self._correct)
        self._one = label("", wrap=True)
        self.print_button = button("Beobachtungsbericht …", self.preview, symbol="printer")
        self.column.addLayout(row(self.print_button, None))
        self.column.addLayout(self._drawn)
        for part in (self.table, self._one):
            self.column.addWidget(part)
        self.column.addStretch(1)

    def show_case(self, case: CaseFile) -> None:
        """Show the observations."""
        self.case = case
        self.print_button.setEnabled(bool(case.observations))
        clear_layout(self._drawn)
        self._drawn.addWidget(observed_trends(case))
        self.table.setVisible(bool(case.observations))
        self.table.show_rows(case.observations, key=lambda shown: shown.id)
        self.table.fit_height(8)

    def preview(self) -> None:
        """Show the report as it would be printed."""
        if self.case is not None:
            noted = partial(self.desk.account_for, what="observations", coaching_ids=(self.case.coaching.id,))
            PreviewDialog(observation_report(self.case), "Beobachtungen", noted, self).open()

    def _show_one(self, shown: CaseRow | None) -> None:
        if shown is None:
            self._one.setText("")
            return
        from bjc_desktop.services.row_titles import fields_of  # noqa: PLC0415 - used here only

        titles = fields_of("observations")
        values = ", ".join(f"{titles[name].title} {shown.text(name) or NO_VALUE}" for name in DIMENSIONS)
        parts = (values, shown.text("evidence"), shown.text("derived_action"), _CORRECTED if self._own(shown) else "")
        self._one.setText("\n".join(part for part in parts if part))

    def _own(self, shown: CaseRow) -> bool:
        return self.desk.staff_id is not None and shown["staff_id"] == self.desk.staff_id

    def _correct(self, shown: CaseRow) -> None:
        """Open the sheet of the observation's day; only who made it corrects it."""
        if self.case is not None and self._own(shown):
            sheet = {"observed_on": shown["observed_on"], "method": shown["method"], "row_id": shown.id}
            self.go("observing", {"coaching_id": self.case.coaching.id, "name": self.case.name, **sheet})


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
