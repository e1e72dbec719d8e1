"""The yearly run: what would go, what stays and why, that no figure changes; then the run itself."""

from datetime import date
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from bjc_desktop.services.erasing import rows_in_words
from bjc_desktop.services.retention_plan import DuePerson, RetentionGroup
from bjc_desktop.services.retention_run import RetentionResult, last_run, rehearse_retention, run_retention
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.ui.shared.background import Progress, sentence_of
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.labels import Banner, Chip, box, button, label, row
from bjc_desktop.ui.shared.page import Scroller, clear_layout
from bjc_desktop.vocabulary import ErasureDepth

_NAMED = 20
_WORDS = (
    "Einmal im Jahr löscht der Löschlauf, was nach den Fristen nicht mehr gebraucht wird. Die Vorschau rechnet ihn durch und ändert "
    "nichts. Vor dem Lauf entsteht eine Sicherung, die nach 30 Tagen selbst gelöscht wird."
)


class RunView(Scroller):
    """The section; what it found is told in the page's *banner*."""

    def __init__(self, desk: Desk, banner: Banner) -> None:
        super().__init__()
        self.desk, self.banner = desk, banner
        self.result: RetentionResult | None = None
        self._last = label("", "muted", wrap=True)
        self.preview_button = button("Vorschau rechnen", self.rehearse)
        self.run_button = button("Löschen …", self.ask, rank="primary", symbol="trash-2", name="Löschlauf ausführen")
        self.run_button.setEnabled(False)
        self.column.addWidget(label(_WORDS, wrap=True))
        self.column.addWidget(self._last)
        self.column.addLayout(row(self.preview_button, self.run_button, None))
        self._found = QVBoxLayout()
        self.column.addLayout(self._found)
        self.column.addStretch(1)

    def refresh(self) -> None:
        """Say when the last run was; a preview from before a change holds no more."""
        day = self.desk.read(last_run)
        self._last.setText("Noch kein Löschlauf." if day is None else f"Letzter Löschlauf am {show_date(day)}.")
        self._drop()

    def _drop(self) -> None:
        self.result = None
        self.run_button.setEnabled(False)
        clear_layout(self._found)

    def rehearse(self) -> None:
        """Work out behind the window what a run would do."""
        now, today = self.desk.now(), self.desk.today()
        self._busy(busy=True)

        def work(progress: Progress) -> RetentionResult:
            _ = progress
            return rehearse_retention(self.desk.vault, now=now, today=today)

        self.desk.background.run(self, work, self._show, self._failed)

    def ask(self) -> None:
        """Ask once more: what is erased does not come back."""
        self.banner.tell(
            "Was die Vorschau zeigt, wird endgültig gelöscht.",
            "warning",
            button("Endgültig löschen", self.run, rank="primary"),
            button("Abbrechen", self.banner.clear, rank="plain"),
        )

    def run(self) -> None:
        """Do what the preview shows."""
        self.banner.clear()
        now, today = self.desk.now(), self.desk.today()
        self._busy(busy=True)
        self.desk.write_behind(
            self,
            lambda vault: run_retention(vault, now=now, today=today),
            self._done,
            self._failed,
            "Löschlauf ausgeführt",
        )

    def _busy(self, *, busy: bool) -> None:
        self.preview_button.setEnabled(not busy)
        self.preview_button.setText("Wird gerechnet …" if busy else "Vorschau rechnen")
        self.run_button.setEnabled(not busy and self.result is not None and not self.result.plan.empty)

    def _failed(self, error: BaseException) -> None:
        self._busy(busy=False)
        self.banner.tell(sentence_of(error), "danger")

    def _done(self, result: RetentionResult) -> None:
        people = sum(len(group.people) for group in result.plan.groups)
        self._busy(busy=False)
        self.banner.tell(f"Der Löschlauf ist fertig: {people} Einträge im Protokoll, keine Kennzahl geändert.", "good")

    def _show(self, result: RetentionResult) -> None:
        clear_layout(self._found)
        self.result = result
        self._busy(busy=False)
        self._found.addWidget(_figures(result))
        for group in result.plan.groups:
            self._found.addWidget(_group(group, result))
        if result.plan.held:
            self._found.addWidget(_card("Bleibt wegen einer Sperre", str(len(result.plan.held)), _names(result.plan.held)))


def _figures(result: RetentionResult) -> Any:
    same = f"{result.compared} Kennzahlen aller Quartale verglichen: keine ändert sich. {result.frozen} davon stehen in freigegebenen Berichten."
    if not result.effects:
        return _card("Was gleich bleibt", "geprüft", same, "good")
    words = "; ".join(f"{effect.quarter} {effect.label}: {effect.before} → {effect.after}" for effect in result.effects)
    return _card("Kennzahlen würden sich ändern; der Lauf wird abgelehnt", str(len(result.effects)), words, "danger")


def _group(group: RetentionGroup, result: RetentionResult) -> Any:
    counts = result.counts.get(group.line.rule.key, {})
    count = group.count
    if not count:
        return _card(group.line.rule.title, "nichts fällig", group.line.rule.effect)
    words = f"{group.line.rule.effect} Es gehen: {rows_in_words(counts)}."
    return _card(group.line.rule.title, str(count), f"{words}\n{_names(group.people)}".strip(), "warning")


def _names(people: tuple[DuePerson, ...]) -> str:
    named = [f"{person.name}, {person.case_number} (seit {show_date(person.day)}{_more(person)})" for person in people[:_NAMED]]
    return "\n".join([*named, *([f"und {len(people) - _NAMED} weitere"] if len(people) > _NAMED else [])])


def _more(person: DuePerson) -> str:
    if person.held is None:
        return f", {person.depth.label}" if person.depth is ErasureDepth.FACTS else ""
    return ", gesperrt" if person.held == date.max else f", gesperrt bis {show_date(person.held)}"


def _card(title: str, state: str, words: str, kind: str = "quiet") -> Any:
    frame, column = box()
    column.addLayout(row(label(title, "strong", wrap=True), Chip(state, kind)))
    said = label(words, wrap=True)
    said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    column.addWidget(said)
    return frame
