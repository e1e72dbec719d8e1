"""Appointments as a calendar file, from the page of today."""

from datetime import timedelta

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLabel

from bjc_desktop.services.team import list_staff
from bjc_desktop.ui.overview.calendar_dialog import CalendarDialog
from bjc_desktop.ui.palette import Palette
from bjc_desktop.vocabulary import Role
from tests.reports.test_calendar_file import events_of
from tests.ui.conftest import TODAY


@pytest.fixture
def dialog(workspace, desk):
    """Return the dialog, opened by the page's own button."""
    workspace.open_page("overview")
    workspace.page("overview").calendar_button.click()
    return next(made for made in workspace.findChildren(CalendarDialog) if made.isVisible())


def said(dialog):
    """Return what the dialog says at its fields."""
    return [made.text() for made in dialog.findChildren(QLabel) if made.property("tone") == "error" and made.isVisible()]


def test_that_the_file_holds_the_days_asked_for_and_no_names_unless_ticked(dialog, workspace, desk, tmp_path, qtbot) -> None:
    dialog.cases.setCurrentIndex(dialog.cases.findData(None))
    dialog.last.show_value(TODAY + timedelta(days=200))
    assert not dialog.names.isChecked()
    with qtbot.waitSignal(dialog.saved, timeout=20_000) as heard:
        dialog.save(tmp_path / "t.ics")
    titles = [event["SUMMARY"] for event in events_of((tmp_path / "t.ics").read_bytes())]
    assert titles
    assert heard.args[0] == f"Gespeichert: t.ics, {len(titles)} Einträge. Die Datei ist nicht verschlüsselt."
    assert workspace.page("overview").banner.text() == heard.args[0]
    with desk.vault.reading() as connection:
        names = set(connection.exec_driver_sql("SELECT family_name FROM coachees").scalars())
    words = {word for title in titles for word in title.replace(",", " ").split()}
    assert not names & words
    workspace.save_calendar()
    again = next(made for made in workspace.findChildren(CalendarDialog) if made.isVisible())
    again.cases.setCurrentIndex(again.cases.findData(None))
    again.names.setChecked(True)
    with qtbot.waitSignal(again.saved, timeout=20_000):
        again.save(tmp_path / "n.ics")
    titles = [event["SUMMARY"] for event in events_of((tmp_path / "n.ics").read_bytes())]
    assert any(name in title for name in names for title in titles)


def test_that_the_coordination_chooses_a_coach(dialog, desk) -> None:
    staff = desk.read(lambda connection: list_staff(connection, today=TODAY))
    coaches = {member.id for member in staff if member.role is Role.JOB_COACH}
    offered = {dialog.cases.itemData(at) for at in range(dialog.cases.count())}
    assert coaches <= offered | {desk.staff_id}


def test_that_what_is_wrong_is_said_where_it_is(dialog, desk, tmp_path, qtbot) -> None:
    dialog.last.type_text("32.1.2026")
    dialog.save(tmp_path / "t.ics")
    assert said(dialog) == ["Das ist kein Datum. Bitte zum Beispiel 5.3.2026, 05032026, heute oder +14 angeben."]
    dialog.last.type_text("1.1.2025")
    dialog.save(tmp_path / "t.ics")
    desk.background.wait()
    QCoreApplication.processEvents()
    assert said(dialog) == ["Das Ende liegt vor dem Anfang; bitte die beiden Tage prüfen."]
    dialog.last.show_value(TODAY + timedelta(days=30))
    dialog.save(tmp_path / "weg" / "t.ics")
    qtbot.waitUntil(lambda: dialog.banner.text() != "", timeout=10_000)
    assert dialog.banner.text().startswith("Die Datei ließ sich dort nicht schreiben.")
    assert dialog.save_button.isEnabled()
    assert not list(tmp_path.glob("*.ics"))


def test_that_the_search_for_actions_offers_it(workspace) -> None:
    workspace.open_palette()
    palette = workspace.findChild(Palette)
    palette.line.setText("kalenderdatei")
    assert palette.list.count() == 1
    palette.list.itemClicked.emit(palette.list.item(0))
    assert [made for made in workspace.findChildren(CalendarDialog) if made.isVisible()]
