"""The wheel holds the whole program: an installed copy finds its own files. The desktop knows the program's files and opens them with it."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import bjc_desktop
from bjc_desktop.exchange.envelope import ENDING as EXCHANGE
from bjc_desktop.services.pairing import CARD_ENDING
from bjc_desktop.services.released_reports import bundle_name
from bjc_desktop.vault.backup_files import ENDING as BACKUP
from bjc_desktop.vault.vault import DATABASE

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


# --- the desktop --------------------------------------------------------------------------------------------------------------

LINUX = ROOT / "packaging" / "linux"
ENTRY = (LINUX / "bjc-desktop.desktop").read_text("utf-8")
METAINFO = LINUX / "de.bjc_desktop.BjcDesktop.metainfo.xml"
ASK_TYPES = """
import sys
from PySide6.QtCore import QMimeDatabase
for path in sys.argv[1:]:
    found = QMimeDatabase().mimeTypeForFile(path)
    print(found.name(), found.inherits("application/zip"))
"""


def type_names(path: Path) -> set[str]:
    """Return the types of the program's own files that a description of the desktop names."""
    return set(re.findall(r"application/vnd\.bjc\.\w+", path.read_text("utf-8")))


def test_that_menu_entry_and_store_name_every_type_of_the_program_and_a_file_is_handed_over() -> None:
    own = type_names(LINUX / "bjc-desktop.xml")
    assert {name.rpartition(".")[2] for name in own} == {"vault", "exchange", "card", "backup", "bundle"}
    assert type_names(LINUX / "bjc-desktop.desktop") == type_names(METAINFO) == own
    assert "\nExec=bjc-desktop %f\n" in ENTRY


def test_that_the_desktop_tells_the_program_s_files_from_others_by_their_names(tmp_path: Path) -> None:
    packages = tmp_path / "share" / "mime" / "packages"
    packages.mkdir(parents=True)
    shutil.copy(LINUX / "bjc-desktop.xml", packages)
    names = {
        f"tresor/{DATABASE}": "application/vnd.bjc.vault False",
        f"Austausch{EXCHANGE}": "application/vnd.bjc.exchange False",
        f"Karte{CARD_ENDING}": "application/vnd.bjc.card False",
        f"BJC_Sicherung_0123abcd{BACKUP}": "application/vnd.bjc.backup True",
        bundle_name("all", "alle Träger", "2025-Q3", 2): "application/vnd.bjc.bundle True",
        bundle_name("12345678", "Träger Süd", "2025-Q3", None): "application/vnd.bjc.bundle True",
        "BJC_alle_2025-Q3_v2_verschluesselt.zip": "application/vnd.bjc.bundle True",
        "BJC_Auskunft_P-0042_2026-01-12.zip": "application/zip True",
        "Fotos_v1.zip": "application/zip True",
    }
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        with zipfile.ZipFile(path, "w"):
            pass
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "share"), "XDG_DATA_DIRS": str(tmp_path / "none")}
    command = [sys.executable, "-c", ASK_TYPES, *(str(tmp_path / name) for name in names)]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.splitlines()
    assert dict(zip(names, told, strict=True)) == names


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="desktop-file-utils is not installed")
def test_that_the_desktop_s_own_tool_finds_no_fault_with_the_menu_entry() -> None:
    command = ["desktop-file-validate", str(LINUX / "bjc-desktop.desktop")]
    assert subprocess.run(command, capture_output=True, text=True, check=False).stdout == ""


@pytest.mark.skipif(shutil.which("appstreamcli") is None, reason="appstream is not installed")
def test_that_the_store_s_own_tool_finds_no_fault_with_what_is_told_of_the_program(tmp_path: Path) -> None:
    told = tmp_path / METAINFO.name
    told.write_text(METAINFO.read_text("utf-8").replace("@VERSION@", bjc_desktop.__version__).replace("@DATE@", "2026-01-12"))
    done = subprocess.run(["appstreamcli", "validate", "--no-net", str(told)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
