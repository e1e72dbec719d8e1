"""The six indicators in the report's order: their names, their definitions in words, and the verdicts on a case.

The definitions are this project's own, built from Drucksache 19/23 355 and from the nearest official rules; the document
``docs/indicators.md`` is generated from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

DEFINITIONS_VERSION = "2024.1"

COUNTS = "counts"
"""The verdict of a case that counts."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator in words; *verdicts* holds, in the order in which they are tried, why a case does not count."""

    code: str
    label: str
    short: str
    numerator: str
    denominator: str
    source: str
    verdicts: Mapping[str, str]


A1_1 = Indicator(
    "a1_1",
    "Integration in den 1. Arbeitsmarkt unmittelbar nach Coaching, ohne Minijobs (A1.1)",
    "A1.1",
    "Coachings mit einer Beschäftigung des 1. Arbeitsmarkts, die am Ende der Frist (Austritt plus ein Monat) läuft: begonnen "
    "bis zu diesem Tag und nicht vorher beendet. Auch eine schon vor dem Austritt oder vor dem Eintritt begonnene zählt.",
    "Alle nicht stornierten Coachings mit Austritt im Zeitraum, gleich aus welchem Grund.",
    "Drs. 19/23 355, Antwort 9/10; § 5 KennzahlenV; ESF+ unmittelbare Ergebnisse",
    {
        "minijob": "zählt nicht: Minijob",
        "short_term_employment": "zählt nicht: kurzfristige Beschäftigung",
        "kind_switched_off": "zählt nicht: Art der Beschäftigung ist durch Einstellung ausgenommen",
        "begins_after_window": "zählt nicht: Beschäftigung beginnt nach der Frist",
        "ended_before_window": "zählt nicht: Beschäftigung vor dem Ende der Frist beendet",
        "other_kind": "zählt nicht: kein Ergebnis des 1. Arbeitsmarkts",
        "no_outcome": "zählt nicht: keine Beschäftigung erfasst",
    },
)
A1_2 = Indicator(
    "a1_2",
    "Integration in den 1. Arbeitsmarkt nach 6 Monaten, ohne Minijobs (A1.2)",
    "A1.2",
    "Coachings, deren Nachbefragung stattfand und einen Status am Stichtag ergab, der für A1 zählt: bei jedem Arbeitgeber, auch "
    "eine später gefundene Beschäftigung.",
    "Alle nicht stornierten Coachings, deren Stichtag (Austritt plus sechs Monate) im Zeitraum liegt, ob A1.1 erfüllt war oder "
    "nicht. Nicht erreichte, verweigerte, entfallene und fehlende Befragungen bleiben im Nenner.",
    "Drs. 19/23 355, Antwort 9/10; Verbleibsquote der BA; TEGL 10-16",
    {
        "missing": "zählt nicht: Nachbefragung fehlt",
        "not_reached": "zählt nicht: nicht erreicht",
        "refused": "zählt nicht: Auskunft verweigert",
        "not_applicable": "zählt nicht: Befragung entfällt",
        "minijob": "zählt nicht: Minijob",
        "short_term_employment": "zählt nicht: kurzfristige Beschäftigung",
        "kind_switched_off": "zählt nicht: Art der Beschäftigung ist durch Einstellung ausgenommen",
        "not_working": "zählt nicht: arbeitslos oder nicht erwerbstätig",
        "other_kind": "zählt nicht: kein Ergebnis des 1. Arbeitsmarkts",
        "status_unknown": "zählt nicht: Status am Stichtag unbekannt",
    },
)
A4 = Indicator(
    "a4",
    "Integration in substanzielle Qualifizierungsmaßnahmen (A4)",
    "A4",
    "Coachings mit einer substanziellen Qualifizierung, die zwischen Eintritt und Ende der Frist (Austritt plus ein Monat) begann "
    "und nicht vor dem Austritt abgebrochen wurde.",
    "Alle nicht stornierten Coachings mit Austritt im Zeitraum, wie A1.1.",
    "Drs. 19/23 355, Antwort 9/10; § 81 SGB III",
    {
        "broken_off": "zählt nicht: vor dem Austritt abgebrochen",
        "begun_before_entry": "zählt nicht: vor dem Eintritt begonnen",
        "begins_after_window": "zählt nicht: beginnt nach der Frist",
        "not_substantial": "zählt nicht: Kurs ist keine substanzielle Qualifizierung",
        "no_outcome": "zählt nicht: keine Qualifizierung erfasst",
    },
)
CONSULTATIONS_PER_HOUR = Indicator(
    "consultations_per_hour",
    "Konsultationen je Arbeitsstunde",
    "Konsultationen je Std.",
    "Im Zeitraum durchgeführte Konsultationen der JobCoaches, außer der Sechs-Monats-Befragung; ein Gruppentermin zählt je Coach "
    "einmal. Konsultationen der Beschäftigungstrainer*innen stehen gesondert.",
    "Arbeitsstunden der JobCoaches mal geförderter Anteil, über die Monate des Zeitraums, in denen sie beschäftigt waren. Fehlt "
    "die Arbeitszeit eines beendeten Monats, gibt es keinen Wert.",
    "Drs. 19/23 355, Antwort 9/10",
    {
        "not_held": "zählt nicht: nicht durchgeführt",
        "cancelled": "zählt nicht: Coaching storniert",
        "kind_excluded": "zählt nicht: Art ist ausgenommen",
        "channel_excluded": "zählt nicht: Form ist ausgenommen",
        "same_session": "zählt nicht: gehört zu einem schon gezählten Gruppentermin",
    },
)
CORRECTLY_CLOSED = Indicator(
    "correctly_closed",
    "Anteil korrekt abgeschlossener Coachings",
    "korrekt abgeschlossen",
    "Coachings, die jeden aktiven Prüfpunkt des Abschlusses bestehen.",
    "Alle nicht stornierten Coachings mit Austritt im Zeitraum.",
    "Drs. 19/23 355, Antwort 9/10",
    {
        "consent": "zählt nicht: keine gültige Einwilligung in die Teilnahme am Austrittstag",
        "master_data": "zählt nicht: Zielgruppe, Rechtskreis oder „arbeitslos seit“ fehlt",
        "initial_interview": "zählt nicht: Datum des Erstgesprächs fehlt",
        "competence_profile": "zählt nicht: kein Kompetenzprofil bis zum Austritt",
        "development_plan": "zählt nicht: letzte Fassung des Entwicklungsplans ohne Ziele oder mit offenen Zielen",
        "consultation": "zählt nicht: keine durchgeführte Konsultation zwischen Eintritt und Austritt",
        "exit_data": "zählt nicht: Austrittsgrund oder Status bei Austritt fehlt",
        "evidence": "zählt nicht: Nachweis zu einem zählenden Ergebnis fehlt",
        "closing": "zählt nicht: Abschlussgespräch, Abschlussbericht oder Begründung fehlt",
        "on_time": "zählt nicht: Akte nicht innerhalb eines Monats nach dem Austritt geschlossen",
    },
)
MEASURE_LINK = Indicator(
    "measure_link",
    "Aktive Teilnehmende mit Maßnahmebezug",
    "Maßnahmebezug",
    "Personen, deren letztes im Zeitraum aktives Coaching mindestens einen Tag mit einer verbindenden Maßnahme gemeinsam hat, bis zum "
    "Ende des Zeitraums.",
    "Personen mit mindestens einem im Zeitraum aktiven, nicht stornierten Coaching, jede einmal.",
    "Drs. 19/23 355, Antworten 9/10 und 11",
    {
        "outside_coaching": "zählt nicht: Maßnahme liegt außerhalb des Coachings oder nach dem Zeitraum",
        "not_linking": "zählt nicht: Maßnahme dieser Art verbindet nicht",
        "no_measure": "zählt nicht: keine Maßnahme erfasst",
    },
)

CATALOGUE = (A1_1, A1_2, A4, CONSULTATIONS_PER_HOUR, CORRECTLY_CLOSED, MEASURE_LINK)
"""The six indicators in the report's order."""

BY_CODE = {indicator.code: indicator for indicator in CATALOGUE}


def verdict_label(code: str, verdict: str) -> str:
    """Return the German words for the verdict *verdict* of the indicator *code*."""
    indicator = BY_CODE[code]
    return f"zählt für {indicator.short}" if verdict == COUNTS else indicator.verdicts[verdict]
