"""What the program is made of: the list of licences, the bill of materials, and the check that no licence forbids passing it on.

    components.py --write         docs/licences.md and resources/licences.json
    components.py --check         fails where they are stale or a licence or import is not allowed
    components.py --sbom FILE     a CycloneDX bill of materials, the same bytes each time

Everything follows from requirements.lock and from what its packages say of themselves; what they do not say clearly was read up
in their licence files and stands in ``_READ_UP``.
"""

import ast
import json
import re
import sys
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT, RESOURCE = Path("docs/licences.md"), Path("resources/licences.json")
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_NAMESPACE = uuid.UUID("6d1c0a52-6f0e-5a55-9d0b-3c1d0f3c7b1e")
_READ_UP = {
    "charset-normalizer": "MIT",
    "pycryptodomex": "BSD-2-Clause AND Unlicense",
    "pypdfium2": "Apache-2.0 OR BSD-3-Clause",
    "pyside6-essentials": "LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "reportlab": "BSD-3-Clause",
    "shiboken6": "LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only",
    "six": "MIT",
    "sqlcipher3": "Zlib",
    "tzdata": "Apache-2.0",
}
_PURPOSES = {
    "alembic": "Tresor auf neue Fassungen bringen",
    "cffi": "Bindung der Verschlüsselung (cryptography)",
    "charset-normalizer": "Zeichensätze in PDF (ReportLab)",
    "cryptography": "Schlüssel, Passphrasen, Signaturen",
    "filelock": "ein Tresor, ein Programm",
    "holidays": "Feiertage Berlins für die Vertragsstunden",
    "icalendar": "Termine als Kalenderdatei",
    "mako": "Vorlagen der Migrationen (Alembic)",
    "markupsafe": "Vorlagen der Migrationen (Mako)",
    "pillow": "Bilder in PDF (ReportLab)",
    "platformdirs": "Ordner für Einstellungen und Log",
    "pycparser": "Bindung der Verschlüsselung (cffi)",
    "pycryptodomex": "AES in ZIP (pyzipper)",
    "pypdfium2": "Vorschau von PDF aus dem Speicher (PDFium)",
    "pyside6-essentials": "Fenster (Qt, unter der LGPL, austauschbar)",
    "python-dateutil": "Rechnen mit Monaten",
    "pyzipper": "Berichtspakete unter Kennwort",
    "reportlab": "PDF",
    "shiboken6": "Bindung des Fensters (Qt)",
    "six": "Teil von python-dateutil",
    "sqlalchemy": "Zugriff auf den Tresor",
    "sqlcipher3": "verschlüsselte Datenbank (SQLite, SQLCipher, OpenSSL)",
    "typing-extensions": "Typen (SQLAlchemy, Alembic)",
    "tzdata": "Zeitzonen (icalendar)",
    "xlsxwriter": "Arbeitsmappen",
}
_BESIDE = (
    ("Noto Sans", "", "OFL-1.1", "Schrift in Fenster und PDF"),
    ("Lucide", "", "ISC", "Symbole"),
)
"""What lies in ``resources`` and is no package: name, version, licence, purpose."""
FORBIDDEN = frozenset({"pyside6", "pyside6-addons", "pyqt5", "pyqt6", "pyqt6-charts"})
"""Packages that hold parts of Qt that only the GPL or a bought licence allows, or are under it themselves."""
GPL_ONLY = frozenset(
    {
        "QtCharts", "QtCoap", "QtDataVisualization", "QtGraphs", "QtGraphsWidgets", "QtGrpc", "QtHttpServer", "QtLottie", "QtMqtt",
        "QtNetworkAuth", "QtProtobuf", "QtQuick3D", "QtQuick3DPhysics", "QtQuickTimeline", "QtShaderTools", "QtVirtualKeyboard",
        "QtWaylandCompositor",
    }
)  # fmt: skip
"""Modules of Qt 6 that are not under the LGPL."""


@dataclass(frozen=True, slots=True)
class Component:
    """A part of the program: name, version, licence as an SPDX expression, what for, hashes of its files, what it needs."""

    name: str
    version: str
    licence: str
    purpose: str
    hashes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


def locked(text: str) -> list[Component]:
    """Return the packages of a lock with what they say of themselves."""
    found: list[tuple[str, str, list[str]]] = []
    for line in text.splitlines():
        if match := _LOCKED.match(line):
            found.append((match[1].lower(), match[2], []))
        elif (digest := _HASH.search(line)) and found:
            found[-1][2].append(digest[1])
    names = {name for name, _, _ in found}
    return [
        Component(name, version, licence_of(name), _PURPOSES.get(name, ""), tuple(sorted(hashes)), _needs(name, names))
        for name, version, hashes in found
    ]


def licence_of(name: str) -> str:
    """Return the licence of a package as an SPDX expression, or nothing where it is not known."""
    if name in _READ_UP:
        return _READ_UP[name]
    try:
        return str(distribution(name).metadata.get("License-Expression") or "")
    except PackageNotFoundError:
        return ""


def _needs(name: str, names: set[str]) -> tuple[str, ...]:
    try:
        required = distribution(name).requires or []
    except PackageNotFoundError:
        return ()
    plain = [line for line in required if "extra ==" not in line]
    wanted = {re.split(r"[\s;<>=!~\[(]", line, maxsplit=1)[0].lower().replace("_", "-") for line in plain}
    return tuple(sorted(wanted & names))


def allowed(licence: str) -> bool:
    """Say whether one of the alternatives of *licence* is neither GPL nor AGPL; the LGPL is allowed."""
    alternatives = (re.findall(r"[A-Za-z0-9.+-]+", part) for part in licence.split(" OR "))
    return any(words and not any(word.startswith(("GPL", "AGPL")) for word in words) for words in alternatives)


def _installed(one: Component) -> bool:
    try:
        return distribution(one.name).version == one.version
    except PackageNotFoundError:
        return False


def imported_modules(source: str) -> Iterator[str]:
    """Yield the modules of Qt that *source* imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("PySide6"):
            yield from (part for name in node.names for part in f"{node.module}.{name.name}".split(".")[1:2])
        elif isinstance(node, ast.Import):
            yield from (name.name.split(".")[1] for name in node.names if name.name.startswith("PySide6."))


def faults(components: Sequence[Component], sources: dict[str, str]) -> list[str]:
    """Return one line for each package and each import that is not allowed."""
    lines = [f"{one.name}: GPL-only parts of Qt; use PySide6_Essentials" for one in components if one.name in FORBIDDEN]
    for one in components:
        if not one.licence:
            lines.append(f"{one.name}: licence unknown; read it up and add it to tools/components.py")
        elif not allowed(one.licence):
            lines.append(f"{one.name}: {one.licence} does not allow passing the program on under Apache-2.0")
        if not _installed(one):
            lines.append(f"{one.name}: not installed as locked, so that its licence cannot be read; run `make setup`")
        if not one.purpose:
            lines.append(f"{one.name}: say in tools/components.py what it is for")
    for path, source in sources.items():
        lines += [f"{path}: {name} is a GPL-only module of Qt" for name in imported_modules(source) if name in GPL_ONLY]
    return lines


def document(components: Sequence[Component]) -> str:
    """Return ``docs/licences.md``."""
    lines = [
        "# Lizenzen",
        "",
        "Erzeugt aus `requirements.lock` (`make docs`); bitte nicht von Hand ändern. BJC Desktop selbst steht unter Apache-2.0.",
        "",
        "| Bestandteil | Version | Lizenz (SPDX) | wofür |",
        "|---|---|---|---|",
    ]
    lines += [f"| {one.name} | {one.version or '–'} | {one.licence} | {one.purpose} |" for one in components]
    lines += [
        "",
        "Qt (PySide6 Essentials) wird unter der LGPL-3.0 verwendet: als eigene, austauschbare Pakete, unverändert. Teile von Qt, die nur",
        "unter der GPL stehen, sind ausgeschlossen; `make check` prüft Pakete und Importe, und das Rezept unter `packaging/` lässt sie weg.",
    ]
    return "\n".join(lines) + "\n"


def resource_text(components: Sequence[Component]) -> str:
    """Return ``resources/licences.json``, which the window shows."""
    rows = [{"name": one.name, "version": one.version, "licence": one.licence, "purpose": one.purpose} for one in components]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def bill_of_materials(components: Sequence[Component], version: str) -> str:
    """Return the bill of materials as CycloneDX 1.6; it bears no time, so that the same parts give the same bytes."""
    parts = [_part(one) for one in components]
    own = {"type": "application", "bom-ref": "bjc-desktop", "name": "bjc-desktop", "version": version}
    needs: list[dict[str, Any]] = [{"ref": "bjc-desktop", "dependsOn": [part["bom-ref"] for part in parts]}]
    refs = {one.name: part["bom-ref"] for one, part in zip(components, parts, strict=True)}
    needs += [{"ref": refs[one.name], "dependsOn": [refs[name] for name in one.needs]} for one in components]
    bom: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {**own, "licenses": [{"license": {"id": "Apache-2.0"}}]}},
        "components": parts,
        "dependencies": needs,
    }
    content = json.dumps(bom, sort_keys=True, ensure_ascii=False)
    return json.dumps({**bom, "serialNumber": f"urn:uuid:{uuid.uuid5(_NAMESPACE, content)}"}, indent=1, ensure_ascii=False) + "\n"


def _part(one: Component) -> dict[str, Any]:
    purl = f"pkg:pypi/{one.name}@{one.version}" if one.version else ""
    part: dict[str, Any] = {
        "type": "library",
        "bom-ref": purl or one.name,
        "name": one.name,
        "licenses": [{"expression": one.licence}],
        "description": one.purpose,
    }
    if one.version:
        part |= {"version": one.version, "purl": purl}
    # One package has a file for each system: its hashes are those of the lock.
    part["properties"] = [{"name": "bjc:wheel:sha256", "value": digest} for digest in one.hashes]
    return part


def _version() -> str:
    text = (ROOT / "bjc_desktop" / "__init__.py").read_text("utf-8")
    return re.search(r'__version__ = "([^"]+)"', text)[1]  # type: ignore[index]


def _sources() -> dict[str, str]:
    return {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in sorted((ROOT / "bjc_desktop").rglob("*.py"))}


def main(arguments: Sequence[str]) -> int:
    """Write, check, or make the bill of materials; return the exit status."""
    components = locked((ROOT / "requirements.lock").read_text("utf-8"))
    whole = [*components, *(Component(*beside) for beside in _BESIDE)]
    made = {DOCUMENT: document(whole), RESOURCE: resource_text(whole)}
    if arguments[:1] == ["--sbom"]:
        Path(arguments[1]).parent.mkdir(parents=True, exist_ok=True)
        Path(arguments[1]).write_text(bill_of_materials(whole, _version()), "utf-8")
        return 0
    lines = faults(components, _sources())
    if arguments[:1] == ["--write"]:
        for path, text in made.items():
            (ROOT / path).write_text(text, "utf-8")
    else:
        stale = [path for path, text in made.items() if not (ROOT / path).is_file() or (ROOT / path).read_text("utf-8") != text]
        lines += [f"{path} is stale; run `make docs`." for path in stale]
    sys.stderr.write("".join(f"{line}\n" for line in lines))
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
