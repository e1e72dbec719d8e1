"""Verifying the change record: against itself, and against what is kept of it elsewhere.

A chain alone cannot tell that its end was cut off. So its number and last code are kept in the slot file, in every backup and in every
released bundle: whoever shortens or rewrites the record would have to change all of them.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, RowMapping, select

from bjc_desktop.errors import VaultDamagedError
from bjc_desktop.models import Base, ReleasedReport
from bjc_desktop.vault.backup_files import described_backups
from bjc_desktop.vault.change_chain import ALTERED, chain_key_of, link
from bjc_desktop.vault.keys import same
from bjc_desktop.vault.slots import Anchor

if TYPE_CHECKING:
    from bjc_desktop.vault.vault import Vault

_RECORDS = Base.metadata.tables["change_records"]
_AT_ONCE = 500
_RESTORE = "Bitte die letzte Sicherung mit „bjc-desktop restore …“ wiederherstellen."
_MANIFEST = "manifest.json"
SLOT_FILE = "die Schlüsseldatei"


@dataclass(frozen=True, slots=True)
class KeptAnchor:
    """An anchor, and in German what keeps it."""

    keeper: str
    anchor: Anchor


@dataclass(frozen=True, slots=True)
class Verified:
    """How far the record was verified, and what kept the anchors that it was compared with."""

    tail: Anchor
    keepers: tuple[str, ...]


def verify_record(vault: "Vault", step: Callable[[int, int], object] = lambda *_: None) -> Verified:
    """Verify the whole change record of *vault* against every anchor that the vault's own folder holds.

    *step* is told how many records of how many are done.

    Raises
    ------
    VaultDamagedError
        where a record was altered, removed, inserted or cut off; one sentence names which, and who knows it.
    """
    with vault.reading() as connection:
        kept = [KeptAnchor(SLOT_FILE, vault.slots.anchor), *_released(connection), *_backups(vault, connection)]
        tail = verify_chain(connection, chain_key_of(connection), kept, step)
    return Verified(tail, tuple(one.keeper for one in kept if one.anchor.count))


def verify_chain(
    connection: Connection, chain_key: bytes, kept: Iterable[KeptAnchor], step: Callable[[int, int], object] = lambda *_: None
) -> Anchor:
    """Check every record against its predecessor and against the *kept* anchors; return number and code of the last.

    Raises
    ------
    VaultDamagedError
        where a record was altered, removed, inserted or cut off.
    """
    wanted: dict[int, list[KeptAnchor]] = {}
    for one in kept:
        wanted.setdefault(one.anchor.count, []).append(one)
    total, reached = max(wanted, default=0), Anchor()
    for row in _rows(connection):
        number = reached.count + 1
        if row["id"] != number:
            raise VaultDamagedError(_missing(number, row["id"] - 1))
        reached = Anchor(number, link(chain_key, reached.head, row))
        if not same(reached.head, row["mac"]):
            raise VaultDamagedError(_altered(row))
        for one in wanted.get(number, ()):
            if not same(reached.head, one.anchor.head):
                raise VaultDamagedError(_rewritten(number, one.keeper))
        if number % _AT_ONCE == 0:
            step(number, max(total, number))
    beyond = next((one for count in sorted(wanted, reverse=True) for one in wanted[count] if count > reached.count), None)
    if beyond is not None:
        raise VaultDamagedError(_missing(reached.count + 1, beyond.anchor.count, beyond.keeper))
    return reached


def _rows(connection: Connection) -> Iterator[RowMapping]:
    with connection.execute(select(_RECORDS).order_by(_RECORDS.c.id)) as result:
        for part in result.mappings().partitions(_AT_ONCE):
            yield from part


def _missing(first: int, last: int, keeper: str = "") -> str:
    which = f"der Eintrag {first}" if first >= last else f"die Einträge {first} bis {last}"
    verb = "fehlt" if first >= last else "fehlen"
    known = f", {keeper} kennt {'ihn' if first >= last else 'sie'} noch" if keeper else ""
    return f"Im Änderungsnachweis {verb} {which}{known}. {_RESTORE}"


def _altered(row: RowMapping) -> str:
    try:
        day = f" vom {datetime.fromisoformat(row['at']).astimezone():%d.%m.%Y}"
    except (ValueError, TypeError, OverflowError):
        day = ""
    return f"Im Änderungsnachweis wurde der Eintrag {row['id']}{day} verändert. {_RESTORE}"


def _rewritten(number: int, keeper: str) -> str:
    return f"Der Änderungsnachweis wurde bis zum Eintrag {number} neu geschrieben; {keeper} kennt ihn anders. {_RESTORE}"


# --- what is kept of it -------------------------------------------------------------------------------------------------------


def _released(connection: Connection) -> Iterator[KeptAnchor]:
    report = ReleasedReport.__table__.c
    for row in connection.execute(select(report.period_label, report.version, report.bundle)):
        anchor = _bundle_anchor(row.bundle)
        if anchor is not None:
            yield KeptAnchor(f"der freigegebene Bericht {row.period_label}, Fassung {row.version},", anchor)


def _bundle_anchor(bundle: bytes) -> Anchor | None:
    """Return the anchor in the manifest of *bundle*; None where it has none."""
    try:
        with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
            return anchor_from(json.loads(archive.read(_MANIFEST)).get("anchor"))
    except (zipfile.BadZipFile, KeyError, ValueError, AttributeError, NotImplementedError, RuntimeError):
        return None


def anchor_from(data: Any) -> Anchor | None:
    """Return the anchor that stands as JSON in a manifest or a backup's description; None where there is none."""
    try:
        return Anchor(int(data["count"]), bytes.fromhex(data["head"]))
    except (KeyError, TypeError, ValueError):
        return None


def _backups(vault: "Vault", connection: Connection) -> Iterator[KeptAnchor]:
    left = _left_branches(connection)
    for path, description in described_backups(vault.folder):
        anchor, created = anchor_from(description.get("changes")), str(description.get("created", ""))
        other = description.get("vault_id") != vault.id or any(since < created < until for since, until in left)
        if anchor is not None and not other:
            yield KeptAnchor(f"die Sicherung {path.name}", anchor)


def _left_branches(connection: Connection) -> list[tuple[str, str]]:
    """Return the times whose changes a restore left behind: from the backup that was restored until it was."""
    from bjc_desktop.vault.change_chain import read_payload  # noqa: PLC0415

    query = select(_RECORDS).where(_RECORDS.c.action == "restore")
    return [((read_payload(connection, row) or {}).get("created", ""), row["at"]) for row in connection.execute(query).mappings()]


def verify_anchor(connection: Connection, anchor: Anchor) -> None:
    """Check that the chain still holds the record that *anchor* names: one look-up, without verifying the whole chain.

    Raises
    ------
    VaultDamagedError
        where it does not.
    """
    if anchor.count == 0:
        return
    head = connection.execute(select(_RECORDS.c.mac).where(_RECORDS.c.id == anchor.count)).scalar()
    if head is None or not same(head, anchor.head):
        raise VaultDamagedError(ALTERED)
