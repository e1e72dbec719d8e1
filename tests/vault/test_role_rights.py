"""What each role may change and sees: whichever service asks, for the vault itself enforces it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from itertools import combinations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bjc_desktop.errors import VaultError
from bjc_desktop.exchange.package_export import export_package
from bjc_desktop.exchange.package_import import import_package
from bjc_desktop.indicators.figures import compute
from bjc_desktop.indicators.period import quarter
from bjc_desktop.models import Base, Coachee, Coaching, CoachingStaff, UserStaff
from bjc_desktop.models.base import Recorded
from bjc_desktop.services.case_file import read_case_file
from bjc_desktop.services.case_findings import read_case_findings
from bjc_desktop.services.coachee_list import CoacheeFilter, find_coachees
from bjc_desktop.services.follow_up_desk import read_follow_up_desk
from bjc_desktop.services.history import field_history, recent_changes
from bjc_desktop.services.hours_sheet import HoursEntry, save_hours
from bjc_desktop.services.indicator_board import offered_scopes, read_indicator_board
from bjc_desktop.services.indicator_cases import read_indicator_cases
from bjc_desktop.services.new_coachee import add_coachee, next_case_number
from bjc_desktop.services.observation_sheet import ObservedRow, read_observation_group, save_observations
from bjc_desktop.services.overview import read_overview
from bjc_desktop.services.released_reports import list_released
from bjc_desktop.services.report_preflight import read_preflight
from bjc_desktop.services.reports import release_report
from bjc_desktop.services.row_titles import entity_of
from bjc_desktop.services.similar_coachees import similar_coachees
from bjc_desktop.services.targets import change_setting, read_settings
from bjc_desktop.services.team_board import read_team_board
from bjc_desktop.vault import UserIdentity, Vault, open_with_key
from bjc_desktop.vault.role_rights import HIDDEN, assert_may_write, sees_coaching, visible_people
from bjc_desktop.vocabulary import Role
from tests.conftest import NOW, TemplateVault
from tests.samples import DATA, filled

COACH, TRAINER, COORDINATION, ADMINISTRATION = Role
TODAY = date(2025, 12, 31)
CASE = {COACH, COORDINATION}
DESK = {COORDINATION, ADMINISTRATION}
MAY = {
    "coachees": CASE, "consents": CASE, "coachings": CASE, "coaching_staff": CASE, "measures": CASE, "competence_profiles": CASE,
    "barriers": CASE, "development_plans": CASE, "goals": CASE, "tasks": CASE, "outcomes": CASE, "follow_ups": CASE,
    "acknowledgements": CASE, "consultations": {COACH, TRAINER, COORDINATION}, "observations": {TRAINER}, "providers": DESK,
    "suggestions": {COACH, TRAINER, COORDINATION}, "funding_changes": DESK,
    "funding_decisions": DESK, "staff": DESK, "staff_qualifications": DESK, "requirement_confirmations": DESK,
    "working_time": DESK, "targets": DESK, "indicator_settings": DESK, "report_statements": {COORDINATION},
    "feedback_talks": {COORDINATION}, "released_reports": {COORDINATION}, "legal_holds": {COORDINATION},
    "privacy_requests": CASE, "retention_settings": DESK, "exchange_partners": CASE | {TRAINER}, "held_versions": CASE | {TRAINER},
    "joined_people": CASE, "distinct_people": CASE,
}  # fmt: skip
"""Said once more, by table."""
SETS = [frozenset(chosen) for size in (1, 2, 4) for chosen in combinations(Role, size)]


@pytest.fixture(scope="module")
def sample(template_vault: TemplateVault, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    folder = template_vault.copy_to(tmp_path_factory.mktemp("rights") / "tresor")
    with open_with_key(folder, template_vault.secrets) as vault:
        vault = filled(vault, "package")
        with vault.reading() as connection:
            trainer = connection.exec_driver_sql("SELECT id FROM staff WHERE role = 'employment_trainer' ORDER BY id").scalar()
        with vault.writing(now=NOW) as session:
            session.merge(UserStaff(user_id=vault.user.id, staff_id=trainer))
        vault.clock = lambda: NOW.replace(year=2025, month=12, day=31)
        yield vault


@contextmanager
def acting(vault: Vault, roles: frozenset[Role]) -> Iterator[Vault]:
    """Let the vault be open for somebody with *roles*; a coach alone holds the notes' key."""
    user, notes = vault.user, vault.notes
    vault.user, vault.notes = UserIdentity(user.id, user.name, roles), notes if COACH in roles else None
    try:
        yield vault
    finally:
        vault.user, vault.notes = user, notes


def test_that_every_recorded_table_has_its_rights() -> None:
    recorded = {mapper.local_table.name for mapper in Base.registry.mappers if issubclass(mapper.class_, Recorded)}
    assert recorded == set(MAY)


@pytest.mark.parametrize("roles", SETS, ids=lambda roles: "+".join(sorted(roles)))
@pytest.mark.parametrize("table", MAY)
def test_that_the_rights_are_these(roles, table) -> None:
    if MAY[table] & roles:
        assert_may_write(roles, [table])
    else:
        with pytest.raises(VaultError, match="Rolle"):
            assert_may_write(roles, [table])


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("table", MAY)
def test_that_a_session_keeps_to_the_rights(sample: Vault, role, table) -> None:
    entity = entity_of(table)
    with sample.reading() as connection:
        row_id = connection.execute(select(entity.__table__.c.id).limit(1)).scalar()
    if row_id is None:
        assert table in {"acknowledgements", "requirement_confirmations", "indicator_settings", "report_statements",
                         "feedback_talks", "released_reports", "suggestions", "funding_changes", "legal_holds", "privacy_requests",
                         "retention_settings", "exchange_partners", "held_versions", "joined_people", "distinct_people"}  # fmt: skip
        return
    refusal = None
    with acting(sample, frozenset({role})):
        try:
            with sample.writing(now=sample.clock()) as session:
                session.delete(session.get(entity, row_id))
                session.flush()
                session.rollback()
        except VaultError as error:
            refusal = str(error)
        except IntegrityError:
            assert table == "released_reports"  # what is released, nobody deletes
    if role not in MAY[table]:
        assert "Rolle erlaubt" in refusal
    elif role in {COACH, TRAINER}:
        assert refusal is None or "nicht zugeordnet" in refusal
    else:
        assert refusal is None


@pytest.mark.parametrize("roles", SETS, ids=lambda roles: "+".join(sorted(roles)))
def test_that_a_figure_is_the_same_for_every_role(sample: Vault, roles) -> None:
    for period in (quarter(2025, 2), quarter(2025, 3)):
        with sample.reading() as connection:
            whole = compute(connection, period, read_settings(connection), as_of=TODAY)
        with acting(sample, roles), sample.reading() as connection:
            seen = compute(connection, period, read_settings(connection), as_of=TODAY)
            assert seen.counts == whole.counts
            assert [seen.figures_of(key) for key in ("all", *seen.staff)] == [
                whole.figures_of(key) for key in ("all", *whole.staff)
            ]


NAMES = "SELECT family_name, given_name, phone, email, case_number, birth_date FROM coachees"


def test_that_the_administration_sees_nobody(sample: Vault) -> None:
    with acting(sample, frozenset({ADMINISTRATION})), sample.reading() as connection:
        assert {tuple(row) for row in connection.exec_driver_sql(NAMES)} == {(HIDDEN, None, None, None, HIDDEN, None)}
        for query in (
            "SELECT description FROM goals",
            "SELECT description FROM tasks",
            "SELECT evidence FROM observations",
            "SELECT summary FROM competence_profiles",
            "SELECT employer FROM outcomes",
            "SELECT note FROM consultations",
            "SELECT closing_waived_reason FROM coachings",
        ):
            assert set(connection.exec_driver_sql(query).scalars()) <= {None, HIDDEN}


def test_that_a_trainer_sees_who_is_assigned_and_no_note(sample: Vault) -> None:
    with sample.reading() as connection:
        staff_id = connection.exec_driver_sql("SELECT staff_id FROM user_staff").scalar()
        group = {person.coachee_id for person in read_observation_group(connection, staff_id=staff_id, today=TODAY).people}
        assigned = (
            "SELECT c.coachee_id FROM coaching_staff a JOIN coachings c ON c.id = a.coaching_id WHERE a.staff_id = ? "
            "AND a.valid_from <= '2025-12-31' AND coalesce(a.valid_to, '2025-12-31') >= '2025-12-31'"
        )
        mine = set(connection.exec_driver_sql(assigned, (staff_id,)).scalars())
        everybody = {row[0] for row in connection.exec_driver_sql("SELECT id FROM coachees")}
    assert group
    assert group <= mine < everybody
    with acting(sample, frozenset({TRAINER})), sample.reading() as connection:
        seen = {row[0] for row in connection.exec_driver_sql(f"SELECT id FROM coachees WHERE family_name <> '{HIDDEN}'")}
        assert seen == mine
        assert set(connection.exec_driver_sql("SELECT note FROM consultations").scalars()) == {None}
        rows = find_coachees(connection, CoacheeFilter(), limit=10_000, today=TODAY).rows
        assert {row.coachee_id for row in rows if row.family_name != HIDDEN} == mine


def test_that_a_trainer_writes_only_about_who_is_assigned(sample: Vault) -> None:
    with sample.reading() as connection:
        staff_id = connection.exec_driver_sql("SELECT staff_id FROM user_staff").scalar()
        mine = [person.coaching_id for person in read_observation_group(connection, staff_id=staff_id, today=TODAY).people]
        other = next(row[0] for row in connection.exec_driver_sql("SELECT id FROM coachings") if row[0] not in mine)
    head = {"observed_on": TODAY, "workplace": None, "task": None, "method": None}

    def save(coaching_id: str) -> int:
        rows = [ObservedRow(coaching_id, {"resilience": 3})]
        with sample.writing(now=NOW) as session:
            return save_observations(session, staff_id=staff_id, head=head, rows=rows, today=TODAY)

    with acting(sample, frozenset({TRAINER})):
        assert save(mine[0]) == 1
        with pytest.raises(VaultError, match="nicht zugeordnet"):
            save(other)
    with acting(sample, frozenset({COACH})), pytest.raises(VaultError, match="Rolle"):
        save(mine[0])


READS = {
    "overview": lambda c: read_overview(c, staff_id=None, today=TODAY),
    "coachees": lambda c: find_coachees(c, CoacheeFilter(text="a"), limit=50, today=TODAY),
    "findings": lambda c: read_case_findings(c, staff_id=None, today=TODAY),
    "surveys": lambda c: read_follow_up_desk(c, staff_id=None, today=TODAY),
    "board": lambda c: read_indicator_board(c, offered_scopes(c, staff_id=None)[0], quarter(2025, 3), as_of=TODAY),
    "cases": lambda c: read_indicator_cases(c, "a1_1", quarter(2025, 3), "all", read_settings(c)),
    "preflight": lambda c: read_preflight(c, quarter(2025, 3), "all", as_of=TODAY),
    "released": list_released,
    "team": lambda c: read_team_board(c, today=TODAY),
    "similar": lambda c: similar_coachees(c, "Anna", "Müller", None, today=TODAY),
}


@pytest.mark.parametrize("role", [COACH, TRAINER, ADMINISTRATION])
@pytest.mark.parametrize("service", READS)
def test_that_no_reading_service_names_a_person_who_is_not_to_be_seen(sample: Vault, role, service) -> None:
    with sample.reading() as connection:
        people = {row.id: row for row in connection.execute(select(Coachee.__table__))}
        whole = repr(READS[service](connection))
    with acting(sample, frozenset({role})), sample.reading() as connection:
        seen = {row[0] for row in connection.exec_driver_sql(f"SELECT id FROM coachees WHERE family_name <> '{HIDDEN}'")}
        told = repr(READS[service](connection))
    numbers = {row.case_number for key, row in people.items() if key not in seen}
    assert not [number for number in numbers if f"'{number}'" in told]
    assert whole


@contextmanager
def working_as(vault: Vault, staff_id: str) -> Iterator[Vault]:
    """Let a job coach be *staff_id* in the team, and nothing beside it."""
    with vault.reading() as connection:
        before = connection.exec_driver_sql("SELECT staff_id FROM user_staff").scalar()
    with vault.writing(now=NOW) as session:
        session.merge(UserStaff(user_id=vault.user.id, staff_id=staff_id))
    try:
        with acting(vault, frozenset({COACH})):
            yield vault
    finally:
        with vault.writing(now=NOW) as session:
            session.merge(UserStaff(user_id=vault.user.id, staff_id=before))


_CARED_FOR = (
    "SELECT DISTINCT c.coachee_id FROM coaching_staff a JOIN coachings c ON c.id = a.coaching_id WHERE a.staff_id = ? "
    "AND a.valid_from <= '2025-12-31' AND coalesce(a.valid_to, '2025-12-31') >= '2025-12-31'"
)


def _coach_with_cases(vault: Vault) -> tuple[str, set[str], set[str]]:
    """Return a job coach, whom they look after on the day, and everybody."""
    with vault.reading() as connection:
        coaches = connection.exec_driver_sql("SELECT id FROM staff WHERE role = 'job_coach' ORDER BY id").scalars().all()
        held = {coach: set(connection.exec_driver_sql(_CARED_FOR, (coach,)).scalars()) for coach in coaches}
        everybody = set(connection.exec_driver_sql("SELECT id FROM coachees").scalars())
    coach = max(held, key=lambda key: len(held[key]))
    return coach, held[coach], everybody


def test_that_a_coach_sees_the_own_cases_with_their_notes_and_nobody_elses(sample: Vault) -> None:
    coach, held, everybody = _coach_with_cases(sample)
    with working_as(sample, coach), sample.reading() as connection:
        seen = set(connection.exec_driver_sql(f"SELECT id FROM coachees WHERE family_name <> '{HIDDEN}'").scalars())
        noted = connection.exec_driver_sql(
            "SELECT DISTINCT c.coachee_id FROM consultations u JOIN coachings c ON c.id = u.coaching_id WHERE u.note IS NOT NULL"
        ).scalars()
        listed = find_coachees(connection, CoacheeFilter(), limit=10_000, today=TODAY)
        assert held <= seen < everybody
        assert set(noted) <= seen
        assert {row.coachee_id for row in listed.rows} == seen
        assert (listed.total_shown, listed.total_all) == (len(seen), len(seen))
        # Whom they looked after to the last day stays theirs: survey and closing come after it.
        ended = connection.exec_driver_sql(
            "SELECT count(*) FROM coachings c JOIN coaching_staff a ON a.coaching_id = c.id WHERE a.staff_id = ? "
            "AND c.exit_on < '2025-12-31' AND a.valid_from <= c.exit_on AND coalesce(a.valid_to, '9999') >= c.exit_on "
            f"AND c.coachee_id NOT IN (SELECT id FROM coachees WHERE family_name <> '{HIDDEN}')",
            (coach,),
        ).scalar()
        assert ended == 0


def test_that_cover_for_a_colleague_begins_and_ends_by_its_days(sample: Vault) -> None:
    coach, _, everybody = _coach_with_cases(sample)
    with working_as(sample, coach), sample.reading() as connection:
        seen = set(connection.exec_driver_sql(f"SELECT id FROM coachees WHERE family_name <> '{HIDDEN}'").scalars())
    with sample.reading() as connection:
        running = connection.exec_driver_sql(
            "SELECT id, coachee_id FROM coachings WHERE cancelled = 0 AND exit_on IS NULL AND entry_on <= '2025-12-01'"
        ).all()
    coaching_id, coachee_id = next(tuple(row) for row in running if row.coachee_id in everybody - seen)
    first, last = date(2025, 12, 30), date(2026, 1, 2)
    with sample.writing(now=NOW) as session:
        session.add(CoachingStaff(coaching_id=coaching_id, staff_id=coach, valid_from=first, valid_to=last))
    clock = sample.clock
    try:
        with working_as(sample, coach):
            for day, visible in ((29, False), (30, True), (31, True)):
                sample.clock = lambda day=day: NOW.replace(year=2025, month=12, day=day)
                with sample.reading() as connection:
                    assert sees_coaching(connection, coaching_id) is visible
            for day, visible in ((2, True), (3, False)):
                sample.clock = lambda day=day: NOW.replace(year=2026, month=1, day=day)
                with sample.reading() as connection:
                    assert sees_coaching(connection, coaching_id) is visible
                change = (lambda s: setattr(s.get(Coachee, coachee_id), "phone", "030 1234"),)
                if visible:
                    _in(sample, change[0])
                else:
                    with pytest.raises(VaultError, match="nicht zugeordnet"):
                        _in(sample, change[0])
    finally:
        sample.clock = clock


def test_that_a_coach_adds_a_person_and_is_warned_of_one_at_a_colleague_s(sample: Vault) -> None:
    coach, _, everybody = _coach_with_cases(sample)
    with working_as(sample, coach), sample.reading() as connection:
        seen = set(connection.exec_driver_sql(f"SELECT id FROM coachees WHERE family_name <> '{HIDDEN}'").scalars())
    with sample.reading() as connection:
        people = {row.id: row for row in connection.execute(select(Coachee.__table__))}
        other = next(people[key] for key in sorted(everybody - seen) if people[key].birth_date and people[key].given_name)
        number = next_case_number(connection, today=TODAY)
    with working_as(sample, coach):
        with sample.reading() as connection:
            found = similar_coachees(connection, other.given_name, other.family_name, other.birth_date, today=TODAY)
            assert next_case_number(connection, today=TODAY) == number
        same = next(similar for similar in found if similar.row.coachee_id == other.id)
        assert (same.certain, same.seen, same.row.name) == (True, False, f"{other.given_name} {other.family_name}")
        assert same.row.case_number == HIDDEN
        with sample.writing(now=NOW) as session:
            new_id, _ = add_coachee(
                session,
                {"case_number": number, "family_name": "Neuling"},
                {"entry_on": date(2025, 12, 30), "target_group": "refugee"},
                coach,
                today=TODAY,
            )
        with sample.reading() as connection:
            assert new_id in (visible_people(connection) or ())
        with pytest.raises(VaultError, match="nicht zugeordnet"), sample.writing(now=NOW) as session:
            before = session.scalars(select(Coaching).where(Coaching.coachee_id == other.id)).first()
            session.add(Coaching(coachee_id=other.id, provider_id=before.provider_id, entry_on=date(2025, 12, 30)))


def test_that_what_changed_at_others_is_not_read_in_the_history(sample: Vault) -> None:
    coach, held, everybody = _coach_with_cases(sample)
    with working_as(sample, coach), sample.reading() as connection:
        seen = set(visible_people(connection) or ())
    mine, other = min(held), min(everybody - seen)
    with sample.writing(now=NOW) as session:
        for key in (mine, other):
            session.get(Coachee, key).phone = "030 998877"
    with working_as(sample, coach):
        told = field_history(sample, Coachee, mine, "phone"), field_history(sample, Coachee, other, "phone")
        assert "030 998877" in repr(told[0])
        assert "030 998877" not in repr(told[1])
        assert other not in {change.person_id for change in recent_changes(sample, now=NOW)}


def test_that_only_the_coordination_takes_cases_out_or_in_as_a_whole(sample: Vault, tmp_path) -> None:
    for role in (COACH, TRAINER, ADMINISTRATION):
        with acting(sample, frozenset({role})), pytest.raises(VaultError, match="Koordination"):
            export_package(sample, tmp_path / "alles.zip")
    assert not list(tmp_path.iterdir())


def test_that_a_case_file_holds_no_name_for_the_administration(sample: Vault) -> None:
    with sample.reading() as connection:
        coaching_id = connection.exec_driver_sql("SELECT id FROM coachings LIMIT 1").scalar()
    with acting(sample, frozenset({ADMINISTRATION})):
        case = read_case_file(sample, coaching_id, today=TODAY)
    assert case.person["family_name"] == HIDDEN
    assert all(entry.note is None for entry in case.consultations)


WRITES = {
    "release": ({COORDINATION}, lambda v: release_report(v, quarter(2024, 1), "all", as_of=TODAY, now=NOW, today=TODAY)),
    "hours": (
        DESK,
        lambda v: _in(v, lambda s: save_hours(s, [HoursEntry(_coach(v), "2031-01", Decimal(1), Decimal(1))], today=TODAY)),
    ),
    "setting": (DESK, lambda v: _in(v, lambda s: change_setting(s, "caseload_floor", "0.6", "Probe"))),
}


def _in(vault: Vault, change) -> None:
    with vault.writing(now=vault.clock()) as session:
        change(session)
        session.flush()
        session.rollback()


def _coach(vault: Vault) -> str:
    with vault.reading() as connection:
        return connection.exec_driver_sql("SELECT id FROM staff WHERE role = 'job_coach' LIMIT 1").scalar()


@pytest.mark.parametrize("role", [COACH, TRAINER, ADMINISTRATION])
def test_that_a_package_with_cases_is_not_imported_by_who_may_not_change_cases(vault: Vault, role) -> None:
    with acting(vault, frozenset({role})), pytest.raises(VaultError, match="Rolle"):
        import_package(vault, DATA / "edges", update=False, now=NOW, today=TODAY)
    with vault.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM coachees").scalar() == 0


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("service", WRITES)
def test_that_a_writing_service_refuses_who_may_not(sample: Vault, role, service) -> None:
    allowed, change = WRITES[service]
    with acting(sample, frozenset({role})):
        if role in allowed:
            change(sample)
        else:
            with pytest.raises(VaultError, match="Rolle"):
                change(sample)
