"""What the first page does behind the window; heavy imports happen here, not before the first paint."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bjc_desktop.ui.shared.background import Progress

if TYPE_CHECKING:
    from bjc_desktop.vault import Vault


def _now() -> datetime:
    return datetime.now(UTC)


def _today() -> date:
    return date.today()  # noqa: DTZ011 - the day on the user's wall


def unlock(folder: Path, user: str | None, passphrase: str, progress: Progress) -> "Vault":
    """Open the vault in *folder*; its integrity is checked afterwards, behind the window.

    *progress* hears how far the update of a vault from an earlier version is, and of nothing else.
    """
    from bjc_desktop.vault import open_vault  # noqa: PLC0415

    return open_vault(folder, passphrase, user=user, now=_now(), check=False, step=progress.step)


def make(values: dict[str, str]) -> tuple["Vault", str]:
    """Make a new vault of the form's *values*; return it with its recovery code."""
    from bjc_desktop.services.vault_setup import NewVault, make_vault  # noqa: PLC0415
    from bjc_desktop.vocabulary import Role  # noqa: PLC0415

    new = NewVault(
        Path(values["folder"].strip()),
        values["user"].strip(),
        values["passphrase"],
        values["provider"],
        values["given_name"],
        values["family_name"],
        Role(values["role"]),
    )
    return make_vault(new, now=_now(), today=_today())


def make_sample(folder: Path, progress: Progress) -> "Vault":
    """Make the vault with sample data in *folder*."""
    from bjc_desktop.services.vault_setup import make_sample_vault  # noqa: PLC0415

    return make_sample_vault(folder, now=_now(), today=_today(), step=progress.step)


def open_sample(folder: Path) -> "Vault":
    """Open the vault with sample data that is there already."""
    from bjc_desktop.services.demo import DEMO_PASSPHRASE, DEMO_USER  # noqa: PLC0415
    from bjc_desktop.vault import open_vault  # noqa: PLC0415

    return open_vault(folder, DEMO_PASSPHRASE, user=DEMO_USER, now=_now(), check=False)


def restore_backup(source: Path, folder: Path) -> Path:
    """Check the backup *source* and unpack it into the new *folder*."""
    from bjc_desktop.vault import restore  # noqa: PLC0415

    return restore(source, folder)
