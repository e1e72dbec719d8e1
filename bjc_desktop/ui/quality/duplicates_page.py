"""Duplicates: pairs of files that may be of one person, side by side; joined or told apart by a person's decision, and taken back."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, TypeVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from bjc_desktop.errors import BjcError
from bjc_desktop.services.joining import JoinedFile, JoinPreview, compare_files, joined_files
from bjc_desktop.services.possible_duplicates import (
    Likelihood,
    ListedPerson,
    PossibleDuplicate,
    PossibleDuplicates,
    RefusedPair,
    coachings_of,
    possible_duplicates,
    reconsider_pair,
    refuse_pair,
    refused_pairs,
)
from bjc_desktop.ui.quality.file_comparison import FileComparison
from bjc_desktop.ui.quality.join_dialog import JoinDialog
from bjc_desktop.ui.quality.two_people_dialog import TwoPeopleDialog
from bjc_desktop.ui.shared.background import Progress, sentence_of
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.empty_place import EmptyPlace
from bjc_desktop.ui.shared.flow_layout import FlowRow
from bjc_desktop.ui.shared.labels import NO_VALUE, button
from bjc_desktop.ui.shared.list_offer import ListOffer
from bjc_desktop.ui.shared.page import Page
from bjc_desktop.ui.shared.row_table import Column, RowTable
from bjc_desktop.vocabulary import DistinctReason

OPEN, REFUSED, JOINED = "open", "refused", "joined"
_COLOURS = {Likelihood.VERY_LIKELY: "danger", Likelihood.LIKELY: "warning", Likelihood.POSSIBLE: "muted"}
_PAUSE = 120
"""Milliseconds that the keyboard rests on a pair before the two files are read."""
_EMPTY = {
    OPEN: "Hier stehen Paare von Akten, die vielleicht dieselbe Person meinen, zum Vergleichen und Zusammenführen: sonst zählt sie doppelt. "
    "Zurzeit scheint niemand zwei Akten zu haben.",
    REFUSED: "Hier steht, wen jemand verglichen und als zwei verschiedene Personen gemerkt hat. Bisher niemanden.",
    JOINED: "Hier stehen zusammengeführte Akten; jede lässt sich wieder trennen. Bisher ist es keine.",
}
T = TypeVar("T")


def _called(person: ListedPerson) -> str:
    return f"{person.name} ({person.case_number})"


def _going_back(joined: JoinedFile) -> str:
    if joined.elsewhere:
        return "im anderen Tresor"
    return "möglich" if joined.undoable else "nicht mehr möglich"


_COLUMNS = {
    OPEN: (
        Column("Akte", lambda pair: _called(pair.first), width=225),
        Column("andere Akte", lambda pair: _called(pair.second), stretch=True),
        Column(
            "Dieselbe Person?",
            lambda pair: pair.likelihood.label,
            colour=lambda pair: _COLOURS[pair.likelihood],
            width=170,
            needs=640,
        ),
        Column("Dafür", lambda pair: ", ".join(pair.reasons), width=280, needs=860),
        Column("Dagegen", lambda pair: ", ".join(pair.against) or NO_VALUE, width=200, needs=1080),
    ),
    REFUSED: (
        Column("Akte", lambda pair: _called(pair.first), width=230),
        Column("andere Akte", lambda pair: _called(pair.second), stretch=True),
        Column("Grund", lambda pair: pair.reason.label if pair.reason else NO_VALUE, width=210, needs=640),
        Column("Von", lambda pair: pair.who or NO_VALUE, width=120, needs=820),
        Column("Wann", lambda pair: f"{pair.at.astimezone():%d.%m.%Y}", width=110, needs=700),
    ),
    JOINED: (
        Column("Akte", lambda joined: _called(joined.kept), width=300),
        Column(
            "aufgegebene Akte",
            lambda joined: (
                f"{joined.given_up_name} ({joined.given_up_number})" if joined.given_up_number else "(nicht mehr lesbar)"
            ),
            stretch=True,
        ),
        Column("Zurücknehmen", _going_back, width=170, needs=640),
        Column("Von", lambda joined: joined.who or NO_VALUE, width=120, needs=820),
        Column("Wann", lambda joined: f"{joined.at.astimezone():%d.%m.%Y}", width=110, needs=700),
    ),
}


def _weighed(pair: PossibleDuplicate | RefusedPair) -> str:
    """Return in full what the list may have no room for."""
    if isinstance(pair, RefusedPair):
        return f"Zwei Personen; Grund: {pair.reason.label}." if pair.reason else "Zwei Personen, ohne Grund."
    against = f" Dagegen: {', '.join(pair.against)}." if pair.against else ""
    return f"Dieselbe Person? {pair.likelihood.label.capitalize()}. Dafür: {', '.join(pair.reasons)}.{against}"


_NAMES = {OPEN: "Vielleicht doppelt", REFUSED: "Zwei Personen", JOINED: "Zusammengeführt"}


class DuplicatesPage(Page):
    """The page; its place may name a ``list``: open, refused or joined."""

    key: ClassVar[str] = "duplicates"
    heading: ClassVar[str] = "Doppelte"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._shown_list = OPEN
        self._found = PossibleDuplicates((), 0)
        self._refused: tuple[RefusedPair, ...] = ()
        self._joined: tuple[JoinedFile, ...] = ()
        self._read = False
        self.join_button = button("Zusammen&führen …", self.join, rank="primary", symbol="link")
        self.two_button = button("Sind &zwei Personen …", self.tell_apart, symbol="users")
        self.back_button = button("Zurück&nehmen", self.take_back, symbol="undo-2")
        for made in (self.two_button, self.back_button, self.join_button):
            self.head.addWidget(made)
        self.lists = FlowRow()
        self.add(self.lists)
        self.tables = {key: RowTable(columns, _NAMES[key]) for key, columns in _COLUMNS.items()}
        for key, table in self.tables.items():
            table.chosen.connect(partial(self._choose, key))
            table.opened.connect(self.join if key == OPEN else self.take_back)
            total = (lambda: self._found.total) if key == OPEN else None
            self.offer_list(table, ListOffer(total=total, about=partial(self._coachings_in, table)))
            self.add(table, 2)
        self._empty = EmptyPlace()
        self.add(self._empty, 1)
        self.comparison = FileComparison()
        self.add(self.comparison, 3)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_PAUSE)
        self._rest.timeout.connect(self._compare)
        self._show_list(OPEN)

    @property
    def table(self) -> RowTable:
        """The list that is shown."""
        return self.tables[self._shown_list]

    def open_at(self, where: Mapping[str, Any]) -> None:
        """Show the list that is named, or the one that was shown."""
        if where.get("list") in self.tables:
            self._show_list(where["list"])

    def _coachings_in(self, table: RowTable) -> Sequence[str]:
        """Return the coachings that a list is about: whose they are is recorded when it leaves."""
        people = [person for row in table.rows_model.rows for person in row.people]
        return self.desk.read(lambda connection: coachings_of(connection, people))

    def refresh(self) -> None:
        """Look for pairs again, behind the window."""
        today, now = self.desk.today(), self.desk.now()

        def question(connection: Any) -> tuple[PossibleDuplicates, tuple[RefusedPair, ...], tuple[JoinedFile, ...]]:
            return possible_duplicates(connection, today=today), refused_pairs(connection), joined_files(connection, now=now)

        self.ask(question, lambda answer: self._show(*answer), behind=True)

    def _show(self, found: PossibleDuplicates, refused: tuple[RefusedPair, ...], joined: tuple[JoinedFile, ...]) -> None:
        self._found, self._refused, self._joined, self._read = found, refused, joined, True
        self.tables[OPEN].show_rows(found.pairs, key=lambda pair: pair.key)
        self.tables[REFUSED].show_rows(refused, key=lambda pair: pair.key)
        self.tables[JOINED].show_rows(joined, key=lambda file: file.given_up_id)
        more = f", gezeigt sind die {len(found.pairs)} ähnlichsten" if found.total > len(found.pairs) else ""
        pairs = "1 Paar ist" if found.total == 1 else f"{found.total} Paare sind"
        self.subtitle.setText(f"{pairs} vielleicht dieselbe Person{more}" if found.total else "Keine Paare")
        self._show_list(self._shown_list)

    def _show_list(self, key: str) -> None:
        self._shown_list = key
        counts = {OPEN: self._found.total, REFUSED: len(self._refused), JOINED: len(self._joined)}
        self.lists.clear()
        for name, title in _NAMES.items():
            made = button(f"{title} ({counts[name]})", partial(self._open_list, name), rank="section")
            made.setCheckable(True)
            made.setChecked(name == key)
            self.lists.add(made)
        rows = self.table.rows_model.rows
        for name, table in self.tables.items():
            table.setVisible(name == key and (bool(rows) or not self._read))
        self._empty.tell(_EMPTY[key], *((("Coachees zeigen", "users", self._to_people),) if key == OPEN else ()))
        self._empty.setVisible(not rows and self._read)
        self.join_button.setVisible(key == OPEN)
        self.two_button.setVisible(key == OPEN)
        self.back_button.setVisible(key != OPEN)
        self._choose(key, self.table.current())

    def _open_list(self, key: str) -> None:
        self._show_list(key)
        self.table.setFocus()

    def _to_people(self) -> None:
        self.wanted.emit("coachees", {})

    def _choose(self, key: str, chosen: Any) -> None:
        if key != self._shown_list:
            return
        for made in (self.join_button, self.two_button):
            made.setEnabled(chosen is not None)
        self.back_button.setEnabled(isinstance(chosen, RefusedPair) or (isinstance(chosen, JoinedFile) and chosen.undoable))
        self.comparison.setVisible(key != JOINED and chosen is not None)
        self._rest.start()

    # --- one pair ---------------------------------------------------------------------------------------------------------

    def _compare(self) -> None:
        """Read the two files of the chosen pair behind the window, and show them side by side."""
        pair = self.table.current()
        if pair is None or self._shown_list == JOINED:
            return
        question = partial(compare_files, first_id=pair.first.id, second_id=pair.second.id, today=self.desk.today())
        shown_list = self._shown_list

        def show(preview: JoinPreview) -> None:
            current = self.table.current()
            if self._shown_list == shown_list and current is not None and current.key == pair.key:
                self.comparison.show_files(preview, _weighed(pair))

        self._behind(question, show)

    def _behind(self, question: Callable[[Any], T], show: Callable[[T], object]) -> None:
        vault = self.desk.vault

        def read(progress: Progress) -> T:
            _ = progress
            with vault.reading() as connection:
                return question(connection)

        # A file that has gone meanwhile is no longer in the list once that has been read again.
        self.desk.background.run(self, read, show, lambda _: None)

    def join(self, *_: object) -> None:
        """Ask what of the two files stands, and join them."""
        pair = self.tables[OPEN].current()
        if self._shown_list == OPEN and isinstance(pair, PossibleDuplicate):
            dialog = JoinDialog(self.desk, pair.first.id, pair.second.id, self)
            dialog.joined.connect(self._tell_joined)
            dialog.open()

    def _tell_joined(self, name: str) -> None:
        show = button("Zusammengeführte zeigen", partial(self._open_list, JOINED), rank="plain")
        self.banner.tell(f"Die Akten von {name} sind zusammengeführt. Das lässt sich 30 Tage lang zurücknehmen.", "good", show)
        self.table.setFocus()

    def tell_apart(self) -> None:
        """Remember, with a reason or without, that the two are not the same."""
        pair = self.tables[OPEN].current()
        if self._shown_list == OPEN and isinstance(pair, PossibleDuplicate):
            dialog = TwoPeopleDialog(pair.first.name, pair.second.name, self)
            dialog.given.connect(partial(self._tell_apart, pair))
            dialog.open()

    def _tell_apart(self, pair: PossibleDuplicate, key: str) -> None:
        reason = DistinctReason(key) if key else None
        self._do(lambda session: refuse_pair(session, pair.first.id, pair.second.id, reason), "Als zwei Personen gemerkt")

    def take_back(self, *_: object) -> None:
        """Take back that two files were joined, or that two people are not the same."""
        chosen = self.table.current()
        if isinstance(chosen, RefusedPair):
            self._do(lambda session: reconsider_pair(session, chosen.key), "Paar wird wieder gezeigt")
        elif isinstance(chosen, JoinedFile) and chosen.undoable:
            try:
                self.desk.take_back(chosen.transaction_id)
            except BjcError as error:
                self.banner.tell(str(error), "warning")
            else:
                self.banner.tell(f"Die Akten von {chosen.kept.name} und {chosen.given_up_name} sind wieder getrennt.", "good")

    def _do(self, change: Callable[[Any], object], said: str) -> None:
        try:
            self.desk.write(change, said)
        except BjcError as error:
            self.banner.tell(sentence_of(error), "danger")
        self.table.setFocus()

    def offers(self) -> Sequence[tuple[str, str, Callable[[], object]]]:
        """Return what can be done with the chosen pair."""
        if self._shown_list != OPEN:
            return [("Zurücknehmen", "", self.take_back)]
        return [("Akten zusammenführen", "", self.join), ("Sind zwei Personen", "", self.tell_apart)]

    def first_field(self) -> QWidget:
        """Return the list."""
        return self.table

    def sample_places(self) -> dict[str, dict[str, Any]]:
        """Return what the pictures show."""
        return {"duplicates": {"list": OPEN}, "duplicates_refused": {"list": REFUSED}, "duplicates_joined": {"list": JOINED}}
