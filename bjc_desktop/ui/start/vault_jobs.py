"""What the first page does behind the window; heavy imports happen here, not before the first paint."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bjc_desktop.ui.shared.background import Progress

if TYPE_CHECKING:
    from bjc_desktop.services.verification import Verification
    from bjc_desktop.vault import Vault
    from bjc_desktop.vocabulary import Role


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


def note_printed_code(vault: "Vault") -> None:
    """Record that the recovery code of the new *vault* is printed, before it is.

    Raises
    ------
    VaultError
        where it cannot be recorded; then it must not be printed.
    """
    from bjc_desktop.vault import Leaving, account_for  # noqa: PLC0415
    from bjc_desktop.vault.accounting import RECOVERY_CODE  # noqa: PLC0415

    account_for(vault, Leaving.PRINT, RECOVERY_CODE, now=_now())


def choose_second_place(folder: Path, place: Path) -> str:
    """Make *place* the second place for the backups of the vault in *folder*; return what to consider, or an empty text."""
    from bjc_desktop.vault.backup_shelf import choose_second  # noqa: PLC0415

    return choose_second(folder, place)


def open_sample(folder: Path, role: "Role | None", progress: Progress) -> "Vault":
    """Open the vault with sample data in *folder* at the desk of *role* (None: of all roles); make it where it is not there yet."""
    from bjc_desktop.services.demo import DEMO_PASSPHRASE, DEMO_USER  # noqa: PLC0415
    from bjc_desktop.services.sample_story import DESKS, prepare_day  # noqa: PLC0415
    from bjc_desktop.services.vault_setup import make_sample_vault  # noqa: PLC0415
    from bjc_desktop.vault import open_vault  # noqa: PLC0415

    if folder.exists():
        vault = open_vault(folder, DEMO_PASSPHRASE, user=DEMO_USER, now=_now(), check=False)
        try:
            prepare_day(vault, now=_now(), today=_today())
        except BaseException:
            vault.close()
            raise
    else:
        vault = make_sample_vault(folder, now=_now(), today=_today(), step=progress.step)
    if role is None:
        return vault
    vault.close()
    return open_vault(folder, DEMO_PASSPHRASE, user=DESKS[role].user, now=_now(), check=False)


def restore_backup(source: Path, folder: Path) -> str:
    """Check the backup *source* and unpack it into the new *folder*; return what is to be said of later erasures."""
    from bjc_desktop.vault import to_repeat  # noqa: PLC0415
    from bjc_desktop.vault.restoring import restore_patiently  # noqa: PLC0415

    restore_patiently(source, folder)
    return to_repeat(folder)


@dataclass(frozen=True, slots=True)
class GoodBackup:
    """The newest backup that is whole, and when it was made, in words."""

    path: Path
    moment: str


def find_good_backup(folder: Path, second: Path | None) -> GoodBackup | None:
    """Return the newest whole backup of the vault in *folder* that does not open, there or in the *second* place; None where there is none."""
    from bjc_desktop.errors import BjcError  # noqa: PLC0415
    from bjc_desktop.services.typed_values import show_moment  # noqa: PLC0415
    from bjc_desktop.vault.backup_shelf import newest_good  # noqa: PLC0415
    from bjc_desktop.vault.slots import readable_slots  # noqa: PLC0415

    try:
        vault_id = next(readable_slots(folder)).vault_id
    except BjcError:
        vault_id = None
    found = newest_good(folder, second, vault_id)
    return None if found is None else GoodBackup(found.path, show_moment(found.created))


@dataclass(frozen=True, slots=True)
class CheckedBundle:
    """A bundle that is as its sender made it: what it is, and its report as PDF."""

    verification: "Verification"
    report: bytes


def check_bundle(path: Path) -> CheckedBundle:
    """Verify the report bundle at *path*."""
    from bjc_desktop.services.released_reports import REPORT, bundle_part  # noqa: PLC0415
    from bjc_desktop.services.verification import verify_bundle  # noqa: PLC0415

    return CheckedBundle(verify_bundle(path), bundle_part(path.read_bytes(), REPORT))


def salvage_vault(folder: Path, user: str | None, passphrase: str, target: Path) -> str:
    """Save what is readable of the vault in *folder* into the new *target*; return what was saved, in words."""
    from bjc_desktop.ui.backups.damage_box import report_words  # noqa: PLC0415
    from bjc_desktop.vault import salvage  # noqa: PLC0415

    return report_words(salvage(folder, target, passphrase, user, now=_now()))
