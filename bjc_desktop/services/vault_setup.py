"""A vault's first day: a new one with its provider and first member of staff, or one with sample data."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.exchange.package_import import import_package
from bjc_desktop.indicators.period import quarter_of, quarters_up_to
from bjc_desktop.sample import DEMO, sample_tables
from bjc_desktop.sample.shape import SampleShape
from bjc_desktop.services.demo import DEMO_PASSPHRASE, DEMO_USER, sample_package
from bjc_desktop.services.first_steps import NO_PROVIDER, found_provider
from bjc_desktop.services.sample_story import OPEN_TO_ALL, prepare_day
from bjc_desktop.services.targets import fill_new_vault
from bjc_desktop.services.team import list_staff, set_staff_of_user
from bjc_desktop.vault import Vault, create_vault
from bjc_desktop.vocabulary import Role

SAMPLE_MARK = "beispieldaten"
"""Name of the empty file that marks a vault of sample data; such a vault is shown with a banner."""


@dataclass(frozen=True, slots=True)
class NewVault:
    """What a new vault begins with; *user* is the name that unlocks it."""

    folder: Path
    user: str
    passphrase: str = field(repr=False)
    provider: str
    given_name: str
    family_name: str
    role: Role


def make_vault(new: NewVault, *, now: datetime, today: date) -> tuple[Vault, str]:
    """Make a vault with its provider and its first member of staff; return it open, with the recovery code.

    Raises
    ------
    InvalidInputError
        with a sentence for each field that is missing or too short.
    VaultError
        where the folder is taken or cannot be written.
    """
    missing = {
        name: sentence
        for name, value, sentence in (
            ("provider", new.provider, NO_PROVIDER),
            ("family_name", new.family_name, "Bitte Ihren Nachnamen eintragen."),
            ("user", new.user, "Bitte einen Benutzernamen wählen."),
        )
        if not value.strip()
    }
    if missing:
        raise InvalidInputError(missing)
    vault, code = create_vault(new.folder, new.user, new.passphrase, now=now)
    try:
        fill_new_vault(vault, now=now)
        with vault.writing(now=now) as session:
            found_provider(
                session,
                user_id=vault.user.id,
                provider=new.provider,
                given_name=new.given_name,
                family_name=new.family_name,
                role=new.role,
                today=today,
            )
    except BaseException:
        vault.abandon()
        shutil.rmtree(new.folder, ignore_errors=True)
        raise
    return vault, code


def sample_shape(today: date) -> SampleShape:
    """Return the shape of sample data that reach up to *today*, so that what is due is due now."""
    weak = [period.label for period in quarters_up_to(quarter_of(today), 5)]
    return replace(
        DEMO,
        first_day=date(today.year - 2, 1, 1),
        last_day=today,
        weak_integration=weak[3],
        weak_closing=weak[1],
        weak_consultations=weak[0],
    )


def fill_with_sample(vault: Vault, *, now: datetime, today: date) -> None:
    """Fill the new *vault* with invented people up to *today*; its user is the first of the job coaches."""
    fill_new_vault(vault, now=now)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "musterdaten.zip"
        path.write_bytes(sample_package(sample_tables(sample_shape(today))))
        import_package(vault, path, update=False, now=now, today=today)
    with vault.reading() as connection:
        coaches = [member for member in list_staff(connection, today=today) if member.role is Role.JOB_COACH]
    with vault.writing(now=now) as session:
        set_staff_of_user(session, user_id=vault.user.id, staff_id=coaches[0].id)


def make_sample_vault(folder: Path, *, now: datetime, today: date, step: Callable[[int, int], None]) -> Vault:
    """Make a vault with invented people in the new *folder* and return it open; *step* hears how far it is.

    Raises
    ------
    VaultError
        where the folder is taken or cannot be written.
    """
    step(0, 3)
    vault, _ = create_vault(folder, DEMO_USER, DEMO_PASSPHRASE, now=now, kdf=OPEN_TO_ALL)
    try:
        (folder / SAMPLE_MARK).touch()
        step(1, 3)
        fill_with_sample(vault, now=now, today=today)
        step(2, 3)
        prepare_day(vault, now=now, today=today)
        step(3, 3)
    except BaseException:
        vault.abandon()
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return vault


def is_sample(folder: Path) -> bool:
    """Say whether the vault in *folder* holds sample data."""
    return (folder / SAMPLE_MARK).exists()
