"""What one row is called in a sentence: „Konsultation vom 05.03.2026“, and how its values are shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping

from bjc_desktop.models import Base
from bjc_desktop.models.base import FieldInfo, Recorded, field_of
from bjc_desktop.services.typed_values import show_value


@dataclass(frozen=True, slots=True)
class RowTitle:
    """The name of one row of a table, and of several; and the fields that tell one row from another."""

    singular: str
    plural: str
    day: str | None = None
    words: str | None = None


TITLES = {
    "providers": RowTitle("Träger", "Träger", words="name"),
    "funding_decisions": RowTitle("Zuwendungsbescheid", "Zuwendungsbescheide", words="reference"),
    "funding_changes": RowTitle("Änderungsbescheid", "Änderungsbescheide", day="valid_from"),
    "staff": RowTitle("Person des Personals", "Personen des Personals", words="family_name"),
    "staff_qualifications": RowTitle("Qualifikation", "Qualifikationen", words="kind"),
    "working_time": RowTitle("Arbeitszeit", "Arbeitszeiten", words="month"),
    "coachees": RowTitle("Stammdaten", "Stammdaten", words="case_number"),
    "consents": RowTitle("Einwilligung", "Einwilligungen", day="given_on", words="purpose"),
    "coachings": RowTitle("Coaching", "Coachings", day="entry_on"),
    "coaching_staff": RowTitle("Zuordnung", "Zuordnungen", day="valid_from"),
    "measures": RowTitle("Maßnahme", "Maßnahmen", day="begin_on", words="kind"),
    "competence_profiles": RowTitle("Kompetenzprofil", "Kompetenzprofile", day="recorded_on"),
    "barriers": RowTitle("Vermittlungshemmnis", "Vermittlungshemmnisse", words="area"),
    "development_plans": RowTitle("Entwicklungsplan", "Entwicklungspläne", day="agreed_on"),
    "goals": RowTitle("Ziel", "Ziele", words="area"),
    "tasks": RowTitle("Aufgabe", "Aufgaben", day="due_on"),
    "consultations": RowTitle("Konsultation", "Konsultationen", day="held_on"),
    "observations": RowTitle("Beobachtung", "Beobachtungen", day="observed_on"),
    "suggestions": RowTitle("Vorschlag", "Vorschläge", day="made_on", words="kind"),
    "outcomes": RowTitle("Ergebnis", "Ergebnisse", day="begin_on", words="kind"),
    "follow_ups": RowTitle("Nachbefragung", "Nachbefragungen", day="contacted_on"),
    "indicator_settings": RowTitle("Einstellung", "Einstellungen"),
    "joined_people": RowTitle("zusammengeführte Akte", "zusammengeführte Akten"),
    "distinct_people": RowTitle("Paar verschiedener Personen", "Paare verschiedener Personen"),
    "acknowledgements": RowTitle("Kenntnisnahme", "Kenntnisnahmen"),
    "feedback_talks": RowTitle("Rückmeldegespräch", "Rückmeldegespräche"),
    "requirement_confirmations": RowTitle("Bestätigung", "Bestätigungen"),
    "report_statements": RowTitle("Begründung", "Begründungen"),
    "legal_holds": RowTitle("Sperre", "Sperren", day="held_from"),
    "privacy_requests": RowTitle("Anfrage", "Anfragen", day="received_on", words="kind"),
    "retention_settings": RowTitle("Aufbewahrungsfrist", "Aufbewahrungsfristen"),
    "targets": RowTitle("Sollkennzahl", "Sollkennzahlen", words="code"),
    "exchange_partners": RowTitle("Austauschpartner", "Austauschpartner", words="name"),
    "held_versions": RowTitle("Abweichende Fassung", "Abweichende Fassungen"),
}
"""By table: all whose rows are edited one by one."""


def entity_of(table: str) -> type[Recorded]:
    """Return the recorded entity of *table*."""
    return _ENTITIES[table]


_ENTITIES: dict[str, type[Recorded]] = {
    mapper.local_table.name: mapper.class_  # type: ignore[attr-defined]
    for mapper in Base.registry.mappers
    if issubclass(mapper.class_, Recorded)
}


def fields_of(table: str) -> dict[str, FieldInfo]:
    """Return what is known about the fields of *table*, by name, in the order of the table; without its id."""
    columns = Base.metadata.tables[table].columns
    return {column.name: info for column in columns if column.name != "id" and (info := field_of(column)) is not None}


def shown(table: str, field: str, value: object) -> str:
    """Return *value* of a field in German; a reference and a note are not shown by this."""
    info = field_of(Base.metadata.tables[table].columns[field])
    return str(value if value is not None else "") if info is None else show_value(info, value)


def title_of(table: str, values: Mapping[str, Any] | RowMapping) -> str:
    """Return what the row with these *values* is called; what is not among them is left out."""
    title = TITLES[table]
    name = title.singular
    if title.words is not None and values.get(title.words) is not None:
        name += f" „{shown(table, title.words, values[title.words])}“"
    if title.day is not None and values.get(title.day) is not None:
        name += f" vom {shown(table, title.day, values[title.day])}"
    return name


def counted(table: str, count: int) -> str:
    """Return *count* rows in words: ``1 Ziel``, ``3 Ziele``."""
    title = TITLES[table]
    return f"{count} {title.singular if count == 1 else title.plural}"
