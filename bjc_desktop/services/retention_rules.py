"""How long what is kept: the rules as data, each with its source, and the periods that the vault says otherwise."""

from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.models import RetentionSetting
from bjc_desktop.vocabulary import Vocabulary

MONTHS = range(1, 361)
OUT_OF_RANGE = "Bitte eine ganze Zahl von 1 bis 360 Monaten angeben."
NO_REASON = "Bitte einen Grund angeben."
_YEAR = 12


class RuleKey(Vocabulary):
    """The rules by their keys."""

    ENQUIRY = "enquiry", "Anfragen ohne Eintritt"
    TEXTS = "texts", "Freitexte und Notizen"
    CONTACT = "contact", "Kontaktdaten"
    RECORD = "record", "Teilnahmeakte"
    STAFF = "staff", "Ausgeschiedenes Personal"
    AUDIT = "audit", "Werte im Änderungsnachweis"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """A rule: which fields, from which day it counts, how many months by default, what happens then, and why."""

    key: RuleKey
    what: str
    counts_from: str
    months: int
    effect: str
    source: str

    @property
    def title(self) -> str:
        """What the rule is about."""
        return self.key.label


RULES: tuple[RetentionRule, ...] = (
    RetentionRule(
        RuleKey.ENQUIRY,
        "Personen, für die nie ein Coaching begann, mit Einwilligungen und allen Angaben",
        "der letzten Angabe zur Person",
        3,
        "Die Person wird ganz gelöscht.",
        "Der Zweck entfällt, wenn aus der Anfrage kein Eintritt wird (Art. 5 Abs. 1 Buchst. e, Art. 17 Abs. 1 Buchst. a DSGVO).",
    ),
    RetentionRule(
        RuleKey.TEXTS,
        "Notizen, Kompetenzprofile, Ziele, Aufgaben, Beobachtungen und Begründungen im Wortlaut, mit ihren früheren Fassungen",
        "der Nachbefragung, sonst sechs Monate nach dem letzten Austritt",
        12,
        "Die Texte werden gelöscht; was gezählt wird, bleibt.",
        "Nach der Nachbefragung wird beraten und nachgefragt, aber nicht mehr gecoacht (Art. 5 Abs. 1 Buchst. c DSGVO).",
    ),
    RetentionRule(
        RuleKey.CONTACT,
        "Telefon und E-Mail der Coachees, mit ihren früheren Fassungen",
        "der Nachbefragung, sonst sechs Monate nach dem letzten Austritt",
        12,
        "Telefon und E-Mail werden gelöscht.",
        "Nach der Nachbefragung wird niemand mehr angerufen (Art. 5 Abs. 1 Buchst. c DSGVO).",
    ),
    RetentionRule(
        RuleKey.RECORD,
        "Stammdaten, Coachings, Zuordnungen, Maßnahmen, Konsultationen, Ergebnisse und Nachbefragungen",
        "dem Verwendungsnachweis, sonst dem Ende des Zuwendungsbescheids, sonst dem letzten Austritt",
        60,
        "Die Person wird ganz gelöscht; hängt noch eine Kennzahl ohne freigegebenen Bericht daran, bleibt das Coaching ohne Person gezählt.",
        "Belege sind fünf Jahre nach Vorlage des Verwendungsnachweises aufzubewahren (Nr. 6.5 ANBest-P).",
    ),
    RetentionRule(
        RuleKey.STAFF,
        "Namen des Personals, Bezeichnungen der Qualifikationen, Gründe bestätigter Anforderungen und Namen früherer Zugänge",
        "dem Verwendungsnachweis, sonst dem Ende des Zuwendungsbescheids, sonst dem letzten Tag der Beschäftigung",
        60,
        "Der Name wird durch ein Pseudonym ersetzt, die früheren Werte werden unlesbar; Stunden und Zuordnungen bleiben gezählt.",
        "Belege über gefördertes Personal sind fünf Jahre nach Vorlage des Verwendungsnachweises aufzubewahren (Nr. 6.5 ANBest-P).",
    ),
    RetentionRule(
        RuleKey.AUDIT,
        "frühere Werte im Änderungsnachweis, auch von Personal, Trägern, Einstellungen und Rückmeldegesprächen, und Namen früherer Zugänge, zu denen niemand im Personal gehört; wer wann was änderte, bleibt, dort unter einem Kürzel",
        "dem Tag der Änderung (die Schlüssel dafür wechseln jährlich) oder dem Ende des Zugangs",
        24,
        "Die Werte werden unlesbar, die Kette bleibt prüfbar.",
        "Der Nachweis dient der Kontrolle der Verarbeitung, nicht der Fallakte (Art. 5 Abs. 1 Buchst. e und f DSGVO).",
    ),
)
"""The rules, in the order in which they are shown and run."""


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule as it stands in a vault: its months, and the reason where they differ from the default."""

    rule: RetentionRule
    months: int
    reason: str

    @property
    def default(self) -> bool:
        """Whether the default holds."""
        return self.months == self.rule.months


def months_in_words(months: int) -> str:
    """Return a period in words: ``3 Monate``, ``5 Jahre``."""
    if months % _YEAR == 0 and months > _YEAR:
        return f"{months // _YEAR} Jahre"
    return "1 Monat" if months == 1 else f"{months} Monate"


def read_rules(connection: Connection) -> tuple[RuleLine, ...]:
    """Return the rules with the periods in force."""
    changed = {row.key: row for row in connection.execute(select(RetentionSetting.__table__))}
    return tuple(
        RuleLine(rule, changed[rule.key].months, changed[rule.key].reason)
        if rule.key in changed
        else RuleLine(rule, rule.months, "")
        for rule in RULES
    )


def change_rule(session: Session, key: RuleKey, months: int | None, reason: str) -> None:
    """Set the period of a rule, with the *reason*.

    Raises
    ------
    InvalidInputError
        where the period is out of range or the reason is missing; nothing was changed.
    """
    problems = {}
    if months not in MONTHS:
        problems["months"] = OUT_OF_RANGE
    if not reason.strip():
        problems["reason"] = NO_REASON
    if problems or months is None:
        raise InvalidInputError(problems)
    setting = session.scalars(select(RetentionSetting).where(RetentionSetting.key == key.value)).one_or_none()
    if setting is None:
        session.add(RetentionSetting(key=key.value, months=months, reason=reason.strip()))
    else:
        setting.months, setting.reason = months, reason.strip()
