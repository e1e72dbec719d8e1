"""What a list says of itself when it is saved: its title, the filter in words, how many there are, and all its rows.

What is shown decides: cells are read as the window writes them, so a file never holds what its list does not show.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QLineEdit, QWidget

from bjc_desktop.reports.shown_list import Cell, Row
from bjc_desktop.ui.shared.labels import NO_VALUE

SAVE_KEYS = "Ctrl+Shift+E"
SAVE_KEYS_SHOWN = "Strg+Umschalt+E"
Step = Callable[[int, int], object]
"""Told how many of how many rows are read."""
RowReader = Callable[[Any, Step], Sequence[Any]]
"""Reads all rows that a list shows, from a connection."""
_DAY = re.compile(r"\d{2}\.\d{2}\.\d{4}")
_MOMENT = re.compile(r"\d{2}\.\d{2}\.\d{4} \d{2}:\d{2}")
_NUMBER = re.compile(r"[-−]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?")


@dataclass(frozen=True, slots=True)
class OfferedColumn:
    """A column of a list on its way out: its heading, a row's cell in it, and whether it holds confidential notes."""

    heading: str
    cell: Callable[[Any], Cell]
    notes: bool = False


@dataclass(frozen=True, slots=True)
class OfferedList:
    """A list as it stood when somebody asked to save it; *read* is given where not all rows are there yet."""

    title: str
    filter_words: str
    columns: tuple[OfferedColumn, ...]
    rows: Sequence[Any]
    read: RowReader | None
    shown: int | None
    """How many rows there are; None where that is not known before they are read."""
    total: int | None
    """How many there are without the filter; None where nothing is filtered."""
    about: tuple[str, ...]
    """The coachings that the rows are about, where the rows do not say so themselves."""

    def cells(self, rows: Iterable[Any], *, notes: bool) -> tuple[tuple[str, ...], tuple[Row, ...]]:
        """Return headings and cells of *rows*, confidential notes only where they are wanted."""
        columns = [column for column in self.columns if notes or not column.notes]
        return tuple(column.heading for column in columns), tuple(tuple(column.cell(row) for column in columns) for row in rows)

    def coachings(self, rows: Iterable[Any]) -> list[str]:
        """Return the coachings that *rows* are about, as far as they say."""
        if self.about:
            return list(self.about)
        return [found for row in rows if (found := getattr(row, "coaching_id", None)) is not None]


@dataclass(slots=True)
class ListOffer:
    """How the words of a list come about: all of it is asked when the list is saved."""

    filters: Sequence[QWidget] = ()
    title: Callable[[], str] | None = None
    words: Callable[[], str] = field(default=str)
    total: Callable[[], int] | None = None
    everything: Callable[[], RowReader | None] = field(default=lambda: None)
    about: Callable[[], Sequence[str]] = field(default=tuple)
    """The coachings that the rows are about, where neither they nor a case file around the list say so."""


class OfferedView(Protocol):
    """A list that can be saved."""

    list_offer: ListOffer

    def offered(self) -> OfferedList:
        """Return the list as it stands."""
        ...


def typed_cell(text: str, *, number: bool = False) -> Cell:
    """Return what is shown as a value: a day, a moment, in a column of numbers a number; otherwise the text as it is."""
    if text in {"", NO_VALUE}:
        return None
    with suppress(ValueError):
        if _DAY.fullmatch(text):
            return datetime.strptime(text, "%d.%m.%Y").date()  # noqa: DTZ007 - a day
        if _MOMENT.fullmatch(text):
            return datetime.strptime(text, "%d.%m.%Y %H:%M")  # noqa: DTZ007 - the user's wall clock
    if number and _NUMBER.fullmatch(text):
        plain = text.replace(".", "").replace("−", "-").replace(",", ".")
        return Decimal(plain) if "." in plain else int(plain)
    return text


def filter_words(filters: Iterable[QWidget], more: str = "") -> str:
    """Return in words what the choices and lines narrow a list to."""
    parts = [said for widget in filters if not widget.isHidden() and (said := _said(widget))]
    return "; ".join([*parts, *([more] if more else [])])


def _said(widget: QWidget) -> str:
    if isinstance(widget, QComboBox) and widget.currentData() is not None:
        return f"{widget.accessibleName()}: {widget.currentText()}"
    if isinstance(widget, QLineEdit) and widget.text().strip():
        return f"{widget.accessibleName()}: „{widget.text().strip()}“"
    return ""


def in_parts(ask: Callable[[Any, int], tuple[Sequence[Any], int]]) -> RowReader:
    """Return a reader of all rows, part by part; *ask* returns those from a place on and how many there are."""

    def read(connection: Any, step: Step) -> Sequence[Any]:
        rows: list[Any] = []
        while True:
            part, total = ask(connection, len(rows))
            rows.extend(part)
            step(len(rows), max(total, len(rows)))
            if not part or len(rows) >= total:
                return rows

    return read


def case_of(widget: QWidget) -> tuple[str | None, str]:
    """Return the coaching whose file *widget* is a part of, and the file's title; none elsewhere."""
    at: QWidget | None = widget.parentWidget()
    while at is not None:
        coaching_id = getattr(at, "coaching_id", None)
        if isinstance(coaching_id, str) and coaching_id:
            return coaching_id, f"Fallakte: {at.title.text()}" if hasattr(at, "title") else ""
        at = at.parentWidget()
    return None, ""


def offer_saving(view: QAbstractItemView) -> None:
    """Offer in the context menu of *view* to save what it shows."""
    action = QAction(f"Liste speichern …\t{SAVE_KEYS_SHOWN}", view)
    action.triggered.connect(lambda: ask_to_save(view))
    view.addAction(action)
    view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)


def ask_to_save(view: QAbstractItemView) -> None:
    """Hand *view* to the window that it is a part of."""
    at: QWidget | None = view.parentWidget()
    while at is not None:
        save = getattr(at, "save_list", None)
        if save is not None:
            save(view)
            return
        at = at.parentWidget()
