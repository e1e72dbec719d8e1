"""The newest result in docs/benchmarks.md, between two marks; what stands around them is written by hand."""

import os
import platform
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from benchmarks.measuring import Row

DOCUMENT = Path(__file__).parents[1] / "docs" / "benchmarks.md"
HEADS = ("what", "measured", "bar", "ratio", "")
_BEGIN, _END = "<!-- result -->", "<!-- end of the result -->"


def write(rows: Iterable[Row], today: date) -> None:
    """Put *rows* in place of the result in the document."""
    before, rest = DOCUMENT.read_text("utf-8").split(_BEGIN)
    _, after = rest.split(_END)
    lines = [_line(HEADS), "|---|---:|---:|---:|---|", *(_line(row.cells()) for row in rows)]
    machine = f"{today.isoformat()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}."
    result = "\n".join([_BEGIN, machine, "", *lines, _END])
    DOCUMENT.write_text(before + result + after, encoding="utf-8")


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
