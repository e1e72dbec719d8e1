"""The files of a data package, from a folder or a ZIP that anybody may have made.

Nothing is unpacked to the disk; sizes are checked against what the archive declares before a byte is read, and while reading.
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Self

from bjc_desktop.errors import NotFoundError, PackageError
from bjc_desktop.exchange.table_schema import BJC_FORMAT

MAXIMUM_SIZE = 2 * 1024**3
"""Bytes of all files together: ten years of the programme are about 400 million."""
MAXIMUM_RATIO = 100
"""Unpacked to packed: case data reach 5 to 15, a gigabyte of zeros 1,000."""
_RATIO_FREE = 10 * 1024**2
_DESCRIPTOR = "datapackage.json"
_MAXIMUM_DESCRIPTOR = 10 * 1024**2
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")


@dataclass(frozen=True)
class PackageFiles:
    """The listed tables of a data package by table name, and what the package holds beside them."""

    tables: Mapping[str, bytes]
    ignored: tuple[str, ...]
    """Names of files that the package does not list, and of listed tables that the program does not know."""
    digest: str
    """SHA-256 over the names and contents of all tables."""


class _Folder:
    """A package in a folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""

    def names(self) -> list[str]:
        return sorted(entry.name for entry in self._path.iterdir() if entry.is_file())

    def read(self, name: str, limit: int) -> bytes:
        with (self._path / name).open("rb") as file:
            return file.read(limit + 1)


class _Archive:
    """A package in a ZIP, at its root or in its one folder."""

    def __init__(self, source: Path | BytesIO) -> None:
        try:
            self._zip = zipfile.ZipFile(source)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            message = "Die Datei ist kein lesbares ZIP-Archiv. Bitte das Datenpaket erneut übertragen oder als Ordner angeben."
            raise PackageError(message) from None
        self._members: dict[str, zipfile.ZipInfo] = {}

    def __enter__(self) -> Self:
        infos = [info for info in self._zip.infolist() if not info.filename.endswith("/")]
        self._check_sizes(infos)
        descriptors = [info.filename for info in infos if info.filename.rsplit("/", 1)[-1] == _DESCRIPTOR]
        base = min(descriptors, key=len).removesuffix(_DESCRIPTOR) if descriptors else ""
        for info in infos:
            name = info.filename.removeprefix(base)
            if name in self._members:
                message = "Das ZIP-Archiv enthält eine Datei doppelt. Bitte das Datenpaket neu erstellen."
                raise PackageError(message)
            self._members[name] = info
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    @staticmethod
    def _check_sizes(infos: list[zipfile.ZipInfo]) -> None:
        unpacked = sum(info.file_size for info in infos)
        packed = sum(info.compress_size for info in infos)
        if unpacked > MAXIMUM_SIZE or unpacked > _RATIO_FREE + MAXIMUM_RATIO * packed:
            raise _too_large()

    def names(self) -> list[str]:
        return sorted(self._members)

    def read(self, name: str, limit: int) -> bytes:
        try:
            with self._zip.open(self._members[name]) as file:
                return file.read(limit + 1)
        except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError, KeyError):
            message = (
                f"Die Datei „{_shown(name)}“ im ZIP-Archiv ist beschädigt oder verschlüsselt. Bitte das Paket neu erstellen."
            )
            raise PackageError(message) from None
        except Exception as error:
            # zlib.error and lzma.LZMAError share no base class with the others.
            message = f"Die Datei „{_shown(name)}“ im ZIP-Archiv ist beschädigt. Bitte das Paket neu erstellen."
            raise PackageError(message) from error


def read_package_files(path: Path, known: frozenset[str]) -> PackageFiles:
    """Return the files of the data package at *path*, a folder or a ZIP; *known* names the tables of the program.

    Raises
    ------
    NotFoundError
        where there is nothing at *path*.
    PackageError
        where it is no data package, of a newer format, too large, or lists a file that is missing.
    """
    if not path.exists():
        message = "Unter diesem Namen gibt es kein Datenpaket. Bitte Ordner oder ZIP-Datei prüfen."
        raise NotFoundError(message)
    source = _Folder(path) if path.is_dir() else _Archive(path)
    with source as opened:
        return _read(opened, known)


def is_package(path: Path) -> bool:
    """Say whether the file at *path* looks like a data package: an archive that holds a descriptor, and not a workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.rpartition("/")[2] == _DESCRIPTOR for name in archive.namelist())
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
        return False


def read_packed_files(data: bytes, known: frozenset[str]) -> PackageFiles:
    """Return the files of the data package that is the ZIP *data*, as :func:`read_package_files` does.

    Raises
    ------
    PackageError
        where it is no data package, of a newer format, too large, or lists a file that is missing.
    """
    with _Archive(BytesIO(data)) as opened:
        return _read(opened, known)


def _read(source: _Folder | _Archive, known: frozenset[str]) -> PackageFiles:
    names = source.names()
    listed = _listed(_descriptor(source, names))
    tables: dict[str, bytes] = {}
    digest, left, faults = hashlib.sha256(), MAXIMUM_SIZE, []
    for table, file in listed.items():
        if table not in known:
            continue
        if file not in names:
            faults.append(f"{_shown(file)}: Die Datei fehlt; bitte ergänzen oder den Eintrag aus datapackage.json entfernen.")
            continue
        tables[table] = source.read(file, left)
        left -= len(tables[table])
        if left < 0:
            raise _too_large()
        digest.update(f"{table}\0{len(tables[table])}\0".encode() + tables[table])
    if faults:
        message = "Das Datenpaket ist unvollständig: Eine aufgeführte Datei fehlt."
        raise PackageError(message, tuple(faults))
    read = {listed[table] for table in tables}
    ignored = [name for name in names if name != _DESCRIPTOR and name not in read]
    return PackageFiles(tables, tuple(_shown(name) for name in ignored), digest.hexdigest())


def _descriptor(source: _Folder | _Archive, names: list[str]) -> dict[str, Any]:
    if _DESCRIPTOR not in names:
        message = "Das ist kein Datenpaket: datapackage.json fehlt. Bitte den Ordner oder die ZIP-Datei des Pakets angeben."
        raise PackageError(message)
    content = source.read(_DESCRIPTOR, _MAXIMUM_DESCRIPTOR)
    try:
        descriptor = json.loads(content.decode("utf-8-sig")) if len(content) <= _MAXIMUM_DESCRIPTOR else None
    except (ValueError, RecursionError):
        descriptor = None
    if not isinstance(descriptor, dict):
        message = "datapackage.json ist nicht lesbar (kein gültiges JSON). Bitte das Datenpaket neu erstellen."
        raise PackageError(message)
    version = descriptor.get("bjc_format")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        message = "datapackage.json nennt kein bjc_format; das ist kein BJC-Datenpaket. Bitte die richtige Datei wählen."
        raise PackageError(message)
    if version > BJC_FORMAT:
        message = (
            f"Das Datenpaket hat ein neueres Format, als dieses Programm kennt ({BJC_FORMAT}). Bitte das Programm aktualisieren."
        )
        raise PackageError(message)
    return descriptor


def _listed(descriptor: dict[str, Any]) -> dict[str, str]:
    """Return table name → file name of the resources that the descriptor lists."""
    resources = descriptor.get("resources")
    if not isinstance(resources, list):
        message = "datapackage.json führt keine Tabellen auf. Bitte das Datenpaket neu erstellen."
        raise PackageError(message)
    listed: dict[str, str] = {}
    for resource in resources:
        name = resource.get("name") if isinstance(resource, dict) else None
        path = resource.get("path") if isinstance(resource, dict) else None
        if isinstance(path, list) and len(path) == 1:
            path = path[0]
        if not isinstance(name, str) or not isinstance(path, str) or name in listed or not _PLAIN_NAME.fullmatch(path):
            message = (
                "datapackage.json führt eine Tabelle ohne Namen, doppelt oder mit unzulässigem Dateinamen auf. Bitte korrigieren."
            )
            raise PackageError(message)
        listed[name] = path
    return listed


def _too_large() -> PackageError:
    return PackageError("Das Datenpaket ist entpackt zu groß (höchstens 2 GB). Bitte in kleinere Pakete aufteilen.")


def _shown(name: str) -> str:
    """Return a file's name as it may be printed: one line, no control characters, not too long."""
    return "".join(character if character.isprintable() else "?" for character in name)[:80]
