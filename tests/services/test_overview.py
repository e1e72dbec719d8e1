"""Today: what is due in the cases, this week, the live indicators, the caseload, and the list behind each number."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Connection

from bjc_desktop.models import (
    Coachee,
    Coaching,
    CoachingStaff,
    Consultation,
    DevelopmentPlan,
    FollowUp,
    Goal,
    PrivacyRequest,
    Provider,
    Staff,
    Task,
    WorkingTime,
)
from bjc_desktop.services.coachee_list import find_coachees
from bjc_desktop.services.coachee_preview import coachee_preview
from bjc_desktop.services.due_items import Cases, CaseSection, DueKind, read_due
from bjc_desktop.services.overview import read_overview, read_overview_due
from bjc_desktop.services.targets import fill_new_vault
from bjc_desktop.vault import Vault, open_with_key
from tests.conftest import NOW, TemplateVault
from tests.samples import filled

TODAY = date(2026, 1, 15)  # a Thursday


class Desk:
    """One coach with one case, to be added to."""

    def __init__(self, vault: Vault) -> None:
        self.vault = vault
        self.provider = self.add(Provider, name="Träger")
        self.coach = self.staff("Uta")
        self.coachee = self.add(Coachee, case_number="F-1", given_name="Ewa", family_name="Łoś", phone="030 1")
        self.coaching = self.case(date(2025, 12, 1))

    def add(self, entity: type, **values: object) -> str:
        with self.vault.writing(now=NOW) as session:
            row = entity(**values)
            session.add(row)
            session.flush()
            return str(row.id)

    def staff(self, name: str) -> str:
        return self.add(
            Staff,
            provider_id=self.provider,
            given_name=name,
            family_name="Coach",
            role="job_coach",
            employed_from=date(2025, 12, 1),
            weekly_hours=Decimal("39.4"),
        )

    def case(self, entry: date, **values: object) -> str:
        coaching = self.add(Coaching, coachee_id=self.coachee, provider_id=self.provider, entry_on=entry, **values)
        self.add(CoachingStaff, coaching_id=coaching, staff_id=self.coach, valid_from=entry, valid_to=values.get("exit_on"))
        return coaching

    def consultation(self, day: date, status: str, **values: object) -> str:
        common = {"coaching_id": self.coaching, "staff_id": self.coach, "channel": "phone", "kind": "coaching"}
        return self.add(Consultation, held_on=day, status=status, **(common | values))

    def due(self, **values: object) -> list:
        with self.vault.reading() as connection:
            items = read_overview_due(connection, **({"staff_id": self.coach, "today": TODAY} | values))
            return [item for item in items if item.kind is not DueKind.HOURS]


@pytest.fixture
def desk(vault: Vault) -> Desk:
    fill_new_vault(vault, now=NOW)
    return Desk(vault)


def test_that_a_fresh_case_asks_for_nothing(desk: Desk) -> None:
    assert desk.due() == []


def test_that_the_latest_plan_is_what_is_due(desk: Desk) -> None:
    old = desk.add(DevelopmentPlan, coaching_id=desk.coaching, version=1, agreed_on=TODAY, review_on=date(2026, 1, 1))
    desk.add(Goal, plan_id=old, description="alt", status="open", due_on=date(2026, 1, 2))
    plan = desk.add(DevelopmentPlan, coaching_id=desk.coaching, version=2, agreed_on=TODAY, review_on=date(2026, 1, 29))
    goal = desk.add(Goal, plan_id=plan, description="Führerschein", status="in_progress", due_on=date(2026, 1, 14))
    desk.add(Goal, plan_id=plan, description="erreicht", status="achieved", due_on=date(2026, 1, 14))
    desk.add(Goal, plan_id=plan, description="später", status="open", due_on=date(2026, 1, 30))
    desk.add(Task, goal_id=goal, description="anmelden", due_on=TODAY)
    desk.add(Task, goal_id=goal, description="erledigt", due_on=TODAY, done_on=TODAY)
    items = desk.due()
    assert [(item.text, item.day, item.overdue) for item in items] == [
        ("Ziel: Führerschein", date(2026, 1, 14), True),
        ("Aufgabe: anmelden", TODAY, False),
        ("Entwicklungsplan überprüfen", date(2026, 1, 29), False),
    ]
    assert {item.section for item in items} == {CaseSection.PLAN}
    assert {(item.name, item.coaching_id) for item in items} == {("Ewa Łoś", desk.coaching)}


def test_that_appointments_are_due_and_past_ones_are_asked_about(desk: Desk) -> None:
    desk.consultation(date(2026, 1, 14), "planned")
    desk.consultation(date(2026, 1, 16), "planned", kind="crisis", channel="in_person")
    assert [item.text for item in desk.due()] == ["Coaching, telefonisch: Hat der Termin stattgefunden?", "Krise, persönlich"]


def test_that_silence_is_named_after_sixty_days(desk: Desk) -> None:
    quiet = desk.case(date(2025, 10, 1))
    desk.add(
        Consultation,
        coaching_id=quiet,
        staff_id=desk.coach,
        held_on=date(2025, 11, 17),
        status="held",
        channel="phone",
        kind="coaching",
    )
    assert desk.due() == []  # 59 days
    items = desk.due(today=TODAY + timedelta(days=1))
    assert [(item.kind, item.text, item.coaching_id) for item in items] == [
        (DueKind.NO_CONTACT, "kein Kontakt seit 60 Tagen", quiet)
    ]


def test_that_an_exit_asks_for_the_file_and_six_months_later_for_the_survey(desk: Desk) -> None:
    left = desk.case(date(2025, 5, 1), exit_on=date(2025, 7, 31))
    kinds = {item.kind: item for item in desk.due()}
    assert set(kinds) == {DueKind.CLOSING}
    assert (kinds[DueKind.CLOSING].day, kinds[DueKind.CLOSING].text) == (
        date(2025, 8, 31),
        "Akte schließen, Austritt war am 31.07.2025",
    )
    kinds = {item.kind: item for item in desk.due(today=date(2026, 1, 20)) if item.coaching_id == left}
    assert (kinds[DueKind.FOLLOW_UP].day, kinds[DueKind.FOLLOW_UP].overdue) == (date(2026, 1, 31), False)
    desk.add(FollowUp, coaching_id=left, state="surveyed", contacted_on=date(2026, 1, 20))
    kinds = {item.kind for item in desk.due(today=date(2026, 1, 20)) if item.coaching_id == left}
    assert kinds == {DueKind.CLOSING}


def test_that_a_cancelled_coaching_asks_for_nothing(desk: Desk) -> None:
    desk.case(date(2025, 5, 1), exit_on=date(2025, 7, 31), cancelled=True)
    assert desk.due() == []


def test_that_each_sees_the_own_cases_and_the_team_all(desk: Desk) -> None:
    desk.consultation(date(2026, 1, 16), "planned")
    other = desk.staff("Ina")
    assert desk.due(staff_id=other) == []
    assert len(desk.due(staff_id=None)) == len(desk.due()) == 1


def test_that_working_time_of_finished_months_is_asked_for(desk: Desk) -> None:
    desk.staff("Ina")
    with desk.vault.reading() as connection:
        items = read_overview_due(connection, staff_id=desk.coach, today=TODAY)
        everybody = read_overview_due(connection, staff_id=None, today=TODAY)
    assert [(item.kind, item.text, item.name) for item in items] == [
        (DueKind.HOURS, "Arbeitszeit 12.2025 eintragen", "Uta Coach")
    ]
    assert len(everybody) == 2
    desk.add(WorkingTime, staff_id=desk.coach, month="2025-12", contract_hours=Decimal(100), worked_hours=Decimal(90))
    with desk.vault.reading() as connection:
        assert read_overview_due(connection, staff_id=desk.coach, today=TODAY) == ()


def test_that_the_week_holds_what_is_planned_and_held(desk: Desk) -> None:
    for day, status in ((11, "held"), (12, "held"), (14, "no_show"), (18, "planned"), (19, "planned")):
        desk.consultation(date(2026, 1, day), status)
    with desk.vault.reading() as connection:
        overview = read_overview(connection, staff_id=desk.coach, today=TODAY, with_figures=False)
    assert overview.week == (date(2026, 1, 12), date(2026, 1, 18))
    assert [(row.day.day, row.status.value, row.name, row.staff_name) for row in overview.consultations] == [
        (12, "held", "Ewa Łoś", "Uta Coach"),
        (18, "planned", "Ewa Łoś", "Uta Coach"),
    ]
    assert overview.figures is None


def test_that_the_caseload_is_todays_with_its_people(desk: Desk) -> None:
    desk.add(Coachee, case_number="F-2", family_name="Nobody")
    with desk.vault.reading() as connection:
        (load,) = read_overview(connection, staff_id=desk.coach, today=TODAY, with_figures=False).caseload
        page = find_coachees(connection, load.people, today=TODAY)
    assert (load.name, load.stock, load.long_term, float(load.load)) == ("Uta Coach", 1, 0, 1 / 40)
    assert [row.coachee_id for row in page.rows] == [desk.coachee]


def test_that_the_preview_shows_a_person_at_a_glance(desk: Desk) -> None:
    for day in range(5, 10):
        desk.consultation(date(2026, 1, day), "held")
    desk.consultation(date(2026, 1, 20), "planned")
    plan = desk.add(DevelopmentPlan, coaching_id=desk.coaching, version=1, agreed_on=TODAY)
    desk.add(Goal, plan_id=plan, description="Führerschein", status="open", due_on=date(2026, 1, 14))
    with desk.vault.reading() as connection:
        preview = coachee_preview(connection, desk.coachee, today=TODAY)
    assert ("JobCoach", "Uta Coach") in preview.facts
    assert ("Telefon", "030 1") in preview.facts
    assert [row.held_on.day for row in preview.consultations] == [9, 8, 7]
    assert [item.kind for item in preview.next_due] == [DueKind.GOAL, DueKind.CONSULTATION]
    assert [(goal.description, goal.overdue) for goal in preview.open_goals] == [("Führerschein", True)]


# --- the sample ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample(template_vault: TemplateVault, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    folder = template_vault.copy_to(tmp_path_factory.mktemp("overview") / "tresor")
    with open_with_key(folder, template_vault.secrets) as vault:
        yield filled(vault, "package")


@pytest.fixture
def connection(sample: Vault) -> Iterator[Connection]:
    with sample.reading() as reading:
        yield reading


def test_that_the_coaches_cases_together_are_those_of_the_team(connection: Connection) -> None:
    overview = read_overview(connection, staff_id=None, today=TODAY, with_figures=False)
    singly = [item for load in overview.caseload for item in read_due(connection, Cases(load.staff_id), today=TODAY)]
    assert {item.row_id for item in singly} <= {item.row_id for item in read_due(connection, Cases(), today=TODAY)}
    assert sum(len(count.items) for count in overview.counts) == len(overview.due)
    assert all(count.overdue == sum(item.day < TODAY for item in count.items) for count in overview.counts)


def test_that_a_coach_sees_the_own_figures_beside_the_providers(connection: Connection) -> None:
    coach = read_overview(connection, staff_id=None, today=date(2025, 12, 31), with_figures=False).caseload[0]
    live = read_overview(connection, staff_id=coach.staff_id, today=date(2025, 12, 31)).figures
    assert live is not None
    assert [figure.code for figure in live.own] == [figure.code for figure in live.provider]
    assert all(figure.target.target for figure in live.own)


def test_that_a_request_is_due_until_it_is_answered(desk: Desk) -> None:
    request = desk.add(PrivacyRequest, coachee_id=desk.coachee, kind="access", received_on=date(2025, 12, 1))

    def due() -> list[tuple[str, bool, str]]:
        with desk.vault.reading() as connection:
            items = read_overview_due(connection, staff_id=desk.coach, today=TODAY)
        return [(item.text, item.overdue, item.name) for item in items if item.kind is DueKind.REQUEST]

    assert due() == [("Anfrage beantworten: Auskunft", True, "Ewa Łoś")]
    with desk.vault.writing(now=NOW) as session:
        session.get(PrivacyRequest, request).answered_on = TODAY
    assert due() == []
