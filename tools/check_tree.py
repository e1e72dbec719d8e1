"""Finds what belongs to one machine and not into the tree: paths of a machine, download addresses in locks.

The patterns are written so that they do not find themselves.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_SKIPPED = {".git", ".venv", ".hypothesis", "__pycache__", "build", "demo", "dist", "htmlcov"}
_MACHINE = re.compile(rb"(?<![\w./-])/roo[t]/\w")
_ADDRESS = re.compile(rb"://|--(?:extra-)?index-url|--find-links")


def tree() -> list[Path]:
    """Return the files of the tree: those git knows or would add, or all of an unpacked archive."""
    if (ROOT / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout  # noqa: S603 - a constant
        return sorted({path for name in names.decode().split("\0") if name and (path := ROOT / name).is_file()})
    return sorted(path for path in ROOT.rglob("*") if path.is_file() and not _SKIPPED.intersection(path.relative_to(ROOT).parts))


def findings() -> list[str]:
    """Return one line for each place where the tree names a machine, or a lock a download address."""
    lines = []
    for path in tree():
        pattern = re.compile(_MACHINE.pattern + b"|" + _ADDRESS.pattern) if path.suffix == ".lock" else _MACHINE
        content = path.read_bytes()
        if b"\0" in content:
            continue
        for number, line in enumerate(content.splitlines(), 1):
            if found := pattern.search(line):
                lines.append(f"{path.relative_to(ROOT)}:{number}: {found[0].decode()}")
    return lines


if __name__ == "__main__":
    sys.exit("\n".join(findings()) or 0)
