"""The parts of a workbook: XLSX and ODS are ZIP archives that anybody may have made, so sizes are checked before a byte is unpacked."""

import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from xml.parsers import expat

from bjc_desktop.errors import ListError
from bjc_desktop.exchange.lists.limits import MAXIMUM_RATIO, MAXIMUM_UNPACKED, RATIO_FREE, Step, no_step

_CHUNK = 1 << 16
_ENCRYPTED = 1
_DAMAGED = (
    zipfile.BadZipFile,
    OSError,  # a place before the beginning of the file
    ValueError,
    KeyError,
    RuntimeError,
    EOFError,
    ArithmeticError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
    expat.ExpatError,
)
"""What reading a damaged archive or its XML may raise; whoever is told how far it is may raise anything else to stop."""
UNREADABLE = "Die Datei ist beschädigt oder keine Tabelle. Bitte sie in Excel oder LibreOffice öffnen und neu speichern."
TOO_LARGE = "Die Datei ist entpackt zu groß. Bitte die Liste in mehrere Dateien aufteilen und Bilder entfernen."
PASSWORD = "Die Datei ist mit einem Kennwort geschützt. Bitte sie öffnen und ohne Kennwort speichern."  # noqa: S105 - a sentence
ENTITIES = "Die Datei enthält eine Anweisung, die in Tabellen nichts zu suchen hat (DTD). Sie wird deshalb nicht gelesen."


class Parts:
    """The open archive."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        infos = archive.infolist()
        if any(info.flag_bits & _ENCRYPTED for info in infos):
            raise ListError(PASSWORD)
        unpacked, packed = sum(info.file_size for info in infos), sum(info.compress_size for info in infos)
        if unpacked > MAXIMUM_UNPACKED or unpacked > RATIO_FREE + MAXIMUM_RATIO * packed:
            raise ListError(TOO_LARGE)
        self.sizes = {info.filename: info.file_size for info in infos}
        if len(self.sizes) != len(infos):
            raise ListError(UNREADABLE)

    def read(self, name: str, limit: int = 1 << 20) -> bytes:
        """Return the beginning of a part."""
        with self._archive.open(name) as stream:
            return stream.read(limit)

    def walk(self, name: str, handler: "XmlHandler", step: Step = no_step) -> None:
        """Have *handler* hear the XML of a part."""
        with self._archive.open(name) as stream:
            walk(stream, handler, step, self.sizes[name])


@contextmanager
def open_parts(path: Path) -> Iterator[Parts]:
    """Open the archive at *path*.

    Raises
    ------
    ListError
        where it is damaged, encrypted, too large, or its XML cannot be read; here or while it is read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            yield Parts(archive)
    except PermissionError:
        raise
    except _DAMAGED:
        raise ListError(UNREADABLE) from None


class XmlHandler:
    """What hears the elements and texts of a part."""

    start: Callable[[str, dict[str, str]], None]
    end: Callable[[str], None]
    text: Callable[[str], None]


def walk(stream: IO[bytes], handler: XmlHandler, step: Step, size: int) -> None:
    """Have *handler* hear the XML of *stream*; a document type, and with it any entity, is refused."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler, parser.EndElementHandler = handler.start, handler.end
    parser.CharacterDataHandler = handler.text
    done = 0
    while chunk := stream.read(_CHUNK):
        parser.Parse(chunk)
        done += len(chunk)
        step(done, size)
    parser.Parse(b"", True)  # noqa: FBT003 - expat's own


def _refuse(*_: object) -> None:
    raise ListError(ENTITIES)


def local(name: str) -> str:
    """Return an element's or attribute's name without its prefix."""
    return name.rpartition(":")[2]
