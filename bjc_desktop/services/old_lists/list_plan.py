"""What taking a list in would do: the dry run's result, and what the user decides about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bjc_desktop.exchange.lists.list_mapping import SheetMapping
from bjc_desktop.exchange.lists.list_tables import ListTable
from bjc_desktop.exchange.package_checks import MergedTable

NEW, OUT = "new", "out"
IN_LIST, IN_VAULT = "list:", "vault:"
"""Beginnings of the decision that somebody is a person of the list (its key follows), or of the vault (its id follows)."""
RowPlace = tuple[str, int]
"""A row: the name of its sheet and its number in the file."""


@dataclass(frozen=True, slots=True)
class ListNote:
    """A problem or a remark at a cell: sheet, number of the row, column (None: the row as a whole), heading, and a sentence."""

    sheet: str
    number: int
    column: int | None
    heading: str
    text: str

    @property
    def place(self) -> RowPlace:
        """Its row."""
        return self.sheet, self.number

    def __str__(self) -> str:
        """Return the note as one line, without what stands in the cell."""
        column = f", Spalte „{self.heading}“" if self.heading else ""
        return f"Blatt „{self.sheet}“, Zeile {self.number}{column}: {self.text}"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Somebody who may be there already: the user decides whether it is the same person."""

    key: str
    """Names the row in a decision."""
    place: RowPlace
    name: str
    reason: str
    choices: tuple[tuple[str, str], ...]
    """Decision and words of each way: the same person as …, a new one, leave out."""
    decision: str | None = None


@dataclass
class ListWork:
    """A list on its way in: what its sheets are taken for, what was mended in its cells and decided about its people."""

    digest: str
    tables: dict[str, ListTable]
    mappings: dict[str, SheetMapping]
    mended: dict[tuple[str, int, int], str] = field(default_factory=dict)
    """Texts by sheet, number of the row, and column."""
    decisions: dict[str, str] = field(default_factory=dict)
    left_out: set[RowPlace] = field(default_factory=set)
    said: set[str] = field(default_factory=set)
    """The sheets whose mapping was said or remembered, not only suggested."""

    def copy(self) -> "ListWork":
        """Return the work as it is now, for a job behind the window while the user goes on."""
        return ListWork(
            self.digest,
            dict(self.tables),
            dict(self.mappings),
            dict(self.mended),
            dict(self.decisions),
            set(self.left_out),
            set(self.said),
        )

    def cells(self, name: str, number: int, cells: tuple[str, ...]) -> tuple[str, ...]:
        """Return the *cells* of a row with what was mended in them."""
        mended = {column: text for (sheet, row, column), text in self.mended.items() if (sheet, row) == (name, number)}
        if not mended:
            return cells
        width = max(len(cells), max(mended) + 1)
        return tuple(mended.get(column, cells[column] if column < len(cells) else "") for column in range(width))


@dataclass(frozen=True, slots=True)
class PlannedCount:
    """How many rows of a table would be new, and how many the vault holds already."""

    new: int
    known: int


@dataclass(frozen=True)
class ListPlan:
    """The dry run."""

    counts: Mapping[str, PlannedCount]
    problems: tuple[ListNote, ...]
    remarks: tuple[ListNote, ...]
    doubts: tuple[Doubt, ...]
    rows_in: int
    rows_known: int
    out: frozenset[RowPlace]
    """The rows that would stay out."""
    merged: Mapping[str, MergedTable]
    """The new rows, by table."""

    @property
    def new_rows(self) -> int:
        """How many rows the vault would gain."""
        return sum(count.new for count in self.counts.values())
