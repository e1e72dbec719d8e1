"""The provider of the first day and the one that a data package brings: one and the same, not two beside each other.

A new vault begins with a provider's name and one member of staff. The package of the same provider knows both, under ids of its own.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from bjc_desktop.models import Coachee, FundingDecision, Provider, Staff, WorkingTime
from bjc_desktop.services.row_editing import change_row, delete_row, references_to, with_dependants
from bjc_desktop.services.team import set_staff_of_user, staff_of_user


@dataclass(frozen=True, slots=True)
class BareProvider:
    """The only provider of a vault of the first day: its id and name, and the ids of its staff."""

    id: str
    name: str
    staff_ids: tuple[str, ...]


def bare_provider(connection: Connection) -> BareProvider | None:
    """Return the only provider where nothing but names of its staff is known; None where there is more."""
    providers = connection.execute(select(Provider.id, Provider.name).limit(2)).all()
    known = (connection.execute(select(entity.id).limit(1)).first() for entity in (Coachee, FundingDecision, WorkingTime))
    if len(providers) != 1 or any(row is not None for row in known):
        return None
    return BareProvider(providers[0].id, providers[0].name, tuple(connection.execute(select(Staff.id)).scalars()))


def become_one(session: Session, bare: BareProvider, *, user_id: str, today: date) -> None:
    """Make the provider that came with a package the one in the place of *bare*, with all of its staff.

    Whom the package has by the same name is from now on the one of the package, the user too. Nothing happens where not exactly one
    other provider is there.
    """
    others = session.scalars(select(Provider).where(Provider.id != bare.id)).all()
    if len(others) != 1:
        return
    own = staff_of_user(session.connection(), user_id)
    for staff_id in bare.staff_ids:
        found = _namesakes(session, staff_id, others[0].id)
        if len(found) == 1 and not references_to(session, with_dependants(session, [("staff", staff_id)])):
            if staff_id == own:
                set_staff_of_user(session, user_id=user_id, staff_id=found[0])
            delete_row(session, Staff, staff_id)
        else:
            change_row(session, Staff, staff_id, {"provider_id": others[0].id}, today=today)
    delete_row(session, Provider, bare.id)


def _namesakes(session: Session, staff_id: str, provider_id: str) -> list[str]:
    """Return who is called the same at the other provider."""
    member = session.get_one(Staff, staff_id)
    same = select(Staff.id).where(
        Staff.provider_id == provider_id,
        Staff.family_name == member.family_name,
        Staff.given_name.is_not_distinct_from(member.given_name),
    )
    return list(session.scalars(same))
