"""Taking a data package in by the window: what it would bring, what is wrong with it, and whose provider it is."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from bjc_desktop.models import Coachee, Staff
from bjc_desktop.services.row_editing import change_row
from bjc_desktop.services.team import list_providers, list_staff
from bjc_desktop.ui.lists.package_dialog import PackageDialog
from bjc_desktop.ui.overview.overview_page import OverviewPage
from bjc_desktop.vault import UserIdentity
from bjc_desktop.vocabulary import Role
from tests.samples import DATA


@pytest.fixture
def package(tmp_path):
    """Return a data package as one file, with a provider and people of its own."""
    return shutil.make_archive(str(tmp_path / "Datenpaket"), "zip", DATA / "worked")


@pytest.fixture
def dialog(first_workspace, qtbot, package, monkeypatch):
    """Return the dialog that the button of the page opens, with the package checked."""
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (package, ""))
    first_workspace.open_page("lists")
    page = first_workspace.page("lists")
    page.file.package_button.click()
    return checked(page, qtbot)


def checked(page, qtbot) -> PackageDialog:
    """Return the dialog in front of *page* when it has read its package."""
    (found,) = (made for made in page.findChildren(PackageDialog) if made.isVisible())
    qtbot.waitUntil(lambda: found.busy.isHidden(), timeout=20_000)
    return found


def count(desk, table="coachees"):
    return desk.read(lambda connection: connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar())


def take(dialog, workspace, qtbot) -> None:
    """Take the package in by the keys, and wait for the overview."""
    qtbot.keyClick(dialog.take_button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(workspace.shown_page, OverviewPage), timeout=30_000)


def test_that_a_package_is_shown_before_it_is_taken_in_and_leads_to_the_overview(
    dialog, first_workspace, first_desk, qtbot
) -> None:
    lines = {what: new for what, new, _, _ in dialog.table.rows_model.rows}
    assert lines["Coachings"] > 0
    assert count(first_desk) == 0
    assert QApplication.focusWidget() in {dialog.take_button, None}
    take(dialog, first_workspace, qtbot)
    assert count(first_desk, "coachings") == lines["Coachings"]
    assert "Datenpaket eingelesen" in first_workspace.shown_page.banner.text()


def test_that_the_provider_of_the_first_day_and_that_of_the_package_become_one(
    dialog, first_workspace, first_desk, qtbot
) -> None:
    assert dialog.same_box.isVisible()
    assert "Träger Nord" in dialog.same_box.text()
    take(dialog, first_workspace, qtbot)
    ((_, provider),) = first_desk.read(list_providers)
    staff = first_desk.read(lambda c: list_staff(c, today=first_desk.today()))
    assert {member.provider_id for member in staff} == {provider}
    assert first_desk.staff_id == next(member.id for member in staff if member.name == "Ana Özil")


def test_that_who_is_in_the_package_too_is_the_one_there(first_workspace, first_desk, qtbot, package) -> None:
    somebody = (DATA / "worked" / "staff.csv").read_text("utf-8-sig").splitlines()
    heads, values = (line.replace('"', "").split(",") for line in somebody[:2])
    row = dict(zip(heads, values, strict=True))
    names = {"given_name": row["given_name"] or None, "family_name": row["family_name"]}
    own = first_desk.staff_id
    first_desk.write(lambda session: change_row(session, Staff, own, names, today=first_desk.today()))
    first_workspace.open_page("lists", {"package": package})
    take(checked(first_workspace.page("lists"), qtbot), first_workspace, qtbot)
    assert first_desk.staff_id == row["id"]
    assert first_workspace.page("coachees").cases.itemData(0) == row["id"]


def test_that_two_providers_stay_two_where_the_user_says_so(dialog, first_workspace, first_desk, qtbot) -> None:
    dialog.same_box.setChecked(False)
    take(dialog, first_workspace, qtbot)
    assert len(first_desk.read(list_providers)) == 2
    assert "2 Träger" in first_workspace.shown_page.banner.text()


def test_that_faults_are_listed_and_nothing_comes_in(first_workspace, first_desk, qtbot, tmp_path) -> None:
    shutil.copytree(DATA / "worked", tmp_path / "falsch")
    file = tmp_path / "falsch" / "coachings.csv"
    text = file.read_text("utf-8").splitlines()
    file.write_text("\n".join([text[0], text[1].replace("2025-", "2025-77-", 1), *text[2:]]), "utf-8")
    first_workspace.open_page("lists", {"package": shutil.make_archive(str(tmp_path / "falsch"), "zip", tmp_path / "falsch")})
    dialog = checked(first_workspace.page("lists"), qtbot)
    assert "coachings.csv, Zeile 2" in dialog.faults.toPlainText()
    assert "Fehler" in dialog.banner.text()
    assert not dialog.take_button.isEnabled()
    assert count(first_desk) == 0


def test_that_a_package_that_contradicts_the_vault_asks_which_holds(dialog, first_workspace, first_desk, qtbot, package) -> None:
    take(dialog, first_workspace, qtbot)
    person = first_desk.read(lambda c: c.exec_driver_sql("SELECT id FROM coachees LIMIT 1").scalar())
    born = {"birth_date": date(1950, 1, 1)}
    first_desk.write(lambda session: change_row(session, Coachee, person, born, today=first_desk.today()))
    first_workspace.open_page("lists", {"package": package})
    again = checked(first_workspace.page("lists"), qtbot)
    assert "--update" not in again.banner.text()
    assert "birth_date" in again.faults.toPlainText()
    assert not again.take_button.isEnabled()
    again.update_box.setChecked(True)
    qtbot.waitUntil(again.take_button.isEnabled, timeout=20_000)
    assert ("Stammdaten", 0, 1) in {line[:3] for line in again.table.rows_model.rows}


def test_that_the_same_package_again_says_that_there_is_nothing_to_do(
    dialog, first_workspace, first_desk, qtbot, package
) -> None:
    take(dialog, first_workspace, qtbot)
    first_workspace.open_page("lists", {"package": package})
    again = checked(first_workspace.page("lists"), qtbot)
    assert "schon" in again.words.text()
    assert not again.take_button.isEnabled()


def test_that_a_package_dropped_where_a_list_is_awaited_is_known_as_one(first_workspace, qtbot, package) -> None:
    first_workspace.open_page("lists")
    page = first_workspace.page("lists")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(package)])
    drop = QDropEvent(
        QPointF(QPoint(5, 5)), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    page.file.dropEvent(drop)
    assert checked(page, qtbot).result_shown is not None


def test_that_roles_that_may_not_write_what_comes_are_told_before_the_import(first_workspace, first_desk, qtbot, package) -> None:
    user = first_desk.vault.user
    first_desk.vault.user = UserIdentity(user.id, user.name, frozenset({Role.ADMINISTRATION}))
    dialog = PackageDialog(first_desk, Path(package), first_workspace)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.busy.isHidden(), timeout=20_000)
    assert "Rolle" in dialog.banner.text()
    assert not dialog.take_button.isEnabled()
    dialog.close()
