"""Places where a lock means little."""

from pathlib import Path

import pytest

from bjc_desktop.vault.lock import place_warning

_MOUNTS = "/dev/sda1 / ext4 rw 0 0\nserver:/share /mnt/amt nfs4 rw 0 0\n//server/x /mnt/mit\\040Leerzeichen cifs rw 0 0\n"


@pytest.mark.parametrize(
    ("folder", "word"),
    [
        ("/mnt/amt/tresor", "Netzlaufwerk"),
        ("/mnt/mit Leerzeichen/tresor", "Netzlaufwerk"),
        ("/home/a/Nextcloud/tresor", "synchronisierten"),
        ("/home/a/OneDrive - Amt/tresor", "synchronisierten"),
    ],
)
def test_that_a_network_share_or_a_synchronised_folder_is_warned_about(folder: str, word: str) -> None:
    assert word in (place_warning(Path(folder), _MOUNTS) or "")


@pytest.mark.parametrize("folder", ["/home/a/tresor", "/mnt/amtlich/tresor"])
def test_that_a_folder_of_this_computer_is_not_warned_about(folder: str) -> None:
    assert place_warning(Path(folder), _MOUNTS) is None
