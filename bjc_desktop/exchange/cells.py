"""The syntax of a cell: from the text of a CSV to the value that the vault keeps, and back.

Written strictly, read tolerantly: ISO or German dates, point or comma, English keys or German labels.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation

from bjc_desktop.models.base import FieldInfo, Kind, plain_decimal
from bjc_desktop.vocabulary import Vocabulary

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_GERMAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,15}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d{1,12}(\.\d{1,9})?", re.ASCII)
_GERMAN_DECIMAL = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d{1,12})(,\d{1,9})", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_GERMAN_MONTH = re.compile(r"(0?[1-9]|1[0-2])[./](\d{4})", re.ASCII)
_TRUE = {"true", "1", "ja", "wahr", "x", "yes"}
_FALSE = {"false", "0", "nein", "falsch", "no"}
EARLIEST, LATEST = date(1850, 1, 1), date(9999, 12, 31)

Value = str | int | None
"""A value as the database keeps it: dates, months, decimals and keys are text, booleans 0 or 1."""


class CellError(ValueError):
    """A cell that cannot be read; the text says what to do. *shown* tells whether the value itself may be named."""

    def __init__(self, message: str, *, shown: bool) -> None:
        super().__init__(message)
        self.shown = shown


def parser(info: FieldInfo) -> Callable[[str], Value]:
    """Return the function that reads a non-empty cell of the field *info*; it raises :class:`CellError`."""
    if info.kind is Kind.CHOICE and info.values is not None:
        return _choice_parser(info.values)
    if info.kind in {Kind.INTEGER, Kind.DECIMAL}:
        return _number_parser(info)
    return _PARSERS[info.kind]


def is_uuid(text: str) -> bool:
    """Return whether *text* is a UUID in its canonical lower-case form."""
    return _UUID.fullmatch(text) is not None


def parse_date(text: str) -> str:
    """Return the date in ISO form; reads ``2025-03-05`` and ``5.3.2025``."""
    text = text.strip()
    german = _GERMAN_DATE.fullmatch(text)
    try:
        if german:
            day = date(int(german[3]), int(german[2]), int(german[1]))
        elif _ISO_DATE.fullmatch(text):
            day = date.fromisoformat(text)
        else:
            raise ValueError
    except ValueError:
        message = "ist kein Datum; bitte JJJJ-MM-TT oder TT.MM.JJJJ angeben"
        raise CellError(message, shown=_dateish(text)) from None
    if not EARLIEST <= day <= LATEST:
        message = "liegt vor 1850; bitte das Jahr prüfen"
        raise CellError(message, shown=True)
    return day.isoformat()


def _dateish(text: str) -> bool:
    """Return whether a faulty cell looks like a day, a month or a number, so that it may be shown: a telephone number does not."""
    return re.fullmatch(r"[+-]?[0-9]{1,4}([.,/-][0-9]{1,4}){0,2}", text) is not None


def _parse_id(text: str) -> str:
    key = text.strip().lower()
    if not is_uuid(key):
        message = "ist keine Kennung (UUID); bitte den Export des Herkunftsprogramms prüfen"
        raise CellError(message, shown=False)
    return key


def _parse_text(text: str) -> str:
    if "\x00" in text:
        message = "enthält ein NUL-Zeichen; bitte das Zeichen entfernen"
        raise CellError(message, shown=False)
    return text


def _parse_month(text: str) -> str:
    text = text.strip()
    if (iso := _MONTH.fullmatch(text)) is not None:
        return iso[0]
    if (german := _GERMAN_MONTH.fullmatch(text)) is not None:
        return f"{german[2]}-{int(german[1]):02}"
    message = "ist kein Monat; bitte JJJJ-MM angeben"
    raise CellError(message, shown=_dateish(text))


def _parse_boolean(text: str) -> int:
    key = text.strip().lower()
    if key in _TRUE:
        return 1
    if key in _FALSE:
        return 0
    message = "ist weder true noch false; bitte eines von beiden angeben"
    raise CellError(message, shown=False)


def _choice_parser(values: type[Vocabulary]) -> Callable[[str], Value]:
    known = {value.label.casefold(): value.value for value in values} | {value.value: value.value for value in values}

    def parse(text: str) -> Value:
        key = text.strip().casefold()
        if key not in known:
            message = "steht nicht in der Werteliste; erlaubt sind: " + ", ".join(value.value for value in values)
            raise CellError(message, shown=re.fullmatch(r"[a-z0-9_]{1,40}", key) is not None and "_" in key)
        return known[key]

    return parse


def _number_parser(info: FieldInfo) -> Callable[[str], Value]:
    def parse(text: str) -> Value:
        number = _number(text, whole=info.kind is Kind.INTEGER)
        if (info.minimum is not None and number < info.minimum) or (info.maximum is not None and number > info.maximum):
            upper = "" if info.maximum is None else f" und höchstens {info.maximum}"
            message = f"ist außerhalb des Bereichs; erlaubt ist mindestens {info.minimum}{upper}"
            raise CellError(message, shown=True)
        return int(number) if info.kind is Kind.INTEGER else plain_decimal(number)

    return parse


def _number(text: str, *, whole: bool) -> Decimal:
    text = text.strip().replace("\u00a0", "")
    if _GERMAN_DECIMAL.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    try:
        if not (_INTEGER if whole else _DECIMAL).fullmatch(text):
            raise InvalidOperation
        return Decimal(text)
    except InvalidOperation:
        message = "ist keine ganze Zahl; bitte nur Ziffern angeben" if whole else "ist keine Zahl; bitte z. B. 128.25 angeben"
        raise CellError(message, shown=_dateish(text)) from None


_PARSERS: dict[Kind, Callable[[str], Value]] = {
    Kind.ID: _parse_id,
    Kind.REFERENCE: _parse_id,
    Kind.TEXT: _parse_text,
    Kind.LONG_TEXT: _parse_text,
    Kind.NOTE: _parse_text,
    Kind.DATE: parse_date,
    Kind.MONTH: _parse_month,
    Kind.BOOLEAN: _parse_boolean,
}


def written(info: FieldInfo, value: Value) -> str:
    """Return *value*, as the database keeps it, in the strict syntax of a data package."""
    if value is None:
        return ""
    if info.kind is Kind.BOOLEAN:
        return "true" if value else "false"
    return str(value)
