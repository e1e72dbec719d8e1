"""The program from outside: a home with a vault and its passphrase, commands in processes of their own or in this one."""

import contextlib
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from bjc_desktop.cli import run
from bjc_desktop.vault import doctor, is_damaged, open_vault
from tests.conftest import NOW, PASSPHRASE

QUARTER = "2025-Q3"
AS_OF = "2026-03-01"
ROOT = Path(__file__).parents[2]
QUIET_TABLES = {"change_records", "sqlite_sequence"}
"""What an unlocking changes as well."""


@dataclass(frozen=True)
class Said:
    """How a command ended and what it said."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines on standard error."""
        return self.err.splitlines()


@dataclass(frozen=True)
class Home:
    """A folder with the vault ``tresor`` and the file ``pass`` that holds its passphrase."""

    folder: Path

    @property
    def vault(self) -> Path:
        """The vault's folder."""
        return self.folder / "tresor"

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment of a command: no place outside the home is used for anything."""
        places = {name: str(self.folder / name.lower()) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME",
                                                                      "XDG_STATE_HOME", "TMPDIR")}  # fmt: skip
        for place in places.values():
            Path(place).mkdir(exist_ok=True)
        own = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}  # its data need room too
        of_its_own = {"PYTHONPATH": str(ROOT), "PYTHONFAULTHANDLER": "1", "BJC_PASSPHRASE_FILE": str(self.folder / "pass")}
        return {**own, **of_its_own, **places, **more}

    def start(self, *arguments: object, **more: str) -> "subprocess.Popen[str]":
        """Start a command in a process of its own."""
        command = [sys.executable, "-m", "bjc_desktop", *map(str, arguments)]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=self.folder, env=self.environment(**more), stdout=pipe, stderr=pipe, text=True)

    def call(self, *arguments: object, **more: str) -> Said:
        """Run a command in a process of its own."""
        process = self.start(*arguments, **more)
        out, err = process.communicate(timeout=120)
        return Said(process.returncode, out, err)

    def run(self, *arguments: object) -> Said:
        """Run a command in this process: the same, and quicker."""
        out, err = io.StringIO(), io.StringIO()
        environment = mock.patch.dict(os.environ, {"BJC_PASSPHRASE_FILE": str(self.folder / "pass")})
        with environment, contextlib.chdir(self.folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = run([str(argument) for argument in arguments])
        return Said(status, out.getvalue(), err.getvalue())

    def report(self, out: object, *arguments: object, quarter: str = QUARTER) -> list[object]:
        """Return the arguments of a report over everything."""
        return ["report", "tresor", "--quarter", quarter, "--as-of", AS_OF, "--provider", "all", "--out", out, *arguments]

    def copy_to(self, folder: Path) -> "Home":
        """Copy this home to the new *folder*."""
        shutil.copytree(self.folder, folder)
        return Home(folder)


def content(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of the vault in *folder*, table by table, but for the change record."""
    with open_vault(folder, PASSPHRASE, now=NOW) as vault, vault.reading() as connection:
        query = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        tables = [name for name in connection.exec_driver_sql(query).scalars() if name not in QUIET_TABLES]
        return {
            table: [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1")] for table in tables
        }


def assert_sound(folder: Path) -> None:
    """Assert that the doctor finds nothing damaged in the vault in *folder*."""
    findings = doctor(folder, PASSPHRASE, now=NOW)
    assert not is_damaged(findings), findings


def assert_refused(said: Said, *, lines: int = 1) -> None:
    """Assert that a command ended with status 1, nothing on standard output and whole German sentences on standard error."""
    assert said.status == 1, said
    assert said.out == "", said
    assert len(said.lines) == lines, said
    assert all(line.endswith((".", "!")) and len(line) > 20 for line in said.lines), said
    assert not [word for word in ("Traceback", "Error", "Exception", "NoneType") if word in said.err], said


def files_in(folder: Path) -> Iterator[Path]:
    """Yield all files below *folder*."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file())
