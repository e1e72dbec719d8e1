"""People who are there twice: found while typing and in the background over 80,000 people, and hits and misses on public sets.

The public sets are RLdata500 and RLdata10000 of the R package RecordLinkage (German names with known duplicates). Their licence is
the GPL, so they are no part of this repository: ``BJC_GERMAN_NAMES`` names one or several CSV files (separated as in PATH) with
the columns fname_c1, fname_c2, lname_c1, lname_c2, by, bm, bd and ent_id. Without it, these rows are left out.
"""

import csv
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import partial
from itertools import combinations
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.measuring import Row, milliseconds
from benchmarks.sample_vaults import TEN_YEARS, TODAY, Workshop
from bjc_desktop.models import Coachee
from bjc_desktop.models.name_keys import folded_words
from bjc_desktop.services.likeness import Days, NamedPerson, compare
from bjc_desktop.services.pair_search import FiledPerson, find_pairs
from bjc_desktop.services.possible_duplicates import possible_duplicates
from bjc_desktop.services.similar_coachees import similar_coachees
from bjc_desktop.vault import Vault

_TYPED, _COMMON = 40, 20
"""So many people are typed letter by letter, and so many of the most frequent names beside them."""
_BEYOND_HALF = 0.95
_MOST_WRONG = 5

Pair = frozenset[str]


def measure(workshop: Workshop) -> Iterator[Row]:
    """Yield the speed over 80,000 people, and the quality on the public sets that are there."""
    with workshop.filled_vault(TEN_YEARS) as vault:
        for title, people in (("every kind of name", _spread(vault)), ("the most frequent names", _common(vault))):
            times = sorted(_keystrokes(vault, people))
            yield Row(f"similar people while typing, 80,000, {title}, 95th percentile", times[int(len(times) * _BEYOND_HALF)], 50)
        with vault.reading() as connection:
            time = milliseconds(lambda: possible_duplicates(connection, today=TODAY))
        yield Row("all pairs who may be one among 80,000, behind the window", time, 5000)
    for path in filter(None, os.environ.get("BJC_GERMAN_NAMES", "").split(os.pathsep)):
        yield from _quality(Path(path))


Typed = tuple[str, str, date | None]


def _keystrokes(vault: Vault, people: Sequence[Typed]) -> Iterator[float]:
    """Yield how long each keystroke takes: the family name, the given name, and the birth date at once."""
    for family, given, born in people:
        states: list[Typed] = [(family, given[:length], None) for length in range(1, len(given) + 1)]
        if born is not None:
            states += [(family[:length], "", born) for length in range(1, len(family) + 1)]
            states.append((family, given, born))
        for shown_family, shown_given, day in states:
            with vault.reading() as connection:
                yield milliseconds(partial(similar_coachees, connection, shown_given, shown_family, day, today=TODAY))


def _spread(vault: Vault) -> list[Typed]:
    columns = (Coachee.family_name, Coachee.given_name, Coachee.birth_date)
    with vault.reading() as connection:
        rows = connection.execute(select(*columns).order_by(Coachee.id)).all()
    return [(row.family_name, row.given_name or "", row.birth_date) for row in rows[:: max(1, len(rows) // _TYPED)]]


def _common(vault: Vault) -> list[Typed]:
    often = func.count().desc()
    with vault.reading() as connection:
        families = connection.execute(select(Coachee.family_name).group_by(Coachee.family_name).order_by(often).limit(_COMMON))
        given = connection.execute(select(Coachee.given_name).group_by(Coachee.given_name).order_by(often).limit(_COMMON + 1))
        names = [name for name in given.scalars() if name]
        return [(family, name, date(1985, 3, 12)) for family, name in zip(families.scalars(), names, strict=False)]


# --- hits and misses ----------------------------------------------------------------------------------------------------------


def _quality(path: Path) -> Iterator[Row]:
    people, true = _read(path)
    found = {frozenset({pair.first.id, pair.second.id}) for pair in find_pairs(list(people.values()))}
    hits = found & true
    precision, recall = len(hits) / len(found), len(hits) / len(true)
    f1 = 2 * precision * recall / (precision + recall)
    print(f"{path.stem}: {len(true)} pairs, precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}", file=sys.stderr)
    for cause, count in Counter(_cause(people, pair) for pair in true - found).most_common():
        print(f"  missed {count}: {cause}", file=sys.stderr)
    yield Row(f"{path.stem}: pairs of one person that are missed", 100 * (1 - recall), _MOST_WRONG, "%")
    yield Row(f"{path.stem}: pairs named that are two people", 100 * (1 - precision), _MOST_WRONG, "%")


def _read(path: Path) -> tuple[Mapping[str, FiledPerson], set[Pair]]:
    people: dict[str, FiledPerson] = {}
    groups: dict[str, list[str]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            key = f"{number:06}"
            people[key] = FiledPerson(key, NamedPerson(_words(row, "fname"), _words(row, "lname"), _day(row)))
            groups[row["ent_id"]].append(key)
    return people, {frozenset(pair) for group in groups.values() for pair in combinations(group, 2)}


def _words(row: Mapping[str, str], name: str) -> tuple[str, ...]:
    return folded_words(" ".join(part for part in (row[f"{name}_c1"], row[f"{name}_c2"]) if part != "NA"))


def _day(row: Mapping[str, str]) -> date | None:
    # Some days of the set do not exist: the window refuses such a day, so it is one that is not known.
    with suppress(ValueError):
        return date(int(row["by"]), int(row["bm"]), int(row["bd"]))
    return None


def _cause(people: Mapping[str, FiledPerson], pair: Pair) -> str:
    one, other = sorted(pair)
    comparison = compare(people[one].person, people[other].person)
    names = "same name" if comparison.same_name else "name written otherwise"
    days = {
        Days.SAME: "same day",
        Days.SLIP: "day with a slip",
        Days.PART: "day with another day, month or year",
        Days.OTHER: "another day",
        Days.UNKNOWN: "day not known",
    }
    return f"{names}, {days[comparison.days]}"
