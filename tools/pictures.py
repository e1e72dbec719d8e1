"""Pictures from the sample data: for the README two pages of a report and four of the window, for the manual its pages.

Usage: pictures.py [OUT] | pictures.py --manual | pictures.py --check. The last says which picture of the manual is older than its page.
"""

import io
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pypdfium2
import screenshots
from PIL import Image, ImageChops

from bjc_desktop.indicators.period import quarter
from bjc_desktop.services.demo import make_demo

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs" / "pictures"
MANUAL = ROOT / "resources" / "manual" / "bilder"
DAY = date(2026, 1, 31)
PAGES = (0, 1)
WIDTH = 900
COLOURS = 255


def newest_report(folder: Path) -> bytes:
    """Return the PDF of the sample data's last quarter, as of DAY."""
    make_demo(folder, now=datetime(DAY.year, DAY.month, DAY.day, 9, tzinfo=UTC), today=DAY, say=lambda _: None)
    bundle = next((folder / "berichte").glob(f"*_{quarter(2025, 4).label}_v1.zip"))
    with zipfile.ZipFile(bundle) as archive:
        return archive.read("report.pdf")


WINDOW = {
    "window-overview": "overview-light-100",
    "window-case": "case-consultations-light-100",
    "window-report": "report-check-light-100",
    "window-observing": "observing-light-100",
}
MANUAL_PAGES = {
    "access": ("access",),
    "audit": ("audit",),
    "backups": ("backups",),
    "case_file": ("case-coaching", "case-plan"),
    "closing": ("closing",),
    "coachees": ("coachees",),
    "consultation": ("consultation",),
    "duplicates": ("duplicates",),
    "exchange": ("exchange-conflicts", "exchange-partners", "exchange-reading"),
    "figures": ("figures-cases",),
    "follow_ups": ("follow_ups",),
    "following": ("following",),
    "foundations": ("foundations-decisions",),
    "hours": ("hours",),
    "join": ("join",),
    "lists": ("lists-columns", "lists-preview"),
    "observing": ("observing",),
    "overview": ("overview",),
    "palette": ("palette",),
    "privacy": ("privacy-rules",),
    "quality": ("quality",),
    "report": ("report-check", "report-say", "report-send"),
    "start": ("start",),
    "statistic": ("statistic",),
    "team": ("team",),
}
"""The pictures of the manual, by the page that is asked for."""
_LEVELS = 64
"""By how much of 255 a dot must differ to be another one: less may come from another machine's way of drawing."""
_DOTS = 60
"""So many other dots make another picture: a word has more."""
_MARGIN = 14


def save(picture: Image.Image, path: Path) -> None:
    """Write *picture* as a small PNG."""
    data = io.BytesIO()
    picture.convert("RGB").quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(data, "PNG", optimize=True)
    path.write_bytes(data.getvalue())


def main(out: Path) -> None:
    """Write one small PNG per page."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        screenshots.main(Path(folder), {"overview", "case_file", "report", "observing"})
        for name, picture in WINDOW.items():
            save(Image.open(Path(folder) / f"{picture}.png"), out / f"{name}.png")
    with tempfile.TemporaryDirectory() as folder, pypdfium2.PdfDocument(newest_report(Path(folder) / "demo")) as document:
        for number in PAGES:
            page = document[number]
            save(page.render(scale=WIDTH / page.get_width()).to_pil(), out / f"report-{number + 1}.png")


def of_manual() -> Iterator[tuple[str, Image.Image]]:
    """Yield each picture of the manual as its page looks now, without the empty ground at its bottom."""
    with tempfile.TemporaryDirectory() as folder:
        screenshots.main(Path(folder), set(MANUAL_PAGES), looks=(("light", 100),), pages_alone=True)
        for names in MANUAL_PAGES.values():
            for name in names:
                yield name, _without_ground(Image.open(Path(folder) / f"{name}-light-100.png").convert("RGB"))


def _without_ground(picture: Image.Image) -> Image.Image:
    ground = Image.new("RGB", picture.size, picture.getpixel((2, picture.height - 2)))
    _, _, _, bottom = ImageChops.difference(picture, ground).getbbox() or (0, 0, 0, picture.height)
    return picture.crop((0, 0, picture.width, min(bottom + _MARGIN, picture.height)))


def write_manual() -> int:
    """Write the pictures of the manual that have changed; return the exit status."""
    MANUAL.mkdir(parents=True, exist_ok=True)
    wanted = {name for names in MANUAL_PAGES.values() for name in names}
    for path in MANUAL.glob("*.png"):
        if path.stem not in wanted:
            path.unlink()
    for name, picture in of_manual():
        path = MANUAL / f"{name}.png"
        if not path.is_file() or _other_dots(picture, path) > _DOTS:
            save(picture, path)
    return 0


def check_manual() -> int:
    """Say which picture of the manual does not show its page as it is now; return the exit status."""
    stale = [name for name, picture in of_manual() if _other_dots(picture, MANUAL / f"{name}.png") > _DOTS]
    for name in stale:
        sys.stderr.write(f"resources/manual/bilder/{name}.png is older than its page; run `make pictures`.\n")
    return 1 if stale else 0


def _other_dots(picture: Image.Image, path: Path) -> int:
    """Return how many dots of *picture* are not those of the file at *path*."""
    if not path.is_file():
        return picture.width * picture.height
    kept = Image.open(path).convert("RGB")
    if kept.size != picture.size:
        return picture.width * picture.height
    differences = ImageChops.difference(picture, kept)
    largest = ImageChops.lighter(ImageChops.lighter(*differences.split()[:2]), differences.split()[2])
    return sum(largest.histogram()[_LEVELS:])


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit(check_manual())
    elif sys.argv[1:] == ["--manual"]:
        sys.exit(write_manual())
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else OUT)
