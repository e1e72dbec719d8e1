"""Data quality: everything missing or contradictory, errors before warnings before hints, one click to the field."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import partial
from textwrap import shorten
from typing import Any, ClassVar

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from bjc_desktop.errors import BjcError
from bjc_desktop.indicators.period import quarter_of
from bjc_desktop.services.acknowledging import acknowledge, take_back
from bjc_desktop.services.case_findings import CaseFinding, FindingGroup, read_case_findings, recent_quarters
from bjc_desktop.services.findings import title_of
from bjc_desktop.services.first_steps import has_coachees
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.empty_place import EmptyPlace
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.flow_layout import FlowRow
from bjc_desktop.ui.shared.labels import button, label
from bjc_desktop.ui.shared.list_offer import ListOffer
from bjc_desktop.ui.shared.page import Page
from bjc_desktop.ui.shared.reason_dialog import ReasonDialog
from bjc_desktop.ui.shared.row_table import Column, RowTable
from bjc_desktop.ui.shared.theme import LARGE_TEXT, theme

_COLOURS = {"error": "danger", "warning": "warning", "hint": "muted"}
_WORDS = {"error": "Fehler", "warning": "Warnung", "hint": "Hinweis"}
_PLURALS = {"error": "Fehler", "warning": "Warnungen", "hint": "Hinweise"}
_ROOM_FOR_NUMBER = 760
_LONGEST = 72
"""Letters of what is to be done on a button; most fit whole."""
_STANDING = "standing"
"""Chosen instead of a rule: the findings that somebody lets stand."""
COLUMNS = (
    Column("Schwere", lambda row: _WORDS[row.severity], colour=lambda row: _COLOURS[row.severity], width=90),
    Column("Wer", lambda row: row.name, width=220),
    Column("JobCoach", lambda row: row.coach, width=150),
    Column("Was zu tun ist", lambda row: row.text if row.reason is None else f"{row.text} Bleibt so: {row.reason}", stretch=True),
    Column("Fallnummer", lambda row: row.subject, width=130),
)

_NOTHING_YET = (
    "Hier steht, was in den Akten fehlt oder sich widerspricht, bevor es im Bericht auffällt; ein Klick führt zum Feld. Noch ist keine Akte da, "
    "die sich prüfen ließe."
)


class QualityPage(Page):
    """The page; its place may name a ``rule``."""

    key: ClassVar[str] = "quality"
    heading: ClassVar[str] = "Datenqualität"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._groups: tuple[FindingGroup, ...] = ()
        self._rule: str | None = None
        self.cases = ChoiceBox()
        self.cases.setAccessibleName("Fälle")
        for title, staff_id in desk.whose_cases:
            self.cases.addItem(title, staff_id)
        self.cases.activated.connect(self.refresh)
        self.head.addWidget(self.cases)
        self.open_button = button("Zum Feld", self._open_current, rank="primary", symbol="arrow-right")
        self.stand_button = button("Bleibt so …", self.acknowledge, symbol="check")
        self.stand_button.setToolTip("Mit einem Grund zur Kenntnis nehmen; ändern sich die Daten, kommt der Befund wieder.")
        self.head.addWidget(self.stand_button)
        self.head.addWidget(self.open_button)
        # With large text a line of buttons would take the room of the list: a choice takes its place.
        self.rules = FlowRow()
        self.kinds = ChoiceBox()
        self.kinds.setAccessibleName("Art der Befunde")
        self.kinds.activated.connect(lambda: self._choose(self.kinds.currentData()))
        self._large = theme().scale >= LARGE_TEXT
        self.set_aside(self.rules if self._large else self.kinds)
        self.add(self.kinds if self._large else self.rules)
        self.table = RowTable(COLUMNS, "Befunde")
        self.table.opened.connect(self.open_finding)
        self.table.chosen.connect(self._offer)
        self.add(self.table, 1)
        self._whole = label("", wrap=True)
        self.add(self._whole)
        self._empty = EmptyPlace()
        self.add(self._empty, 1)
        self._empty.hide()
        self.offer_list(self.table, ListOffer((self.cases,), words=self._narrowed, total=self._count))

    def open_at(self, where: Mapping[str, Any]) -> None:
        """Show all findings, or those of one rule."""
        self._rule = where.get("rule")
        self._stale = True

    def refresh(self) -> None:
        """Ask the report's rules again, behind the window."""
        question = partial(read_case_findings, staff_id=self.cases.currentData(), today=self.desk.today())
        self.ask(question, self._show, behind=True)

    def _show(self, groups: tuple[FindingGroup, ...]) -> None:
        self._groups = groups
        every = [finding for group in groups for finding in group.findings]
        rows = [finding for finding in every if finding.reason is None]
        standing = [finding for finding in every if finding.reason is not None]
        counts = Counter(finding.rule for finding in rows)
        if self._rule not in {*counts, _STANDING if standing else None}:
            self._rule = None
        self.rules.clear()
        self.kinds.clear()
        self._add_rule(f"Alles ({len(rows)})", None, "Alle Befunde")
        for rule, count in counts.items():
            text = title_of(rule)
            self._add_rule(f"{shorten(text, _LONGEST, placeholder=' …')} ({count})", rule, text)
        if standing:
            self._add_rule(f"Bleibt so ({len(standing)})", _STANDING, "Mit Grund zur Kenntnis genommen")
        shown = standing if self._rule == _STANDING else [finding for finding in rows if self._rule in {None, finding.rule}]
        self.table.show_rows(shown, key=lambda finding: (finding.rule, finding.subject))
        self._show_columns()
        severities = Counter(finding.severity for finding in rows)
        parts = [f"{count} {(_PLURALS if count > 1 else _WORDS)[severity]}" for severity, count in severities.items()]
        self.subtitle.setText(f"{recent_quarters(self.desk.today()).label} · {', '.join(parts) or 'nichts zu tun'}")
        self.table.setVisible(bool(shown))
        self.open_button.setEnabled(bool(shown))
        self._empty.setVisible(not shown)
        self._offer(self.table.current())
        if self.desk.read(has_coachees):
            self._empty.tell("In diesen Fällen fehlt nichts und widerspricht sich nichts.")
        else:
            self._empty.tell(_NOTHING_YET, ("Erste Schritte", "flag", lambda: self.wanted.emit("beginning", {})))

    def _narrowed(self) -> str:
        period = recent_quarters(self.desk.today()).label
        if self._rule is None:
            return period
        return f"{period}; {'Bleibt so' if self._rule == _STANDING else title_of(self._rule)}"

    def _count(self) -> int:
        return sum(len(group.findings) for group in self._groups)

    def _add_rule(self, text: str, rule: str | None, meaning: str) -> None:
        self.kinds.addItem(text, rule)
        if rule == self._rule:
            self.kinds.setCurrentIndex(self.kinds.count() - 1)
        made = button(text.replace("&", "&&"), partial(self._choose, rule), rank="section")
        made.setCheckable(True)
        made.setChecked(rule == self._rule)
        made.setToolTip(meaning)
        self.rules.add(made)

    def _choose(self, rule: str | None) -> None:
        self._rule = rule
        self._show(self._groups)
        self.table.setFocus()

    def _offer(self, finding: CaseFinding | None) -> None:
        self._whole.setVisible(finding is not None and self._large)
        if finding is not None:
            self._whole.setText(f"{_WORDS[finding.severity]}, {finding.name}: {COLUMNS[2].text(finding)}")
        self.stand_button.setEnabled(finding is not None and finding.coaching_id is not None)
        self.stand_button.setText("Wieder zeigen" if self._rule == _STANDING else "Bleibt so …")

    def acknowledge(self) -> None:
        """Let the current finding stand with a reason, or show one that stood among the others again."""
        finding = self.table.current()
        if finding is None or finding.coaching_id is None:
            return
        rule, coaching_id = finding.rule, finding.coaching_id
        if finding.reason is not None:
            self.desk.write(lambda session: take_back(session, rule, coaching_id), "Befund wird wieder gezeigt")
            return
        hint = "Steht nur im Tresor. Im Bericht wird der Befund weiter gezählt."
        dialog = ReasonDialog("Bleibt so", f"{finding.name}: {finding.text}", hint, self)
        dialog.given.connect(partial(self._let_stand, rule, coaching_id))
        dialog.open()

    def _let_stand(self, rule: str, coaching_id: str, reason: str) -> None:
        try:
            self.desk.write(lambda session: acknowledge(session, rule, coaching_id, reason), "Befund zur Kenntnis genommen")
        except BjcError as error:
            self.banner.tell(str(error), "danger")

    def _open_current(self) -> None:
        finding = self.table.current()
        if finding is not None:
            self.open_finding(finding)

    def open_finding(self, finding: CaseFinding) -> None:
        """Go to the field that the finding is about."""
        if finding.coaching_id is None and self.desk.at_provider_desk:
            self.wanted.emit("hours", {"period": quarter_of(date.fromisoformat(f"{finding.subject}-01")).label})
        elif finding.coaching_id is None:
            self.banner.tell("Arbeitszeiten trägt die Koordination ein; bitte dort Bescheid geben.", "quiet")
        elif finding.section in {"exit", "outcomes"}:
            self.wanted.emit("closing", {"coaching_id": finding.coaching_id, "field": finding.field})
        elif finding.section == "follow_up":
            self.wanted.emit("follow_ups", {"coaching_id": finding.coaching_id})
        else:
            where = {"coaching_id": finding.coaching_id, "section": finding.section, "field": finding.field}
            self.wanted.emit("case_file", where)

    def first_field(self) -> QWidget:
        """Return the list."""
        return self.table

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's
        """Leave the case number out where there is little room."""
        super().resizeEvent(event)
        self.table.setColumnHidden(0, self._large)
        self._show_columns()

    def _show_columns(self) -> None:
        narrow = self.width() < theme().pixels(_ROOM_FOR_NUMBER)
        self.table.setColumnHidden(2, narrow or self.cases.currentData() is not None)
        self.table.setColumnHidden(4, narrow)
