"""Whose row it is: rows of one person find one another by case number, or by name and birth date; what is doubtful is asked."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

from bjc_desktop.exchange.cells import Value
from bjc_desktop.models.name_keys import folded_words
from bjc_desktop.services.likeness import near_days
from bjc_desktop.services.old_lists.list_plan import IN_LIST, IN_VAULT, NEW, OUT, Doubt, RowPlace
from bjc_desktop.services.old_lists.stable_ids import stable_id
from bjc_desktop.services.similar_coachees import LIKELY, judge_names

NOBODY = "Name und Fallnummer fehlen. Bitte eines von beiden eintragen."
OTHER_NAME = "Diese Fallnummer steht in Zeile {number} bei einem anderen Namen. Bitte eine der beiden ändern."
OTHER_BIRTH = "In Zeile {number} steht bei dieser Person ein anderes Geburtsdatum. Bitte eines der beiden ändern."
SEVERAL = "Mehrere Personen heißen so. Bitte Fallnummer oder Geburtsdatum ergänzen."
UNDECIDED = "Diese Person gibt es vielleicht schon. Bitte unter „Doppelte“ entscheiden."
LEFT_OUT = "Auf Ihren Wunsch bleibt diese Zeile draußen."
TAKEN_IN_VAULT = "Diese Fallnummer hat im Tresor eine Person mit anderem Namen. Bitte prüfen."
NOT_IN_VAULT = "Zu dieser Fallnummer gibt es im Tresor niemanden, und der Name fehlt. Bitte ergänzen."
NO_SUCH_NAME = "Diese Person steht weder mit Eintritt in der Liste noch im Tresor. Bitte zuerst ihre Stammdaten einlesen."
SAME, OTHER, LEAVE = "dieselbe Person wie {name}", "eine andere Person (neu anlegen)", "Zeile draußen lassen"
_ALIKE = 2
_MOST = 4

Names = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(slots=True)
class ListPerson:
    """A person of the list."""

    place: RowPlace
    case: str | None
    family: str | None
    given: str | None
    birth: str | None
    defines: bool
    """Whether the row says enough to make a person of it."""
    fields: dict[str, Value] = field(default_factory=dict)
    coachings: dict[str, dict[str, Value]] = field(default_factory=dict)
    """By the day of entry."""
    entry_places: dict[str, RowPlace] = field(default_factory=dict)
    """The row that each coaching came from first."""
    id: str = ""
    known: bool = False
    """Whether the vault holds the person already."""
    problem: str = ""
    apart: str = ""
    """What tells them from somebody of the same name, where that was decided."""

    @property
    def key(self) -> str:
        """Names the person in a decision."""
        return f"{self.place[0]}!{self.place[1]}"

    @property
    def name(self) -> str:
        """Family name and given name."""
        return f"{self.family}, {self.given}" if self.given else self.family or self.case or ""

    @property
    def names(self) -> tuple[str | None, str, date | None]:
        """As names are compared."""
        return self.given, self.family or "", None if self.birth is None else date.fromisoformat(self.birth)


@dataclass(frozen=True, slots=True)
class RowNames:
    """What a row says about who it is."""

    case: str | None
    family: str | None
    given: str | None
    birth: str | None


class ListPeople:
    """The people of a list, gathered row by row."""

    def __init__(self, decisions: Mapping[str, str]) -> None:
        self.people: list[ListPerson] = []
        self.doubts: dict[str, Doubt] = {}
        self._decisions = decisions
        self._by_case: dict[str, ListPerson] = {}
        self._by_name: dict[Names, list[ListPerson]] = defaultdict(list)
        self._near = _Near()
        self._by_key: dict[str, ListPerson] = {}
        self._found: dict[RowNames, ListPerson] = {}

    def find(self, row: RowNames, place: RowPlace, entry: str | None, *, defines: bool) -> ListPerson | str:
        """Return the person that a row is about, new or met before; or a sentence where that is not clear."""
        if not defines and (known := self._found.get(row)) is not None:
            return known
        if row.case is not None:
            found = self._find_by_case(row, place, defines=defines)
        elif row.family:
            found = self._find_by_name(row, place, entry, defines=defines)
        else:
            return NOBODY
        if isinstance(found, ListPerson):
            self._found[row] = found
            found.birth = found.birth or row.birth
            found.given, found.family = found.given or row.given, found.family or row.family
        return found

    def _find_by_case(self, row: RowNames, place: RowPlace, *, defines: bool) -> ListPerson | str:
        case = (row.case or "").casefold()
        person = self._by_case.get(case)
        if person is None:
            same = [
                p
                for p in self._by_name.get(_words(row.family, row.given), ())
                if p.case is None and p.birth and p.birth == row.birth
            ]
            person = same[0] if len(same) == 1 else self._add(row, place, defines=defines)
            person.case = person.case or row.case
            self._by_case[case] = person
            return person
        if row.birth and person.birth and row.birth != person.birth:
            return OTHER_BIRTH.format(number=person.place[1])
        if row.family and person.family and not _same_name(row, person):
            return OTHER_NAME.format(number=person.place[1])
        return person

    def _find_by_name(self, row: RowNames, place: RowPlace, entry: str | None, *, defines: bool) -> ListPerson | str:
        named = self._by_name.get(_words(row.family, row.given), [])
        fitting = [person for person in named if not (row.birth and person.birth and row.birth != person.birth)]
        if len(fitting) > 1:
            exact = [person for person in fitting if row.birth and person.birth == row.birth]
            if len(exact) != 1:
                return SEVERAL
            fitting = exact
        if not fitting:
            return self._add(row, place, defines=defines)
        person = fitting[0]
        sure = (row.birth and person.birth) or not (defines and person.defines) or entry in person.coachings
        return person if sure else self._ask_about(row, place, person)

    def _ask_about(self, row: RowNames, place: RowPlace, person: ListPerson) -> ListPerson | str:
        """Ask whether two rows of one name and without birth dates are one person."""
        key = f"{place[0]}!{place[1]}"
        decision = self._decisions.get(key)
        self._doubt(key, place, person.name, "gleicher Name, Geburtsdatum nicht bekannt", [person], decision)
        if decision == NEW:
            made = self._add(row, place, defines=True)
            made.apart = key
            return made
        return person if decision == IN_LIST + person.key else UNDECIDED

    def _add(self, row: RowNames, place: RowPlace, *, defines: bool) -> ListPerson:
        person = ListPerson(place, row.case, row.family, row.given, row.birth, defines)
        if defines and row.family:
            alike = [other for other in self._near.find(person) if other.defines and not _told_apart(person, other)]
            decision = self._decisions.get(person.key)
            if alike and (met := self._settle(person, alike, decision)) is not None:
                return met
        self.people.append(person)
        self._by_key[person.key] = person
        if person.family:
            self._by_name[_words(person.family, person.given)].append(person)
            self._near.add(person)
        return person

    def _settle(self, person: ListPerson, alike: list[ListPerson], decision: str | None) -> ListPerson | None:
        """Note the doubt about *person*; return whom it is the same as, where that was decided."""
        judged = judge_names(person.names, alike[0].names)
        self._doubt(person.key, person.place, person.name, judged[1] if judged else "", alike, decision)
        if decision is not None and decision.startswith(IN_LIST):
            return self._by_key.get(decision.removeprefix(IN_LIST))
        if decision != NEW:
            person.problem = LEFT_OUT if decision == OUT else UNDECIDED
        return None

    def _doubt(
        self, key: str, place: RowPlace, name: str, reason: str, others: Iterable[ListPerson], decision: str | None
    ) -> None:
        same = [(IN_LIST + other.key, SAME.format(name=f"{other.name} (Zeile {other.place[1]})")) for other in others][:_MOST]
        self.doubts[key] = Doubt(key, place, name, reason, (*same, (NEW, OTHER), (OUT, LEAVE)), decision)

    # --- the vault --------------------------------------------------------------------------------------------------------

    def meet_vault(self, connection: Connection, provider_id: str) -> None:
        """Give everybody their id: that of the vault where they are there already, otherwise their own."""
        vault = _VaultPeople(connection)
        for person in self.people:
            person.id = _person_id(provider_id, person)
            if not person.problem:
                self._meet(person, vault)

    def _meet(self, person: ListPerson, vault: "_VaultPeople") -> None:
        by_case = vault.by_case.get((person.case or "").casefold()) if person.case else None
        if by_case is not None:
            if person.family and judge_names(person.names, by_case.names) is None and not _shares_a_word(person, by_case):
                person.problem = TAKEN_IN_VAULT
            person.id, person.known = by_case.id, True
        elif person.id in vault.by_id:
            person.known = True
        elif person.family is None:
            person.problem = NOT_IN_VAULT
        elif not person.defines:
            self._meet_by_name(person, vault)
        else:
            self._compare(person, vault)

    def _meet_by_name(self, person: ListPerson, vault: "_VaultPeople") -> None:
        named = vault.near.named(person)
        if len(named) == 1:
            person.id, person.known = named[0].id, True
        else:
            person.problem = SEVERAL if named else NO_SUCH_NAME

    def _compare(self, person: ListPerson, vault: "_VaultPeople") -> None:
        alike = vault.near.find(person)
        if not alike:
            return
        judged, decision = judge_names(person.names, alike[0].names), self._decisions.get(person.key)
        same = [(IN_VAULT + other.id, SAME.format(name=f"{other.name} ({other.case}) im Tresor")) for other in alike[:_MOST]]
        reason = judged[1] if judged else ""
        self.doubts[person.key] = Doubt(
            person.key, person.place, person.name, reason, (*same, (NEW, OTHER), (OUT, LEAVE)), decision
        )
        if (
            decision is not None
            and decision.startswith(IN_VAULT)
            and (chosen := vault.by_id.get(decision.removeprefix(IN_VAULT)))
        ):
            person.id, person.known = chosen.id, True
        elif decision != NEW:
            person.problem = LEFT_OUT if decision == OUT else UNDECIDED


def _person_id(provider_id: str, person: ListPerson) -> str:
    if person.case is not None:
        return stable_id(provider_id, "coachee", "case", person.case.casefold())
    family, given = _words(person.family, person.given)
    return stable_id(provider_id, "coachee", "name", *family, "", *given, "", person.birth or "", person.apart)


class _Near:
    """People by what makes two of them likely the same: the birth date with its slips, or the name where one of the dates is not known."""

    def __init__(self) -> None:
        self._by_word: dict[str, list[ListPerson]] = defaultdict(list)
        self._undated: dict[str, list[ListPerson]] = defaultdict(list)
        self._by_birth: dict[str, list[ListPerson]] = defaultdict(list)

    def add(self, person: ListPerson) -> None:
        for word in folded_words(person.family or ""):
            self._by_word[word].append(person)
            if person.birth is None:
                self._undated[word].append(person)
        if person.birth is not None:
            self._by_birth[person.birth].append(person)

    def find(self, person: ListPerson) -> list[ListPerson]:
        """Return who is likely the same person, the likeliest first."""
        by_word = self._by_word if person.birth is None else self._undated
        others = {id(other): other for word in folded_words(person.family or "") for other in by_word.get(word, ())}
        if person.birth is not None:
            day = date.fromisoformat(person.birth)
            for birth in (day, *near_days(day)):
                others.update((id(other), other) for other in self._by_birth.get(birth.isoformat(), ()))
        judged = [(score[0], other) for other in others.values() if (score := judge_names(person.names, other.names)) is not None]
        return [other for score, other in sorted(judged, key=lambda pair: -pair[0]) if score >= LIKELY]

    def named(self, person: ListPerson) -> list[ListPerson]:
        """Return who has the same name, and no other birth date."""
        words = _words(person.family, person.given)
        same = [other for other in self._by_word.get(next(iter(words[0]), ""), ()) if _words(other.family, other.given) == words]
        return [other for other in same if person.birth is None or other.birth in {None, person.birth}]


class _VaultPeople:
    """The people of the vault."""

    def __init__(self, connection: Connection) -> None:
        self.by_id: dict[str, ListPerson] = {}
        self.by_case: dict[str, ListPerson] = {}
        self.near = _Near()
        for row in connection.exec_driver_sql("SELECT id, case_number, family_name, given_name, birth_date FROM coachees"):
            person = ListPerson(("", 0), row[1], row[2], row[3], row[4], defines=True, id=row[0])
            self.by_id[row[0]] = self.by_case[row[1].casefold()] = person
            self.near.add(person)


def _words(family: str | None, given: str | None) -> Names:
    return folded_words(family or ""), folded_words(given or "")


def _told_apart(one: ListPerson, other: ListPerson) -> bool:
    """Say whether two people have numbers of their own, and no birth date that speaks against that."""
    return bool(one.case and other.case) and not (one.birth and one.birth == other.birth)


def _same_name(row: RowNames, person: ListPerson) -> bool:
    judged = judge_names((row.given, row.family or "", None), (person.given, person.family or "", None))
    return judged is not None or bool(set(folded_words(row.family or "")) & set(folded_words(person.family or "")))


def _shares_a_word(person: ListPerson, other: ListPerson) -> bool:
    return bool(set(folded_words(person.family or "")) & set(folded_words(other.family or "")))
