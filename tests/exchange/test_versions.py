"""Random histories of several vaults: whatever comes in which order, all end in the same state, and nothing is lost in silence."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from bjc_desktop.exchange.versions import (
    DELETED,
    EXISTENCE,
    Version,
    covers,
    deleted,
    edited,
    is_alive,
    merged_row,
    parsed_vector,
    revived,
    vector_text,
)
from tests.tally import TRIED

GROUPS = ("course", "closing", "row")
ORIGINS = ("a1", "b2", "c3", "d4")


class Replica:
    """A vault as far as versions go: its rows, its clock, and the files that it has written."""

    def __init__(self, origin: str) -> None:
        self.origin, self.clock = origin, 0
        self.rows: dict[int, dict] = {}

    def tick(self) -> int:
        self.clock += 1
        return self.clock

    def write(self, row: int, group: str, value: int) -> None:
        known = self.rows.get(row, {})
        clock = self.tick()
        if not known or not is_alive(known):
            known = revived(known, self.origin, clock) if known else {}
            known = edited(known, dict.fromkeys(GROUPS, (0,)), self.origin, clock)
        self.rows[row] = edited(known, {group: (value,)}, self.origin, clock)

    def delete(self, row: int) -> None:
        if row in self.rows and is_alive(self.rows[row]):
            self.rows[row] = deleted(self.rows[row], self.origin, self.tick())

    def decide(self, row: int, place: int) -> None:
        """Choose between the versions of the first group that has several."""
        for group, cell in self.rows.get(row, {}).items():
            if group != EXISTENCE and len(cell) > 1 and is_alive(self.rows[row]):
                chosen = cell[place % len(cell)].content
                self.rows[row] = edited(self.rows[row], {group: chosen}, self.origin, self.tick())
                return

    def take_in(self, rows: dict[int, dict]) -> None:
        for row, state in rows.items():
            self.rows[row] = merged_row(self.rows.get(row, {}), state)

    def file(self) -> dict[int, dict]:
        """Return what a file of this vault holds: of rows that are deleted no more than that they are."""
        return {row: state if is_alive(state) else {EXISTENCE: state[EXISTENCE]} for row, state in self.rows.items()}

    def shown(self) -> dict:
        return {
            row: {group: cell[0].content for group, cell in state.items() if group != EXISTENCE}
            for row, state in self.rows.items()
            if is_alive(state)
        }

    def waiting(self) -> dict:
        return {
            (row, group): {version.content for version in cell}
            for row, state in self.rows.items()
            if is_alive(state)
            for group, cell in state.items()
            if group != EXISTENCE and len(cell) > 1
        }


ROWS = st.integers(0, 2)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(0, 3), ROWS, st.sampled_from(GROUPS), st.integers(1, 99)),
        st.tuples(st.just("write"), st.integers(0, 3), ROWS, st.sampled_from(GROUPS), st.integers(1, 99)),
        st.tuples(st.just("delete"), st.integers(0, 3), ROWS),
        st.tuples(st.just("decide"), st.integers(0, 3), ROWS, st.integers(0, 3)),
        st.tuples(st.just("send"), st.integers(0, 3)),
        st.tuples(st.just("receive"), st.integers(0, 3), st.integers(0, 40)),
    ),
    min_size=4,
    max_size=40,
)


def lived(steps: list) -> tuple[list[Replica], list[dict]]:
    """Let four vaults live through *steps*; files are taken in late, twice, in any order, or never."""
    vaults = [Replica(origin) for origin in ORIGINS]
    files: list[dict] = []
    for kind, who, *rest in steps:
        vault = vaults[who]
        if kind == "send":
            files.append(vault.file())
        elif kind == "receive":
            if files:
                vault.take_in(files[rest[0] % len(files)])
        else:
            getattr(vault, kind)(*rest)
        TRIED["steps in random histories"] += 1
    TRIED["random histories"] += 1
    return vaults, files


def all_exchange(vaults: list[Replica], order: list[int]) -> None:
    """Let every vault take in what every other knows, until nothing is new; *order* says whose turn it is."""
    for _ in range(3):
        for place in order:
            for other in vaults:
                vaults[place].take_in(other.file())
    for vault in vaults:
        for other in vaults:
            vault.take_in(other.file())


@settings(max_examples=1600, deadline=None)
@given(STEPS, st.permutations(range(4)), st.permutations(range(4)))
def test_that_all_vaults_end_in_the_same_state_whatever_came_when(steps, one, other) -> None:
    vaults, files = lived(steps)
    again, _ = lived(steps)
    TRIED["random histories"] -= 1
    for vault in vaults:
        for file in files:
            vault.take_in(file)
    for vault in again:
        for file in reversed(files):
            vault.take_in(file)
            vault.take_in(file)
    all_exchange(vaults, one)
    all_exchange(again, other)
    states = [vault.shown() for vault in (*vaults, *again)]
    assert all(state == states[0] for state in states)
    waiting = [vault.waiting() for vault in (*vaults, *again)]
    assert all(state == waiting[0] for state in waiting)


@settings(max_examples=400, deadline=None)
@given(STEPS)
def test_that_what_was_changed_on_both_sides_is_kept_in_both_versions(steps) -> None:
    vaults, _ = lived(steps)
    last = {
        (row, group, version.vector): version.content
        for vault in vaults
        for row, state in vault.rows.items()
        for group, cell in state.items()
        for version in cell
        if group != EXISTENCE
    }
    all_exchange(vaults, [0, 1, 2, 3])
    for (row, group, vector), content in last.items():
        state = vaults[0].rows[row]
        if not is_alive(state):
            continue
        kept = state.get(group, ())
        replaced = any(version.vector != vector and covers(version.vector, vector) for version in kept)
        assert replaced or Version(vector, content) in kept


@settings(max_examples=200, deadline=None)
@given(STEPS, STEPS, STEPS)
def test_that_merging_is_associative_commutative_and_idempotent(one, two, three) -> None:
    rows = [lived(steps)[0][0].rows.get(0, {}) for steps in (one, two, three)]
    # Three vaults of the same name cannot be: each history stands for a vault of its own.
    a, b, c = (
        {
            group: tuple(
                Version(tuple((f"{index}{origin}", clock) for origin, clock in version.vector), version.content)
                for version in cell
            )
            for group, cell in row.items()
        }
        for index, row in enumerate(rows)
    )
    assert merged_row(a, merged_row(b, c)) == merged_row(merged_row(a, b), c)
    assert merged_row(a, b) == merged_row(b, a)
    assert merged_row(a, a) == a


def test_that_an_edit_that_does_not_know_of_a_deletion_keeps_the_row() -> None:
    one = edited({}, {"row": ("eins",)}, "a1", 1)
    gone = deleted(one, "a1", 2)
    changed = edited(one, {"row": ("zwei",)}, "b2", 1)
    assert not is_alive(merged_row(gone, one))
    assert is_alive(merged_row(gone, changed))
    assert not is_alive(deleted(merged_row(gone, changed), "c3", 1))
    assert is_alive(revived(deleted(merged_row(gone, changed), "c3", 1), "c3", 2))


def test_that_a_vector_is_written_and_read() -> None:
    vector = (("0a", 3), ("ff", 12))
    assert parsed_vector(vector_text(vector)) == vector


def test_that_the_existence_cell_holds_deletions() -> None:
    gone = deleted(edited({}, {"row": ("eins",)}, "a1", 1), "a1", 2)
    assert Counter(version.content for version in gone[EXISTENCE]) == {DELETED: 1}
