"""What the program remembers about this computer: places of vaults and the look of the window, never anything personal."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

FILE = "settings.json"
_VAULTS = 5
_LONGEST_PLACE = 2000
_SMALLEST, _LARGEST = 200, 20_000
SCALES = (100, 125, 150, 200)
"""Sizes of text offered, in per cent."""
SCHEMES = ("system", "light", "dark", "contrast")


@dataclass(frozen=True, slots=True)
class Settings:
    """The remembered settings; a damaged or missing file means the defaults."""

    vaults: tuple[str, ...] = ()
    """Folders of the vaults used last, newest first."""
    alone: tuple[str, ...] = ()
    """Those of them that one person alone uses: no user name is needed to unlock them."""
    scheme: str = "system"
    scale: int = 100
    idle_minutes: int = 10
    """Minutes without input after which the window locks; 0 never."""
    backup_folder: str = ""
    toured: bool = False
    """Whether the walk around the window was offered: once is enough."""
    width: int = 1280
    height: int = 760

    def with_vault(self, folder: Path, *, users: int) -> "Settings":
        """Return the settings with *folder*, a vault of so many *users*, as the vault used last."""
        newest = str(folder.absolute())
        vaults = (newest, *(other for other in self.vaults if other != newest))[:_VAULTS]
        alone = tuple(place for place in vaults if (users == 1 if place == newest else place in self.alone))
        return replace(self, vaults=vaults, alone=alone)


def load_settings(folder: Path) -> Settings:
    """Return the settings kept in *folder*; what cannot be read falls back to its default."""
    try:
        found = json.loads((folder / FILE).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return Settings()
    return _checked(found) if isinstance(found, dict) else Settings()


def _checked(found: Mapping[str, object]) -> Settings:
    default = Settings()
    values: dict[str, object] = {}
    for field in fields(Settings):
        value = found.get(field.name)
        if isinstance(field.default, tuple) and isinstance(value, list):
            values[field.name] = tuple(item for item in value if isinstance(item, str) and _is_place(item))[:_VAULTS]
        elif value is not None and type(value) is type(getattr(default, field.name)):
            values[field.name] = value
    checked = replace(default, **values)  # type: ignore[arg-type]
    return replace(
        checked,
        scheme=checked.scheme if checked.scheme in SCHEMES else default.scheme,
        scale=checked.scale if checked.scale in SCALES else default.scale,
        idle_minutes=min(max(checked.idle_minutes, 0), 240),
        backup_folder=checked.backup_folder if _is_place(checked.backup_folder) else default.backup_folder,
        width=min(max(checked.width, _SMALLEST), _LARGEST),
        height=min(max(checked.height, _SMALLEST), _LARGEST),
    )


def _is_place(text: str) -> bool:
    """Say whether the file system can be asked for *text* at all."""
    try:
        return len(text) <= _LONGEST_PLACE and b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False


def save_settings(folder: Path, settings: Settings) -> None:
    """Keep *settings* in *folder*; a folder that cannot be written is no reason to disturb anybody."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{FILE}.part"
        # In ASCII, for the name of a folder may be bytes that are no UTF-8.
        part.write_text(json.dumps(asdict(settings), indent=1), "ascii")
        part.replace(folder / FILE)
