"""Pictures for the README: the first two pages of a report on the sample data. Usage: pictures.py [OUT]."""

import io
import sys
import tempfile
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pypdfium2
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


def main(out: Path) -> None:
    """Write one small PNG per page."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, pypdfium2.PdfDocument(newest_report(Path(folder) / "demo")) as document:
        for number in PAGES:
            page = document[number]
            picture = (
                page.render(scale=WIDTH / page.get_width()).to_pil().convert("RGB").quantize(COLOURS, Image.Quantize.FASTOCTREE)
            )
            data = io.BytesIO()
            picture.save(data, "PNG", optimize=True)
            (out / f"report-{number + 1}.png").write_bytes(data.getvalue())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else OUT)
