"""Consultations, outcomes, measures, follow-ups and consents of a row: completed, checked, and attached to the coaching they belong to."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import CheckConstraint

from bjc_desktop.exchange.cells import Value
from bjc_desktop.models import Base
from bjc_desktop.models.base import field_of
from bjc_desktop.services.old_lists.list_people import ListPerson
from bjc_desktop.services.old_lists.planned_rows import PlannedRows
from bjc_desktop.services.old_lists.readings import AT_ENTRY
from bjc_desktop.services.old_lists.row_facts import COMMON, RowFacts, SheetRows
from bjc_desktop.services.old_lists.stable_ids import stable_id
from bjc_desktop.services.old_lists.team_names import Team
from bjc_desktop.services.old_lists.vault_coachings import VaultCoaching
from bjc_desktop.vocabulary import ConsultationStatus

NO_COACHING = "Zu diesem Tag gibt es kein Coaching dieser Person. Bitte Eintritt oder Datum prüfen."
NO_STAFF = (
    "Es ist nicht zu erkennen, wer die Konsultation durchgeführt hat. Bitte eine Spalte zuordnen oder jemanden für alle wählen."
)
HELD_LATER = "Eine durchgeführte Konsultation kann nicht in der Zukunft liegen. Bitte das Datum prüfen."
MISSING = "„{title}“ fehlt. Bitte eintragen oder unter „Werte“ für alle wählen."
ORDER = "„{end}“ liegt vor „{begin}“. Bitte eines der beiden Daten ändern."
NOT_AS_MANY = "In dieser Zelle stehen mehrere Werte, aber nicht so viele wie in „{title}“. Bitte die Zeile aufteilen."
NO_ENTRY_DAY = "Ohne Eintritt ist nicht bekannt, wann eingewilligt wurde. Bitte das Datum eintragen."
_FOREVER = "9999-12-31"
_DAYS = {"consultations": "held_on", "outcomes": "begin_on", "measures": "begin_on", "follow_ups": "contacted_on"}
_KEYS = {
    "consultations": ("held_on", "staff_id", "kind", "channel"),
    "outcomes": ("kind", "begin_on"),
    "measures": ("kind", "begin_on", "name"),
    "follow_ups": (),
}
"""What tells two entries of one coaching apart."""
_NEEDED = {"consultations": ("held_on", "channel", "kind", "status"), "outcomes": ("kind", "begin_on"), "measures": ("kind", "begin_on"),
           "follow_ups": ("state", "contacted_on")}  # fmt: skip

Found = tuple[tuple[str, ...], str]
"""The targets at whose column a problem stands, and its sentence."""


def _orders() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for name, table in Base.metadata.tables.items():
        checks = [check for check in table.constraints if isinstance(check, CheckConstraint) and "end" in check.info]
        found[name] = [(check.info["end"], check.info["begin"]) for check in checks]
    return found


_ORDERS = _orders()


def days_problem(values: Mapping[str, Value], table: str) -> tuple[str, str] | None:
    """Return the field and the sentence where one day of *values* lies before the one it must follow."""
    for end, begin in _ORDERS[table]:
        last, first = values.get(end), values.get(begin)
        if last is not None and first is not None and str(last) < str(first):
            return end, ORDER.format(end=_title(table, end), begin=_title(table, begin))
    return None


def _title(table: str, name: str) -> str:
    info = field_of(Base.metadata.tables[table].columns[name])
    return info.title if info is not None else name


@dataclass(frozen=True, slots=True)
class _Coaching:
    id: str
    entry_on: str
    exit_on: str
    coach: str | None
    followed_up: bool = False


class EntryMaker:
    """Makes the entries of rows."""

    def __init__(self, rows: PlannedRows, held: Mapping[str, list[VaultCoaching]], team: Team, today: date) -> None:
        self._rows, self._held, self._team, self._today = rows, held, team, today.isoformat()
        self._coachings: dict[str, list[_Coaching]] = {}
        self._seen: Counter[str] = Counter()

    def has_coaching(self, person: ListPerson) -> bool:
        """Say whether the person has a coaching, in the list or in the vault."""
        return bool(self._of(person))

    def make(self, sheet: SheetRows, facts: RowFacts, person: ListPerson) -> Found | None:
        """Plan all entries of a row; return what is wrong where one cannot be made, for then the whole row stays out."""
        for purpose, day in facts.consents.items():
            if (problem := self._consent(sheet, facts, person, purpose, day)) is not None:
                return problem
        counted = {table for table, group in facts.entries if group != COMMON}
        for (table, group), fields in facts.entries.items():
            if group == COMMON and table in counted:
                continue
            whole = fields if group == COMMON else {**facts.entries.get((table, COMMON), {}), **fields}
            if (problem := self._entries(sheet, facts, person, table, whole)) is not None:
                return (*(f"{key}#{group}" for key in problem[0]), *problem[0]), problem[1]
        return None

    def _of(self, person: ListPerson) -> list[_Coaching]:
        known = self._coachings.get(person.id)
        if known is None:
            known = [
                _Coaching(c.id, c.entry_on, c.exit_on or _FOREVER, c.coach, c.followed_up) for c in self._held.get(person.id, ())
            ]
            ids = {coaching.id for coaching in known}
            for entry, fields in person.coachings.items():
                if fields.get("id") is not None and fields["id"] not in ids:
                    coach = None if fields.get("coach") is None else str(fields["coach"])
                    known.append(_Coaching(str(fields["id"]), entry, str(fields.get("exit_on") or _FOREVER), coach))
            known.sort(key=lambda coaching: coaching.entry_on)
            self._coachings[person.id] = known
        return known

    def _coaching(self, facts: RowFacts, person: ListPerson, day: str | None) -> _Coaching | None:
        """Return the coaching that the row names, the one that ran on *day*, or the only one."""
        known = self._of(person)
        if facts.entry is not None:
            return next((coaching for coaching in known if coaching.entry_on == facts.entry), None)
        if len(known) == 1:
            return known[0]
        running = [coaching for coaching in known if day is not None and coaching.entry_on <= day <= coaching.exit_on]
        before = [coaching for coaching in known if day is not None and coaching.entry_on <= day]
        fitting = running or before
        return fitting[-1] if fitting else None

    def _consent(self, sheet: SheetRows, facts: RowFacts, person: ListPerson, purpose: str, day: Value) -> Found | None:
        if day == AT_ENTRY:
            known = self._of(person)
            day = facts.entry or (known[0].entry_on if known else None)
        if day is None:
            return (f"consents.{purpose}",), NO_ENTRY_DAY
        key = stable_id(person.id, "consent", purpose, day)
        values = {"id": key, "coachee_id": person.id, "purpose": purpose, "given_on": day}
        self._rows.add("consents", values, (sheet.table.name, facts.number))
        return None

    def _entries(
        self, sheet: SheetRows, facts: RowFacts, person: ListPerson, table: str, fields: Mapping[str, tuple[Value, ...]]
    ) -> Found | None:
        count = max(map(len, fields.values()))
        for name, found in fields.items():
            if len(found) not in {1, count}:
                return (_key(table, name),), NOT_AS_MANY.format(title=_title(table, _longest(fields)))
        for at in range(count):
            values = {name: found[at if len(found) == count else 0] for name, found in fields.items()}
            if (problem := self._entry(sheet, facts, person, table, values)) is not None:
                return problem
        return None

    def _entry(self, sheet: SheetRows, facts: RowFacts, person: ListPerson, table: str, values: dict[str, Value]) -> Found | None:
        day = values.get(_DAYS[table])
        coaching = self._coaching(facts, person, None if day is None else str(day))
        self._complete(sheet, facts, table, values, coaching)
        for name in _NEEDED[table]:
            if values.get(name) is None:
                return (_key(table, name), *_others(table)), MISSING.format(title=_title(table, name))
        if coaching is None:
            return (_key(table, _DAYS[table]),), NO_COACHING
        if (problem := self._wrong(table, values)) is not None:
            return problem
        if table == "follow_ups" and coaching.followed_up:
            self._rows.known("follow_ups", coaching.id)
            return None
        key = stable_id(coaching.id, table, *(values.get(name) or "" for name in _KEYS[table]))
        values |= {"id": self._repeated(key, table), "coaching_id": coaching.id}
        self._rows.add(table, values, (sheet.table.name, facts.number))
        return None

    def _repeated(self, key: str, table: str) -> str:
        """Return the id of an entry that stands in the list more than once: two consultations on one day are two."""
        if table != "consultations":
            return key
        self._seen[key] += 1
        return key if self._seen[key] == 1 else stable_id(key, self._seen[key])

    def _complete(
        self, sheet: SheetRows, facts: RowFacts, table: str, values: dict[str, Value], coaching: _Coaching | None
    ) -> None:
        constants = sheet.mapping.constants
        for name in _NEEDED[table]:
            if values.get(name) is None and f"{table}.{name}" in constants:
                values[name] = constants[f"{table}.{name}"]
        if table == "consultations" and values.get("staff_id") is None:
            own = facts.coaching.get("coach") or (coaching.coach if coaching is not None else None)
            said = constants.get("coachings.coach")
            values["staff_id"] = own or (said if said in self._team.members else None)

    def _wrong(self, table: str, values: Mapping[str, Value]) -> Found | None:
        if (problem := days_problem(values, table)) is not None:
            return (_key(table, problem[0]),), problem[1]
        if table == "consultations":
            if values.get("staff_id") is None:
                return ("consultations.coach", "coachings.coach", "consultations.held_on"), NO_STAFF
            if values["status"] == ConsultationStatus.HELD.value and str(values["held_on"]) > self._today:
                return ("consultations.held_on",), HELD_LATER
        return None


def _key(table: str, name: str) -> str:
    return "consultations.coach" if name == "staff_id" else f"{table}.{name}"


def _others(table: str) -> Iterator[str]:
    return (f"{table}.{column.name}" for column in Base.metadata.tables[table].columns)


def _longest(fields: Mapping[str, tuple[Value, ...]]) -> str:
    return max(fields, key=lambda name: len(fields[name]))
