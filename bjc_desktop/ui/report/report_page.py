"""The quarterly report in four steps: what is missing, what is said, what leaves the house, what was released."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from bjc_desktop.errors import BjcError
from bjc_desktop.indicators.catalogue import BY_CODE
from bjc_desktop.indicators.period import Period, previous_quarter, quarter_of
from bjc_desktop.indicators.results import Figure, Scope, ScopeKind
from bjc_desktop.reports.german import quarter
from bjc_desktop.services.case_findings import CaseFinding
from bjc_desktop.services.findings import SEVERITIES
from bjc_desktop.services.indicator_board import offered_periods, offered_scopes
from bjc_desktop.services.released_reports import (
    REPORT,
    Released,
    bundle_part,
    bundle_parts,
    list_released,
    released_bundle,
    save_released,
)
from bjc_desktop.services.report_preflight import Preflight, read_preflight
from bjc_desktop.services.report_statements import VERSION, Statement, names_in, save_statements
from bjc_desktop.services.reports import MadeReport, preview_report, release_report
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.ui.printing.preview_dialog import PreviewDialog
from bjc_desktop.ui.report.password_dialog import PasswordDialog
from bjc_desktop.ui.report.statement_form import StatementForm
from bjc_desktop.ui.shared.background import sentence_of
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.draft_keeper import RESTORED, DraftKeeper
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.figure_grid import FigureGrid, figure_words
from bjc_desktop.ui.shared.flow_layout import FlowRow
from bjc_desktop.ui.shared.labels import box, button, label, row
from bjc_desktop.ui.shared.page import Page, Scroller, clear_layout
from bjc_desktop.ui.shared.row_table import Column, RowTable
from bjc_desktop.ui.shared.theme import theme

CHECK, SAY, SEND, KEPT = "check", "say", "send", "kept"
_STEPS = ((CHECK, "1 Prüfen"), (SAY, "2 Begründen"), (SEND, "3 Ansehen und freigeben"), (KEPT, "Freigegebene Berichte"))
_SEVERITY_COLOURS = {"error": "danger", "warning": "warning"}
_CONTENTS = {
    "report.pdf": "der Bericht zum Lesen",
    "report.xlsx": "dieselben Zahlen mit Formeln, zum Nachrechnen",
    "indicators.json": "die Kennzahlen für Programme",
    "manifest.json": "Prüfsummen, Einstellungen, Datenstand",
    "manifest.json.sig": "die Signatur",
    "public-key.pem": "der Schlüssel, mit dem sich die Signatur prüfen lässt",
}

FINDING_COLUMNS = (
    Column(
        "Schwere",
        lambda found: SEVERITIES[found.finding.severity],
        colour=lambda found: _SEVERITY_COLOURS.get(found.finding.severity, ""),
        width=90,
    ),
    Column("JobCoach", lambda found: found.coach, width=150),
    Column("Wer", lambda found: found.finding.name, width=170),
    Column("Was zu tun ist", lambda found: found.finding.text, stretch=True),
)


def _remark(released: Released) -> str:
    if released.nothing_to_report:
        return "nichts zu berichten"
    return f"{released.changed} Änderungen" if released.version > 1 else ""


RELEASED_COLUMNS = (
    Column("Zeitraum", lambda released: released.period_label, width=110),
    Column("Fassung", lambda released: str(released.version), number=True, width=80),
    Column("Für", lambda released: released.scope_name, stretch=True),
    Column("Datenstand", lambda released: show_date(released.as_of), width=110),
    Column("freigegeben", lambda released: f"{released.released_at:%d.%m.%Y}", width=110),
    Column("von", lambda released: released.released_by, width=110),
    Column("Bemerkung", _remark, width=190),
)


class ReportPage(Page):
    """The page; its place may name a ``period`` by its label and a ``step``."""

    key: ClassVar[str] = "report"
    heading: ClassVar[str] = "Bericht"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.preflight: Preflight | None = None
        self.draft_report: MadeReport | None = None
        self._step = CHECK
        self._forms: dict[str, StatementForm] = {}
        self._draft: DraftKeeper | None = None
        self.scope, self.period = ChoiceBox(), ChoiceBox()
        self._fill_choices()
        for choice in (self.scope, self.period):
            choice.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
            choice.activated.connect(self._change)
            self.head.addWidget(choice)
        steps = FlowRow()
        self._step_buttons = {}
        for key, text in _STEPS:
            made = button(text, partial(self.show_step, key), rank="section")
            made.setCheckable(True)
            self._step_buttons[key] = made
            steps.add(made)
        self.add(steps)
        self._stack = QStackedWidget()
        self._views = {CHECK: self._check(), SAY: self._say(), SEND: self._send(), KEPT: self._kept()}
        for view in self._views.values():
            self._stack.addWidget(view)
        self.add(self._stack, 1)
        self.show_step(CHECK)

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

    def _check(self) -> QWidget:
        view, column = _view()
        self._summary = label("", "heading", wrap=True)
        self._provisional = label("", wrap=True)
        self.findings = RowTable(FINDING_COLUMNS, "Was noch fehlt")
        self.findings.opened.connect(lambda found: self.open_finding(found.finding))
        self._whole = label("Nichts fehlt und nichts widerspricht sich.", "muted", wrap=True)
        for part in (self._summary, self._provisional, self._whole):
            column.addWidget(part)
        column.addWidget(self.findings, 1)
        column.addLayout(row(label("Enter führt zum Feld.", "small"), None, _next("Weiter: Begründen", self, SAY)))
        return view

    def _say(self) -> QWidget:
        scroller = Scroller()
        self._figures_box, self._figures = box()
        scroller.column.addWidget(self._figures_box)
        self._signals = label("", "question", wrap=True)
        scroller.column.addWidget(self._signals)
        self._nothing_to_say = label(
            "Alle Kennzahlen mit Wert erreichen ihr Soll; es ist nichts zu begründen.", "muted", wrap=True
        )
        scroller.column.addWidget(self._nothing_to_say)
        self._form_column = QVBoxLayout()
        scroller.column.addLayout(self._form_column)
        self._names = label("", "question", wrap=True)
        scroller.column.addWidget(self._names)
        self.save_button = button("&Speichern", self.save, rank="primary", shortcut="Ctrl+Return")
        ways = FlowRow()
        for made in (self.save_button, _next("Weiter: Ansehen und freigeben", self, SEND)):
            ways.add(made)
        scroller.column.addWidget(ways)
        scroller.column.addStretch(1)
        return scroller

    def _send(self) -> QWidget:
        scroller = Scroller()
        frame, column = box()
        self._state = label("", "heading", wrap=True)
        self._missing = label("", "question", wrap=True)
        self.preview_button = button("&Vorschau …", self.preview, symbol="eye")
        self.release_button = button("&Freigeben", self.release, rank="primary", symbol="shield-check")
        column.addWidget(self._state)
        column.addWidget(self._missing)
        column.addLayout(row(self.preview_button, self.release_button, None))
        scroller.column.addWidget(frame)
        self._version_column = QVBoxLayout()
        scroller.column.addLayout(self._version_column)
        parts, inner = box()
        inner.addWidget(label("Was das Haus verlässt", "heading"))
        inner.addWidget(
            label(
                "Keine Namen, keine Kontaktdaten, keine Notizen: Coachees stehen unter Pseudonymen, JobCoaches unter Nummern, vom "
                "Geburtsdatum bleibt das Jahr. Frei geschrieben sind nur Ihre Begründungen.",
                "muted",
                wrap=True,
            )
        )
        self._parts = QVBoxLayout()
        inner.addLayout(self._parts)
        scroller.column.addWidget(parts)
        scroller.column.addStretch(1)
        return scroller

    def _kept(self) -> QWidget:
        view, column = _view()
        self.released = RowTable(RELEASED_COLUMNS, "Freigegebene Berichte")
        self.released.opened.connect(self.open_released)
        self._none_released = label("Noch ist kein Bericht freigegeben.", "muted")
        self.keep_button = button("&Bündel speichern …", self.save_bundle, rank="primary", symbol="file-text")
        self.open_button = button("Ö&ffnen", lambda: self.open_released(self.released.current()), symbol="eye")
        column.addLayout(row(self.open_button, self.keep_button, None))
        column.addWidget(self._none_released)
        column.addWidget(self.released, 1)
        column.addStretch(0)
        return view

    def show_step(self, step: str) -> None:
        """Show one of the steps."""
        self._step = step
        for key, made in self._step_buttons.items():
            made.setChecked(key == step)
        self._stack.setCurrentWidget(self._views[step])
        if step == SEND and self.draft_report is None and self.preflight is not None:
            self._make_draft()

    # --- reading ----------------------------------------------------------------------------------------------------------

    def open_at(self, where: Mapping[str, Any]) -> None:
        """Show a period and a step."""
        labels = [self.period.itemData(at).label for at in range(self.period.count())]
        if where.get("period") in labels:
            self.period.setCurrentIndex(labels.index(where["period"]))
            self._change()
        if "step" in where:
            self.show_step(where["step"])

    def _change(self) -> None:
        self.keep_drafts()
        self._draft = None
        self.refresh()

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
        self.preflight, released = answer
        preflight = self.preflight
        scope, period = self.chosen
        if (preflight.scope.scope.id, preflight.period) != (scope.id, period):
            return
        version = f"freigegeben: Fassung {preflight.released}" if preflight.released else "noch nicht freigegeben"
        self.subtitle.setText(f"{scope.name}, {quarter(period)}, {version}")
        self._show_check(preflight)
        self._show_statements(preflight)
        self._show_send(preflight)
        self.released.setVisible(bool(released))
        self._none_released.setVisible(not released)
        for made in (self.keep_button, self.open_button):
            made.setEnabled(bool(released))
        self.released.show_rows(released, key=lambda shown: shown.id)
        if self._step == SEND:
            self._make_draft()

    def _show_check(self, preflight: Preflight) -> None:
        others = len(preflight.findings) - preflight.errors
        words = f"{_counted(preflight.errors, 'Fehler', 'Fehler')}, {_counted(others, 'Warnung oder Hinweis', 'Warnungen und Hinweise')}"
        if preflight.nothing_to_report:
            words = "In diesem Zeitraum gibt es nichts zu berichten; auch das wird als Bericht mit Datum freigegeben."
        self._summary.setText(words)
        names = ", ".join(BY_CODE[figure.code].short for figure in preflight.provisional)
        self._provisional.setText(f"Vorläufig, weil spätere Angaben sie noch ändern können: {names}." if names else "")
        self._provisional.setVisible(bool(names))
        self.findings.show_rows(preflight.findings, key=lambda found: found)
        self.findings.setVisible(bool(preflight.findings))
        self._whole.setVisible(not preflight.findings)

    def open_finding(self, finding: CaseFinding) -> None:
        """Go to the field that the finding is about."""
        if finding.coaching_id is None:
            self.wanted.emit("hours", {"period": self.chosen[1].label})
        elif finding.section in {"exit", "outcomes"}:
            self.wanted.emit("closing", {"coaching_id": finding.coaching_id, "field": finding.field})
        elif finding.section == "follow_up":
            self.wanted.emit("follow_ups", {"coaching_id": finding.coaching_id})
        else:
            where = {"coaching_id": finding.coaching_id, "section": finding.section, "field": finding.field}
            self.wanted.emit("case_file", where)

    # --- what is said -----------------------------------------------------------------------------------------------------

    def _show_statements(self, preflight: Preflight) -> None:
        clear_layout(self._figures)
        self._figures.addWidget(FigureGrid(preflight.scope.figures, self._open_figure))
        self._signals.setText("\n".join(preflight.signals))
        self._signals.setVisible(bool(preflight.signals))
        self._nothing_to_say.setVisible(not preflight.to_explain)
        codes = [figure.code for figure in preflight.to_explain] + ([VERSION] if preflight.released else [])
        if [*self._forms] != codes or self._draft is None:
            self._make_forms(preflight)

    def _make_forms(self, preflight: Preflight) -> None:
        typed = {} if self._draft is None else self._typed()
        clear_layout(self._form_column)
        clear_layout(self._version_column)
        self._forms = {}
        for figure in preflight.to_explain:
            self._add_form(StatementForm(figure.code, BY_CODE[figure.code].label, figure_words(figure)), self._form_column)
        if preflight.released:
            words = f"Fassung {preflight.released} ist freigegeben und bleibt, wie sie ist. Was sich geändert hat, steht in der neuen Fassung."
            form = StatementForm(VERSION, "Warum es eine neue Fassung gibt", words, with_reasons=False)
            self._add_form(form, self._version_column)
        scope, period = self.chosen
        if self._draft is None:
            self._draft = DraftKeeper(self.desk, f"report:{scope.id}:{period.label}"[:120], self._content)
            typed = _statements(self._draft.restored() or {})
            if typed:
                self.banner.tell(RESTORED, "quiet", button("Verwerfen", self.discard))
        for code, form in self._forms.items():
            form.show_statement(typed.get(code) or preflight.statements.get(code) or Statement(code))

    def _add_form(self, form: StatementForm, column: QVBoxLayout) -> None:
        self._forms[form.code] = form
        column.addWidget(form)

    def _typed(self) -> dict[str, Statement]:
        return {code: form.statement() for code, form in self._forms.items()}

    def _open_figure(self, figure: Figure) -> None:
        scope, period = self.chosen
        self.wanted.emit("figures", {"code": figure.code, "scope_id": scope.id, "period": period.label})

    def save(self) -> None:
        """Save what is said."""
        scope, period = self.chosen
        statements = list(self._typed().values())
        texts = [statement.steps for statement in statements]
        names = self.desk.read(partial(names_in, texts=texts))
        self._names.setText(
            f"Im Text kommt vor: {', '.join(names)}. Ist das ein Name? Namen gehören nicht in den Bericht." if names else ""
        )

        def change(session: Any) -> None:
            save_statements(session, scope.id, period, statements)
            if self._draft is not None:
                self._draft.drop(session)

        try:
            self.desk.write(change, "Begründung gespeichert")
        except BjcError as error:
            self.banner.tell(str(error), "danger")
        else:
            self.banner.clear()

    # --- drafts -----------------------------------------------------------------------------------------------------------

    def keep_drafts(self) -> None:
        """Keep what is typed until it is saved or discarded."""
        if self._draft is not None:
            self._draft.keep()

    def _content(self) -> dict[str, Any] | None:
        saved = {} if self.preflight is None else self.preflight.statements
        typed = {
            code: [[reason.value for reason in said.reasons], said.steps]
            for code, said in self._typed().items()
            if said != (saved.get(code) or Statement(code))
        }
        return typed or None

    def discard(self) -> None:
        """Forget what is typed."""
        if self._draft is not None:
            self._draft.discard()
        self.banner.clear()
        if self.preflight is not None:
            for code, form in self._forms.items():
                form.show_statement(self.preflight.statements.get(code) or Statement(code))

    # --- what leaves the house --------------------------------------------------------------------------------------------

    def _show_send(self, preflight: Preflight) -> None:
        version = preflight.released + 1
        self._state.setText(f"Fassung {version} freigeben: {quarter(preflight.period)}, Datenstand {show_date(preflight.as_of)}")
        open_points = []
        if preflight.errors:
            open_points.append(f"{_counted(preflight.errors, 'Fehler ist', 'Fehler sind')} noch offen.")
        if preflight.unexplained:
            names = ", ".join(BY_CODE[figure.code].short for figure in preflight.unexplained)
            open_points.append(f"Noch ohne Begründung unter dem Soll: {names}.")
        if preflight.provisional:
            open_points.append("Vorläufige Werte bleiben im Bericht als vorläufig gekennzeichnet.")
        self._missing.setText(" ".join(open_points))
        self._missing.setVisible(bool(open_points))

    def _make_draft(self) -> None:
        scope, period = self.chosen
        today, vault = self.desk.today(), self.desk.vault
        self.preview_button.setEnabled(False)

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
        self.preview_button.setEnabled(True)
        clear_layout(self._parts)
        for part in bundle_parts(made.bundle):
            words = _CONTENTS.get(part.name, "Daten der betroffenen Fälle unter Pseudonym")
            self._parts.addWidget(label(f"{part.name} ({_size(part.size)}): {words}", wrap=True))

    def preview(self) -> None:
        """Show the draft's PDF, from memory."""
        if self.draft_report is not None:
            PreviewDialog(bundle_part(self.draft_report.bundle, REPORT), "Bericht (Entwurf)", lambda: None, self).open()

    def release(self) -> None:
        """Freeze the report as the next version."""
        preflight = self.preflight
        if preflight is None:
            return
        if preflight.released and self._forms[VERSION].statement().empty:
            self.banner.tell("Bitte angeben, warum es eine neue Fassung gibt.", "danger")
            self._forms[VERSION].steps.setFocus()
            return
        self.save()
        scope, period = self.chosen
        today, now = self.desk.today(), self.desk.now()
        self.release_button.setEnabled(False)
        self.desk.write_behind(
            self,
            lambda vault: release_report(vault, period, scope.id, as_of=today, now=now, today=today),
            self._released,
            self._not_released,
            "Bericht freigegeben",
        )

    def _released(self, made: MadeReport) -> None:
        self.release_button.setEnabled(True)
        self.show_step(KEPT)
        self.banner.tell(
            f"Fassung {made.version} ist freigegeben, signiert und unveränderlich. Zum Weitergeben bitte das Bündel speichern.",
            "good",
        )
        self.released.setFocus()

    def _not_released(self, error: BaseException) -> None:
        self.release_button.setEnabled(True)
        self.banner.tell(sentence_of(error), "danger")

    # --- released reports -------------------------------------------------------------------------------------------------

    def _bundle(self, released: Released) -> bytes:
        return self.desk.read(partial(released_bundle, report_id=released.id))

    def open_released(self, released: Released | None) -> None:
        """Show a released report as it was."""
        if released is not None:
            title = f"Bericht {released.period_label}, Fassung {released.version}"
            PreviewDialog(bundle_part(self._bundle(released), REPORT), title, lambda: None, self).open()

    def save_bundle(self) -> None:
        """Ask for a password and a folder, and save the chosen report's bundle."""
        if self.released.current() is not None:
            dialog = PasswordDialog(self)
            dialog.chosen.connect(self._choose_place)
            dialog.open()

    def _choose_place(self, password: str) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Ordner für das Bündel")
        if chosen:
            self.save_to(Path(chosen), password)

    def save_to(self, folder: Path, password: str) -> None:
        """Save the chosen report's bundle into *folder*, with a *password* in an encrypted ZIP."""
        released: Released | None = self.released.current()
        if released is None:
            return
        try:
            path = self.desk.read(partial(save_released, released=released, folder=folder, password=password))
        except BjcError as error:
            self.banner.tell(str(error), "danger")
        else:
            self.banner.tell(f"Gespeichert: {path}", "good")

    # --- the page ---------------------------------------------------------------------------------------------------------

    def first_field(self) -> QWidget:
        """Return the button of the step."""
        return self._step_buttons[self._step]

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's
        """Leave columns out where there is little room for what is to be done."""
        super().resizeEvent(event)
        for table, columns in ((self.findings, ((1, 760), (0, 600))), (self.released, ((6, 860), (5, 740), (3, 620)))):
            for column, width in columns:
                table.setColumnHidden(column, self.width() < theme().pixels(width))

    def sample_places(self) -> dict[str, dict[str, Any]]:
        """Return each step of the pictures."""
        return {f"report-{step}": {"period": "2025-Q3", "step": step} for step, _ in _STEPS}


def _view() -> tuple[QWidget, QVBoxLayout]:
    view = QWidget()
    column = QVBoxLayout(view)
    column.setContentsMargins(0, 0, 0, 0)
    return view, column


def _next(text: str, page: ReportPage, step: str) -> Any:
    return button(text, partial(page.show_step, step), symbol="arrow-right")


def _statements(draft: Mapping[str, Any]) -> dict[str, Statement]:
    from bjc_desktop.vocabulary import ShortfallReason  # noqa: PLC0415 - used here only

    return {code: Statement(code, tuple(ShortfallReason(key) for key in keys), steps) for code, (keys, steps) in draft.items()}


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _size(size: int) -> str:
    return f"{max(size // 1024, 1)} KB"
