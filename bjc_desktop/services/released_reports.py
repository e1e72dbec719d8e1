"""The reports that were released: as they were, however the vault has changed since."""

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection, select, text

from bjc_desktop.errors import InvalidInputError, NotFoundError
from bjc_desktop.models import ReleasedReport
from bjc_desktop.services.report_statements import version_reasons
from bjc_desktop.services.reports import bundle_name
from bjc_desktop.vault import Leaving, Vault, account_for, check_new_passphrase
from bjc_desktop.vault.durable import write_file
from bjc_desktop.vault.role_rights import assert_may_hand_out

GONE = "Diesen freigegebenen Bericht gibt es nicht."
NOT_WRITTEN = "Die Datei konnte nicht geschrieben werden. Bitte einen anderen Ordner wählen."
REPORT = "report.pdf"


@dataclass(frozen=True, slots=True)
class Released:
    """A released report, without its bundle."""

    id: str
    scope_id: str
    scope_name: str
    period_label: str
    version: int
    as_of: date
    released_at: datetime
    """UTC, without a zone."""
    released_by: str
    """The user's name."""
    nothing_to_report: bool
    changed: int
    """How many figures and cases differ from the version before."""
    reason: str
    """What was changed and why, as it was typed for this version; empty for a first one, and where nobody said."""


@dataclass(frozen=True, slots=True)
class BundlePart:
    """A file of a bundle."""

    name: str
    size: int
    """Bytes."""


_NAMES = text("SELECT id, name FROM providers")
_USERS = text("SELECT id, name FROM users")


def list_released(connection: Connection) -> tuple[Released, ...]:
    """Return every released report, the newest first."""
    report = ReleasedReport.__table__.c
    providers = {row.id: row.name for row in connection.execute(_NAMES)} | {"all": "alle Träger"}
    users = {row.id: row.name for row in connection.execute(_USERS)}
    reasons = version_reasons(connection)
    columns = (
        report.id,
        report.scope,
        report.period_label,
        report.period_from,
        report.version,
        report.as_of,
        report.released_at,
        report.released_by,
        report.nothing_to_report,
        report.changes,
    )
    rows = connection.execute(select(*columns).order_by(report.released_at.desc(), report.scope, report.version.desc()))
    return tuple(
        Released(
            row.id,
            row.scope,
            providers.get(row.scope, row.scope),
            row.period_label,
            row.version,
            row.as_of,
            row.released_at,
            users.get(row.released_by, ""),
            row.nothing_to_report,
            len(json.loads(row.changes)),
            reasons.get((row.scope, row.period_from, row.version), ""),
        )
        for row in rows
    )


def released_bundle(connection: Connection, report_id: str) -> bytes:
    """Return the bundle as it left the house.

    Raises
    ------
    NotFoundError
        where there is no such report.
    """
    report = ReleasedReport.__table__.c
    bundle = connection.execute(select(report.bundle).where(report.id == report_id)).scalar()
    if bundle is None:
        raise NotFoundError(GONE)
    return bytes(bundle)


def bundle_parts(bundle: bytes) -> tuple[BundlePart, ...]:
    """Return the files of a bundle: all that leaves the house."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return tuple(BundlePart(info.filename, info.file_size) for info in archive.infolist())


def bundle_part(bundle: bytes, name: str) -> bytes:
    """Return one file of a bundle."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return archive.read(name)


def under_password(bundle: bytes, name: str, password: str) -> bytes:
    """Return a ZIP that holds the bundle as *name*, encrypted with AES-256 by *password*; common archivers open it.

    Raises
    ------
    InvalidInputError
        where the password is too short.
    """
    import pyzipper  # noqa: PLC0415 - seldom needed

    check_new_passphrase(password)
    target = io.BytesIO()
    with pyzipper.AESZipFile(target, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(password.encode())
        archive.writestr(name, bundle)
    return target.getvalue()


def save_released(vault: Vault, released: Released, folder: Path, password: str, *, now: datetime) -> Path:
    """Write the bundle as it left the house into *folder*, with a *password* within an encrypted ZIP; return the path.

    Raises
    ------
    InvalidInputError
        where the password is too short, or the folder cannot be written.
    NotFoundError
        where there is no such report.
    """
    assert_may_hand_out(vault.user.roles, ReleasedReport.__tablename__)
    name = bundle_name(released.scope_id, released.scope_name, released.period_label, released.version)
    with vault.reading() as connection:
        bundle = released_bundle(connection, released.id)
    if password:
        bundle, name = under_password(bundle, name, password), name.replace(".zip", "_verschluesselt.zip")
    details = {"scope": released.scope_id, "period": released.period_label, "version": released.version}
    account_for(vault, Leaving.EXPORT, "bundle", {**details, "password": bool(password)}, now=now)
    try:
        write_file(folder / name, bundle)
    except (OSError, ValueError):
        # A path that no file system can be asked for is a ValueError.
        raise InvalidInputError({"folder": NOT_WRITTEN}) from None
    return folder / name
