"""Tab goes through a page as one reads it, also where a part was built later than what stands below it."""

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QSplitter, QStackedWidget, QWidget


def follow_layout(widget: QWidget) -> None:
    """Let Tab go through *widget* in the order in which its parts are laid out."""
    for before, after in pairwise(_takers(widget)):
        if before.nextInFocusChain() is not after:
            QWidget.setTabOrder(before, after)


def _takers(widget: QWidget) -> Iterator[QWidget]:
    """Yield what takes the keyboard by Tab; what takes it itself hands nothing on to its own parts."""
    for part in _parts(widget):
        if part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.focusProxy() is None:
            yield part
        else:
            yield from _takers(part)


def _parts(widget: QWidget) -> Iterator[QWidget]:
    if isinstance(widget, QScrollArea):
        yield from filter(None, [widget.widget()])
    elif isinstance(widget, QStackedWidget):
        yield from filter(None, [widget.currentWidget()])
    elif isinstance(widget, QSplitter):
        yield from filter(None, (widget.widget(at) for at in range(widget.count())))
    elif (layout := widget.layout()) is not None:
        yield from _laid_out(layout)


def _laid_out(layout: QLayout) -> Iterator[QWidget]:
    for at in range(layout.count()):
        item = layout.itemAt(at)
        if item is None:
            continue
        inner, part = item.layout(), item.widget()
        if inner is not None:
            yield from _laid_out(inner)
        elif part is not None:
            yield part
