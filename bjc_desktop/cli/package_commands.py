"""The commands for the data package."""

import argparse

from bjc_desktop.cli import moment
from bjc_desktop.cli.command_input import open_named_vault
from bjc_desktop.cli.command_words import say


def take_package_in(options: argparse.Namespace) -> None:
    """Take a data package in."""
    from bjc_desktop.exchange.package_import import import_package  # noqa: PLC0415

    with open_named_vault(options) as vault:
        result = import_package(
            vault, options.package, update=options.update, bring_back=options.bring_back, now=moment.now(), today=moment.today()
        )
    for name in result.ignored_files:
        say(f"Nicht gelesen: {name}")
    for name in result.unknown_columns:
        say(f"Unbekannte Spalte: {name}")
    for table, count in result.counts.items():
        if count.inserted or count.updated:
            say(f"{table}: {count.inserted} neu, {count.updated} geändert, {count.unchanged} unverändert")
    say("Das Datenpaket ist übernommen." if result.changed else "Der Tresor enthält das alles schon; nichts wurde geändert.")


def write_package(options: argparse.Namespace) -> None:
    """Write everything as a data package."""
    from bjc_desktop.exchange.package_export import export_package  # noqa: PLC0415

    with open_named_vault(options) as vault:
        counts = export_package(vault, options.out)
    say(f"{sum(counts.values())} Zeilen ausgegeben.")
    print(options.out)
