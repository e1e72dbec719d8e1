"""The command line, for scripts, scheduled reports and support.

Results go to standard output, everything else to standard error. Exit status 0 done, 1 refused with one clear sentence,
2 wrong usage. A passphrase is never an argument. Everything heavy is imported where it is needed.
"""

import argparse
import contextlib
import getpass
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bjc_desktop import __version__
from bjc_desktop.errors import BjcError, InvalidInputError, PackageError

if TYPE_CHECKING:
    from bjc_desktop.services.old_lists.list_opening import OpenList
    from bjc_desktop.services.old_lists.list_plan import ListPlan, ListWork
    from bjc_desktop.vault import Vault

PASSPHRASE_FILE = "BJC_PASSPHRASE_FILE"  # noqa: S105 - the name of a variable
_SHOWN_FAULTS = 50


def run(arguments: Sequence[str]) -> int:
    """Run the command line *arguments* and return the exit status: 0 done, 1 refused, 2 wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    parser = command_parser()
    try:
        options = parser.parse_args(arguments)
    except SystemExit as stop:
        return int(stop.code or 0)
    if options.command is None:
        parser.print_help()
        return 0
    status = _status_of(options)
    return status if _flushed() else 1


def _status_of(options: argparse.Namespace) -> int:
    """Carry the command out; whatever goes wrong ends in one sentence on standard error."""
    try:
        return int(_COMMANDS[options.command](options) or 0)
    except PackageError as error:
        _report_faults(error)
    except BjcError as error:
        _say(str(error))
    except KeyboardInterrupt:
        _say("Abgebrochen; es wurde nichts geändert.")
    except MemoryError:
        _say("Der Arbeitsspeicher reicht nicht. Bitte andere Programme schließen und erneut versuchen.")
    except OSError as error:
        _say(_system_sentence(error))
    except Exception as error:  # noqa: BLE001 - a trace could quote the vault's data
        _say(_unexpected_sentence(error))
    return 1


def _flushed() -> bool:
    """Write out what waits for standard output; say so where it takes nothing more (a full disk, a closed pipe)."""
    try:
        sys.stdout.flush()
    except OSError:
        # What waits would be tried again at the end of the program, and end in a trace.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _say("Die Ausgabe ließ sich nicht schreiben; bitte das Ziel der Ausgabe prüfen.")
        return False
    return True


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


# --- what the commands share --------------------------------------------------------------------------------------------------


def _say(text: str) -> None:
    print(_harmless(text), file=sys.stderr)


def _show(text: str) -> None:
    print(_harmless(text))


def _harmless(text: str) -> str:
    """Return *text* without the characters that would steer the terminal or hide a part of the line."""
    return "".join(character if character.isprintable() or character == "\u00a0" else "\ufffd" for character in text)


def _report_faults(error: PackageError) -> None:
    _say(str(error))
    for fault in error.faults[:_SHOWN_FAULTS]:
        _say(fault)
    if len(error.faults) > _SHOWN_FAULTS:
        _say(f"Insgesamt {len(error.faults)} Stellen; gezeigt sind die ersten {_SHOWN_FAULTS}.")


def _system_sentence(error: OSError) -> str:
    reasons = {
        PermissionError: "Der Zugriff wurde verweigert; bitte die Rechte an Datei oder Ordner prüfen.",
        FileNotFoundError: "Eine Datei oder ein Ordner fehlt; bitte den Pfad prüfen.",
        NotADirectoryError: "Der angegebene Pfad ist kein Ordner; bitte prüfen.",
        IsADirectoryError: "Der angegebene Pfad ist ein Ordner, keine Datei; bitte prüfen.",
    }
    from bjc_desktop.vault.driver import error_from  # noqa: PLC0415 - heavy, and needed only here

    mapped = error_from(error)
    return (
        str(mapped)
        if mapped
        else reasons.get(type(error), "Lesen oder Schreiben ist fehlgeschlagen; bitte Datenträger und Pfad prüfen.")
    )


def _unexpected_sentence(error: Exception) -> str:
    """Say where *error* happened, without its text, which may quote data."""
    *_, last = traceback.extract_tb(error.__traceback__)
    place = f"{type(error).__name__} in {Path(last.filename).name}, Zeile {last.lineno}"
    return f"Das Programm ist auf einen unerwarteten Fehler gestoßen und hat abgebrochen; bitte so melden: {place}."


def _now() -> datetime:
    return datetime.now(UTC)


def _today() -> date:
    return datetime.now().astimezone().date()


def _passphrase(question: str = "Passphrase: ") -> str:
    path = os.environ.get(PASSPHRASE_FILE)
    if not path:
        if not sys.stdin.isatty():
            raise InvalidInputError({"passphrase": f"Es ist kein Terminal da, um zu fragen; bitte {PASSPHRASE_FILE} setzen."})
        return getpass.getpass(question)
    try:
        with Path(path).open("rb") as file:
            text = file.read(10_000).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise InvalidInputError(
            {"passphrase": f"Die Datei aus {PASSPHRASE_FILE} ist nicht lesbar; bitte den Pfad prüfen."}
        ) from None
    return text.removesuffix("\n").removesuffix("\r")


def _open(options: argparse.Namespace) -> "Vault":
    from bjc_desktop.vault import open_vault  # noqa: PLC0415

    vault = open_vault(options.vault, _passphrase(), user=options.user, now=_now())
    for warning in vault.warnings:
        _say(warning)
    return vault


def _day(text: str | None, what: str = "Der Datenstand") -> date:
    if text is None:
        return _today()
    from bjc_desktop.exchange.cells import CellError, parse_date  # noqa: PLC0415

    try:
        return date.fromisoformat(parse_date(text))
    except CellError:
        raise InvalidInputError({"day": f"{what} ist kein Datum; bitte JJJJ-MM-TT angeben."}) from None


# --- the commands -------------------------------------------------------------------------------------------------------------


def _init(options: argparse.Namespace) -> None:
    from bjc_desktop.services.targets import fill_new_vault  # noqa: PLC0415
    from bjc_desktop.vault import create_vault  # noqa: PLC0415

    passphrase = _passphrase("Neue Passphrase: ")
    if not os.environ.get(PASSPHRASE_FILE) and getpass.getpass("Noch einmal: ") != passphrase:
        raise InvalidInputError({"passphrase": "Die beiden Eingaben sind verschieden; bitte noch einmal beginnen."})
    user = options.user or getpass.getuser()
    vault, code = create_vault(options.vault, user, passphrase, now=_now())
    with vault:
        fill_new_vault(vault, now=_now())
    _say(f"Der Tresor ist angelegt; erste Benutzer*in ist „{user}“ mit allen Rollen.")
    _say("Wiederherstellungscode (einmalig angezeigt, bitte ausdrucken und getrennt verwahren):")
    print(code)


def _import(options: argparse.Namespace) -> None:
    from bjc_desktop.exchange.package_import import import_package  # noqa: PLC0415

    with _open(options) as vault:
        result = import_package(
            vault, options.package, update=options.update, bring_back=options.bring_back, now=_now(), today=_today()
        )
    for name in result.ignored_files:
        _say(f"Nicht gelesen: {name}")
    for name in result.unknown_columns:
        _say(f"Unbekannte Spalte: {name}")
    for table, count in result.counts.items():
        if count.inserted or count.updated:
            _say(f"{table}: {count.inserted} neu, {count.updated} geändert, {count.unchanged} unverändert")
    _say("Das Datenpaket ist übernommen." if result.changed else "Der Tresor enthält das alles schon; nichts wurde geändert.")


def _import_list(options: argparse.Namespace) -> int:
    from bjc_desktop.services.old_lists.list_importing import NothingImportedError, import_list  # noqa: PLC0415
    from bjc_desktop.services.old_lists.list_opening import open_list, open_questions  # noqa: PLC0415
    from bjc_desktop.services.old_lists.rest_rows import assert_writable_as  # noqa: PLC0415

    if options.rest is not None:
        assert_writable_as(options.rest)
    opened = open_list(options.list)
    with _open(options) as vault:
        work = _list_work(options, vault, opened)
        if options.write_mapping is not None:
            return _write_mapping(options.write_mapping, work)
        with vault.reading() as connection:
            questions = [] if options.mapping is not None else open_questions(connection, work, today=_today())
        if questions:
            return _say_questions(questions)
        if options.dry_run:
            return _rehearse_list(options, vault, work)
        try:
            result = import_list(vault, work, now=_now(), today=_today())
        except NothingImportedError as error:
            _say_plan(error.plan)
            _say(str(error))
            _write_rest(options, work, error.plan)
            return 1
    _say_plan(result.plan)
    _write_rest(options, work, result.plan)
    _say("Die Liste ist eingelesen." if not result.plan.out else "Die Liste ist eingelesen, ohne die genannten Zeilen.")
    return 0


def _list_work(options: argparse.Namespace, vault: "Vault", opened: "OpenList") -> "ListWork":
    from bjc_desktop.errors import ListError  # noqa: PLC0415
    from bjc_desktop.exchange.lists.list_mapping import NOT_A_MAPPING, mappings_from_file  # noqa: PLC0415
    from bjc_desktop.services.old_lists.list_opening import begin_work  # noqa: PLC0415

    with vault.reading() as connection:
        work = begin_work(connection, opened, options.sheet)
    if options.mapping is None:
        return work
    try:
        said = mappings_from_file(options.mapping.read_text("utf-8-sig"), opened.tables.values())
    except UnicodeDecodeError:
        raise ListError(NOT_A_MAPPING) from None
    fitting = {name: mapping for name, mapping in said.items() if not options.sheet or name in options.sheet}
    if not fitting:
        raise ListError("Die Zuordnung passt zu keinem Blatt der Liste. Bitte sie mit --write-mapping neu erstellen.")
    work.mappings = fitting
    return work


def _write_mapping(path: Path, work: "ListWork") -> int:
    from bjc_desktop.exchange.lists.list_mapping import mappings_to_file  # noqa: PLC0415
    from bjc_desktop.vault.durable import write_file  # noqa: PLC0415

    write_file(path, mappings_to_file([(work.tables[name], mapping) for name, mapping in work.mappings.items()]).encode())
    _show(str(path))
    _say("Bitte prüfen und ergänzen, dann mit --mapping einlesen. Nichts wurde geändert.")
    return 0


def _say_questions(questions: list[str]) -> int:
    for question in questions[:_SHOWN_FAULTS]:
        _say(question)
    _say("Bitte die Vorschläge mit --write-mapping schreiben, ergänzen und mit --mapping angeben. Nichts wurde geändert.")
    return 1


def _rehearse_list(options: argparse.Namespace, vault: "Vault", work: "ListWork") -> int:
    from bjc_desktop.services.old_lists.list_importing import nothing_sentence  # noqa: PLC0415
    from bjc_desktop.services.old_lists.list_planning import plan_list  # noqa: PLC0415

    with vault.reading() as connection:
        plan = plan_list(connection, work, today=_today())
    _say_plan(plan)
    _write_rest(options, work, plan)
    if not plan.new_rows:
        _say(nothing_sentence(plan))
        return 1
    _say("Nichts wurde geändert; eingelesen wird ohne --dry-run.")
    return 0


def _say_plan(plan: "ListPlan") -> None:
    """Say what stays out and why, what was assumed, and what comes in; never what stands in a cell."""
    for note in plan.problems[:_SHOWN_FAULTS]:
        _say(str(note))
    if len(plan.problems) > _SHOWN_FAULTS:
        _say(f"Insgesamt {len(plan.problems)} Stellen; gezeigt sind die ersten {_SHOWN_FAULTS}.")
    for note in plan.remarks[:_SHOWN_FAULTS]:
        _say(f"Hinweis: {note}")
    if len(plan.remarks) > _SHOWN_FAULTS:
        _say(f"Insgesamt {len(plan.remarks)} Hinweise; gezeigt sind die ersten {_SHOWN_FAULTS}.")
    for table, count in plan.counts.items():
        _show(f"{table}: {count.new} neu, {count.known} schon da")
    _show(f"Zeilen: {plan.rows_in} neu, {plan.rows_known} schon da, {len(plan.out)} draußen")


def _write_rest(options: argparse.Namespace, work: "ListWork", plan: "ListPlan") -> None:
    from bjc_desktop.services.old_lists.rest_rows import write_rest  # noqa: PLC0415

    if options.rest is not None and write_rest(options.rest, work, plan):
        _show(str(options.rest))


def _export(options: argparse.Namespace) -> None:
    from bjc_desktop.exchange.package_export import export_package  # noqa: PLC0415

    with _open(options) as vault:
        counts = export_package(vault, options.out)
    _say(f"{sum(counts.values())} Zeilen ausgegeben.")
    print(options.out)


def _report(options: argparse.Namespace) -> None:
    from bjc_desktop.indicators.period import parse_quarter  # noqa: PLC0415
    from bjc_desktop.services.reports import make_reports  # noqa: PLC0415

    period, as_of = parse_quarter(options.quarter), _day(options.as_of)
    with _open(options) as vault:
        paths = make_reports(
            vault,
            period,
            options.out,
            provider=options.provider,
            as_of=as_of,
            release=options.release,
            now=_now(),
            today=_today(),
        )
    for path in paths:
        print(path)


def _statistic(options: argparse.Namespace) -> None:
    from bjc_desktop.indicators.period import parse_quarter  # noqa: PLC0415
    from bjc_desktop.services.hours_statistic import write_statistic  # noqa: PLC0415

    period = parse_quarter(options.quarter)
    with _open(options) as vault:
        paths = write_statistic(vault, period, options.out, as_of=_today())
    for path in paths:
        print(path)


def _check(options: argparse.Namespace) -> None:
    from bjc_desktop.indicators.figures import compute_indicators  # noqa: PLC0415
    from bjc_desktop.indicators.period import parse_quarter, quarter_of  # noqa: PLC0415
    from bjc_desktop.services.findings import SEVERITIES, find  # noqa: PLC0415
    from bjc_desktop.services.report_content import read_signals  # noqa: PLC0415
    from bjc_desktop.services.targets import read_settings  # noqa: PLC0415
    from bjc_desktop.vault import Leaving, account_for  # noqa: PLC0415

    period = parse_quarter(options.quarter) if options.quarter else quarter_of(_today())
    with _open(options) as vault:
        account_for(vault, Leaving.EXPORT, "findings", {"period": period.label}, now=_now())
        with vault.reading() as connection:
            settings = read_settings(connection)
            figures = compute_indicators(connection, period, settings, as_of=_today())
            findings = find(connection, period, settings, figures)
            signals = read_signals(connection, period, settings, as_of=_today())
    for finding in findings:
        _show(f"{SEVERITIES[finding.severity]}  {finding.subject}: {finding.text}")
    for signal in signals:
        _show(f"Signal  {signal}".replace("\u00a0", " "))
    places = "1 Stelle" if len(findings) == 1 else f"{len(findings)} Stellen"
    _say(f"{places} in {period.label}.")


def _list(options: argparse.Namespace) -> None:
    from bjc_desktop.services.list_saving import save_list  # noqa: PLC0415
    from bjc_desktop.services.main_lists import read_main_list  # noqa: PLC0415

    with _open(options) as vault:
        shown, coaching_ids = read_main_list(vault, options.name, today=_today(), now=_now())
        save_list(vault, shown, options.out, coaching_ids=coaching_ids, now=_now())
    _say(f"{shown.counts}.")
    print(options.out)


def _calendar(options: argparse.Namespace) -> None:
    from datetime import timedelta  # noqa: PLC0415

    from bjc_desktop.services.calendar_entries import DAYS, CalendarWish, save_calendar  # noqa: PLC0415
    from bjc_desktop.services.main_lists import whose_cases  # noqa: PLC0415

    first = _day(options.first, "Der erste Tag")
    last = first + timedelta(days=DAYS) if options.last is None else _day(options.last, "Der letzte Tag")
    with _open(options) as vault:
        wish = CalendarWish(whose_cases(vault), first, last, options.names)
        count = save_calendar(vault, wish, options.out, today=_today(), now=_now())
    _say("1 Eintrag." if count == 1 else f"{count} Einträge.")
    print(options.out)


def _verify(options: argparse.Namespace) -> None:
    from bjc_desktop.services.verification import verify_bundle  # noqa: PLC0415

    result = verify_bundle(options.bundle)
    version = "Entwurf" if result.version is None else f"Fassung {result.version}"
    _show(f"In Ordnung: {result.scope_name}, {result.period_label}, {version}, Datenstand {result.as_of}.")
    _say(f"Schlüssel des Absenders (SHA-256): {result.fingerprint}")


def _backup(options: argparse.Namespace) -> None:
    from bjc_desktop.vault import back_up  # noqa: PLC0415
    from bjc_desktop.vault.accounting import BACKUP, accounted_backup  # noqa: PLC0415
    from bjc_desktop.vault.backup_files import BackupReason  # noqa: PLC0415

    with _open(options) as vault, accounted_backup(vault, BACKUP, BackupReason.COMMAND.value, now=_now()):
        print(back_up(vault, options.directory, _now()))


def _restore(options: argparse.Namespace) -> None:
    from bjc_desktop.vault import restore, to_repeat  # noqa: PLC0415

    source = restore(options.backup, options.vault)
    _say(f"Der Tresor ist aus {source.name} zurückgeholt; er öffnet sich mit der Passphrase von damals.")
    _say(to_repeat(options.vault))


def _demo(options: argparse.Namespace) -> None:
    from bjc_desktop.services.demo import make_demo  # noqa: PLC0415

    make_demo(options.out, now=_now(), today=_today(), say=print)


def _doctor(options: argparse.Namespace) -> int:
    from bjc_desktop.vault import doctor, is_damaged  # noqa: PLC0415

    findings = doctor(options.vault, _passphrase(), user=options.user, now=_now())
    for finding in findings:
        print(f"{finding.state.label}  {finding.text}")
    return 1 if is_damaged(findings) else 0


def _access(options: argparse.Namespace) -> None:
    from bjc_desktop.services.access_answer import write_access_answer  # noqa: PLC0415
    from bjc_desktop.services.erasing import person_by_case  # noqa: PLC0415

    with _open(options) as vault:
        with vault.reading() as connection:
            person = person_by_case(connection, options.case)
        answer = write_access_answer(vault, person, options.out, now=_now(), today=_today())
    print(answer.pdf)
    print(answer.package)
    if answer.closed_notes:
        _say(f"{answer.closed_notes} Notizen fehlen darin; dafür ist der Zugang zu den Notizen nötig.")


def _erase(options: argparse.Namespace) -> None:
    from bjc_desktop.services.erasing import erase_person, person_by_case, preview_erasure, rows_in_words  # noqa: PLC0415
    from bjc_desktop.vocabulary import ErasureDepth  # noqa: PLC0415

    if options.all_repeated:
        _confirm_repeated(options)
        return
    if options.case is None:
        raise InvalidInputError({"case": "Bitte mit „--case FALLNUMMER“ angeben, wer gelöscht wird."})
    depth = ErasureDepth.FACTS if options.keep_facts else ErasureDepth.HEALTH if options.health else ErasureDepth.PERSON
    with _open(options) as vault:
        with vault.reading() as connection:
            person = person_by_case(connection, options.case)
        if options.confirm:
            done = erase_person(vault, person, depth=depth, reason=options.reason, now=_now(), today=_today())
            _show(f"Gelöscht: {done.text}.")
            _say(f"Im Protokoll steht die Person als {done.pseudonym}. Ältere Sicherungen bringen sie nicht zurück.")
            return
        preview = preview_erasure(vault, person, depth=depth, now=_now(), today=_today())
    _show(f"Es gehen: {rows_in_words(preview.counts)}.")
    for warning in preview.warnings:
        _show(warning)
    _say("Nichts wurde geändert; gelöscht wird mit --confirm und --reason.")


def _confirm_repeated(options: argparse.Namespace) -> None:
    from bjc_desktop.vault import confirm_gap  # noqa: PLC0415

    with _open(options) as vault, vault.writing(now=_now()) as session:
        confirm_gap(session, vault, _now())
    _say("Bestätigt und im Protokoll vermerkt: Alle Löschungen nach der zurückgeholten Sicherung sind wiederholt.")


def _retention(options: argparse.Namespace) -> None:
    from bjc_desktop.services.erasing import rows_in_words  # noqa: PLC0415
    from bjc_desktop.services.retention_run import rehearse_retention, run_retention  # noqa: PLC0415

    with _open(options) as vault:
        job = run_retention if options.confirm else rehearse_retention
        result = job(vault, now=_now(), today=_today())
    for group in result.plan.groups:
        rows = result.counts.get(group.line.rule.key, {})
        _show(f"{group.line.rule.title}: {rows_in_words(rows) or 'nichts'}")
    _show(f"Wegen einer Sperre bleiben: {len(result.plan.held)} Personen")
    _show(f"Kennzahlen verglichen: {result.compared}, verändert: {len(result.effects)}, davon eingefroren: {result.frozen}")
    _say("Der Löschlauf ist fertig." if options.confirm else "Nichts wurde geändert; gelöscht wird mit --confirm.")


def _salvage(options: argparse.Namespace) -> None:
    from bjc_desktop.vault import salvage  # noqa: PLC0415

    report = salvage(options.vault, options.target, _passphrase(), options.user, now=_now())
    for table in report.tables:
        if table.saved or table.lost or table.dangling:
            print(f"{table.table}: {table.saved} gerettet, {table.lost} nicht lesbar, {table.dangling} ohne Bezug weggelassen")
    _say("Der neue Tresor öffnet sich mit denselben Passphrasen. Der beschädigte bleibt, wie er ist.")


def _exchange(options: argparse.Namespace) -> None:
    steps = {"pair": _exchange_pair, "write": _exchange_write, "read": _exchange_read}
    with _open(options) as vault:
        steps[options.step](vault, options)


def _exchange_pair(vault: "Vault", options: argparse.Namespace) -> None:
    from bjc_desktop.services.pairing import confirm, pair, read_card, write_card  # noqa: PLC0415
    from bjc_desktop.services.team import staff_named  # noqa: PLC0415
    from bjc_desktop.vocabulary import PartnerKind  # noqa: PLC0415

    if options.own_card is not None:
        print(write_card(vault, options.own_card))
    if options.card is None:
        if options.own_card is None:
            raise InvalidInputError({"card": "Bitte die Karte der anderen Seite angeben, oder --own-card für die eigene."})
        return
    with vault.reading() as connection:
        staff_id = None if options.staff is None else staff_named(connection, options.staff, today=_today())
    partner = pair(
        vault,
        read_card(options.card),
        name=options.name or options.staff or "",
        kind=PartnerKind(options.kind),
        staff_id=staff_id,
        reads_notes=options.notes,
        now=_now(),
    )
    if options.code is not None or options.confirmed:
        confirm(vault, partner.id, options.code, now=_now())
        _say("Der Code stimmt; jetzt können Dateien ausgetauscht werden.")
    elif partner.reads_out:
        _say("Bitte diesen Code am Telefon vorlesen und nach der Bestätigung mit --confirmed noch einmal aufrufen:")
        print(partner.code)
    else:
        _say("Bitte den Code am Telefon vorlesen lassen und mit --code noch einmal aufrufen.")


def _exchange_write(vault: "Vault", options: argparse.Namespace) -> None:
    from bjc_desktop.services.exchanging import write_exchange  # noqa: PLC0415
    from bjc_desktop.services.pairing import partner_named  # noqa: PLC0415

    partner = partner_named(vault, options.partner)
    print(write_exchange(vault, partner.id, options.out, now=_now(), today=_today()))


def _exchange_read(vault: "Vault", options: argparse.Namespace) -> None:
    from bjc_desktop.services.exchanging import preview_exchange, take_in  # noqa: PLC0415

    if options.dry_run:
        effect = preview_exchange(vault, options.file)
    else:
        effect = take_in(vault, options.file, even_if_many_go=options.even_if_many_go, now=_now())
    for table, count in effect.tables.items():
        _show(f"{table}: {count.new} neu, {count.changed} geändert, {count.gone} gelöscht")
    for number, text in (
        (effect.conflicts, "auf beiden Seiten geändert; bitte im Fenster entscheiden"),
        (effect.put_back, "zurückgestellt, weil ein Bezug noch fehlt"),
        (effect.erased, "von gelöschten Personen, nicht übernommen"),
        (effect.kept, "anderswo gelöscht, bleiben wegen späterer Einträge"),
    ):
        if number:
            _show(f"{number} {text}")
    if effect.many_gone and options.dry_run:
        _say("Es würde ungewöhnlich viel gelöscht; übernommen wird das nur mit --even-if-many-go.")
    done = (
        "Die Austauschdatei ist übernommen." if effect.changes else "Der Tresor enthält das alles schon; nichts wurde geändert."
    )
    _say("Nichts wurde geändert." if options.dry_run else done)


_COMMANDS: dict[str, Callable[[argparse.Namespace], int | None]] = {
    "demo": _demo,
    "init": _init,
    "import": _import,
    "exchange": _exchange,
    "import-list": _import_list,
    "export": _export,
    "report": _report,
    "statistic": _statistic,
    "check": _check,
    "list": _list,
    "calendar": _calendar,
    "verify": _verify,
    "backup": _backup,
    "restore": _restore,
    "doctor": _doctor,
    "access": _access,
    "erase": _erase,
    "retention": _retention,
    "salvage": _salvage,
}
