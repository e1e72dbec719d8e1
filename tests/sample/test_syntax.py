"""Tables, columns and cells are those of the data package."""

import re
import unicodedata
from datetime import date
from decimal import Decimal

from sqlalchemy import Table

from bjc_desktop.models import PACKAGED
from bjc_desktop.models.base import FieldInfo, Kind, packaged_columns
from bjc_desktop.sample import DEMO, SampleShape, SampleTable
from tests.sample.figures import Record

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_NUMBER = re.compile(r"(0|[1-9]\d*)(\.\d*[1-9])?")
_TABLES = 21


def _entities() -> list[tuple[Table, dict[str, tuple[FieldInfo, bool]]]]:
    found = []
    for entity in PACKAGED:
        table = entity.__table__
        assert isinstance(table, Table)
        fields = {column.name: (field, bool(column.nullable)) for column, field in packaged_columns(table)}
        found.append((table, fields))
    return found


def _is_valid(value: str, field: FieldInfo) -> bool:
    if field.values is not None:
        return value in {str(member) for member in field.values}
    if field.kind in {Kind.ID, Kind.REFERENCE}:
        return _UUID.fullmatch(value) is not None
    if field.kind is Kind.DATE:
        return date.fromisoformat(value).isoformat() == value
    if field.kind is Kind.MONTH:
        return _MONTH.fullmatch(value) is not None
    if field.kind is Kind.BOOLEAN:
        return value in {"true", "false"}
    if field.kind in {Kind.INTEGER, Kind.DECIMAL}:
        number = Decimal(value) if _NUMBER.fullmatch(value) else Decimal(-1)
        whole = field.kind is Kind.DECIMAL or "." not in value
        return whole and (field.minimum or 0) <= number and (field.maximum is None or number <= field.maximum)
    return value.strip() == value and unicodedata.is_normalized("NFC", value) and value.isprintable()


def test_tables_and_columns_are_those_of_the_package(demo: dict[str, SampleTable]) -> None:
    assert len(demo) == _TABLES
    assert list(demo) == [table.name for table, _ in _entities()]
    for table, fields in _entities():
        assert demo[table.name].columns == tuple(fields)


def test_every_cell_is_valid(sample: dict[str, list[Record]]) -> None:
    for table, fields in _entities():
        for row in sample[table.name]:
            for name, value in row.items():
                field, nullable = fields[name]
                assert type(value) is str
                assert _is_valid(value, field) if value else nullable, (table.name, name, value)


def test_counts_are_exact(shape: SampleShape, sample: dict[str, list[Record]]) -> None:
    assert len(sample["providers"]) == shape.providers
    assert len(sample["coachings"]) == shape.coachings
    assert len(sample["consultations"]) == shape.consultations
    roles = [member["role"] for member in sample["staff"]]
    assert roles.count("job_coach") == shape.providers * shape.coaches
    assert roles.count("employment_trainer") == shape.providers * shape.trainers


def test_every_table_of_the_demo_has_rows(demo: dict[str, SampleTable]) -> None:
    assert all(table.rows for table in demo.values())
    assert len(demo["coachings"].rows) == DEMO.coachings
