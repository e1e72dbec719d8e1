"""The real window over a real vault with sample data: made once, copied for each test."""

import shutil
from datetime import UTC, date, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from bjc_desktop.services.vault_setup import fill_with_sample
from bjc_desktop.ui.shared.background import Background
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.theme import install_theme
from bjc_desktop.ui.workspace import Workspace
from bjc_desktop.vault import create_vault, open_with_key
from tests.conftest import CHEAP_KDF, PASSPHRASE, USER, TemplateVault

TODAY = date(2025, 12, 10)
"""The day of the window's tests: in the last quarter of the sample data."""
NOW = datetime(2025, 12, 10, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def sample_template(tmp_path_factory) -> TemplateVault:
    """Make a vault with the sample data, once."""
    place = tmp_path_factory.mktemp("sample")
    vault, code = create_vault(place / "tresor", USER, PASSPHRASE, now=NOW, kdf=CHEAP_KDF)
    with vault:
        fill_with_sample(vault, now=NOW, today=TODAY)
        return TemplateVault(place / "tresor", vault.secrets, code)


@pytest.fixture(scope="session")
def look(qapp):
    """Give the application its look."""
    return install_theme(qapp, "light")


class FixedDesk(Desk):
    """A desk on the day of the tests."""

    def today(self) -> date:
        """Return the day of the tests."""
        return TODAY

    def now(self) -> datetime:
        """Return the moment of the tests."""
        return NOW


def release_keys() -> None:
    """Let go of every key: where a dialog closed on Ctrl+Enter, Qt never saw the release, and Ctrl would be held in the next test."""
    for key in (Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt):
        QTest.keyRelease(QWidget(), key)


@pytest.fixture
def desk(sample_template, tmp_path, look, qtbot):
    """Yield a desk with an open copy of the sample vault, its integrity checked."""
    release_keys()
    folder = sample_template.copy_to(tmp_path / "tresor")
    background = Background()
    desk = FixedDesk(open_with_key(folder, sample_template.secrets), background)
    desk.check()
    yield desk
    background.wait()
    desk.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def workspace(desk, qtbot):
    """Yield the window's content over the sample vault, shown at 1366 × 768."""
    made = Workspace(desk)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    made.begin()
    yield made
    made.close()
