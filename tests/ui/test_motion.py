"""Nothing moves by itself: whoever is troubled by motion has nothing to switch off."""

import ast
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

UI = Path(__file__).resolve().parents[2] / "bjc_desktop" / "ui"
MOVING = {
    "QPropertyAnimation",
    "QVariantAnimation",
    "QSequentialAnimationGroup",
    "QParallelAnimationGroup",
    "QTimeLine",
    "QMovie",
}
EFFECTS = (Qt.UIEffect.UI_AnimateMenu, Qt.UIEffect.UI_FadeMenu, Qt.UIEffect.UI_AnimateCombo, Qt.UIEffect.UI_AnimateTooltip)
EFFECTS += (Qt.UIEffect.UI_FadeTooltip, Qt.UIEffect.UI_AnimateToolBox)


def test_that_the_window_is_made_without_anything_that_moves() -> None:
    used = {
        (path.name, alias.name)
        for path in UI.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert {name for _, name in used} >= {"QLabel", "QPushButton"}
    assert [(path, name) for path, name in used if name in MOVING] == []


def test_that_no_bar_runs_without_an_end() -> None:
    calls = [
        (path.name, node.lineno)
        for path in UI.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") == "setRange"
        and [getattr(argument, "value", None) for argument in node.args] == [0, 0]
    ]
    assert calls == []


def test_that_menus_lists_and_hints_open_at_once(look) -> None:
    assert [effect for effect in EFFECTS if QApplication.isEffectEnabled(effect)] == []
