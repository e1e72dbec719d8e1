"""The program's entry point."""

import sys


def main() -> int:
    """Run the program with the arguments of the command line and return its exit status."""
    from bjc_desktop.cli import run  # noqa: PLC0415 - an import here costs nothing when the module is only looked at

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
