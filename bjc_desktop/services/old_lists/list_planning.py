"""The dry run: every row of a list becomes rows of the case file, or stays out with the reason at its cell. Nothing is written."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from sqlalchemy import Connection

from bjc_desktop.errors import ListError
from bjc_desktop.exchange.cells import Value
from bjc_desktop.exchange.lists.limits import Step, no_step
from bjc_desktop.exchange.package_checks import MergedTable, find_faults, select_by
from bjc_desktop.exchange.table_schema import tables
from bjc_desktop.models.base import packaged_columns
from bjc_desktop.services.new_coachee import STILL_RUNNING, next_case_number
from bjc_desktop.services.old_lists.entry_making import EntryMaker, days_problem
from bjc_desktop.services.old_lists.list_people import ListPeople, ListPerson
from bjc_desktop.services.old_lists.list_plan import ListNote, ListPlan, ListWork, PlannedCount, RowPlace
from bjc_desktop.services.old_lists.planned_rows import PlannedRows
from bjc_desktop.services.old_lists.row_facts import RowFacts, SheetRows
from bjc_desktop.services.old_lists.stable_ids import stable_id
from bjc_desktop.services.old_lists.team_names import read_team
from bjc_desktop.services.old_lists.vault_coachings import VaultCoaching, read_coachings
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.vault.tombstones import in_force, marks_of
from bjc_desktop.vocabulary import ErasureDepth

NO_NAMES = "Keine Spalte nennt Namen oder Fallnummer. Bitte unter „Spalten“ zuordnen."
NO_PROVIDER = "Im Tresor steht noch kein Träger. Bitte zuerst unter „Team“ den Träger und das Personal anlegen."
WHICH_PROVIDER = "Im Tresor stehen mehrere Träger. Bitte unter „Werte“ wählen, für welchen die Liste gilt."
ENTRY_MISSING = "Der Eintritt fehlt. Bitte das Datum eintragen."
NAME_MISSING = "Der Name fehlt. Bitte eintragen."
PERSON_OUT = "Die Person bleibt draußen, weil bei ihr noch etwas zu klären ist (Zeile {number})."
ERASED = "Die Angaben dieser Person wurden gelöscht. Bitte die Zeile weglassen."
DIFFERS = "Weicht von Zeile {number} ab; es gilt die erste Angabe."
NUMBERED = "Ohne Fallnummer: Es wird {number} vergeben."
BORN_LATER = "Das Geburtsdatum liegt in der Zukunft. Bitte das Jahr prüfen."
_EVERY = 4_000
_FOREVER = "9999-12-31"
_ROUNDS = 3
_IDENTITY = frozenset({"case_number", "family_name", "given_name", "birth_date"})


def plan_list(connection: Connection, work: ListWork, *, today: date, step: Step = no_step) -> ListPlan:
    """Return what taking the list in would do; *step* hears how far it is and may raise to stop.

    Raises
    ------
    ListError
        where the list as a whole cannot be taken in: no column names people, two columns for one field, no provider.
    """
    faulty: dict[RowPlace, tuple[str | None, str]] = {}
    for _ in range(_ROUNDS):
        planner = _Planner(connection, work, faulty, today, step)
        plan = planner.plan()
        faults = find_faults(connection, plan.merged, today)
        found = {planner.sources[fault.row]: (fault.column, fault.text + ".") for fault in faults if fault.row is not None}
        if not found.keys() - faulty.keys():
            return plan
        faulty |= found
    return plan


class _Planner:
    """Plans a list in two passes: first people and coachings of all sheets, then what belongs to them."""

    def __init__(
        self,
        connection: Connection,
        work: ListWork,
        faulty: Mapping[RowPlace, tuple[str | None, str]],
        today: date,
        step: Step,
    ) -> None:
        self._connection, self._work, self._faulty, self._today, self._step = connection, work, faulty, today, step
        self._team = read_team(connection)
        self._sheets = [SheetRows(work.tables[name], mapping, self._team, today) for name, mapping in work.mappings.items()]
        self._sheets.sort(key=lambda sheet: not sheet.defines)
        self._people = ListPeople(work.decisions)
        self._of_row: list[ListPerson | None] = []
        self._problems: list[ListNote] = []
        self._remarks: list[ListNote] = []
        self._out: set[RowPlace] = set()
        self._rows = PlannedRows()
        self._done, self._total = 0, 2 * sum(len(sheet.table.rows) for sheet in self._sheets)

    @property
    def sources(self) -> list[RowPlace]:
        """The row of the list that each planned row came from, by the line in a fault."""
        return self._rows.sources

    def plan(self) -> ListPlan:
        self._check()
        for sheet in self._sheets:
            self._gather(sheet)
        self._people.meet_vault(self._connection, self._provider())
        self._refuse_erased()
        held = read_coachings(self._connection, [person.id for person in self._people.people if person.known])
        self._add_people(held)
        maker = EntryMaker(self._rows, held, self._team, self._today)
        at = iter(self._of_row)
        for sheet in self._sheets:
            self._attach(sheet, maker, at)
        return self._result()

    # --- the list as a whole ----------------------------------------------------------------------------------------------

    def _check(self) -> None:
        for sheet in self._sheets:
            problems = sheet.mapping.problems()
            if sheet.column_of("coachees.case_number", "coachees.full_name", "coachees.family_name") is None:
                problems = (f"Blatt „{sheet.table.name}“: {NO_NAMES}",)
            if problems:
                raise ListError(" ".join(problems))
        if not self._team.providers:
            raise ListError(NO_PROVIDER)

    def _provider(self) -> str:
        """Return the provider for whom the list is, where no row says it."""
        said = {sheet.mapping.constants.get("coachings.provider") for sheet in self._sheets} & set(self._team.providers)
        if len(said) == 1:
            return str(said.pop())
        if len(self._team.providers) == 1:
            return next(iter(self._team.providers))
        members = [self._team.members[key].provider_id for key in self._coaches() if key in self._team.members]
        if members and len(set(members)) == 1:
            return members[0]
        if any("coachings.provider" in sheet.columns for sheet in self._sheets):
            return next(iter(self._team.providers))
        raise ListError(WHICH_PROVIDER)

    def _coaches(self) -> Iterator[str]:
        for person in self._people.people:
            for coaching in person.coachings.values():
                if coaching.get("coach"):
                    yield str(coaching["coach"])

    def _tick(self) -> None:
        self._done += 1
        if self._done % _EVERY == 0:
            self._step(self._done, self._total)

    # --- the first pass: people and coachings -----------------------------------------------------------------------------

    def _gather(self, sheet: SheetRows) -> None:
        for facts in sheet.all_facts(self._work):
            self._tick()
            self._of_row.append(self._person_of(sheet, facts))

    def _person_of(self, sheet: SheetRows, facts: RowFacts) -> ListPerson | None:
        """Return whose row it is; None where the row stays out."""
        place = (sheet.table.name, facts.number)
        wrong = self._note(sheet, facts)
        fault = self._faulty.get(place)
        if fault is not None:
            wrong = True
            self._problem(sheet, facts.number, sheet.column_of(*_keys_of(fault[0])), fault[1])
        birth = facts.person.get("birth_date")
        if birth is not None and str(birth) > self._today.isoformat():
            wrong = True
            self._problem(sheet, facts.number, sheet.column_of("coachees.birth_date"), BORN_LATER)
        problem = days_problem(facts.coaching, "coachings")
        if problem is not None:
            wrong = True
            self._problem(sheet, facts.number, sheet.column_of(f"coachings.{problem[0]}"), problem[1])
        if wrong:
            return None
        found = self._people.find(facts.names, place, facts.entry, defines=sheet.defines)
        if isinstance(found, str):
            self._problem(sheet, facts.number, _name_column(sheet, found), found)
            return None
        self._merge(sheet, facts, found)
        return found

    def _note(self, sheet: SheetRows, facts: RowFacts) -> bool:
        """Keep what was found at the row's cells; say whether one of it is a problem."""
        wrong = False
        for column, text, problem in facts.notes:
            if problem:
                wrong = True
                self._problem(sheet, facts.number, column, text)
            else:
                self._remarks.append(sheet.note(facts.number, column, text))
        return wrong

    def _problem(self, sheet: SheetRows, number: int, column: int | None, text: str) -> None:
        self._problems.append(sheet.note(number, column, text))
        self._out.add((sheet.table.name, number))

    def _merge(self, sheet: SheetRows, facts: RowFacts, person: ListPerson) -> None:
        if len(facts.person) > len(_IDENTITY & facts.person.keys()):
            self._merge_into(sheet, facts, person.fields, facts.person, "coachees", person.place[1])
        if facts.entry is not None:
            coaching = person.coachings.setdefault(facts.entry, {})
            first = person.entry_places.setdefault(facts.entry, (sheet.table.name, facts.number))
            self._merge_into(sheet, facts, coaching, facts.coaching, "coachings", first[1])

    def _merge_into(
        self, sheet: SheetRows, facts: RowFacts, known: dict[str, Value], said: Mapping[str, Value], table: str, first: int
    ) -> None:
        for name, value in said.items():
            if known.setdefault(name, value) != value and not (table == "coachees" and name in _IDENTITY):
                self._remarks.append(sheet.note(facts.number, sheet.column_of(f"{table}.{name}"), DIFFERS.format(number=first)))

    # --- between the passes -----------------------------------------------------------------------------------------------

    def _refuse_erased(self) -> None:
        marks = in_force(self._connection, (ErasureDepth.PERSON, ErasureDepth.FACTS))
        if not marks:
            return
        of_people = marks_of(self._connection, [person.id for person in self._people.people])
        for person in self._people.people:
            if of_people[person.id] in marks:
                person.problem = ERASED

    def _add_people(self, held: Mapping[str, list[VaultCoaching]]) -> None:
        """Plan the people and coachings that are new; a person without a number gets the next one."""
        numbers = _following(next_case_number(self._connection, today=self._today))
        taken = {person.case for person in self._people.people if person.case}
        sheets = {sheet.table.name: sheet for sheet in self._sheets}
        provider = self._provider()
        for person in self._people.people:
            if person.problem:
                continue
            if not person.known and person.family is None:
                person.problem = NAME_MISSING
                continue
            if not person.known and person.case is None:
                person.case = next(number for number in numbers if number not in taken)
                sheet = sheets[person.place[0]]
                column = sheet.column_of("coachees.case_number")
                self._remarks.append(sheet.note(person.place[1], column, NUMBERED.format(number=person.case)))
            names = {
                "case_number": person.case,
                "family_name": person.family,
                "given_name": person.given,
                "birth_date": person.birth,
            }
            self._rows.add("coachees", {**person.fields, **names, "id": person.id}, person.place)
            known = {coaching.entry_on: coaching for coaching in held.get(person.id, ())}
            spans = [(coaching.entry_on, coaching.exit_on or _FOREVER) for coaching in held.get(person.id, ())]
            for entry, coaching in sorted(person.coachings.items()):
                sheet = sheets[person.entry_places[entry][0]]
                running = next((first for first, last in spans if first < entry <= last and entry not in known), None)
                if running is not None:
                    number, column = person.entry_places[entry][1], sheet.column_of("coachings.entry_on")
                    self._problem(sheet, number, column, STILL_RUNNING.format(day=show_date(date.fromisoformat(running))))
                    continue
                spans.append((entry, str(coaching.get("exit_on") or _FOREVER)))
                self._add_coaching(person, entry, coaching, provider, known.get(entry), sheet)

    def _add_coaching(
        self,
        person: ListPerson,
        entry: str,
        fields: dict[str, Value],
        provider: str,
        known: VaultCoaching | None,
        sheet: SheetRows,
    ) -> None:
        coach = fields.get("coach") or sheet.mapping.constants.get("coachings.coach")
        if known is not None:
            fields["id"] = known.id
            self._rows.known("coachings", known.id)
            return
        member = self._team.members.get(str(coach))
        own = fields.get("provider_id") or (member.provider_id if member is not None else provider)
        fields["id"] = coaching_id = stable_id(person.id, "coaching", entry)
        place = person.entry_places[entry]
        self._rows.add("coachings", {**fields, "coachee_id": person.id, "provider_id": own}, place)
        if member is not None:
            fields["coach"] = member.id
            assignment = {"id": stable_id(coaching_id, "staff", member.id, entry), "coaching_id": coaching_id}
            self._rows.add("coaching_staff", {**assignment, "staff_id": member.id, "valid_from": entry}, place)

    # --- the second pass: what belongs to people and coachings ------------------------------------------------------------

    def _attach(self, sheet: SheetRows, maker: EntryMaker, people: Iterator[ListPerson | None]) -> None:
        needs_entry = "coachings.entry_on" in sheet.columns
        for facts in sheet.all_facts(self._work):
            self._tick()
            person = next(people)
            if person is None:
                continue
            if person.problem:
                own = person.place == (sheet.table.name, facts.number)
                text = person.problem if own else PERSON_OUT.format(number=person.place[1])
                self._problem(sheet, facts.number, _name_column(sheet, text), text)
                continue
            if needs_entry and facts.entry is None and not person.coachings and not maker.has_coaching(person):
                self._problem(sheet, facts.number, sheet.columns["coachings.entry_on"], ENTRY_MISSING)
                continue
            found = maker.make(sheet, facts, person)
            if found is not None:
                self._problem(sheet, facts.number, sheet.column_of(*found[0]), found[1])

    # --- what came of it --------------------------------------------------------------------------------------------------

    def _result(self) -> ListPlan:
        self._rows.drop(self._out)
        merged, counts = {}, {}
        added: set[RowPlace] = set()
        for table in tables():
            name = table.name
            rows, lines, known = self._rows.new_of(name, self._existing(name))
            counts[name] = PlannedCount(len(rows), known)
            if rows:
                columns = tuple(column.name for column, _ in packaged_columns(table))
                merged[name] = MergedTable(table, columns, rows, lines, {}, frozenset(columns))
                added.update(self._rows.sources[line] for line in lines)
        rows_in, every = len(added), sum(len(sheet.table.rows) for sheet in self._sheets)
        out = frozenset(self._out | self._work.left_out)
        problems = tuple(sorted(self._problems, key=_order))
        doubts = tuple(self._people.doubts.values())
        remarks = tuple(note for note in self._remarks if note.place not in out)
        return ListPlan(
            {name: count for name, count in counts.items() if count.new or count.known},
            problems, remarks, doubts, rows_in, every - rows_in - len(out), out, merged,
        )  # fmt: skip

    def _existing(self, table: str) -> Callable[[Iterable[str]], set[str]]:
        return lambda ids: {str(row[0]) for row in select_by(self._connection, table, ("id",), "id", ids)}


def _order(note: ListNote) -> tuple[str, int, int]:
    return note.sheet, note.number, -1 if note.column is None else note.column


def _keys_of(field: str | None) -> tuple[str, ...]:
    if field is None:
        return ()
    return tuple(f"{table}.{field}" for table in ("consultations", "coachings", "outcomes", "measures", "follow_ups", "coachees"))


def _name_column(sheet: SheetRows, text: str) -> int | None:
    case_first = "Fallnummer" in text
    keys = ("coachees.full_name", "coachees.family_name", "coachees.case_number")
    if "Geburtsdatum" in text and "coachees.birth_date" in sheet.columns and "anderes" in text:
        return sheet.columns["coachees.birth_date"]
    return sheet.column_of(*(reversed(keys) if case_first else keys))


def _following(first: str) -> Iterator[str]:
    """Yield case numbers from *first* on."""
    digits = len(first) - len(first.rstrip("0123456789"))
    beginning, number = first[: len(first) - digits], int(first[len(first) - digits :] or 1)
    while True:
        yield f"{beginning}{number:0{digits}d}"
        number += 1
