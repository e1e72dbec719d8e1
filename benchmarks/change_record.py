"""What the change record costs: the same work with it and without it, and reading and verifying a long one."""

import csv
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection, select
from sqlalchemy.orm import sessionmaker

from benchmarks.measuring import Row, against, milliseconds
from benchmarks.sample_vaults import NOW, ONE_PROVIDER, TODAY, Workshop
from bjc_desktop.exchange import package_import
from bjc_desktop.models import Coaching, Consultation, Staff
from bjc_desktop.services.audit_trail import AuditFilter, read_audit
from bjc_desktop.services.row_editing import add_row
from bjc_desktop.vault import Secrets, Vault, open_with_key, record_openings, verify_record
from bjc_desktop.vault.accounting import Opened
from bjc_desktop.vault.change_chain import NewRecord, append_records
from bjc_desktop.vault.changes import RecordingSession, RowChange

_SAVED = 60
_IMPORTED = 3
_RECORDS = 100_000
_AT_ONCE = 10_000
_ROUNDS = 5


def measure(workshop: Workshop) -> Iterator[Row]:
    """Yield saving, importing, opening, reading and verifying."""
    with workshop.filled_vault(ONE_PROVIDER) as vault:
        coaching_ids, staff_id = _cases(vault)
        plain = sessionmaker(vault.engine, class_=RecordingSession, expire_on_commit=False)
        kept, bare = _saving(vault, coaching_ids, staff_id), _saving(vault, coaching_ids, staff_id, plain)
        yield against("saving a consultation, against the same without change record", 1.25, _SAVED, kept, bare, warm_up=5)
    yield _import(workshop)
    with workshop.filled_vault(ONE_PROVIDER) as vault:
        _fill(vault, coaching_ids)
        yield Row("recording that a case file was opened, behind the window", _opening(vault, coaching_ids), 50)
        for what, bar, wanted in _QUESTIONS:
            yield Row(what, median(_read(vault, wanted) for _ in range(_ROUNDS)), bar)
        yield Row("verifying 100,000 records, behind the window", milliseconds(lambda: verify_record(vault)), 5000)


_QUESTIONS = (
    ("first page of a record of 100,000", 100, AuditFilter()),
    ("the same, by one rare kind", 300, AuditFilter(kind="left")),
    ("the same, by a day a year ago", 300, AuditFilter(first=TODAY - timedelta(days=360), last=TODAY - timedelta(days=360))),
    ("the same, by a text that nothing holds", 1000, AuditFilter(text="kommt nicht vor")),
)


def _cases(vault: Vault) -> tuple[list[str], str]:
    with vault.reading() as connection:
        ids = list(connection.execute(select(Coaching.id).order_by(Coaching.id)).scalars())
        return ids, str(connection.execute(select(Staff.id).where(Staff.role == "job_coach").limit(1)).scalar_one())


def _saving(
    vault: Vault, ids: list[str], staff_id: str, plain: Callable[[], RecordingSession] | None = None
) -> Callable[[], float]:
    turn = cycle(ids)
    values = {
        "staff_id": staff_id,
        "held_on": TODAY,
        "channel": "phone",
        "kind": "coaching",
        "status": "held",
        "duration_min": 45,
    }

    def add(session: Any) -> None:
        add_row(
            session, Consultation, {**values, "coaching_id": next(turn), "note": "Zwei Sätze."}, today=TODAY, notes=vault.notes
        )

    def recorded() -> None:
        with vault.writing(now=NOW) as session:
            add(session)

    def bare() -> None:
        assert plain is not None
        with plain() as session:
            session.info.update(actor=vault.actor(), roles=vault.user.roles, clock=lambda: NOW)
            session.connection().exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            add(session)
            session.commit()

    return partial(milliseconds, recorded if plain is None else bare)


def _import(workshop: Workshop) -> Row:
    """Return the row of an import that changes every one of 15,000 consultations."""
    package = workshop.package(ONE_PROVIDER)
    with workshop.new_vault() as vault:
        package_import.import_package(vault, package, update=False, now=NOW, today=TODAY)
        folder, secrets = vault.folder, vault.secrets
    changed = _changed(package, workshop.new_path("changed"))

    def unrecorded(connection: Connection, actor: object, rows: list[RowChange], **_: object) -> range:
        _ = connection, actor  # type: ignore[assignment]
        return range(1, len(rows) + 1)

    recorded = partial(_imported, workshop, folder, secrets, changed)

    def bare() -> float:
        with patch.object(package_import, "record_row_changes", unrecorded):
            return recorded()

    return against("import that changes 15,000 consultations, against the same without", 2.0, _IMPORTED, recorded, bare)


def _imported(workshop: Workshop, folder: Path, secrets: Secrets, package: Path) -> float:
    copy = Path(shutil.copytree(folder, workshop.new_path("copy")))
    with open_with_key(copy, secrets) as vault:
        return milliseconds(lambda: package_import.import_package(vault, package, update=True, now=NOW, today=TODAY))


def _changed(package: Path, folder: Path) -> Path:
    shutil.copytree(package, folder)
    path = folder / "consultations.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["duration_min"] = str(int(row["duration_min"] or 30) % 200 + 5)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder


def _fill(vault: Vault, coaching_ids: list[str]) -> None:
    """Write two years of records: changes of coachings, and now and then an export."""
    with vault.reading() as connection:
        people = dict(connection.execute(select(Coaching.id, Coaching.coachee_id)).all())  # type: ignore[arg-type]
    turn, began = cycle(coaching_ids), datetime(2024, 1, 15, 8, tzinfo=UTC)
    for start in range(0, _RECORDS, _AT_ONCE):
        records = []
        for number in range(_AT_ONCE):
            key = next(turn)
            fields = {"fields": {"planned_end_on": ["2025-01-01", "2025-02-01"]}}
            change = NewRecord("update", fields, "coachings", key, 2, people[key])
            records.append(change if number % 1000 else NewRecord("export", {"what": "statistic"}))
        with vault.engine.begin() as connection:
            append_records(connection, vault.actor(), records, began + timedelta(minutes=start * 10.5))


def _opening(vault: Vault, coaching_ids: list[str]) -> float:
    return median(milliseconds(partial(record_openings, vault, [Opened(key, NOW)])) for key in coaching_ids[:20])


def _read(vault: Vault, wanted: AuditFilter) -> float:
    with vault.reading() as connection:
        return milliseconds(lambda: read_audit(connection, wanted, today=TODAY))
