"""Work behind the window: what is nobody's any more is destroyed on the window's thread."""

import gc
import threading
import weakref

import pytest
from PySide6.QtWidgets import QApplication, QComboBox, QFrame, QWidget

from bjc_desktop.ui.page_list import PAGES
from bjc_desktop.ui.shared.background import Background
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.ui.workspace import Workspace


class _Circle:
    """Garbage that only a collection finds."""

    def __init__(self) -> None:
        self.me = self


class _Left(QWidget):
    """A widget that refers to itself and belongs to nobody."""

    def __init__(self) -> None:
        super().__init__()
        self.me = self


def _leave_much(_) -> bool:
    """Make so much garbage that Python would collect it again and again; say whether it would have."""
    for _number in range(20_000):
        _Circle()
    return gc.isenabled()


def test_that_no_widget_is_destroyed_by_a_thread_behind_the_window(qapp, qtbot) -> None:
    background, threads, answers = Background(), [], []
    owner = QWidget()
    gc.collect()
    gone = weakref.ref(_Left(), lambda _: threads.append(threading.get_ident()))
    background.run(owner, _leave_much, answers.append, answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=10_000)
    assert answers == [False]
    assert gc.isenabled()
    gc.collect()
    assert gone() is None
    assert threads == [threading.get_ident()]
    background.wait()


def test_that_a_long_job_leaves_no_mountain_of_garbage(qapp, qtbot, monkeypatch) -> None:
    background, answers = Background(), []
    owner, stop = QWidget(), threading.Event()
    collected = []
    monkeypatch.setattr("bjc_desktop.ui.shared.background._COLLECTED_EVERY", 20)
    gc.callbacks.append(lambda phase, _: collected.append(threading.get_ident()) if phase == "start" else None)
    try:
        background.run(owner, lambda _: (_leave_much(_), stop.wait(5)), answers.append, answers.append)
        qtbot.waitUntil(lambda: bool(collected), timeout=10_000)
        stop.set()
        qtbot.waitUntil(lambda: bool(answers), timeout=10_000)
    finally:
        gc.callbacks.pop()
    assert set(collected) == {threading.get_ident()}


def test_that_who_waited_for_the_jobs_lets_collections_come_again(qapp) -> None:
    first, second = Background(), Background()
    stop = threading.Event()
    first.run(first, lambda _: stop.wait(5), repr, repr)
    second.run(second, _leave_much, repr, repr)
    assert second.wait()
    assert not gc.isenabled()
    stop.set()
    assert first.wait()
    assert gc.isenabled()


@pytest.mark.parametrize("scale", [100, 200])
def test_that_every_widget_of_a_page_belongs_to_the_window(desk, qtbot, scale) -> None:
    before = theme().scale
    theme().apply("light", scale)
    try:
        workspace = Workspace(desk)
        qtbot.addWidget(workspace)
        workspace.begin()
        known = {*QApplication.topLevelWidgets()}
        for entry in PAGES:
            workspace.page(entry.key)
        strays = [widget for widget in QApplication.topLevelWidgets() if widget not in known and widget.parent() is None]
        assert [type(widget).__name__ for widget in strays] == []
        assert not [widget for widget in known if isinstance(widget, (QComboBox, QFrame)) and widget.parent() is None]
    finally:
        desk.background.wait()
        workspace.close()
        theme().apply("light", before)
