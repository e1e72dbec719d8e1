"""The manual page bjc-desktop(1), from the command line's own help: `manual_page.py FILE`."""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bjc_desktop import __version__
from bjc_desktop.cli import command_parser

_DESCRIPTION = """Ohne Angaben öffnet sich das Fenster; mit dem Ordner eines Tresors bei dessen Entsperren, mit einer Austauschdatei,
einer Sicherung oder einem Berichtspaket dort, wo die Datei hingehört. Mit einem Befehl arbeitet das Programm auf der
Kommandozeile: Ergebnisse gehen in die Standardausgabe, alles andere in die Fehlerausgabe."""


def _plain(text: str) -> str:
    """Return *text* so that nothing of it is a command of the formatter."""
    return re.sub(r"^([.'])", r"\\&\1", text.replace("\\", r"\e").replace("-", r"\-"), flags=re.MULTILINE)


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:  # noqa: SLF001 - argparse tells its options to nobody else
        if action.help is None or "--help" in action.option_strings or isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            continue
        names = ", ".join(_plain(name) for name in action.option_strings) or _plain(str(action.metavar))
        yield f".TP\n\\fB{names}\\fR\n{_plain(action.help)}"


def _commands(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:  # noqa: SLF001 - as above
        if not isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            continue
        helps = {choice.dest: choice.help or "" for choice in action._choices_actions}  # noqa: SLF001 - as above
        for name, command in action.choices.items():
            usage = " ".join(command.format_usage().split()).split(": ", 1)[1].replace("[-h] ", "")
            yield f".SS {name}\n.B {_plain(usage)}\n.PP\n{_plain(helps.get(name, ''))}"
            yield from _options(command)
            yield from _commands(command)


def page() -> str:
    """Return the manual page."""
    parser = command_parser()
    parts = [
        f'.TH BJC\\-DESKTOP 1 "" "BJC Desktop {__version__}" "Benutzerbefehle"',
        f".SH NAME\nbjc\\-desktop \\- {_plain(parser.description or '')}",
        ".SH ÜBERSICHT\n.B bjc\\-desktop\n[\\fITRESOR\\fR|\\fIDATEI\\fR]\n.br\n.B bjc\\-desktop\n\\fIBEFEHL\\fR ...",
        f".SH BESCHREIBUNG\n{_DESCRIPTION}",
        ".SH OPTIONEN",
        *_options(parser),
        ".SH BEFEHLE",
        *_commands(parser),
        ".SH UMGEBUNG",
        ".TP\n\\fBBJC_PASSPHRASE_FILE\\fR\nDatei mit der Passphrase; sonst wird nach ihr gefragt.",
        ".TP\n\\fBBJC_CONFIG_DIR\\fR\nanderer Ordner für Einstellungen und Log des Fensters.",
        ".TP\n\\fBBJC_STATE_DIR\\fR\nanderer Ordner für das, was dieser Rechner von Löschungen weiß.",
        ".SH RÜCKGABEWERT\n0: erledigt. 1: abgelehnt, mit einem Satz. 2: falscher Aufruf.",
    ]
    return "\n".join(parts) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Write the page to the file that is named; return the exit status."""
    Path(arguments[0]).parent.mkdir(parents=True, exist_ok=True)
    Path(arguments[0]).write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
