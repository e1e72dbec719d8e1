"""One vault per module for the many cases of a rule."""

import pytest

from bjc_desktop.services.targets import fill_new_vault
from bjc_desktop.vault import open_with_key
from tests.samples import NOW


@pytest.fixture(scope="module")
def rules_vault(template_vault, tmp_path_factory):
    """Yield an empty vault with the public targets, to be filled by the tests of one module."""
    folder = template_vault.copy_to(tmp_path_factory.mktemp("rules") / "tresor")
    with open_with_key(folder, template_vault.secrets) as vault:
        fill_new_vault(vault, now=NOW)
        yield vault
