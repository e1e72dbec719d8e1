"""Enter in the fields of a dialog does what its primary button does, and never something else."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLineEdit, QPushButton

from bjc_desktop.ui.palette import Palette
from bjc_desktop.vocabulary import Role

OPENERS = {
    "new user": ("access", lambda page: page.add_user()),
    "roles": ("access", lambda page: page.change_roles()),
    "passphrase": ("access", lambda page: page.renew_passphrase()),
    "setting": ("foundations", lambda page: page.change(page.foundations.settings[0])),
    "hand over": ("team", lambda page: page.hand_over()),
    "member": ("team", lambda page: page.add_member()),
    "reason": ("team", lambda page: _confirm(page)),
    "new coachee": ("coachees", lambda page: page.open_at({"new": True})),
    "consultation": ("overview", lambda page: page.wanted.emit("consultation", {})),
}


def _confirm(page) -> None:
    member = next(member for member in page.board.members if member.requirements)
    page.confirm(member, member.requirements[0])


@pytest.mark.parametrize("name", OPENERS)
def test_that_enter_in_a_field_presses_the_primary_button_and_nothing_else(name, workspace, desk, qtbot) -> None:
    key, opener = OPENERS[name]
    workspace.open_page(key)
    page = workspace.page(key)
    if key == "team":
        qtbot.waitUntil(lambda: page.board is not None, timeout=10_000)
        rows = page.table.rows_model.rows
        page.table.selectRow(next(at for at, m in enumerate(rows) if m.role is Role.JOB_COACH and m.load and m.load.stock))
    opener(page)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QDialog)
    buttons = [made for made in dialog.findChildren(QPushButton) if made.isVisible()]
    primary = [made for made in buttons if made.property("rank") == "primary"]
    assert len(primary) == 1
    pressed = []
    for made in buttons:
        made.pressed.connect(lambda made=made: pressed.append(made))
        if made.property("rank"):
            made.clicked.disconnect()
    fields = [
        made for kind in (QLineEdit, QComboBox) for made in dialog.findChildren(kind) if made.isVisible() and made.isEnabled()
    ]
    assert fields or name == "reason"
    for field in fields:
        if isinstance(field, QLineEdit) and isinstance(field.parent(), QComboBox):
            continue
        field.setFocus()
        qtbot.keyClick(field, Qt.Key.Key_Return)
        if not primary[0].isEnabled():
            continue
        assert set(pressed) <= {primary[0]}, (name, field)
        assert dialog.isVisible()
    assert pressed or not primary[0].isEnabled() or name in {"consultation", "reason"}
    dialog.reject()
    assert not isinstance(QApplication.activeModalWidget(), Palette)
