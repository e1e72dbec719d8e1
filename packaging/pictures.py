"""Draws the program's icon in every size that a desktop asks for: `pictures.py FOLDER` makes NAME-SIZE.png and NAME.ico."""

import os
import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

DRAWING = Path(__file__).resolve().parents[1] / "resources" / "icons" / "app.svg"
NAME = "bjc-desktop"
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
_OF_WINDOWS = (16, 24, 32, 48, 64, 128, 256)


def drawn(size: int) -> bytes:
    """Return the icon as a PNG of *size* pixels."""
    picture = QImage(size, size, QImage.Format.Format_ARGB32)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(str(DRAWING)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")  # type: ignore[call-overload] - the stubs know the names of files only
    return bytes(buffer.data().data())


def main(arguments: Sequence[str]) -> int:
    """Draw into the folder that is named; return the exit status."""
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    application = QGuiApplication([])
    pictures = {size: drawn(size) for size in SIZES}
    for size, content in pictures.items():
        (folder / f"{NAME}-{size}.png").write_bytes(content)
    largest, *others = (Image.open(BytesIO(pictures[size])) for size in reversed(_OF_WINDOWS))
    largest.save(folder / f"{NAME}.ico", sizes=[(size, size) for size in _OF_WINDOWS], append_images=others)
    application.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
