"""What each role finds in the window: its own work, and nothing that only looks as if it could be changed."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton

from bjc_desktop.indicators.period import parse_quarter
from bjc_desktop.services.due_items import DueKind
from bjc_desktop.services.follow_up_desk import read_follow_up_desk
from bjc_desktop.services.observation_sheet import read_observation_group
from bjc_desktop.services.provider_agenda import read_provider_agenda
from bjc_desktop.services.report_preflight import read_preflight
from bjc_desktop.services.team import list_providers, list_staff
from bjc_desktop.ui.consultation.consultation_dialog import ConsultationDialog
from bjc_desktop.ui.workspace import Workspace
from bjc_desktop.vault import UserIdentity
from bjc_desktop.vocabulary import Role
from tests.ui.conftest import NOW, TODAY


def staff_with(desk, role):
    """Return somebody of the team."""
    staff = desk.read(lambda connection: list_staff(connection, today=TODAY))
    return next(member.id for member in staff if member.role is role and member.employed)


@pytest.fixture
def window(desk, qtbot):
    """Return what opens the window for somebody of a role alone."""
    user = desk.vault.user
    desk.vault.clock = lambda: NOW

    def opened(role):
        staff_id = staff_with(desk, role)
        with desk.vault.writing(now=NOW) as session:
            session.connection().exec_driver_sql("INSERT OR REPLACE INTO user_staff VALUES (?, ?)", (user.id, staff_id))
        desk.vault.user = UserIdentity(user.id, user.name, frozenset({role}))
        made = Workspace(desk)
        qtbot.addWidget(made)
        made.resize(1366, 768)
        with qtbot.waitActive(made):
            made.show()
            made.activateWindow()
        made.begin()
        return made

    yield opened
    desk.background.wait()
    QApplication.processEvents()
    desk.vault.user = user


def test_that_the_coordination_finds_what_waits_and_all_cases_first(window, desk, qtbot) -> None:
    workspace = window(Role.COORDINATION)
    page = workspace.page("overview")
    qtbot.waitUntil(lambda: page._agenda.count() > 1, timeout=10_000)
    agenda = desk.read(lambda connection: read_provider_agenda(connection, today=TODAY))
    shown = [made.text() for made in page._agenda_box.findChildren(QPushButton)]
    assert shown == [item.text for item in agenda] != []
    ((_, provider),) = desk.read(list_providers)
    errors = desk.read(lambda c: read_preflight(c, parse_quarter("2025-Q3"), provider, as_of=TODAY)).errors
    assert any(f"Bericht Q3 2025: noch nicht freigegeben, {errors} Fehler offen" in text for text in shown)
    assert not [made for made in page.findChildren(QPushButton) if "Ersten Coachee" in made.text() and made.isVisible()]
    assert QApplication.focusWidget() is not None
    assert page.isAncestorOf(QApplication.focusWidget())
    for key in ("coachees", "quality", "follow_ups"):
        workspace.open_page(key)
        assert workspace.page(key).cases.currentText() == "Alle Fälle"
    workspace.open_page("overview")
    page._agenda_box.findChildren(QPushButton)[0].click()
    assert workspace.place()[0] == agenda[0].page == "report"


def test_that_a_survey_of_a_colleague_is_reached_from_a_figure(workspace, desk, qtbot) -> None:
    every = desk.read(lambda connection: read_follow_up_desk(connection, staff_id=None, today=TODAY)).rows
    mine = desk.read(lambda connection: read_follow_up_desk(connection, staff_id=desk.staff_id, today=TODAY)).rows
    other = next(row for row in every if row.coaching_id not in {own.coaching_id for own in mine})
    page = workspace.page("follow_ups")
    workspace.open_page("follow_ups", {"coaching_id": other.coaching_id})
    qtbot.waitUntil(
        lambda: page.table.current() is not None and page.table.current().coaching_id == other.coaching_id, timeout=10_000
    )
    assert page.cases.currentText() == "Alle Fälle"


def test_that_a_trainer_finds_the_sections_of_the_own_work_to_be_read(window, desk, qtbot) -> None:
    workspace = window(Role.EMPLOYMENT_TRAINER)
    group = desk.read(lambda c: read_observation_group(c, staff_id=desk.staff_id, today=TODAY))
    workspace.open_page("case_file", {"coaching_id": group.people[0].coaching_id})
    page = workspace.page("case_file")
    assert [entry.key for entry in page.sections] == [
        "coaching",
        "staff",
        "profile",
        "barriers",
        "plan",
        "observations",
        "suggestions",
    ]
    texts = {made.text() for made in page.findChildren(QPushButton) if made.isVisible()}
    assert not [text for text in texts if "Drucken" in text]
    for entry in page.sections:
        page.show_section(entry.key)
        view = page._views[entry.key]
        if entry.key in {"suggestions", "observations"}:
            continue
        assert not [made for made in view.findChildren(QLineEdit) if made.isVisible() and not made.isReadOnly()]
        offered = {made.text().strip() for made in view.findChildren(QPushButton) if made.isVisible() and made.isEnabled()}
        assert not offered & {
            "Löschen",
            "Speichern",
            "Neue Fassung",
            "Hemmnis",
            "Zuordnung",
            "Ziel",
            "Aufgabe",
            "Erreicht",
            "Erledigt",
        }
    page.show_section("suggestions")
    assert page._views["suggestions"].list.add_button.isVisible()
    workspace.open_page("overview")
    assert {item.kind for item in workspace.page("overview")._overview.due} <= {DueKind.GOAL, DueKind.TASK, DueKind.SUGGESTION}
    assert not page._views["plan"]._sheet.isVisible()
    workspace.open_page("coachees", {"new": True})
    assert QApplication.activeModalWidget() is None
    assert "Ihre Rolle" in workspace.page("coachees").banner.text()
    assert not workspace.page("coachees").new_button.isVisible()


def test_that_what_is_due_leads_a_trainer_to_where_it_is_ticked(window, desk, qtbot) -> None:
    workspace = window(Role.EMPLOYMENT_TRAINER)
    workspace.open_page("overview")
    overview = workspace.page("overview")
    task = next(item for item in overview._overview.due if item.kind is DueKind.TASK)
    overview.open_item(task)
    following = workspace.page("following")
    assert workspace.place()[0] == "following"
    assert following.people.current().coaching_id == task.coaching_id
    assert QApplication.focusWidget() is following.tasks
    qtbot.keyClick(following.tasks, Qt.Key.Key_Space)
    assert next(found for found in following.tasks.rows_model.rows if found.row.id == task.row_id).row["done_on"] == TODAY
    suggestion = next(item for item in overview._overview.due if item.kind is DueKind.SUGGESTION)
    overview.open_item(suggestion)
    assert QApplication.focusWidget() is following.suggestions.table
    assert following.suggestions.table.current().id == suggestion.row_id


def test_that_who_cannot_keep_a_note_is_offered_none_and_records_all_the_same(window, desk, qtbot) -> None:
    workspace = window(Role.EMPLOYMENT_TRAINER)
    desk.vault.notes = None
    group = desk.read(lambda c: read_observation_group(c, staff_id=desk.staff_id, today=TODAY))
    workspace.open_page("case_file", {"coaching_id": group.people[0].coaching_id})
    workspace.record()
    [dialog] = workspace.findChildren(ConsultationDialog)
    assert not dialog.note.isVisible()
    assert "Notizzugang" in " ".join(made.text() for made in dialog.findChildren(QLabel) if made.isVisible())
    count = "SELECT count(*) FROM consultations"
    before = desk.read(lambda c: c.exec_driver_sql(count).scalar())
    qtbot.keyClick(dialog.save_button, Qt.Key.Key_Space)
    assert desk.read(lambda c: c.exec_driver_sql(count).scalar()) == before + 1


def test_that_the_vault_keeps_from_a_trainer_what_the_workshop_does_not_need(window, desk) -> None:
    whole = desk.read(
        lambda c: c.exec_driver_sql("SELECT id, area FROM barriers WHERE area IN ('addiction', 'mental_health', 'debt')").all()
    )
    assert whole
    window(Role.EMPLOYMENT_TRAINER)
    with desk.vault.reading() as connection:
        assert (
            connection.exec_driver_sql("SELECT count(*) FROM coachees WHERE phone IS NOT NULL OR email IS NOT NULL").scalar() == 0
        )
        areas = set(connection.exec_driver_sql("SELECT area FROM barriers").scalars())
        assert not areas & {"addiction", "mental_health", "debt", "residence", "delinquency"}
        assert "health" in areas
        hidden = connection.exec_driver_sql("SELECT severity_at_entry FROM barriers WHERE id = ?", (whole[0].id,)).scalar()
        assert hidden is None


def test_that_the_administration_is_offered_no_cases_in_the_team(window, qtbot) -> None:
    workspace = window(Role.ADMINISTRATION)
    workspace.open_page("team")
    page = workspace.page("team")
    qtbot.waitUntil(lambda: bool(page.table.rows_model.rows), timeout=10_000)
    assert page.add_button.isVisible()
    assert not page.hand_over_button.isVisible()
    assert not page._cases.isVisible()


def test_that_the_administration_keeps_decisions_and_settings_but_no_talks(window) -> None:
    workspace = window(Role.ADMINISTRATION)
    workspace.open_page("foundations")
    page = workspace.page("foundations")
    assert list(page.sections.buttons) == ["decisions", "targets", "settings"]
    assert page.subtitle.text()
