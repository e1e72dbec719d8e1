"""Collects the licence texts of everything that goes into the frozen folder; run in the environment it is built in.

`licence_texts.py FOLDER` fails where a package brings no text.
"""

import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

PACKAGING = Path(__file__).resolve().parent
_TEXT = re.compile(r"(?:^|/)(?:licen[cs]e|copying|notice)s?\b[^/]*$|/licenses/", re.IGNORECASE)
_QT = {"pyside6-essentials", "shiboken6"}
"""They bring no text: LGPL-3.txt and GPL-3.txt lie in ``packaging/licences``."""
_BESIDE = ("pyinstaller",)
"""Not in the lock of the program, and yet a part of it: the start program."""


def locked_names(lock: Path) -> list[str]:
    """Return the names of the packages of *lock* that are installed here; others are for other systems."""
    names = re.findall(r"^([a-z0-9-]+)==", lock.read_text("utf-8"), re.MULTILINE)
    return [name for name in names if _installed(name) is not None]


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def texts_of(name: str) -> Iterator[Path]:
    """Yield the licence files that the package *name* brings."""
    package = _installed(name)
    for path in (package.files or []) if package else []:
        place = path.as_posix()
        if ".dist-info/" in place and _TEXT.search(place) and (found := Path(str(path.locate()))).is_file():
            yield found


def collect(target: Path) -> list[str]:
    """Copy every text below *target*; return the names of packages without one."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(PACKAGING / "licences", target)
    without = []
    for name in [*locked_names(PACKAGING.parent / "requirements.lock"), *_BESIDE]:
        if name in _QT:
            continue
        found = list(texts_of(name))
        for text in found:
            place = target / name / text.relative_to(_info_folder(text))
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(text, place)
        if not found:
            without.append(name)
    own = next((path for path in Path(sys.base_prefix).glob("lib/python3*/LICENSE.txt")), Path(sys.base_prefix) / "LICENSE.txt")
    if own.is_file():
        (target / "python").mkdir()
        shutil.copyfile(own, target / "python" / "LICENSE.txt")
    elif (own := Path("/usr/share/doc/python3/copyright")).is_file():
        (target / "python").mkdir()
        shutil.copyfile(own, target / "python" / "copyright")
    else:
        without.append("python")
    return without


def _info_folder(text: Path) -> Path:
    return next(parent for parent in text.parents if parent.name.endswith(".dist-info"))


def main(arguments: Sequence[str]) -> int:
    """Collect into the folder that is named; return the exit status."""
    without = collect(Path(arguments[0]))
    sys.stderr.write("".join(f"{name}: brings no licence text\n" for name in without))
    return 1 if without else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
