"""Whose cases can be asked for: one's own, all, and those of each coach where the role sees all."""

from functools import partial

from bjc_desktop.services.team import list_staff
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.vault.role_rights import sees_all_cases
from bjc_desktop.vocabulary import Role


def offered_cases(desk: Desk) -> list[tuple[str, str | None]]:
    """Return title and member of staff of each offer, None for all; to a trainer only the own."""
    if not sees_all_cases(desk.vault.user.roles):
        return desk.whose_cases
    staff = desk.read(partial(list_staff, today=desk.today()))
    others = [m for m in staff if m.role is not Role.COORDINATION and m.role is not Role.ADMINISTRATION and m.id != desk.staff_id]
    return [*desk.whose_cases, *((f"Fälle von {member.name}", member.id) for member in others)]
