"""Pictures for the README, from the sample data: two pages of a report, four of the window. Usage: pictures.py [OUT]."""

import io
import sys
import tempfile
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pypdfium2
import screenshots
from PIL import Image

from bjc_desktop.indicators.period import quarter
from bjc_desktop.services.demo import make_demo

OUT = Path(__file__).resolve().parents[1] / "docs" / "pictures"
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


def save(picture: Image.Image, path: Path) -> None:
    """Write *picture* as a small PNG."""
    data = io.BytesIO()
    picture.convert("RGB").quantize(COLOURS, Image.Quantize.FASTOCTREE).save(data, "PNG", optimize=True)
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


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else OUT)
