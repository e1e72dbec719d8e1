"""What the program is started with, by a double click or on the command line: where on the first page it leads."""

from pathlib import Path
from typing import Any

from bjc_desktop.ui.shared.file_drop import place_of
from bjc_desktop.ui.start.start_page import StartPage

_AWAITED = (
    "Nach dem Entsperren wird „{name}“ unter „Austausch“ gezeigt. Ist der Tresor schon in einem anderen Fenster offen, "
    "die Datei bitte dorthin ziehen."
)


def show_given(start: StartPage, given: Path) -> dict[str, Any]:
    """Show on the page *start* what *given* is: a vault's folder or database, a backup, a report bundle, or a file of the exchange.

    Return the place on the page of the exchange that is to be shown once a vault is open.
    """
    place = place_of(given)
    if place:
        start.awaited = _AWAITED.format(name=given.name)
        start.begin()
    elif given.is_dir():
        start.offer_vault(given)
    elif given.name == "vault.db":
        start.offer_vault(given.parent)
    elif given.suffix.lower() == ".bjcbackup":
        start.show_backup(given)
    else:
        start.show_bundle(given)
    return place
