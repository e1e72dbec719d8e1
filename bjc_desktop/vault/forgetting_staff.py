"""Erasing a member of staff: names and texts go, with every value that was recorded of them; hours and assignments stay counted."""

from datetime import date

from sqlalchemy import Connection

from bjc_desktop.vault.change_chain import STAFF

_OF_STAFF = (
    ("staff_qualifications", "title = NULL", "title IS NOT NULL"),
    ("requirement_confirmations", "reason = :erased", "reason IS NOT :erased"),
)
"""Texts about a member of staff: in which table, what stands there afterwards, and where there was something."""
_AUTHORS = ("row_stamps", "held_versions")
"""Where the exchange names who changed something."""
_FORMER_USERS = "removed_at IS NOT NULL AND id IN (SELECT user_id FROM user_staff WHERE staff_id = :person)"

_OF_NOBODY = "removed_at < :day AND name NOT LIKE :erased || ' %' AND id NOT IN (SELECT user_id FROM user_staff)"
"""Former accesses that belong to nobody of the staff: no erasure of a person takes their names."""


def former_accesses(connection: Connection, day: date, erased: str) -> int:
    """Return how many accesses of nobody of the staff, removed before *day*, still have their name."""
    values = {"day": day.isoformat(), "erased": erased}
    return int(connection.exec_driver_sql(f"SELECT count(*) FROM users WHERE {_OF_NOBODY}", values).scalar_one())


def erase_former_accesses(connection: Connection, day: date, erased: str) -> int:
    """Take the names of the accesses that :func:`former_accesses` counts; return how many."""
    values = {"day": day.isoformat(), "erased": erased}
    for table in _AUTHORS:
        whose = f"changed_by IN (SELECT name FROM users WHERE {_OF_NOBODY})"
        connection.exec_driver_sql(f"UPDATE {table} SET changed_by = :erased WHERE {whose}", values)
    named = f"UPDATE users SET name = :erased || ' ' || substr(id, 1, 8) WHERE {_OF_NOBODY}"
    return connection.exec_driver_sql(named, values).rowcount


def erase_staff(connection: Connection, staff_id: str, pseudonym: str, erased: str) -> dict[str, int]:
    """Erase who it was; return how many rows of which table. Who still opens the vault keeps the name of their access.

    *erased* is what stands where a text was that a row cannot do without.
    """
    values = {"person": staff_id, "name": f"{erased} {pseudonym}", "erased": erased}

    def run(statement: str) -> int:
        return connection.exec_driver_sql(statement, values).rowcount

    named = "given_name = NULL, family_name = :name, row_version = row_version + 1"
    counts = {"staff": run(f"UPDATE staff SET {named} WHERE id = :person AND (given_name IS NOT NULL OR family_name <> :name)")}
    for table, after, before in _OF_STAFF:
        counts[table] = run(f"UPDATE {table} SET {after}, row_version = row_version + 1 WHERE staff_id = :person AND {before}")
    counts["drafts"] = run(f"DELETE FROM drafts WHERE user_id IN (SELECT id FROM users WHERE {_FORMER_USERS})")
    for table in _AUTHORS:
        run(f"UPDATE {table} SET changed_by = :name WHERE changed_by IN (SELECT name FROM users WHERE {_FORMER_USERS})")
    counts["users"] = run(
        f"UPDATE users SET name = :name || ' ' || substr(id, 1, 8) WHERE name NOT LIKE :name || '%' AND {_FORMER_USERS}"
    )
    counts["person_keys"] = run(f"DELETE FROM person_keys WHERE coachee_id = '{STAFF}' || :person")
    return {name: count for name, count in counts.items() if count}
