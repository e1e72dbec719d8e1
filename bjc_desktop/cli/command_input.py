"""What the commands ask for: the passphrase, the open vault, a day."""

import argparse
import getpass
import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bjc_desktop.cli import moment
from bjc_desktop.cli.command_words import say
from bjc_desktop.errors import InvalidInputError

if TYPE_CHECKING:
    from bjc_desktop.vault import Vault

PASSPHRASE_FILE = "BJC_PASSPHRASE_FILE"  # noqa: S105 - the name of a variable


def ask_passphrase(question: str = "Passphrase: ") -> str:
    """Return what is typed, or what the file holds that the environment names.

    Raises
    ------
    InvalidInputError
        where there is no terminal to ask at, or the file cannot be read.
    """
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


def open_named_vault(options: argparse.Namespace) -> "Vault":
    """Return the vault that *options* name, opened, and say what is to be said about its place."""
    from bjc_desktop.vault import open_vault  # noqa: PLC0415

    vault = open_vault(options.vault, ask_passphrase(), user=options.user, now=moment.now())
    for warning in vault.warnings:
        say(warning)
    return vault


def day_of(text: str | None, what: str = "Der Datenstand") -> date:
    """Return the day that *text* gives, or today.

    Raises
    ------
    InvalidInputError
        where it is no day.
    """
    if text is None:
        return moment.today()
    from bjc_desktop.exchange.cells import CellError, parse_date  # noqa: PLC0415

    try:
        return date.fromisoformat(parse_date(text))
    except CellError:
        raise InvalidInputError({"day": f"{what} ist kein Datum; bitte JJJJ-MM-TT angeben."}) from None
