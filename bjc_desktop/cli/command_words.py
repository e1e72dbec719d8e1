"""What the commands say: results on standard output, everything else on standard error, errors in one sentence."""

import sys
import traceback
from pathlib import Path

from bjc_desktop.errors import PackageError

SHOWN_AT_MOST = 50
"""Faults of one file that are named; the rest is counted."""


def say(text: str) -> None:
    """Say something to the person, beside the results."""
    print(_harmless(text), file=sys.stderr)


def show(text: str) -> None:
    """Write a line of the result."""
    print(_harmless(text))


def _harmless(text: str) -> str:
    """Return *text* without the characters that would steer the terminal or hide a part of the line."""
    return "".join(character if character.isprintable() or character == "\u00a0" else "\ufffd" for character in text)


def report_faults(error: PackageError) -> None:
    """Say what is wrong with a package, place by place."""
    say(str(error))
    for fault in error.faults[:SHOWN_AT_MOST]:
        say(fault)
    if len(error.faults) > SHOWN_AT_MOST:
        say(f"Insgesamt {len(error.faults)} Stellen; gezeigt sind die ersten {SHOWN_AT_MOST}.")


def system_sentence(error: OSError) -> str:
    """Return the sentence for an error of the operating system."""
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


def unexpected_sentence(error: Exception) -> str:
    """Say where *error* happened, without its text, which may quote data."""
    *_, last = traceback.extract_tb(error.__traceback__)
    place = f"{type(error).__name__} in {Path(last.filename).name}, Zeile {last.lineno}"
    return f"Das Programm ist auf einen unerwarteten Fehler gestoßen und hat abgebrochen; bitte so melden: {place}."
