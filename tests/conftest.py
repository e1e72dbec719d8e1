"""A real encrypted vault for every test that needs one: copies of one template, opened by its raw keys."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bjc_desktop.vault import KdfParameters, Secrets, Vault, create_vault, open_with_key
from tests.tally import TRIED

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["BJC_STATE_DIR"] = tempfile.mkdtemp(prefix="bjc-state-")
USER = "pruefung"
PASSPHRASE = "Ein langer Satz für Tests"  # noqa: S105 - it protects nothing
NOW = datetime(2025, 10, 7, 9, 30, tzinfo=UTC)
CHEAP_KDF = KdfParameters(iterations=1, memory_kib=64 * 1024, lanes=1)
"""The cheapest derivation that a slot file may name."""


@dataclass(frozen=True, slots=True)
class TemplateVault:
    """A closed vault, what opens it, and its recovery code."""

    folder: Path
    secrets: Secrets
    recovery_code: str

    def copy_to(self, folder: Path) -> Path:
        """Copy the closed vault to the new *folder*."""
        shutil.copytree(self.folder, folder)
        return folder


@pytest.fixture(autouse=True)
def _own_state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test know what was erased in another: all vaults are copies of one."""
    monkeypatch.setenv("BJC_STATE_DIR", str(tmp_path_factory.mktemp("state")))


@pytest.fixture(autouse=True)
def _no_window_outlives_its_test() -> Iterator[None]:
    """Delete the windows that a test closed: each one left over makes every later change of the look slower."""
    yield
    if "PySide6.QtWidgets" not in sys.modules:
        return
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtGui import QGuiApplication

    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        # What a test copied would be destroyed after the interpreter, and take the process down.
        QGuiApplication.clipboard().clear()


@pytest.fixture(scope="session")
def template_vault(tmp_path_factory: pytest.TempPathFactory) -> TemplateVault:
    """Make one vault for all; its only user is USER with all roles."""
    folder = tmp_path_factory.mktemp("template") / "tresor"
    vault, code = create_vault(folder, USER, PASSPHRASE, now=NOW, kdf=CHEAP_KDF)
    with vault:
        return TemplateVault(folder, vault.secrets, code)


@pytest.fixture
def vault_folder(template_vault: TemplateVault, tmp_path: Path) -> Path:
    """Return a closed copy of the template, to be opened with USER's PASSPHRASE."""
    return template_vault.copy_to(tmp_path / "tresor")


@pytest.fixture
def vault(template_vault: TemplateVault, vault_folder: Path) -> Iterator[Vault]:
    """Yield an open copy of the template."""
    with open_with_key(vault_folder, template_vault.secrets) as opened:
        yield opened


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how often something was tried."""
    for what, times in sorted(TRIED.items()):
        terminalreporter.write_line(f"{times:>9} {what}")
