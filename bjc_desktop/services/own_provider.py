"""The provider of the first day and the one that a data package brings: one and the same, not two beside each other.

A new vault begins with a provider's name and one member of staff. The package of the same provider knows both, under ids of its own.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from bjc_desktop.models import FundingDecision, Provider, Staff
from bjc_desktop.services.row_editing import change_row, delete_row, references_to
from bjc_desktop.services.team import set_staff_of_user, staff_of_user


@dataclass(frozen=True, slots=True)
class BareProvider:
    """The only provider of a vault as it was on the first day: its id and name, and the one member of staff."""

    id: str
    name: str
    staff_id: str


def bare_provider(connection: Connection) -> BareProvider | None:
    """Return the only provider where it has nothing but one member of staff; None where more is known."""
    providers = connection.execute(select(Provider.id, Provider.name).limit(2)).all()
    staff = connection.execute(select(Staff.id).limit(2)).scalars().all()
    decided = connection.execute(select(func.count()).select_from(FundingDecision)).scalar_one()
    if len(providers) != 1 or len(staff) != 1 or decided:
        return None
    return BareProvider(providers[0].id, providers[0].name, staff[0])


def become_one(session: Session, bare: BareProvider, *, user_id: str, today: date) -> None:
    """Make the provider that came with a package the user's own in the place of *bare*.

    Where the package has somebody of the user's name, that is who the user is from now on. Nothing happens where not exactly one
    other provider is there.
    """
    others = session.scalars(select(Provider).where(Provider.id != bare.id)).all()
    mine = session.get(Staff, bare.staff_id)
    if len(others) != 1 or mine is None:
        return
    same = select(Staff.id).where(
        Staff.id != mine.id, Staff.family_name == mine.family_name, Staff.given_name.is_not_distinct_from(mine.given_name)
    )
    found = session.scalars(same).all()
    if len(found) == 1 and not references_to(session, [("staff", mine.id)]):
        set_staff_of_user(session, user_id=user_id, staff_id=found[0])
        delete_row(session, Staff, bare.staff_id)
    else:
        change_row(session, Staff, bare.staff_id, {"provider_id": others[0].id}, today=today)
        if staff_of_user(session.connection(), user_id) is None:
            set_staff_of_user(session, user_id=user_id, staff_id=bare.staff_id)
    delete_row(session, Provider, bare.id)
