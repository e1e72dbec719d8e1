"""What people asked for about their own data, and until when it is to be answered (Art. 12 (3) GDPR: within one month)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from bjc_desktop.indicators.period import add_months
from bjc_desktop.models import Coachee, LegalHold, PrivacyRequest
from bjc_desktop.services.case_file import CaseRow, full_name, read_rows
from bjc_desktop.vault.role_rights import visible_people
from bjc_desktop.vocabulary import RequestKind

ANSWER_MONTHS = 1
"""Art. 12 (3) sentence 1; sentence 2 lets it be extended by two more, and the person is told within the first."""


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A request with the person's name, its last day and whether that has passed; answered ones have no open day."""

    row: CaseRow
    name: str
    case_number: str
    due_on: date
    overdue: bool

    @property
    def answered(self) -> bool:
        """Whether it was answered."""
        return self.row["answered_on"] is not None


@dataclass(frozen=True, slots=True)
class HeldPerson:
    """A legal hold with the person's name; current on the day of reading or not."""

    row: CaseRow
    name: str
    case_number: str
    current: bool


def due_day(received_on: date, extended_to: date | None) -> date:
    """Return the last day for an answer."""
    return extended_to or add_months(received_on, ANSWER_MONTHS)


def read_requests(connection: Connection, *, today: date) -> tuple[OpenRequest, ...]:
    """Return the requests of those whom the user sees, the open ones first, by their last day."""
    found = []
    for row, person in _with_people(connection, PrivacyRequest):
        due = due_day(row["received_on"], row["extended_to"])
        found.append(OpenRequest(row, full_name(person), person["case_number"], due, row["answered_on"] is None and due < today))
    return tuple(sorted(found, key=lambda request: (request.answered, request.due_on, request.row.id)))


def read_holds(connection: Connection, *, today: date) -> tuple[HeldPerson, ...]:
    """Return the legal holds, the current ones first."""
    found = [
        HeldPerson(row, full_name(person), person["case_number"], _holds(row, today))
        for row, person in _with_people(connection, LegalHold)
    ]
    return tuple(sorted(found, key=lambda held: (not held.current, held.row["held_from"], held.row.id)))


def _holds(row: CaseRow, today: date) -> bool:
    return bool(row["held_from"] <= today and (row["held_until"] is None or row["held_until"] >= today))


def _with_people(connection: Connection, entity: type[PrivacyRequest] | type[LegalHold]) -> Sequence[tuple[CaseRow, Any]]:
    seen = visible_people(connection)
    wanted = entity.coachee_id.is_not(None) if seen is None else entity.coachee_id.in_(seen)
    rows = read_rows(connection, entity, wanted)
    people = select(Coachee.id, Coachee.given_name, Coachee.family_name, Coachee.case_number)
    ids = {row["coachee_id"] for row in rows}
    names = {person["id"]: person for person in connection.execute(people.where(Coachee.id.in_(ids))).mappings()}
    return [(row, names[row["coachee_id"]]) for row in rows]


def answer_requests(session: Session, coachee_id: str, kind: RequestKind, *, today: date) -> None:
    """Note that the person's open requests of *kind* are answered *today*."""
    of_person = select(PrivacyRequest).where(PrivacyRequest.coachee_id == coachee_id, PrivacyRequest.kind == kind.value)
    for request in session.scalars(of_person.where(PrivacyRequest.answered_on.is_(None), PrivacyRequest.received_on <= today)):
        request.answered_on = today
