"""What the frozen folder holds and what it must not: used by the recipe, and to check a folder that was built.

`frozen_folder.py FOLDER` fails where it holds what only the GPL allows, lacks what it needs, or is too large.
"""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

LARGEST = 200
"""Megabytes of the installed program, at most."""

EXCLUDED_MODULES = [
    *(
        "tkinter",
        "unittest",
        "pytest",
        "mypy",
        "setuptools",
        "pkg_resources",
        "distutils",
        "lib2to3",
        "ensurepip",
        "pydoc_data",
        "doctest",
    ),
    *(
        "readline",
        "curses",
        "_curses",
        "_curses_panel",
    ),  # GNU readline is under the GPL; nothing here asks for a line with history
    *("ssl", "_ssl", "ftplib", "smtplib", "PySide6.QtNetwork"),  # the program speaks with nobody
    *("PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtPdf", "PySide6.QtOpenGL", "PySide6.QtTest"),
    *("PIL.ImageTk", "PIL._imagingtk", "PIL._avif", "PIL._webp", "PIL._imagingcms", "PIL._imagingft", "numpy"),
]
"""What packages could use and this program never asks for."""

# The packages of Qt carry parts that only the GPL or a bought licence allows (docs/licences.md); GNU readline is like them.
GPL_ONLY = re.compile(
    r"virtualkeyboard|quicktimeline|qt6?charts|graphs|datavisualization|quick3d|shadertools|httpserver|networkauth|lottie|coap|mqtt"
    r"|waylandcompositor|grpc|protobuf|libreadline|readline\.c",
    re.IGNORECASE,
)
_QT_LEFT_OUT = re.compile(
    r"Qt/?(?:lib/libQt6|/?plugins/)(?:Network|Qml|Quick|Pdf|OpenGL|EglF|egldevice|generic/|networkinformation|tls|wayland-graphics"
    r"|xcbglintegrations|platforms/libq(?:eglfs|linuxfb|minimal|vkkhrdisplay|vnc)"
    r"|imageformats/libq(?!svg|ico)|wayland-shell-integration/lib(?:fullscreen|ivi)|wayland-decoration-client/libbradient)"
)
_QT_OF_WINDOWS_LEFT_OUT = re.compile(
    r"PySide6/(?:opengl32sw|Qt6(?:Network|Qml|Quick|Pdf|OpenGL)|plugins/(?:generic|networkinformation|tls|imageformats/q(?!svg|ico)"
    r"|platforms/q(?!windows|offscreen)))",
    re.IGNORECASE,
)
_TRANSLATION = re.compile(r"translations/(?!qtbase_de\.qm)")
_ELSEWHERE = re.compile(r"PIL/_(?:avif|webp|imagingcms|imagingft|imagingtk)|setuptools|pip/|/tests?/|\.pyi$|py\.typed$")
_OF_INSTALLING = re.compile(r"\.dist-info/(?:RECORD|INSTALLER|REQUESTED|direct_url\.json)$")
"""What pip notes of one installation: hashes of scripts that name a folder of the building machine."""
_LEFT_OUT = (GPL_ONLY, _QT_LEFT_OUT, _QT_OF_WINDOWS_LEFT_OUT, _TRANSLATION, _ELSEWHERE, _OF_INSTALLING)
_SYSTEM = ("/lib/", "/lib64/", "/usr/lib/", "/usr/local/lib/")
_NEEDED = (
    "bjc-desktop",
    "_internal/LICENSE",
    "_internal/licences/README.md",
    "_internal/bjc_desktop/_resources/licences.json",
    "_internal/bjc_desktop/_resources/fonts/NotoSans-Regular.ttf",
    "_internal/bjc_desktop/models/migrations/versions/0001_initial.py",
    "_internal/PySide6/Qt/translations/qtbase_de.qm",
    "_internal/PySide6/Qt/plugins/platforms/libqxcb.so",
    "_internal/PySide6/Qt/plugins/platforms/libqwayland.so",
    "_internal/PySide6/Qt/plugins/platforms/libqoffscreen.so",
    "_internal/PySide6/Qt/plugins/platforminputcontexts/libcomposeplatforminputcontextplugin.so",
    "_internal/PySide6/Qt/plugins/printsupport/libcupsprintersupport.so",
)
"""Files without which the program lacks something that no start would show."""
OPTIONAL = ("platformthemes/libqgtk3.so", "printsupport/libcupsprintersupport.so")
"""Parts that Qt loads where the system has what they need: the desktop's own dialogs and printers."""


def is_kept(target: str, source: str) -> bool:
    """Say whether the file goes into the folder; *target* is its path there, *source* where it comes from.

    Libraries of the system stay with the system, which keeps them up to date: the `.deb` depends on them. Python's own goes along.
    """
    place = target.replace("\\", "/")
    if any(pattern.search(place) for pattern in _LEFT_OUT):
        return False
    name = place.rsplit("/", 1)[-1]
    of_system = source.startswith(_SYSTEM) and re.match(r"lib[\w+.-]+\.so", name) is not None
    links_to_nothing = "/" not in place and any(pattern.search(f"PySide6/Qt/lib/{place}") for pattern in (GPL_ONLY, _QT_LEFT_OUT))
    return not links_to_nothing and (not of_system or name.startswith("libpython"))


def is_stripped(path: Path, folder: Path) -> bool:
    """Say whether the symbols of a file can go: of compiled modules and of Python; Qt stays as it came, for so the LGPL's text says it."""
    inside = path.relative_to(folder).as_posix()
    qt = "PySide6/" in inside or "shiboken6/" in inside or re.search(r"lib(Qt6|pyside6|shiboken6|icu)", path.name)
    return not path.is_symlink() and path.is_file() and ".so" in path.name and not qt and "pillow.libs" not in inside


def faults(folder: Path) -> Iterator[str]:
    """Yield one line for everything in the built *folder* that must not be there or is missing."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    names = [path.relative_to(folder).as_posix() for path in files]
    yield from (f"{name}: only the GPL allows it" for name in names if GPL_ONLY.search(name))
    yield from (f"{name}: missing" for name in _NEEDED if name not in names)
    yield from (f"{name}: no part of the program" for name in names if re.search(r"(^|/)(tests?|setuptools|pip)/", name))
    size = sum(path.stat().st_size for path in files if not path.is_symlink()) / 1e6
    if size > LARGEST:
        yield f"{size:.0f} MB, {LARGEST} are allowed"
    yield from _unresolved(folder, [path for path in files if ".so" in path.name or path.name == "bjc-desktop"])


def _unresolved(folder: Path, libraries: Sequence[Path]) -> Iterator[str]:
    own = {path.name for path in libraries}
    for path in libraries:
        if path.is_symlink() or str(path).endswith(OPTIONAL):
            continue
        listed = subprocess.run(["ldd", str(path)], capture_output=True, text=True, check=False).stdout  # noqa: S603, S607 - the folder's own
        missing = {line.split()[0] for line in listed.splitlines() if "not found" in line} - own
        yield from (f"{path.relative_to(folder)}: needs {name}" for name in sorted(missing))


def main(arguments: Sequence[str]) -> int:
    """Check the folder that is named; return the exit status."""
    folder = Path(arguments[0])
    lines = list(faults(folder))
    sys.stderr.write("".join(f"{line}\n" for line in lines))
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    print(f"{folder}: {size / 1e6:.0f} MB in {sum(path.is_file() for path in folder.rglob('*'))} files")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
