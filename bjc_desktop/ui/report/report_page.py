"""The quarterly report in four steps: what is missing, what is said, what leaves the house, what was released."""

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from PySide6.QtWidgets import QWidget

from bjc_desktop.errors import BjcError
from bjc_desktop.indicators.period import Period, previous_quarter, quarter_of
from bjc_desktop.indicators.results import Figure, Scope, ScopeKind
from bjc_desktop.reports.german import quarter
from bjc_desktop.services.case_findings import CaseFinding
from bjc_desktop.services.indicator_board import offered_periods, offered_scopes
from bjc_desktop.services.released_reports import REPORT, Released, bundle_part, list_released
from bjc_desktop.services.report_preflight import Preflight, read_preflight
from bjc_desktop.services.report_statements import VERSION
from bjc_desktop.services.reports import MadeReport, preview_report, release_report
from bjc_desktop.ui.printing.preview_dialog import PreviewDialog
from bjc_desktop.ui.report.check_step import CheckStep
from bjc_desktop.ui.report.kept_step import KeptStep
from bjc_desktop.ui.report.say_step import SayStep
from bjc_desktop.ui.report.send_step import SendStep
from bjc_desktop.ui.report.statement_forms import StatementForms
from bjc_desktop.ui.shared.background import sentence_of
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.draft_keeper import RESTORED
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.labels import button, give_keyboard
from bjc_desktop.ui.shared.page import Page
from bjc_desktop.ui.shared.sections import Sections

CHECK, SAY, SEND, KEPT = "check", "say", "send", "kept"
_STEPS = ((CHECK, "1 Prüfen"), (SAY, "2 Begründen"), (SEND, "3 Ansehen und freigeben"), (KEPT, "Freigegebene Berichte"))


class ReportPage(Page):
    """The page; its place may name a ``period`` by its label and a ``step``."""

    key: ClassVar[str] = "report"
    heading: ClassVar[str] = "Bericht"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.preflight: Preflight | None = None
        self.draft_report: MadeReport | None = None
        self._back_to: QWidget | None = None
        self.scope, self.period = ChoiceBox(), ChoiceBox()
        self._fill_choices()
        for choice in (self.scope, self.period):
            choice.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
            choice.activated.connect(self._change)
            self.head.addWidget(choice)
        self.statements = StatementForms(desk)
        self.check, self.say = CheckStep(), SayStep(self.statements)
        self.send, self.kept = SendStep(self.statements), KeptStep(desk)
        self.steps = Sections()
        self.steps.asked.connect(self.show_step)
        for (key, text), view in zip(_STEPS, (self.check, self.say, self.send, self.kept), strict=True):
            self.steps.add_section(key, text, view)
        self.add(self.steps.bar)
        self.add(self.steps, 1)
        self._connect()

    def _connect(self) -> None:
        self.check.opened.connect(self.open_finding)
        self.check.finished.connect(partial(self._go_on, SAY))
        self.say.figure_opened.connect(self._open_figure)
        self.say.save_wanted.connect(self.save)
        self.say.finished.connect(partial(self._go_on, SEND))
        self.send.preview_wanted.connect(self.preview)
        self.send.release_wanted.connect(self.release)
        self.kept.told.connect(self.banner.tell)
        self.kept.case_opened.connect(lambda coaching_id: self.wanted.emit("closing", {"coaching_id": coaching_id}))

    def _fill_choices(self) -> None:
        self.scope.setAccessibleName("Für wen")
        self.period.setAccessibleName("Zeitraum")
        for scope in self.desk.read(partial(offered_scopes, staff_id=None)):
            if scope.kind is not ScopeKind.COACH:
                self.scope.addItem(scope.name, scope)
        last = previous_quarter(quarter_of(self.desk.today()))
        for period in offered_periods(self.desk.today()):
            self.period.addItem(quarter(period), period)
            if period == last:
                self.period.setCurrentIndex(self.period.count() - 1)

    # --- the steps --------------------------------------------------------------------------------------------------------

    def show_step(self, step: str) -> None:
        """Show one of the steps; before the last look, what is said is saved, for it belongs to what is shown there."""
        if step == SEND and self.statements.changed and not self.save():
            step = SAY
        if step != self.steps.shown:
            self.banner.settle()
        self.steps.show_section(step)
        if step == SEND and self.draft_report is None and self.preflight is not None:
            self._make_draft()

    def _go_on(self, step: str) -> None:
        """Go on to the next step, the keyboard where its work begins."""
        self.show_step(step)
        target = self.statements.first_field() if step == SAY else self.send.preview_button
        give_keyboard(target or self.steps.shown_button)

    # --- reading ----------------------------------------------------------------------------------------------------------

    def open_at(self, where: Mapping[str, Any]) -> None:
        """Show a period and a step."""
        labels = [self.period.itemData(at).label for at in range(self.period.count())]
        if where.get("period") in labels and where["period"] != self.chosen[1].label:
            self.period.setCurrentIndex(labels.index(where["period"]))
            self._change()
        if "step" in where:
            self.show_step(where["step"])

    def _change(self) -> None:
        self.banner.settle()
        self.statements.leave()
        self.refresh()

    def present_place(self) -> Mapping[str, Any]:
        """Return the period and the step."""
        return {"period": self.chosen[1].label, "step": self.steps.shown}

    @property
    def shown_part(self) -> str:
        """The section that is shown."""
        return self.steps.shown

    @property
    def chosen(self) -> tuple[Scope, Period]:
        """Whose report of what period it is."""
        return self.scope.currentData(), self.period.currentData()

    def refresh(self) -> None:
        """Look again at what is missing, and at what was released."""
        self.draft_report = None
        if self.scope.currentData() is None:
            return
        scope, period = self.chosen

        def question(connection: Any) -> tuple[Preflight, tuple[Released, ...]]:
            return read_preflight(connection, period, scope.id, as_of=self.desk.today()), list_released(connection)

        self.ask(question, self._show, behind=True)

    def _show(self, answer: tuple[Preflight, tuple[Released, ...]]) -> None:
        preflight, released = answer
        scope, period = self.chosen
        if (preflight.scope.scope.id, preflight.period) != (scope.id, period):
            return
        self.preflight = preflight
        version = f"freigegeben: Fassung {preflight.released}" if preflight.released else "noch nicht freigegeben"
        self.subtitle.setText(f"{scope.name}, {quarter(period)}, {version}")
        self.check.show_preflight(preflight)
        self.say.show_preflight(preflight)
        if self.statements.show_preflight(preflight):
            self.banner.tell(RESTORED, "quiet", button("Verwerfen", self.discard))
        self.send.show_preflight(preflight)
        self.kept.show_reports(released)
        if self.steps.shown == SEND:
            self._make_draft()

    # --- going somewhere --------------------------------------------------------------------------------------------------

    def open_finding(self, finding: CaseFinding) -> None:
        """Go to the field that the finding is about; coming back leads to the finding."""
        self._back_to = self.check.findings
        if finding.coaching_id is None:
            self.wanted.emit("hours", {"period": self.chosen[1].label})
        elif finding.section in {"exit", "outcomes"}:
            self.wanted.emit("closing", {"coaching_id": finding.coaching_id, "field": finding.field})
        elif finding.section == "follow_up":
            self.wanted.emit("follow_ups", {"coaching_id": finding.coaching_id})
        else:
            where = {"coaching_id": finding.coaching_id, "section": finding.section, "field": finding.field}
            self.wanted.emit("case_file", where)

    def _open_figure(self, figure: Figure) -> None:
        scope, period = self.chosen
        self.wanted.emit("figures", {"code": figure.code, "scope_id": scope.id, "period": period.label})

    # --- what is said -----------------------------------------------------------------------------------------------------

    def save(self) -> bool:
        """Save what is said; say whether that was possible."""
        try:
            self.say.tell_names(self.statements.save())
        except BjcError as error:
            self.banner.tell(str(error), "danger")
            return False
        self.banner.clear()
        return True

    def keep_drafts(self) -> None:
        """Keep what is typed until it is saved or discarded."""
        self.statements.keep()

    def discard(self) -> None:
        """Forget what is typed."""
        self.statements.discard()
        self.banner.clear()

    # --- what leaves the house --------------------------------------------------------------------------------------------

    def _make_draft(self) -> None:
        scope, period = self.chosen
        today, vault = self.desk.today(), self.desk.vault
        self.send.preview_button.setEnabled(False)

        def failed(error: BaseException) -> None:
            self.banner.tell(sentence_of(error), "danger")

        self.desk.background.run(
            self, lambda _: preview_report(vault, period, scope.id, as_of=today, today=today), self._show_draft, failed
        )

    def _show_draft(self, made: MadeReport) -> None:
        scope, period = self.chosen
        if (made.scope.scope.id, made.scope.period) != (scope.id, period):
            return
        self.draft_report = made
        self.send.preview_button.setEnabled(True)
        self.send.show_bundle(made.bundle)

    def preview(self) -> None:
        """Show the draft's PDF, from memory."""
        if self.draft_report is not None:
            noted = partial(self.desk.account_for, what="report_draft")
            PreviewDialog(bundle_part(self.draft_report.bundle, REPORT), "Bericht (Entwurf)", noted, self).open()

    def release(self) -> None:
        """Freeze the report as the next version."""
        preflight = self.preflight
        if preflight is None:
            return
        if preflight.released and self.statements.forms[VERSION].statement().empty:
            self.banner.tell("Bitte angeben, warum es eine neue Fassung gibt.", "danger")
            self.statements.forms[VERSION].steps.setFocus()
            return
        if self.statements.changed and not self.save():
            return
        scope, period = self.chosen
        today, now = self.desk.today(), self.desk.now()
        self.send.release_button.setEnabled(False)
        self.desk.write_behind(
            self,
            lambda vault: release_report(vault, period, scope.id, as_of=today, now=now, today=today),
            self._released,
            self._not_released,
            "Bericht freigegeben",
        )

    def _released(self, made: MadeReport) -> None:
        self.send.release_button.setEnabled(True)
        self.kept.choose(made.scope.scope.id, made.scope.period.label, made.version or 0)
        self.show_step(KEPT)
        self.banner.tell(
            f"Fassung {made.version} ist freigegeben, signiert und unveränderlich. Zum Weitergeben bitte das Bündel speichern.",
            "good",
        )
        self.kept.table.setFocus()

    def _not_released(self, error: BaseException) -> None:
        self.send.release_button.setEnabled(True)
        self.banner.tell(sentence_of(error), "danger")

    # --- the page ---------------------------------------------------------------------------------------------------------

    def first_field(self) -> QWidget:
        """Return the button of the step, or where the page was left for a field elsewhere."""
        target, self._back_to = self._back_to or self.steps.shown_button, None
        return target

    def sample_places(self) -> dict[str, dict[str, Any]]:
        """Return each step of the pictures."""
        return {f"report-{step}": {"period": "2025-Q3", "step": step} for step, _ in _STEPS}
