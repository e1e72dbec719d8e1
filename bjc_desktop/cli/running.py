"""From the arguments to the exit status."""

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Sequence

from bjc_desktop.cli.command_parser import command_parser
from bjc_desktop.cli.command_words import report_faults, say, system_sentence, unexpected_sentence
from bjc_desktop.cli.exchange_commands import exchange
from bjc_desktop.cli.list_commands import read_old_list, write_calendar, write_list
from bjc_desktop.cli.package_commands import take_package_in, write_package
from bjc_desktop.cli.privacy_commands import answer_access, erase, run_retention_rules
from bjc_desktop.cli.report_commands import check_cases, make_report, make_statistic, verify_report
from bjc_desktop.cli.vault_commands import back_up_vault, examine_vault, make_demo_data, make_vault, restore_vault, salvage_vault
from bjc_desktop.errors import BjcError, PackageError


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
        report_faults(error)
    except BjcError as error:
        say(str(error))
    except KeyboardInterrupt:
        say("Abgebrochen; es wurde nichts geändert.")
    except MemoryError:
        say("Der Arbeitsspeicher reicht nicht. Bitte andere Programme schließen und erneut versuchen.")
    except OSError as error:
        say(system_sentence(error))
    except Exception as error:  # noqa: BLE001 - a trace could quote the vault's data
        say(unexpected_sentence(error))
    return 1


def _flushed() -> bool:
    """Write out what waits for standard output; say so where it takes nothing more (a full disk, a closed pipe)."""
    try:
        sys.stdout.flush()
    except OSError:
        # What waits would be tried again at the end of the program, and end in a trace.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        say("Die Ausgabe ließ sich nicht schreiben; bitte das Ziel der Ausgabe prüfen.")
        return False
    return True


_COMMANDS: dict[str, Callable[[argparse.Namespace], int | None]] = {
    "demo": make_demo_data,
    "init": make_vault,
    "import": take_package_in,
    "exchange": exchange,
    "import-list": read_old_list,
    "export": write_package,
    "report": make_report,
    "statistic": make_statistic,
    "check": check_cases,
    "list": write_list,
    "calendar": write_calendar,
    "verify": verify_report,
    "backup": back_up_vault,
    "restore": restore_vault,
    "doctor": examine_vault,
    "access": answer_access,
    "erase": erase,
    "retention": run_retention_rules,
    "salvage": salvage_vault,
}
