"""Data protection in the window: an answer given, a person erased, periods changed, the run rehearsed and done."""

from datetime import date, timedelta

import pytest
from PySide6.QtWidgets import QDialog, QLabel

from bjc_desktop.models import Coachee, Coaching, Consent, LegalHold, PrivacyRequest
from bjc_desktop.services.coachee_preview import coachee_preview
from bjc_desktop.services.erasing import read_protocols
from bjc_desktop.services.follow_up_desk import read_follow_up_desk
from bjc_desktop.services.privacy_requests import read_requests
from bjc_desktop.services.retention_rules import RuleKey, read_rules
from bjc_desktop.ui.workspace import Workspace
from bjc_desktop.vault.restored_gap import RestoredGap, note_gap, read_gap
from bjc_desktop.vocabulary import Role
from tests.ui.conftest import NOW, TODAY
from tests.ui.typing_keys import type_text
from tests.vault.test_role_rights import acting

NUMBER, NAME = "X-4711", "Quittenbaum"


@pytest.fixture
def person(desk) -> str:
    """Add somebody who is easily found, with a coaching that ended long ago."""
    with desk.vault.writing(now=NOW) as session:
        provider = session.connection().exec_driver_sql("SELECT id FROM providers ORDER BY id").scalar()
        coachee = Coachee(case_number=NUMBER, family_name=NAME, phone="030 1")
        session.add(coachee)
        session.flush()
        session.add(Coaching(coachee_id=coachee.id, provider_id=provider, entry_on=date(2022, 1, 1), exit_on=date(2022, 6, 30)))
        return str(coachee.id)


@pytest.fixture
def page(workspace, person):
    """Return the page with the person chosen."""
    workspace.open_page("privacy")
    page = workspace.page("privacy")
    type_text(page.finders["requests"].line, NAME)
    assert page.person.coachee_id == person
    return page


def _dialog(page) -> QDialog:
    return next(dialog for dialog in page.findChildren(QDialog) if dialog.isVisible())


def test_that_a_request_is_noted_and_answered_by_two_files(page, desk, person, tmp_path, qtbot) -> None:
    page.requests.begin_new()
    page.requests.form.show_row({"kind": "access", "received_on": date(2025, 11, 3)})
    page.requests.save()
    assert "1 offene Anfragen, 1 überfällig" in page.subtitle.text()
    page.write_answer(tmp_path)
    qtbot.waitUntil(lambda: "Geschrieben" in page.banner.text())
    assert sorted(path.suffix for path in tmp_path.glob("BJC_Auskunft_*")) == [".pdf", ".zip"]
    (request,) = desk.read(lambda c: read_requests(c, today=TODAY))
    assert request.row["answered_on"] == TODAY


def test_that_a_person_is_erased_only_with_reason_and_case_number(page, desk, person, qtbot) -> None:
    page.ask_erasure()
    dialog = _dialog(page)
    qtbot.waitUntil(dialog.erase_button.isEnabled)
    assert "Stammdaten: 1" in dialog.words.text()
    dialog.confirm()
    assert "Grund" in dialog.reason_entry._message.text()
    type_text(dialog.reason, "Antrag vom 03.12.")
    type_text(dialog.number, "X-4712")
    dialog.confirm()
    assert "nicht die Fallnummer" in dialog.number_entry._message.text()
    assert desk.read(read_protocols) == ()
    dialog.number.setText(NUMBER)
    dialog.confirm()
    qtbot.waitUntil(lambda: "Gelöscht" in page.banner.text())
    (protocol,) = desk.read(read_protocols)
    assert page.protocols.current().pseudonym == protocol.pseudonym
    assert page.person is None
    assert NAME not in page.banner.text()


def test_that_a_held_person_cannot_be_erased_in_the_window(page, desk, person, qtbot) -> None:
    with desk.vault.writing(now=NOW) as session:
        session.add(LegalHold(coachee_id=person, held_from=TODAY, reason="Klage"))
    page.ask_erasure()
    dialog = _dialog(page)
    qtbot.waitUntil(lambda: "Sperre auf Weiteres" in dialog.banner.text())
    assert not dialog.erase_button.isEnabled()


def test_that_a_period_is_changed_with_a_reason(page, desk) -> None:
    page.show_section("rules")
    page.ask_period(next(line for line in desk.read(read_rules) if line.rule.key is RuleKey.TEXTS))
    dialog = _dialog(page)
    dialog.months.setText("viel")
    dialog.save()
    assert "Monaten" in dialog.months_entry._message.text()
    assert "Grund" in dialog.reason_entry._message.text()
    dialog.months.setText("18")
    type_text(dialog.reason, "Beschluss")
    dialog.save()
    assert next(line.months for line in desk.read(read_rules) if line.rule.key is RuleKey.TEXTS) == 18


def test_that_the_run_is_rehearsed_asked_about_and_done(page, desk, qtbot) -> None:
    page.show_section("run")
    view = page.sections.views["run"]
    assert not view.run_button.isEnabled()
    view.rehearse()
    qtbot.waitUntil(view.run_button.isEnabled, timeout=20_000)
    assert desk.read(read_protocols) == ()
    assert view.result.effects == ()
    view.ask()
    assert "endgültig" in page.banner.text()
    view.run()
    qtbot.waitUntil(lambda: "fertig" in page.banner.text(), timeout=20_000)
    assert len(desk.read(read_protocols)) >= 1
    assert not view.run_button.isEnabled()


def test_that_what_is_overdue_leads_from_the_overview_to_the_request(workspace, desk, person) -> None:
    with desk.vault.writing(now=NOW) as session:
        for day in (date(2025, 10, 1), date(2025, 10, 2)):
            session.add(PrivacyRequest(coachee_id=person, kind="access", received_on=day))
    overview = workspace.page("overview")
    workspace.open_page("overview")
    overview.refresh()
    desk.background.wait()
    items = [item for item in overview.due_table.rows_model.rows if item.kind == "request"]
    overview.open_item(items[1])
    assert workspace.place()[0] == "privacy"
    assert workspace.page("privacy").requests.table.current().row.id == items[1].row_id


@pytest.mark.parametrize(
    ("role", "sections"),
    [
        (Role.JOB_COACH, ["requests", "rules", "protocols"]),
        (Role.ADMINISTRATION, ["rules", "protocols"]),
        (Role.COORDINATION, ["requests", "holds", "run", "rules", "protocols"]),
    ],
)
def test_that_each_role_has_its_sections(desk, person, qtbot, role, sections) -> None:
    with acting(desk.vault, frozenset({role})):
        made = Workspace(desk)
        qtbot.addWidget(made)
        made.show()
        made.open_page("privacy")
        page = made.page("privacy")
        assert list(page.sections.buttons) == sections
        if role is Role.JOB_COACH:
            type_text(page.finders["requests"].line, NAME)
            assert page.person is None
            assert page.erase_button.isHidden()


def test_that_a_withdrawn_consent_is_said_and_switches_the_survey_off(workspace, desk, qtbot) -> None:
    surveys = desk.read(lambda c: read_follow_up_desk(c, staff_id=desk.staff_id, today=TODAY)).rows
    coaching, coachee = next((row.coaching_id, row.coachee_id) for row in surveys if row.due_on <= TODAY)
    with desk.vault.writing(now=NOW) as session:
        session.connection().exec_driver_sql("DELETE FROM follow_ups WHERE coaching_id = ?", (coaching,))
        session.connection().exec_driver_sql("DELETE FROM consents WHERE coachee_id = ?", (coachee,))
        withdrawn = {
            "purpose": "follow_up",
            "given_on": date(2025, 1, 1),
            "withdrawn_on": date(2025, 12, 1),
            "form_version": "2/2024",
        }
        session.add(Consent(coachee_id=coachee, **withdrawn))
    workspace.open_page("follow_ups", {"coaching_id": coaching})
    page = workspace.page("follow_ups")
    qtbot.waitUntil(lambda: page.table.current() is not None and page.table.current().coaching_id == coaching)
    assert page.table.current().words == "nicht befragen: Einwilligung widerrufen"
    assert not any(made.isEnabled() for made in page.panel._asking)
    workspace.open_page("case_file", {"coaching_id": coaching, "section": "consents"})
    section = workspace.page("case_file")
    said = [
        made.text() for made in section.findChildren(QLabel) if made.isVisible() and "widerrufen am 01.12.2025" in made.text()
    ]
    assert len(said) == 1
    assert "kein Anruf, kein Brief" in said[0]
    facts = desk.read(lambda c: coachee_preview(c, coachee, today=TODAY)).facts
    assert [words for title, words in facts if title == "Widerrufen"][0].startswith("Nachbefragung: Nicht befragen")


def test_that_erasures_after_a_restored_backup_are_asked_for_until_somebody_confirms(page, desk) -> None:
    with desk.vault.writing(now=NOW) as session:
        note_gap(session, RestoredGap(NOW - timedelta(days=30)), NOW)
    page.refresh()
    assert "Sicherung vom 10.11.2025" in page.restored.text()
    page.confirm_restored()
    assert page.restored.text() == ""
    assert desk.read(read_gap) is None
