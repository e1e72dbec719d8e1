"""What the rows of a sheet say, by target: each cell read, each problem at its cell."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from bjc_desktop.exchange.cells import Value
from bjc_desktop.exchange.lists.known_words import number_of
from bjc_desktop.exchange.lists.list_mapping import SheetMapping
from bjc_desktop.exchange.lists.list_tables import ListTable
from bjc_desktop.exchange.lists.list_targets import TARGETS, Meaning, Target
from bjc_desktop.services.old_lists.cell_readers import CellReader
from bjc_desktop.services.old_lists.list_people import RowNames
from bjc_desktop.services.old_lists.list_plan import ListNote, ListWork
from bjc_desktop.services.old_lists.team_names import Team

MANY = ("consultations", "measures", "outcomes", "follow_ups")
"""The tables of which a row may hold entries of their own."""
COMMON = 0


@dataclass(slots=True)
class RowFacts:
    """What one row says: single values of person and coaching, and lists of values of what there may be several of."""

    number: int
    person: dict[str, Value] = field(default_factory=dict)
    coaching: dict[str, Value] = field(default_factory=dict)
    entries: dict[tuple[str, int], dict[str, tuple[Value, ...]]] = field(default_factory=dict)
    """By table and the number of the columns, which is :data:`COMMON` for what belongs to all of them."""
    consents: dict[str, Value] = field(default_factory=dict)
    notes: list[tuple[int, str, bool]] = field(default_factory=list)
    """Column, sentence, and whether it is a problem."""

    @property
    def names(self) -> RowNames:
        """Who it is about."""
        found = self.person
        return RowNames(
            *(
                None if (value := found.get(name)) is None else str(value)
                for name in ("case_number", "family_name", "given_name", "birth_date")
            )
        )

    @property
    def entry(self) -> str | None:
        """The day of entry."""
        day = self.coaching.get("entry_on")
        return None if day is None else str(day)


class SheetRows:
    """The rows of one sheet under its mapping."""

    def __init__(self, table: ListTable, mapping: SheetMapping, team: Team, today: date) -> None:
        self.table, self.mapping = table, mapping
        places = mapping.places(table)
        groups = _groups(table, places)
        # A problem of numbered columns stands at the column of that number.
        numbered = {f"{key}#{groups[column]}": column for column, key in places}
        self.columns: Mapping[str, int] = {**numbered, **{key: column for column, key in reversed(places)}}
        self._takers = [
            (
                column,
                CellReader(TARGETS[key], table.headings[column], mapping, team, today),
                _taker(TARGETS[key], groups[column]),
            )
            for column, key in places
        ]
        self.defines = "coachings.entry_on" in self.columns or not any(TARGETS[key].table in MANY for _, key in places)
        """Whether a row makes a new person: with an entry, or where it is about nothing but the person."""

    def facts(self, number: int, cells: tuple[str, ...]) -> RowFacts:
        """Return what the row *number* says."""
        made, width = RowFacts(number), len(cells)
        for column, reader, take in self._takers:
            text = cells[column] if column < width else ""
            if not text:
                continue
            reading = reader(text)
            if reading.values:
                take(made, reader.target.field, reading.values)
            if reading.problem or reading.remark:
                made.notes.append((column, reading.problem or reading.remark, bool(reading.problem)))
        return made

    def all_facts(self, work: ListWork) -> Iterator[RowFacts]:
        """Yield what each row says, but those that are left out."""
        mended = {number for sheet, number, _ in work.mended if sheet == self.table.name}
        for cells, number in zip(self.table.rows, self.table.numbers, strict=True):
            if (self.table.name, number) not in work.left_out:
                yield self.facts(number, work.cells(self.table.name, number, cells) if number in mended else cells)

    def note(self, number: int, column: int | None, text: str) -> ListNote:
        """Return a note at a cell."""
        heading = "" if column is None else self.table.headings[column]
        return ListNote(self.table.name, number, column, heading, text)

    def column_of(self, *keys: str) -> int | None:
        """Return the first column that one of the targets *keys* comes from."""
        return next((self.columns[key] for key in keys if key in self.columns), None)


_Taker = Callable[[RowFacts, str, tuple[Value, ...]], None]


def _groups(table: ListTable, places: Iterable[tuple[int, str]]) -> dict[int, int]:
    """Return by column the number of the entry that it belongs to; a column that is the only one for its target belongs to all.

    So an empty „Termin 2“ leaves „Dauer 3“ with „Termin 3“.
    """
    headings: dict[str, list[str]] = defaultdict(list)
    for column, key in places:
        headings[key].append(table.headings[column])
    counted = {TARGETS[key].table for key, names in headings.items() if len(names) > 1 and any(map(number_of, names))}
    groups = {}
    for column, key in places:
        number = number_of(table.headings[column])
        alone = len(headings[key]) == 1 and number is None
        groups[column] = COMMON if alone or TARGETS[key].table not in counted else number or 1
    return groups


def _taker(target: Target, group: int) -> _Taker:
    if target.meaning is Meaning.WHOLE_NAME:
        return _take_name
    if target.table in MANY:
        place = (target.table, group)

        def take_entry(facts: RowFacts, field_name: str, values: tuple[Value, ...]) -> None:
            entries = facts.entries.setdefault(place, {})
            entries[field_name] = (*entries[field_name], *values) if field_name in entries else values

        return take_entry
    return {"coachees": _take_person, "coachings": _take_coaching, "consents": _take_consent}[target.table]


def _take_name(facts: RowFacts, field_name: str, values: tuple[Value, ...]) -> None:
    _ = field_name
    facts.person["family_name"], facts.person["given_name"] = values


def _take_person(facts: RowFacts, field_name: str, values: tuple[Value, ...]) -> None:
    if field_name == "phone" and "phone" in facts.person:
        facts.person["phone"] = f"{facts.person['phone']} / {values[0]}"
    else:
        facts.person[field_name] = values[0]


def _take_coaching(facts: RowFacts, field_name: str, values: tuple[Value, ...]) -> None:
    facts.coaching[field_name] = values[0]


def _take_consent(facts: RowFacts, field_name: str, values: tuple[Value, ...]) -> None:
    facts.consents[field_name] = values[0]
