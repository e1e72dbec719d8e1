"""The commands that make, keep, examine and save a vault."""

import argparse
import getpass
import os

from bjc_desktop.cli import moment
from bjc_desktop.cli.command_input import PASSPHRASE_FILE, ask_passphrase, open_named_vault
from bjc_desktop.cli.command_words import say
from bjc_desktop.errors import InvalidInputError


def make_vault(options: argparse.Namespace) -> None:
    """Make a new vault and show its recovery code."""
    from bjc_desktop.services.targets import fill_new_vault  # noqa: PLC0415
    from bjc_desktop.vault import create_vault  # noqa: PLC0415

    passphrase = ask_passphrase("Neue Passphrase: ")
    if not os.environ.get(PASSPHRASE_FILE) and getpass.getpass("Noch einmal: ") != passphrase:
        raise InvalidInputError({"passphrase": "Die beiden Eingaben sind verschieden; bitte noch einmal beginnen."})
    user = options.user or getpass.getuser()
    vault, code = create_vault(options.vault, user, passphrase, now=moment.now())
    with vault:
        fill_new_vault(vault, now=moment.now())
    say(f"Der Tresor ist angelegt; erste Benutzer*in ist „{user}“ mit allen Rollen.")
    say("Wiederherstellungscode (einmalig angezeigt, bitte ausdrucken und getrennt verwahren):")
    print(code)


def back_up_vault(options: argparse.Namespace) -> None:
    """Back the vault up into a folder."""
    from bjc_desktop.vault import back_up  # noqa: PLC0415
    from bjc_desktop.vault.accounting import BACKUP, accounted_backup  # noqa: PLC0415
    from bjc_desktop.vault.backup_files import BackupReason  # noqa: PLC0415

    with open_named_vault(options) as vault, accounted_backup(vault, BACKUP, BackupReason.COMMAND.value, now=moment.now()):
        print(back_up(vault, options.directory, moment.now()))


def restore_vault(options: argparse.Namespace) -> None:
    """Restore a backup into a new vault."""
    from bjc_desktop.vault import restore, to_repeat  # noqa: PLC0415

    source = restore(options.backup, options.vault)
    say(f"Der Tresor ist aus {source.name} zurückgeholt; er öffnet sich mit der Passphrase von damals.")
    say(to_repeat(options.vault))


def examine_vault(options: argparse.Namespace) -> int:
    """Examine the vault; return 1 where it is damaged."""
    from bjc_desktop.vault import doctor, is_damaged  # noqa: PLC0415

    findings = doctor(options.vault, ask_passphrase(), user=options.user, now=moment.now())
    for finding in findings:
        print(f"{finding.state.label}  {finding.text}")
    return 1 if is_damaged(findings) else 0


def salvage_vault(options: argparse.Namespace) -> None:
    """Save what can be read of a damaged vault."""
    from bjc_desktop.vault import salvage  # noqa: PLC0415

    report = salvage(options.vault, options.target, ask_passphrase(), options.user, now=moment.now())
    for table in report.tables:
        if table.saved or table.lost or table.dangling:
            print(f"{table.table}: {table.saved} gerettet, {table.lost} nicht lesbar, {table.dangling} ohne Bezug weggelassen")
    say("Der neue Tresor öffnet sich mit denselben Passphrasen. Der beschädigte bleibt, wie er ist.")


def make_demo_data(options: argparse.Namespace) -> None:
    """Make the sample data."""
    from bjc_desktop.services.demo import make_demo  # noqa: PLC0415

    make_demo(options.out, now=moment.now(), today=moment.today(), say=print)
