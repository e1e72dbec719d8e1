"""Two laptops, one report: paired by code, a file read, a conflict decided, and the import taken back, by keys alone on two real vaults."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from bjc_desktop.services.exchange_conflicts import list_conflicts
from bjc_desktop.services.pairing import confirm, list_partners, own_card, pair, write_card
from bjc_desktop.vocabulary import PartnerKind, Role
from tests.journeys.test_desks_by_keys import press, tab_to, window
from tests.ui.conftest import NOW
from tests.ui.exchanging_sides import change_phone, other_side, people_of, phone_of, send, written
from tests.ui.test_exchange_page import settle
from tests.ui.typing_keys import type_text


@pytest.fixture
def other(desk, tmp_path):
    """Yield the vault of a coach."""
    with other_side(desk.vault, tmp_path) as side:
        yield side


def activate(page, qtbot) -> None:
    """Give the window the keyboard again, as the desktop does when a dialog is answered."""
    with qtbot.waitActive(page.window()):
        page.window().activateWindow()
    if QApplication.focusWidget() is None:
        page.sections.shown_button.setFocus()


def to_section(page, qtbot, key: str) -> None:
    """Go to a section by its button."""
    tab_to(qtbot, page.sections.buttons[key])
    press(qtbot, Qt.Key.Key_Space)
    assert page.sections.shown == key


def pair_by_keys(page, other, desk, qtbot, card, monkeypatch) -> None:
    """Read the other side's card, say whose it is, and compare the code."""
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(card), ""))
    tab_to(qtbot, page.partners.read_button)
    press(qtbot, Qt.Key.Key_Space)
    settle(page, qtbot)
    press(qtbot, Qt.Key.Key_Down, Qt.Key.Key_Tab)
    while QApplication.focusWidget().currentText() != other.name:
        press(qtbot, Qt.Key.Key_Down)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle(page, qtbot)
    activate(page, qtbot)
    pair(other.vault, own_card(desk.vault), name="Büro", kind=PartnerKind.OFFICE, staff_id=None, reads_notes=True, now=NOW)
    (there,) = list_partners(other.vault)
    if there.reads_out:
        tab_to(qtbot, page.partners.typed)
        type_text(page.partners.typed, there.code)
        press(qtbot, Qt.Key.Key_Return)
        settle(page, qtbot)
        confirm(other.vault, there.id, None, now=NOW)
    else:
        confirm(other.vault, there.id, page.partners.code.text(), now=NOW)
        tab_to(qtbot, page.partners.agree_button)
        press(qtbot, Qt.Key.Key_Space)
        settle(page, qtbot)
    assert list_partners(desk.vault)[0].confirmed


def test_that_two_laptops_become_one_report(desk, other, qtbot, tmp_path, monkeypatch) -> None:
    workspace = window(desk, qtbot, Role.COORDINATION)
    workspace.open_page("exchange")
    page = workspace.page("exchange")
    settle(page, qtbot)
    pair_by_keys(page, other, desk, qtbot, write_card(other.vault, tmp_path / "karte"), monkeypatch)
    stick = tmp_path / "stick"
    send(desk.vault, other.vault, stick)
    one, two = people_of(other.vault, 2)
    old = phone_of(desk.vault, two)
    for vault, phone in ((other.vault, "030 2"), (desk.vault, "030 1")):
        change_phone(vault, one, phone)
    change_phone(other.vault, two, "030 3")
    path = written(other.vault, desk.vault, stick)

    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    to_section(page, qtbot, "reading")
    tab_to(qtbot, page.reading_view.choose_button)
    press(qtbot, Qt.Key.Key_Space)
    settle(page, qtbot)
    assert QApplication.focusWidget() is page.reading_view.take_button
    press(qtbot, Qt.Key.Key_Return)
    settle(page, qtbot)
    assert (phone_of(desk.vault, one), phone_of(desk.vault, two)) == ("030 1", "030 3")
    assert len(list_conflicts(desk.vault)) == 1

    to_section(page, qtbot, "imports")
    tab_to(qtbot, page.imports.back_button)
    press(qtbot, Qt.Key.Key_Space)
    while QApplication.focusWidget().text() != "Zurücknehmen":
        press(qtbot, Qt.Key.Key_Tab)
    press(qtbot, Qt.Key.Key_Return)
    settle(page, qtbot)
    assert (phone_of(desk.vault, one), phone_of(desk.vault, two)) == ("030 1", old)
    assert list_conflicts(desk.vault) == ()

    activate(page, qtbot)
    page.reading_view.open_file(path)
    settle(page, qtbot)
    page.reading_view.take()
    settle(page, qtbot)
    to_section(page, qtbot, "conflicts")
    assert QApplication.focusWidget() is page.conflicts.table
    press(qtbot, Qt.Key.Key_2)
    settle(page, qtbot)
    assert (phone_of(desk.vault, one), phone_of(desk.vault, two)) == ("030 2", "030 3")
    assert list_conflicts(desk.vault) == ()
