"""What the columns and values of a list mean: said once per layout, kept in the vault or in a file, and read back with suspicion."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bjc_desktop.errors import ListError
from bjc_desktop.exchange.lists.known_words import value_key
from bjc_desktop.exchange.lists.list_tables import ListTable
from bjc_desktop.exchange.lists.list_targets import TARGETS

FORMAT = 1
RULES: Mapping[str, Mapping[str, str]] = {
    "imprecise": {
        "refuse": "einzeln klären (die Zeile bleibt draußen)",
        "first": "der erste Tag des Monats oder Jahres, mit Hinweis",
        "empty": "leer lassen, mit Hinweis",
    },
    "name_order": {"given_first": "Vorname zuerst (Eva Müller)", "family_first": "Nachname zuerst (Müller Eva)"},
    "consent_yes": {"refuse": "einzeln klären (die Zeile bleibt draußen)", "entry": "am Tag des Eintritts erteilt, mit Hinweis"},
}
"""The rules that the user chooses, each with its choices in words; the first choice stands where none is said."""
RULE_TITLES = {
    "imprecise": "Ungenaue Daten (März 2024, ca. 2019)",
    "name_order": "Namen ohne Komma",
    "consent_yes": "Einwilligung nur mit „ja“ oder „x“",
}
CONSTANTS = {
    "coachings.provider",
    "coachings.coach",
    "consultations.channel",
    "consultations.kind",
    "consultations.status",
    "follow_ups.state",
}
"""What may be said once for all rows that do not say it."""
_LARGEST = 2_000_000
NOT_A_MAPPING = "Die Datei mit der Zuordnung ist nicht lesbar. Bitte sie mit --write-mapping neu erstellen."
TWICE = "„{title}“ ist zwei Spalten zugeordnet ({headings}). Bitte eine davon ändern."


@dataclass(frozen=True, slots=True)
class SheetMapping:
    """What a sheet of one layout means: targets by heading (None: passed over), values by target, constants and rules."""

    columns: Mapping[str, str | None] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)

    def rule(self, name: str) -> str:
        """Return the choice for the rule *name*."""
        return self.rules.get(name) or next(iter(RULES[name]))

    def places(self, table: ListTable) -> tuple[tuple[int, str], ...]:
        """Return the columns of *table* that go somewhere, each with its target's key."""
        found = ((index, self.columns.get(heading)) for index, heading in enumerate(table.headings) if heading)
        return tuple((index, key) for index, key in found if key is not None)

    def with_column(self, heading: str, key: str | None) -> "SheetMapping":
        """Return the mapping with the column *heading* going to the target *key*; the column that went there before goes nowhere."""
        columns = {
            name: None if key is not None and target == key and not TARGETS[key].shared_by((name, heading)) else target
            for name, target in self.columns.items()
        }
        return replace(self, columns={**columns, heading: key})

    def with_value(self, key: str, text: str, value: str | None) -> "SheetMapping":
        """Return the mapping in which *text* means *value* (None: nothing) at the target *key*."""
        said = {**self.values.get(key, {}), value_key(text): value}
        return replace(self, values={**self.values, key: said})

    def with_constant(self, key: str, value: str | None) -> "SheetMapping":
        """Return the mapping in which *value* holds for all rows that do not say it; None: nothing holds."""
        others = {name: said for name, said in self.constants.items() if name != key}
        return replace(self, constants=others if value is None else {**others, key: value})

    def with_rule(self, name: str, choice: str) -> "SheetMapping":
        """Return the mapping under the rule *choice*."""
        return replace(self, rules={**self.rules, name: choice})

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong with the mapping itself: two columns for one field."""
        headings: dict[str, list[str]] = {}
        for heading, key in self.columns.items():
            if key is not None:
                headings.setdefault(key, []).append(heading)
        twice = {key: names for key, names in headings.items() if len(names) > 1 and not TARGETS[key].shared_by(names)}
        return tuple(
            TWICE.format(title=TARGETS[key].full_title, headings=", ".join(f"„{name}“" for name in names))
            for key, names in twice.items()
        )


def mapping_to_text(mapping: SheetMapping) -> str:
    """Return one sheet's mapping as JSON."""
    return json.dumps(_as_object(mapping), ensure_ascii=False, sort_keys=True)


def mapping_from_text(text: str) -> SheetMapping:
    """Return the mapping that :func:`mapping_to_text` wrote; what is not known any more is left out.

    Raises
    ------
    ListError
        where *text* is no mapping.
    """
    return _from_object(_parsed(text))


def mappings_to_file(mappings: Iterable[tuple[ListTable, SheetMapping]]) -> str:
    """Return the mappings of a list's sheets as the text of a file for people to read and change."""
    sheets = [{"sheet": table.name, "layout": table.fingerprint, **_as_object(mapping)} for table, mapping in mappings]
    return json.dumps({"bjc_list_mapping": FORMAT, "sheets": sheets}, ensure_ascii=False, indent=1) + "\n"


def mappings_from_file(text: str, tables: Iterable[ListTable]) -> dict[str, SheetMapping]:
    """Return the mappings of *text* by the names of the *tables* that they fit: of the same name, or of the same layout.

    Raises
    ------
    ListError
        where *text* is no file of mappings.
    """
    found = _parsed(text)
    sheets = found.get("sheets")
    if found.get("bjc_list_mapping") != FORMAT or not isinstance(sheets, list) or not all(isinstance(s, dict) for s in sheets):
        raise ListError(NOT_A_MAPPING)
    fitting: dict[str, SheetMapping] = {}
    for table in tables:
        by_layout = [sheet for sheet in sheets if sheet.get("layout") == table.fingerprint]
        by_name = [sheet for sheet in sheets if sheet.get("sheet") == table.name]
        for sheet in (by_layout or by_name)[:1]:
            fitting[table.name] = _from_object(sheet)
    return fitting


def _as_object(mapping: SheetMapping) -> dict[str, Any]:
    return {
        "columns": dict(mapping.columns),
        "values": {key: dict(values) for key, values in mapping.values.items()},
        "constants": dict(mapping.constants),
        "rules": dict(mapping.rules),
    }


def _parsed(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text) if len(text) <= _LARGEST else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ListError(NOT_A_MAPPING)
    return found


def _from_object(found: Mapping[str, Any]) -> SheetMapping:
    columns = {heading: key for heading, key in _pairs(found, "columns") if key is None or key in TARGETS}
    values: dict[str, dict[str, str | None]] = {}
    for key, inner in _pairs(found, "values"):
        if key in TARGETS and isinstance(inner, dict):
            values[key] = {word: value for word, value in inner.items() if value is None or isinstance(value, str)}
    constants = {key: value for key, value in _pairs(found, "constants") if key in CONSTANTS and isinstance(value, str)}
    rules = {name: choice for name, choice in _pairs(found, "rules") if choice in RULES.get(name, {})}
    return SheetMapping(columns, values, constants, rules)


def _pairs(found: Mapping[str, Any], name: str) -> list[tuple[str, Any]]:
    inner = found.get(name, {})
    if not isinstance(inner, dict) or not all(value is None or isinstance(value, str | dict) for value in inner.values()):
        raise ListError(NOT_A_MAPPING)
    return list(inner.items())
