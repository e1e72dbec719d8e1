"""The data package of the coachings that a report counted, without anything that names a person.

No names, no contact data, no free text (an ellipsis stands where something was written, for a rule may ask whether), the year
of birth instead of the date; coachings, coachees and their records under pseudonyms. Staff and providers keep their ids, so
that the figures of each coach can be recomputed, and lose their names.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Table

from bjc_desktop.exchange.cells import Value
from bjc_desktop.exchange.package_checks import select_by
from bjc_desktop.exchange.package_export import as_json, table_csv
from bjc_desktop.exchange.pseudonyms import Pseudonyms
from bjc_desktop.exchange.table_schema import datapackage, tables
from bjc_desktop.models.base import Exposure, FieldInfo, Kind, packaged_columns
from bjc_desktop.vocabulary import ConsentPurpose

WRITTEN = "…"
"""Stands for a free text that was written."""
_OPEN_IDS = frozenset({"providers", "funding_decisions", "staff", "working_time"})
"""Tables whose ids are no persons' cases: they stay as they are."""
_BIRTH_YEAR = FieldInfo("Geburtsjahr", Kind.INTEGER)
_BY_COACHING = ("coaching_staff", "measures", "competence_profiles", "development_plans", "outcomes", "follow_ups")

_NEEDLESS = {"coachees": ("id", ("birth_date", "gender", "german_level")), "outcomes": ("coaching_id", ("gross_pay",))}
"""What says something about a person and no figure rests on: by table the column of the owner, and the columns."""

Rows = dict[str, list[dict[str, Value]]]


def pseudonymised_package(
    connection: Connection,
    coaching_ids: Iterable[str],
    consultation_ids: Iterable[str],
    months: Iterable[str],
    pseudonyms: Pseudonyms,
    coach_names: Mapping[str, str],
    withdrawn: Collection[str] = (),
) -> dict[str, bytes]:
    """Return the files of the package of *coaching_ids* and *consultation_ids*, with the hours of *months*.

    *coach_names* gives the job coaches of the scope the names that stand for them ("Coach 3"). Of those *withdrawn*, coachees who do not
    consent to reporting any more, only what a figure needs leaves.
    """
    rows = _collect(connection, list(coaching_ids), list(consultation_ids), set(months), set(coach_names))
    _leave_out(rows, withdrawn)
    by_name = {table.name: table for table in tables()}
    files: dict[str, bytes] = {}
    columns: dict[str, list[str]] = {}
    for name, table in by_name.items():
        if name not in rows:
            continue
        fields = _fields(table)
        columns[name] = [field for field, _ in fields]
        masked = [_masked(rows[name], field, info, table, pseudonyms, coach_names) for field, info in fields]
        ordered = sorted(zip(*masked, strict=True))
        files[f"{name}.csv"], _ = table_csv(fields, [[None if cell == "" else cell for cell in row] for row in ordered])
    return {"datapackage.json": as_json(datapackage("bjc-report", columns)), **files}


def _collect(
    connection: Connection, coaching_ids: list[str], consultation_ids: list[str], months: set[str], coaches: set[str]
) -> Rows:
    rows: Rows = {name: _select(connection, name, "coaching_id", coaching_ids) for name in _BY_COACHING}
    rows["coachings"] = _select(connection, "coachings", "id", coaching_ids)
    rows["goals"] = _select(connection, "goals", "plan_id", _values(rows["development_plans"], "id"))
    rows["consultations"] = _select(connection, "consultations", "id", consultation_ids)
    coachees = _values(rows["coachings"], "coachee_id")
    rows["coachees"] = _select(connection, "coachees", "id", coachees)
    rows["consents"] = [
        row
        for row in _select(connection, "consents", "coachee_id", coachees)
        if row["purpose"] == ConsentPurpose.PARTICIPATION.value
    ]
    staff = coaches.union(
        *(_values(rows[name], "staff_id") for name in ("coaching_staff", "competence_profiles", "consultations"))
    )
    rows["staff"] = _select(connection, "staff", "id", staff)
    hours = _select(connection, "working_time", "staff_id", coaches)
    rows["working_time"] = [row for row in hours if row["month"] in months]
    rows["funding_decisions"] = _select(connection, "funding_decisions", "id", _values(rows["coachings"], "funding_decision_id"))
    providers = _values(rows["coachings"], "provider_id") | _values(rows["staff"], "provider_id")
    rows["providers"] = _select(connection, "providers", "id", providers | _values(rows["funding_decisions"], "provider_id"))
    return rows


def _leave_out(rows: Rows, withdrawn: Collection[str]) -> None:
    """Empty the columns that no figure needs in the rows of the coachees *withdrawn*."""
    coachings = {row["id"] for row in rows["coachings"] if row["coachee_id"] in withdrawn}
    for name, (owner, columns) in _NEEDLESS.items():
        owners = withdrawn if owner == "id" else coachings
        for row in rows[name]:
            if row[owner] in owners:
                row.update(dict.fromkeys(columns))


def _select(connection: Connection, table: str, by: str, values: Iterable[Value]) -> list[dict[str, Value]]:
    columns = [column.name for column, _ in packaged_columns(_table(table))]
    return [
        dict(zip(columns, row, strict=True))
        for row in select_by(connection, table, columns, by, sorted(map(str, set(values) - {None})))
    ]


def _table(name: str) -> Table:
    return next(table for table in tables() if table.name == name)


def _values(rows: list[dict[str, Value]], column: str) -> set[Value]:
    return {row[column] for row in rows} - {None}


def _fields(table: Table) -> list[tuple[str, FieldInfo]]:
    """Return the columns that leave: no short texts about persons, no notes, the year of birth in the date's place."""
    fields = []
    for column, info in packaged_columns(table):
        if info.exposure is Exposure.YEAR:
            fields.append(("birth_year", _BIRTH_YEAR))
        elif info.exposure is not Exposure.NEVER or info.kind is Kind.LONG_TEXT:
            fields.append((column.name, info))
    return fields


def _masked(
    rows: list[dict[str, Value]],
    field: str,
    info: FieldInfo,
    table: Table,
    pseudonyms: Pseudonyms,
    coach_names: Mapping[str, str],
) -> list[Any]:
    """Return one column as it leaves, with an empty text for what is not known."""
    values = [row["birth_date" if field == "birth_year" else field] for row in rows]
    if field == "birth_year":
        return ["" if value is None else int(str(value)[:4]) for value in values]
    if info.kind is Kind.LONG_TEXT:
        return ["" if value is None else WRITTEN for value in values]
    if info.exposure is Exposure.PSEUDONYM:
        return [_stand_in(row, table.name, pseudonyms, coach_names) if row[field] is not None else "" for row in rows]
    if info.kind in {Kind.ID, Kind.REFERENCE} and not _stays(table, field):
        return ["" if value is None else pseudonyms.of(str(value)) for value in values]
    return ["" if value is None else value for value in values]


def _stand_in(row: dict[str, Value], name: str, pseudonyms: Pseudonyms, coach_names: Mapping[str, str]) -> str:
    key = str(row["id"])
    return pseudonyms.person(key) if name == "coachees" else coach_names.get(key, "Person " + pseudonyms.of(key)[:8].upper())


def _stays(table: Table, field: str) -> bool:
    targets = {key.column.table.name for key in table.columns[field].foreign_keys}
    return bool(targets & _OPEN_IDS) or (field == "id" and table.name in _OPEN_IDS)
