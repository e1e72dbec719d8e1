"""A quarter's work on the laptops of two coaches and a trainer, and the report of all in the coordination's vault.

The same quarter is there twice: in one vault with everything in it, and in parts, each written on the laptop where it happens, whose files
come late, twice and in the wrong order. Nothing may tell the two apart in the end.
"""

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bjc_desktop.exchange.field_groups import EXCHANGED, NATURAL_KEYS, identity, references_of
from bjc_desktop.exchange.package_export import as_json
from bjc_desktop.exchange.package_import import import_package
from bjc_desktop.exchange.table_schema import datapackage
from bjc_desktop.models import Base
from bjc_desktop.sample import COLUMNS, SampleShape, sample_tables
from bjc_desktop.services.targets import fill_new_vault
from bjc_desktop.vault import Vault
from bjc_desktop.vocabulary import PartnerKind, Role
from tests.exchange.laptops import Team, Templates, opened, outward
from tests.reports.contents import content_of, scopes, stated

FIRST, LAST = date(2025, 7, 1), date(2025, 9, 30)
SHAPE = SampleShape(date(2024, 7, 1), LAST, coaches=2, trainers=1, coachings=40, consultations=600, caseload=12)
MOMENT = datetime(2025, 10, 8, 9, 0, tzinfo=UTC)
DAYS = tuple(date(2025, month, day) for month in (6, 7, 8, 9) for day in (15, 30))[1:]
"""When files are exchanged; up to the first of them, all is in one vault."""
BORN = {
    "consents": "given_on",
    "coachings": "entry_on",
    "coaching_staff": "valid_from",
    "measures": "begin_on",
    "competence_profiles": "recorded_on",
    "barriers": "recorded_on",
    "development_plans": "agreed_on",
    "consultations": "held_on",
    "observations": "observed_on",
    "suggestions": "made_on",
    "outcomes": "begin_on",
    "follow_ups": "contacted_on",
}
"""By table: the day on which a row is written; others are there with what they belong to."""
ENDING = (
    "exit_on",
    "exit_reason",
    "status_at_exit",
    "closing_interview_on",
    "closing_report_on",
    "closing_waived_reason",
    "file_closed_on",
)
ENTITIES: dict[str, Any] = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}
Row = dict[str, Any]


class Story:
    """What a vault with everything in it holds, and what of it is written where and on which day."""

    def __init__(self, vault: Vault) -> None:
        self.rows: dict[str, dict[str, Row]] = {}
        with vault.reading() as connection, Session(connection) as session:
            for table in EXCHANGED:
                names = [column.name for column in table.columns if column.name not in {"row_version", "change_id"}]
                entities = session.scalars(select(ENTITIES[table.name]))
                self.rows[table.name] = {entity.id: {name: getattr(entity, name) for name in names} for entity in entities}
        del self.rows["targets"]  # every vault begins with them
        self._know_plans_by_their_key()
        for row in self.rows["consultations"].values():
            row["note"] = row["note"] and vault.notes.decrypt(row["id"], row["note"])
        staff = self.rows["staff"].values()
        self.trainer = next(row["staff_id"] for row in self.rows["observations"].values() if row["observed_on"] >= FIRST)
        coaches = {row["id"] for row in staff if row["role"] == Role.JOB_COACH}
        turns = sorted(self.rows["coaching_staff"].values(), key=lambda row: row["valid_from"])
        self.coach = {row["coaching_id"]: row["staff_id"] for row in turns if row["staff_id"] in coaches}
        self.coaches = sorted(set(self.coach.values()))
        self.days: dict[str, dict[str, date]] = {}
        entries = sorted((row["entry_on"], row["coachee_id"]) for row in self.rows["coachings"].values())
        self.days["coachees"] = {person: day for day, person in reversed(entries)}
        for table, rows in self.rows.items():
            self.days.setdefault(table, {key: self._day(table, row) for key, row in rows.items()})

    def _know_plans_by_their_key(self) -> None:
        """Give the rows of which two vaults may each make the one there can be the id by which they are known to all."""
        new: dict[str, str] = {}
        for table, keys in NATURAL_KEYS.items():
            for row in self.rows.get(table, {}).values():
                new[row["id"]] = identity(table, row["id"], [row[key] for key in keys])
        for table, rows in self.rows.items():
            self.rows[table] = {
                new.get(key, key): {name: new.get(value, value) for name, value in row.items()} for key, row in rows.items()
            }

    def _day(self, table: str, row: Row) -> date:
        if table == "working_time":
            return date.fromisoformat(f"{row['month']}-28")
        own = row[BORN[table]] if table in BORN else date.min
        return max([min(own, LAST), *(self.days[parent][row[column]] for column, parent in references_of(table) if row[column])])

    def writer(self, table: str, row: Row) -> str:
        """Return who writes a row: the trainer what trainers write, a coach what concerns a case, the coordination the rest."""
        if table in {"observations", "suggestions"}:
            return self.trainer
        if table == "coachees":
            return next(
                self.coach[key] for key, coaching in self.rows["coachings"].items() if coaching["coachee_id"] == row["id"]
            )
        coaching = self._coaching(table, row)
        entered = coaching is not None and (table != "coaching_staff" or row["staff_id"] == self.coach[coaching])
        return self.coach[coaching] if coaching is not None and entered else "amt"

    def _coaching(self, table: str, row: Row) -> str | None:
        if table == "coachings":
            return str(row["id"])
        if table == "consents":
            return next(key for key, coaching in self.rows["coachings"].items() if coaching["coachee_id"] == row["coachee_id"])
        for column, parent in references_of(table):
            if parent in {"coachings", "development_plans", "goals"}:
                return self._coaching(parent, self.rows[parent][row[column]])
        return None

    def until(self, day: date) -> Iterator[tuple[str, Row]]:
        """Yield what is written up to *day*, parents first."""
        for table, rows in self.rows.items():
            for key, row in rows.items():
                if self.days[table][key] <= day:
                    yield table, row


class Desk:
    """One vault at work: writes its share of the story as soon as what it belongs to is there."""

    def __init__(self, team: Team, name: str, staff_id: str, story: Story) -> None:
        self.team, self.name, self.staff_id, self.story = team, name, staff_id, story
        self.written: set[tuple[str, str]] = set()
        self.closed: set[str] = set()

    def work(self, day: date, *, everything: bool = False) -> None:
        """Write what is to be written up to *day* by who works here, or *everything* that is not there yet."""
        with self.team[self.name].writing(now=self.team.now()) as session:
            there = {table: set(session.scalars(select(ENTITIES[table].id))) for table in self.story.rows}
            for table, row in self.story.until(day):
                if everything or self.story.writer(table, row) == self.staff_id:
                    known = all(not row[column] or row[column] in there[parent] for column, parent in references_of(table))
                    if row["id"] not in there[table] and known:
                        self._write(session, table, row, day)
                        there[table].add(row["id"])
                    if table == "coachings" and row["exit_on"] and FIRST <= row["exit_on"] <= day and row["id"] in there[table]:
                        self._close(session, row)

    def _write(self, session: Session, table: str, row: Row, day: date) -> None:
        running = table == "coachings" and row["exit_on"] and row["exit_on"] > day
        values = {**row, **dict.fromkeys(ENDING)} if running else dict(row)
        if values.get("note"):
            values["note"] = self.team[self.name].notes.encrypt(row["id"], values["note"])
        session.add(ENTITIES[table](**values))
        session.flush()
        self.written.add((table, row["id"]))

    def _close(self, session: Session, row: Row) -> None:
        if row["id"] not in self.closed:
            coaching = session.get_one(ENTITIES["coachings"], row["id"])
            for name in ENDING:
                setattr(coaching, name, row[name])
            self.closed.add(row["id"])


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the data package of everything."""
    folder = tmp_path_factory.mktemp("quartal") / "paket"
    folder.mkdir()
    for name, table in sample_tables(SHAPE).items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([table.columns, *table.rows])
    (folder / "datapackage.json").write_bytes(
        as_json(datapackage("quartal", {name: list(names) for name, names in COLUMNS.items()}))
    )
    return folder


def test_that_the_report_of_four_vaults_is_that_of_one_with_everything_in_it(
    laptops: Templates, package: Path, tmp_path: Path
) -> None:
    with (
        opened(laptops, tmp_path / "einer", ("amt",)) as alone,
        opened(laptops, tmp_path / "viele") as team,
    ):
        one = alone["amt"]
        for vault in (one, team["amt"]):
            fill_new_vault(vault, now=MOMENT)
        import_package(one, package, update=False, now=MOMENT, today=MOMENT.date())
        story = Story(one)
        office = Desk(team, "amt", "amt", story)
        desks = [
            *(Desk(team, name, staff_id, story) for name, staff_id in zip(("kim", "lee"), story.coaches, strict=True)),
            Desk(team, "toni", story.trainer, story),
        ]
        # What was there before the quarter is in the office; everybody gets their share of it.
        office.work(DAYS[0], everything=True)
        for desk in desks:
            kind = PartnerKind.TRAINER if desk.staff_id == story.trainer else PartnerKind.COACH
            team.know("amt", desk.name, kind, desk.staff_id, notes=kind is PartnerKind.COACH)
            team.know(desk.name, "amt", PartnerKind.OFFICE)
            team.send("amt", desk.name, today=DAYS[0])
        late: list[Path] = []
        for today in DAYS[1:]:
            for desk in (*desks, office):
                desk.work(today)
            files = [team.write(desk.name, "amt", today=today) for desk in desks]
            for file in (*reversed(files), files[0], *late):
                team.read("amt", file)
            late = files[:2]
            for desk in desks:
                team.send("amt", desk.name, today=today)
        # Who had to wait for what others write does so now; what never reached a laptop is written down in the office.
        for desk in (*desks, office):
            desk.work(LAST)
        for desk in desks:
            team.send(desk.name, "amt", today=LAST)
        office.work(LAST, everything=True)
        assert all(len(desk.written) > 10 for desk in desks)  # each of them did a quarter's work
        assert sum(len(desk.closed) for desk in desks) > 5

        there, expected = outward(team["amt"]), outward(one)
        assert {table: len(rows) for table, rows in there.items()} == {table: len(rows) for table, rows in expected.items()}
        assert there == expected
        for quarter in ("2025-Q2", "2025-Q3"):
            for scope in scopes(one, quarter):
                figures = stated(content_of(one, scope, quarter=quarter))
                assert stated(content_of(team["amt"], scope, quarter=quarter)) == figures
                assert any(figure["value"] for figure in figures["indicators"])
