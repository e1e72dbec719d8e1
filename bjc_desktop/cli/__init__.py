"""The command line, for scripts, scheduled reports and support.

Results go to standard output, everything else to standard error. Exit status 0 done, 1 refused with one clear sentence,
2 wrong usage. A passphrase is never an argument. Everything heavy is imported where it is needed.
"""

from bjc_desktop.cli.command_parser import command_parser
from bjc_desktop.cli.running import run

__all__ = ["command_parser", "run"]
