"""The first steps: who works here, how to begin, and the first figure with what it still lacks."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton

from bjc_desktop.models import Provider, Staff
from bjc_desktop.services.first_steps import lacks
from bjc_desktop.services.overview import read_live_figures
from bjc_desktop.services.row_editing import change_row, delete_row
from bjc_desktop.services.team import list_providers, list_staff
from bjc_desktop.ui.coachees.new_coachee_dialog import NewCoacheeDialog
from bjc_desktop.ui.workspace import Workspace
from bjc_desktop.vault import UserIdentity
from bjc_desktop.vocabulary import Role
from tests.samples import filled
from tests.ui.conftest import TODAY
from tests.ui.typing_keys import type_text


@pytest.fixture
def page(first_workspace):
    """Return the page in a vault as the first start leaves it."""
    first_workspace.open_page("beginning")
    return first_workspace.page("beginning")


def said(widget) -> str:
    """Return all that *widget* shows."""
    return " ".join(made.text() for made in widget.findChildren(QLabel) if made.isVisibleTo(widget))


def names(desk) -> set[str]:
    return {member.name for member in desk.read(lambda c: list_staff(c, today=TODAY))}


def test_that_what_the_first_form_asked_is_not_asked_again(page) -> None:
    assert "Träger Nord: Ana Özil (JobCoach)" in said(page)
    assert not page.people.fields["provider"].isVisible()
    assert [chip.text() for chip in page.chips] == ["erledigt", "offen", "kommt danach"]


def test_that_one_person_after_the_other_is_added_by_the_keys(page, first_desk, first_workspace, qtbot) -> None:
    with qtbot.waitActive(first_workspace):
        first_workspace.activateWindow()
    page.people.fields["given_name"].setFocus()
    for given, family in (("Deniz", "Kaya"), ("", "Łukasiewicz")):
        type_text(QApplication.focusWidget(), given)
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        type_text(QApplication.focusWidget(), family)
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert names(first_desk) == {"Ana Özil", "Deniz Kaya", "Łukasiewicz"}
    assert first_desk.read(lambda c: c.exec_driver_sql("SELECT count(*) FROM user_staff").scalar()) == 1
    assert first_desk.staff_id is not None


def test_that_a_person_without_a_name_is_refused_at_the_field(page, first_desk, qtbot) -> None:
    page.people.add_button.click()
    assert "Nachnamen" in said(page.people)
    assert names(first_desk) == {"Ana Özil"}


def test_that_a_name_half_typed_is_there_again(page, first_desk, first_workspace, qtbot) -> None:
    page.people.fields["family_name"].setText("Kay")
    first_workspace.keep_drafts()
    again = Workspace(first_desk)
    qtbot.addWidget(again)
    again.open_page("beginning")
    assert again.page("beginning").people.fields["family_name"].text() == "Kay"
    again.page("beginning").people.add_button.click()
    third = Workspace(first_desk)
    qtbot.addWidget(third)
    third.open_page("beginning")
    assert third.page("beginning").people.fields["family_name"].text() == ""


def test_that_a_vault_without_a_provider_asks_for_it_and_for_the_user(first_desk, qtbot) -> None:
    def empty(session) -> None:
        delete_row(session, Staff, first_desk.read(lambda c: list_staff(c, today=TODAY))[0].id)
        delete_row(session, Provider, first_desk.read(list_providers)[0][1])

    first_desk.write(empty)
    workspace = Workspace(first_desk)
    qtbot.addWidget(workspace)
    workspace.show()
    workspace.open_page("beginning")
    form = workspace.page("beginning").people
    assert workspace.page("beginning").first_field() is form.fields["provider"]
    form.fields["family_name"].setText("Kaya")
    form.add()
    assert "Träger" in said(form.entries["provider"])
    form.fields["provider"].setText("Träger Süd")
    form.add()
    assert [name for name, _ in first_desk.read(list_providers)] == ["Träger Süd"]
    assert first_desk.staff_id == first_desk.read(lambda c: list_staff(c, today=TODAY))[0].id
    assert not form.fields["provider"].isVisible()


@pytest.mark.parametrize(
    ("title", "leads_to"),
    [("Alte Liste einlesen", "lists"), ("Datenpaket einlesen", "lists"), ("austauschen", "exchange"), ("Erste Akte", "coachees")],
)
def test_that_each_way_leads_straight_to_its_first_question(page, first_workspace, qtbot, monkeypatch, title, leads_to) -> None:
    asked = []
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda _, what, *__: asked.append(what) or ("", ""))
    next(way for way in page.ways if title in way.accessibleName()).click()
    assert first_workspace.shown_page.key == leads_to
    if leads_to == "lists":
        qtbot.waitUntil(lambda: asked != [])
        assert asked[0].split()[0] in title
    if leads_to == "coachees":
        dialog = first_workspace.findChild(NewCoacheeDialog)
        assert dialog.isVisible()
        dialog.reject()


def test_that_looking_around_asks_for_the_vault_with_invented_people(page, first_workspace, qtbot) -> None:
    with qtbot.waitSignal(first_workspace.sample_wanted):
        next(way for way in page.ways if "umsehen" in way.accessibleName()).click()


def test_that_figures_say_what_they_lack_and_where_it_is_mended(vault) -> None:
    filled(vault, "worked")
    with vault.reading() as connection:
        live = read_live_figures(connection, staff_id=None, today=TODAY)
    found = {name: lack for lack in lacks(live.provider) for name in lack.figures}
    without = {"A1.1", "A4", "korrekt abgeschlossen"}
    assert without <= set(found)
    assert len({found[name].reason for name in without}) == 1
    assert found["Konsultationen je Std."].page == "hours"
    assert "Maßnahmebezug" not in found


def test_that_the_overview_of_an_empty_vault_teaches_and_leads_to_the_first_steps(first_workspace, first_desk, qtbot) -> None:
    first_workspace.open_page("overview")
    page = first_workspace.page("overview")
    first_desk.background.wait()
    qtbot.waitUntil(lambda: "sechs Kennzahlen" in said(page))
    assert "ohne Wert" not in said(page)
    next(made for made in page.findChildren(QPushButton) if "Schritte" in made.text()).click()
    assert first_workspace.shown_page.key == "beginning"


def test_that_the_coordination_begins_with_all_cases(first_desk, first_workspace) -> None:
    assert first_desk.whose_cases[0][0] == "Meine Fälle"
    own = first_desk.staff_id
    first_desk.write(lambda session: change_row(session, Staff, own, {"role": Role.COORDINATION.value}, today=TODAY))
    assert first_desk.whose_cases == [("Alle Fälle", None)]


def test_that_who_may_not_take_lists_in_is_not_offered_it(first_desk, qtbot) -> None:
    user = first_desk.vault.user
    first_desk.vault.user = UserIdentity(user.id, user.name, frozenset({Role.JOB_COACH}))
    workspace = Workspace(first_desk)
    qtbot.addWidget(workspace)
    workspace.open_page("beginning")
    page = workspace.page("beginning")
    assert len(page.ways) == 3
    assert not page.people.isVisibleTo(page)
