"""A quarter at the provider's desk and a morning at the trainer's, by keys alone, on a real vault."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from bjc_desktop.services.case_file import DIMENSIONS, read_case_file
from bjc_desktop.services.hours_sheet import HoursEntry, save_hours
from bjc_desktop.services.released_reports import list_released, released_bundle
from bjc_desktop.services.team import list_staff, set_staff_of_user
from bjc_desktop.services.verification import verify_bundle
from bjc_desktop.ui.printing.preview_dialog import PreviewDialog
from bjc_desktop.ui.report.password_dialog import PasswordDialog
from bjc_desktop.ui.workspace import Workspace
from bjc_desktop.vault import UserIdentity
from bjc_desktop.vocabulary import Role
from tests.ui.conftest import TODAY
from tests.ui.typing_keys import type_text


def window(desk, qtbot, role: Role) -> Workspace:
    """Return the window for somebody with this role alone, as the team knows them."""
    staff = desk.read(lambda connection: list_staff(connection, today=TODAY))
    user = desk.vault.user
    staff_id = next((member.id for member in staff if member.role is role and member.employed), None)
    desk.write(lambda session: set_staff_of_user(session, user_id=user.id, staff_id=staff_id))
    desk.vault.user = UserIdentity(user.id, user.name, frozenset({role}))
    made = Workspace(desk)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    with qtbot.waitActive(made):
        made.activateWindow()
    made.begin()
    return made


def press(qtbot, *keys) -> None:
    """Press keys where the keyboard is."""
    for key in keys:
        target = QApplication.focusWidget()
        assert target is not None, "nothing has the keyboard"
        qtbot.keyClick(target, key)
        QApplication.processEvents()


def tab_to(qtbot, wanted, most: int = 80) -> None:
    """Go on by Tab until *wanted* has the keyboard."""
    for _ in range(most):
        if QApplication.focusWidget() is wanted:
            return
        press(qtbot, Qt.Key.Key_Tab)
    pytest.fail("the Tab key does not lead there")


def go(workspace, qtbot, key: str):
    """Open a page by the number that the sidebar gives it."""
    number = [entry.key for entry in workspace.shown_pages()].index(key) + 1
    assert number <= 9
    target = QApplication.focusWidget() or workspace
    qtbot.keyClick(target, getattr(Qt.Key, f"Key_{number}"), Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: workspace.place()[0] == key, timeout=2000)
    return workspace.page(key)


def test_that_coordination_fills_a_gap_says_why_and_releases(desk, qtbot, tmp_path, monkeypatch) -> None:
    saved = []
    desk.saved.connect(saved.append)
    workspace = window(desk, qtbot, Role.COORDINATION)
    hours = go(workspace, qtbot, "hours")
    qtbot.waitUntil(lambda: "Personen" in hours.subtitle.text(), timeout=10_000)
    tab_to(qtbot, hours.period)
    press(qtbot, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: hours.sheet_model.sheet.period.label == "2025-Q3", timeout=10_000)
    coach = hours.sheet_model.sheet.rows[0].staff_id
    desk.write(lambda session: save_hours(session, [HoursEntry(coach, "2025-08", None, None)], today=TODAY))
    qtbot.waitUntil(lambda: "1 Monat fehlt" in hours.subtitle.text(), timeout=10_000)

    report = go(workspace, qtbot, "report")
    qtbot.waitUntil(lambda: "freigegeben" in report.subtitle.text(), timeout=10_000)
    errors = report.preflight.errors
    assert any(found.finding.rule == "hours_missing" for found in report.preflight.findings)
    at = next(n for n, found in enumerate(report.check.findings.rows_model.rows) if found.finding.rule == "hours_missing")
    tab_to(qtbot, report.check.findings)
    press(qtbot, *[Qt.Key.Key_Down] * at, Qt.Key.Key_Return)
    assert workspace.place()[0] == "hours"
    qtbot.waitUntil(lambda: hours.sheet_model.sheet.missing == 1, timeout=10_000)
    hours.table.go_to_first_gap()
    press(qtbot, Qt.Key.Key_Right)
    press(qtbot, *"98")
    editor = hours.table.viewport().findChild(QLineEdit)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "vollständig" in hours.subtitle.text(), timeout=10_000)

    go(workspace, qtbot, "report")
    qtbot.waitUntil(lambda: report.preflight.errors == errors - 1, timeout=10_000)
    tab_to(qtbot, report.steps.buttons["say"])
    press(qtbot, Qt.Key.Key_Return)
    form = next(iter(report.statements.forms.values()))
    tab_to(qtbot, form.steps)
    type_text(form.steps, "Vertretung ab Januar")
    tab_to(qtbot, report.say.save_button)
    press(qtbot, Qt.Key.Key_Return)
    tab_to(qtbot, report.steps.buttons["send"])
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: report.draft_report is not None, timeout=15_000)
    tab_to(qtbot, report.send.release_button)
    press(qtbot, Qt.Key.Key_Return)
    question = QApplication.activeModalWidget()
    assert QApplication.focusWidget().text() == "Abbrechen"
    while QApplication.focusWidget().text() != "Freigeben":
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert question.isHidden()
    qtbot.waitUntil(lambda: len(desk.read(list_released)) == 1, timeout=15_000)
    (released,) = desk.read(list_released)
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(desk.read(lambda c: released_bundle(c, released.id)))
    verify_bundle(bundle)
    assert (released.period_label, released.version) == ("2025-Q3", 1)
    assert saved.count("Begründung gespeichert") == 1

    workspace.activateWindow()  # as the desktop does when a question is answered
    qtbot.waitUntil(lambda: QApplication.focusWidget() is report.kept.table, timeout=10_000)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_B, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeWindow(), PasswordDialog), timeout=5000)
    type_text(QApplication.focusWidget(), "ein ganzer Satz")
    press(qtbot, Qt.Key.Key_Return)
    assert [path.name for path in tmp_path.glob("BJC_*_2025-Q3_v1_verschluesselt.zip")]


def test_that_a_trainer_documents_a_group_and_the_coach_reads_it(desk, qtbot) -> None:
    everything = desk.vault.user
    workspace = window(desk, qtbot, Role.EMPLOYMENT_TRAINER)
    page = workspace.page("observing")
    assert workspace.place()[0] == "observing"
    assert QApplication.focusWidget() is page.table
    group = page.group_model.people[:12]
    for number, _ in enumerate(group):
        press(qtbot, *("4=-34" if number % 2 else "33333"))
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "gespeichert" in page.banner.text(), timeout=5000)
    press(qtbot, *[Qt.Key.Key_Up] * 3, *[Qt.Key.Key_Left] * 8, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: workspace.place()[0] == "following", timeout=5000)
    following = workspace.page("following")
    assert QApplication.focusWidget() is following.people
    assert following.people.current().coaching_id in {person.coaching_id for person in group}
    assert TODAY in {trend.points[-1][0] for trend in following.case.trends if trend.points}
    assert f"{TODAY:%d.%m.%Y}" in following.people.rows_model.index(following.people.currentIndex().row(), 2).data()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_B, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeWindow(), PreviewDialog), timeout=10_000)
    press(qtbot, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None, timeout=5000)
    desk.vault.user = everything
    for number, person in enumerate(group):
        seen = read_case_file(desk.vault, person.coaching_id, today=TODAY).observations[0]
        assert seen["observed_on"] == TODAY
        expected = [3] * 5 if number % 2 == 0 else [4, person.last["social_behaviour"], None, 3, 4]
        assert [seen[name] for name in DIMENSIONS] == expected
