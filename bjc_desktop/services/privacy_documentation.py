"""``docs/privacy.md``, made from the rules of keeping and of consents: a stale one fails the check."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bjc_desktop.models import Base
from bjc_desktop.models.base import field_of
from bjc_desktop.services.consent_effects import EFFECTS
from bjc_desktop.services.retention_rules import RULES, months_in_words
from bjc_desktop.services.row_titles import TITLES
from bjc_desktop.vault.forgetting import blanked
from bjc_desktop.vocabulary import ErasureDepth

_BEGINNING = """# Löschkonzept

Erzeugt aus den Regeln im Programm (`make docs`); bitte nicht von Hand ändern. Die Fristen sind Vorgaben; im Tresor kann die Koordination
oder die Verwaltung sie mit einem Grund ändern (Seite „Datenschutz“, Fristen).

## Fristen

| Was | Vorgabe | gerechnet ab | dann | Grundlage |
|---|---|---|---|---|
"""
_HOW = """
## Wie gelöscht wird

- **Eine Person auf Antrag (Art. 17 DSGVO)**: `bjc-desktop erase` oder die Seite „Datenschutz“. Vorher zeigt eine Vorschau, was geht und welche
  Kennzahlen ohne freigegebenen Bericht sich ändern. „Alles löschen“ löscht jede Zeile der Person, ihre Schlüssel des Änderungsnachweises,
  die angefangenen Eingaben über sie und die Suchschlüssel. „Name, Kontakt und Texte löschen, das Coaching ohne Person weiter zählen“ lässt
  das Coaching unter seiner Kennung stehen; keine Kennzahl ändert sich.
- **Der Löschlauf** rechnet zuerst durch und ändert nichts. Er läuft in einem Schritt, nach einer geprüften Sicherung, die nach 30 Tagen selbst
  gelöscht wird. Er vergleicht alle Kennzahlen aller Quartale vorher und nachher; ändert sich eine ohne freigegebenen Bericht, bleibt alles.
- **Eine Sperre** mit Grund und letztem Tag schließt eine Person von beidem aus.
- **Danach** sind die Seiten der Datenbank neu geschrieben, das Protokoll der Datenbank geleert und ihre Statistiken neu gebildet.
- **Das Protokoll** nennt Tag, Anlass, Grund, wer löschte und wie viele Zeilen, und die Person nur als Pseudonym der Berichte.
- **Nur die Gesundheitsdaten** einer Person (Hemmnisse zu Gesundheit, psychischer Gesundheit und Sucht) lassen sich nach einem Widerruf allein
  löschen (`bjc-desktop erase --health` oder „Person löschen“); damit werden auch alle früheren Werte zu dieser Person unlesbar.
- **Personal**: Wer ausgeschieden ist, verliert nach der Frist den Namen, der frühere Zugang ebenso; Stunden und Zuordnungen bleiben gezählt.
  Wer den Tresor noch öffnet, behält den Namen des Zugangs.
- **Der Änderungsnachweis** verschlüsselt jeden Wert einer Zeile: mit einem Schlüssel der Coachee, des Mitglieds des Personals oder, bei Trägern,
  Bescheiden, Sollwerten, Einstellungen und Rückmeldegesprächen, des Hauses. Die Schlüssel wechseln jährlich und gehen nach der Frist.
- **Sicherungen**: Vor dem Löschen einer einzelnen Person entsteht keine, denn sie wäre eine Kopie mehr. Wer gelöscht ist, steht (nur als HMAC
  der Kennung mit Pseudonym, Umfang und Zeitpunkt, versiegelt mit einem Schlüssel des Tresors) neben dem Tresor, in jeder neuen Sicherung, in
  jedem Ordner, in den gesichert wurde (`BJC_Loeschungen_….json`), und auf dem Rechner der Benutzer*in. Eine ältere Sicherung wird beim ersten
  Öffnen wieder bereinigt, wo irgendetwas davon erreichbar ist.
- **Nach jeder Rückholung** sagen Fenster und Befehlszeile, von wann die Sicherung ist und bis wann Löschungen bekannt sind. Was danach gelöscht
  wurde, ist noch einmal zu löschen; bis die Koordination das bestätigt (Seite „Datenschutz“ oder `bjc-desktop erase --all-repeated`), steht es
  bei jedem Öffnen und als fällig da, und beides steht im Protokoll. Nur wo ein Verzeichnis der Löschungen vom selben Tag gefunden wurde, entfällt es.
- **Datenpakete**, die eine gelöschte Person oder jemanden vom gelöschten Personal enthalten, werden abgelehnt, außer mit `--bring-back`.

## Was das Programm nicht erreicht

- Ausdrucke, gespeicherte Auskünfte und Berichte außerhalb des Tresors; die Vorschau sagt, wie oft etwas ausgegeben wurde.
- Eine ältere Sicherung, die allein auf einem fremden Rechner zurückgeholt wird: Dort weiß nichts von späteren Löschungen. Sie bringt die
  Person zurück, bis jemand der Aufforderung folgt und noch einmal löscht. Wer die Dateien mit den Löschungen entfernt, erreicht dasselbe.
- Namen in Texten anderer: in Notizen zu anderen Personen, in Begründungen und Rückmeldegesprächen. Auf die letzten beiden weist die Vorschau hin.
- Werte zu Personal, Trägern und Einstellungen, die eine Version vor dieser in den Änderungsnachweis schrieb: Sie stehen dort unverschlüsselt und
  lassen sich nicht löschen, ohne die Kette zu brechen.
- Namen von Zugängen, die noch jemand benutzt, und Personal ohne letzten Tag der Beschäftigung.
- Gesundheitsdaten in Freitexten und Notizen, und solche, die ein Datenpaket bringt: Abgelehnt wird nur, was jemand in den drei Bereichen einträgt.
- Ein älteres Datenpaket, das mit `--update` eingelesen wird, kann gelöschte Texte, Kontakt- und Gesundheitsdaten einer Person wiederbringen, die
  selbst nicht gelöscht ist; Texte und Kontaktdaten nimmt der nächste Löschlauf wieder.
- Schlüssel des Änderungsnachweises wechseln jährlich; ein alter Wert wird deshalb spätestens ein Jahr nach der Frist unlesbar.
"""


def privacy_document() -> str:
    """Return the document: the periods, how is erased, which fields go, and what a withdrawal switches off."""
    return _BEGINNING + "\n".join((*_rules(), _HOW, *_fields(), *_consents()))


def _rules() -> Iterator[str]:
    for rule in RULES:
        what = f"**{rule.title}**: {rule.what}"
        yield f"| {what} | {months_in_words(rule.months)} | {rule.counts_from} | {rule.effect} | {rule.source} |"


def _fields() -> Iterator[str]:
    for depth in (ErasureDepth.TEXTS, ErasureDepth.CONTACT, ErasureDepth.FACTS):
        yield f"## Felder: {depth.label}\n"
        for table, columns in sorted(blanked(depth).items()):
            titles = (field_of(Base.metadata.tables[table].columns[name]) for name in columns)
            yield f"- {TITLES[table].plural}: {', '.join(info.title for info in titles if info is not None)}"
        yield ""


def _consents() -> Iterator[str]:
    yield "## Was ein Widerruf abschaltet\n"
    for purpose, effect in EFFECTS.items():
        yield f"- **{purpose.label}**: {effect}"
    yield ""


def main(arguments: Sequence[str]) -> int:
    """Write the document to the given path, or with ``--check`` compare it; return the exit status."""
    check = arguments[:1] == ["--check"]
    path = Path(arguments[-1])
    if not check:
        path.write_text(privacy_document(), "utf-8")
        return 0
    if path.is_file() and path.read_text("utf-8") == privacy_document():
        return 0
    sys.stderr.write(f"{path} is stale; run `make docs`.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
