"""A CSV as spreadsheets and old programs write it: encoding and separator are found out."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from bjc_desktop.errors import ListError
from bjc_desktop.exchange.lists.limits import MAXIMUM_CELL, Step
from bjc_desktop.exchange.lists.row_gathering import RowGatherer, Texts
from bjc_desktop.exchange.lists.sheets import Sheet

_SEPARATORS = ";\t,|"
_LOOKED_AT = 50
_SAID = "sep="
_EVERY = 2_000
NO_TEXT = "Die Datei ist keine Tabelle. Bitte eine XLSX-, ODS- oder CSV-Datei wählen."
OPEN_QUOTE = "Ein Anführungszeichen wird geöffnet und nicht geschlossen; was danach kommt, wäre eine einzige Zelle. Bitte in der Datei korrigieren."


def read_csv(content: bytes, step: Step) -> tuple[Sheet, ...]:
    """Return the one sheet of a CSV; a row's number counts rows as a spreadsheet does, not lines.

    Raises
    ------
    ListError
        where it is no text, a quotation mark is left open, or it is larger than a list may be.
    """
    text = decoded(content).replace("\x00", "")
    text, separator = _said_separator(text)
    if separator is None:
        separator = _likely_separator(text)
    rows = RowGatherer("Tabelle", Texts())
    csv.field_size_limit(max(MAXIMUM_CELL * 4, 1 << 17))
    try:
        for number, row in enumerate(_rows(text, separator), 1):
            rows.add_row(number, row)
            if number % _EVERY == 0:
                step(number * 100, len(text))
    except csv.Error:
        raise ListError(OPEN_QUOTE) from None
    return (rows.sheet(),)


def decoded(content: bytes) -> str:
    """Return the text of *content*: by its mark, as UTF-8, as UTF-16 without a mark, or as Windows or DOS wrote German."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return _strictly(content, encoding) or _refuse()
    zeros = content[:4000].count(0)
    if zeros:
        encoding = "utf-16-le" if content[1:4000:2].count(0) > content[0:4000:2].count(0) else "utf-16-be"
        text = _strictly(content, encoding) if zeros * 3 > len(content[:4000]) else None
        return text or _refuse()
    # 0x81 is ü in the code page of DOS and nothing in that of Windows.
    for encoding in ("utf-8", "cp1252", "cp850"):
        if (text := _strictly(content, encoding)) is not None:
            return text
    return _refuse()


def _strictly(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _refuse() -> str:
    raise ListError(NO_TEXT)


def _said_separator(text: str) -> tuple[str, str | None]:
    first, _, rest = text.partition("\n")
    word = first.strip().strip('"')
    if word.lower().startswith(_SAID) and len(word) == len(_SAID) + 1:
        return rest, word[-1]
    return text, None


def _likely_separator(text: str) -> str:
    """Return the separator by which most rows have the same number of cells, and the most of them."""

    def fitness(separator: str) -> tuple[int, int]:
        try:
            widths = Counter(len(row) for row in islice(_rows(text[:200_000], separator, strict=False), _LOOKED_AT) if any(row))
        except csv.Error:
            return 0, 0
        width, rows = max(widths.items(), key=lambda pair: (pair[1], pair[0]), default=(1, 0))
        return (rows if width > 1 else 0), width

    return max(_SEPARATORS, key=fitness)


def _rows(text: str, separator: str, *, strict: bool = True) -> Iterator[list[str]]:
    """Yield the rows; where quotation marks stand inside a text (``5" Rohr``) they are letters like others."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict)
    if not strict:
        yield from reader
        return
    lenient = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        rows = list(reader)
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise
        rows = list(lenient)
    yield from rows
