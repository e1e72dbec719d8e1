"""A vault's first day: a new one with its provider and first member of staff, or one with sample data."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.exchange.package_import import import_package
from bjc_desktop.models import Provider, Staff
from bjc_desktop.sample import DEMO, sample_tables
from bjc_desktop.services.demo import DEMO_PASSPHRASE, DEMO_USER, sample_package
from bjc_desktop.services.targets import fill_new_vault
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
            ("provider", new.provider, "Bitte den Namen des Trägers eintragen."),
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
            provider = Provider(name=new.provider.strip())
            session.add(provider)
            session.flush()
            session.add(
                Staff(
                    provider_id=provider.id,
                    given_name=new.given_name.strip() or None,
                    family_name=new.family_name.strip(),
                    role=new.role.value,
                    employed_from=today,
                )
            )
    except BaseException:
        vault.abandon()
        shutil.rmtree(new.folder, ignore_errors=True)
        raise
    return vault, code


def make_sample_vault(folder: Path, *, now: datetime, today: date, step: Callable[[int, int], None]) -> Vault:
    """Make a vault with invented people in the new *folder* and return it open; *step* hears how far it is.

    Raises
    ------
    VaultError
        where the folder is taken or cannot be written.
    """
    step(0, 4)
    vault, _ = create_vault(folder, DEMO_USER, DEMO_PASSPHRASE, now=now)
    try:
        (folder / SAMPLE_MARK).touch()
        fill_new_vault(vault, now=now)
        step(1, 4)
        package = sample_package(sample_tables(DEMO))
        step(2, 4)
        with tempfile.TemporaryDirectory() as place:
            path = Path(place) / "musterdaten.zip"
            path.write_bytes(package)
            import_package(vault, path, update=False, now=now, today=today)
        step(4, 4)
    except BaseException:
        vault.abandon()
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return vault


def is_sample(folder: Path) -> bool:
    """Say whether the vault in *folder* holds sample data."""
    return (folder / SAMPLE_MARK).exists()
