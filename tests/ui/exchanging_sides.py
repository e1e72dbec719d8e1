"""The other side of an exchange: a coach's vault of its own, paired with the vault of the window."""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bjc_desktop.models import Coachee
from bjc_desktop.services.coachee_list import CoacheeFilter, find_coachees
from bjc_desktop.services.exchanging import take_in, write_exchange
from bjc_desktop.services.pairing import confirm, list_partners, own_card, pair
from bjc_desktop.services.row_editing import change_row
from bjc_desktop.services.team import list_staff
from bjc_desktop.vault import Vault, create_vault
from bjc_desktop.vocabulary import PartnerKind, Role
from tests.conftest import CHEAP_KDF
from tests.ui.conftest import NOW, TODAY

LATER = NOW + timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class OtherSide:
    """A coach's vault, and who the coach is in the office's."""

    vault: Vault
    staff_id: str
    name: str


@contextmanager
def other_side(office: Vault, place: Path):
    """Yield the empty vault of a coach of *office*, closed afterwards."""
    with office.reading() as connection:
        everybody = list_staff(connection, today=TODAY)
        coach = next(member for member in everybody if member.role is Role.JOB_COACH and member.employed)
    vault, _ = create_vault(place / "coach", "coachin", "Ein ganzer Satz der Coachin", now=NOW, kdf=CHEAP_KDF)
    with vault:
        yield OtherSide(vault, coach.id, coach.name)


def connect(office: Vault, other: OtherSide) -> None:
    """Pair both vaults and compare the code on both sides."""
    pair(
        office, own_card(other.vault), name=other.name, kind=PartnerKind.COACH, staff_id=other.staff_id, reads_notes=True, now=NOW
    )
    pair(other.vault, own_card(office), name="Koordination", kind=PartnerKind.OFFICE, staff_id=None, reads_notes=True, now=NOW)
    for vault in (office, other.vault):
        (partner,) = list_partners(vault)
        confirm(vault, partner.id, None if partner.reads_out else partner.code, now=NOW)


def send(sender: Vault, receiver: Vault, folder: Path) -> None:
    """Write a file for *receiver*, and take it in there."""
    take_in(receiver, written(sender, receiver, folder), even_if_many_go=True, now=LATER)


def written(sender: Vault, receiver: Vault, folder: Path) -> Path:
    """Write a file for *receiver* and return where it is."""
    folder.mkdir(exist_ok=True)
    return write_exchange(sender, receiver.id, folder, now=LATER, today=TODAY)


def people_of(vault: Vault, count: int) -> list[str]:
    """Return some of the people in *vault*, by id."""
    with vault.reading() as connection:
        rows = find_coachees(connection, CoacheeFilter(), limit=count, today=TODAY).rows
    return [row.coachee_id for row in rows]


def change_phone(vault: Vault, coachee_id: str, phone: str) -> None:
    """Change somebody's telephone number."""
    with vault.writing(now=NOW) as session:
        change_row(session, Coachee, coachee_id, {"phone": phone}, today=TODAY)


def phone_of(vault: Vault, coachee_id: str) -> str | None:
    """Return somebody's telephone number."""
    with vault.reading() as connection:
        return connection.exec_driver_sql("SELECT phone FROM coachees WHERE id = ?", (coachee_id,)).scalar_one()


def disagree(office: Vault, other: OtherSide, folder: Path, count: int) -> tuple[Path, list[str]]:
    """Change the same people on both sides; return the other side's file, not taken in yet, and the people."""
    send(office, other.vault, folder)
    people = people_of(other.vault, count)
    for number, coachee_id in enumerate(people):
        change_phone(other.vault, coachee_id, f"030 200{number}")
        change_phone(office, coachee_id, f"030 100{number}")
    return written(other.vault, office, folder), people
