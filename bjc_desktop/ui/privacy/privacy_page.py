"""Data protection: requests with their deadlines, access and erasure, the run by the rules of keeping, holds, protocols."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from bjc_desktop.errors import BjcError, InvalidInputError
from bjc_desktop.services.access_answer import AccessAnswer, write_access_answer
from bjc_desktop.services.coachee_list import CoacheeRow
from bjc_desktop.services.erasing import ErasureProtocol, erase_person, read_protocols
from bjc_desktop.services.privacy_requests import HeldPerson, OpenRequest, read_holds, read_requests
from bjc_desktop.services.retention_rules import RuleLine, change_rule, months_in_words, read_rules
from bjc_desktop.services.row_titles import fields_of
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.ui.privacy.erase_dialog import EraseDialog
from bjc_desktop.ui.privacy.period_dialog import PeriodDialog
from bjc_desktop.ui.privacy.person_finder import PersonFinder
from bjc_desktop.ui.privacy.run_view import RunView
from bjc_desktop.ui.shared.background import sentence_of
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.labels import NO_VALUE, Banner, Chip, box, button, label, row
from bjc_desktop.ui.shared.list_offer import ListOffer
from bjc_desktop.ui.shared.page import Page, Scroller, clear_layout
from bjc_desktop.ui.shared.row_list import ListShape, RowList
from bjc_desktop.ui.shared.row_table import Column, RowTable
from bjc_desktop.ui.shared.sections import Sections
from bjc_desktop.vault.restored_gap import RestoredGap, confirm_gap, read_gap
from bjc_desktop.vault.role_rights import keeps_cases, sees_all_cases
from bjc_desktop.vocabulary import ErasureDepth

REQUESTS, HOLDS, RUN, RULES, PROTOCOLS = "requests", "holds", "run", "rules", "protocols"
_SECTIONS = (
    (REQUESTS, "Auskunft und Löschung"),
    (HOLDS, "Sperren"),
    (RUN, "Löschlauf"),
    (RULES, "Fristen"),
    (PROTOCOLS, "Protokolle"),
)
_OF_ALL_CASES, _OF_CASES = {HOLDS, RUN}, {REQUESTS}
_NO_REQUESTS = (
    "Hier stehen Anfragen auf Auskunft, Berichtigung oder Löschung mit ihrer Frist von einem Monat. Zuerst die Person wählen."
)
_NO_HOLDS = "Wer hier steht, wird bis zum letzten Tag der Sperre nicht gelöscht, zum Beispiel wegen einer Klage."
_NO_PROTOCOLS = "Hier steht jede Löschung: wann, durch wen, warum und wie viele Einträge, ohne Namen."


def _field(table: str, name: str, *, width: int = 0) -> Column:
    return Column(fields_of(table)[name].title, lambda shown: shown.row.text(name) or NO_VALUE, stretch=not width, width=width)


class PrivacyPage(Page):
    """The page; its place may name a ``section`` and the ``row_id`` of a request."""

    key: ClassVar[str] = "privacy"
    heading: ClassVar[str] = "Datenschutz"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        roles = desk.vault.user.roles
        self._may = {key for key, _ in _SECTIONS if self._open_to(key, roles)}
        self.finders: dict[str, PersonFinder] = {}
        self._lists: dict[str, RowList] = {}
        self._for_person: list[QWidget] = []
        makers = {
            REQUESTS: self._requests,
            HOLDS: self._holds,
            RUN: lambda: RunView(desk, self.banner),
            RULES: self._rules,
            PROTOCOLS: self._protocols,
        }
        self.sections = Sections()
        self.sections.asked.connect(self.show_section)
        for key, text in _SECTIONS:
            if key in self._may:
                self.sections.add_section(key, text, makers[key]())
        self.restored = Banner()
        self.add(self.restored)
        self.add(self.sections.bar)
        self.add(self.sections, 1)

    @staticmethod
    def _open_to(key: str, roles: frozenset[Any]) -> bool:
        if key in _OF_ALL_CASES:
            return sees_all_cases(roles)
        return key not in _OF_CASES or keeps_cases(roles)

    # --- sections ---------------------------------------------------------------------------------------------------------

    def _requests(self) -> QWidget:
        table = "privacy_requests"
        columns = (
            Column("Person", lambda shown: f"{shown.name}, {shown.case_number}", stretch=True),
            _field(table, "kind", width=130),
            _field(table, "received_on", width=155),
            Column(
                "Frist",
                _deadline,
                width=190,
                colour=lambda shown: "danger" if shown.overdue else "",
                value=lambda shown: None if shown.answered else shown.due_on,
            ),
            _field(table, "answered_on", width=155),
        )
        fields = ("kind", "received_on", "extended_to", "answered_on", "remark")
        shape = ListShape(table, columns, fields, fields[:2], _NO_REQUESTS, "Anfrage notieren")
        self.requests = RowList(self.desk, shape, {}, lambda: {"received_on": self.desk.today()})
        self.requests.adapt(lambda shown: shown.row, lambda shown: shown.row.values)
        finder = self._finder(REQUESTS, self.requests)
        self.access_button = button("Auskunft erteilen …", self.choose_folder, symbol="file-text")
        self.erase_button = button("Person löschen …", self.ask_erasure, symbol="trash-2")
        if not sees_all_cases(self.desk.vault.user.roles):
            self.erase_button.hide()
        self._for_person.extend((self.access_button, self.erase_button))
        self._choose(REQUESTS, None)
        return _scrolled(finder, _holder(row(self.access_button, self.erase_button, None)), self.requests)

    def _holds(self) -> QWidget:
        table = "legal_holds"
        columns = (
            Column("Person", lambda shown: f"{shown.name}, {shown.case_number}", width=260),
            _field(table, "held_from", width=120),
            _field(table, "held_until", width=120),
            Column("gilt", lambda shown: "ja" if shown.current else "nein", width=70),
            _field(table, "reason"),
        )
        fields = ("held_from", "held_until", "reason")
        shape = ListShape(table, columns, fields, ("held_from", "reason"), _NO_HOLDS, "Sperren")
        self.holds = RowList(self.desk, shape, {}, lambda: {"held_from": self.desk.today()})
        self.holds.adapt(lambda shown: shown.row, lambda shown: shown.row.values)
        finder = self._finder(HOLDS, self.holds)
        self._choose(HOLDS, None)
        return _scrolled(finder, self.holds)

    def _finder(self, section: str, rows: RowList) -> PersonFinder:
        """Return the search for the person to whom a new row of *rows* will belong."""
        finder = PersonFinder(self.desk)
        finder.chosen.connect(partial(self._choose, section))
        self.finders[section], self._lists[section] = finder, rows
        return finder

    def _rules(self) -> QWidget:
        scroller = Scroller()
        self._rule_column = QVBoxLayout()
        scroller.column.addLayout(self._rule_column)
        scroller.column.addStretch(1)
        return scroller

    def _protocols(self) -> QWidget:
        self.protocols = RowTable(
            (
                Column("am", lambda shown: show_date(shown.at.date()), width=110),
                Column("wer", lambda shown: shown.pseudonym, width=120),
                Column("wie viel", _how_much, width=230),
                Column("Anlass", lambda shown: shown.occasion.label, width=130),
                Column("Grund", lambda shown: shown.reason or NO_VALUE, stretch=True),
                Column("durch", lambda shown: shown.who or NO_VALUE, width=110),
            ),
            "Protokolle",
        )
        self.offer_list(self.protocols, ListOffer())
        self.protocols.chosen.connect(self._show_protocol)
        self._protocol_words = label("", wrap=True)
        self._no_protocols = label(_NO_PROTOCOLS, "muted", wrap=True)
        return _scrolled(self._no_protocols, self.protocols, self._protocol_words)

    # --- what is shown ----------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read everything again."""
        today = self.desk.today()
        if REQUESTS in self._may:
            self._show_requests(self.desk.read(partial(read_requests, today=today)))
        for finder in self.finders.values():
            finder.again()
        if HOLDS in self._may:
            holds: tuple[HeldPerson, ...] = self.desk.read(partial(read_holds, today=today))
            self.holds.show_rows(holds)
        if RUN in self._may:
            self._show_restored(self.desk.read(read_gap))
        self._show_rules(self.desk.read(read_rules))
        protocols: tuple[ErasureProtocol, ...] = self.desk.read(read_protocols)
        self.protocols.show_rows(protocols)
        self.protocols.setVisible(bool(protocols))
        self.protocols.fit_height(10)
        self._no_protocols.setVisible(not protocols)
        if RUN in self._may:
            self.sections.views[RUN].refresh()  # type: ignore[attr-defined]

    def _show_requests(self, requests: tuple[OpenRequest, ...]) -> None:
        self.requests.show_rows(requests, at=self._wanted_row)
        self._wanted_row = None
        waiting = [request for request in requests if not request.answered]
        overdue = sum(request.overdue for request in waiting)
        self.subtitle.setText(f"{len(waiting)} offene Anfragen, {overdue} überfällig")

    def _show_restored(self, gap: RestoredGap | None) -> None:
        self.restored.clear()
        if gap is not None:
            confirm = button("Alle wiederholt: bestätigen", self.confirm_restored)
            self.restored.tell(gap.text, "warning", confirm)

    def _show_rules(self, lines: tuple[RuleLine, ...]) -> None:
        clear_layout(self._rule_column)
        for line in lines:
            frame, column = box()
            chip = Chip("Vorgabe" if line.default else "geändert", "quiet" if line.default else "warning")
            change = button("Ändern …", partial(self.ask_period, line), rank="plain", name=f"{line.rule.title}: ändern")
            if not self.desk.at_provider_desk:
                change.hide()
            column.addLayout(row(label(line.rule.title, "strong", wrap=True), chip, change))
            column.addWidget(label(f"{months_in_words(line.months)} ab {line.rule.counts_from}. {line.rule.effect}", wrap=True))
            column.addWidget(label(line.rule.what, wrap=True))
            column.addWidget(label(line.rule.source if line.default else f"Grund: {line.reason}", "small", wrap=True))
            self._rule_column.addWidget(frame)

    def _show_protocol(self, shown: ErasureProtocol | None) -> None:
        self._protocol_words.setText("" if shown is None else f"Einträge: {shown.text or 'keine'}.")

    def _choose(self, section: str, person: CoacheeRow | None) -> None:
        rows = self._lists[section]
        rows.add_button.setEnabled(person is not None)
        if person is not None:
            rows.owner["coachee_id"] = person.coachee_id
        if section == REQUESTS:
            for made in self._for_person:
                made.setEnabled(person is not None)

    @property
    def person(self) -> CoacheeRow | None:
        """The person for whom an answer is given, or who is erased."""
        return self.finders[REQUESTS].person

    # --- what is done -----------------------------------------------------------------------------------------------------

    def choose_folder(self) -> None:
        """Ask where the answer is to be written."""
        chosen = QFileDialog.getExistingDirectory(self, "Ordner für die Auskunft")
        if chosen:
            self.write_answer(Path(chosen))

    def write_answer(self, folder: Path) -> None:
        """Write everything about the chosen person into *folder*, behind the window."""
        person = self.person
        if person is None:
            return
        now, today = self.desk.now(), self.desk.today()
        self.access_button.setEnabled(False)
        self.desk.write_behind(
            self,
            lambda vault: write_access_answer(vault, person.coachee_id, folder, now=now, today=today),
            self._answered,
            self._failed,
            "Auskunft geschrieben",
        )

    def _answered(self, answer: AccessAnswer) -> None:
        missing = f" {answer.closed_notes} Notizen fehlen darin, weil Ihnen der Zugang fehlt." if answer.closed_notes else ""
        self.banner.tell(
            f"Geschrieben: {answer.pdf.name} und {answer.package.name}.{missing} Die Dateien sind nicht verschlüsselt.",
            "warning" if missing else "good",
        )
        self._choose(REQUESTS, self.person)

    def _failed(self, error: BaseException) -> None:
        self.banner.tell(sentence_of(error), "danger")
        self._choose(REQUESTS, self.person)

    def ask_erasure(self) -> None:
        """Show what erasing the chosen person would do, and ask for the reason."""
        person = self.person
        if person is not None:
            dialog = EraseDialog(self.desk, person, self)
            dialog.confirmed.connect(partial(self._erase, dialog, person))
            dialog.open()

    def _erase(self, dialog: EraseDialog, person: CoacheeRow, depth: str, reason: str) -> None:
        now, today = self.desk.now(), self.desk.today()
        self.desk.write_behind(
            dialog,
            lambda vault: erase_person(vault, person.coachee_id, depth=ErasureDepth(depth), reason=reason, now=now, today=today),
            partial(self._erased, dialog),
            lambda error: self._not_erased(dialog, error),
            "Person gelöscht",
        )

    def _erased(self, dialog: EraseDialog, protocol: ErasureProtocol) -> None:
        dialog.accept()
        self.finders[REQUESTS].line.clear()
        self.banner.tell(f"Gelöscht. Im Protokoll steht die Person als {protocol.pseudonym}.", "good")

    def _not_erased(self, dialog: EraseDialog, error: BaseException) -> None:
        dialog.refuse(sentence_of(error))
        dialog.erase_button.setEnabled(True)

    def confirm_restored(self) -> None:
        """Record that whoever was erased after the restored backup was erased again."""
        now = self.desk.now()
        try:
            self.desk.write(lambda session: confirm_gap(session, self.desk.vault, now), "Bestätigt")
        except BjcError as error:
            self.banner.tell(str(error), "danger")

    def ask_period(self, line: RuleLine) -> None:
        """Ask for another period of a rule, with the reason."""
        dialog = PeriodDialog(line, self)
        dialog.chosen.connect(partial(self._change_period, dialog, line))
        dialog.open()

    def _change_period(self, dialog: PeriodDialog, line: RuleLine, months: int | None, reason: str) -> None:
        try:
            self.desk.write(partial(change_rule, key=line.rule.key, months=months, reason=reason), "Frist geändert")
        except InvalidInputError as error:
            dialog.refuse(error)
        except BjcError as error:
            dialog.accept()
            self.banner.tell(str(error), "danger")
        else:
            dialog.accept()

    # --- the page ---------------------------------------------------------------------------------------------------------

    _wanted_row: str | None = None

    def show_section(self, section: str) -> None:
        """Show one of the sections."""
        self.banner.settle()
        self.sections.show_section(section)

    def open_at(self, where: Mapping[str, Any]) -> None:
        """Show a section, and the request that is named."""
        if where.get("section") in self.sections.buttons:
            self.show_section(where["section"])
        if where.get("row_id") and REQUESTS in self._may:
            self._wanted_row = where["row_id"]
            self._show_requests(self.desk.read(partial(read_requests, today=self.desk.today())))

    def first_field(self) -> QWidget:
        """Return the button of the section."""
        return self.sections.shown_button

    @property
    def shown_part(self) -> str:
        """The section that is shown."""
        return self.sections.shown

    def sample_places(self) -> dict[str, dict[str, Any]]:
        """Return each section of the pictures."""
        return {f"privacy-{key}": {"section": key} for key in self.sections.buttons}


def _deadline(request: OpenRequest) -> str:
    if request.answered:
        return NO_VALUE
    return f"{show_date(request.due_on)}{', überfällig' if request.overdue else ''}"


def _how_much(protocol: ErasureProtocol) -> str:
    return f"{protocol.depth.label}{', zurückgeholt' if protocol.taken_back else ''}"


def _holder(line: Any) -> QWidget:
    made = QWidget()
    made.setLayout(line)
    return made


def _scrolled(*contents: QWidget) -> QWidget:
    scroller = Scroller()
    for content in contents:
        scroller.column.addWidget(content)
    scroller.column.addStretch(1)
    return scroller
