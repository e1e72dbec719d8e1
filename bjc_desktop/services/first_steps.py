"""The first day of a vault: who works here, what is there already, and what the figures of the running quarter still lack."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.indicators.catalogue import BY_CODE
from bjc_desktop.indicators.results import Figure
from bjc_desktop.models import Provider, Staff
from bjc_desktop.services.team import StaffMember, list_providers, list_staff, set_staff_of_user, staff_of_user
from bjc_desktop.vocabulary import Role

NO_PROVIDER = "Bitte den Namen des Trägers eintragen."
NO_NAME = "Bitte den Nachnamen eintragen."


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a vault has on its first days: its providers, its staff of today, who of them the user is, and how many coachees and coachings."""

    providers: tuple[str, ...]
    staff: tuple[StaffMember, ...]
    own_id: str | None
    coachees: int
    coachings: int

    @property
    def coaches(self) -> int:
        """How many job coaches are employed."""
        return sum(member.role is Role.JOB_COACH for member in self.staff)


@dataclass(frozen=True, slots=True)
class Lack:
    """Why some figures of a quarter have no value yet: their short names, the reason, and where it is mended (a page and a place on it)."""

    figures: tuple[str, ...]
    reason: str
    action: str = ""
    page: str = ""
    where: dict[str, Any] = field(default_factory=dict)


def read_beginning(connection: Connection, *, user_id: str, today: date) -> Beginning:
    """Return what is there."""
    staff = tuple(member for member in list_staff(connection, today=today) if member.employed)
    people = connection.exec_driver_sql("SELECT count(*) FROM coachees").scalar_one()
    coachings = connection.exec_driver_sql("SELECT count(*) FROM coachings WHERE cancelled = 0").scalar_one()
    providers = tuple(name for name, _ in list_providers(connection))
    return Beginning(providers, staff, staff_of_user(connection, user_id), people, coachings)


def has_coachees(connection: Connection) -> bool:
    """Say whether anybody's file is there, whoever may see it."""
    return bool(connection.exec_driver_sql("SELECT EXISTS (SELECT 1 FROM coachees)").scalar())


def found_provider(
    session: Session, *, user_id: str, provider: str, given_name: str, family_name: str, role: Role, today: date
) -> str:
    """Add the provider and its first member of staff, who is the user, and return the id of the latter.

    Raises
    ------
    InvalidInputError
        with a sentence for each name that is missing; nothing was added.
    """
    missing = {
        name: sentence
        for name, value, sentence in (("provider", provider, NO_PROVIDER), ("family_name", family_name, NO_NAME))
        if not value.strip()
    }
    if missing:
        raise InvalidInputError(missing)
    house = Provider(name=provider.strip())
    session.add(house)
    session.flush()
    member = Staff(
        provider_id=house.id,
        given_name=given_name.strip() or None,
        family_name=family_name.strip(),
        role=role.value,
        employed_from=today,
    )
    session.add(member)
    session.flush()
    # Said once: with the second member of staff nobody would know any more who the user is.
    set_staff_of_user(session, user_id=user_id, staff_id=member.id)
    return str(member.id)


def lacks(figures: Sequence[Figure]) -> tuple[Lack, ...]:
    """Return why those of *figures* have no value that have none, one reason for all that share it."""
    found = []
    for codes, reason, action, page, where in _REASONS:
        without = tuple(BY_CODE[figure.code].short for figure in figures if figure.code in codes and figure.value is None)
        if without:
            found.append(Lack(without, reason, action, page, where))
    return tuple(found)


_REASONS: tuple[tuple[frozenset[str], str, str, str, dict[str, Any]], ...] = (
    (frozenset({"consultations_per_hour"}), "Die Arbeitszeit dieses Quartals fehlt noch.", "Arbeitszeit eintragen", "hours", {}),
    (frozenset({"measure_link"}), "Noch läuft kein Coaching.", "", "", {}),
    (frozenset({"a1_1", "a4", "correctly_closed"}), "In diesem Quartal hat noch kein Coaching geendet.", "", "", {}),
    (frozenset({"a1_2"}), "In diesem Quartal liegt kein Austritt sechs Monate zurück.", "", "", {}),
)
"""Codes, why they have no value, and what is done about it: a denominator of nothing is no figure (docs/indicators.md)."""
