"""A coachee at a glance, beside the list."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from bjc_desktop.services.coachee_list import CaseStatus, CoacheeRow
from bjc_desktop.services.coachee_preview import CoacheePreview, coachee_preview
from bjc_desktop.services.typed_values import show_date, show_duration
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.labels import Chip, button, label, row, rule
from bjc_desktop.ui.shared.page import Scroller
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.vault.role_rights import keeps_cases

_CHIPS = {CaseStatus.ACTIVE: "good", CaseStatus.AFTERCARE: "warning"}


class CoacheePreviewPanel(QFrame):
    """The panel."""

    wanted = Signal(str, dict)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.setProperty("box", "card")
        self.setMinimumWidth(theme().pixels(300))
        self.setAccessibleName("Vorschau")
        px = theme().pixels
        outer = QVBoxLayout(self)
        outer.setContentsMargins(px(16), px(14), px(10), px(12))
        self._name = label("", "heading", wrap=True)
        self._chip = Chip()
        self._open = button("Fallakte öffnen", self._open_file, symbol="folder-open")
        self._record = button("Konsultation", self._record_one, symbol="message-square-plus")
        self._scroller = Scroller()
        outer.addWidget(self._name)
        outer.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignLeft)
        outer.addWidget(self._scroller, 1)
        outer.addLayout(row(self._open, self._record, None))
        self._shown: CoacheeRow | None = None

    def show_coachee(self, shown: CoacheeRow) -> None:
        """Show the coachee of the row *shown*."""
        self._shown = shown
        preview = self._desk.read(partial(coachee_preview, coachee_id=shown.coachee_id, today=self._desk.today()))
        self._name.setText(preview.row.name)
        self._chip.tell(preview.row.status.label, _CHIPS.get(preview.row.status, "quiet"))
        for made in (self._open, self._record):
            made.setEnabled(preview.row.coaching_id is not None)
        self._scroller.clear()
        self._show(preview)

    def _show(self, preview: CoacheePreview) -> None:
        column = self._scroller.column
        facts = QWidget()
        grid = QGridLayout(facts)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(1, 1)
        grid.setHorizontalSpacing(theme().pixels(12))
        for at, (title, words) in enumerate(preview.facts[1:]):
            grid.addWidget(label(title, "muted"), at, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label(words, wrap=True), at, 1)
        column.addWidget(facts)
        due = [(f"{show_date(item.day)}  {item.text}", "error" if item.overdue else "") for item in preview.next_due]
        goals = [
            (f"{goal.description}{f' (bis {show_date(goal.due_on)})' if goal.due_on else ''}", "error" if goal.overdue else "")
            for goal in preview.open_goals
        ]
        talks = [
            (f"{show_date(talk.held_on)}  {talk.kind.label}, {talk.channel.label}{_length(talk.duration_min)}", "")
            for talk in preview.consultations
        ]
        parts = [("Als Nächstes", due, "Nichts fällig."), ("Offene Ziele", goals, "Keine offenen Ziele.")]
        if keeps_cases(self._desk.vault.user.roles):
            parts.insert(1, ("Letzte Konsultationen", talks, "Noch keine."))
        for title, lines, none in parts:
            column.addWidget(rule())
            column.addWidget(label(title, "strong"))
            for words, tone in lines or [(none, "muted")]:
                column.addWidget(label(words, tone, wrap=True))
        column.addStretch(1)

    def _open_file(self) -> None:
        if self._shown is not None:
            self.wanted.emit("case_file", {"coaching_id": self._shown.coaching_id})

    def _record_one(self) -> None:
        if self._shown is not None:
            self.wanted.emit("consultation", {"coaching_id": self._shown.coaching_id})


def _length(minutes: int | None) -> str:
    return f", {show_duration(minutes)}" if minutes else ""
