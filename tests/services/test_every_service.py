"""Every service with every role: the list is made from the code, so that a new service has to take its place here.

What reads, through a connection or a whole vault, is called here with each role and names nobody whom the role does not see. What writes
or hands something out is tried with each role in tests/services/test_every_change.py.
"""

import inspect
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from importlib import import_module
from pkgutil import walk_packages
from types import FunctionType
from typing import Any

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

import bjc_desktop.services
from bjc_desktop.errors import BjcError
from bjc_desktop.indicators.figures import compute
from bjc_desktop.indicators.period import quarter
from bjc_desktop.models import Coachee
from bjc_desktop.services.calendar_entries import CalendarWish
from bjc_desktop.services.coachee_list import CoacheeFilter
from bjc_desktop.services.due_items import Cases
from bjc_desktop.services.indicator_board import offered_scopes
from bjc_desktop.services.targets import read_settings
from bjc_desktop.vault import Vault, open_with_key
from bjc_desktop.vault.role_rights import HIDDEN
from bjc_desktop.vocabulary import Role
from tests.conftest import NOW, TemplateVault
from tests.samples import filled
from tests.vault.test_role_rights import acting

COACH = Role.JOB_COACH
TODAY = date(2025, 12, 31)
QUARTER = quarter(2025, 3)


@lru_cache(maxsize=1)
def services() -> dict[str, FunctionType]:
    """Return every public function of the services that is given a connection, a session or a vault, by module and name."""
    found = {}
    for module in walk_packages(bjc_desktop.services.__path__, "bjc_desktop.services."):
        for name, made in vars(import_module(module.name)).items():
            if inspect.isfunction(made) and made.__module__ == module.name and not name.startswith("_") and kinds_of(made):
                found[f"{module.name.removeprefix('bjc_desktop.services.')}.{name}"] = made
    return found


def kinds_of(function: Callable[..., Any]) -> set[type]:
    """Return by what of the vault a function reads or writes."""
    noted = [parameter.annotation for parameter in inspect.signature(function).parameters.values()]
    return {
        kind
        for kind in (Connection, Session, Vault)
        if any(note is kind or re.search(rf"\b{kind.__name__}\b", str(note)) for note in noted)
    }


READ_OF_VAULT = (
    "case_file.read_case_file",
    "exchange_conflicts.list_conflicts",
    "history.field_history",
    "history.recent_changes",
    "history.record_fields",
    "joining.preview_join",
    "main_lists.read_main_list",
    "main_lists.whose_cases",
    "pairing.list_partners",
    "pairing.own_card",
    "pairing.partner_named",
    "pairing.read_partner",
    "stored_about.read_stored_about",
    "taking_back.list_imports",
)
"""What reads and is given a whole vault: it reads by itself, or needs its keys besides."""


def reading() -> list[str]:
    """Return the services that only read."""
    through = [name for name, function in services().items() if Connection in kinds_of(function)]
    return sorted([*through, *READ_OF_VAULT])


@pytest.fixture(scope="module")
def sample(template_vault: TemplateVault, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    folder = template_vault.copy_to(tmp_path_factory.mktemp("every") / "tresor")
    with open_with_key(folder, template_vault.secrets) as vault:
        vault = filled(vault, "package")
        vault.clock = lambda: NOW.replace(year=2025, month=12, day=31)
        yield vault


@pytest.fixture(scope="module")
def pool(sample: Vault) -> dict[str, Any]:
    """Return what the services are given, by the name of the parameter."""
    with sample.reading() as connection:

        def one(query: str) -> str:
            return str(connection.exec_driver_sql(query).scalar())

        coaching = "SELECT id FROM coachings WHERE exit_on IS NULL AND cancelled = 0 ORDER BY id LIMIT 1"
        settings = read_settings(connection)
        figures = compute(connection, QUARTER, settings, as_of=TODAY)
        ids = {"coaching_id": one(coaching), "staff_id": one("SELECT id FROM staff WHERE role = 'job_coach' ORDER BY id LIMIT 1")}
        people = connection.exec_driver_sql("SELECT id FROM coachees ORDER BY id LIMIT 2").scalars().all()
        shown = connection.execute(select(Coachee.__table__).where(Coachee.__table__.c.given_name.is_not(None)).limit(1)).one()
        return {
            **ids,
            "today": TODAY, "as_of": TODAY, "day": TODAY, "now": NOW, "year": 2025, "period": QUARTER, "settings": settings,
            "figures": figures, "scope_id": "all", "scope_ids": ["all"], "people": list(people), "scope": offered_scopes(connection, staff_id=None)[0], "code": "a1_1",
            "coachee_id": people[0], "coachee_ids": people, "first_id": people[0], "second_id": people[1], "months": 3,
            "case_number": shown.case_number, "given": shown.given_name, "family": shown.family_name,
            "birth_date": shown.birth_date, "letters": shown.family_name[:2], "cases": Cases(None), "wanted": CoacheeFilter(text="a"),
            "consultation_id": one("SELECT id FROM consultations ORDER BY id LIMIT 1"), "notes": None, "user_id": sample.user.id,
            "wish": CalendarWish(ids["staff_id"], TODAY, TODAY + timedelta(days=30)), "with_measure": True, "version": 1, "key": "consultation", "setting": "office",
            "texts": [shown.family_name], "named": "Kuhn", "roles": (COACH,), "table": "barriers", "values": {}, "findings": (),
            "rule": "R-04", "until": TODAY + timedelta(days=14), "coaching_ids": [ids["coaching_id"]],
            "entity": Coachee, "row_id": shown.id, "number": 1, "name": "coachees", "partner_id": sample.id,
        }  # fmt: skip


INNER = {
    "acknowledging.data_state": "asked with a rule of a finding, by the services that find",
    "audit_trail.read_audit": "tests/services/test_audit_trail.py",
    "case_file.read_rows": "a part of reading a case file",
    "coachee_list.read_rows": "a part of finding coachees",
    "consultation_recording.warnings": "tells of what was typed",
    "consultation_sessions.counted_consultations": "a part of the hours and the figures",
    "findings.find": "a part of the findings, tried with each role there",
    "follow_up_desk.follow_up_warnings": "tells of what was typed",
    "hours_statistic.statistic_content": "a part of the statistic",
    "indicator_board.read_indicator_board": "tests/vault/test_role_rights.py",
    "old_lists.layout_memory.remembered_mapping": "columns of a list, no people",
    "old_lists.list_opening.begin_work": "a list that only the coordination takes in",
    "old_lists.list_opening.mapping_of": "columns of a list, no people",
    "old_lists.list_opening.open_questions": "a list that only the coordination takes in",
    "old_lists.list_planning.plan_list": "a list that only the coordination takes in",
    "possible_duplicates.changes_of": "a part of finding duplicates",
    "released_reports.released_bundle": "what was released holds no person",
    "report_content.hours_rows": "a part of the report",
    "report_content.read_cases": "a part of the report",
    "report_content.report_content": "a part of the report",
    "report_content.trends": "a part of the report",
    "report_statements.statement_texts": "a part of the report",
    "requirement_profile.read_requirements": "staff, no coachees",
    "retention_plan.drop_old_keys": "a part of the retention, for the coordination alone",
    "row_editing.preview_deletion": "given a row that is shown",
    "row_editing.references_to": "given rows that are shown",
    "row_editing.with_dependants": "given rows that are shown",
    "signals_in_words.persons_line": "a part of the report",
    "signals_in_words.finished_years": "a part of the report",
    "signals_in_words.signal_lines": "a part of the report",
    "team.staff_named": "staff, no coachees",
    "undoing.net_changes": "a part of undoing",
    "undoing.records_of": "a part of undoing",
    "unsaved_values.as_if_saved": "puts what is typed in place of what is saved",
    "unsaved_values.put_in_place": "puts what is typed in place of what is saved",
    "unsaved_values.rolled_back": "puts what is typed in place of what is saved",
    "unsaved_values.type_in": "puts what is typed in place of what is saved",
    "version_changes.read_version_changes": "given a report that is released",
}
"""What reads and is no question of its own, with the reason."""


def test_that_every_reading_service_is_tried_or_has_its_reason(pool) -> None:
    unknown = []
    for name in reading():
        needed = [
            parameter.name
            for parameter in inspect.signature(services()[name]).parameters.values()
            if parameter.annotation not in {Connection, Vault} and parameter.default is parameter.empty
        ]
        if name not in INNER and set(needed) - pool.keys():
            unknown.append((name, sorted(set(needed) - pool.keys())))
    assert unknown == []
    assert not [name for name in INNER if name not in services()]


@pytest.mark.parametrize("name", [name for name in reading() if name not in INNER])
def test_that_no_reading_service_names_whom_the_role_does_not_see(sample: Vault, pool, name) -> None:
    function = services()[name]
    given = {
        parameter.name: pool[parameter.name]
        for parameter in inspect.signature(function).parameters.values()
        if parameter.annotation not in {Connection, Vault} and (parameter.default is parameter.empty)
    }
    with sample.reading() as connection:
        numbers = {row.id: row.case_number for row in connection.execute(select(Coachee.__table__))}
        names = {row.id: (row.given_name, row.family_name) for row in connection.execute(select(Coachee.__table__))}
        # Two coachees have the name of somebody of the staff.
        team = {f"{row[0]} {row[1]}" for row in connection.exec_driver_sql("SELECT given_name, family_name FROM staff")}
    for role in Role:
        with acting(sample, frozenset({role})), sample.reading() as connection:
            seen = {row[0] for row in connection.exec_driver_sql(f"SELECT id FROM coachees WHERE family_name <> '{HIDDEN}'")}
            try:
                told = repr(function(sample if name in READ_OF_VAULT else connection, **given))
            except BjcError:
                continue
        if name == "similar_coachees.similar_coachees":
            continue  # who may be the same is said by name, and no more: tests/vault/test_role_rights.py
        assert not [number for key, number in numbers.items() if key not in seen and f"'{number}'" in told], role
        whole = [" ".join(filter(None, words)) for key, words in names.items() if key not in seen and all(words)]
        assert not [words for words in whole if f"'{words}'" in told and words not in team], role
