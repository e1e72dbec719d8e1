"""What follows for this vault from the rows of an exchange file.

Merging follows exchange/versions.py alone, so the same files lead to the same state in any order. What two vaults changed without
knowing of each other is kept in both versions. A row that others still refer to is not deleted; a row whose reference is
missing is put back until a later file brings it.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from bjc_desktop.exchange.boundary import Boundary, Values, by_group
from bjc_desktop.exchange.field_groups import EXCHANGED, NOTE, columns_of, groups_of
from bjc_desktop.exchange.incoming import Incoming, IncomingRow
from bjc_desktop.exchange.merge_plan import MergedRow, Plan
from bjc_desktop.exchange.needed_rows import keep_what_is_needed, let_go_with_people, put_back_dangling
from bjc_desktop.exchange.package_checks import select_by
from bjc_desktop.exchange.remembering import last_known, led_elsewhere
from bjc_desktop.exchange.stamping import Stamp, read_stamps
from bjc_desktop.exchange.versions import EXISTENCE, Cell, Version, merged_row
from bjc_desktop.vault.changes import concerns_people, link_to_owner, people_of
from bjc_desktop.vault.tombstones import in_force, marks_of
from bjc_desktop.vocabulary import ErasureDepth

_ORDER = tuple(table.name for table in EXCHANGED)


def plan_merge(connection: Connection, boundary: Boundary, incoming: Incoming) -> Plan:
    """Return what follows from *incoming* for this vault, whose stamps must be up to date; nothing is written."""
    plan = Plan()
    merger = _Merger(connection, boundary)
    for table in _ORDER:
        rows, same = merger.merged(table, incoming.get(table, {}))
        plan.rows[table], plan.unchanged = rows, plan.unchanged + same
    _leave_out_erased(connection, plan)
    left = -1
    while left != plan.put_back:
        # What is put back goes on referring to what it referred to.
        left = plan.put_back
        keep_what_is_needed(connection, plan)
        put_back_dangling(connection, plan)
    let_go_with_people(connection, plan)
    _drop_what_is_known(plan)
    return plan


class _Merger:
    """Merges rows with what this vault knows of them."""

    def __init__(self, connection: Connection, boundary: Boundary) -> None:
        self.connection, self.boundary = connection, boundary

    def merged(self, table: str, rows: Mapping[str, IncomingRow]) -> tuple[dict[str, MergedRow], int]:
        """Return the rows of *table* that are not as this vault knows them already, and how many are."""
        if self.boundary.notes is None:
            # Who cannot read notes cannot keep them either: somebody who can takes the file in once more.
            for row in rows.values():
                row.stamp.vectors.pop(NOTE, None)
                row.stamp.held.pop(NOTE, None)
        gone = self._still_there(table)
        stamps = read_stamps(self.connection, table, {**dict.fromkeys(rows), **dict.fromkeys(gone)})
        new = {key: row for key, row in rows.items() if key not in stamps or _is_of_use(stamps[key], row)}
        waiting = gone - set(new)
        local = self._local_rows(table, (*new, *waiting))
        found = {key: self._row(table, key, row, stamps.get(key), local.get(key)) for key, row in new.items()}
        for key in waiting & set(local):
            row_id = self.boundary.local_id(table, key)
            found[key] = MergedRow(table, key, row_id, local[key], None, stamps[key], local[key], was=stamps[key])
        return found, len(rows) - len(new)

    def _still_there(self, table: str) -> set[str]:
        """Return the rows that are deleted and had to stay, because something referred to them when they were."""
        query = "SELECT entity_id FROM row_stamps WHERE entity = ? AND deleted = 1"
        return set(self.connection.exec_driver_sql(query, (table,)).scalars())

    def _local_rows(self, table: str, identities: Iterable[str]) -> dict[str, Values]:
        ids = {self.boundary.local_id(table, identity): identity for identity in identities}
        found = select_by(self.connection, f"main.{table}", ("id", *columns_of(table)), "id", ids)
        return {ids[row[0]]: tuple(row[1:]) for row in found}

    def _row(self, table: str, key: str, row: IncomingRow, known: Stamp | None, before: Values | None) -> MergedRow:
        row_id = self.boundary.local_id(table, key)
        if known is None and before is None and not (row.stamp.held or row.stamp.existence):
            # Most rows of a first file: there is nothing to merge with.
            values = self._new_values(table, row_id, row)
            return MergedRow(table, key, row_id, None, values, row.stamp, values)
        stamp = known or Stamp({})
        held = before if before is not None or known is None else last_known(self.connection, self.boundary, table, key)
        mine = {} if held is None else by_group(table, self.boundary.outward(table, row_id, held))
        theirs = {} if row.values is None else by_group(table, row.values)
        here = stamp.state(mine)
        if before is None:
            forgotten = led_elsewhere(table, mine, theirs) & row.stamp.vectors.keys() if mine else {*groups_of(table)}
            here = {group: cell for group, cell in here.items() if group not in forgotten}
        state = merged_row(self._readable(table, key, here), row.stamp.state(theirs))
        merged = _authored(stamp, row.stamp)
        merged.take(state)
        known_values = self._values(table, row_id, state, held, mine)
        after = None if merged.deleted else known_values
        new = [
            (group, version)
            for group, cell in state.items()
            for version in cell
            if version.vector in merged.waiting(group) and version.vector not in stamp.waiting(group)
        ]
        return MergedRow(table, key, row_id, before, after, merged, known_values, new, stamp)

    def _new_values(self, table: str, row_id: str, row: IncomingRow) -> Values:
        """Return a row of which this vault knows nothing in its own form; groups without a version are empty."""
        values = row.values or ()
        groups = groups_of(table)
        if len(row.stamp.vectors) < len(groups):
            sent = {name for group in row.stamp.vectors for name in groups[group]}
            values = tuple(value if name in sent else None for name, value in zip(columns_of(table), values, strict=True))
        return self.boundary.inward(table, row_id, values)

    def _readable(self, table: str, key: str, state: Mapping[str, Cell]) -> dict[str, Cell]:
        """Return *state* with its held versions as every vault knows them, which those of the table are already."""
        return {
            group: (
                cell[0],
                *(Version(other.vector, self.boundary.held_outward(table, group, key, other.content)) for other in cell[1:]),
            )
            if group != EXISTENCE
            else cell
            for group, cell in state.items()
        }

    def _values(
        self, table: str, row_id: str, state: Mapping[str, Cell], before: Values | None, mine: Mapping[str, Values]
    ) -> Values | None:
        """Return the row in this vault's form: of a group that nobody sent, what the table holds stays."""
        columns = columns_of(table)
        outward: dict[str, object] = {}
        for group, names in groups_of(table).items():
            content = state[group][0].content if group in state else None
            if isinstance(content, tuple) and content != mine.get(group):
                outward.update(zip(names, content, strict=True))
        if before is None and not outward:
            return None
        inward = self.boundary.inward(table, row_id, [outward.get(name) for name in columns])
        stay = before or (None,) * len(columns)
        return tuple(new if name in outward else old for name, new, old in zip(columns, inward, stay, strict=True))


def _is_of_use(known: Stamp, row: IncomingRow) -> bool:
    """Say whether a row of the file is new, or is deleted here and stays there: something that comes with it may refer to it."""
    return not _is_known(known, row.stamp) or (known.deleted and row.values is not None)


def _is_known(known: Stamp, other: Stamp) -> bool:
    """Say whether nothing of *other* is new."""
    same = all(known.vectors.get(group) == vector for group, vector in other.vectors.items())
    held = {version.vector for versions in known.held.values() for version in versions}
    return (
        same
        and set(other.existence) <= set(known.existence)
        and all(version.vector in held for versions in other.held.values() for version in versions)
    )


def _authored(mine: Stamp, theirs: Stamp) -> Stamp:
    """Return a stamp that knows who made which version, and who changed the row last."""
    found = Stamp({}, coachee_id=mine.coachee_id, changed_by=mine.changed_by, changed_at=mine.changed_at)
    for stamp in (theirs, mine):
        author = (stamp.changed_by, stamp.changed_at)
        vectors = (*stamp.vectors.values(), *(vector for _, vector in stamp.existence))
        found.held_by |= dict.fromkeys(vectors, author) | stamp.held_by
    if not mine.vectors or theirs.changed_at > mine.changed_at:
        found.changed_by, found.changed_at = theirs.changed_by, theirs.changed_at
    return found


def _drop_what_is_known(plan: Plan) -> None:
    """Leave out the rows of which neither the table nor what is known of their versions changes."""
    for rows in plan.rows.values():
        for row in list(rows.values()):
            if row.after is None:
                # What is remembered of a row that is gone is what stood here, whatever versions others had.
                row.stamp.vectors = row.was.vectors
            if not (row.is_changed or row.is_news or row.new_held):
                del rows[row.identity]


# --- who was erased -----------------------------------------------------------------------------------------------------------


def _leave_out_erased(connection: Connection, plan: Plan) -> None:
    """Leave out what belongs to people who were erased here, and note of every other row whose it is."""
    owners = _owners(connection, plan)
    marks = in_force(connection, (ErasureDepth.PERSON, ErasureDepth.FACTS))
    people = {person for rows in owners.values() for person in rows.values()} if marks else set()
    erased = {person for person, mark in marks_of(connection, people).items() if mark in marks}
    for table, rows in plan.rows.items():
        for identity, row in list(rows.items()):
            person = owners.get(table, {}).get(row.row_id)
            row.stamp.coachee_id = person or row.stamp.coachee_id
            if person in erased:
                del rows[identity]
                plan.erased += 1


def _owners(connection: Connection, plan: Plan) -> dict[str, dict[str, str]]:
    """Return the coachee of each planned row of the tables that concern people, by the row's id."""
    found: dict[str, dict[str, str]] = {}
    for table in filter(concerns_people, _ORDER):
        link = link_to_owner(table)
        rows = plan.rows[table].values()
        if link is None:
            found[table] = {row.row_id: row.row_id for row in rows}
            continue
        position = columns_of(table).index(link[0])
        parents = {row.row_id: str(row.known[position]) for row in rows if row.known is not None}
        known = people_of(connection, link[1], set(parents.values()) - set(found[link[1]])) | found[link[1]]
        found[table] = {row_id: known[parent] for row_id, parent in parents.items() if parent in known}
    return found
