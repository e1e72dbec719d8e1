"""Makes the Debian package of the frozen folder: `deb_package.py FOLDER OUT`; needs dpkg-dev, not root, and the tree in PYTHONPATH.

The same tree and folder give the same bytes: every time in it is SOURCE_DATE_EPOCH, or that of the last commit.
"""

import argparse
import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from frozen_folder import OPTIONAL
from manual_page import page
from pictures import DRAWING, NAME, SIZES

from bjc_desktop import __version__

PACKAGING = Path(__file__).resolve().parent
ROOT = PACKAGING.parent

MAINTAINER = "BJC Desktop <bjc-desktop@localhost.localdomain>"
"""Whoever passes a package on names themselves by DEBFULLNAME and DEBEMAIL."""
METAINFO = "de.bjc_desktop.BjcDesktop.metainfo.xml"
_RECOMMENDED = ("at-spi2-core", "xdg-desktop-portal")
"""A screen reader's bus, and the desktop's own dialogs for files."""
_DESCRIPTION = """case file and quarterly report of the Berliner JobCoaching
 BJC Desktop keeps the case files of coachees in an encrypted vault on the
 provider's own computer: coachings, consultations, goals, outcomes and
 follow-ups. At the end of a quarter it computes the six indicators of the
 programme, each with the verdict on every case, and writes a report bundle
 that can be recomputed by whoever receives it.
 .
 There is no server, and nothing is sent anywhere. The program speaks German."""


def moment() -> int:
    """Return the second that everything in the package bears."""
    if "SOURCE_DATE_EPOCH" in os.environ:
        return int(os.environ["SOURCE_DATE_EPOCH"])
    command = ["git", "log", "-1", "--format=%ct"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603 - a constant
    return int(told) if told else int((ROOT / "bjc_desktop" / "__init__.py").stat().st_mtime)


def stage(folder: Path, root: Path) -> None:
    """Lay the installed tree out below *root*."""
    shutil.copytree(folder, root / "usr/lib" / NAME, symlinks=True)
    (root / "usr/bin").mkdir(parents=True)
    (root / "usr/bin" / NAME).symlink_to(f"../lib/{NAME}/{NAME}")
    share = root / "usr/share"
    linux = PACKAGING / "linux"
    _copy(linux / f"{NAME}.desktop", share / "applications")
    _copy(linux / f"{NAME}.xml", share / "mime/packages")
    day = datetime.fromtimestamp(moment(), UTC).date().isoformat()
    metainfo = (linux / METAINFO).read_text("utf-8").replace("@VERSION@", __version__).replace("@DATE@", day)
    (share / "metainfo").mkdir(parents=True)
    (share / "metainfo" / METAINFO).write_text(metainfo, "utf-8")
    icons = share / "icons/hicolor"
    _copy(DRAWING, icons / "scalable/apps", f"{NAME}.svg")
    for size in SIZES:
        _copy(ROOT / "build/pictures" / f"{NAME}-{size}.png", icons / f"{size}x{size}/apps", f"{NAME}.png")
    _copy(linux / "copyright", share / "doc" / NAME)
    _compress(share / "doc" / NAME / "changelog.gz", _changelog())
    _compress(share / "man/man1" / f"{NAME}.1.gz", page())
    _copy(linux / f"{NAME}.overrides", share / "lintian/overrides", NAME)


def _copy(source: Path, folder: Path, name: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, folder / (name or source.name))


def _compress(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def _changelog() -> str:
    when = format_datetime(datetime.fromtimestamp(moment(), UTC))
    return (
        f"{NAME} ({__version__}) unstable; urgency=medium\n\n  * Version {__version__}; what is new stands in CHANGELOG.md of the sources.\n\n"
        f" -- {_maintainer()}  {when}\n"
    )


def _maintainer() -> str:
    if "DEBEMAIL" in os.environ:
        return f"{os.environ.get('DEBFULLNAME', 'BJC Desktop')} <{os.environ['DEBEMAIL']}>"
    return MAINTAINER


def programs_in(root: Path) -> Iterator[Path]:
    """Yield every program and library of the staged tree."""
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    yield path


def needed_packages(root: Path) -> dict[str, str]:
    """Return what dpkg-shlibdeps says the staged tree needs, by the field of the package; parts that may be idle only recommend."""
    found = list(programs_in(root))
    optional = [path for path in found if str(path).endswith(OPTIONAL)]
    private = sorted({f"-l{path.parent}" for path in found if ".so" in path.name})
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "debian").mkdir()
        (Path(place) / "debian/control").write_text(f"Source: {NAME}\n\nPackage: {NAME}\nArchitecture: any\n", "utf-8")
        command = ["dpkg-shlibdeps", "-O", "--warnings=1", "--ignore-missing-info", *private]
        command += [f"-e{path}" for path in found if path not in optional] + ["-dRecommends", *(f"-e{path}" for path in optional)]
        told = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)  # noqa: S603 - the staged tree
    if told.returncode:
        sys.exit(f"dpkg-shlibdeps: {told.stderr}")
    return dict(re.findall(r"shlibs:(\w+)=(.*)", told.stdout))


def control(root: Path) -> str:
    """Return the control file of the staged tree."""
    needed = needed_packages(root)
    size = sum(-(-path.stat().st_size // 1024) for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    architecture = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip()  # noqa: S607
    recommended = ", ".join(filter(None, [needed.get("Recommends", ""), *_RECOMMENDED]))
    fields = {
        "Package": NAME,
        "Version": __version__,
        "Architecture": architecture,
        "Maintainer": _maintainer(),
        "Installed-Size": str(size),
        "Depends": needed["Depends"],
        "Recommends": recommended,
        "Section": "misc",
        "Priority": "optional",
        "Description": _DESCRIPTION,
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items())


def finish(root: Path) -> None:
    """Add the control files, and give every file its rights and its time."""
    text = control(root)
    own = root / "DEBIAN"
    own.mkdir()
    (own / "control").write_text(text, "utf-8")
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink() and own not in path.parents)
    command = ["md5sum", *(path.relative_to(root).as_posix() for path in files)]
    (own / "md5sums").write_bytes(subprocess.run(command, cwd=root, capture_output=True, check=True).stdout)  # noqa: S603 - the tree
    for path in sorted(root.rglob("*"), reverse=True):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path == root / "usr/lib" / NAME / NAME else 0o644)
        os.utime(path, (moment(), moment()), follow_symlinks=False)
    root.chmod(0o755)
    os.utime(root, (moment(), moment()))


def main(arguments: Sequence[str]) -> int:
    """Make the package and print its path; return the exit status."""
    parser = argparse.ArgumentParser(prog="deb_package.py", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    os.umask(0o022)
    with tempfile.TemporaryDirectory() as place:
        root = Path(place) / "root"
        root.mkdir()
        stage(options.folder, root)
        finish(root)
        environment = {**os.environ, "SOURCE_DATE_EPOCH": str(moment())}
        command = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z4", "--build", str(root), str(options.out)]
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 - the tree
    print(*options.out.glob(f"{NAME}_{__version__}_*.deb"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
