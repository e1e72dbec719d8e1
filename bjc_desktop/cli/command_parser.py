"""The grammar of the command line, in German."""

import argparse
from pathlib import Path

from bjc_desktop import __version__


def command_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line, which the manual page is made from too."""
    parser = _German(prog="bjc-desktop", description="Fallakte und Quartalsbericht des Berliner JobCoachings.")
    parser.add_argument("--version", action="version", version=f"BJC Desktop {__version__}", help="die Version ausgeben")
    parser.add_argument("--selftest", action="store_true", help="alles an Beispieldaten prüfen, ohne etwas zu hinterlassen")
    commands = parser.add_subparsers(dest="command", metavar="BEFEHL", parser_class=_German)
    demo = commands.add_parser("demo", help="Beispieldaten: Tresor, vier Quartale, Berichtspakete")
    demo.add_argument("--out", metavar="DIR", type=Path, default=Path("demo"))
    _with_vault(commands, "init", "neuer verschlüsselter Tresor; zeigt den Wiederherstellungscode")
    imports = _with_vault(commands, "import", "Datenpaket einlesen: Ordner oder ZIP")
    imports.add_argument("package", metavar="PACKAGE", type=Path)
    imports.add_argument("--update", action="store_true", help="bei Abweichungen gilt das Paket")
    imports.add_argument("--bring-back", action="store_true", help="auch gelöschte Personen wieder aufnehmen")
    export = _with_vault(commands, "export", "alles als Datenpaket ausgeben")
    export.add_argument("out", metavar="OUT.zip", type=Path)
    report = _with_vault(commands, "report", "Quartalsbericht als Berichtspaket")
    report.add_argument("--quarter", required=True, metavar="2025-Q3")
    report.add_argument("--provider", metavar="ID|NAME|all")
    report.add_argument("--as-of", metavar="DATE", help="Datenstand, sonst heute")
    report.add_argument("--release", action="store_true", help="freigeben: eingefroren und nummeriert")
    report.add_argument("--out", required=True, metavar="DIR", type=Path)
    statistic = _with_vault(commands, "statistic", "Konsultationen je Arbeitsstunde: PDF, XLSX, CSV")
    statistic.add_argument("--quarter", required=True, metavar="2025-Q3")
    statistic.add_argument("--out", required=True, metavar="DIR", type=Path)
    check = _with_vault(commands, "check", "was fehlt oder sich widerspricht, Fall für Fall")
    check.add_argument("--quarter", metavar="2025-Q3")
    _add_lists(commands)
    _add_exchange(commands)
    verify = commands.add_parser("verify", help="Berichtspaket prüfen: Prüfsummen, Signatur, Zahlen")
    verify.add_argument("bundle", metavar="BUNDLE", type=Path)
    backup = _with_vault(commands, "backup", "geprüfte Sicherung in einen Ordner")
    backup.add_argument("directory", metavar="DIR", type=Path)
    restore = commands.add_parser("restore", help="Sicherung in einen neuen Tresor zurückholen")
    restore.add_argument("backup", metavar="BACKUP", type=Path)
    restore.add_argument("vault", metavar="VAULT", type=Path)
    _with_vault(commands, "doctor", "Tresor untersuchen")
    _add_privacy(commands)
    salvage = _with_vault(commands, "salvage", "Lesbares eines beschädigten Tresors in einen neuen retten")
    salvage.add_argument("target", metavar="NEW_VAULT", type=Path)
    return parser


def _add_privacy(commands: "argparse._SubParsersAction[_German]") -> None:
    access = _with_vault(commands, "access", "Auskunft über eine Person (Art. 15 DSGVO): PDF und Datenpaket")
    access.add_argument("--case", required=True, metavar="FALLNUMMER")
    access.add_argument("--out", required=True, metavar="DIR", type=Path)
    retention = _with_vault(commands, "retention", "Löschlauf nach den Fristen; ohne --confirm nur die Vorschau")
    retention.add_argument("--confirm", action="store_true", help="wirklich löschen")
    _add_erasing(commands)


def _add_erasing(commands: "argparse._SubParsersAction[_German]") -> None:
    erase = _with_vault(commands, "erase", "eine Person löschen; ohne --confirm nur die Vorschau")
    erase.add_argument("--case", metavar="FALLNUMMER")
    erase.add_argument("--reason", default="", metavar="GRUND", help="ohne Namen; bleibt im Protokoll")
    erase.add_argument("--health", action="store_true", help="nur Gesundheitsdaten, nach einem Widerruf")
    erase.add_argument("--keep-facts", action="store_true", help="Name, Kontakt und Texte gehen, das Coaching zählt weiter")
    erase.add_argument("--confirm", action="store_true", help="wirklich löschen")
    repeated = "bestätigen, dass nach einer Rückholung alle späteren Löschungen wiederholt sind"
    erase.add_argument("--all-repeated", action="store_true", help=repeated)


def _add_exchange(commands: "argparse._SubParsersAction[_German]") -> None:
    exchange = commands.add_parser("exchange", help="Austausch mit anderen Tresoren: pair, write, read")
    steps = exchange.add_subparsers(dest="step", metavar="SCHRITT", parser_class=_German, required=True)
    paired = _with_vault(steps, "pair", "verbinden: Karten tauschen und den Code vergleichen")
    paired.add_argument("card", metavar="CARD.bjccard", type=Path, nargs="?", help="Karte der anderen Seite")
    paired.add_argument("--own-card", metavar="OUT.bjccard", type=Path, help="wohin die eigene Karte kommt")
    paired.add_argument("--name", metavar="NAME", help="wie die andere Seite geführt wird")
    paired.add_argument("--kind", choices=("office", "coach", "trainer"), default="office", help="wer die andere Seite ist")
    paired.add_argument("--staff", metavar="ID|NAME", help="wer dort arbeitet (coach, trainer)")
    paired.add_argument("--notes", action="store_true", help="Notizen dürfen dorthin")
    paired.add_argument("--code", metavar="CODE", help="der vorgelesene Code")
    paired.add_argument("--confirmed", action="store_true", help="die andere Seite hat den vorgelesenen Code bestätigt")
    written = _with_vault(steps, "write", "Austauschdatei schreiben")
    written.add_argument("--partner", metavar="ID|NAME", required=True)
    written.add_argument("--out", metavar="DIR", type=Path, required=True)
    read = _with_vault(steps, "read", "Austauschdatei übernehmen")
    read.add_argument("file", metavar="FILE.bjcx", type=Path)
    read.add_argument("--dry-run", action="store_true", help="nur sagen, was geschähe")
    read.add_argument("--even-if-many-go", action="store_true", help="auch wenn ungewöhnlich viel gelöscht würde")


def _add_lists(commands: "argparse._SubParsersAction[_German]") -> None:
    lists = _with_vault(commands, "import-list", "alte Liste einlesen: XLSX, ODS oder CSV")
    lists.add_argument("list", metavar="FILE", type=Path)
    lists.add_argument("--sheet", metavar="NAME", action="append", default=[], help="nur dieses Blatt; mehrmals möglich")
    lists.add_argument("--mapping", metavar="FILE.json", type=Path, help="was Spalten und Werte bedeuten")
    lists.add_argument("--write-mapping", metavar="FILE.json", type=Path, help="die Vorschläge zum Bearbeiten schreiben")
    lists.add_argument("--dry-run", action="store_true", help="nur sagen, was geschähe")
    lists.add_argument("--rest", metavar="FILE.xlsx", type=Path, help="wohin die Zeilen kommen, die draußen bleiben (XLSX, CSV)")
    listed = _with_vault(commands, "list", "eine Liste als XLSX oder CSV: coachees, due, findings, follow-ups")
    listed.add_argument("name", metavar="NAME", choices=("coachees", "due", "findings", "follow-ups"))
    listed.add_argument("out", metavar="OUT.xlsx|OUT.csv", type=Path)
    calendar = _with_vault(commands, "calendar", "Termine und Fristen als Kalenderdatei, ohne Namen")
    calendar.add_argument("out", metavar="OUT.ics", type=Path)
    calendar.add_argument("--from", dest="first", metavar="DATE", help="erster Tag, sonst heute")
    calendar.add_argument("--to", dest="last", metavar="DATE", help="letzter Tag, sonst 90 Tage später")
    calendar.add_argument("--names", action="store_true", help="auch die Namen; nur für Kalender, die beim Träger bleiben")


class _German(argparse.ArgumentParser):
    """A parser that speaks German where argparse's own words would reach a user."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options, add_help=False)  # type: ignore[arg-type]
        self.add_argument("-h", "--help", action="help", help="diese Hilfe zeigen")
        self._positionals.title = "Angaben"
        self._optionals.title = "Optionen"

    def format_help(self) -> str:
        """Return the help with a German beginning."""
        return super().format_help().replace("usage:", "Aufruf:", 1)

    def error(self, message: str) -> None:  # type: ignore[override]
        """End with status 2 and one sentence; what was typed is not repeated."""
        _ = message
        self.exit(
            2,
            f"{self.format_usage().replace('usage:', 'Aufruf:', 1)}Der Aufruf ist unvollständig oder falsch; bitte so angeben.\n",
        )


def _with_vault(commands: "argparse._SubParsersAction[_German]", name: str, text: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text)
    command.add_argument("vault", metavar="VAULT", type=Path)
    command.add_argument("--user", metavar="NAME", help="wer den Tresor öffnet")
    return command
