"""The sample as a whole: the same shape and seed give the same rows, everywhere and always.

The structure (who is coached by whom, when, and with what result) is decided once; the rows follow from it, each part from
chance of its own. So any table can be made alone, row by row, without keeping the others.
"""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from bjc_desktop.sample.consulting import Consulting
from bjc_desktop.sample.development import development_rows
from bjc_desktop.sample.dice import Dice
from bjc_desktop.sample.organisation import organisation_rows, organisations
from bjc_desktop.sample.persons import give_unusual_names, person_rows
from bjc_desktop.sample.sample_cases import Case, Person, cases_of
from bjc_desktop.sample.sample_coachings import coaching_rows
from bjc_desktop.sample.sample_results import result_rows
from bjc_desktop.sample.shape import SampleShape
from bjc_desktop.sample.suggesting import suggestion_rows
from bjc_desktop.sample.tables import COLUMNS, Row, SampleTable, TableRow
from bjc_desktop.sample.workload import Workload

_CaseRows: TypeAlias = Callable[[Case, Dice], Iterator[TableRow]]

DEFAULT_SEED = 91379

_STRUCTURE, _ORGANISATIONS, _PERSONS, _COACHINGS, _DEVELOPMENT, _CONSULTATIONS, _RESULTS, _SUGGESTIONS = range(8)
_PART_OF = {
    "providers": _ORGANISATIONS,
    "funding_decisions": _ORGANISATIONS,
    "funding_changes": _ORGANISATIONS,
    "staff": _ORGANISATIONS,
    "staff_qualifications": _ORGANISATIONS,
    "working_time": _ORGANISATIONS,
    "coachees": _PERSONS,
    "consents": _PERSONS,
    "coachings": _COACHINGS,
    "coaching_staff": _COACHINGS,
    "measures": _COACHINGS,
    "competence_profiles": _DEVELOPMENT,
    "barriers": _DEVELOPMENT,
    "development_plans": _DEVELOPMENT,
    "goals": _DEVELOPMENT,
    "tasks": _DEVELOPMENT,
    "consultations": _CONSULTATIONS,
    "observations": _DEVELOPMENT,
    "suggestions": _SUGGESTIONS,
    "outcomes": _RESULTS,
    "follow_ups": _RESULTS,
}


class Sample:
    """A sample whose rows are made when they are asked for, as often as they are."""

    def __init__(self, shape: SampleShape, seed: int = DEFAULT_SEED) -> None:
        self._shape = shape
        self._seed = seed
        dice = Dice(seed, _STRUCTURE)
        self._organisations = organisations(shape, dice)
        self._cases = cases_of(shape, self._organisations, dice)
        give_unusual_names(self._first_provider_persons())
        self._workload = Workload(shape, self._organisations, self._cases, dice)

    def rows(self, table: str) -> Iterator[Row]:
        """Yield the rows of *table*, without keeping them."""
        return (row for name, row in self._part(_PART_OF[table]) if name == table)

    def tables(self) -> dict[str, SampleTable]:
        """Return all tables with their rows, parents before children."""
        tables = {name: SampleTable(columns, []) for name, columns in COLUMNS.items()}
        adders = {name: table.rows.append for name, table in tables.items()}
        for part in sorted(set(_PART_OF.values())):
            for name, row in self._part(part):
                adders[name](row)
        return tables

    def _first_provider_persons(self) -> list[Person]:
        return [case.person for case in self._cases if case.number == 1 and case.organisation.index == 0]

    def _part(self, part: int) -> Iterator[TableRow]:
        """Yield the rows of one part, which may hold several tables."""
        if part == _ORGANISATIONS:
            for organisation in self._organisations:
                yield from organisation_rows(organisation, self._shape, Dice(self._seed, part, organisation.index))
            return
        make = self._maker(part)
        for case in self._cases:
            yield from make(case, Dice(self._seed, part, case.index))

    def _maker(self, part: int) -> _CaseRows:
        """Return what makes the rows of one coaching for *part*."""
        if part == _CONSULTATIONS:
            return Consulting(self._shape, self._workload, self._seed).rows
        makers = {
            _PERSONS: person_rows,
            _COACHINGS: coaching_rows,
            _DEVELOPMENT: development_rows,
            _RESULTS: result_rows,
            _SUGGESTIONS: suggestion_rows,
        }
        make = makers[part]
        return lambda case, dice: make(case, self._shape, dice)


def sample_tables(shape: SampleShape, seed: int = DEFAULT_SEED) -> dict[str, SampleTable]:
    """Return all tables of a sample in the syntax of the data package, parents before children.

    For a sample of millions of rows use :class:`Sample`, which makes the rows of a table one after the other.
    """
    return Sample(shape, seed).tables()
