"""Icons: one set of line drawings, in the colour of the text beside them."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from bjc_desktop.paths import resource
from bjc_desktop.ui.shared.theme import theme

_SIZE = 20


def icon(name: str, colour: str = "text") -> QIcon:
    """Return the icon *name* in the theme's colour *colour*."""
    return _icon(name, getattr(theme().colours, colour), theme().pixels(_SIZE))


@lru_cache(maxsize=256)
def _icon(name: str, colour: str, size: int) -> QIcon:
    return QIcon(_pixmap(name, colour, size))


def pixmap(name: str, colour: str = "text", size: int = _SIZE) -> QPixmap:
    """Return the icon *name* as a picture of *size* pixels at 100 %."""
    return _pixmap(name, getattr(theme().colours, colour), theme().pixels(size))


def _pixmap(name: str, colour: str, size: int) -> QPixmap:
    drawing = resource(f"icons/{name}.svg").read_text("utf-8").replace("currentColor", colour)
    picture = QPixmap(size * 2, size * 2)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter, QRectF(picture.rect()))
    painter.end()
    picture.setDevicePixelRatio(2)
    return picture
