"""Saving a list as a file: a workbook or a CSV by the ending of its name."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.reports.shown_list import ShownList, Step, no_step
from bjc_desktop.services.leaving_files import write_leaving
from bjc_desktop.vault import Vault

WHAT = "list"
NO_FORMAT = "Eine Liste wird als XLSX oder CSV gespeichert. Bitte einen Namen angeben, der auf .xlsx oder .csv endet."


def save_list(
    vault: Vault, shown: ShownList, path: Path, *, coaching_ids: Collection[str] = (), now: datetime, step: Step = no_step
) -> None:
    """Record that the list leaves, and write it to *path*; its title must be the program's own words, for it is recorded.

    *step* is told how far the file is and may raise to stop: nothing is recorded and nothing written then.

    Raises
    ------
    InvalidInputError
        where the name has another ending, or the place takes no file.
    VaultError
        where it cannot be recorded or there is no room; nothing is written then.
    """
    from bjc_desktop.reports.list_files import list_csv, list_xlsx  # noqa: PLC0415 - XlsxWriter takes long to import

    write = {".xlsx": list_xlsx, ".csv": list_csv}.get(path.suffix.lower())
    if write is None:
        raise InvalidInputError({"path": NO_FORMAT})
    details = {"title": shown.title, "rows": shown.shown}
    write_leaving(vault, path, write(shown, step), WHAT, details, coaching_ids=coaching_ids, now=now)
