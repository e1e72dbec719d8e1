"""``docs/indicators.md``, made from the definitions: a stale one fails the check."""

import sys
from collections.abc import Sequence
from pathlib import Path

from bjc_desktop.indicators.catalogue import CATALOGUE, DEFINITIONS_VERSION
from bjc_desktop.indicators.settings import ChecklistItem, IndicatorSettings, settings_in_words


def indicators_document() -> str:
    """Return the document: each indicator with numerator, denominator, verdicts and source, then the settings."""
    lines = [
        "# Die Kennzahlen",
        "",
        "Erzeugt aus den Definitionen im Programm (`make docs`); bitte nicht von Hand ändern.",
        f"Stand der Definitionen: {DEFINITIONS_VERSION}.",
        "",
    ]
    for indicator in CATALOGUE:
        lines += [f"## {indicator.label}", "", f"Kennung: `{indicator.code}`. Quelle: {indicator.source}.", ""]
        lines += [f"- **Nenner:** {indicator.denominator}", f"- **Zähler:** {indicator.numerator}", ""]
        lines += ["Warum ein Fall nicht zählt:", ""]
        lines += [f"- `{key}`: {label}" for key, label in indicator.verdicts.items()]
        lines.append("")
    lines += ["## Prüfpunkte des korrekten Abschlusses", ""]
    lines += [f"{number}. {item.label} (`{item.value}`)" for number, item in enumerate(ChecklistItem, 1)]
    lines += ["", "## Einstellungen", "", "| Einstellung | Vorgabe | Grund |", "|---|---|---|"]
    lines += [f"| {d.title} (`{d.key}`) | {value} | {d.reason} |" for d, value, _ in settings_in_words(IndicatorSettings())]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Write the document to the given path, or with ``--check`` compare it; return the exit status."""
    check = arguments[:1] == ["--check"]
    path = Path(arguments[-1])
    if not check:
        path.write_text(indicators_document(), "utf-8")
        return 0
    if path.is_file() and path.read_text("utf-8") == indicators_document():
        return 0
    sys.stderr.write(f"{path} is stale; run `make docs`.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
