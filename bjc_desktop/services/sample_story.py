"""A day's work in the sample vault for each role: who sits at each desk, and what waits there today.

The sample data themselves stay as they are, for their figures are known; what is added lies in the vault to try the window with.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from bjc_desktop.models import Coaching, Consultation
from bjc_desktop.services.demo import DEMO_PASSPHRASE, DEMO_USER
from bjc_desktop.services.row_editing import add_row, change_row
from bjc_desktop.services.team import list_staff, set_staff_of_user
from bjc_desktop.vault import KdfParameters, Vault, add_user, list_users
from bjc_desktop.vocabulary import Channel, ConsultationKind, ConsultationStatus, Role

OPEN_TO_ALL = KdfParameters(iterations=1, memory_kib=64 * 1024, lanes=1)
"""Cheap: the passphrase of invented people is printed in the open."""
_NEAR, _LATELY = timedelta(days=17), timedelta(days=75)
"""How long ago an exit lies whose file is to be closed within two weeks, and how long ago it may lie."""


@dataclass(frozen=True, slots=True)
class SampleDesk:
    """A desk of the sample: the user that opens it, its title, and what waits there."""

    user: str
    title: str
    story: str


DESKS: Mapping[Role | None, SampleDesk] = {
    Role.JOB_COACH: SampleDesk(
        "coach",
        Role.JOB_COACH.label,
        "Ein Arbeitstag: ein Termin heute, eine Nachbefragung, die fällig ist, und ein Austritt, dem zum Abschluss noch etwas fehlt.",
    ),
    Role.EMPLOYMENT_TRAINER: SampleDesk(
        "werkstatt",
        Role.EMPLOYMENT_TRAINER.label,
        "Die Gruppe von heute beobachten, mit den Werten vom letzten Mal vor Augen, und nachhalten, was vereinbart ist.",
    ),
    Role.COORDINATION: SampleDesk(
        "koordination",
        Role.COORDINATION.label,
        "Ein Quartal vor dem Bericht: Stunden fehlen, Kennzahlen liegen unter dem Soll, und die Prüfung nennt, was zu tun ist.",
    ),
    Role.ADMINISTRATION: SampleDesk(
        "verwaltung",
        Role.ADMINISTRATION.label,
        "Personal, Zugänge, Sicherungen: Einige aus dem Team haben noch keinen Zugang, und ihre Anforderungsprofile haben Lücken.",
    ),
    None: SampleDesk(DEMO_USER, "Alle Rollen", "Ein kleiner Träger, in dem eine Person alles macht."),
}
"""By role; None for all roles at once."""


def desk_of(user: str) -> Role | None:
    """Return at which of the desks *user* sits."""
    return next((role for role, desk in DESKS.items() if desk.user == user), None)


def prepare_day(vault: Vault, *, now: datetime, today: date) -> None:
    """Seat somebody at each desk of the open sample *vault*, and see to it that the coach has work on *today*.

    What is there already stays; the acting user has all roles.
    """
    there = {user.name for user in list_users(vault)}
    for role, desk in DESKS.items():
        if role is not None and desk.user not in there:
            add_user(vault, desk.user, DEMO_PASSPHRASE, [role], now, kdf=OPEN_TO_ALL)
    users = {user.name: user.id for user in list_users(vault)}
    with vault.reading() as connection:
        staff = {role: _first(connection, role, today) for role in Role}
    with vault.writing(now=now) as session:
        for role, desk in DESKS.items():
            if role is not None and desk.user not in there and staff[role] is not None:
                set_staff_of_user(session, user_id=users[desk.user], staff_id=staff[role])
        coach = staff[Role.JOB_COACH]
        if coach is not None:
            _plan_appointment(session, coach, today)
            _leave_something_to_close(session, coach, today)


def _first(connection: Connection, role: Role, today: date) -> str | None:
    members = list_staff(connection, today=today)
    return next((member.id for member in members if member.role is role and member.employed), None)


_RUNNING = (
    "SELECT c.id FROM coachings c JOIN coaching_staff a ON a.coaching_id = c.id WHERE a.staff_id = ? AND c.cancelled = 0 "
    "AND c.exit_on IS NULL AND c.entry_on < ? AND a.valid_from <= ? AND coalesce(a.valid_to, '9999-12-31') >= ?"
)


def _plan_appointment(session: Session, coach: str, today: date) -> None:
    """Give the coach an appointment on *today*, where there is none."""
    connection, day = session.connection(), today.isoformat()
    planned = "SELECT 1 FROM consultations WHERE staff_id = ? AND held_on = ? AND status = 'planned' LIMIT 1"
    if connection.exec_driver_sql(planned, (coach, day)).first() is not None:
        return
    free = f"{_RUNNING} AND NOT EXISTS (SELECT 1 FROM consultations u WHERE u.coaching_id = c.id AND u.held_on = ?) ORDER BY c.id"
    found = connection.exec_driver_sql(free, (coach, day, day, day, day)).scalar()
    if found is None:
        return
    values = {
        "coaching_id": found,
        "staff_id": coach,
        "held_on": today,
        "kind": ConsultationKind.COACHING.value,
        "channel": Channel.IN_PERSON.value,
        "status": ConsultationStatus.PLANNED.value,
    }
    add_row(session, Consultation, values, today=today)


def _leave_something_to_close(session: Session, coach: str, today: date) -> None:
    """Let one of the coach's coachings have ended with its closing undone: the quietest one, or one that was closed lately."""
    connection, day = session.connection(), today.isoformat()
    ended = (
        "SELECT c.id FROM coachings c JOIN coaching_staff a ON a.coaching_id = c.id AND a.staff_id = ? "
        "WHERE c.cancelled = 0 AND c.exit_on BETWEEN ? AND ? AND c.file_closed_on IS {closed} ORDER BY c.exit_on DESC, c.id LIMIT 1"
    )
    since, until = (today - _LATELY).isoformat(), (today - _NEAR).isoformat()
    if connection.exec_driver_sql(ended.format(closed="NULL"), (coach, since, until)).first() is not None:
        return
    quiet = (
        "SELECT id, last FROM (SELECT r.id, (SELECT max(u.held_on) FROM consultations u WHERE u.coaching_id = r.id "
        f"AND u.status <> 'planned') AS last FROM ({_RUNNING}) r) WHERE last <= ? ORDER BY last, id LIMIT 1"
    )
    found = connection.exec_driver_sql(quiet, (coach, day, day, day, until)).first()
    if found is not None:
        for planned in session.scalars(
            select(Consultation).where(Consultation.coaching_id == found[0], Consultation.held_on > today)
        ):
            session.delete(planned)
        change_row(session, Coaching, found[0], {"exit_on": date.fromisoformat(found[1])}, today=today)
        return
    closed = connection.exec_driver_sql(ended.format(closed="NOT NULL"), (coach, since, until)).scalar()
    if closed is not None:
        change_row(session, Coaching, closed, {"file_closed_on": None, "closing_report_on": None}, today=today)
