"""What the program is made of, with the licences, for whoever wants to know."""

import json
from dataclasses import dataclass

from bjc_desktop.paths import resource


@dataclass(frozen=True, slots=True)
class ProgramPart:
    """A part that others made: its name with its version, its licence as an SPDX expression, and in German what it is for."""

    title: str
    licence: str
    purpose: str


def list_parts() -> tuple[ProgramPart, ...]:
    """Return the parts that travel with the program, packages first (``resources/licences.json``, generated from the lock)."""
    rows = json.loads(resource("licences.json").read_text("utf-8"))
    return tuple(ProgramPart(f"{row['name']} {row['version']}".strip(), row["licence"], row["purpose"]) for row in rows)
