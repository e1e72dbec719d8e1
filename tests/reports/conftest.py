"""What report and statistic say of the sample package: read once, for it is frozen."""

import pytest

from bjc_desktop.vault import open_with_key
from tests.reports.contents import content_of, statistic_of
from tests.samples import filled


@pytest.fixture(scope="session")
def said(template_vault, tmp_path_factory):
    """Return what report and statistic over all providers say."""
    folder = template_vault.copy_to(tmp_path_factory.mktemp("said") / "tresor")
    with open_with_key(folder, template_vault.secrets) as vault:
        filled(vault, "package")
        return content_of(vault), statistic_of(vault)


@pytest.fixture
def content(said):
    """Return what the report says."""
    return said[0]


@pytest.fixture
def statistic(said):
    """Return what the statistic says."""
    return said[1]
