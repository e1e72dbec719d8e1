"""What the walk shows to whom: at most six places, each a real one of the window."""

from collections.abc import Collection
from dataclasses import dataclass

from bjc_desktop.vocabulary import Role

SEARCH, RECORD = "search", "record"
"""Buttons of the sidebar that open no page."""


@dataclass(frozen=True, slots=True)
class TourStep:
    """A place: the page that is shown and what of it is pointed at (empty: its button in the sidebar), and what is said of it."""

    place: str
    title: str
    text: str
    part: str = ""


_DUE = TourStep(
    "overview",
    "Der Tag beginnt hier",
    "Was fällig ist, steht oben: Termine, Nachbefragungen, Akten, die zu schließen sind. Enter führt dorthin, wo es erledigt wird.",
    "due_table",
)
_PEOPLE = TourStep("coachees", "Alle Personen", "Suchen in jeder Schreibweise, filtern, und mit Enter die Fallakte öffnen.")
_TALK = TourStep(
    RECORD,
    "Konsultation in Sekunden",
    "Von überall: Strg+Umschalt+K, Name, Dauer, Enter. Eine Zeile wie „Yıldız gestern 45 telefon“ genügt.",
)
_QUALITY = TourStep("quality", "Was fehlt", "Alles, was im Bericht auffallen würde, jetzt schon, und mit einem Klick beim Feld.")
_HOURS = TourStep(
    "hours", "Arbeitszeit", "Stunden je Monat, auch aus einer Tabelle eingefügt. Ohne sie gibt es keine Konsultationen je Stunde."
)
_REPORT = TourStep(
    "report", "Der Bericht", "Prüfen, begründen, freigeben: drei Schritte zum Quartalsbericht, den die Prüfsumme sichert."
)
_FIND = TourStep(
    SEARCH,
    "Alles finden",
    "Strg+K findet jede Person und jede Aktion, auch diesen Rundgang. Einmal drücken, ein paar Buchstaben, Enter.",
)
_EXCHANGE = TourStep(
    "exchange", "Austausch", "Hat jemand einen eigenen Rechner, gehen die Fälle als verschlüsselte Datei hin und her."
)

STEPS: dict[Role, tuple[TourStep, ...]] = {
    Role.JOB_COACH: (
        _DUE,
        _PEOPLE,
        _TALK,
        TourStep(
            "follow_ups",
            "Nachbefragung",
            "Sechs Monate nach dem Austritt steht sie von selbst hier, mit Telefon und allen Versuchen.",
        ),
        _QUALITY,
        _FIND,
    ),
    Role.EMPLOYMENT_TRAINER: (
        TourStep(
            "observing",
            "Die Gruppe beobachten",
            "Ein Bogen für alle: je Merkmal eine Taste von 1 bis 5. Was zuletzt galt, steht in Klammern daneben.",
            "table",
        ),
        TourStep(
            "following",
            "Nachhalten",
            "Zu jeder Person der Verlauf, die vereinbarten Aufgaben und Ihre Vorschläge an die JobCoaches.",
        ),
        _PEOPLE,
        _TALK,
        _EXCHANGE,
        _FIND,
    ),
    Role.COORDINATION: (
        _DUE,
        TourStep(
            "lists",
            "Alte Listen",
            "Excel-Listen und Datenpakete kommen hier herein: erst gezeigt, dann eingelesen, und zurückzunehmen.",
        ),
        _HOURS,
        _QUALITY,
        _REPORT,
        _FIND,
    ),
    Role.ADMINISTRATION: (
        TourStep(
            "team", "Das Team", "Wer hier arbeitet, mit wie vielen Stunden, und was zum Anforderungsprofil noch fehlt.", "table"
        ),
        TourStep(
            "access", "Zugänge", "Wer den Tresor öffnen kann und mit welcher Rolle. Niemand sieht mehr, als die Rolle erlaubt."
        ),
        TourStep("foundations", "Grundlagen", "Zuwendungsbescheide, Sollwerte und Zählweise: danach richtet sich jede Kennzahl."),
        TourStep(
            "backups",
            "Sicherungen",
            "Sie entstehen von selbst. Ein zweites Ziel, etwa ein USB-Stick, schützt vor dem Verlust des Rechners.",
        ),
        TourStep("audit", "Protokoll", "Jede Änderung und jeder Blick in eine Akte, lückenlos und geprüft."),
        _FIND,
    ),
}
_EVERYTHING = (_DUE, _PEOPLE, _TALK, _HOURS, _REPORT, _FIND)


def steps_for(roles: Collection[Role]) -> tuple[TourStep, ...]:
    """Return the walk for a user with *roles*."""
    return STEPS[next(iter(roles))] if len(roles) == 1 else _EVERYTHING
