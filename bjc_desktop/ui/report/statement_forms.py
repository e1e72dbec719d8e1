"""What is said about a report: one form for each indicator below its target and one for a new version, with their drafts."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from bjc_desktop.indicators.catalogue import BY_CODE
from bjc_desktop.services.report_preflight import Preflight
from bjc_desktop.services.report_statements import VERSION, Statement, names_in, save_statements
from bjc_desktop.ui.report.statement_form import StatementForm
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.draft_keeper import DraftKeeper
from bjc_desktop.ui.shared.figure_grid import figure_words
from bjc_desktop.ui.shared.page import clear_layout
from bjc_desktop.vocabulary import ShortfallReason

_WHY = "Was wurde nachgetragen oder berichtigt, und warum? Bitte keine Namen"


class StatementForms:
    """The forms of one report, below each other in *column*; why there is another version stands in *version_column*."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.column, self.version_column = QVBoxLayout(), QVBoxLayout()
        self.forms: dict[str, StatementForm] = {}
        self._preflight: Preflight | None = None
        self._draft: DraftKeeper | None = None
        self._kept: dict[str, Statement] = {}
        """What was saved since the report was read: it is read again behind the window."""

    def show_preflight(self, preflight: Preflight) -> bool:
        """Show the forms for what is to be explained; what is being typed stays. Say whether a draft came back."""
        before, self._preflight = self._preflight, preflight
        self._kept.clear()
        next_version = before is not None and before.released != preflight.released
        codes = [figure.code for figure in preflight.to_explain] + ([VERSION] if preflight.released else [])
        if [*self.forms] == codes and self._draft is not None and not next_version:
            for figure in preflight.to_explain:
                self.forms[figure.code].words.setText(figure_words(figure))
            return False
        typed = {} if self._draft is None else self.typed()
        if next_version:
            # What was said about a version that is released by now is no reason for the next.
            typed.pop(VERSION, None)
        self._make(preflight)
        restored = False
        if self._draft is None:
            key = f"report:{preflight.scope.scope.id}:{preflight.period.label}"[:120]
            self._draft = DraftKeeper(self._desk, key, self._content)
            restored = self._draft.restore(lambda draft: typed.update(_from_draft(draft)))
        for code, form in self.forms.items():
            form.show_statement(typed.get(code) or self._saved(code))
        return restored

    def _make(self, preflight: Preflight) -> None:
        for column in (self.column, self.version_column):
            clear_layout(column)
        self.forms = {}
        for figure in preflight.to_explain:
            self._add(StatementForm(figure.code, BY_CODE[figure.code].label, figure_words(figure)), self.column)
        if preflight.released:
            words = f"Fassung {preflight.released} ist freigegeben und bleibt, wie sie ist. Was sich geändert hat, steht in der neuen Fassung."
            form = StatementForm(VERSION, "Warum es eine neue Fassung gibt", words, hint=_WHY, with_reasons=False)
            self._add(form, self.version_column)

    def _add(self, form: StatementForm, column: QVBoxLayout) -> None:
        self.forms[form.code] = form
        column.addWidget(form)

    def _saved(self, code: str) -> Statement:
        if code in self._kept:
            return self._kept[code]
        return (None if self._preflight is None else self._preflight.statements.get(code)) or Statement(code)

    def typed(self) -> dict[str, Statement]:
        """Return what the forms say."""
        return {code: form.statement() for code, form in self.forms.items()}

    @property
    def changed(self) -> bool:
        """Whether something is typed that was not saved."""
        return any(said != self._saved(code) for code, said in self.typed().items())

    def first_field(self) -> QWidget | None:
        """Return where the first form begins, or None where nothing is to be explained."""
        form = next((form for code, form in self.forms.items() if code != VERSION), None)
        return None if form is None else next(iter(form.reasons.values()), form.steps)

    def save(self) -> tuple[str, ...]:
        """Save what is said, and return the names that occur in it.

        Raises
        ------
        VaultError
            where the vault cannot be written; what is typed stays.
        """
        preflight = self._preflight
        if preflight is None:
            return ()
        statements = list(self.typed().values())
        names = self._desk.read(partial(names_in, texts=[statement.steps for statement in statements]))

        def change(session: Any) -> None:
            scope_id, version = preflight.scope.scope.id, preflight.released + 1
            save_statements(session, scope_id, preflight.period, statements, version=version)
            if self._draft is not None:
                self._draft.drop(session)

        self._desk.write(change, "Begründung gespeichert")
        self._kept = {statement.code: statement for statement in statements}
        return names

    # --- drafts -----------------------------------------------------------------------------------------------------------

    def keep(self) -> None:
        """Keep what is typed until it is saved or discarded."""
        if self._draft is not None:
            self._draft.keep()

    def leave(self) -> None:
        """Keep what is typed: another report is shown next."""
        self.keep()
        self._draft = None

    def discard(self) -> None:
        """Forget what is typed."""
        if self._draft is not None:
            self._draft.discard()
        for code, form in self.forms.items():
            form.show_statement(self._saved(code))

    def _content(self) -> dict[str, Any] | None:
        typed = {
            code: [[reason.value for reason in said.reasons], said.steps]
            for code, said in self.typed().items()
            if said != self._saved(code)
        }
        return typed or None


def _from_draft(draft: Mapping[str, Any]) -> dict[str, Statement]:
    return {code: Statement(code, tuple(ShortfallReason(key) for key in keys), steps) for code, (keys, steps) in draft.items()}
