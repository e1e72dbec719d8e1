"""The list of coachees: the same filter gives the same people, whichever way it finds them."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bjc_desktop.models import Coachee, Coaching, CoachingStaff, Consultation, FollowUp, Measure, Provider, Staff
from bjc_desktop.services import coachee_list
from bjc_desktop.services.coachee_list import CaseStatus, CoacheeFilter, DueWithin, ListOrder, find_coachees, read_rows
from bjc_desktop.services.due_items import DueKind
from bjc_desktop.vault import Vault, open_with_key
from bjc_desktop.vocabulary import TargetGroup
from tests.conftest import NOW, TemplateVault
from tests.samples import filled

TODAY = date(2026, 1, 15)


@pytest.fixture(scope="module")
def sample(template_vault: TemplateVault, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    folder: Path = template_vault.copy_to(tmp_path_factory.mktemp("list") / "tresor")
    with open_with_key(folder, template_vault.secrets) as vault:
        yield filled(vault, "package")


@pytest.fixture
def connection(sample: Vault) -> Iterator[Connection]:
    with sample.reading() as reading:
        yield reading


def everybody(connection: Connection, **wanted: Any) -> list:
    return list(find_coachees(connection, CoacheeFilter(**wanted), limit=10_000, today=TODAY).rows)


def test_that_the_list_shows_everybody_by_name(connection: Connection) -> None:
    rows = everybody(connection)
    count = connection.exec_driver_sql("SELECT count(*) FROM coachees").scalar()
    assert len(rows) == len({row.coachee_id for row in rows}) == count
    names = [row.family_name for row in rows]
    assert names.index("Ångström") < names.index("Bäcker") < names.index("Çelik") < names.index("Žukauskas")


def test_that_pages_follow_one_another(connection: Connection) -> None:
    pages = [find_coachees(connection, CoacheeFilter(), limit=50, offset=start, today=TODAY) for start in range(0, 600, 50)]
    ids = [row.coachee_id for page in pages for row in page.rows]
    assert ids == [row.coachee_id for row in everybody(connection)]
    assert {(page.total_shown, page.total_all) for page in pages} == {(len(ids), len(ids))}


def test_that_counts_say_how_many_the_filter_shows(connection: Connection) -> None:
    page = find_coachees(connection, CoacheeFilter(text="an"), limit=3, today=TODAY)
    assert len(page.rows) == 3
    assert page.total_shown == len(everybody(connection, text="an"))
    assert page.total_all == len(everybody(connection))


@pytest.mark.parametrize("typed", ["a", "mü", "an", "0", "001-0000", "anna b"])
def test_that_walking_and_searching_find_the_same(connection: Connection, monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    searched = everybody(connection, text=typed)
    monkeypatch.setattr(coachee_list, "_MANY", 0)
    assert everybody(connection, text=typed) == searched


@pytest.mark.parametrize("order", ListOrder)
@pytest.mark.parametrize("descending", [False, True])
def test_that_every_order_shows_everybody_and_what_has_no_value_last(
    connection: Connection, order: ListOrder, descending: bool
) -> None:
    page = find_coachees(connection, CoacheeFilter(), order=order, descending=descending, limit=10_000, today=TODAY)
    assert {row.coachee_id for row in page.rows} == {row.coachee_id for row in everybody(connection)}
    value = {
        ListOrder.STATUS: lambda row: list(CaseStatus).index(row.status),
        ListOrder.NEXT_DUE: lambda row: row.next_due.day if row.next_due else None,
        ListOrder.LAST_CONTACT: lambda row: row.last_contact,
        ListOrder.ENTRY: lambda row: row.entry_on,
        ListOrder.CASE_NUMBER: lambda row: row.case_number,
    }.get(order)
    if value is not None:
        values = [value(row) for row in page.rows]
        known = [each for each in values if each is not None]
        assert known == sorted(known, reverse=descending)
        assert None not in values[: len(known)]


def test_that_each_status_shows_its_people_and_all_together_everybody(connection: Connection) -> None:
    parts = {status: everybody(connection, status=status) for status in CaseStatus}
    assert all(row.status is status for status, rows in parts.items() for row in rows)
    assert sum(map(len, parts.values())) == len(everybody(connection))
    assert len(parts[CaseStatus.ACTIVE]) > len(parts[CaseStatus.CANCELLED]) > 0


def test_that_filters_agree_with_what_the_rows_say(connection: Connection) -> None:
    rows = everybody(connection)
    group = TargetGroup.REFUGEE
    assert everybody(connection, target_group=group) == [row for row in rows if row.target_group is group]
    linked, unlinked = everybody(connection, measure_link=True), everybody(connection, measure_link=False)
    assert len(linked) + len(unlinked) == len([row for row in rows if row.coaching_id])
    overdue = [row for row in rows if row.next_due and row.next_due.day < TODAY]
    assert everybody(connection, due=DueWithin.OVERDUE) == overdue
    assert everybody(connection, due=DueWithin.NOTHING) == [row for row in rows if row.next_due is None]
    week = [row for row in rows if row.next_due and row.next_due.day <= date(2026, 1, 18)]
    assert everybody(connection, due=DueWithin.WEEK) == week
    assert set(week) <= set(everybody(connection, due=DueWithin.MONTH))


def test_that_a_coach_sees_the_own_cases(connection: Connection) -> None:
    rows = everybody(connection)
    coach = next(row.coach_id for row in rows if row.status is CaseStatus.ACTIVE)
    own = everybody(connection, coach_id=coach)
    assert own == [row for row in rows if row.coach_id == coach]
    page = find_coachees(connection, CoacheeFilter(coach_id=coach, text="a"), today=TODAY)
    assert page.total_all == len(own)
    due = everybody(connection, coach_id=coach, due=DueWithin.OVERDUE)
    assert due == [row for row in own if row.next_due and row.next_due.overdue]


def test_that_filters_go_together(connection: Connection) -> None:
    found = everybody(connection, text="a", status=CaseStatus.ENDED, measure_link=True, due=DueWithin.NOTHING)
    singly = [
        set(everybody(connection, **one))
        for one in ({"text": "a"}, {"status": CaseStatus.ENDED}, {"measure_link": True}, {"due": DueWithin.NOTHING})
    ]
    assert set(found) == set.intersection(*singly)


def test_that_the_people_behind_a_number_are_shown(connection: Connection) -> None:
    some = tuple(row.coachee_id for row in everybody(connection)[10:20])
    assert {row.coachee_id for row in everybody(connection, coachee_ids=some)} == set(some)
    assert everybody(connection, coachee_ids=()) == []
    assert [row.coachee_id for row in read_rows(connection, [*some[::-1], "nobody"], today=TODAY)] == list(some[::-1])


# --- one person ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def ids(vault: Vault) -> dict[str, str]:
    with vault.writing(now=NOW) as session:
        provider = Provider(name="Träger")
        session.add(provider)
        session.flush()
        coach = Staff(
            provider_id=provider.id, given_name="Uta", family_name="Coach", role="job_coach", employed_from=date(2020, 1, 1)
        )
        coachee = Coachee(case_number="F-1", given_name="Ewa", family_name="Łoś")
        session.add_all([coach, coachee])
        session.flush()
        return {"provider": provider.id, "coach": coach.id, "coachee": coachee.id}


def add(vault: Vault, entity: type, **values: object) -> str:
    with vault.writing(now=NOW) as session:
        row = entity(**values)
        session.add(row)
        session.flush()
        return str(row.id)


def coach(vault: Vault, ids: dict[str, str], entry: date, **values: object) -> str:
    coaching = add(vault, Coaching, coachee_id=ids["coachee"], provider_id=ids["provider"], entry_on=entry, **values)
    add(vault, CoachingStaff, coaching_id=coaching, staff_id=ids["coach"], valid_from=entry, valid_to=values.get("exit_on"))
    return coaching


def row_of(vault: Vault):
    with vault.reading() as reading:
        return find_coachees(reading, CoacheeFilter(), today=TODAY).rows[0]


def test_that_someone_without_a_coaching_is_in_the_list(vault: Vault, ids: dict[str, str]) -> None:
    row = row_of(vault)
    assert (row.name, row.status, row.coaching_id, row.coach_name) == ("Ewa Łoś", CaseStatus.NONE, None, None)


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({}, CaseStatus.ACTIVE),
        ({"exit_on": TODAY}, CaseStatus.ACTIVE),
        ({"exit_on": TODAY - timedelta(days=1)}, CaseStatus.AFTERCARE),
        ({"exit_on": date(2025, 6, 16)}, CaseStatus.AFTERCARE),
        ({"exit_on": date(2025, 6, 15)}, CaseStatus.ENDED),
        ({"cancelled": True}, CaseStatus.CANCELLED),
    ],
)
def test_that_the_status_follows_from_the_newest_coaching(
    vault: Vault, ids: dict[str, str], values: dict[str, object], status: CaseStatus
) -> None:
    coach(vault, ids, date(2024, 1, 1), exit_on=date(2024, 2, 1))
    coach(vault, ids, date(2025, 3, 1), **values)
    if status is CaseStatus.CANCELLED:
        assert row_of(vault).status is CaseStatus.ENDED  # the cancelled one is not the newest while there is another
    else:
        assert row_of(vault).status is status


def test_that_only_a_cancelled_coaching_is_shown_as_cancelled(vault: Vault, ids: dict[str, str]) -> None:
    coach(vault, ids, date(2025, 3, 1), cancelled=True)
    assert row_of(vault).status is CaseStatus.CANCELLED


def test_that_an_answered_survey_ends_the_aftercare(vault: Vault, ids: dict[str, str]) -> None:
    coaching = coach(vault, ids, date(2025, 3, 1), exit_on=date(2025, 8, 1))
    assert row_of(vault).next_due.kind is DueKind.CLOSING
    add(vault, FollowUp, coaching_id=coaching, state="surveyed", contacted_on=TODAY)
    assert row_of(vault).status is CaseStatus.ENDED


def test_that_a_row_names_coach_last_contact_and_what_comes_next(vault: Vault, ids: dict[str, str]) -> None:
    coaching = coach(vault, ids, date(2025, 3, 1))
    common = {"coaching_id": coaching, "staff_id": ids["coach"], "channel": "phone", "kind": "coaching"}
    add(vault, Consultation, held_on=date(2026, 1, 7), status="held", **common)
    add(vault, Consultation, held_on=date(2026, 1, 9), status="no_show", **common)
    add(vault, Consultation, held_on=date(2026, 1, 20), status="planned", **common)
    row = row_of(vault)
    assert (row.coach_name, row.last_contact) == ("Uta Coach", date(2026, 1, 7))
    assert (row.next_due.day, row.next_due.kind, row.next_due.overdue) == (date(2026, 1, 20), DueKind.CONSULTATION, False)
    assert row.next_due.text == "Coaching, telefonisch"


def test_that_a_measure_links_while_it_shares_a_day_with_the_coaching(vault: Vault, ids: dict[str, str]) -> None:
    coaching = coach(vault, ids, date(2025, 3, 1))
    add(vault, Measure, coaching_id=coaching, kind="integration_course", begin_on=date(2025, 3, 1))
    add(vault, Measure, coaching_id=coaching, kind="agh_16d", begin_on=date(2025, 1, 1), end_on=date(2025, 2, 28))
    with vault.reading() as reading:
        assert everybody(reading, measure_link=True) == []
    add(vault, Measure, coaching_id=coaching, kind="agh_16d", begin_on=date(2025, 2, 1), end_on=date(2025, 3, 1))
    with vault.reading() as reading:
        assert len(everybody(reading, measure_link=True)) == 1


def test_that_names_stand_as_typed(vault: Vault) -> None:
    for number, name in enumerate(("<b>&amp;Müller</b>", "O", "Ö" * 120)):
        add(vault, Coachee, case_number=f"F-{number}", family_name=name)
    with vault.reading() as reading:
        assert {row.name for row in everybody(reading)} == {"<b>&amp;Müller</b>", "O", "Ö" * 120}
        assert reading.execute(select(Coachee.id)).first() is not None
