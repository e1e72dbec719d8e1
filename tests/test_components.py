"""The list of licences, the bill of materials, and the check against licences that forbid passing the program on."""

import importlib.util
import json
from pathlib import Path

import pytest

from bjc_desktop.services.program_parts import list_parts

ROOT = Path(__file__).resolve().parents[1]
SPEC = importlib.util.spec_from_file_location("components", ROOT / "tools" / "components.py")
components = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(components)


def parts(text=None):
    return components.locked(text or (ROOT / "requirements.lock").read_text("utf-8"))


def test_that_the_lists_are_those_of_the_lock_and_every_licence_is_allowed(capsys) -> None:
    assert components.main(["--check"]) == 0, capsys.readouterr().err


def test_that_the_window_lists_every_package_of_the_lock() -> None:
    shown = {part.title for part in list_parts()}
    assert {f"{one.name} {one.version}" for one in parts()} <= shown
    assert all(part.licence and part.purpose for part in list_parts())


@pytest.mark.parametrize("name", ["pyside6", "pyside6-addons", "pyqt6"])
def test_that_gpl_only_parts_of_qt_are_refused_in_the_lock(name) -> None:
    assert any("GPL-only" in line for line in components.faults(parts(f"{name}==6.11.3 \\\n"), {}))


@pytest.mark.parametrize(
    "source",
    [
        "from PySide6.QtCharts import QChart",
        "from PySide6 import QtCore, QtGraphs",
        "import PySide6.QtVirtualKeyboard",
        "def f():\n    from PySide6.QtDataVisualization import Q3DBars",
    ],
)
def test_that_a_gpl_only_module_of_qt_is_refused_in_an_import(source) -> None:
    assert len(components.faults([], {"x.py": source})) == 1
    assert components.faults([], {"x.py": "from PySide6.QtWidgets import QWidget\nfrom PySide6 import QtCore"}) == []


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True), ("LGPL-3.0-only OR GPL-2.0-only", True), ("GPL-3.0-or-later", False), ("AGPL-3.0-only", False),
        ("MIT AND GPL-2.0-only", False), ("(MIT AND GPL-2.0-only) OR BSD-3-Clause", True), ("", False),
    ],
)  # fmt: skip
def test_that_a_licence_is_judged_by_its_alternatives(licence, allowed) -> None:
    assert components.allowed(licence) is allowed


def test_that_an_unknown_licence_is_named() -> None:
    lines = components.faults(parts("gibt-es-nicht==1.0 \\\n"), {})
    assert any("licence unknown" in line for line in lines)


def test_that_the_bill_of_materials_is_the_same_each_time_and_whole(tmp_path) -> None:
    made = []
    for name in ("eins", "zwei"):
        components.main(["--sbom", str(tmp_path / name)])
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]
    bom = json.loads(made[0])
    assert (bom["bomFormat"], bom["specVersion"]) == ("CycloneDX", "1.6")
    refs = [part["bom-ref"] for part in bom["components"]]
    assert len(refs) == len(set(refs))
    assert {f"pkg:pypi/{one.name}@{one.version}" for one in parts()} <= set(refs)
    assert all({"ref", "dependsOn"} == set(line) and set(line["dependsOn"]) <= set(refs) for line in bom["dependencies"])
    assert "pkg:pypi/cffi@" in str(next(line for line in bom["dependencies"] if "cryptography" in line["ref"])["dependsOn"])
