"""The team: who works for the provider, and which of them the user of the window is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from bjc_desktop.errors import NotFoundError, VaultError
from bjc_desktop.models import CoachingStaff, Provider, Staff, User, UserStaff
from bjc_desktop.services.row_editing import add_row
from bjc_desktop.vault import record_event
from bjc_desktop.vault.role_rights import sees_all_cases
from bjc_desktop.vocabulary import Role

FIXED = "Wer Sie im Team sind, legt die Verwaltung fest, denn danach richtet sich, wen Sie sehen."

NO_SUCH_STAFF = "Diese Person gibt es im Team nicht, oder mehrere heißen so. Bitte die Kennung angeben."


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A member of staff."""

    id: str
    name: str
    role: Role
    provider_id: str
    employed: bool
    """Whether the person is employed today."""


def list_staff(connection: Connection, *, today: date) -> tuple[StaffMember, ...]:
    """Return everybody of the staff: those employed *today* first, by name."""
    staff = Staff.__table__.c
    columns = (
        staff.id,
        staff.given_name,
        staff.family_name,
        staff.role,
        staff.provider_id,
        staff.employed_from,
        staff.employed_to,
    )
    members = [
        StaffMember(
            row.id,
            f"{row.given_name} {row.family_name}" if row.given_name else row.family_name,
            Role(row.role),
            row.provider_id,
            row.employed_from <= today and (row.employed_to is None or row.employed_to >= today),
        )
        for row in connection.execute(select(*columns).order_by(staff.family_name, staff.given_name, staff.id))
    ]
    return tuple(sorted(members, key=lambda member: not member.employed))


def staff_named(connection: Connection, named: str, *, today: date) -> str:
    """Return the id of the member of staff with this id or name.

    Raises
    ------
    NotFoundError
        where there is none, or several are called so.
    """
    found = [member.id for member in list_staff(connection, today=today) if named in {member.id, member.name}]
    if len(found) != 1:
        raise NotFoundError(NO_SUCH_STAFF)
    return found[0]


def staff_of_user(connection: Connection, user_id: str) -> str | None:
    """Return which member of staff the user is; where nobody said so, the only one there is."""
    mine, staff = UserStaff.__table__.c, Staff.__table__.c
    chosen = connection.execute(select(mine.staff_id).where(mine.user_id == user_id)).scalar()
    if chosen is not None and connection.execute(select(staff.id).where(staff.id == chosen)).first() is not None:
        return str(chosen)
    everybody = connection.execute(select(staff.id).limit(2)).scalars().all()
    return str(everybody[0]) if len(everybody) == 1 else None


def has_own_cases(connection: Connection, staff_id: str) -> bool:
    """Say whether a member of staff may have cases of their own: a coach or a trainer, or whoever has had one."""
    staff = Staff.__table__.c
    role = connection.execute(select(staff.role).where(staff.id == staff_id)).scalar()
    if role in {Role.JOB_COACH.value, Role.EMPLOYMENT_TRAINER.value}:
        return True
    held = select(CoachingStaff.id).where(CoachingStaff.staff_id == staff_id).limit(1)
    return connection.execute(held).first() is not None


def may_choose_staff(roles: Collection[Role]) -> bool:
    """Say whether *roles* may say who they are in the team; whose sight follows from it may not."""
    return sees_all_cases(roles) or Role.ADMINISTRATION in roles


def set_staff_of_user(session: Session, *, user_id: str, staff_id: str | None) -> None:
    """Note that the user is the member of staff *staff_id*, or nobody.

    Raises
    ------
    VaultError
        where the acting user sees only who is assigned to them: then the administration says who they are.
    """
    if not may_choose_staff(session.info["roles"]):
        raise VaultError(FIXED)
    actor, now = session.info["actor"], session.info["clock"]()
    record_event(session, actor, "set_staff", {"user_id": user_id, "staff_id": staff_id}, now=now)
    row = session.get(UserStaff, user_id)
    if staff_id is None:
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(UserStaff(user_id=user_id, staff_id=staff_id))
    else:
        row.staff_id = staff_id


def staff_of_users(connection: Connection) -> dict[str, str]:
    """Return for each user who they are in the team: user → member of staff; users without are left out."""
    mine = UserStaff.__table__.c
    return {row.user_id: row.staff_id for row in connection.execute(select(mine.user_id, mine.staff_id))}


def without_access(connection: Connection, *, today: date) -> tuple[StaffMember, ...]:
    """Return who is employed *today* and is nobody among those who can open the vault."""
    user, mine = User.__table__.c, UserStaff.__table__.c
    query = select(mine.staff_id).join(User, user.id == mine.user_id).where(user.removed_at.is_(None))
    have = set(connection.execute(query).scalars())
    return tuple(member for member in list_staff(connection, today=today) if member.employed and member.id not in have)


def list_providers(connection: Connection) -> tuple[tuple[str, str], ...]:
    """Return the providers: name and id, by name."""
    provider = Provider.__table__.c
    rows = connection.execute(select(provider.name, provider.id).order_by(provider.name, provider.id))
    return tuple((row.name, row.id) for row in rows)


def add_member(session: Session, *, values: Mapping[str, Any], today: date) -> str:
    """Add a member of staff and return the id.

    Raises
    ------
    InvalidInputError
        with one sentence for each field that cannot be saved; nothing was added.
    """
    return add_row(session, Staff, values, today=today)
