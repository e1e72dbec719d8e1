"""The ground of all entities: metadata, column kinds, and what is known about every field.

A field's German title, its kind and its value list stand in the entity's declaration and nowhere else: the database schema, the
data package's Table Schema, the headings of tables, XLSX and PDF, and the forms follow from it.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, mapped_column

from bjc_desktop.vocabulary import Vocabulary


class Kind(StrEnum):
    """The kind of a field: decides its form widget, its CSV syntax and its schema type."""

    ID = "id"
    REFERENCE = "reference"
    TEXT = "text"
    LONG_TEXT = "long_text"
    NOTE = "note"
    DATE = "date"
    MONTH = "month"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    CHOICE = "choice"


class Exposure(StrEnum):
    """Whether a field may leave the vault in a pseudonymised package."""

    OPEN = "open"
    """Leaves as it is."""
    NEVER = "never"
    """Names, contact data, free text: never leaves."""
    YEAR = "year"
    """Only the year leaves (date of birth)."""
    PSEUDONYM = "pseudonym"
    """Replaced by the pseudonym of the case or of the member of staff."""


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """What is known about a field beside its database type."""

    title: str
    kind: Kind
    exposure: Exposure = Exposure.OPEN
    values: type[Vocabulary] | None = None
    minimum: int | None = None
    maximum: int | None = None


class PlainText(TypeDecorator[str]):
    """Text without NUL: a damaged page of the encrypted file reads as NULs, so a NUL is never data."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Refuse a NUL character on its way into the vault."""
        _ = dialect
        if value is not None and "\x00" in value:
            message = "Text enthält ein NUL-Zeichen."
            raise ValueError(message)
        return value


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal number kept as text: hours and shares stay exact."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """Write the number in plain notation without trailing zeros."""
        _ = dialect
        return None if value is None else plain_decimal(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        """Read the number as it was written."""
        _ = dialect
        return None if value is None else Decimal(value)


def plain_decimal(value: Decimal) -> str:
    """Return *value* in plain notation without trailing zeros: ``Decimal("650.0")`` is ``"650"``."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


class Base(DeclarativeBase):
    """The declarative base: every constraint has a name, so that a migration can address it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Recorded:
    """An entity whose every change is written to the change record.

    ``row_version`` counts the changes of this row (its logical version); ``change_id`` names the record of the last one. It is no
    foreign key: records are append-only, so none can dangle, and an import of a million rows need not look up its one parent
    a million times.
    """

    heading: ClassVar[str]
    id: Mapped[str] = mapped_column(
        String(36),
        primary_key=True,
        default=lambda: str(uuid.uuid4()),
        info={"field": FieldInfo("Kennung", Kind.ID)},
        sort_order=-1,
    )
    row_version: Mapped[int] = mapped_column(Integer, default=1, server_default="1", sort_order=98)
    change_id: Mapped[int] = mapped_column(Integer, default=0, server_default="0", sort_order=99)


class Packaged(Recorded):
    """An entity that travels in a data package."""


def _column(info: FieldInfo, type_: Any, *args: Any, required: bool, **kwargs: Any) -> MappedColumn[Any]:
    return mapped_column(type_, *args, nullable=not required, info={"field": info}, **kwargs)


def reference(
    title: str, target: str, *, required: bool = True, index: bool = True, exposure: Exposure = Exposure.OPEN
) -> MappedColumn[Any]:
    """Return a column that refers to the id of the table *target*."""
    key = ForeignKey(f"{target}.id")
    return _column(FieldInfo(title, Kind.REFERENCE, exposure), String(36), key, required=required, index=index)


def group_key(title: str) -> MappedColumn[Any]:
    """Return a column with an id that refers to no table: rows that share it belong together."""
    return _column(FieldInfo(title, Kind.ID), String(36), required=False)


def text(title: str, *, required: bool = False, exposure: Exposure = Exposure.NEVER, **kwargs: Any) -> MappedColumn[Any]:
    """Return a column for a short text of one line."""
    return _column(FieldInfo(title, Kind.TEXT, exposure), PlainText(), required=required, **kwargs)


def long_text(title: str, *, required: bool = False) -> MappedColumn[Any]:
    """Return a column for free text; it never leaves the vault in a bundle."""
    return _column(FieldInfo(title, Kind.LONG_TEXT, Exposure.NEVER), PlainText(), required=required)


def note(title: str) -> MappedColumn[Any]:
    """Return a column for a confidential note: the vault holds its ciphertext only."""
    return _column(FieldInfo(title, Kind.NOTE, Exposure.NEVER), LargeBinary, required=False)


def day(title: str, *, required: bool = False, exposure: Exposure = Exposure.OPEN) -> MappedColumn[Any]:
    """Return a column for a date, kept as ISO text."""
    return _column(FieldInfo(title, Kind.DATE, exposure), Date, required=required)


def month(title: str) -> MappedColumn[Any]:
    """Return a column for a month, kept as ``YYYY-MM``."""
    return _column(FieldInfo(title, Kind.MONTH), String(7), required=True)


def integer(title: str, *, required: bool = False, minimum: int | None = None, maximum: int | None = None) -> MappedColumn[Any]:
    """Return a column for a whole number within bounds."""
    info = FieldInfo(title, Kind.INTEGER, minimum=minimum, maximum=maximum)
    return _column(info, Integer, required=required)


def decimal(title: str, *, required: bool = False, maximum: int | None = None) -> MappedColumn[Any]:
    """Return a column for an exact decimal number from 0 up to *maximum*."""
    info = FieldInfo(title, Kind.DECIMAL, minimum=0, maximum=maximum)
    return _column(info, ExactDecimal(), required=required)


def boolean(title: str, *, empty_is_false: bool = False) -> MappedColumn[Any]:
    """Return a column for yes or no; with *empty_is_false* an empty cell means no, otherwise not known."""
    if empty_is_false:
        return _column(FieldInfo(title, Kind.BOOLEAN), Boolean, required=True, default=False, server_default="0")
    return _column(FieldInfo(title, Kind.BOOLEAN), Boolean, required=False)


def choice(title: str, values: type[Vocabulary], *, required: bool = False) -> MappedColumn[Any]:
    """Return a column for one value of the value list *values*."""
    return _column(FieldInfo(title, Kind.CHOICE, values=values), String(40), required=required)


def field_of(column: Column[Any]) -> FieldInfo | None:
    """Return what is known about *column*, or None for a column that is the program's own affair."""
    return column.info.get("field")


def packaged_columns(table: Table) -> Iterator[tuple[Column[Any], FieldInfo]]:
    """Yield the columns of *table* that travel in a data package, in its order, each with what is known about it."""
    for column in table.columns:
        field = field_of(column)
        if field is not None:
            yield column, field


def _domain_checks(table: Table) -> Iterator[CheckConstraint]:
    """Yield the CHECK constraints that follow from the fields' kinds, bounds and value lists."""
    for column in table.columns:
        info = field_of(column)
        if info is None:
            continue
        name = column.name
        if info.values is not None:
            allowed = ", ".join(f"'{value}'" for value in info.values)
            yield CheckConstraint(f"{name} IN ({allowed})", name=name)
        elif info.kind is Kind.DATE:
            yield CheckConstraint(f"{name} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=name)
        elif info.kind is Kind.MONTH:
            yield CheckConstraint(f"{name} GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]'", name=name)
        elif info.kind in {Kind.INTEGER, Kind.DECIMAL} and info.minimum is not None:
            number = name if info.kind is Kind.INTEGER else f"CAST({name} AS NUMERIC)"
            upper = "" if info.maximum is None else f" AND {number} <= {info.maximum}"
            yield CheckConstraint(f"{number} >= {info.minimum}{upper}", name=name)


def add_domain_checks(metadata: MetaData) -> None:
    """Give every table the CHECK constraints that follow from its fields (once, after all entities are declared)."""
    for table in metadata.tables.values():
        for constraint in list(_domain_checks(table)):
            table.append_constraint(constraint)


def not_before(end: str, begin: str) -> CheckConstraint:
    """Return the constraint that the date *end* does not lie before the date *begin*."""
    return CheckConstraint(f"{end} >= {begin}", name=f"{end}_not_before_{begin}", info={"end": end, "begin": begin})


Day = date
"""The type of a calendar day in the entities' annotations."""
