"""A home with a small vault, made once and copied for every test that changes it."""

from pathlib import Path

import pytest

from bjc_desktop.exchange.package_import import import_package
from bjc_desktop.services.targets import fill_new_vault
from bjc_desktop.vault import create_vault
from tests.conftest import CHEAP_KDF, PASSPHRASE, USER
from tests.hostile.program import Home
from tests.samples import DATA, NOW, TODAY


def _made(folder: Path, package: str | None) -> Home:
    (folder / "pass").write_text(PASSPHRASE + "\n", "utf-8")
    vault, _ = create_vault(folder / "tresor", USER, PASSPHRASE, now=NOW, kdf=CHEAP_KDF)
    with vault:
        fill_new_vault(vault, now=NOW)
        if package is not None:
            import_package(vault, DATA / package, update=False, now=NOW, today=TODAY)
    return Home(folder)


@pytest.fixture(scope="session")
def empty_template(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Make a home whose vault has no cases."""
    return _made(tmp_path_factory.mktemp("empty-home"), None)


@pytest.fixture(scope="session")
def filled_template(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Make a home whose vault holds the worked example."""
    return _made(tmp_path_factory.mktemp("filled-home"), "worked")


@pytest.fixture
def empty_home(empty_template: Home, tmp_path: Path) -> Home:
    """Return a home of one's own, without cases."""
    return empty_template.copy_to(tmp_path / "home")


@pytest.fixture
def home(filled_template: Home, tmp_path: Path) -> Home:
    """Return a home of one's own, with the worked example."""
    return filled_template.copy_to(tmp_path / "home")
