"""What goes to whom: the rows and groups that an exchange file for a partner holds, and what is taken from one.

An office gets everything the writing user sees. A coach gets the cases that are theirs and what the work on them needs of the
organisation; a trainer the people assigned to them, without contact data, notes, and barriers and goals that are none of the workshop's
business.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bjc_desktop.exchange.field_groups import CONTACT, CONTRACT, DECIDED, EMPLOYER, NOTE
from bjc_desktop.vault import Vault
from bjc_desktop.vault.changes import OF_TWO, concerns_people, link_to_owner
from bjc_desktop.vault.role_rights import CONFIDENTIAL, people_of_staff, sees_all_cases, staff_query, visible_query
from bjc_desktop.vocabulary import PartnerKind, Role

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
_NOT_FOR_TRAINERS = frozenset(table.name for table in DECIDED)
"""Trainers are not asked who is the same person as whom."""
_FROM_TRAINERS: frozenset[tuple[str, str | None]] = frozenset({("observations", None), ("suggestions", None), ("tasks", "done")})
"""What a trainer's laptop may bring: whole tables, or one group of a table."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """For whom a file is: the kind of partner, who works there (staff id), whether notes may go there."""

    kind: PartnerKind
    staff_id: str | None
    reads_notes: bool


@dataclass(frozen=True, slots=True)
class _View:
    """What somebody who sees as a partner of this kind does may get: the writing user and the recipient have one each."""

    kind: PartnerKind
    staff: str
    """SQL that yields the id of who it is in the team."""
    people: str
    """SQL that yields their people; empty for all."""

    def withholds(self, table: str, group: str) -> bool:
        return (table, group) in _WITHHELD[self.kind]

    def sees(self, table: str) -> bool:
        return self.kind is not PartnerKind.TRAINER or table not in _NOT_FOR_TRAINERS

    def condition(self, table: str) -> str:
        if not concerns_people(table):
            if self.kind is PartnerKind.OFFICE or table in _REFERRED_TO:
                return "1"
            return f"staff_id = {self.staff}" if table in _OF_STAFF else str(int(self.kind is PartnerKind.COACH))
        of_people = _of_people(table, self.people) if self.sees(table) else "0"
        if table == "coaching_staff" and self.kind is not PartnerKind.OFFICE:
            # Who hands a case over must learn that it is theirs no more.
            return f"({of_people} OR staff_id = {self.staff})"
        if self.kind is PartnerKind.TRAINER and table in CONFIDENTIAL:
            return f"{of_people} AND NOT ({CONFIDENTIAL[table]})"
        if self.kind is PartnerKind.TRAINER and table == "consultations":
            return f"{of_people} AND staff_id = {self.staff}"
        return of_people


class Selection:
    """The part of a vault that goes to one partner: what the writing user sees of it, and the partner is to see."""

    def __init__(self, vault: Vault, recipient: Recipient, today: date) -> None:
        self.recipient = recipient
        self._views = (_view_of_user(vault, today), _view_of_partner(recipient, today))
        self._people = " INTERSECT ".join(view.people for view in self._views if view.people)

    def withholds(self, table: str, group: str) -> bool:
        """Say whether a *group* of *table* does not go there."""
        if (table, group) == ("consultations", NOTE) and not self.recipient.reads_notes:
            return True
        return any(view.withholds(table, group) for view in self._views)

    def withholds_of_row(self, table: str, group: str, row_id: str) -> bool:
        """Say whether a *group* does not go there because of whose row it is: contracts are shown to who signed them."""
        foreign = self.recipient.kind is not PartnerKind.OFFICE and row_id != self.recipient.staff_id
        return table == "staff" and group == CONTRACT and foreign

    def condition(self, table: str) -> str:
        """Return the condition that a row of *table* goes there."""
        return " AND ".join(f"({view.condition(table)})" for view in self._views)

    def deletion_condition(self, table: str) -> str:
        """Return the condition that the deletion of a row of *table* is told there; it is about a stamp, not a row."""
        if not all(view.sees(table) for view in self._views):
            return "0"
        if not concerns_people(table) or not self._people:
            return "1"
        return f"(coachee_id IN ({self._people}) OR coachee_id NOT IN (SELECT id FROM coachees))"


def _view_of_user(vault: Vault, today: date) -> _View:
    """Return what the writing user sees: nobody sends what the window would not show them."""
    roles, user = vault.user.roles, vault.user.id
    if sees_all_cases(roles):
        return _View(PartnerKind.OFFICE, "NULL", "")
    kind = PartnerKind.COACH if Role.JOB_COACH in roles else PartnerKind.TRAINER
    return _View(kind, staff_query(user), visible_query(roles, user, today))


def _view_of_partner(recipient: Recipient, today: date) -> _View:
    if recipient.kind is PartnerKind.OFFICE:
        return _View(recipient.kind, "NULL", "")
    staff = _quoted(recipient.staff_id or "")
    return _View(recipient.kind, staff, people_of_staff(staff, today, coach=recipient.kind is PartnerKind.COACH))


def _of_people(table: str, people: str) -> str:
    if not people:
        return "1"
    link = link_to_owner(table)
    if link is None:
        return f"id IN ({people})"
    column, parent = link
    if table in OF_TWO:
        return f"{column} IN ({people}) AND {OF_TWO[table]} IN ({people})"
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
