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
  Kennzahlen ohne freigegebenen Bericht sich ändern. „Alles“ löscht jede Zeile der Person, ihre Schlüssel des Änderungsnachweises, die
  angefangenen Eingaben über sie und die Suchschlüssel. „Ohne Person weiter zählen“ lässt das Coaching unter seiner Kennung stehen; keine
  Kennzahl ändert sich.
- **Der Löschlauf** rechnet zuerst durch und ändert nichts. Er läuft in einem Schritt, nach einer geprüften Sicherung, die nach 30 Tagen selbst
  gelöscht wird. Er vergleicht alle Kennzahlen aller Quartale vorher und nachher; ändert sich eine ohne freigegebenen Bericht, bleibt alles.
- **Eine Sperre** mit Grund und letztem Tag schließt eine Person von beidem aus.
- **Danach** sind die Seiten der Datenbank neu geschrieben, das Protokoll der Datenbank geleert und ihre Statistiken neu gebildet.
- **Das Protokoll** nennt Tag, Anlass, Grund, wer löschte und wie viele Zeilen, und die Person nur als Pseudonym der Berichte.
- **Sicherungen**: Vor dem Löschen einer einzelnen Person entsteht keine, denn sie wäre eine Kopie mehr. Neben dem Tresor und in jeder neuen
  Sicherung steht, wer gelöscht ist (nur als HMAC der Kennung); eine ältere Sicherung wird beim ersten Öffnen wieder bereinigt, wenn neben ihr
  eine jüngere liegt oder sie im Ordner des Tresors liegt.
- **Datenpakete**, die eine gelöschte Person enthalten, werden abgelehnt, außer mit `--bring-back`.

## Was das Programm nicht erreicht

- Ausdrucke, gespeicherte Auskünfte und Berichte außerhalb des Tresors; die Vorschau sagt, wie oft etwas ausgegeben wurde.
- Eine ältere Sicherung, die allein an einem anderen Ort liegt und ohne jüngere daneben zurückgeholt wird.
- Namen in Texten anderer: in Notizen zu anderen Personen, in Begründungen und Rückmeldegesprächen. Auf die letzten beiden weist die Vorschau hin.
- Werte im Änderungsnachweis, die keine Coachee betreffen (Personal, Träger, Einstellungen): Sie stehen unverschlüsselt in der Kette.
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
