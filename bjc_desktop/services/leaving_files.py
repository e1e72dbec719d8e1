"""Files that leave the vault for the place somebody chose: recorded first, then written whole or not at all."""

from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.vault import Leaving, Vault, account_for
from bjc_desktop.vault.durable import PART, write_file

NO_PLACE = (
    "Die Datei ließ sich dort nicht schreiben. Bitte prüfen, ob der Datenträger noch da ist, Sie dort schreiben dürfen und die Datei "
    "nirgends geöffnet ist, oder einen anderen Ort wählen."
)
EACH_AT_MOST = 1000
"""Of so many coachings each gets an entry of its own, which an answer under Art. 15 GDPR repeats; of more there is one for all."""


def write_leaving(
    vault: Vault,
    path: Path,
    content: bytes,
    what: str,
    details: Mapping[str, object],
    *,
    coaching_ids: Collection[str] = (),
    now: datetime,
) -> None:
    """Record that *content* leaves as *what*, and write it to *path*; *details* must not hold personal data.

    Raises
    ------
    InvalidInputError
        where the place is gone or takes no file.
    DiskFullError
        where there is no room; a file that was there before stays.
    VaultError
        where it cannot be recorded; then nothing is written.
    """
    if not path.parent.is_dir():
        raise InvalidInputError({"path": NO_PLACE})
    about = tuple(dict.fromkeys(coaching_ids))
    account_for(vault, Leaving.EXPORT, what, details, coaching_ids=about if len(about) <= EACH_AT_MOST else (), now=now)
    try:
        write_file(path, content, part=path.with_name(f".bjc-export.{vault.id[:8]}{PART}"))
    except OSError:
        raise InvalidInputError({"path": NO_PLACE}) from None
