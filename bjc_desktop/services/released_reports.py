"""The reports that were released: as they were, however the vault has changed since."""

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select, text

from bjc_desktop.errors import NotFoundError
from bjc_desktop.models import ReleasedReport

GONE = "Diesen freigegebenen Bericht gibt es nicht."
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
    columns = (
        report.id,
        report.scope,
        report.period_label,
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
