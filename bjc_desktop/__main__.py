"""The program's entry point: the window, or with a command the command line."""

import os
import sys
from pathlib import Path

from bjc_desktop.process_memory import forbid_memory_dumps

_INSTALL = "Bitte das Programm neu installieren oder die genannte Bibliothek nachinstallieren."


def main() -> int:
    """Run the program with the arguments of the command line and return its exit status.

    Without arguments, or with nothing but a file or the folder of a vault, the window opens.
    """
    forbid_memory_dumps()
    arguments = sys.argv[1:]
    try:
        if _wants_window(arguments):
            from bjc_desktop.app import run_window  # noqa: PLC0415 - an import here costs nothing on the command line

            return run_window(sys.argv[:1], Path(arguments[0]) if arguments else None)
        if arguments == ["--selftest"]:
            from bjc_desktop.selftest import run_selftest  # noqa: PLC0415 - the same

            return run_selftest()
    except ImportError as error:
        sys.stderr.write(f"Dem Programm fehlt ein Teil oder dem System eine Bibliothek für das Fenster ({error}). {_INSTALL}\n")
        return 1
    from bjc_desktop.cli import run  # noqa: PLC0415 - the same

    return run(arguments)


def _wants_window(arguments: list[str]) -> bool:
    if arguments:
        # Unlike a Path, this refuses no name that no file can have.
        return len(arguments) == 1 and any(map(os.path.isfile, (arguments[0], f"{arguments[0]}/vault.db")))
    screen = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    return screen or sys.platform in {"win32", "darwin"}


if __name__ == "__main__":
    sys.exit(main())
