"""The coachings that the vault holds of people whom a list names too."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from bjc_desktop.exchange.package_checks import select_by


@dataclass(frozen=True, slots=True)
class VaultCoaching:
    """A coaching: its days, who is responsible last, and whether there is a follow-up."""

    id: str
    entry_on: str
    exit_on: str | None
    coach: str | None
    followed_up: bool


def read_coachings(connection: Connection, coachee_ids: Iterable[str]) -> dict[str, list[VaultCoaching]]:
    """Return the coachings of these people that are not cancelled, by person."""
    columns = ("id", "coachee_id", "entry_on", "exit_on", "cancelled")
    rows = [row for row in select_by(connection, "coachings", columns, "coachee_id", coachee_ids) if not row[4]]
    ids = [row[0] for row in rows]
    assigned = sorted(select_by(connection, "coaching_staff", ("valid_from", "coaching_id", "staff_id"), "coaching_id", ids))
    coaches = {row[1]: row[2] for row in assigned}
    followed = {row[0] for row in select_by(connection, "follow_ups", ("coaching_id",), "coaching_id", ids)}
    found: dict[str, list[VaultCoaching]] = defaultdict(list)
    for key, person, entry, exit_on, _ in rows:
        found[person].append(VaultCoaching(key, entry, exit_on, coaches.get(key), key in followed))
    return found
