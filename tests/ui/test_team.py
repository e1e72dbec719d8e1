"""The team in the window: people, profiles, hand-over."""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from bjc_desktop.reports.german import per_cent
from bjc_desktop.services.hand_over import hand_over, held_coachings
from bjc_desktop.services.requirement_profile import RequirementState
from bjc_desktop.services.team_board import read_team_board
from bjc_desktop.ui.printing.preview_dialog import PreviewDialog
from bjc_desktop.ui.shared.labels import button
from bjc_desktop.ui.shared.reason_dialog import ReasonDialog
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.ui.team.hand_over_dialog import HandOverDialog
from bjc_desktop.ui.workspace import Workspace
from bjc_desktop.vault import UserIdentity
from bjc_desktop.vocabulary import Role
from tests.ui.conftest import TODAY
from tests.ui.typing_keys import type_text


@pytest.fixture
def page(workspace, qtbot):
    """Return the page, read."""
    workspace.open_page("team")
    page = workspace.page("team")
    qtbot.waitUntil(lambda: bool(page.table.rows_model.rows), timeout=10_000)
    return page


def again(page, qtbot):
    """Wait until the page shows what the vault holds."""
    page.subtitle.clear()
    page.refresh()
    qtbot.waitUntil(lambda: "beschäftigt" in page.subtitle.text(), timeout=10_000)


def board(page):
    """Return what the vault holds."""
    return page.desk.read(lambda connection: read_team_board(connection, today=TODAY))


def held(page, staff_id):
    """Return whom somebody is responsible for."""
    return [row.coaching_id for row in page.desk.read(lambda c: held_coachings(c, staff_id, today=TODAY))]


def test_that_a_caseload_is_handed_over_by_a_few_keys_and_comes_back(page, workspace, qtbot) -> None:
    member = page.table.current()
    mine = held(page, member.row.id)
    assert member.load.stock == len(mine) > 0
    page.hand_over()
    dialog = QApplication.activeModalWidget()
    assert len(dialog.choices) == len(mine)
    dialog.share()
    assert len(dialog._moves()) == len(mine)
    qtbot.keyClick(dialog.save_button, Qt.Key.Key_Return)
    assert held(page, member.row.id) == []
    page._make_sheets(mine)
    qtbot.waitUntil(lambda: page.findChild(PreviewDialog) is not None, timeout=20_000)
    assert page.findChild(PreviewDialog).pages.count >= len(mine)
    page.findChild(PreviewDialog).close()
    page._handed_over(mine, "27 Fälle übergeben")
    assert not page.banner.isHidden()
    workspace.undo()
    assert held(page, member.row.id) == mine
    assert page.banner.isHidden()


def test_that_a_wrong_day_or_nobody_is_said_in_the_dialog(page, qtbot) -> None:
    page.hand_over()
    dialog = QApplication.activeModalWidget()
    dialog.save()
    assert "mindestens ein Coaching" in dialog.banner.text()
    dialog.first.setText("31.2.2025")
    dialog.save()
    assert "kein Datum" in dialog.first_entry._message.text()
    dialog.close()


def test_that_a_missing_item_is_confirmed_with_a_reason(page, qtbot) -> None:
    member = next(member for member in page.table.rows_model.rows if member.missing)
    item = next(item for item in member.requirements if item.state is RequirementState.MISSING)
    page.confirm(member, item)
    dialog = page.findChild(ReasonDialog)
    dialog.save()
    assert dialog.isVisible()
    type_text(dialog.reason, "Zeugnis lag vor")
    qtbot.keyClick(dialog.reason, Qt.Key.Key_Return)
    changed = next(other for other in board(page).members if other.row.id == member.row.id)
    assert changed.missing == member.missing - 1
    assert any(other.why == "Zeugnis lag vor" for other in changed.requirements)


def test_that_the_keyboard_comes_back_to_the_item_that_was_confirmed(page, workspace, qtbot) -> None:
    member = next(member for member in page.table.rows_model.rows if member.missing)
    page.table.selectRow(page.table.rows_model.rows.index(member))
    item = next(item for item in member.requirements if item.state is RequirementState.MISSING)
    page.confirm(member, item)
    dialog = page.findChild(ReasonDialog)
    type_text(dialog.reason, "Zeugnis lag vor")
    qtbot.keyClick(dialog.reason, Qt.Key.Key_Return)
    wanted = f"{item.title}: Bestätigung ändern …"
    qtbot.waitUntil(lambda: getattr(workspace.focusWidget(), "accessibleName", str)() == wanted, timeout=10_000)


def test_that_a_new_person_is_in_the_team_and_is_chosen(page, qtbot) -> None:
    page.add_member()
    dialog = QApplication.activeModalWidget()
    dialog._accept()
    assert dialog.isVisible()
    type_text(dialog.form.fields["family_name"].line, "Özdemir")
    role = dialog.form.fields["role"]
    role.box.setCurrentIndex(role.box.findData("job_coach"))
    dialog.save_button.click()
    qtbot.waitUntil(lambda: page.table.current() is not None and page.table.current().name == "Özdemir", timeout=10_000)
    new = next(member for member in board(page).members if member.name == "Özdemir")
    assert new.role is Role.JOB_COACH
    assert new.missing == 3


def test_that_hours_typed_in_the_form_change_the_load(page, qtbot) -> None:
    member = page.table.current()
    page.form.form.fields["weekly_hours"].type_text("15")
    page.form.form._left("weekly_hours")
    changed = next(other for other in board(page).members if other.row.id == member.row.id)
    assert changed.load.load > member.load.load


def test_that_a_caseload_is_covered_by_the_colleagues_who_are_ticked(page, qtbot) -> None:
    page.hand_over()
    dialog = QApplication.activeModalWidget()
    left_out, *others = dialog.takers
    dialog.takers[left_out].setFocus()
    qtbot.keyClick(dialog.takers[left_out], Qt.Key.Key_Space)
    dialog.share()
    assert set(dialog._moves().values()) == set(others)
    for other in others:
        qtbot.keyClick(dialog.takers[other], Qt.Key.Key_Space)
    dialog._set_all(lambda _: None)
    dialog.share()
    assert "ankreuzen" in dialog.banner.text()
    assert not dialog._moves()
    qtbot.keyClick(dialog.takers[others[0]], Qt.Key.Key_Space)
    dialog.share()
    assert dialog.banner.isHidden()
    type_text(dialog.last, "31.01.2026")
    count = len(dialog.choices)
    qtbot.keyClick(dialog.save_button, Qt.Key.Key_Return)
    assert f"{count} Fälle übergeben, in Vertretung bis 31.01.2026" in page.banner.text()


def add_training(page, qtbot, title):
    """Add a further training by keys, as the page offers it; return its row."""
    rows = page.qualifications
    rows.begin_new()
    kind = rows.form.fields["kind"]
    kind.box.setCurrentIndex(kind.box.findData("further_training"))
    kind.box.activated.emit(kind.box.currentIndex())
    type_text(rows.form.fields["title"].inner, title)
    qtbot.keyClick(rows.form.fields["title"].inner, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(
        lambda: any(shown["title"] == title for shown in rows.table.rows_model.rows),
        timeout=10_000,
    )


def test_that_what_was_added_to_a_person_is_the_chosen_row_and_has_the_keyboard(page, workspace, qtbot) -> None:
    with qtbot.waitActive(workspace):
        workspace.activateWindow()
    for title in ("Deeskalation", "Erste Hilfe"):
        add_training(page, qtbot, title)
        assert page.qualifications.table.current()["title"] == title
        assert page.qualifications.form.fields["title"].inner.text() == title
        assert page.qualifications.table.hasFocus()


def test_that_the_first_thing_added_to_a_person_is_chosen_and_has_the_keyboard(page, workspace, desk, qtbot) -> None:
    with qtbot.waitActive(workspace):
        workspace.activateWindow()
    values = {**page.table.current().row.values, "family_name": "Özdemir", "given_name": None}
    page._add({name: values[name] for name in ("family_name", "role", "provider_id", "employed_from")})
    qtbot.waitUntil(lambda: page.table.current().name == "Özdemir", timeout=10_000)
    add_training(page, qtbot, "Deeskalation")
    assert page.qualifications.table.current()["title"] == "Deeskalation"
    assert page.qualifications.table.hasFocus()


def test_that_the_list_says_who_is_covered_until_when_and_whom_a_deputy_stands_in_for(page, desk, qtbot) -> None:
    absent, deputy = (member for member in page.table.rows_model.rows[:2])
    cover = 4
    assert page.table.isColumnHidden(cover)
    moves = dict.fromkeys(held(page, absent.row.id)[:5], deputy.row.id)
    desk.write(lambda s: hand_over(s, absent.row.id, moves, first=TODAY, last=date(2026, 1, 31), today=TODAY))
    qtbot.waitUntil(lambda: not page.table.isColumnHidden(cover), timeout=10_000)
    model = page.table.rows_model
    assert model.index(0, cover).data() == "vertreten bis 31.01.2026"
    assert model.index(1, cover).data() == f"vertritt {absent.name}"
    page.table.selectRow(1)
    assert f"Vertritt {absent.name} bis 31.01.2026: 5 Fälle" in page._load.text()
    page.table.selectRow(0)
    assert f"Vertreten von {deputy.name} bis 31.01.2026: 5 Fälle" in page._load.text()


def test_that_the_head_of_the_team_holds_facts(page) -> None:
    words = page._facts.words()
    for said in ("Fälle je JobCoach: 27–35, Median 34,5", "Stellen JobCoaching: 3,6 von 4", "Laufende Coachings, nach Plan: "):
        assert said in words


def test_that_who_has_no_page_of_today_is_reminded_of_the_backups_here(desk, qtbot) -> None:
    user = desk.vault.user
    desk.vault.user = UserIdentity(user.id, user.name, frozenset({Role.ADMINISTRATION}))
    workspace = Workspace(desk)
    qtbot.addWidget(workspace)
    workspace.begin()
    assert workspace.shown_page.key == "team"
    desk.backups.reminder = "Das zweite Ziel war lange nicht da."
    desk.backups.changed.emit()
    assert "zweite Ziel" in workspace.shown_page.banner.text()
    desk.backups.reminder = ""
    desk.backups.changed.emit()
    assert workspace.shown_page.banner.text() == ""


def test_that_what_is_typed_about_somebody_waits_with_them_and_never_goes_to_somebody_else(page, workspace, qtbot) -> None:
    rows, first = page.qualifications, page.table.current()
    rows.begin_new()
    kind = rows.form.fields["kind"]
    kind.box.setCurrentIndex(kind.box.findData("further_training"))
    kind.box.activated.emit(kind.box.currentIndex())
    type_text(rows.form.fields["title"].inner, "Deeskalation")
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    second = page.table.current()
    assert second.row.id != first.row.id
    assert rows.form.fields["title"].text() != "Deeskalation"
    rows.save()
    with qtbot.waitActive(workspace):
        workspace.activateWindow()
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Up)
    assert rows.form.fields["title"].text() == "Deeskalation"
    assert "noch nicht gespeichert" in rows.banner.text()
    assert page.table.hasFocus()
    rows.save()
    titles = {member.row.id: [row["title"] for row in member.qualifications] for member in board(page).members}
    assert "Deeskalation" in titles[first.row.id]
    assert "Deeskalation" not in titles[second.row.id]
    workspace.keep_drafts()
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    qtbot.keyClick(page.table, Qt.Key.Key_Up)
    assert not rows.typing


def test_that_the_hand_over_shows_each_colleagues_load_before_and_after(page, qtbot) -> None:
    page.hand_over()
    dialog = page.findChild(HandOverDialog)
    words = {
        colleague.row.id: f"heute {colleague.load.stock} ({per_cent(colleague.load.load, 0)})" for colleague in dialog.colleagues
    }
    assert all(words[key] in taker.text() for key, taker in dialog.takers.items())
    dialog.share()
    taken = {choice.currentData() for choice in dialog.choices.values()}
    after = {key: taker.text().partition(", dann ")[2] for key, taker in dialog.takers.items()}
    assert all(after[key].endswith("\u00a0%)") for key in taken)
    dialog.reject()


def test_that_tab_goes_through_the_page_as_one_reads_it(page, workspace, qtbot) -> None:
    with qtbot.waitActive(workspace):
        workspace.activateWindow()
    page.banner.tell("Übergeben.", "good", button("Übergabeblätter …", page.hand_over))
    at = next(n for n, member in enumerate(page.board.members) if member.missing and member.load is not None)
    page.table.selectRow(at)
    QApplication.processEvents()
    page.add_button.setFocus()
    order = []
    while QApplication.focusWidget() is not page.qualifications.add_button:
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        order.append(QApplication.focusWidget())
        assert len(order) < 40
    confirm = next(iter(page._confirm_buttons.values()))
    wanted = [page.hand_over_button, page.banner.findChild(QPushButton), page.table, page._cases, confirm]
    assert [taker for taker in order if taker in wanted] == wanted


def test_that_the_details_of_another_person_begin_at_their_top(page, qtbot) -> None:
    bar = page.detail.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=5000)
    bar.setValue(bar.maximum())
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    assert bar.value() == 0


def test_that_positions_and_outlook_are_told_with_large_text_too(desk, look, qtbot) -> None:
    before = theme().scale
    theme().apply("light", 200)
    try:
        made = Workspace(desk)
        qtbot.addWidget(made)
        made.resize(1366, 768)
        made.show()
        made.begin()
        made.open_page("team")
        page = made.page("team")
        qtbot.waitUntil(lambda: bool(page.table.rows_model.rows), timeout=10_000)
        told = {fact.title for fact in page._summary(page.board)}
        assert {"Stellen JobCoaching", "Stellen Training", "Laufende Coachings, nach Plan"} <= told
        qtbot.waitUntil(lambda: told <= {shown.text() for shown in page.findChildren(QLabel) if shown.isVisible()}, timeout=5000)
    finally:
        theme().apply("light", before)
