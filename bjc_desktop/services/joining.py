"""Joining two files of one person: what moves, what is chosen, what follows from it, and taking it back within 30 days.

Nothing is joined by the program itself. The file that is given up goes, what belongs to it goes on under the one that is kept, and the
record of its changes stays under its own id and key, so that everything can be read and taken back.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Any

from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from bjc_desktop.errors import InvalidInputError, VaultError
from bjc_desktop.models import Base, ChangeRecord, Coachee, DistinctPeople, JoinedPerson
from bjc_desktop.services.due_items import full_name
from bjc_desktop.services.past_figures import FigureEffect, changed_figures, read_past_figures
from bjc_desktop.services.possible_duplicates import GONE, SAME, ListedPerson, changes_of, decided_elsewhere, pair_id
from bjc_desktop.services.row_editing import change_row
from bjc_desktop.services.row_titles import counted, entity_of, fields_of, shown
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.services.undoing import DAYS, JOIN, read_undo_links
from bjc_desktop.vault import Vault, read_payload, record_event
from bjc_desktop.vault.role_rights import NOT_ASSIGNED, visible_people

_OWN = {"joined_people", "distinct_people"}
"""What was decided about the person is written anew, not moved."""
_SHOWN = 8
_COACHINGS = text(
    "SELECT c.id, c.coachee_id, c.entry_on, c.exit_on, c.cancelled, p.name AS provider FROM coachings c "
    "JOIN providers p ON p.id = c.provider_id WHERE c.coachee_id IN (:one, :other) ORDER BY c.entry_on, c.id"
)


class _NotKeptError(Exception):
    """Ends a rehearsal: its transaction is rolled back."""


@dataclass(frozen=True, slots=True)
class FieldPair:
    """A field of the master data in both files, in words; where they differ, whose value is proposed."""

    name: str
    title: str
    kept: str
    given_up: str
    proposed: str
    """The id of the person whose value is proposed."""

    @property
    def differs(self) -> bool:
        """Whether the two files say different things."""
        return self.kept != self.given_up


@dataclass(frozen=True, slots=True)
class CoachingLine:
    """A coaching of one of the two, in words."""

    coachee_id: str
    text: str


@dataclass(frozen=True, slots=True)
class JoinPreview:
    """What joining would do."""

    keep: ListedPerson
    give_up: ListedPerson
    fields: tuple[FieldPair, ...]
    coachings: tuple[CoachingLine, ...]
    moved: str
    """The rows that would move, in words; empty for none."""
    overlaps: tuple[str, ...]
    """Coachings that share days, one sentence each."""
    effects: tuple[FigureEffect, ...] = ()
    """The figures of quarters without a released report that would change."""

    @property
    def consequences(self) -> tuple[str, ...]:
        """What to think of before, one sentence each."""
        found = [f"Es gehen über: {self.moved}." if self.moved else "Zur aufgegebenen Akte gehört sonst nichts."]
        found += self.overlaps
        if self.effects:
            what = "; ".join(
                f"{effect.quarter} {effect.label}: {effect.before} → {effect.after}" for effect in self.effects[:_SHOWN]
            )
            more = f" und {len(self.effects) - _SHOWN} weitere" if len(self.effects) > _SHOWN else ""
            found.append(
                "Kennzahlen, die Personen zählen, zählen sie danach einmal. Ohne freigegebenen Bericht ändern sich: "
                f"{what}{more}."
            )
        else:
            found.append("Keine Kennzahl ohne freigegebenen Bericht ändert sich.")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class JoinedFile:
    """Two files that were joined: whose is kept, what the other was, by whom, when, and until when it can be taken back."""

    given_up_id: str
    kept: ListedPerson
    given_up_name: str
    given_up_number: str
    who: str
    at: datetime
    transaction_id: int
    undoable: bool
    elsewhere: bool
    """Whether that was in another vault, where it is taken back."""

    @property
    def people(self) -> tuple[str, ...]:
        """Whose file is kept, by id."""
        return (self.kept.id,)


def compare_files(connection: Connection, first_id: str, second_id: str, *, today: date) -> JoinPreview:
    """Return two files side by side; the one with more, or the older one, is proposed to be kept.

    Raises
    ------
    InvalidInputError
        where one of them is not there, or both are the same.
    VaultError
        where the user does not see both.
    """
    rows = _both(connection, first_id, second_id)
    lines = [dict(row) for row in connection.execute(_COACHINGS, {"one": first_id, "other": second_id}).mappings()]
    first_entries = {key: min((row["entry_on"] for row in lines if row["coachee_id"] == key), default="9999") for key in rows}
    counts = {key: sum(row["coachee_id"] == key for row in lines) for key in rows}
    keep, give_up = sorted(rows, key=lambda key: (-counts[key], first_entries[key], rows[key]["case_number"], key))
    return JoinPreview(
        _listed(rows[keep]),
        _listed(rows[give_up]),
        tuple(_field_pairs(rows[keep], rows[give_up])),
        tuple(CoachingLine(row["coachee_id"], _coaching_in_words(row)) for row in lines),
        _moved_in_words(connection, give_up),
        tuple(_overlaps(lines, today)),
    )


def preview_join(vault: Vault, first_id: str, second_id: str, *, now: datetime, today: date) -> JoinPreview:
    """Return what joining two files would do, the figures included: it is rehearsed and rolled back.

    Raises
    ------
    InvalidInputError, VaultError
        as :func:`compare_files` does.
    """
    with vault.reading() as connection:
        preview = compare_files(connection, first_id, second_id, today=today)
        before = read_past_figures(connection, today=today)
    try:
        with vault.writing(now=now) as session:
            join_people(session, preview.keep.id, preview.give_up.id, {}, now=now)
            after = read_past_figures(session.connection(), today=today)
            raise _NotKeptError
    except _NotKeptError:
        effects = changed_figures(before, after)
    return JoinPreview(preview.keep, preview.give_up, preview.fields, preview.coachings, preview.moved, preview.overlaps, effects)


def join_people(session: Session, keep_id: str, give_up_id: str, choices: Mapping[str, str], *, now: datetime) -> None:
    """Join two files into that of *keep_id*; *choices* say by field whose value stands (an id), otherwise what is proposed.

    Raises
    ------
    InvalidInputError
        where one of them is not there, both are the same, or a chosen value cannot stand; nothing was changed.
    """
    if keep_id == give_up_id:
        raise InvalidInputError({"give_up_id": SAME})
    keep: Any = session.get(Coachee, keep_id)
    given_up: Any = session.get(Coachee, give_up_id)
    if keep is None or given_up is None:
        raise InvalidInputError({"give_up_id": GONE})
    record_event(session, session.info["actor"], JOIN, {"given_up": give_up_id}, entity="coachees", entity_id=keep_id, now=now)
    values = _chosen(keep, given_up, choices)
    # In one go: once its coachings have moved, a coach would not see the file any more that is still to be given up.
    with session.no_autoflush:
        _move(session, keep_id, give_up_id)
        _move_decisions(session, keep_id, give_up_id)
        session.delete(given_up)
        again = session.get(JoinedPerson, give_up_id)
        if again is None:
            session.add(JoinedPerson(id=give_up_id, kept_id=keep_id))
        else:
            # Joined once before: a file from elsewhere brought the person back.
            again.kept_id = keep_id
    session.flush()
    change_row(session, Coachee, keep_id, values, today=now.astimezone().date())


def _chosen(keep: Any, given_up: Any, choices: Mapping[str, str]) -> dict[str, Any]:
    values = {}
    for name in fields_of("coachees"):
        chosen = choices.get(name) or _proposed(getattr(keep, name), keep.id, getattr(given_up, name), given_up.id)
        values[name] = getattr(keep if chosen == keep.id else given_up, name)
    return values


def _proposed(kept: object, keep_id: str, other: object, other_id: str) -> str:
    """Return whose value is proposed: that of the file that is kept, unless only the other says something."""
    return other_id if kept is None and other is not None else keep_id


def _moving(connection: Connection, give_up_id: str) -> Iterator[tuple[str, str, list[str]]]:
    """Yield what refers to a person: table, column, and the ids of the rows."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if table.name not in _OWN and any(key.column.table.name == "coachees" for key in column.foreign_keys):
                ids = list(connection.execute(select(table.c.id).where(column == give_up_id).order_by(table.c.id)).scalars())
                if ids:
                    yield table.name, column.name, ids


def _move(session: Session, keep_id: str, give_up_id: str) -> None:
    for table, column, ids in _moving(session.connection(), give_up_id):
        for row_id in ids:
            setattr(session.get(entity_of(table), row_id), column, keep_id)


def _move_decisions(session: Session, keep_id: str, give_up_id: str) -> None:
    """Let what was decided about the file that is given up hold for the one that is kept."""
    for earlier in session.scalars(select(JoinedPerson).where(JoinedPerson.kept_id == give_up_id)).all():
        if earlier.id == keep_id:
            session.delete(earlier)
        else:
            earlier.kept_id = keep_id
    involved = (DistinctPeople.first_id == give_up_id) | (DistinctPeople.second_id == give_up_id)
    for pair in session.scalars(select(DistinctPeople).where(involved)).all():
        other = pair.second_id if pair.first_id == give_up_id else pair.first_id
        key = pair_id(keep_id, other)
        if other != keep_id and session.get(DistinctPeople, key) is None:
            first, second = sorted((keep_id, other))
            session.add(DistinctPeople(id=key, first_id=first, second_id=second, reason=pair.reason))
        session.delete(pair)


# --- in words -------------------------------------------------------------------------------------------------------------------


def _both(connection: Connection, first_id: str, second_id: str) -> dict[str, Mapping[str, Any]]:
    if first_id == second_id:
        raise InvalidInputError({"give_up_id": SAME})
    seen = visible_people(connection)
    if seen is not None and not {first_id, second_id} <= set(seen):
        raise VaultError(NOT_ASSIGNED)
    query = select(Coachee.__table__).where(Coachee.id.in_((first_id, second_id)))
    rows: dict[str, Mapping[str, Any]] = {row["id"]: dict(row) for row in connection.execute(query).mappings()}
    if len(rows) != 2:  # noqa: PLR2004 - both
        raise InvalidInputError({"give_up_id": GONE})
    return rows


def _listed(row: Mapping[str, Any]) -> ListedPerson:
    return ListedPerson(row["id"], full_name(row["given_name"], row["family_name"]), row["case_number"], row["birth_date"])


def _field_pairs(keep: Mapping[str, Any], give_up: Mapping[str, Any]) -> Iterator[FieldPair]:
    for name, info in fields_of("coachees").items():
        proposed = _proposed(keep[name], keep["id"], give_up[name], give_up["id"])
        kept, other = (shown("coachees", name, row[name]) for row in (keep, give_up))
        yield FieldPair(name, info.title, kept, other, proposed)


def _moved_in_words(connection: Connection, give_up_id: str) -> str:
    return ", ".join(counted(table, len(ids)) for table, _, ids in _moving(connection, give_up_id))


def _coaching_in_words(row: Mapping[str, Any]) -> str:
    first, last = (None if row[name] is None else date.fromisoformat(row[name]) for name in ("entry_on", "exit_on"))
    ended = f"bis {show_date(last)}" if last else "läuft"
    return f"ab {show_date(first)}, {ended}, {row['provider']}" + (" (storniert)" if row["cancelled"] else "")


def _overlaps(rows: Iterable[Mapping[str, Any]], today: date) -> Iterator[str]:
    counting = [row for row in rows if not row["cancelled"]]
    for one, other in combinations(counting, 2):
        if one["coachee_id"] == other["coachee_id"]:
            continue
        if other["entry_on"] <= (one["exit_on"] or "9999") and one["entry_on"] <= (other["exit_on"] or "9999"):
            both = all((row["exit_on"] or "9999") >= today.isoformat() for row in (one, other))
            what = "laufen beide" if both else "überschneiden sich"
            yield f"Zwei Coachings {what}: {_coaching_in_words(one)}; {_coaching_in_words(other)}. Bitte danach eines beenden oder stornieren."


# --- what was joined ------------------------------------------------------------------------------------------------------------


def joined_files(connection: Connection, *, now: datetime) -> tuple[JoinedFile, ...]:
    """Return the files that were joined, of people whom the user sees, the newest first."""
    seen = visible_people(connection)
    table = JoinedPerson.__table__
    gone = select(table).where(table.c.id.not_in(select(Coachee.id))).order_by(table.c.change_id.desc())
    rows = [row for row in connection.execute(gone) if seen is None or row.kept_id in seen]
    query = select(Coachee.__table__).where(Coachee.id.in_([row.kept_id for row in rows]))
    people = {row["id"]: _listed(dict(row)) for row in connection.execute(query).mappings()}
    deletions = _deletions(connection, [row.id for row in rows])
    changes = changes_of(connection, [record["id"] for record in deletions.values()])
    undone = read_undo_links(connection).undone
    here, elsewhere = _joined_here(connection), decided_elsewhere(connection, JoinedPerson.__tablename__)
    found = []
    for row in rows:
        record = deletions.get(row.id)
        if record is None:
            continue
        who, at = elsewhere.get(row.id, changes[record["id"]])
        before = {name: pair[0] for name, pair in (read_payload(connection, record) or {"fields": {}})["fields"].items()}
        undoable = at >= now - timedelta(days=DAYS) and record["transaction_id"] in here - undone and bool(before)
        name = full_name(before.get("given_name"), before.get("family_name", ""))
        number = before.get("case_number", "")
        found.append(
            JoinedFile(
                row.id, people[row.kept_id], name, number, who, at, record["transaction_id"], undoable, row.id in elsewhere
            )
        )
    return tuple(found)


def _joined_here(connection: Connection) -> set[int]:
    """Return the changes of this vault that joined two files: what was joined elsewhere is taken back there."""
    records = ChangeRecord.__table__
    return set(connection.execute(select(records.c.transaction_id).where(records.c.action == JOIN)).scalars())


def _deletions(connection: Connection, ids: list[str]) -> dict[str, Mapping[str, Any]]:
    """Return the newest record of each coachee's deletion."""
    records = ChangeRecord.__table__
    query = select(records).where(records.c.entity == "coachees", records.c.entity_id.in_(ids), records.c.action == "delete")
    return {row["entity_id"]: dict(row) for row in connection.execute(query.order_by(records.c.id)).mappings()}
