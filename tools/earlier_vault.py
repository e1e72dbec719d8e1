"""Keeps a vault of the present format for the tests of later versions: tests/data/vaults/REVISION.zip.

Run it before a release, so that whatever comes after is tried on a vault that this very version wrote. It holds the invented package
tests/data/worked; USER and PASSPHRASE open it. A format that is there already is not written again.
"""

import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from bjc_desktop.exchange.package_import import import_package
from bjc_desktop.services.targets import fill_new_vault
from bjc_desktop.vault import KdfParameters, create_vault
from bjc_desktop.vault.schema import HEAD

ROOT = Path(__file__).resolve().parents[1]

USER, PASSPHRASE = "pruefung", "Ein langer Satz für Tests"
NOW = datetime(2025, 10, 7, 9, 30, tzinfo=UTC)
FILES = ("vault.db", "slots.json", "slots.json.bak")


def pack(vault: Path, target: Path) -> None:
    """Write the closed *vault* to the archive *target*, without what every opening makes anew."""
    with ZipFile(target, "w") as archive:
        for name in FILES:
            entry = ZipInfo(name, NOW.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, (vault / name).read_bytes())


def main() -> int:
    """Make the vault of the present format where there is none; return the exit status."""
    target = ROOT / "tests" / "data" / "vaults" / f"{HEAD}.zip"
    if target.exists():
        print(f"{target.name} is there already")
        return 0
    with tempfile.TemporaryDirectory() as place:
        os.environ["BJC_STATE_DIR"] = place
        cheap = KdfParameters(iterations=1, memory_kib=64 * 1024, lanes=1)
        vault, _ = create_vault(Path(place) / "tresor", USER, PASSPHRASE, now=NOW, kdf=cheap)
        with vault:
            fill_new_vault(vault, now=NOW)
            import_package(vault, ROOT / "tests" / "data" / "worked", update=False, now=NOW, today=NOW.date())
        target.parent.mkdir(parents=True, exist_ok=True)
        pack(Path(place) / "tresor", target)
    print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
