"""The sample vault seats somebody at each desk, and a day's work waits there."""

import pytest

from bjc_desktop.services.closing import prepare_closing
from bjc_desktop.services.due_items import DueKind
from bjc_desktop.services.overview import read_overview
from bjc_desktop.services.provider_agenda import read_provider_agenda
from bjc_desktop.services.sample_story import DESKS, desk_of, prepare_day
from bjc_desktop.services.targets import read_settings
from bjc_desktop.services.team import list_staff, staff_of_users
from bjc_desktop.vault import list_users, open_with_key
from bjc_desktop.vocabulary import ConsultationStatus, Role
from tests.ui.conftest import NOW, TODAY, sample_template

__all__ = ["sample_template"]


@pytest.fixture(scope="module")
def prepared(sample_template, tmp_path_factory):
    """Yield a sample vault with its day prepared."""
    folder = sample_template.copy_to(tmp_path_factory.mktemp("story") / "tresor")
    with open_with_key(folder, sample_template.secrets) as vault:
        prepare_day(vault, now=NOW, today=TODAY)
        yield vault


def of_coach(vault):
    """Return the overview of the coach."""
    with vault.reading() as connection:
        mine = staff_of_users(connection)
        user = next(user for user in list_users(vault) if desk_of(user.name) is Role.JOB_COACH)
        return read_overview(connection, staff_id=mine[user.id], today=TODAY, with_figures=False)


def test_that_somebody_with_the_one_role_sits_at_each_desk(prepared) -> None:
    users = {desk_of(user.name): user for user in list_users(prepared) if desk_of(user.name) is not None}
    with prepared.reading() as connection:
        mine = staff_of_users(connection)
        roles = {member.id: member.role for member in list_staff(connection, today=TODAY)}
    assert set(users) == set(Role)
    assert {role: user.roles for role, user in users.items()} == {role: frozenset({role}) for role in Role}
    assert {role: roles[mine[user.id]] for role, user in users.items()} == {role: role for role in Role}


def test_that_the_coach_has_an_appointment_today_a_survey_and_a_file_to_close(prepared) -> None:
    overview = of_coach(prepared)
    assert [talk for talk in overview.consultations if talk.day == TODAY and talk.status is ConsultationStatus.PLANNED]
    kinds = {count.kind: count.items for count in overview.counts}
    assert {DueKind.CONSULTATION, DueKind.FOLLOW_UP, DueKind.CLOSING} <= set(kinds)
    with prepared.reading() as connection:
        state = prepare_closing(
            connection, kinds[DueKind.CLOSING][0].coaching_id, today=TODAY, settings=read_settings(connection)
        )
    assert any(not line.done for line in state.checklist)


def test_that_the_coordination_has_something_to_mend_before_the_report(prepared) -> None:
    with prepared.reading() as connection:
        agenda = " ".join(item.text for item in read_provider_agenda(connection, today=TODAY))
    assert "noch nicht freigegeben" in agenda
    assert "Arbeitszeit fehlt" in agenda


def test_that_some_of_the_team_have_no_access_yet(prepared) -> None:
    with prepared.reading() as connection:
        without = {member.id for member in list_staff(connection, today=TODAY) if member.employed} - set(
            staff_of_users(connection).values()
        )
    assert without


def test_that_preparing_the_same_day_again_adds_nothing(prepared) -> None:
    def counts():
        with prepared.reading() as connection:
            return [
                connection.exec_driver_sql(f"SELECT count(*), max(row_version) FROM {table}").one()
                for table in ("consultations", "coachings")
            ]

    before = counts()
    prepare_day(prepared, now=NOW, today=TODAY)
    assert counts() == before
    assert len(list_users(prepared)) == len(DESKS)
