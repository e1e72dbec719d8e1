"""Following up (Nachhaltung) what was agreed: a trainer's people with their open tasks, and what is suggested to their coaches.

Source: Drucksache 19/23 355, answer 7 (tasks of the employment trainers).
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Date, text
from sqlalchemy.orm import Session

from bjc_desktop.models import Task
from bjc_desktop.models.coachings import ASSIGNED
from bjc_desktop.services.due_items import full_name
from bjc_desktop.services.row_editing import change_row
from bjc_desktop.vault.role_rights import HIDDEN
from bjc_desktop.vocabulary import GOAL_END_STATUSES

_ENDED = ", ".join(f"'{status.value}'" for status in GOAL_END_STATUSES)


@dataclass(frozen=True, slots=True)
class FollowedPerson:
    """Somebody assigned to the trainer today: open tasks of the latest plan, the last observation, suggestions not yet answered."""

    coaching_id: str
    name: str
    open_tasks: int
    overdue_tasks: int
    observed_on: date | None
    open_suggestions: int


_PEOPLE = text(
    "SELECT c.id, p.given_name, p.family_name, count(t.id) AS tasks, "
    "count(t.id) FILTER (WHERE t.due_on < :today) AS overdue, "
    "(SELECT max(o.observed_on) FROM observations o WHERE o.coaching_id = c.id) AS observed_on, "
    "(SELECT count(*) FROM suggestions s WHERE s.coaching_id = c.id AND s.state = 'open') AS suggestions "
    "FROM coaching_staff a CROSS JOIN coachings c ON c.id = a.coaching_id CROSS JOIN coachees p ON p.id = c.coachee_id "
    "JOIN coachee_keys k ON k.coachee_id = p.id "
    "LEFT JOIN development_plans d ON d.coaching_id = c.id AND d.version = "
    "(SELECT max(version) FROM development_plans WHERE coaching_id = c.id) "
    f"LEFT JOIN goals g ON g.plan_id = d.id AND g.status NOT IN ({_ENDED}) AND g.description <> '{HIDDEN}' "
    "LEFT JOIN tasks t ON t.goal_id = g.id AND t.done_on IS NULL "
    f"WHERE a.staff_id = :staff_id AND {ASSIGNED} AND c.cancelled = 0 AND c.entry_on <= :today "
    "AND coalesce(c.exit_on, '9999-12-31') >= :today GROUP BY c.id ORDER BY k.sort_key, c.id"
).columns(observed_on=Date)


def read_followed(connection: Connection, *, staff_id: str, today: date) -> tuple[FollowedPerson, ...]:
    """Return everybody assigned to the member of staff on *today*, in the order of their names."""
    rows = connection.execute(_PEOPLE, {"staff_id": staff_id, "today": today.isoformat()})
    return tuple(
        FollowedPerson(
            row.id, full_name(row.given_name, row.family_name), row.tasks, row.overdue, row.observed_on, row.suggestions
        )
        for row in rows
    )


def tick_task(session: Session, task_id: str, *, today: date) -> bool:
    """Note that a task was done on *today*, or that it is open again; return whether it is done.

    Raises
    ------
    NotFoundError
        where there is no such task.
    """
    task = session.get(Task, task_id)
    done = task is not None and task.done_on is None
    change_row(session, Task, task_id, {"done_on": today if done else None}, today=today)
    return done
