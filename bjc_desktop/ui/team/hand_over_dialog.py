"""Handing a caseload over: who takes which coaching, from when, and until when where it is a cover."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QWidget

from bjc_desktop.errors import BjcError, InvalidInputError
from bjc_desktop.reports.german import per_cent
from bjc_desktop.services.hand_over import Capacity, HeldCoaching, hand_over, held_coachings, shared_evenly
from bjc_desktop.services.team_board import TeamMember
from bjc_desktop.services.typed_values import parse_date, show_date
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.dialog import Dialog
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.labels import Banner, button, label, row
from bjc_desktop.ui.start.entry import Entry

_NAME_LENGTH = 22
"""Letters of a name that a choice shows; a longer one is read in its list."""


class HandOverDialog(Dialog):
    """The dialog for the caseload of *member*; *colleagues* can take coachings."""

    handed_over = Signal(list, str)
    """The coachings that were handed over, and in words until when."""

    def __init__(self, desk: Desk, member: TeamMember, colleagues: list[TeamMember], parent: QWidget | None = None) -> None:
        super().__init__("Übergeben", parent, width=720)
        self.desk, self.member, self.colleagues = desk, member, colleagues
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.held = desk.read(partial(held_coachings, staff_id=member.row.id, today=desk.today()))
        self.first, self.last = QLineEdit(show_date(desk.today())), QLineEdit()
        self.first_entry, self.last_entry = Entry("&ab", self.first), Entry("&bis (nur bei Vertretung)", self.last)
        self.banner = Banner()
        self.takers = {colleague.row.id: self._taker(colleague) for colleague in colleagues}
        self.choices: dict[str, ChoiceBox] = {}
        outer = self.column
        outer.addWidget(label(f"Fälle von {member.name} übergeben ({len(self.held)})", "title", wrap=True))
        outer.addWidget(self.banner)
        outer.addLayout(row(self.first_entry, self.last_entry))
        outer.addWidget(label("Wer übernimmt (gleichmäßig nach Auslastung)", "muted", wrap=True))
        for taker in self.takers.values():
            outer.addWidget(taker)
        outer.addLayout(
            row(
                button("&Gleichmäßig verteilen", self.share, symbol="list-checks"),
                button("&Niemand", lambda: self._set_all(lambda _: None), rank="plain"),
                None,
            )
        )
        grid = QGridLayout()
        grid.setColumnStretch(0, 1)
        for number, held in enumerate(self.held):
            self._add(grid, number, held)
        outer.addLayout(grid)
        outer.addStretch(1)
        self.save_button = button("&Übergeben", self.save, rank="primary", shortcut="Ctrl+Return")
        self.put_below(None, button("Abbrechen", self.reject, rank="plain"), self.save_button)
        self._show_capacity()
        self.first.setFocus()

    def _add(self, grid: QGridLayout, number: int, held: HeldCoaching) -> None:
        choice = ChoiceBox()
        choice.setMinimumContentsLength(_NAME_LENGTH)
        choice.setAccessibleName(f"{held.name}: wer übernimmt")
        choice.addItem("bleibt", None)
        for colleague in self.colleagues:
            choice.addItem(colleague.name, colleague.row.id)
        choice.activated.connect(self._show_capacity)
        self.choices[held.coaching_id] = choice
        grid.addWidget(label(f"{held.name}, {held.case_number}", wrap=True), number, 0)
        grid.addWidget(choice, number, 1)

    def _moves(self) -> dict[str, str]:
        return {coaching_id: choice.currentData() for coaching_id, choice in self.choices.items() if choice.currentData()}

    @staticmethod
    def _taker(colleague: TeamMember) -> QCheckBox:
        taker = QCheckBox(colleague.name)
        taker.setChecked(True)
        return taker

    def _show_capacity(self) -> None:
        moves = self._moves()
        for colleague in self.colleagues:
            taken = [held for held in self.held if moves.get(held.coaching_id) == colleague.row.id]
            words = f"{colleague.name}: {_capacity_words(colleague, taken)}"
            self.takers[colleague.row.id].setText(words.replace("&", "&&"))

    def share(self) -> None:
        """Propose who takes what, so that the loads of those who are ticked become even."""
        capacities = {
            colleague.row.id: colleague.load.capacity
            for colleague in self.colleagues
            if colleague.load is not None and self.takers[colleague.row.id].isChecked()
        }
        if not capacities:
            self.banner.tell("Bitte zuerst ankreuzen, wer Fälle übernimmt.", "warning")
            return
        self.banner.clear()
        proposal = shared_evenly(self.held, capacities)
        self._set_all(proposal.get)

    def _set_all(self, chosen: Callable[[str], str | None]) -> None:
        for coaching_id, choice in self.choices.items():
            choice.setCurrentIndex(choice.findData(chosen(coaching_id)))
        self._show_capacity()

    def save(self) -> None:
        """Hand over in one step."""
        for entry in (self.first_entry, self.last_entry):
            entry.tell("")
        days = []
        for line, entry in ((self.first, self.first_entry), (self.last, self.last_entry)):
            try:
                days.append(parse_date(line.text(), today=self.desk.today()))
            except InvalidInputError as error:
                entry.tell(str(error))
                return
        if days[0] is None:
            self.first_entry.tell("Bitte den ersten Tag angeben.")
            return
        first, last, moves = days[0], days[1], self._moves()

        def change(session: Any) -> int:
            return hand_over(session, self.member.row.id, moves, first=first, last=last, today=self.desk.today())

        words = "Fall übergeben" if len(moves) == 1 else "Fälle übergeben"
        try:
            self.desk.write(change, f"{len(moves)} {words}")
        except BjcError as error:
            self.banner.tell(str(error), "danger")
        else:
            self.accept()
            until = f", in Vertretung bis {show_date(last)}" if last else ""
            self.handed_over.emit([*moves], f"{len(moves)} {words}{until}")


def _capacity_words(colleague: TeamMember, taken: list[HeldCoaching]) -> str:
    """Return how many coachings somebody has and with what load, and what it is with those that are *taken*."""
    load = colleague.load
    if load is None:
        return f"dann {len(taken)}" if taken else "heute 0"

    def words(stock: int, capacity: Capacity) -> str:
        return str(stock) if load.load is None else f"{stock} ({per_cent(capacity.load, 0)})"

    today = f"heute {words(load.stock, load.capacity)}"
    return f"{today}, dann {words(load.stock + len(taken), load.capacity.after(taken))}" if taken else today
