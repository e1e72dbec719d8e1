"""What taking a file in would do: each row before and after, and what is known of its versions then."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from bjc_desktop.exchange.boundary import Values
from bjc_desktop.exchange.stamping import Stamp
from bjc_desktop.exchange.versions import Version


@dataclass
class MergedRow:
    """A row after merging: what stands in the table now and what will (in this vault's form), and its stamp then."""

    table: str
    identity: str
    row_id: str
    before: Values | None
    after: Values | None
    stamp: Stamp
    known: Values | None = None
    """Its values, should it have to stay though it is deleted."""
    new_held: list[tuple[str, Version]] = field(default_factory=list)
    """Versions that are new beside those of the table, with their group."""
    was: Stamp = field(default_factory=lambda: Stamp({}))
    """Its stamp before."""

    @property
    def is_changed(self) -> bool:
        """Whether the table changes."""
        return self.before != self.after

    @property
    def is_news(self) -> bool:
        """Whether more is known of its versions than before."""
        return _versions(self.was) != _versions(self.stamp)


@dataclass
class Plan:
    """What taking a file in would do."""

    rows: dict[str, dict[str, MergedRow]] = field(default_factory=dict)
    """By table and identity."""
    unchanged: int = 0
    put_back: int = 0
    """Rows whose reference is missing."""
    erased: int = 0
    """Rows of people who were erased here."""
    kept: int = 0
    """Rows that are deleted elsewhere and stay, for something refers to them."""

    def counted(self, table: str) -> tuple[int, int, int]:
        """Return how many rows of *table* are new, changed, gone."""
        changed = [row for row in self.rows.get(table, {}).values() if row.is_changed]
        new = sum(row.before is None for row in changed)
        gone = sum(row.after is None for row in changed)
        return new, len(changed) - new - gone, gone

    @property
    def touches(self) -> bool:
        """Whether anything is to be written, be it only that a version is known now."""
        return any(self.rows.values())

    def all_rows(self) -> Iterator[MergedRow]:
        """Yield all rows, parents before children."""
        for rows in self.rows.values():
            yield from rows.values()


def _versions(stamp: Stamp) -> object:
    held = {group: {version.vector for version in versions} for group, versions in stamp.held.items()}
    return stamp.vectors, set(stamp.existence), held
