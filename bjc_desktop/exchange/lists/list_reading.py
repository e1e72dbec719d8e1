"""A list from a file: what it is follows from its content, not from its name."""

import hashlib
from pathlib import Path

from bjc_desktop.errors import ListError, NotFoundError
from bjc_desktop.exchange.lists.archive_parts import PASSWORD, UNREADABLE, Parts, open_parts
from bjc_desktop.exchange.lists.csv_reading import read_csv
from bjc_desktop.exchange.lists.limits import MAXIMUM_PACKED, Step, no_step
from bjc_desktop.exchange.lists.ods_reading import read_ods
from bjc_desktop.exchange.lists.sheets import ListFile, Sheet
from bjc_desktop.exchange.lists.xlsx_reading import read_xlsx

_ZIP, _OLE = (b"PK\x03\x04", b"PK\x05\x06"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
NOT_FOUND = "Unter diesem Namen gibt es keine Datei. Bitte den Pfad prüfen."
TOO_LARGE = "Die Datei ist größer als 200 MB. Bitte die Liste aufteilen und Bilder entfernen."
EMPTY = "Die Datei enthält keine Zeilen. Bitte eine Liste mit einer Zeile je Person wählen."
OLD_EXCEL = "Die Datei hat das alte Excel-Format (.xls). Bitte sie öffnen und als .xlsx speichern."
BINARY_EXCEL = "Die Datei hat das binäre Excel-Format (.xlsb). Bitte sie öffnen und als .xlsx speichern."


def read_list(path: Path, step: Step = no_step) -> ListFile:
    """Return the sheets of the list at *path* that are not empty; *step* hears how far it is and may raise to stop.

    Raises
    ------
    ListError
        where it is no list, is damaged, protected, too large or empty.
    NotFoundError
        where there is no such file.
    """
    if not path.is_file():
        raise NotFoundError(NOT_FOUND)
    if path.stat().st_size > MAXIMUM_PACKED:
        raise ListError(TOO_LARGE)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        beginning = file.read(8)
    sheets = tuple(sheet for sheet in _sheets(path, beginning, step) if sheet.rows)
    if not sheets:
        raise ListError(EMPTY)
    return ListFile(sheets, digest)


def _sheets(path: Path, beginning: bytes, step: Step) -> tuple[Sheet, ...]:
    if beginning.startswith(_ZIP):
        with open_parts(path) as parts:
            return _workbook(parts, step)
    content = path.read_bytes()
    if beginning == _OLE:
        raise ListError(PASSWORD if "EncryptedPackage".encode("utf-16-le") in content else OLD_EXCEL)
    return read_csv(content, step)


def _workbook(parts: Parts, step: Step) -> tuple[Sheet, ...]:
    if "xl/workbook.bin" in parts.sizes:
        raise ListError(BINARY_EXCEL)
    if "[Content_Types].xml" in parts.sizes:
        return read_xlsx(parts, step)
    if "content.xml" in parts.sizes:
        return read_ods(parts, step)
    raise ListError(UNREADABLE)
