"""Vaults that exchange files: made once for a session, copied for every test, and what they hold in every vault's form."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from bjc_desktop.exchange.boundary import Boundary
from bjc_desktop.exchange.field_groups import EXCHANGED, columns_of
from bjc_desktop.models import Coachee, Coaching, CoachingStaff, ExchangePartner, FundingDecision, Provider, Staff
from bjc_desktop.services.exchanging import Effect, take_in, write_exchange
from bjc_desktop.services.pairing import own_card
from bjc_desktop.vault import Secrets, Vault, create_vault, open_with_key
from bjc_desktop.vocabulary import PartnerKind, Role
from tests.conftest import CHEAP_KDF, NOW, PASSPHRASE, USER

TODAY = NOW.date()
PROVIDER, DECISION = "10000000-0000-4000-8000-000000000001", "10000000-0000-4000-8000-000000000002"
KIM, LEE, TONI = (f"20000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))
"""Two coaches and a trainer."""
ANNA, BELA = (f"30000000-0000-4000-8000-00000000000{number}" for number in (1, 2))
"""A coachee of Kim's, whom Toni sees as well, and one of Lee's."""
OF_ANNA, OF_BELA = (f"40000000-0000-4000-8000-00000000000{number}" for number in (1, 2))
NAMES = ("amt", "kim", "lee", "toni")


@dataclass(frozen=True)
class Templates:
    """Closed vaults with nothing in them, by name, and what opens each."""

    folder: Path
    secrets: Mapping[str, Secrets]


def make_templates(folder: Path) -> Templates:
    """Make a vault of each name."""
    secrets = {}
    for name in NAMES:
        vault, _ = create_vault(folder / name, USER, PASSPHRASE, now=NOW, kdf=CHEAP_KDF)
        with vault:
            own_card(vault)
            secrets[name] = vault.secrets
    return Templates(folder, secrets)


@dataclass
class Team:
    """Open vaults by name, and the folder over which they exchange."""

    folder: Path
    vaults: dict[str, Vault]
    _ticks: Iterator[int] = field(default_factory=lambda: count(1))

    def __getitem__(self, name: str) -> Vault:
        """Return the vault *name*."""
        return self.vaults[name]

    def now(self) -> datetime:
        """Return a moment later than any before."""
        return NOW + timedelta(seconds=next(self._ticks))

    def know(self, one: str, other: str, kind: PartnerKind, staff_id: str | None = None, *, notes: bool = True) -> None:
        """Let the vault *one* know *other* as a partner of this *kind*, the code compared."""
        card, now = own_card(self[other]), self.now()
        with self[one].writing(now=now) as session:
            session.add(
                ExchangePartner(
                    id=card.vault_id,
                    name=other,
                    kind=kind.value,
                    staff_id=staff_id,
                    reads_notes=notes,
                    signing_key=card.signing_key,
                    sealing_key=card.sealing_key,
                    confirmed_at=now.replace(tzinfo=None),
                )
            )

    def write(self, sender: str, receiver: str, *, today: date = TODAY) -> Path:
        """Write a file."""
        return write_exchange(self[sender], self[receiver].id, self.folder, now=self.now(), today=today)

    def read(self, receiver: str, file: Path, *, even_if_many_go: bool = True) -> Effect:
        """Take a file in."""
        return take_in(self[receiver], file, even_if_many_go=even_if_many_go, now=self.now())

    def send(self, sender: str, receiver: str, *, today: date = TODAY) -> Effect:
        """Write a file and take it in."""
        return self.read(receiver, self.write(sender, receiver, today=today))

    def add(self, name: str, *rows: Any) -> None:
        """Write new rows in the vault *name*."""
        with self[name].writing(now=self.now()) as session:
            session.add_all(rows)

    def change(self, name: str, entity: type[Any], row_id: str, **values: object) -> None:
        """Change a row in the vault *name*."""
        with self[name].writing(now=self.now()) as session:
            row = session.get_one(entity, row_id)
            for field_name, value in values.items():
                setattr(row, field_name, value)

    def delete(self, name: str, entity: type[Any], row_id: str) -> None:
        """Delete a row in the vault *name*."""
        with self[name].writing(now=self.now()) as session:
            session.delete(session.get_one(entity, row_id))

    def value(self, name: str, entity: type[Any], row_id: str, column: str) -> Any:
        """Return what a row of the vault *name* holds."""
        with self[name].writing() as session:
            row = session.get(entity, row_id)
            return None if row is None else getattr(row, column)


@contextmanager
def opened(templates: Templates, folder: Path, names: tuple[str, ...] = NAMES) -> Iterator[Team]:
    """Open a copy of each vault in the new *folder*."""
    folder.mkdir()
    (folder / "austausch").mkdir()
    with ExitStack() as stack:
        vaults = {
            name: stack.enter_context(
                open_with_key(Path(shutil.copytree(templates.folder / name, folder / name)), templates.secrets[name])
            )
            for name in names
        }
        yield Team(folder / "austausch", vaults)


def pair_offices(team: Team) -> None:
    """Let all vaults know one another as offices, which give and take everything."""
    for one in team.vaults:
        for other in team.vaults:
            if one != other:
                team.know(one, other, PartnerKind.OFFICE)


def found_team(team: Team) -> None:
    """Fill the office with its staff and two people, and let everybody know whom they exchange with."""
    team.add(
        "amt",
        Provider(id=PROVIDER, name="Träger Nord"),
        FundingDecision(id=DECISION, provider_id=PROVIDER, reference="ZB-1", valid_from=day(2024), valid_to=day(2026)),
        *(
            Staff(
                id=key,
                provider_id=PROVIDER,
                given_name=given,
                family_name=family,
                role=role.value,
                weekly_hours=30,
                employed_from=day(2024),
            )
            for key, given, family, role in (
                (KIM, "Kim", "Kaminski", Role.JOB_COACH),
                (LEE, "Lee", "Lehmann", Role.JOB_COACH),
                (TONI, "Toni", "Tarnow", Role.EMPLOYMENT_TRAINER),
            )
        ),
        Coachee(id=ANNA, case_number="F-1", given_name="Anna", family_name="Zwyxfeld", phone="0151", email="a@example.org"),
        Coachee(id=BELA, case_number="F-2", given_name="Bela", family_name="Zwyxberg", phone="0152"),
        Coaching(id=OF_ANNA, coachee_id=ANNA, provider_id=PROVIDER, funding_decision_id=DECISION, entry_on=day(2025)),
        Coaching(id=OF_BELA, coachee_id=BELA, provider_id=PROVIDER, entry_on=day(2025)),
        CoachingStaff(coaching_id=OF_ANNA, staff_id=KIM, valid_from=day(2025)),
        CoachingStaff(coaching_id=OF_ANNA, staff_id=TONI, valid_from=day(2025)),
        CoachingStaff(coaching_id=OF_BELA, staff_id=LEE, valid_from=day(2025)),
    )
    team.know("amt", "kim", PartnerKind.COACH, KIM)
    team.know("amt", "lee", PartnerKind.COACH, LEE)
    team.know("amt", "toni", PartnerKind.TRAINER, TONI, notes=False)
    for name in ("kim", "lee", "toni"):
        team.know(name, "amt", PartnerKind.OFFICE)


def day(year: int, month: int = 1, number: int = 1) -> Any:
    """Return a day."""
    return datetime(year, month, number, tzinfo=NOW.tzinfo).date()


def outward(vault: Vault, *, notes: bool = True) -> dict[str, dict[str, dict[str, object]]]:
    """Return all rows that travel, by table and identity, as every vault knows them."""
    with vault.writing() as session:
        connection = session.connection()
        boundary = Boundary(connection, vault.notes if notes else None)
        return {table.name: dict(_rows(connection, boundary, table.name)) for table in EXCHANGED}


def _rows(connection: Connection, boundary: Boundary, table: str) -> Iterator[tuple[str, dict[str, object]]]:
    names = columns_of(table)
    for row in connection.exec_driver_sql(f"SELECT id, {', '.join(names)} FROM main.{table}"):
        values = boundary.outward(table, row[0], row[1:])
        yield boundary.identity(table, row[0]), dict(zip(names, values, strict=True))
