"""Where the tombstones of a vault are kept away from it: wherever its backups are put, and on the computer of who uses it.

An old backup that is restored alone knows nothing of what was erased after it was made. What is found here does. It holds nothing
personal: the marks of tombstones, which only the vault can make, when they were complete, and which folders backups were put into.
"""

import json
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from platformdirs import user_state_path

from bjc_desktop.errors import BjcError, SilentPlaceError, StoppedError
from bjc_desktop.vault.driver import Stopped
from bjc_desktop.vault.durable import write_file
from bjc_desktop.vault.patience import LOOK_SECONDS, answer_of
from bjc_desktop.vault.tombstones import Tombstone, plain, read_small_json, settled, tombstones_in

STEM = "BJC_Loeschungen_"
_PLACES = 20
"""So many folders with backups are remembered, the latest ones."""


@dataclass(frozen=True, slots=True)
class Registry:
    """What a place knows: the tombstones, until when they are complete (None: not known), and where backups were put."""

    stones: frozenset[Tombstone] = frozenset()
    known_until: datetime | None = None
    places: tuple[str, ...] = ()


def state_folder() -> Path:
    """Return the user's own folder on this computer, which outlives every vault."""
    named = os.environ.get("BJC_STATE_DIR") or os.environ.get("BJC_CONFIG_DIR")
    return Path(named) if named else user_state_path("bjc-desktop", appauthor=False)


def registry_file(folder: Path, vault_id: str) -> Path:
    """Return the file in *folder* for the vault."""
    return folder / f"{STEM}{vault_id[:8]}.json"


def read_registry(folder: Path, vault_id: str) -> Registry:
    """Return what is kept in *folder* of the vault; nothing where it cannot be read, or is another vault's."""
    data = read_small_json(registry_file(folder, vault_id))
    try:
        if data["vault_id"] != vault_id:
            return Registry()
        known = datetime.fromisoformat(data["known_until"])
        places = tuple(str(place) for place in data.get("places", ()))
    except (TypeError, KeyError, ValueError, AttributeError, OverflowError):
        return Registry()
    return Registry(frozenset(tombstones_in(data)), known if known.tzinfo is not None else None, places)


def registries_for(folder: Path, vault_id: str) -> tuple[Registry, ...]:
    """Return what *folder*, which holds a backup of the vault, and this computer know."""
    return tuple(read_registry(place, vault_id) for place in (folder, state_folder()))


def remember_place(folder: Path, vault_id: str, stones: Iterable[Tombstone], now: datetime) -> None:
    """Keep the *stones*, complete *now*, in *folder*, where a backup of the vault was put, and remember the folder."""
    known = read_registry(state_folder(), vault_id)
    name = str(folder.absolute())
    places = (*(place for place in known.places if place != name), name)[-_PLACES:]
    keep_registries(vault_id, stones, now, places=places)


def keep_registries(vault_id: str, stones: Iterable[Tombstone], now: datetime, *, places: tuple[str, ...] | None = None) -> None:
    """Keep the *stones*, complete *now*, on this computer and in every folder with backups that can be reached.

    A folder that cannot be written, or does not answer for some seconds, is no reason to disturb anybody: the next time makes up for
    it. All are asked at once, so nobody waits longer where several hang.
    """
    own = read_registry(state_folder(), vault_id)
    places = own.places if places is None else places
    whole = frozenset(stones)
    with suppress(OSError):
        state_folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    _keep(state_folder(), vault_id, own, Registry(whole, now, places))
    if places:
        with ThreadPoolExecutor(len(places)) as asking:
            for place in places:
                asking.submit(_keep_away, Path(place), vault_id, Registry(whole, now))


def _keep_away(folder: Path, vault_id: str, after: Registry) -> None:
    def keep(stopped: Stopped) -> None:
        if folder.is_dir():
            before = read_registry(folder, vault_id)
            if not stopped():
                # What took too long is not written any more: by then there may be something newer.
                _keep(folder, vault_id, before, after)

    with suppress(OSError, ValueError, SilentPlaceError, StoppedError):
        answer_of(folder, keep, seconds=LOOK_SECONDS)


def _keep(folder: Path, vault_id: str, before: Registry, after: Registry) -> None:
    """Write what changed; that a day has passed since counts as a change."""
    same_day = before.known_until is not None and after.known_until is not None and _day(before) == _day(after)
    stones = frozenset(settled(before.stones | after.stones))
    if same_day and before.stones == stones and before.places == after.places:
        return
    known = None if after.known_until is None else after.known_until.astimezone(UTC).isoformat(timespec="milliseconds")
    data: dict[str, Any] = {"vault_id": vault_id, "known_until": known, **plain(stones)}
    if after.places:
        data["places"] = list(after.places)
    with suppress(OSError, BjcError):
        write_file(registry_file(folder, vault_id), json.dumps(data, indent=0).encode() + b"\n")


def _day(registry: Registry) -> str:
    return "" if registry.known_until is None else registry.known_until.astimezone(UTC).date().isoformat()
