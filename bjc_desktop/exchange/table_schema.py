"""The Frictionless Table Schema of every table, made from the entities: types, constraints, keys, German titles.

Source: Tabular Data Package and Table Schema (Frictionless), and the project's data package format 1.
"""

from typing import Any

from sqlalchemy import Column, Table

from bjc_desktop.models import PACKAGED, Base
from bjc_desktop.models.base import FieldInfo, Kind, packaged_columns

BJC_FORMAT = 1
"""The version of the data package format that this program writes and the newest that it reads."""

_TYPES: dict[Kind, dict[str, Any]] = {
    Kind.ID: {"type": "string", "format": "uuid"},
    Kind.REFERENCE: {"type": "string", "format": "uuid"},
    Kind.TEXT: {"type": "string"},
    Kind.LONG_TEXT: {"type": "string"},
    Kind.NOTE: {"type": "string"},
    Kind.DATE: {"type": "date", "format": "default"},
    Kind.MONTH: {"type": "yearmonth"},
    Kind.INTEGER: {"type": "integer"},
    Kind.DECIMAL: {"type": "number"},
    Kind.BOOLEAN: {"type": "boolean", "trueValues": ["true"], "falseValues": ["false"]},
    Kind.CHOICE: {"type": "string"},
}


def tables() -> list[Table]:
    """Return the tables of a data package, parents before children."""
    return [entity.__table__ for entity in PACKAGED]  # type: ignore[misc]


def datapackage(name: str, columns: dict[str, list[str]]) -> dict[str, Any]:
    """Return the content of ``datapackage.json`` for the tables and columns of *columns*."""
    resources = [resource(table, _schema(Base.metadata.tables[table], names)) for table, names in columns.items()]
    return {"profile": "tabular-data-package", "name": name, "bjc_format": BJC_FORMAT, "resources": resources}


def resource(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return the entry of the table *name* in ``datapackage.json``."""
    return {
        "name": name,
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _schema(table: Table, names: list[str]) -> dict[str, Any]:
    known = dict(_named(table))
    fields = [_field(*known[name]) if name in known else _extra_field(name) for name in names]
    schema: dict[str, Any] = {"fields": fields, "primaryKey": ["id"], "missingValues": [""]}
    keys = [key for name in names if name in known for key in _foreign_keys(known[name][0])]
    if keys:
        schema["foreignKeys"] = keys
    return schema


def _named(table: Table) -> list[tuple[str, tuple[Column[Any], FieldInfo]]]:
    return [(column.name, (column, info)) for column, info in packaged_columns(table)]


def _extra_field(name: str) -> dict[str, Any]:
    """Describe the one column that only a pseudonymised package has: the year of birth."""
    return {"name": name, "title": "Geburtsjahr", "type": "integer"}


def _field(column: Column[Any], info: FieldInfo) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if not column.nullable and info.kind is not Kind.BOOLEAN:
        constraints["required"] = True
    if column.name == "id":
        constraints["unique"] = True
    if info.values is not None:
        constraints["enum"] = [value.value for value in info.values]
    if info.minimum is not None:
        constraints["minimum"] = info.minimum
    if info.maximum is not None:
        constraints["maximum"] = info.maximum
    field = {"name": column.name, "title": info.title, **_TYPES[info.kind]}
    return field | ({"constraints": constraints} if constraints else {})


def _foreign_keys(column: Column[Any]) -> list[dict[str, Any]]:
    return [
        {"fields": [column.name], "reference": {"resource": key.column.table.name, "fields": ["id"]}}
        for key in column.foreign_keys
    ]
