"""Where the program finds its own files."""

from pathlib import Path

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
