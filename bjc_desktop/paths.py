"""Where the program finds its own files, and where it keeps what outlives a vault."""

import os
from pathlib import Path

from platformdirs import user_state_path

_PACKAGE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """Return the path of the resource *name*, such as ``"fonts/NotoSans-Regular.ttf"``.

    An installed wheel carries ``resources/`` inside the package, a checkout beside it.

    Raises
    ------
    FileNotFoundError
        where the resource is not part of the program.
    """
    for base in (_PACKAGE / "_resources", _PACKAGE.parent / "resources"):
        path = base / name
        if path.exists():
            return path
    raise FileNotFoundError(name)


def state_folder() -> Path:
    """Return the folder in which the program keeps, for each vault, what must not be lost with it: see vault/erasure_registry.py."""
    named = os.environ.get("BJC_STATE_DIR") or os.environ.get("BJC_CONFIG_DIR")
    return Path(named) if named else Path(user_state_path("bjc-desktop", appauthor=False))
