"""Who is due by which rule of keeping, whom a legal hold keeps, and how much of each goes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from bjc_desktop.indicators.period import FOLLOW_UP_MONTHS, add_months, quarter_of
from bjc_desktop.services.due_items import full_name
from bjc_desktop.services.erasing import hold_until
from bjc_desktop.services.past_figures import EVERYTHING, read_frozen
from bjc_desktop.services.retention_rules import RuleKey, RuleLine, read_rules
from bjc_desktop.vault.change_chain import HOUSE, KEY_DAYS, STAFF
from bjc_desktop.vault.forgetting import ERASED, people_with_something
from bjc_desktop.vault.forgetting_staff import former_accesses
from bjc_desktop.vocabulary import ErasureDepth, Role

_ENDED = (
    "SELECT c.coachee_id, max({day}) AS day FROM coachings c LEFT JOIN funding_decisions d ON d.id = c.funding_decision_id "
    "LEFT JOIN follow_ups f ON f.coaching_id = c.id WHERE c.cancelled = 0 GROUP BY c.coachee_id "
    "HAVING max(coalesce(c.exit_on, '9999-12-31')) < :today"
)
_DAYS = {
    RuleKey.ENQUIRY: (
        "SELECT p.id AS coachee_id, max(substr(coalesce((SELECT r.at FROM change_records r WHERE r.id = p.change_id), ''), 1, 10), "
        "substr(coalesce((SELECT max(r.at) FROM change_records r WHERE r.person_id = p.id "
        "AND r.action IN ('insert', 'update', 'delete')), ''), 1, 10), "
        "coalesce((SELECT max(max(s.given_on, coalesce(s.withdrawn_on, ''))) FROM consents s WHERE s.coachee_id = p.id), ''), "
        "coalesce((SELECT max(c.entry_on) FROM coachings c WHERE c.coachee_id = p.id), '')) AS day "
        "FROM coachees p WHERE NOT EXISTS (SELECT 1 FROM coachings c WHERE c.coachee_id = p.id AND c.cancelled = 0)"
    ),
    RuleKey.TEXTS: _ENDED.format(day="coalesce(f.contacted_on, date(c.exit_on, '+6 months', 'floor'))"),
    RuleKey.CONTACT: _ENDED.format(day="coalesce(f.contacted_on, date(c.exit_on, '+6 months', 'floor'))"),
    RuleKey.RECORD: _ENDED.format(day="max(c.exit_on, coalesce(d.proof_of_use_on, d.valid_to, ''))"),
}
"""By rule: each person with the day from which the period counts."""
_STAFF_LEFT = text(
    "SELECT s.id, s.given_name, s.family_name, s.role, max(s.employed_to, coalesce((SELECT max(coalesce(d.proof_of_use_on, d.valid_to)) "
    "FROM funding_decisions d WHERE d.provider_id = s.provider_id AND d.valid_from <= s.employed_to "
    "AND coalesce(d.valid_to, '9999-12-31') >= s.employed_from), '')) AS day "
    "FROM staff s WHERE s.employed_to < :today AND s.family_name NOT LIKE :erased ORDER BY s.id"
)
_NAMES = text("SELECT id, given_name, family_name, case_number FROM coachees")
_COACHINGS = text("SELECT coachee_id, entry_on, exit_on FROM coachings WHERE cancelled = 0")


@dataclass(frozen=True, slots=True)
class DuePerson:
    """A person who is due: since when, and how much of them goes; *held* until then where a legal hold keeps them.

    Of the staff the case number is what they did.
    """

    person_id: str
    name: str
    case_number: str
    day: date
    depth: ErasureDepth
    held: date | None = None


@dataclass(frozen=True, slots=True)
class RetentionGroup:
    """Who is due by one rule; and, for the change record, how many keys and former accesses."""

    line: RuleLine
    people: tuple[DuePerson, ...]
    keys: int = 0
    accesses: int = 0

    @property
    def count(self) -> int:
        """How much is due."""
        return len(self.people) + self.keys + self.accesses


@dataclass(frozen=True, slots=True)
class RetentionPlan:
    """What a run would do, rule by rule, and who is due and held."""

    groups: tuple[RetentionGroup, ...]
    held: tuple[DuePerson, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing is due."""
        return not any(group.count for group in self.groups)


def plan_retention(connection: Connection, *, today: date) -> RetentionPlan:
    """Return who is due on *today*; a person who goes as a whole is not named for their texts as well."""
    return _Planner(connection, today).plan()


class _Planner:
    def __init__(self, connection: Connection, today: date) -> None:
        self.connection, self.today = connection, today
        self.names = {row.id: row for row in connection.execute(_NAMES)}
        self.held: dict[str, DuePerson] = {}
        self.gone: set[str] = set()

    def plan(self) -> RetentionPlan:
        lines = {line.rule.key: line for line in read_rules(self.connection)}
        # Who goes as a whole comes first; what is left of the others follows.
        order = (RuleKey.ENQUIRY, RuleKey.RECORD, RuleKey.TEXTS, RuleKey.CONTACT)
        groups = {key: RetentionGroup(lines[key], tuple(self._people(lines[key]))) for key in order}
        groups[RuleKey.STAFF] = RetentionGroup(lines[RuleKey.STAFF], tuple(self._staff(lines[RuleKey.STAFF])))
        audit = lines[RuleKey.AUDIT]
        day = add_months(self.today, -audit.months)
        groups[RuleKey.AUDIT] = RetentionGroup(
            audit, (), old_keys(self.connection, day), former_accesses(self.connection, day, ERASED)
        )
        return RetentionPlan(tuple(groups[key] for key in lines), tuple(self.held.values()))

    def _people(self, line: RuleLine) -> Iterable[DuePerson]:
        due = self._due(line)
        for person_id, depth in self._depths(line.rule.key, due).items():
            row = self.names[person_id]
            name = full_name(row.given_name, row.family_name)
            person = DuePerson(person_id, name, row.case_number, due[person_id], depth)
            until = hold_until(self.connection, person_id, today=self.today)
            if until is not None:
                self.held[person_id] = DuePerson(person_id, name, row.case_number, due[person_id], depth, until)
            else:
                if depth in {ErasureDepth.PERSON, ErasureDepth.FACTS}:
                    self.gone.add(person_id)
                yield person

    def _staff(self, line: RuleLine) -> Iterable[DuePerson]:
        for row in self.connection.execute(_STAFF_LEFT, {"today": self.today.isoformat(), "erased": f"{ERASED} %"}):
            day = date.fromisoformat(row.day)
            if add_months(day, line.months) < self.today:
                name, role = full_name(row.given_name, row.family_name), Role(row.role).label
                yield DuePerson(row.id, name, role, day, ErasureDepth.STAFF)

    def _due(self, line: RuleLine) -> dict[str, date]:
        rows = self.connection.execute(text(_DAYS[line.rule.key]), {"today": self.today.isoformat()})
        days = {row.coachee_id: date.fromisoformat(row.day) for row in rows if row.day}
        return {person: day for person, day in days.items() if add_months(day, line.months) < self.today}

    def _depths(self, key: RuleKey, due: Mapping[str, date]) -> dict[str, ErasureDepth]:
        if key is RuleKey.ENQUIRY:
            return dict.fromkeys(due, ErasureDepth.PERSON)
        if key is RuleKey.RECORD:
            return self._record_depths(due)
        depth = ErasureDepth.TEXTS if key is RuleKey.TEXTS else ErasureDepth.CONTACT
        wanted = people_with_something(self.connection, depth)
        return {person: depth for person in due if person in wanted and person not in self.gone and person not in self.held}

    def _record_depths(self, due: Mapping[str, date]) -> dict[str, ErasureDepth]:
        """Return who can go as a whole, and of whom the facts are still counted in a quarter without a released report."""
        frozen = read_frozen(self.connection)
        counted: set[str] = set()
        for row in self.connection.execute(_COACHINGS):
            if row.coachee_id in due and not all(
                (EVERYTHING, label) in frozen
                for label in _quarters(date.fromisoformat(row.entry_on), date.fromisoformat(row.exit_on))
            ):
                counted.add(row.coachee_id)
        depths = {person: ErasureDepth.FACTS if person in counted else ErasureDepth.PERSON for person in due}
        done = {person for person in counted if self.names[person].family_name == ERASED}
        return {person: depth for person, depth in depths.items() if person not in done}


def _quarters(entry: date, leave: date) -> Iterable[str]:
    """Yield the quarters in whose figures a coaching may stand: from its entry to the survey after its exit."""
    day, last = quarter_of(entry).first, add_months(leave, FOLLOW_UP_MONTHS)
    while day <= last:
        yield quarter_of(day).label
        day = add_months(day, 3)


_OF_COACHEES = (
    "coalesce((SELECT max(r.at) FROM change_records r WHERE r.person_id = person_keys.coachee_id "
    "AND r.id >= person_keys.since AND r.id < coalesce((SELECT min(n.since) FROM person_keys n "
    "WHERE n.coachee_id = person_keys.coachee_id AND n.since > person_keys.since), r.id + 1)), '') < :day"
)
"""A key encrypts the person's records from its own beginning to that of the person's next key."""
_OF_THE_HOUSE = f"coachee_id = '{HOUSE}' OR substr(coachee_id, 1, {len(STAFF)}) = '{STAFF}'"
_USED_UNTIL = (
    "coalesce((SELECT min(n.begun_at) FROM person_keys n WHERE n.coachee_id = person_keys.coachee_id "
    f"AND n.since > person_keys.since), date(begun_at, '+{KEY_DAYS} days')) < :day"
)
"""The records do not name whose key it is where that is the house or one of the staff; after a year none is used any more."""
_OLD_KEYS = f"FROM person_keys WHERE CASE WHEN {_OF_THE_HOUSE} THEN {_USED_UNTIL} ELSE {_OF_COACHEES} END"


def old_keys(connection: Connection, day: date) -> int:
    """Return how many keys encrypted nothing since *day*."""
    return int(connection.execute(text(f"SELECT count(*) {_OLD_KEYS}"), {"day": day.isoformat()}).scalar_one())


def drop_old_keys(connection: Connection, day: date) -> int:
    """Delete the keys that encrypted nothing since *day*: what they encrypted cannot be read any more."""
    return connection.execute(text(f"DELETE {_OLD_KEYS}"), {"day": day.isoformat()}).rowcount
