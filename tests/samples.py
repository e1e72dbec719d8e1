"""The sample packages with the figures that are expected of them, and vaults that hold them."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

from bjc_desktop.exchange.package_import import import_package
from bjc_desktop.services.targets import fill_new_vault
from bjc_desktop.vault import Vault

DATA = Path(__file__).parent / "data"
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)


def expected(name: str) -> dict:
    """Return the expected figures in the file *name*."""
    return json.loads((DATA / name).read_text("utf-8"))


def filled(vault: Vault, package: str) -> Vault:
    """Fill *vault* with the targets and the sample *package*."""
    fill_new_vault(vault, now=NOW)
    import_package(vault, DATA / package, update=False, now=NOW, today=TODAY)
    return vault
