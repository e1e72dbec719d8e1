"""Taking in the exchange files of ten coaches' laptops."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.measuring import Row, milliseconds
from benchmarks.sample_vaults import NOW, TODAY, Workshop
from bjc_desktop.exchange.package_import import import_package
from bjc_desktop.models import Coaching, Consultation, ExchangePartner
from bjc_desktop.sample import benchmark
from bjc_desktop.services.exchanging import take_in, write_exchange
from bjc_desktop.services.pairing import own_card
from bjc_desktop.vault import Vault
from bjc_desktop.vocabulary import PartnerKind, Role

_LAPTOPS = replace(benchmark(400, 12_000), providers=1, coaches=10, caseload=40)
_BAR = 5_000


def measure(workshop: Workshop) -> Iterator[Row]:
    """Yield taking in the files of ten laptops with 400 cases and 12,000 consultations, each with the backup before it."""
    with workshop.new_vault() as everything, workshop.new_vault() as office:
        import_package(everything, workshop.package(_LAPTOPS), update=False, now=NOW, today=TODAY)
        with everything.reading() as connection:
            query = "SELECT id FROM staff WHERE role = ? ORDER BY id"
            coaches = list(connection.exec_driver_sql(query, (Role.JOB_COACH.value,)).scalars())
        files = [_file_of_laptop(workshop, everything, office, coach) for coach in coaches]
        _know(office, everything, PartnerKind.OFFICE, None)
        took = milliseconds(lambda: [take_in(office, file, now=NOW) for file in files])
        with office.reading() as connection:
            cases, talks = (
                connection.execute(select(func.count()).select_from(table)).scalar() for table in (Coaching, Consultation)
            )
        size = sum(file.stat().st_size for file in files) / 1e6
        yield Row(f"exchange: {len(files)} laptops with {cases} cases, {talks:,} consultations ({size:.1f} MB)", took, _BAR)
        again = milliseconds(lambda: [take_in(office, file, now=NOW) for file in files])
        yield Row("exchange: the same files once more, nothing new", again, _BAR)


def _file_of_laptop(workshop: Workshop, everything: Vault, office: Vault, coach: str) -> Path:
    """Return what the laptop of a coach sends to the *office* who got their cases from the vault with *everything*."""
    with workshop.new_vault() as laptop:
        _know(everything, laptop, PartnerKind.COACH, coach)
        _know(laptop, everything, PartnerKind.OFFICE, None)
        _know(laptop, office, PartnerKind.OFFICE, None)
        take_in(laptop, write_exchange(everything, laptop.id, workshop.folder, now=NOW, today=TODAY), now=NOW)
        _know(office, laptop, PartnerKind.OFFICE, None)
        return write_exchange(laptop, office.id, workshop.folder, now=NOW, today=TODAY)


def _know(vault: Vault, other: Vault, kind: PartnerKind, staff_id: str | None) -> None:
    card = own_card(other)
    with vault.writing(now=NOW) as session:
        session.add(
            ExchangePartner(
                id=card.vault_id,
                name=card.vault_id,
                kind=kind.value,
                staff_id=staff_id,
                reads_notes=True,
                signing_key=card.signing_key,
                sealing_key=card.sealing_key,
                confirmed_at=NOW.replace(tzinfo=None),
            )
        )
