"""What goes to whom: the rows and groups that an exchange file for a partner holds, and what is taken from one.

An office gets everything the writing user sees. A coach gets the cases that are theirs and what the work on them needs of the
organisation; a trainer the people assigned to them, without contact data, notes, and barriers that are none of the workshop's business.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bjc_desktop.exchange.field_groups import CONTACT, CONTRACT, EMPLOYER, NOTE
from bjc_desktop.vault import Vault
from bjc_desktop.vault.changes import concerns_people, link_to_owner
from bjc_desktop.vault.role_rights import CONFIDENTIAL_AREAS, people_of_staff, sees_all_cases, visible_query
from bjc_desktop.vocabulary import PartnerKind

_REFERRED_TO = frozenset({"providers", "staff", "funding_decisions"})
"""Coachings refer to these: without them nobody could take a case in."""
_OF_STAFF = frozenset({"staff_qualifications", "working_time"})
"""Of these a partner gets their own rows only."""
_OF_FUNDING = frozenset({"funding_decisions", "funding_changes", "targets"})
_ORGANISATION = frozenset({"providers", "staff"}) | _OF_STAFF | _OF_FUNDING
_WITHHELD: Mapping[PartnerKind, frozenset[tuple[str, str]]] = {
    PartnerKind.OFFICE: frozenset(),
    PartnerKind.COACH: frozenset(),
    PartnerKind.TRAINER: frozenset({("coachees", CONTACT), ("outcomes", EMPLOYER), ("consultations", NOTE)}),
}
_FROM_TRAINERS: frozenset[tuple[str, str | None]] = frozenset({("observations", None), ("suggestions", None), ("tasks", "done")})
"""What a trainer's laptop may bring: whole tables, or one group of a table."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """For whom a file is: the kind of partner, who works there (staff id), whether notes may go there."""

    kind: PartnerKind
    staff_id: str | None
    reads_notes: bool


class Selection:
    """The part of a vault that goes to one partner."""

    def __init__(self, vault: Vault, recipient: Recipient, today: date) -> None:
        self.recipient = recipient
        self._people = " INTERSECT ".join(_people_queries(vault, recipient, today))

    def withholds(self, table: str, group: str) -> bool:
        """Say whether a *group* of *table* does not go there."""
        if (table, group) == ("consultations", NOTE) and not self.recipient.reads_notes:
            return True
        return (table, group) in _WITHHELD[self.recipient.kind]

    def withholds_of_row(self, table: str, group: str, row_id: str) -> bool:
        """Say whether a *group* does not go there because of whose row it is: contracts are shown to who signed them."""
        foreign = self.recipient.kind is not PartnerKind.OFFICE and row_id != self.recipient.staff_id
        return table == "staff" and group == CONTRACT and foreign

    def condition(self, table: str) -> str:
        """Return the condition that a row of *table* goes there."""
        kind, staff = self.recipient.kind, _quoted(self.recipient.staff_id or "")
        if not concerns_people(table):
            if kind is PartnerKind.OFFICE or table in _REFERRED_TO:
                return "1"
            return f"staff_id = {staff}" if table in _OF_STAFF else str(int(kind is PartnerKind.COACH))
        of_people = _of_people(table, self._people)
        if table == "coaching_staff" and kind is not PartnerKind.OFFICE:
            # Who hands a case over must learn that it is theirs no more.
            return f"({of_people} OR staff_id = {staff})"
        if kind is PartnerKind.TRAINER and table == "barriers":
            return f"{of_people} AND area NOT IN {CONFIDENTIAL_AREAS}"
        if kind is PartnerKind.TRAINER and table == "consultations":
            return f"{of_people} AND staff_id = {staff}"
        return of_people

    def deletion_condition(self, table: str) -> str:
        """Return the condition that the deletion of a row of *table* is told there; it is about a stamp, not a row."""
        if not concerns_people(table) or not self._people:
            return "1"
        return f"(coachee_id IN ({self._people}) OR coachee_id NOT IN (SELECT id FROM coachees))"


def _people_queries(vault: Vault, recipient: Recipient, today: date) -> list[str]:
    """Return the queries of whose people the file is about: what the writer sees, and what the recipient is to see; none for all."""
    found = []
    if not sees_all_cases(vault.user.roles):
        found.append(visible_query(vault.user.roles, vault.user.id, today))
    if recipient.kind is not PartnerKind.OFFICE:
        coach = recipient.kind is PartnerKind.COACH
        found.append(people_of_staff(_quoted(recipient.staff_id or ""), today, coach=coach))
    return found


def _of_people(table: str, people: str) -> str:
    if not people:
        return "1"
    link = link_to_owner(table)
    if link is None:
        return f"id IN ({people})"
    column, parent = link
    if parent == "coachees":
        return f"{column} IN ({people})"
    return f"{column} IN (SELECT id FROM main.{parent} WHERE {_of_people(parent, people)})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def is_accepted(kind: PartnerKind, table: str, group: str) -> bool:
    """Say whether a *group* of *table* is taken from a partner of this *kind*: nobody changes by exchange what they may not change.

    A coach's vault brings cases, a trainer's what trainers write; the organisation is the office's.
    """
    if kind is PartnerKind.OFFICE:
        return True
    if kind is PartnerKind.COACH:
        return table not in _ORGANISATION
    return (table, None) in _FROM_TRAINERS or (table, group) in _FROM_TRAINERS
