"""The case file of one coaching: sections at the left, one at a time at the right."""

from collections.abc import Callable, Mapping, Sized
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from bjc_desktop.services.case_file import CaseFile, full_name, read_case_file
from bjc_desktop.services.case_print import whole_file
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.ui.case_book import list_sections as lists
from bjc_desktop.ui.case_book import reading_sections as reading
from bjc_desktop.ui.case_book.change_list import Changes
from bjc_desktop.ui.case_book.master_data import MasterData
from bjc_desktop.ui.case_book.plan_section import Plans
from bjc_desktop.ui.case_book.section import CaseSectionView
from bjc_desktop.ui.printing.preview_dialog import PreviewDialog
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.draft_keeper import DraftKeeper
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.labels import Chip, button
from bjc_desktop.ui.shared.page import Page, Scroller
from bjc_desktop.ui.shared.theme import LARGE_TEXT, theme
from bjc_desktop.vault.role_rights import NOT_ASSIGNED, keeps_cases, sees_coaching
from bjc_desktop.vocabulary import ConsentPurpose


@dataclass(frozen=True, slots=True)
class SectionEntry:
    """A section: its key, its title, and what makes its view."""

    key: str
    title: str
    view: Callable[[Desk, Callable[..., None]], CaseSectionView]
    others: tuple[str, ...] = ()
    """Keys under which other pages ask for it."""
    rows: Callable[[CaseFile], Sized] | None = None
    """The rows of it that are worth a number at its title."""
    for_trainers: bool = False
    """Whether a trainer's work needs it (the seed's answer 7)."""

    def titled(self, case: CaseFile) -> str:
        """Return the title with the number of its rows, where there are any."""
        count = 0 if self.rows is None else len(self.rows(case))
        return f"{self.title} ({count})" if count else self.title


SECTIONS = (
    SectionEntry("coaching", "Stammdaten", MasterData, ("person",), for_trainers=True),
    SectionEntry("consents", "Einwilligungen", lists.Consents, rows=lambda case: case.consents),
    SectionEntry("staff", "Zuständig", lists.Assignments, for_trainers=True),
    SectionEntry("measures", "Maßnahmen", lists.Measures, rows=lambda case: case.measures),
    SectionEntry("profile", "Kompetenzprofil", lists.Profiles, for_trainers=True),
    SectionEntry("barriers", "Hemmnisse", lists.Barriers, rows=lambda case: case.barriers, for_trainers=True),
    SectionEntry("plan", "Entwicklungsplan", Plans, ("goals", "tasks"), for_trainers=True),
    SectionEntry("consultations", "Konsultationen", lists.Consultations, rows=lambda case: case.consultations),
    SectionEntry("observations", "Beobachtungen", reading.Observations, rows=lambda case: case.observations, for_trainers=True),
    SectionEntry("suggestions", "Vorschläge", lists.Suggestions, rows=lambda case: case.suggestions, for_trainers=True),
    SectionEntry("outcomes", "Ergebnisse", lists.Outcomes, rows=lambda case: case.outcomes),
    SectionEntry("exit", "Austritt", reading.Exit),
    SectionEntry("follow_up", "Nachbefragung", reading.FollowUpSummary),
    SectionEntry("timeline", "Zeitleiste", reading.Timeline),
    SectionEntry("changes", "Änderungen", Changes),
)
_DAY_AND_RESULT = 16
"""Letters that the list of coachings has room for at least."""


class CasePage(Page):
    """The page; a place is a ``coaching_id``, and maybe ``section``, ``field``, ``row_id``."""

    key: ClassVar[str] = "case_file"
    heading: ClassVar[str] = "Fallakte"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        px = theme().pixels
        self.coaching_id = ""
        self.case: CaseFile | None = None
        self._section = "coaching"
        self._views: dict[str, CaseSectionView] = {}
        self._drafts: dict[str, DraftKeeper] = {}
        self._chip = Chip()
        self.coachings = ChoiceBox()
        self.coachings.setAccessibleName("Coachings der Person")
        self.coachings.setMinimumContentsLength(_DAY_AND_RESULT)
        self.coachings.activated.connect(self._other_coaching)
        self.head.addWidget(self._chip)
        self.head.addWidget(self.coachings)
        whole = keeps_cases(desk.vault.user.roles)
        self.sections = [entry for entry in SECTIONS if whole or entry.for_trainers]
        if whole:
            self.head.addWidget(button("Drucken …", self.preview, symbol="printer", name="Ganze Fallakte drucken"))
        self.head.addWidget(button("Konsultation", self._record, rank="primary", symbol="message-square-plus"))
        body = QHBoxLayout()
        body.setSpacing(px(14))
        self._left = left = self._bar_of_sections()
        self._scroller = Scroller()
        self._sections = ChoiceBox()
        self._sections.setAccessibleName("Abschnitt der Fallakte")
        self._sections.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
        for entry in self.sections:
            self._sections.addItem(entry.title, entry.key)
        self._sections.activated.connect(lambda: self.show_section(self._sections.currentData()))
        if theme().scale < LARGE_TEXT:
            body.addWidget(left)
            self.set_aside(self._sections)
        else:
            self.set_aside(left)
            self.head.addWidget(self._sections)
        body.addWidget(self._scroller, 1)
        self.add(body, 1)
        for keys, step in (("Ctrl+PgDown", 1), ("Ctrl+PgUp", -1)):
            QShortcut(QKeySequence(keys), self).activated.connect(partial(self._step, step))

    def _bar_of_sections(self) -> QScrollArea:
        px = theme().pixels
        bar = QWidget()
        self._bar = QVBoxLayout(bar)
        self._bar.setContentsMargins(0, 0, 0, 0)
        self._bar.setSpacing(px(2))
        self._buttons: dict[str, QPushButton] = {}
        for entry in self.sections:
            made = button(entry.title, partial(self.show_section, entry.key), rank="section")
            made.setCheckable(True)
            # One stop for Tab, the arrow keys between them: so the next Tab leads into the section.
            made.setAutoExclusive(True)
            self._buttons[entry.key] = made
            self._bar.addWidget(made)
        self._bar.addStretch(1)
        left = QScrollArea(self)
        left.setWidget(bar)
        left.setWidgetResizable(True)
        left.setFrameShape(QScrollArea.Shape.NoFrame)
        left.setFocusPolicy(left.focusPolicy().NoFocus)
        left.setFixedWidth(bar.sizeHint().width() + px(34))
        return left

    # --- what is shown ----------------------------------------------------------------------------------------------------

    def open_at(self, where: Mapping[str, Any]) -> None:
        """Show the case file of a coaching, at a section, a field or a row."""
        coaching_id = where.get("coaching_id", self.coaching_id)
        if coaching_id != self.coaching_id:
            self.keep_drafts()
            self._forget_views()
            self.coaching_id = coaching_id
            self._section = "coaching"
            self._stale = True
        if coaching_id:
            self.desk.note_opening(coaching_id)
        if self._stale:
            self._stale = False
            self.refresh()
        asked = where.get("section")
        if asked:
            key = next((entry.key for entry in self.sections if asked == entry.key or asked in entry.others), "coaching")
            self.show_section(key)
        if self.case is not None:
            self._views[self._section].go_to(where.get("field"), where.get("row_id"))

    def _forget_views(self) -> None:
        self._scroller.clear()
        self._views, self._drafts = {}, {}

    def refresh(self) -> None:
        """Read the case file again and show the section."""
        if not self.coaching_id:
            return
        if not self.desk.read(partial(sees_coaching, coaching_id=self.coaching_id)):
            self._show_nobody()
            return
        self.case = read_case_file(self.desk.vault, self.coaching_id, today=self.desk.today())
        case = self.case
        self.title.setText(full_name(case.person.values) or "Fallakte")
        self.subtitle.setText(
            f"Fallnummer {case.person['case_number']} · Eintritt {case.coaching.text('entry_on')}{_ending(case)}"
        )
        self._chip.tell(*_state(case))
        self.coachings.clear()
        for summary in case.coachings:
            self.coachings.addItem(f"ab {summary.row.text('entry_on')}: {summary.result}", summary.row.id)
        self.coachings.setCurrentIndex(self.coachings.findData(self.coaching_id))
        self.coachings.setVisible(len(case.coachings) > 1)
        for number, entry in enumerate(self.sections):
            self._buttons[entry.key].setText(entry.titled(case))
            self._sections.setItemText(number, entry.titled(case))
        for view in self._views.values():
            view.show_case(case)
        self.show_section(self._section)

    def _show_nobody(self) -> None:
        """Show no file any more: the person was handed over, or the cover has ended."""
        self.keep_drafts()
        self._forget_views()
        self.case = None
        self.title.setText("Fallakte")
        self.subtitle.setText(NOT_ASSIGNED)

    def show_section(self, key: str) -> None:
        """Show the section *key*; it is made at its first use. The same one again stays where it was scrolled to."""
        another, self._section = key != self._section or key not in self._views, key
        if self.case is None:
            return
        if key not in self._views:
            entry = next(entry for entry in self.sections if entry.key == key)
            view = entry.view(self.desk, self.wanted.emit)
            self._views[key] = view
            self._scroller.column.addWidget(view)
            view.show_case(self.case)
            self._restore(key, view)
        for name, view in self._views.items():
            view.setVisible(name == key)
        for name, made in self._buttons.items():
            made.setChecked(name == key)
        self._sections.setCurrentIndex(self._sections.findData(key))
        if another:
            self._scroller.verticalScrollBar().setValue(0)

    def _step(self, step: int) -> None:
        keys = [entry.key for entry in self.sections]
        self._go_to_section(keys[(keys.index(self._section) + step) % len(keys)])

    def _go_to_section(self, key: str) -> None:
        self.show_section(key)
        (self._buttons[key] if theme().scale < LARGE_TEXT else self._sections).setFocus()

    def _other_coaching(self) -> None:
        self.wanted.emit("case_file", {"coaching_id": self.coachings.currentData()})

    def preview(self) -> None:
        """Show the whole file as it would be printed."""
        if self.case is None:
            return
        noted = partial(self.desk.account_for, what="file", coaching_ids=(self.coaching_id,))
        PreviewDialog(whole_file(self.case), "Fallakte", noted, self).open()

    def _record(self) -> None:
        self.wanted.emit("consultation", {"coaching_id": self.coaching_id})

    def first_field(self) -> QWidget | None:
        """Return the section's button, unless a field was asked for."""
        focused = self.focusWidget()
        if focused is not None and focused.hasFocus() and focused not in self._buttons.values():
            return None
        return self._buttons[self._section] if theme().scale < LARGE_TEXT else self._sections

    def offers(self) -> list[tuple[str, str, Callable[[], object]]]:
        """Return the sections, and what can be done with the coaching."""
        where = {"coaching_id": self.coaching_id}
        whole = [
            ("Coaching abschließen", "", partial(self.wanted.emit, "closing", where)),
            ("Fallakte drucken", "", self.preview),
        ]
        return [
            *(whole if keeps_cases(self.desk.vault.user.roles) else ()),
            *((f"Fallakte: {entry.title}", "", partial(self._go_to_section, entry.key)) for entry in self.sections),
        ]

    @property
    def shown_part(self) -> str:
        """The section that is shown."""
        return self._section

    def sample_places(self) -> dict[str, dict[str, Any]]:
        """Return the sections of the pictures."""
        coaching_id = self.desk.read(partial(_some_coaching, staff_id=self.desk.staff_id or "", today=self.desk.today()))
        return {f"case-{entry.key}": {"coaching_id": coaching_id, "section": entry.key} for entry in self.sections}

    # --- drafts -----------------------------------------------------------------------------------------------------------

    def keep_drafts(self) -> None:
        """Keep what is typed in the editors and not saved."""
        for keeper in self._drafts.values():
            keeper.keep()

    def _restore(self, section: str, view: CaseSectionView) -> None:
        keeper = self._drafts[section] = DraftKeeper(self.desk, f"case:{self.coaching_id}:{section}", view.draft)
        keeper.restore(view.show_draft)


def _state(case: CaseFile) -> tuple[str, str]:
    """Return what the chip says, and its kind: a coaching must not go on where the person withdrew."""
    if case.coaching["exit_on"] is not None:
        return "beendet", "quiet"
    if any(off.purpose is ConsentPurpose.PARTICIPATION for off in case.switched_off):
        return "Teilnahme widerrufen", "danger"
    return "aktiv", "good"


def _ending(case: CaseFile) -> str:
    if case.coaching["exit_on"] is not None:
        return f" · Austritt {show_date(case.coaching['exit_on'])}"
    planned = case.coaching["planned_end_on"]
    return "" if planned is None else f" · geplant bis {show_date(planned)}"


def _some_coaching(connection: Any, *, staff_id: str, today: Any) -> str:
    """Return a running coaching, for pictures and tests."""
    from bjc_desktop.services.person_picks import read_people  # noqa: PLC0415 - for pictures only

    people = read_people(connection, staff_id=staff_id, today=today)
    return people[min(2, len(people) - 1)].coaching_id
