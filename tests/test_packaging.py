"""The wheel holds the whole program: an installed copy finds its own files."""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import bjc_desktop

ROOT = Path(__file__).resolve().parents[1]
RESOURCES = sorted(path.relative_to(ROOT / "resources").as_posix() for path in (ROOT / "resources").rglob("*") if path.is_file())
ASK = """
import sys
sys.path.insert(0, sys.argv[1])
from bjc_desktop import paths
for name in sys.argv[2:]:
    print(paths.resource(name))
"""


def build(folder: Path) -> Path:
    """Build the wheel into *folder*, without the network, and return its path."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a freshly built wheel."""
    return build(tmp_path_factory.mktemp("wheel"))


def test_that_the_wheel_holds_every_module_and_resource(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "bjc_desktop").rglob("*.py")}
    assert modules - held == set()
    assert {f"bjc_desktop/_resources/{name}" for name in RESOURCES} - held == set()
    assert [name for name in held if name.startswith("tests/")] == []


def test_that_the_wheel_says_what_it_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        [info] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = archive.read(info).decode()
        scripts = archive.read(info.replace("METADATA", "entry_points.txt")).decode()
    assert f"\nVersion: {bjc_desktop.__version__}\n" in metadata
    assert "\nLicense-Expression: Apache-2.0\n" in metadata
    assert "bjc-desktop = bjc_desktop.__main__:main" in scripts


def test_that_the_same_tree_makes_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    assert build(tmp_path).read_bytes() == wheel.read_bytes()


def test_that_an_installed_program_finds_its_resources(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    command = [sys.executable, "-I", "-S", "-c", ASK, str(installed), "fonts", "targets", *RESOURCES]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=True)
    found = [Path(line) for line in result.stdout.splitlines()]
    inside = (installed / "bjc_desktop" / "_resources").resolve()
    assert found == [inside / name for name in ("fonts", "targets", *RESOURCES)]


def test_that_the_runtime_lock_holds_what_the_program_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    locked = {line.split("==")[0] for line in (ROOT / "requirements.lock").read_text("utf-8").splitlines() if "==" in line}
    names = {dependency.split("=")[0].split(">")[0].lower().replace("_", "-") for dependency in project["dependencies"]}
    assert names - locked == set()
