"""Reading the change record as a whole: who did what to whose data and when, filtered and page by page, and verifying it.

What a role does not see of a person is masked here as everywhere: the record itself stays, for a record with gaps proves nothing.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.models import Base, Coachee, JoinedPerson, User, VaultFact
from bjc_desktop.services.change_words import ChangeWords
from bjc_desktop.services.coachee_list import CoacheeFilter, find_coachees
from bjc_desktop.services.due_items import full_name
from bjc_desktop.services.typed_values import parse_date, show_date
from bjc_desktop.services.undoing import ROW_ACTIONS, UndoRefusedError, net_changes
from bjc_desktop.vault import Vault, read_payload, verify_record
from bjc_desktop.vault.backup_files import BackupReason
from bjc_desktop.vault.change_chain import timestamp
from bjc_desktop.vault.changes import people_of
from bjc_desktop.vault.notes_access import put_fact
from bjc_desktop.vault.role_rights import HIDDEN, visible_people
from bjc_desktop.vocabulary import Role

PAGE = 100
PROGRAM = "Programm"
ERASED = "gelöscht"
KINDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "changes": (
        "Änderungen", (*ROW_ACTIONS, "undo", "join", "import", "import_list", "exchange", "take_back", "decide"),
    ),
    "opened": ("Geöffnete Fallakten", ("open",)),
    "left": ("Ausgaben und Drucke", ("print", "save", "export", "backup", "backup_failed", "release")),
    "access": (
        "Zugang",
        (
            "unlock", "unlock_failed", "lock", "add_user", "remove_user", "set_passphrase", "renew_recovery_code", "grant_notes",
            "set_staff", "change_roles",
        ),
    ),
    "erased": ("Löschungen", ("erase", "retention", "confirm_erasures")),
    "vault": ("Tresor", ("create", "migrate", "restore", "salvage", "lost", "rotate_key", "rotate_notes")),
}  # fmt: skip
"""By key: what the kind of records is called, and the actions it is made of."""
EVENTS = {
    "create": "Tresor angelegt",
    "migrate": "Tresor auf eine neue Fassung gebracht",
    "restore": "Tresor aus einer Sicherung zurückgeholt",
    "salvage": "Aus einem beschädigten Tresor gerettet",
    "lost": "Einträge gingen bei der Rettung verloren",
    "unlock": "Entsperrt",
    "unlock_failed": "Entsperren misslungen",
    "lock": "Gesperrt",
    "import": "Datenpaket eingelesen",
    "exchange": "Austauschdatei übernommen",
    "take_back": "Übernahme zurückgenommen",
    "decide": "Abweichung entschieden",
    "import_list": "Liste eingelesen",
    "export": "Als Datei ausgegeben",
    "save": "Als Datei gespeichert",
    "print": "Gedruckt",
    "backup": "Sicherung geschrieben",
    "backup_failed": "Sicherung misslungen",
    "open": "Fallakte geöffnet",
    "release": "Bericht freigegeben",
    "undo": "Änderung zurückgenommen",
    "add_user": "Zugang angelegt",
    "remove_user": "Zugang entfernt",
    "set_passphrase": "Passphrase gesetzt",
    "renew_recovery_code": "Wiederherstellungscode erneuert",
    "grant_notes": "Zugang zu Notizen gegeben",
    "rotate_notes": "Schlüssel der Notizen gewechselt",
    "rotate_key": "Datenschlüssel gewechselt",
    "set_staff": "Person im Team festgelegt",
    "change_roles": "Rollen geändert",
    "join": "Zwei Akten zusammengeführt",
    "erase": "Angaben einer Person gelöscht",
    "retention": "Löschlauf ausgeführt",
    "confirm_erasures": "Löschungen nach einer Rückholung bestätigt",
}
WHAT = {
    "package": "Datenpaket",
    "exchange": "Austauschdatei",
    "bundle": "Berichtspaket",
    "draft": "Entwurf eines Berichtspakets",
    "report": "Bericht",
    "report_draft": "Bericht (Entwurf)",
    "statistic": "Statistik",
    "findings": "Liste der Befunde",
    "file": "Fallakte",
    "plan": "Entwicklungsplan",
    "observations": "Beobachtungsbericht",
    "hand_over": "Übergabeblatt",
    "letter": "Brief der Nachbefragung",
    "script": "Leitfaden der Nachbefragung",
    "access": "Auskunft nach Art. 15 DSGVO",
    "list": "Liste",
    "calendar": "Kalenderdatei",
    "recovery_code": "Wiederherstellungscode",
    "second_place": "auf das zweite Ziel",
}
_OCCASIONS = {reason.value: reason.label for reason in BackupReason}
_CAUSES = {
    "stopped": "abgebrochen",
    "full": "Datenträger voll",
    "damaged": "Beschädigung gefunden",
    "silent": "zweites Ziel antwortet nicht",
    "other": "nicht beschreibbar",
}
_RECORDS = Base.metadata.tables["change_records"]
_STATE = "record_verified"
_AT_ONCE = 500
_READ_AT_MOST = 2000
_PEOPLE_AT_MOST = 500
_EARLIEST, _LATEST = date(1900, 1, 1), date(2999, 12, 31)
"""Days beyond which nothing is recorded, and which the calendar still knows in every time zone."""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which records are shown; everything given must hold."""

    first: date | None = None
    last: date | None = None
    user_id: str | None = None
    kind: str | None = None
    """A key of :data:`KINDS`."""
    person: str = ""
    """Beginnings of the name of a coachee, where the role sees the person."""
    text: str = ""
    """Part of what the list shows."""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One record, in words."""

    number: int
    at: datetime
    who: str
    role: str
    text: str
    person: str
    has_fields: bool
    """Whether it changed a row whose fields the role may see."""


@dataclass(frozen=True, slots=True)
class RecordState:
    """How far the record was last verified, and when."""

    count: int
    at: datetime


@dataclass(frozen=True, slots=True)
class AuditPart:
    """Some rows, newest first; where to go on, or None at the end; how many records there are in all, and how far they were verified."""

    rows: tuple[AuditRow, ...]
    before: int | None
    total: int
    state: RecordState | None


def list_actors(connection: Connection) -> tuple[tuple[str, str], ...]:
    """Return id and name of everybody who has or had access, by name."""
    rows = connection.execute(select(User.id, User.name).order_by(User.name))
    return tuple((row.id, row.name) for row in rows)


def read_span(first: str, last: str, *, today: date) -> tuple[date | None, date | None]:
    """Return the days that the texts *first* and *last* say; an empty one leaves its side open.

    Raises
    ------
    InvalidInputError
        where one is no day, or the first is after the last; keyed ``first`` and ``last``.
    """
    days: dict[str, date | None] = {}
    faults: dict[str, str] = {}
    for name, text in (("first", first), ("last", last)):
        try:
            days[name] = _recordable(parse_date(text, today=today))
        except InvalidInputError as error:
            faults[name] = str(error)
    if faults:
        raise InvalidInputError(faults)
    begin, end = days["first"], days["last"]
    if begin is not None and end is not None and begin > end:
        said = f"Der Zeitraum endet am {show_date(end)}, bevor er am {show_date(begin)} beginnt. Bitte die beiden Tage tauschen."
        raise InvalidInputError({"first": said, "last": said})
    return begin, end


def _recordable(day: date | None) -> date | None:
    return None if day is None else min(max(day, _EARLIEST), _LATEST)


def read_audit(
    connection: Connection, wanted: AuditFilter, *, before: int | None = None, limit: int = PAGE, today: date
) -> AuditPart:
    """Return up to *limit* records that *wanted* shows, the newest first, those older than the record *before*.

    With a text every record has to be put into words: then at most 2,000 are read, and the next part goes on behind them.
    """
    total = connection.execute(select(_RECORDS.c.id).order_by(_RECORDS.c.id.desc()).limit(1)).scalar() or 0
    state, query = read_record_state(connection), _query(connection, wanted, today)
    words, sought = _RecordWords(connection), wanted.text.casefold().strip()
    found: list[AuditRow] = []
    at_once = max(limit, _AT_ONCE) if sought else limit
    for _ in range(_READ_AT_MOST // at_once if sought else 1):
        part = query if before is None else query.where(_RECORDS.c.id < before)
        records = connection.execute(part.limit(at_once)).mappings().all()
        for row in words.rows(records):
            before = row.number
            if sought in f"{row.text} {row.person} {row.who}".casefold():
                found.append(row)
            if len(found) == limit:
                return AuditPart(tuple(found), before, total, state)
        if len(records) < at_once:
            return AuditPart(tuple(found), None, total, state)
    return AuditPart(tuple(found), before, total, state)


def _query(connection: Connection, wanted: AuditFilter, today: date) -> Select[Any]:
    query = select(_RECORDS).order_by(_RECORDS.c.id.desc())
    if wanted.first is not None:
        query = query.where(_RECORDS.c.at >= _midnight(wanted.first))
    if wanted.last is not None:
        query = query.where(_RECORDS.c.at < _midnight(wanted.last + timedelta(days=1)))
    if wanted.user_id is not None:
        query = query.where(_RECORDS.c.user_id == wanted.user_id)
    if wanted.kind is not None:
        query = query.where(_RECORDS.c.action.in_(KINDS[wanted.kind][1]))
    if wanted.person.strip():
        people = find_coachees(connection, CoacheeFilter(text=wanted.person), limit=_PEOPLE_AT_MOST, today=today).rows
        query = query.where(_RECORDS.c.person_id.in_([row.coachee_id for row in people]))
    return query


def _midnight(day: date) -> str:
    return timestamp(datetime.combine(day, time()).astimezone())


class _RecordWords:
    """Puts records into words; names are looked up once."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.users = dict(list_actors(connection))
        self.words = ChangeWords(connection)
        seen = visible_people(connection)
        self.seen = None if seen is None else frozenset(seen)
        self.people: dict[str, str] = {}
        self._joined: dict[str, str] | None = None

    def rows(self, records: Iterable[RowMapping]) -> Iterable[AuditRow]:
        """Yield *records* as rows."""
        for record in records:
            person_id, text, readable = record["person_id"], self._event(record), False
            if record["action"] in ROW_ACTIONS:
                text, readable = self._change(record)
            yield AuditRow(
                record["id"],
                datetime.fromisoformat(record["at"]),
                self.users.get(record["user_id"], PROGRAM),
                next((role.label for role in Role if role.value == record["role"]), record["role"]),
                text,
                "" if person_id is None and record["entity"] != "coachings" else self._person(record),
                readable,
            )

    def _change(self, record: RowMapping) -> tuple[str, bool]:
        try:
            return self.words.text(net_changes(self.connection, [record])), True
        except UndoRefusedError:
            # The values were erased, or the role does not see them: what kind of row it was is still known.
            return self.words.bare(record["entity"], record["action"]), False

    def _event(self, record: RowMapping) -> str:
        said = EVENTS.get(record["action"], record["action"])
        payload = read_payload(self.connection, record) if record["action"] not in ROW_ACTIONS else None
        return said if payload is None else f"{said}{self._details(payload)}"

    def _details(self, payload: Mapping[str, Any]) -> str:
        parts = [WHAT.get(str(payload["what"]), "")] if "what" in payload else []
        parts.append(f"„{payload['title']}“" if payload.get("title") else "")
        parts.append("mit Namen" if payload.get("names") else "")
        if payload.get("user_id") in self.users:
            parts.append(self.users[payload["user_id"]])
        if isinstance(payload.get("roles"), list):
            parts.append(", ".join(role.label for role in Role if role.value in payload["roles"]))
        parts.append(_OCCASIONS.get(str(payload.get("occasion", "")), ""))
        parts.append(_CAUSES.get(str(payload.get("cause", "")), ""))
        parts.append(str(payload.get("period", "")))
        parts.append(f"Fassung {payload['version']}" if payload.get("version") else "")
        parts.append({True: "mit Kennwort", False: "ohne Kennwort"}.get(payload["password"], "") if "password" in payload else "")
        parts.append("mit dem Wiederherstellungscode" if payload.get("by_recovery_code") else "")
        # An event that names when it happened was taken in later: wrong passphrases are counted before anybody is let in.
        tried = len(payload["at"]) if isinstance(payload.get("at"), list) else 0
        parts.append("" if tried == 0 else "1 Versuch" if tried == 1 else f"{tried} Versuche")
        said = ", ".join(part for part in parts if part)
        return f": {said}" if said else ""

    def _person(self, record: RowMapping) -> str:
        person_id = record["person_id"] or people_of(self.connection, "coachings", [record["entity_id"]]).get(record["entity_id"])
        if person_id is None:
            return ""
        person_id = self._now(person_id)
        if self.seen is not None and person_id not in self.seen:
            return HIDDEN
        if person_id not in self.people:
            query = select(Coachee.given_name, Coachee.family_name).where(Coachee.id == person_id)
            row = self.connection.execute(query).one_or_none()
            self.people[person_id] = ERASED if row is None else full_name(row.given_name, row.family_name)
        return self.people[person_id]

    def _now(self, person_id: str) -> str:
        """Return whose file it is now, where it was joined to another."""
        if self._joined is None:
            rows = self.connection.execute(select(JoinedPerson.id, JoinedPerson.kept_id))
            self._joined = {row.id: row.kept_id for row in rows}
        return self._joined.get(person_id, person_id)


# --- verifying ----------------------------------------------------------------------------------------------------------------


def read_record_state(connection: Connection) -> RecordState | None:
    """Return how far the record was last verified, or None where it never was."""
    kept = connection.execute(select(VaultFact.value).where(VaultFact.key == _STATE)).scalar()
    try:
        data = json.loads(kept or b"null")
        return RecordState(int(data["count"]), datetime.fromisoformat(data["at"]))
    except (ValueError, TypeError, KeyError):
        return None


def verify_audit(vault: Vault, *, now: datetime, step: Callable[[int, int], object] = lambda *_: None) -> RecordState:
    """Verify the whole record against every anchor that the vault holds, and keep how far it was verified.

    Raises
    ------
    VaultDamagedError
        where a record was altered, removed, inserted or cut off; the sentence names which.
    """
    state = RecordState(verify_record(vault, step).tail.count, now)
    if not vault.read_only:
        with vault.writing(now=now) as session:
            put_fact(session, _STATE, json.dumps({"count": state.count, "at": timestamp(now)}).encode())
    return state
