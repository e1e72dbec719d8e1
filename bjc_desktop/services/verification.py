"""Whether a bundle is what its sender made: hashes, signature, and the figures recomputed from its own cases."""

import json
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from bjc_desktop.errors import BundleError, NotFoundError
from bjc_desktop.exchange.package_checks import find_faults
from bjc_desktop.exchange.package_import import insert_rows, merged_tables
from bjc_desktop.exchange.table_reading import Fault, read_table
from bjc_desktop.exchange.table_schema import tables
from bjc_desktop.indicators.figures import compute
from bjc_desktop.indicators.period import Period
from bjc_desktop.indicators.settings import settings_from
from bjc_desktop.models import Target
from bjc_desktop.reports.indicators_json import indicators_json
from bjc_desktop.reports.manifest import MANIFEST, PUBLIC_KEY, SIGNATURE, hashes, signature_holds
from bjc_desktop.vault import memory_engine

_MAXIMUM = 500 * 1024**2
_RATIO_FREE, _RATIO = 10 * 1024**2, 100
_ENCRYPTED = 1
"""The flag of a ZIP's encrypted member."""
_NEEDED = {"report.pdf", "report.xlsx", "indicators.json", MANIFEST, SIGNATURE, PUBLIC_KEY}
_ALLOWED = _NEEDED | {"report.html", "package/datapackage.json"} | {f"package/{table.name}.csv" for table in tables()}
"""What a bundle may hold; those of earlier versions have no report.html."""


_LOCKED = (
    "Das Berichtspaket ist mit einem Passwort verschlüsselt. Bitte mit dem Passwort entpacken und die ZIP-Datei darin öffnen."
)
_UNREADABLE = "Die Fälle des Berichtspakets sind nicht lesbar. Bitte beim Träger neu anfordern."


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verified bundle is."""

    scope_name: str
    period_label: str
    version: int | None
    as_of: str
    fingerprint: str
    """SHA-256 of the public key: to be compared with the one the sender named."""


def verify_bundle(path: Path) -> Verification:
    """Verify the bundle at *path*.

    Raises
    ------
    NotFoundError
        where there is no such file.
    BundleError
        where it is no bundle, was altered, or says other figures than its cases.
    """
    if not path.is_file():
        message = "Diese Datei gibt es nicht; bitte den Pfad des Berichtspakets prüfen."
        raise NotFoundError(message)
    files = _read(path)
    manifest = _manifest(files)
    if not signature_holds(files[MANIFEST], files[SIGNATURE], files[PUBLIC_KEY]):
        message = "Die Signatur stimmt nicht: Das Berichtspaket wurde verändert. Bitte beim Träger neu anfordern."
        raise BundleError(message)
    signed = {name: data for name, data in files.items() if name not in {MANIFEST, SIGNATURE, PUBLIC_KEY}}
    if manifest.get("files") != hashes(signed):
        message = "Die Prüfsummen stimmen nicht: Eine Datei des Berichtspakets wurde verändert. Bitte beim Träger neu anfordern."
        raise BundleError(message)
    stated = _stated(files)
    _compare(stated, manifest)
    _recompute(files, manifest, stated)
    fingerprint = hashes({PUBLIC_KEY: files[PUBLIC_KEY]})[PUBLIC_KEY]
    return Verification(
        manifest["scope"]["name"], manifest["period"]["label"], manifest["version"], manifest["as_of"], fingerprint
    )


def _read(path: Path) -> dict[str, bytes]:
    message = "Die Datei ist kein lesbares Berichtspaket. Bitte die Übertragung wiederholen."
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            if [info.flag_bits & _ENCRYPTED for info in infos] == [_ENCRYPTED]:
                raise BundleError(_LOCKED)
            names = [info.filename for info in infos]
            unpacked, packed = sum(i.file_size for i in infos), sum(i.compress_size for i in infos)
            too_large = unpacked > _MAXIMUM or unpacked > _RATIO_FREE + _RATIO * packed
            links = any(stat.S_ISLNK(info.external_attr >> 16) for info in infos)
            if len(set(names)) != len(names) or not set(names) <= _ALLOWED or too_large or links:
                raise BundleError(message)
            files = {info.filename: archive.open(info).read(info.file_size + 1) for info in infos}
    except BundleError:
        raise
    except Exception as error:
        # A hostile archive makes zipfile, zlib and lzma raise what they like.
        raise BundleError(message) from error
    if not files.keys() >= _NEEDED:
        message = "Dem Berichtspaket fehlt eine Datei. Bitte die Übertragung wiederholen."
        raise BundleError(message)
    return files


def _manifest(files: Mapping[str, bytes]) -> dict[str, Any]:
    message = "Das Verzeichnis des Berichtspakets ist nicht lesbar. Bitte die Übertragung wiederholen."
    try:
        manifest = json.loads(files[MANIFEST])
        _ = manifest["scope"]["name"], manifest["period"]["label"], manifest["as_of"]
        version = manifest["version"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BundleError(message) from None
    if version is not None and (type(version) is not int or version < 1):
        raise BundleError(message)
    return manifest  # type: ignore[no-any-return]


def _stated(files: Mapping[str, bytes]) -> dict[str, Any]:
    try:
        stated = json.loads(files["indicators.json"])
    except (ValueError, RecursionError):
        stated = None
    if not isinstance(stated, dict):
        raise BundleError(_UNREADABLE)
    return stated


def _compare(stated: Mapping[str, Any], manifest: Mapping[str, Any]) -> None:
    """Refuse a manifest that speaks of another scope, period or day than the figures."""
    if any(stated.get(key) != manifest[key] for key in ("scope", "period", "as_of")):
        message = "Verzeichnis und Kennzahlen des Berichtspakets passen nicht zueinander. Bitte beim Träger neu anfordern."
        raise BundleError(message)


def _recompute(files: Mapping[str, bytes], manifest: Mapping[str, Any], stated: Mapping[str, Any]) -> None:
    """Compute the figures from the bundle's own cases and compare them with those it states."""
    engine = memory_engine()
    try:
        with engine.connect() as connection:
            _load(connection, files)
            _load_targets(connection, stated, manifest)
            as_of = date.fromisoformat(stated["as_of"])
            bounds = [date.fromisoformat(stated["period"][end]) for end in ("from", "to")]
            period = Period(stated["period"]["label"], bounds[0], bounds[1])
            figures = compute(connection, period, settings_from(manifest["settings"]), as_of=as_of)
            computed = indicators_json(figures.scope(stated["scope"]["id"]))
        computed["scope"]["name"] = stated["scope"]["name"]
    except Exception as error:
        # Who signs a bundle can put anything into it, and there is no end to what that makes the computation raise.
        raise BundleError(_UNREADABLE) from error
    finally:
        engine.dispose()
    if json.loads(json.dumps(computed)) != stated:
        message = "Die Kennzahlen des Berichts stimmen nicht mit seinen Fällen überein. Bitte beim Träger nachfragen."
        raise BundleError(message)


def _load(connection: Connection, files: Mapping[str, bytes]) -> None:
    faults: list[Fault] = []
    contents = [
        read_table(table, files[f"package/{table.name}.csv"], faults)
        for table in tables()
        if f"package/{table.name}.csv" in files
    ]
    merged = merged_tables(connection, contents, None)
    if not faults:
        faults += find_faults(connection, merged, date.max)
    if faults:
        message = "Das Datenpaket des Berichts enthält Fehler."
        raise BundleError(message)
    for table in merged.values():
        insert_rows(connection, table, table.rows, None, 0)


def _load_targets(connection: Connection, stated: Mapping[str, Any], manifest: Mapping[str, Any]) -> None:
    for figure in stated["indicators"]:
        row = {
            "id": figure["code"],
            "year": manifest["targets"][figure["code"]],
            "code": figure["code"],
            "target": Decimal(figure["target"]),
            "tolerance_low": Decimal(figure["tolerance_low"]),
            "source": "Berichtspaket",
        }
        connection.execute(insert(Target), row)
