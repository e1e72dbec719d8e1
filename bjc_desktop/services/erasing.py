"""Erasing one person on request (Art. 17 GDPR): the preview, the erasure itself, and the protocols of what was erased.

Frozen reports stay as they are: they name nobody. What a figure of a quarter without a released report would lose is said before.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select, text

from bjc_desktop.errors import InvalidInputError, NotFoundError, VaultError
from bjc_desktop.exchange.pseudonyms import Pseudonyms
from bjc_desktop.models import Base, Coachee, User
from bjc_desktop.services.past_figures import FigureEffect, changed_figures, past_quarters, read_past_figures
from bjc_desktop.services.row_titles import TITLES
from bjc_desktop.vault import Vault
from bjc_desktop.vault.forgetting import Occasion, erase_people, leave_no_trace
from bjc_desktop.vault.role_rights import assert_sees_all_cases
from bjc_desktop.vocabulary import ErasureDepth, ErasureOccasion

NOBODY = "Zu dieser Fallnummer gibt es niemanden. Bitte die Fallnummer prüfen."
SEVERAL = "Diese Fallnummer ist mehrfach vergeben. Bitte zuerst die Fallnummern richtigstellen."
NO_REASON = "Bitte einen Grund angeben, zum Beispiel „Antrag vom 04.03.2026“."
NAMED = "Der Grund bleibt nach der Löschung stehen. Bitte ohne Namen und Fallnummer angeben."
HELD = "Für diese Person gilt eine Sperre bis {until}. Bitte die Sperre zuerst beenden, wenn gelöscht werden darf."
NOT_A_DEPTH = "So kann eine Person nicht gelöscht werden."
_FOR_A_PERSON = frozenset({ErasureDepth.PERSON, ErasureDepth.FACTS, ErasureDepth.HEALTH})
_SHORTEST_WORD = 3
_SHOWN = 8
_HOLD = text(
    "SELECT coalesce(held_until, '9999-12-31') FROM legal_holds WHERE coachee_id = :person AND held_from <= :today "
    "AND coalesce(held_until, '9999-12-31') >= :today ORDER BY 1 DESC LIMIT 1"
)
_RUNNING = text(
    "SELECT count(*) FROM coachings WHERE coachee_id = :person AND cancelled = 0 AND coalesce(exit_on, :far) >= :today"
)
_LEFT_THE_HOUSE = text(
    "SELECT count(*) FROM change_records WHERE action IN ('print', 'save', 'export') AND (entity_id = :person "
    "OR entity_id IN (SELECT id FROM coachings WHERE coachee_id = :person))"
)
_ELSEWHERE = (
    ("report_statements", "steps"),
    ("feedback_talks", "participants"),
    ("feedback_talks", "reasons"),
    ("feedback_talks", "agreed"),
)
"""Free texts that belong to no person, in which one may be named all the same."""


class _NotKeptError(Exception):
    """Ends a rehearsal: its transaction is rolled back."""


@dataclass(frozen=True, slots=True)
class ErasurePreview:
    """What an erasure would do: rows by table, the figures it would change, and what it does not reach."""

    counts: Mapping[str, int]
    running: bool
    """Whether a coaching of the person is running."""
    effects: tuple[FigureEffect, ...]
    left_the_house: int
    """How often something about the person was printed or given out: the program cannot fetch that back."""
    elsewhere: tuple[str, ...]
    """Where else the family name stands, in texts that belong to no person."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to think of before, one sentence each."""
        found = []
        if self.running:
            found.append("Ein Coaching dieser Person läuft noch.")
        if self.effects:
            what = "; ".join(
                f"{effect.quarter} {effect.label}: {effect.before} → {effect.after}" for effect in self.effects[:_SHOWN]
            )
            more = f" und {len(self.effects) - _SHOWN} weitere" if len(self.effects) > _SHOWN else ""
            found.append(f"Kennzahlen ohne freigegebenen Bericht ändern sich: {what}{more}.")
        if self.left_the_house:
            found.append(
                f"{self.left_the_house}-mal gedruckt oder ausgegeben: Diese Papiere und Dateien bitte selbst vernichten."
            )
        if self.elsewhere:
            found.append(f"Der Nachname steht auch in: {', '.join(self.elsewhere)}. Dort bitte selbst nachsehen.")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class ErasureProtocol:
    """What was erased: of whom (as in reports), how much, when, by whom, why, and how many rows."""

    pseudonym: str
    depth: ErasureDepth
    occasion: ErasureOccasion
    at: datetime
    """UTC, without a zone."""
    who: str
    reason: str
    counts: Mapping[str, int]
    taken_back: bool

    @property
    def text(self) -> str:
        """The rows in words."""
        return rows_in_words(self.counts)


def rows_in_words(counts: Mapping[str, int]) -> str:
    """Return how many rows of which table, in words."""
    others = {"drafts": "Entwürfe", "person_keys": "Schlüssel des Änderungsnachweises", "users": "frühere Zugänge"}
    return ", ".join(f"{TITLES[name].plural if name in TITLES else others[name]}: {count}" for name, count in counts.items())


def person_by_case(connection: Connection, case_number: str) -> str:
    """Return the id of the coachee with *case_number*.

    Raises
    ------
    NotFoundError
        where there is none.
    InvalidInputError
        where there are several.
    """
    ids = connection.execute(select(Coachee.id).where(Coachee.case_number == case_number.strip())).scalars().all()
    if not ids:
        raise NotFoundError(NOBODY)
    if len(ids) > 1:
        raise InvalidInputError({"case_number": SEVERAL})
    return str(ids[0])


def person_pseudonyms(vault: Vault) -> Pseudonyms:
    """Return how people are called where they must not be named."""
    return Pseudonyms(vault.fact("pseudonym_key"))


def hold_until(connection: Connection, coachee_id: str, *, today: date) -> date | None:
    """Return the last day of the legal hold on a person (``date.max`` without an end), or None where there is none."""
    found = connection.execute(_HOLD, {"person": coachee_id, "today": today.isoformat()}).scalar()
    return None if found is None else date.fromisoformat(found)


def preview_erasure(vault: Vault, coachee_id: str, *, depth: ErasureDepth, now: datetime, today: date) -> ErasurePreview:
    """Return what erasing a person would do: it is rehearsed and rolled back.

    Raises
    ------
    VaultError
        where the user does not see all cases, or a legal hold keeps the person.
    """
    with vault.reading() as connection:
        _assert_erasable(vault, connection, coachee_id, depth, today)
        quarters = past_quarters(connection, today=today) if depth is ErasureDepth.PERSON else []
        before = read_past_figures(connection, today=today, quarters=quarters) if quarters else {}
        days = {"person": coachee_id, "today": today.isoformat(), "far": "9999-12-31"}
        running = bool(connection.execute(_RUNNING, days).scalar_one())
        left = connection.execute(_LEFT_THE_HOUSE, {"person": coachee_id}).scalar_one()
        elsewhere = tuple(_places_of_the_name(connection, coachee_id))
    people = {coachee_id: person_pseudonyms(vault).person(coachee_id)}
    try:
        with vault.writing(now=now) as session:
            occasion = Occasion(depth, ErasureOccasion.REQUEST, "", vault.actor(), now)
            (erased,) = erase_people(session, people, occasion)
            after = read_past_figures(session.connection(), today=today, quarters=quarters) if quarters else {}
            raise _NotKeptError
    except _NotKeptError:
        return ErasurePreview(erased.counts, running, changed_figures(before, after), left, elsewhere)


def erase_person(
    vault: Vault, coachee_id: str, *, depth: ErasureDepth = ErasureDepth.PERSON, reason: str, now: datetime, today: date
) -> ErasureProtocol:
    """Erase a person, for *reason*, and leave no trace of the values in any file of the vault.

    No backup is made before: it would be one more copy of the person. Older backups are kept in their turn, and
    restoring one of them erases the person again.

    Raises
    ------
    InvalidInputError
        where there is no reason, or it names the person.
    VaultError
        where the user does not see all cases, or a legal hold keeps the person; nothing was changed.
    """
    with vault.reading() as connection:
        _assert_erasable(vault, connection, coachee_id, depth, today)
        _check_reason(connection, coachee_id, reason)
    people = {coachee_id: person_pseudonyms(vault).person(coachee_id)}
    with vault.writing(now=now) as session:
        occasion = Occasion(depth, ErasureOccasion.REQUEST, reason.strip(), vault.actor(), now)
        erase_people(session, people, occasion)
    leave_no_trace(vault)
    with vault.reading() as connection:
        return read_protocols(connection)[0]


def _assert_erasable(vault: Vault, connection: Connection, coachee_id: str, depth: ErasureDepth, today: date) -> None:
    assert_sees_all_cases(vault.user.roles)
    if depth not in _FOR_A_PERSON:
        raise VaultError(NOT_A_DEPTH)
    if connection.execute(select(Coachee.id).where(Coachee.id == coachee_id)).scalar() is None:
        raise NotFoundError(NOBODY)
    until = hold_until(connection, coachee_id, today=today)
    if until is not None:
        raise VaultError(
            HELD.format(until="auf Weiteres" if until == date.max else f"{until:%d.%m.%Y}").replace("bis auf", "auf")
        )


def _check_reason(connection: Connection, coachee_id: str, reason: str) -> None:
    if not reason.strip():
        raise InvalidInputError({"reason": NO_REASON})
    columns = (Coachee.given_name, Coachee.family_name, Coachee.case_number)
    words = connection.execute(select(*columns).where(Coachee.id == coachee_id)).one()
    said = reason.casefold()
    if any(word and len(word) >= _SHORTEST_WORD and word.casefold() in said for word in words):
        raise InvalidInputError({"reason": NAMED})


def _places_of_the_name(connection: Connection, coachee_id: str) -> list[str]:
    name = connection.execute(select(Coachee.family_name).where(Coachee.id == coachee_id)).scalar_one()
    found = []
    for table, column in _ELSEWHERE:
        query = text(f"SELECT count(*) FROM {table} WHERE instr(lower({column}), lower(:name))")
        if len(name) >= _SHORTEST_WORD and connection.execute(query, {"name": name}).scalar_one():
            found.append(TITLES[table].plural)
    return list(dict.fromkeys(found))


def read_protocols(connection: Connection) -> tuple[ErasureProtocol, ...]:
    """Return what was erased, the newest first."""
    users = {row.id: row.name for row in connection.execute(select(User.id, User.name))}
    erasures = Base.metadata.tables["erasures"]
    rows = connection.execute(select(erasures).order_by(erasures.c.at.desc(), erasures.c.id.desc()))
    return tuple(
        ErasureProtocol(
            row.pseudonym,
            ErasureDepth(row.depth),
            ErasureOccasion(row.occasion),
            row.at,
            users.get(row.user_id, ""),
            row.reason,
            json.loads(row.counts),
            row.taken_back_at is not None,
        )
        for row in rows
    )
