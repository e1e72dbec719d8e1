"""The settings of the indicators: each with its default, its choices and the reason for the default.

The seed document publishes no formulas; every choice that could be made otherwise is a setting, is shown with its reason, and
is stored with every report that used it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.vocabulary import Channel, ConsultationKind, OutcomeKind, Vocabulary


class WindowRule(Vocabulary):
    """How long after the exit a job must run to count as integration right after the coaching."""

    MONTH = "month", "ein Monat nach dem Austritt"
    DAYS_28 = "days_28", "28 Tage nach dem Austritt"


class NonResponse(Vocabulary):
    """What becomes of coachings without an answer to the six-month survey."""

    KEEP = "keep", "bleiben im Nenner"
    LEAVE_OUT = "leave_out", "werden nicht gezählt"


class HoursBasis(Vocabulary):
    """Which hours stand in the denominator of the consultations per hour."""

    WORKED = "worked", "geleistete Stunden"
    CONTRACT = "contract", "Sollstunden"


class LinkRule(Vocabulary):
    """When a measure links."""

    COACHING = "coaching", "gemeinsamer Tag mit dem Coaching bis zum Ende des Zeitraums"
    PERIOD = "period", "gemeinsamer Tag mit Coaching und Zeitraum"
    LAST_DAY = "last_day", "am letzten Tag des Zeitraums"


class RatingRule(Vocabulary):
    """Whether a value is rounded before it is rated."""

    EXACT = "exact", "ungerundet"
    ROUNDED = "rounded", "zuvor kaufmännisch gerundet"


class ChecklistItem(Vocabulary):
    """The ten items of a correct closing, in the specification's order."""

    CONSENT = "consent", "Einwilligung in die Teilnahme"
    MASTER_DATA = "master_data", "Stammdaten vollständig"
    INITIAL_INTERVIEW = "initial_interview", "Erstgespräch"
    COMPETENCE_PROFILE = "competence_profile", "Kompetenzprofil"
    DEVELOPMENT_PLAN = "development_plan", "Entwicklungsplan abgeschlossen"
    CONSULTATION = "consultation", "Konsultation im Coaching"
    EXIT_DATA = "exit_data", "Austrittsdaten"
    EVIDENCE = "evidence", "Nachweise"
    CLOSING = "closing", "Abschluss"
    ON_TIME = "on_time", "fristgerecht geschlossen"


@dataclass(frozen=True, slots=True)
class IndicatorSettings:
    """The settings in force; the defaults are the specification's."""

    window: WindowRule = WindowRule.MONTH
    subsidised_counts: bool = True
    self_employment_counts: bool = True
    dual_training_counts: bool = True
    a4_courses: tuple[str, ...] = ()
    non_response: NonResponse = NonResponse.KEEP
    excluded_kinds: tuple[str, ...] = (ConsultationKind.FOLLOW_UP_SURVEY.value,)
    excluded_channels: tuple[str, ...] = ()
    hours: HoursBasis = HoursBasis.WORKED
    checklist: tuple[str, ...] = tuple(item.value for item in ChecklistItem)
    link: LinkRule = LinkRule.COACHING
    rating: RatingRule = RatingRule.EXACT
    caseload_floor: Decimal = Decimal("0.7")


OPTIONAL_A4_COURSES = (
    OutcomeKind.INTEGRATION_COURSE,
    OutcomeKind.VOCATIONAL_LANGUAGE_COURSE,
    OutcomeKind.ACTIVATION_MEASURE,
    OutcomeKind.SHORT_COURSE,
)
"""Courses that do not count for A4 unless a setting says so."""


@dataclass(frozen=True, slots=True)
class SettingDefinition:
    """A setting's German title, what it may be, and why the default is what it is."""

    key: str
    title: str
    reason: str
    values: type[Vocabulary] | None = None
    """The value list: of the one value, or of each member where the setting is a set."""
    allowed: tuple[str, ...] = ()
    """For a set: the members that it may hold; empty means the whole list."""


DEFINITIONS = (
    SettingDefinition(
        "window",
        "Frist für A1.1 und A4",
        "„Unmittelbar nach Coaching“ heißt hier: innerhalb eines Kalendermonats; der ESF+ rechnet mit 28 Tagen.",
        WindowRule,
    ),
    SettingDefinition(
        "subsidised_counts",
        "Geförderte svp. Beschäftigung zählt für A1",
        "EGZ, § 16e SGB II und Landeszuschuss fördern eine sozialversicherungspflichtige Beschäftigung (§ 5 KennzahlenV).",
    ),
    SettingDefinition(
        "self_employment_counts",
        "Hauptberufliche Selbständigkeit zählt für A1",
        "§ 5 KennzahlenV zählt die Aufnahme einer selbständigen Erwerbstätigkeit als Integration.",
    ),
    SettingDefinition(
        "dual_training_counts",
        "Betriebliche Berufsausbildung zählt für A1",
        "§ 5 KennzahlenV zählt die voll qualifizierende Berufsausbildung als Integration.",
    ),
    SettingDefinition(
        "a4_courses",
        "Kurse, die zusätzlich für A4 zählen",
        "„Substanziell“ sind Qualifizierungen mit Abschluss; Sprachkurse, Aktivierung und Kurzlehrgänge nicht.",
        OutcomeKind,
        tuple(OPTIONAL_A4_COURSES),
    ),
    SettingDefinition(
        "non_response",
        "Nachbefragung ohne Ergebnis (A1.2)",
        "Wer nicht erreicht wurde, bleibt im Nenner: alle Austritte sind die Grundlage (Verbleibsquote der BA).",
        NonResponse,
    ),
    SettingDefinition(
        "excluded_kinds",
        "Konsultationen, die nicht zählen: Art",
        "Die Sechs-Monats-Befragung ist Erhebung, keine Beratung.",
        ConsultationKind,
    ),
    SettingDefinition(
        "excluded_channels",
        "Konsultationen, die nicht zählen: Form",
        "Jede Form der Beratung zählt, auch Telefon, Video und schriftlich.",
        Channel,
    ),
    SettingDefinition(
        "hours",
        "Stunden im Nenner der Konsultationen",
        "Die Kennzahl heißt „je Arbeitsstunde“: gezählt werden die geleisteten Stunden.",
        HoursBasis,
    ),
    SettingDefinition(
        "checklist",
        "Prüfpunkte des korrekten Abschlusses",
        "Ein Abschluss ist korrekt, wenn die Akte vollständig, belegt und fristgerecht geschlossen ist.",
        ChecklistItem,
    ),
    SettingDefinition(
        "link",
        "Wann eine Maßnahme verbindet",
        "Maßnahmebezug hat, wer während des Coachings in einer Maßnahme war; sie muss nicht mehr laufen.",
        LinkRule,
    ),
    SettingDefinition(
        "rating",
        "Runden vor der Bewertung",
        "21,9 % sind nicht 22 %: bewertet wird der genaue Wert.",
        RatingRule,
    ),
    SettingDefinition(
        "caseload_floor",
        "Betreuungsschlüssel grob unterschritten unter (Anteil)",
        "Das Schriftstück nennt keine Zahl; angenommen sind 70 % des Schlüssels.",
    ),
)
"""All settings, in the order in which they are shown."""


def setting_definition(key: str) -> SettingDefinition:
    """Return the definition of the setting *key*.

    Raises
    ------
    InvalidInputError
        where there is no such setting.
    """
    for definition in DEFINITIONS:
        if definition.key == key:
            return definition
    raise InvalidInputError({"key": "Diese Einstellung gibt es nicht; bitte eine aus der Liste wählen."})


def settings_from(values: Mapping[str, Any]) -> IndicatorSettings:
    """Return the settings with *values* (as JSON gives them) in place of the defaults.

    Raises
    ------
    InvalidInputError
        where a key is unknown or a value is not among its choices.
    """
    changed = {key: _parsed(setting_definition(key), value) for key, value in values.items()}
    return replace(IndicatorSettings(), **changed)


def settings_as_json(settings: IndicatorSettings) -> dict[str, Any]:
    """Return *settings* as JSON values, every key present, in the order of the definitions."""
    return {definition.key: _plain(getattr(settings, definition.key)) for definition in DEFINITIONS}


def settings_in_words(settings: IndicatorSettings) -> list[tuple[SettingDefinition, str, bool]]:
    """Return each definition with its value in German words and whether that is the default."""
    default = IndicatorSettings()
    rows = []
    for definition in DEFINITIONS:
        value = getattr(settings, definition.key)
        rows.append((definition, _in_words(definition, value), value == getattr(default, definition.key)))
    return rows


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, (Decimal, Vocabulary)) else value


def _parsed(definition: SettingDefinition, value: Any) -> Any:
    default = getattr(IndicatorSettings(), definition.key)
    if isinstance(default, bool) and isinstance(value, bool):
        return value
    if isinstance(default, Decimal):
        return _share(definition, value)
    if isinstance(default, tuple) and isinstance(value, (list, tuple)):
        return _members(definition, value)
    if isinstance(default, Vocabulary) and definition.values is not None and value in list(definition.values):
        return definition.values(value)
    raise _refused(definition)


def _share(definition: SettingDefinition, value: Any) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise _refused(definition) from None
    if not number.is_finite() or not 0 <= number <= 1:
        raise _refused(definition)
    return number


def _members(definition: SettingDefinition, value: Any) -> tuple[str, ...]:
    allowed = definition.allowed or tuple(definition.values or ())
    if any(member not in allowed for member in value):
        raise _refused(definition)
    return tuple(str(member) for member in allowed if member in value)


def _refused(definition: SettingDefinition) -> InvalidInputError:
    return InvalidInputError(
        {definition.key: f"„{definition.title}“ kennt diesen Wert nicht; bitte einen der angebotenen wählen."}
    )


def _in_words(definition: SettingDefinition, value: Any) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, Decimal):
        return f"{value * 100:f}".rstrip("0").rstrip(".").replace(".", ",") + "\u00a0%"
    if isinstance(value, Vocabulary):
        return value.label
    labels = [definition.values(member).label for member in value] if definition.values else []
    if definition.key == "checklist" and len(labels) == len(ChecklistItem):
        return "alle zehn"
    return ", ".join(labels) or "keine"


assert {definition.key for definition in DEFINITIONS} == {field.name for field in fields(IndicatorSettings)}  # noqa: S101 - a setting without a definition would be invisible


def canonical_json(value: Any) -> str:
    """Return *value* as JSON that is the same for the same value: sorted keys, UTF-8, no spaces."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
