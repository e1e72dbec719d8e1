"""The house keeps its own rules: imports point downwards, names say what they hold, and nothing belongs to one machine."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "bjc_desktop").rglob("*.py"))
VAGUE = re.compile(r"(^|_)(utils?|helpers?|common|misc|managers?|widgets|logic|controllers?)$")


def test_that_imports_point_downwards() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert result.returncode == 0, result.stdout[result.stdout.find("Contracts") :] + result.stderr


def test_that_every_file_is_found_by_its_name() -> None:
    names = Counter(path.name for path in MODULES)
    assert [name for name, count in names.items() if count > 1 and name != "__init__.py"] == []


def test_that_no_module_has_a_vague_name() -> None:
    packages = {path.parent for path in MODULES}
    assert [str(path) for path in (*MODULES, *packages) if VAGUE.search(path.stem)] == []


@pytest.mark.parametrize("name", ["tool_utils", "helpers", "common", "case_manager", "widgets"])
def test_that_a_vague_name_is_known_as_one(name: str) -> None:
    assert VAGUE.search(name)


def test_that_nothing_in_the_tree_belongs_to_one_machine() -> None:
    command = [sys.executable, str(ROOT / "tools" / "check_tree.py")]
    result = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert result.returncode == 0, result.stderr


def test_that_every_locked_package_has_a_hash_and_one_version_everywhere() -> None:
    versions: dict[str, set[str]] = {}
    for lock in (ROOT / "requirements.lock", ROOT / "requirements-dev.lock", ROOT / "packaging" / "requirements.lock"):
        for package in re.split(r"\n(?=\S)", lock.read_text("utf-8").strip()):
            pin = re.match(r"([a-z0-9-]+)==([^\s;]+)", package)
            assert pin, f"{lock.name}: {package[:60]}"
            assert "--hash=sha256:" in package, f"{lock.name}: {pin[1]}"
            versions.setdefault(pin[1], set()).add(pin[2])
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}
    assert versions["pyside6-essentials"] == {"6.11.3"}
