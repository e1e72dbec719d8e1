"""Where in the manual each page and each dialog is told of."""

from collections.abc import Mapping

BEGINNING = "erster-tag"
PAGES: Mapping[str, str] = {
    "beginning": "erste-schritte",
    "overview": "uebersicht",
    "coachees": "coachees",
    "follow_ups": "nachbefragung",
    "figures": "kennzahlen-seite",
    "quality": "datenqualitaet",
    "observing": "beobachten",
    "following": "nachhalten",
    "hours": "arbeitszeit",
    "statistic": "statistik",
    "report": "bericht-pruefen",
    "team": "team",
    "foundations": "grundlagen",
    "lists": "liste-einlesen",
    "exchange": "austausch",
    "history": "aenderungen",
    "duplicates": "doppelte",
    "audit": "protokoll",
    "privacy": "datenschutz-seite",
    "access": "zugaenge",
    "backups": "sicherungen",
    "settings": "einstellungen",
    "case_file": "fallakte",
    "closing": "abschluss",
}
"""The place of each page, by its key."""
PARTS: Mapping[str, str] = {
    "case_file/consents": "einwilligungen",
    "case_file/plan": "entwicklungsplan",
    "case_file/consultations": "konsultation",
    "case_file/observations": "beobachten",
    "case_file/suggestions": "vorschlaege",
    "case_file/outcomes": "ergebnisse",
    "case_file/exit": "abschluss",
    "case_file/follow_up": "nachbefragung",
    "case_file/changes": "aenderungen",
    "report/say": "bericht-begruenden",
    "report/send": "bericht-freigeben",
    "report/kept": "freigegebene-berichte",
    "foundations/targets": "sollwerte",
    "foundations/settings": "definitionen",
    "foundations/talks": "rueckmeldegespraeche",
    "exchange/writing": "austausch-schreiben",
    "exchange/reading": "austausch-einlesen",
    "exchange/conflicts": "abweichungen",
    "privacy/requests": "auskunft",
    "privacy/run": "loeschlauf",
    "privacy/holds": "sperren",
}
"""A part of a page that has a place of its own, by the page's key and the part's."""
DIALOGS: Mapping[str, str] = {
    "CalendarDialog": "kalenderdatei",
    "PackageDialog": "liste-einlesen",
    "SaveListDialog": "listen-speichern",
    "ReasonDialog": "bleibt-so",
    "TwoPeopleDialog": "doppelte",
    "JoinDialog": "zusammenfuehren",
    "HandOverDialog": "uebergabe",
    "MemberDialog": "team",
    "PasswordDialog": "bericht-freigeben",
    "RecordDialog": "protokoll",
    "_PassphraseDialog": "passphrase-vergessen",
    "NewUserDialog": "zugaenge",
    "RolesDialog": "zugaenge",
    "CardDialog": "verbinden",
    "NewCoacheeDialog": "neue-person",
    "PreviewDialog": "drucken",
    "ConsultationDialog": "konsultation",
    "EraseDialog": "person-loeschen",
    "PeriodDialog": "fristen-aendern",
    "SettingDialog": "definitionen",
    "Palette": "suchen",
}
"""The place of each dialog, by the name of its class."""


def place_of_page(key: str, part: str = "") -> str:
    """Return the place of the page *key*, or of its *part* where that has a place of its own."""
    return PARTS.get(f"{key}/{part}") or PAGES.get(key, BEGINNING)


def place_of_dialog(dialog: object) -> str:
    """Return the place of *dialog*: what is not known, such as a question of Qt's own, leads to the beginning."""
    return DIALOGS.get(type(dialog).__name__, BEGINNING)
