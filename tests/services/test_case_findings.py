"""The data-quality page shows the report's findings, of one's own cases, with the way to each."""

from datetime import date

import pytest
from sqlalchemy import select

from bjc_desktop.indicators.figures import compute_indicators
from bjc_desktop.indicators.period import parse_quarter
from bjc_desktop.indicators.settings import ChecklistItem, IndicatorSettings
from bjc_desktop.models import Base, Coaching
from bjc_desktop.services.case_findings import read_case_findings, recent_quarters
from bjc_desktop.services.findings import PLACES, RULES, SEVERITIES, TO_DO, find
from bjc_desktop.vault import open_with_key
from tests.conftest import NOW
from tests.samples import filled

TODAY = date(2025, 10, 7)
COACH = "b4c2d1d0-ea4a-4bcd-81ef-f26a940aafcd"
TABLES = {
    "consents": "consents",
    "coaching": "coachings",
    "profile": "competence_profiles",
    "plan": "goals",
    "consultations": "consultations",
    "exit": "coachings",
    "outcomes": "outcomes",
    "staff": "coaching_staff",
    "follow_up": "follow_ups",
    "hours": "working_time",
}


@pytest.fixture(scope="module")
def full(template_vault, tmp_path_factory):
    """Return a vault for reading."""
    folder = template_vault.copy_to(tmp_path_factory.mktemp("package") / "tresor")
    with open_with_key(folder, template_vault.secrets) as vault:
        yield filled(vault, "package")


def shown(vault, staff_id=None, period=None):
    with vault.reading() as connection:
        groups = read_case_findings(connection, staff_id=staff_id, today=TODAY, period=period)
    return [finding for group in groups for finding in group.findings]


def test_that_the_page_shows_what_the_report_finds(full):
    period = parse_quarter("2025-Q3")
    with full.reading() as connection:
        settings = IndicatorSettings()
        wanted = find(connection, period, settings, compute_indicators(connection, period, settings, as_of=TODAY))
    found = shown(full, period=period)
    assert found
    assert [(row.rule, row.severity, row.coaching_id) for row in found] == [
        (row.rule, row.severity, row.coaching_id) for row in wanted
    ]
    by_field = {"master_data", "open_master_data"}  # these name what is empty
    assert [row.text for row in found if row.rule not in by_field] == [row.text for row in wanted if row.rule not in by_field]


def test_that_missing_master_data_are_named_and_lead_to_the_first_empty_field(full):
    period = parse_quarter("2025-Q3")
    with full.reading() as connection:
        query = "SELECT id FROM coachings WHERE cancelled = 0 AND exit_on BETWEEN '2025-07-01' AND '2025-09-30' ORDER BY id"
        exits = connection.exec_driver_sql(query).scalar()
    with full.writing(now=NOW) as session:
        coaching = session.get(Coaching, exits)
        coaching.legal_circle, coaching.unemployed_since, coaching.target_group = None, None, "refugee"
    (found,) = [row for row in shown(full, period=period) if row.rule == "master_data" and row.coaching_id == exits]
    assert found.text == "„Rechtskreis“ und „arbeitslos seit“ ausfüllen"
    assert (found.section, found.field) == ("coaching", "legal_circle")
    with full.writing(now=NOW) as session:
        session.get(Coaching, exits).legal_circle = "sgb2"
    (found,) = [row for row in shown(full, period=period) if row.rule == "master_data" and row.coaching_id == exits]
    assert (found.text, found.field) == ("„arbeitslos seit“ ausfüllen", "unemployed_since")


def test_that_a_finding_names_the_coach_to_ask(full):
    assert all(row.coach for row in shown(full) if row.coaching_id is not None)


def test_that_errors_come_before_warnings_before_hints(full):
    with full.reading() as connection:
        groups = read_case_findings(connection, staff_id=None, today=TODAY)
    severities = [group.severity for group in groups]
    assert severities == [severity for severity in SEVERITIES if severity in severities]
    assert len(severities) > 1
    assert all(row.severity == group.severity for group in groups for row in group.findings)


def test_that_a_coach_sees_ones_own_cases_with_their_names(full):
    everything, own = shown(full), shown(full, COACH)
    assert 0 < len(own) < len(everything)
    assert set(own) < set(everything)
    assert all(row.name for row in own)
    assert all(row.staff_id in {None, COACH} for row in own)
    with full.reading() as connection:
        assigned = set(connection.exec_driver_sql(f"SELECT coaching_id FROM coaching_staff WHERE staff_id = '{COACH}'").scalars())
    assert {row.coaching_id for row in own} - {None} <= assigned


def test_that_every_rule_has_a_place_that_exists():
    rules = {rule.key for rule in RULES} | {item.value for item in ChecklistItem} | {"hours_missing", "hours_outside"}
    assert set(PLACES) == rules
    assert set(TO_DO) == {item.value for item in ChecklistItem}
    for section, field in PLACES.values():
        assert field in Base.metadata.tables[TABLES[section]].columns


def test_that_the_last_four_quarters_are_looked_at():
    period = recent_quarters(TODAY)
    assert (period.first, period.last) == (date(2025, 1, 1), date(2025, 12, 31))


def test_that_an_empty_vault_has_no_findings(vault):
    assert shown(vault) == []


def test_that_a_coaching_that_began_after_the_period_is_not_found_in_it(full):
    with full.reading() as connection:
        entries = {row.id: row.entry_on for row in connection.execute(select(Coaching.__table__))}
    for label in ("2023-Q1", "2025-Q1", "2025-Q3"):
        period = parse_quarter(label)
        found = [row for row in shown(full, period=period) if row.rule in {"no_coach", "open_master_data", "planned_end_passed"}]
        assert [row for row in found if entries[row.coaching_id] > period.last] == []
    assert any(row.rule == "open_master_data" for row in shown(full))
