"""Users in the window, and what each role gets to see of it."""

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from bjc_desktop.errors import WrongPassphraseError
from bjc_desktop.services.team import add_member, list_providers, list_staff, staff_of_user
from bjc_desktop.ui.page_list import PAGES
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.ui.workspace import Workspace
from bjc_desktop.vault import UserIdentity, add_user, list_users, open_vault
from bjc_desktop.vocabulary import Role
from tests.conftest import CHEAP_KDF, PASSPHRASE, USER
from tests.ui.conftest import NOW, TODAY
from tests.ui.typing_keys import type_text

NEW = "Ein ganz neuer Satz"
PAGES_OF = {
    Role.JOB_COACH: {"overview", "coachees", "follow_ups", "figures", "quality", "exchange", "history", "duplicates", "privacy",
        "backups", "settings"},
    Role.EMPLOYMENT_TRAINER: {"overview", "coachees", "observing", "following", "exchange", "backups", "settings"},
    Role.COORDINATION: {
        "overview", "coachees", "follow_ups", "figures", "quality", "hours", "statistic", "report", "team", "foundations", "lists",
        "exchange", "history", "duplicates", "audit", "privacy", "backups", "settings",
    },
    Role.ADMINISTRATION: {"hours", "statistic", "team", "foundations", "audit", "privacy", "access", "backups", "settings"},
}  # fmt: skip
FIRST = {
    Role.JOB_COACH: "overview",
    Role.EMPLOYMENT_TRAINER: "observing",
    Role.COORDINATION: "overview",
    Role.ADMINISTRATION: "team",
}


@pytest.fixture
def page(workspace):
    """Return the page, shown."""
    workspace.open_page("access")
    return workspace.page("access")


@pytest.fixture(params=list(Role), ids=[role.value for role in Role])
def as_role(request, desk, qtbot):
    """Return the role and the window for somebody who has this role alone."""
    user = desk.vault.user
    desk.vault.user = UserIdentity(user.id, user.name, frozenset({request.param}))
    made = Workspace(desk)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    made.begin()
    yield request.param, made
    desk.background.wait()
    QApplication.processEvents()
    desk.vault.user = user


def test_that_a_role_sees_its_pages_and_begins_at_its_own(as_role, qtbot) -> None:
    role, workspace = as_role
    assert {entry.key for entry in workspace.shown_pages()} == PAGES_OF[role]
    assert workspace.place()[0] == FIRST[role]


def test_that_a_role_opens_no_page_of_another(as_role, qtbot) -> None:
    role, workspace = as_role
    for entry in PAGES:
        allowed = entry.open_to(frozenset({role}))
        if allowed and not entry.in_sidebar:
            continue  # opened with a case, elsewhere
        workspace.open_page(entry.key)
        assert (workspace.place()[0] == entry.key) is allowed
        if not allowed:
            assert "anderen Rolle" in workspace.banner.text()


def test_that_every_page_of_a_role_shows_without_an_error(as_role, qtbot, desk) -> None:
    role, workspace = as_role
    staff = desk.read(lambda connection: list_staff(connection, today=TODAY))
    desk.staff_id = next((member.id for member in staff if member.role is role and member.employed), None)
    for entry in workspace.shown_pages():
        page = workspace.page(entry.key)
        for where in (page.sample_places() if hasattr(page, "sample_places") else {"": {}}).values():
            workspace.open_page(entry.key, where)
            desk.background.wait()
            QApplication.processEvents()
            assert "anderen Rolle" not in workspace.banner.text()
            assert not page.banner.isVisible() or "fehlgeschlagen" not in page.banner.text()


def test_that_a_user_is_added_with_roles_and_opens_the_vault(page, desk, qtbot) -> None:
    page.add_user()
    dialog = QApplication.activeModalWidget()
    type_text(dialog.name, "ayşe")
    type_text(dialog.passphrase.line, NEW)
    type_text(dialog.again.line, "etwas anderes")
    dialog.choice.boxes[Role.EMPLOYMENT_TRAINER].setChecked(True)
    dialog.choice.staff.setCurrentIndex(2)
    staff_id = dialog.choice.staff.currentData()
    dialog._accept()
    assert dialog.isVisible()
    dialog.again.line.clear()
    type_text(dialog.again.line, NEW)
    dialog._accept()
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=20_000)
    user = next(user for user in list_users(desk.vault) if user.name == "ayşe")
    assert user.roles == {Role.EMPLOYMENT_TRAINER}
    assert desk.read(lambda c: staff_of_user(c, user.id)) == staff_id
    assert any(shown.user.name == "ayşe" for shown in page.table.rows_model.rows)
    folder = desk.vault.folder
    desk.vault.close()
    with open_vault(folder, NEW, user="ayşe", now=NOW) as vault:
        assert vault.notes is None
    with pytest.raises(WrongPassphraseError):
        open_vault(folder, "falsch falsch", user="ayşe", now=NOW)


def test_that_a_taken_name_is_said_in_the_dialog_and_nothing_typed_is_lost(page, qtbot) -> None:
    page.add_user()
    dialog = QApplication.activeModalWidget()
    type_text(dialog.name, USER.upper())
    for field in (dialog.passphrase, dialog.again):
        type_text(field.line, NEW)
    dialog.choice.boxes[Role.JOB_COACH].setChecked(True)
    dialog._accept()
    qtbot.waitUntil(lambda: "schon" in dialog.name_entry._message.text(), timeout=20_000)
    assert dialog.name.text() == USER.upper()
    assert dialog.isVisible()
    dialog.close()


def test_that_a_removed_user_opens_nothing_and_oneself_cannot_be_removed(page, desk, qtbot) -> None:
    assert not page.remove_button.isEnabled()
    desk.vault.clock = lambda: NOW
    add_user(desk.vault, "gast", NEW, [Role.COORDINATION], NOW, kdf=CHEAP_KDF)
    page.refresh()
    guest = next(shown.user for shown in page.table.rows_model.rows if shown.user.name == "gast")
    page.remove(guest)
    qtbot.waitUntil(lambda: "nicht mehr öffnen" in page.banner.text(), timeout=20_000)
    folder = desk.vault.folder
    desk.vault.close()
    with pytest.raises(WrongPassphraseError):
        open_vault(folder, NEW, user="gast", now=NOW)
    open_vault(folder, PASSPHRASE, user=USER, now=NOW).close()


def test_that_a_new_recovery_code_is_shown_before_it_replaces_the_old_one(page, desk, sample_template, qtbot) -> None:
    before = desk.vault.slots
    page.renew_code()
    words = page.banner.text()
    assert desk.vault.slots == before
    [use] = [made for made in page.banner.findChildren(QPushButton) if "gilt er" in made.text()]
    use.click()
    qtbot.waitUntil(lambda: "Wiederherstellungscode gilt" in page.banner.text(), timeout=20_000)
    code = words.split("zu sehen: ")[1].split(".")[0]
    folder = desk.vault.folder
    desk.vault.close()
    with open_vault(folder, code, now=NOW) as vault:
        assert vault.notes is not None
    with pytest.raises(WrongPassphraseError):
        open_vault(folder, sample_template.recovery_code, now=NOW)


def test_that_a_coach_is_given_the_notes_by_who_has_them(page, desk, qtbot) -> None:
    held, desk.vault.notes = desk.vault.notes, None
    add_user(desk.vault, "neu", NEW, [Role.JOB_COACH], NOW, kdf=CHEAP_KDF)  # by somebody who does not hold the key
    desk.vault.notes = held
    page.refresh()
    rows = page.table.rows_model.rows
    assert {shown.user.name: shown.notes for shown in rows} == {"neu": False, USER: True}
    page.table.selectRow(next(n for n, shown in enumerate(rows) if shown.user.name == USER))
    assert not page.notes_button.isEnabled()
    page.table.selectRow(next(n for n, shown in enumerate(rows) if shown.user.name == "neu"))
    assert page.notes_button.isEnabled()
    page.notes_button.click()
    qtbot.waitUntil(lambda: "liest die Notizen" in page.banner.text(), timeout=20_000)
    folder = desk.vault.folder
    desk.vault.close()
    with open_vault(folder, NEW, user="neu", now=NOW) as vault:
        assert vault.notes is not None


def test_that_roles_are_changed_in_the_window(page, desk, qtbot) -> None:
    add_user(desk.vault, "ayşe", NEW, {Role.JOB_COACH}, NOW, kdf=CHEAP_KDF)
    page.refresh()
    page.table.selectRow(next(at for at, shown in enumerate(page.table.rows_model.rows) if shown.user.name == "ayşe"))
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    dialog = QApplication.activeModalWidget()
    assert dialog.choice.roles() == [Role.JOB_COACH]
    dialog.choice.boxes[Role.JOB_COACH].setChecked(False)
    dialog.save_button.click()
    qtbot.waitUntil(lambda: "mindestens eine Rolle" in dialog.banner.text(), timeout=20_000)
    dialog.choice.boxes[Role.COORDINATION].setChecked(True)
    dialog.choice.staff.setCurrentIndex(1)
    dialog.save_button.click()
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=20_000)
    user = next(user for user in list_users(desk.vault) if user.name == "ayşe")
    assert user.roles == {Role.COORDINATION}
    assert desk.read(lambda c: staff_of_user(c, user.id)) == dialog.choice.staff.currentData() is not None


def test_that_a_new_passphrase_states_its_rule_and_marks_a_short_one_at_its_field(page, qtbot) -> None:
    page.renew_passphrase()
    dialog = QApplication.activeModalWidget()
    assert "8 Zeichen" in dialog.passphrase_entry._message.text()
    for field in (dialog.passphrase, dialog.again):
        type_text(field.line, "kurz")
    qtbot.keyClick(dialog.again.line, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert dialog.passphrase.line.property("state") == "error"
    assert dialog.passphrase.text() == "kurz"
    dialog.reject()


def test_that_who_is_in_the_team_without_access_is_named(first_workspace, first_desk) -> None:
    values = {
        "family_name": "Kaya",
        "role": Role.JOB_COACH.value,
        "provider_id": first_desk.read(list_providers)[0][1],
        "employed_from": first_desk.today(),
    }
    first_workspace.open_page("access")
    page = first_workspace.page("access")
    assert not page._without.isVisible()
    first_desk.write(lambda session: add_member(session, values=values, today=first_desk.today()))
    assert "Kaya (JobCoach)" in page._without.text()
    assert "Özil" not in page._without.text()


def test_that_with_large_text_the_roles_of_the_chosen_access_are_read_whole(desk, look, qtbot) -> None:
    before = theme().scale
    theme().apply("light", 200)
    try:
        made = Workspace(desk)
        qtbot.addWidget(made)
        made.resize(1366, 768)
        made.show()
        made.begin()
        made.open_page("access")
        desk.background.wait()
        told = [shown.text() for shown in made.page("access").findChildren(QLabel) if shown.isVisible()]
        assert any(all(role.label in text for role in desk.vault.user.roles) for text in told)
        table = made.page("access").table
        roles = table.model().index(0, 1)
        needed = QFontMetrics(table.font()).boundingRect(
            QRect(0, 0, table.columnWidth(1) - theme().pixels(24), 10_000), int(Qt.TextFlag.TextWordWrap), roles.data()
        )
        assert table.rowHeight(0) >= needed.height()
        assert table.columnWidth(1) >= needed.width()
    finally:
        theme().apply("light", before)
