"""The real window over a real vault with sample data: made once, copied for each test."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from bjc_desktop.services import vault_setup
from bjc_desktop.services.vault_setup import NewVault, fill_with_sample, make_vault
from bjc_desktop.ui.shared.background import Background
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.theme import install_theme
from bjc_desktop.ui.workspace import Workspace
from bjc_desktop.vault import create_vault, open_with_key
from bjc_desktop.vocabulary import Role
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


FOUNDER = NewVault(Path(), "ana", PASSPHRASE, "Träger Nord", "Ana", "Özil", Role.JOB_COACH)
"""Who begins on the first day, and with what."""


@pytest.fixture(scope="session")
def founded_template(tmp_path_factory) -> TemplateVault:
    """Make a vault as the first start makes it, once."""
    place = tmp_path_factory.mktemp("founded") / "tresor"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vault_setup, "create_vault", partial(create_vault, kdf=CHEAP_KDF))
        vault, code = make_vault(replace(FOUNDER, folder=place), now=NOW, today=TODAY)
    with vault:
        return TemplateVault(place, vault.secrets, code)


@pytest.fixture
def first_desk(founded_template, tmp_path, look, qtbot) -> Iterator[Desk]:
    """Yield a desk with a vault as the first start leaves it."""
    release_keys()
    folder = founded_template.copy_to(tmp_path / "neu")
    background = Background()
    desk = FixedDesk(open_with_key(folder, founded_template.secrets), background)
    desk.check()
    yield desk
    background.wait()
    desk.close()


@pytest.fixture
def first_workspace(first_desk, qtbot) -> Iterator[Workspace]:
    """Yield the window's content over that vault."""
    made = Workspace(first_desk)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    made.begin()
    yield made
    made.close()


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
