"""How each dialog of the program is opened; one that is missing here fails the tests."""

import ast
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from bjc_desktop.preferences import Settings
from bjc_desktop.services.coachee_list import CoacheeFilter, find_coachees
from bjc_desktop.services.retention_rules import read_rules
from bjc_desktop.ui.exchange.card_dialog import CardDialog
from bjc_desktop.ui.exchange.question import ask_first
from bjc_desktop.ui.frame import Frame
from bjc_desktop.ui.lists.package_dialog import PackageDialog
from bjc_desktop.ui.privacy.erase_dialog import EraseDialog
from bjc_desktop.ui.quality.join_dialog import JoinDialog
from bjc_desktop.ui.quality.two_people_dialog import TwoPeopleDialog
from bjc_desktop.ui.report.password_dialog import PasswordDialog
from bjc_desktop.ui.workspace import Workspace
from bjc_desktop.vocabulary import Role
from tests.samples import DATA

UI = Path(__file__).resolve().parents[2] / "bjc_desktop" / "ui"
_QUESTION = (
    "Zu 12 Personen stehen zwei Fassungen nebeneinander. Bei allen gilt dann, was zuletzt geändert wurde. "
    "Jede einzelne Entscheidung lässt sich danach in den Änderungen zurücknehmen."
)


def _page(workspace: Workspace, key: str, where: dict[str, Any] | None = None) -> Any:
    workspace.open_page(key, where or {})
    settle(workspace)
    return workspace.page(key)


def settle(workspace: Workspace) -> None:
    """Let what is read behind the window arrive."""
    for _ in range(3):
        workspace.desk.background.wait()
        QApplication.processEvents()


def _team(workspace: Workspace) -> Any:
    page = _page(workspace, "team")
    rows = page.table.rows_model.rows
    page.table.selectRow(next(at for at, m in enumerate(rows) if m.role is Role.JOB_COACH and m.load and m.load.stock))
    return page


def _confirm(workspace: Workspace) -> None:
    page = _team(workspace)
    member = next(member for member in page.board.members if member.requirements)
    page.confirm(member, member.requirements[0])


def _people(workspace: Workspace) -> Any:
    today = workspace.desk.today()
    return workspace.desk.read(lambda connection: find_coachees(connection, CoacheeFilter(), limit=2, today=today)).rows


def _access(workspace: Workspace) -> Any:
    page = _page(workspace, "access")
    page.table.selectRow(0)
    return page


def _ask_to_remove(workspace: Workspace) -> None:
    page = _access(workspace)
    page.remove_button.setEnabled(True)  # the tests' only user is the last who administers
    page.ask_to_remove()


def _take_in(workspace: Workspace, package: Path) -> None:
    PackageDialog(workspace.desk, Path(shutil.make_archive(str(package), "zip", DATA / "worked")), workspace).open()


def _join(workspace: Workspace) -> None:
    first, second = _people(workspace)
    JoinDialog(workspace.desk, first.coachee_id, second.coachee_id, workspace).open()


def _tell_apart(workspace: Workspace) -> None:
    first, second = _people(workspace)
    TwoPeopleDialog(first.name, second.name, workspace).open()


def _print(workspace: Workspace) -> None:
    page = _page(workspace, "case_file", {"coaching_id": _people(workspace)[0].coaching_id})
    page.preview()


def _look(workspace: Workspace) -> None:
    page = _page(workspace, "audit")
    page.look(next(shown for shown in page.table.rows_model.rows if shown.has_fields))


def _period(workspace: Workspace) -> None:
    page = _page(workspace, "privacy")
    page.ask_period(workspace.desk.read(read_rules)[0])


def _setting(key: str, workspace: Workspace) -> None:
    page = _page(workspace, "foundations")
    page.change(next(line for line in page.foundations.settings if line.key == key))


def _ask_release(workspace: Workspace) -> None:
    page = _page(workspace, "report", {"period": "2025-Q3"})
    page.send.ask()


def _fail(workspace: Workspace, place: Path) -> None:
    frame = Frame(place, Settings())
    workspace.unexpected = frame  # keeps it
    frame.tell_unexpected(ValueError, None)


OPENERS: dict[str, Callable[[Workspace, Path], object]] = {
    "CalendarDialog": lambda workspace, _: workspace.save_calendar(),
    "PackageDialog": lambda workspace, place: _take_in(workspace, place / "Datenpaket"),
    "SaveListDialog": lambda workspace, _: (_page(workspace, "coachees"), workspace.save_list()),
    "ReasonDialog": lambda workspace, _: _confirm(workspace),
    "TwoPeopleDialog": lambda workspace, _: _tell_apart(workspace),
    "JoinDialog": lambda workspace, _: _join(workspace),
    "HandOverDialog": lambda workspace, _: _team(workspace).hand_over(),
    "MemberDialog": lambda workspace, _: _team(workspace).add_member(),
    "PasswordDialog": lambda workspace, _: PasswordDialog("BJC_Bericht_Traeger-Nord_2025-Q3_Fassung-1", workspace).open(),
    "RecordDialog": lambda workspace, _: _look(workspace),
    "_PassphraseDialog": lambda workspace, _: _access(workspace).renew_passphrase(),
    "NewUserDialog": lambda workspace, _: _access(workspace).add_user(),
    "RolesDialog": lambda workspace, _: _access(workspace).change_roles(),
    "CardDialog": lambda workspace, _: CardDialog(workspace.desk, workspace).open(),
    "NewCoacheeDialog": lambda workspace, _: workspace.open_page("coachees", {"new": True}),
    "PreviewDialog": lambda workspace, _: _print(workspace),
    "ConsultationDialog": lambda workspace, _: workspace.record(),
    "EraseDialog": lambda workspace, _: EraseDialog(workspace.desk, _people(workspace)[0], workspace).open(),
    "PeriodDialog": lambda workspace, _: _period(workspace),
    "SettingDialog": lambda workspace, _: _setting("checklist", workspace),
    "Palette": lambda workspace, _: workspace.open_palette(),
    "HelpWindow": lambda workspace, _: workspace.open_help(),
    "ask_first": lambda workspace, _: ask_first(workspace, "Nach Regel entscheiden", _QUESTION, "Entscheiden", lambda: None),
    "ask_to_remove": lambda workspace, _: _ask_to_remove(workspace),
    "ask": lambda workspace, _: _ask_release(workspace),
    "tell_unexpected": lambda workspace, place: _fail(workspace, place),
}
"""By the name of the dialog's class, or of the function that asks a question of Qt's own."""


def dialogs_of_the_program() -> Iterator[str]:
    """Yield the name of each class that is a dialog, and of each function that makes one of Qt's."""
    for path in UI.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef) and any(getattr(base, "id", "") in {"QDialog", "Dialog"} for base in node.bases):
                yield from {node.name} - {"Dialog"}
            if isinstance(node, ast.FunctionDef) and any(
                isinstance(call, ast.Call) and getattr(call.func, "id", "") == "QMessageBox" for call in ast.walk(node)
            ):
                yield node.name


def open_dialog(name: str, workspace: Workspace, place: Path) -> QDialog:
    """Open the dialog *name* in front of *workspace* and return it, with all that it reads."""
    OPENERS[name](workspace, place)
    settle(workspace)
    QTest.qWait(20)
    shown = [made for made in QApplication.topLevelWidgets() if isinstance(made, QDialog) and made.isVisible()]
    (dialog,) = shown
    return dialog
