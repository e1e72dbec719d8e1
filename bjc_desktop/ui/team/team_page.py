"""The team: who works how much, with which caseload and which qualifications, and the hand-over of cases."""

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSplitter, QVBoxLayout, QWidget

from bjc_desktop.errors import BjcError
from bjc_desktop.reports.german import NO_VALUE, number, per_cent
from bjc_desktop.services.case_print import hand_over_sheets
from bjc_desktop.services.requirement_profile import Requirement, RequirementState, confirm_requirement
from bjc_desktop.services.row_titles import fields_of
from bjc_desktop.services.team import add_member
from bjc_desktop.services.team_board import TeamBoard, TeamMember, read_team_board
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.ui.printing.preview_dialog import PreviewDialog
from bjc_desktop.ui.shared.background import sentence_of
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.facts import Fact, FactRow, named
from bjc_desktop.ui.shared.labels import Chip, box, button, give_keyboard, label, row
from bjc_desktop.ui.shared.list_offer import ListOffer
from bjc_desktop.ui.shared.page import Page, Scroller, clear_layout
from bjc_desktop.ui.shared.reason_dialog import ReasonDialog
from bjc_desktop.ui.shared.row_form import RowForm
from bjc_desktop.ui.shared.row_list import ListShape, RowList
from bjc_desktop.ui.shared.row_table import Column, RowTable
from bjc_desktop.ui.shared.theme import LARGE_TEXT, theme
from bjc_desktop.ui.team.hand_over_dialog import HandOverDialog
from bjc_desktop.ui.team.member_dialog import MemberDialog
from bjc_desktop.vault.role_rights import sees_all_cases
from bjc_desktop.vocabulary import Role

_SIDE_BY_SIDE = 900
_OF_TODAY = frozenset(Role) - {Role.ADMINISTRATION}
"""Who has the page of today, which says what is amiss with the backups."""
_LEAST_DETAIL = 200
"""The height of the details where the page scrolls because its text is large."""
_SHARES = (6, 5)
"""Of list and details, where they stand side by side."""
_STAFF = ("family_name", "given_name", "role", "weekly_hours", "funded_share", "employed_from", "employed_to")
_STATES = {
    RequirementState.MET: "good",
    RequirementState.CONFIRMED: "warning",
    RequirementState.MISSING: "danger",
    RequirementState.NOT_NEEDED: "quiet",
}


_SHORT_ROLES = {Role.JOB_COACH: "JobCoaching", Role.EMPLOYMENT_TRAINER: "Training"}


def _requirements(member: TeamMember) -> str:
    if not member.requirements:
        return NO_VALUE
    return (
        "vollständig" if not member.missing else f"{member.missing} fehlt" if member.missing == 1 else f"{member.missing} fehlen"
    )


def _cases(member: TeamMember) -> str:
    if member.load is None:
        return NO_VALUE
    return str(member.load.stock) if member.load.load is None else f"{member.load.stock} ({per_cent(member.load.load, 0)})"


def _cover(member: TeamMember) -> str:
    """Return until when others stand in for somebody, or for whom they stand in."""
    if member.covered:
        return f"vertreten bis {show_date(member.covered[-1].last)}"
    covers = () if member.load is None else member.load.covers
    return f"vertritt {', '.join(dict.fromkeys(cover.absent_name for cover in covers))}" if covers else ""


COLUMNS = (
    Column("Name", lambda member: member.name, stretch=True, colour=lambda member: "" if member.employed else "muted", least=150),
    Column("Funktion", lambda member: member.role.label, width=190, rank=3),
    Column("Fälle", _cases, number=True, width=104),
    Column("Anforderungen", _requirements, colour=lambda member: "danger" if member.missing else "", width=126, rank=2),
    Column("Vertretung", _cover, colour=lambda member: "warning" if member.covered else "", width=190, rank=1),
)
_COVER = 4


class TeamPage(Page):
    """The page; its place may name a ``staff_id``."""

    key: ClassVar[str] = "team"
    heading: ClassVar[str] = "Team"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.board: TeamBoard | None = None
        self._reminded = False
        desk.backups.changed.connect(self._remind)
        self._asked: str | None = None
        self._shown_id: str | None = None
        self._confirmed: str | None = None
        """The item of the profile that was confirmed last, to which the keyboard comes back."""
        self._confirm_buttons: dict[str, QPushButton] = {}
        self.add_button = button("&Person", self.add_member, symbol="plus", name="Neue Person im Team")
        self.hand_over_button = button("&Übergeben …", self.hand_over, symbol="arrow-right")
        self.head.addWidget(self.add_button)
        self.head.addWidget(self.hand_over_button)
        # Who keeps staff only, knows no cases: neither to look at nor to hand over.
        self._knows_cases = sees_all_cases(desk.vault.user.roles)
        self.hand_over_button.setVisible(self._knows_cases)
        self._facts = FactRow()
        large = theme().scale >= LARGE_TEXT
        if not large:
            self.add(self._facts)
        self.detail = Scroller()
        self._build_detail()
        self.table = RowTable(COLUMNS, "Team")
        self.table.chosen.connect(self._show_member)
        self.table.opened.connect(lambda _: self.form.form.focus_field("weekly_hours"))
        self._split = QSplitter()
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.table)
        self._split.addWidget(self.detail)
        for at, share in enumerate(_SHARES):
            self._split.setStretchFactor(at, share)
        self.add(self._split, 1)
        if large:  # the list needs the room above
            self.add(self._facts)
            self.detail.setMinimumHeight(theme().pixels(_LEAST_DETAIL))
        self.offer_list(self.table, ListOffer())
        of_member = ListOffer(words=lambda: "" if (member := self.table.current()) is None else member.name)
        self.offer_list(self.qualifications.table, of_member)

    def _build_detail(self) -> None:
        column = self.detail.column
        self._cases = button("Fälle zeigen", self._open_cases, rank="plain", symbol="users")
        self._load = label("", wrap=True)
        self.form = RowForm(self.desk, "staff", _STAFF, "Person", columns=2)
        profile, self._profile = box()
        self._profile.addWidget(label("Anforderungsprofil", "heading"))
        self._items = QVBoxLayout()
        self._profile.addLayout(self._items)
        table = "staff_qualifications"
        columns = (
            Column("Art", lambda shown: shown.text("kind"), stretch=True),
            Column("Bezeichnung", lambda shown: shown.text("title") or NO_VALUE, width=170),
            Column(fields_of(table)["obtained_on"].title, lambda shown: shown.text("obtained_on") or NO_VALUE, width=110),
            Column("Stunden", lambda shown: shown.text("hours") or NO_VALUE, number=True, width=80),
        )
        shape = ListShape(
            table,
            columns,
            ("kind", "title", "obtained_on", "hours"),
            ("kind",),
            "Abschlüsse, Erfahrung (erworben am: seit wann) und Weiterbildungen mit ihren Stunden.",
            "Qualifikation",
            editor_columns=2,
        )
        self.qualifications = RowList(self.desk, shape, {}, dict)
        column.addWidget(self.form)
        column.addWidget(self._load)
        column.addLayout(row(self._cases, None))
        self._training = label("", "muted", wrap=True)
        for part in (profile, label("Qualifikationen", "heading"), self._training, self.qualifications):
            column.addWidget(part)
        column.addStretch(1)

    # --- what is shown ----------------------------------------------------------------------------------------------------

    def open_at(self, where: Mapping[str, Any]) -> None:
        """Show the team, at a person."""
        if "staff_id" in where:
            self._asked = where["staff_id"]
            self._stale = True

    def refresh(self) -> None:
        """Read the team again, behind the window."""
        self._remind()
        self.ask(partial(read_team_board, today=self.desk.today()), self._show, behind=True)

    def _remind(self) -> None:
        """Say that the second place of the backups was not reached for long, to who begins here: the page of today is not theirs."""
        reminder = "" if self.desk.vault.user.roles & _OF_TODAY else self.desk.backups.reminder
        if reminder:
            there = button("Zu den Sicherungen", lambda: self.wanted.emit("backups", {}), rank="plain")
            self.banner.tell(reminder, "warning", there)
        elif self._reminded:
            self.banner.clear()
        self._reminded = bool(reminder)

    def _show(self, board: TeamBoard) -> None:
        self.board = board
        employed = sum(member.employed for member in board.members)
        self.subtitle.setText(f"{employed} von {len(board.members)} heute beschäftigt")
        self._facts.show_facts(self._summary(board))
        self.table.leave_out(() if any(map(_cover, board.members)) else (_COVER,))
        self.table.show_rows(board.members, key=lambda member: member.row.id)
        if self._asked is not None:
            at = next((at for at, member in enumerate(board.members) if member.row.id == self._asked), None)
            if at is not None:
                self.table.selectRow(at)
            self._asked = None
        self._split.setVisible(bool(board.members))
        if self._confirmed in self._confirm_buttons:
            target = self._confirm_buttons[self._confirmed]
            target.show()  # what is not laid out yet takes no keyboard
            give_keyboard(target)
        self._confirmed = None

    def _summary(self, board: TeamBoard) -> list[Fact]:
        found = []
        if board.median is not None:
            spread = str(board.smallest) if board.smallest == board.largest else f"{board.smallest}\u2013{board.largest}"
            found.append(Fact("Fälle je JobCoach", f"{spread}, Median {number(board.median, board.median.denominator - 1)}"))
        for position in board.positions:
            funded = NO_VALUE if position.funded is None else str(position.funded)
            found.append(Fact(f"Stellen {_SHORT_ROLES[position.role]}", f"{number(position.filled, 1)} von {funded}"))
        today, *later = board.ahead
        days = "".join(f" → {ahead.running} ({ahead.day:%d.%m.})" for ahead in later)
        found.append(Fact("Laufende Coachings, nach Plan", f"{today.running}{days}"))
        return found + [Fact(warning.title, named(warning.people), "question") for warning in board.warnings]

    def _show_member(self, member: TeamMember | None) -> None:
        self.detail.setVisible(member is not None)
        self.hand_over_button.setEnabled(member is not None and member.load is not None and member.load.stock > 0)
        if member is None:
            return
        if member.row.id != self._shown_id:
            self._shown_id = member.row.id
            self.detail.verticalScrollBar().setValue(0)
        self.form.show_row(member.row)
        self.qualifications.show_of(member.row.id, member.qualifications, {"staff_id": member.row.id})
        year = self.desk.today().year
        this_year, in_all = member.further_training(year)
        self._training.setText(f"Weiterbildung: {this_year} Stunden in {year}, {in_all} insgesamt")
        months = ", ".join(
            f"{month.day:%m/%y}: {number(month.stock, 0)} ({per_cent(month.load, 0)})"
            for month in member.months
            if month.stock is not None
        )
        covers = [f"Vertreten von {cover.deputy_name} bis {show_date(cover.last)}: {cover.cases}" for cover in member.covered]
        if member.load is not None:
            covers += [f"Vertritt {cover.absent_name} bis {show_date(cover.last)}: {cover.cases}" for cover in member.load.covers]
        lines = [*covers, *([f"Fälle an den Monatsenden (Auslastung): {months}"] if months else [])]
        self._load.setText("\n".join(lines))
        self._load.setVisible(bool(lines))
        self._cases.setVisible(self._knows_cases and member.load is not None and member.load.stock > 0)
        clear_layout(self._items)
        self._confirm_buttons.clear()
        for item in member.requirements:
            self._show_item(member, item)
        if not member.requirements:
            self._items.addWidget(label("Für diese Funktion nennt das Fachkonzept kein Profil.", "muted", wrap=True))

    def _show_item(self, member: TeamMember, item: Requirement) -> None:
        self._items.addLayout(row(Chip(item.state.label, _STATES[item.state]), label(item.title, wrap=True)))
        words = label(item.why, "small", wrap=True)
        if item.state in {RequirementState.MISSING, RequirementState.CONFIRMED}:
            text = "Bestätigen …" if item.state is RequirementState.MISSING else "Bestätigung ändern …"
            made = button(text, partial(self.confirm, member, item), rank="plain", name=f"{item.title}: {text}")
            self._items.addLayout(row(words, made))
            self._confirm_buttons[item.item] = made
        else:
            self._items.addWidget(words)

    # --- what is done -----------------------------------------------------------------------------------------------------

    def confirm(self, member: TeamMember, item: Requirement) -> None:
        """Ask for the reason for which an item is confirmed by hand."""
        before = item.why if item.state is RequirementState.CONFIRMED else ""
        hint = "Zum Beispiel: Zeugnis lag der Bewilligungsstelle vor."
        dialog = ReasonDialog("Von Hand bestätigen", item.title, hint, self, before=before)
        dialog.given.connect(lambda reason: self._confirm(member.row.id, item.item, reason))
        dialog.open()

    def _confirm(self, staff_id: str, item: str, reason: str) -> None:
        self._confirmed = item
        try:
            self.desk.write(partial(confirm_requirement, staff_id=staff_id, item=item, reason=reason), "Bestätigung gespeichert")
        except BjcError as error:
            self.banner.tell(str(error), "danger")

    def add_member(self) -> None:
        """Add a person to the team."""
        dialog = MemberDialog(self.desk, self)
        dialog.chosen.connect(self._add)
        dialog.open()

    def _add(self, values: dict[str, Any]) -> None:
        try:
            self._asked = self.desk.write(partial(add_member, values=values, today=self.desk.today()), "Person angelegt")
        except BjcError as error:
            self.banner.tell(str(error), "danger")

    def hand_over(self) -> None:
        """Hand the chosen person's cases over."""
        member: TeamMember | None = self.table.current()
        if member is None or self.board is None:
            return
        colleagues = [
            other
            for other in self.board.members
            if other.employed and other.role is member.role and other.row.id != member.row.id
        ]
        if not colleagues:
            words = "Niemand sonst hat heute diese Funktion. Bitte zuerst eine Person anlegen."
            self.banner.tell(words, "warning", button("Verstanden", self.banner.clear, rank="plain"))
            return
        dialog = HandOverDialog(self.desk, member, colleagues, self)
        dialog.handed_over.connect(self._handed_over)
        dialog.open()

    def _handed_over(self, coaching_ids: list[str], what: str) -> None:
        words = f"{what}. Zu jedem Fall gibt es ein Blatt zum Ausdrucken."
        self.banner.tell(words, "good", button("Übergabeblätter …", partial(self._make_sheets, coaching_ids)))

    def _make_sheets(self, coaching_ids: list[str]) -> None:
        vault, today = self.desk.vault, self.desk.today()

        def done(pdf: bytes) -> None:
            noted = partial(self.desk.account_for, what="hand_over", coaching_ids=tuple(coaching_ids))
            PreviewDialog(pdf, "Übergabe", noted, self).open()

        def failed(error: BaseException) -> None:
            self.banner.tell(sentence_of(error), "danger")

        self.desk.background.run(self, lambda _: hand_over_sheets(vault, coaching_ids, today=today), done, failed)

    def _open_cases(self) -> None:
        member: TeamMember | None = self.table.current()
        if member is not None and member.load is not None:
            where = {"coachee_ids": member.load.people.coachee_ids or (), "why": f"Betreuungsstand von {member.name}"}
            self.wanted.emit("coachees", where)

    # --- the page ---------------------------------------------------------------------------------------------------------

    def first_field(self) -> QWidget:
        """Return the list."""
        return self.table

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's
        """Put the details below the list where there is little room."""
        super().resizeEvent(event)
        wide = self.width() >= theme().pixels(_SIDE_BY_SIDE)
        self._split.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)
        self._split.setSizes([*_SHARES] if wide else [1, 1])
