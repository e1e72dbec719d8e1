"""The one way to write: nothing is changed in a damaged vault, whichever way a page asks for it."""

import os
from threading import Thread

import pytest

from bjc_desktop.errors import VaultDamagedError
from bjc_desktop.ui.shared.background import Background
from bjc_desktop.ui.shared.page import Page
from bjc_desktop.vault import Leaving, Opened, open_with_key
from tests.ui.conftest import FixedDesk

PAGE_BYTES = 4096


@pytest.fixture
def damaged_desk(sample_template, tmp_path, look, qtbot):
    """Yield a desk over a vault of which the last pages were overwritten."""
    folder = sample_template.copy_to(tmp_path / "tresor")
    vault = open_with_key(folder, sample_template.secrets)
    with (folder / "vault.db").open("r+b") as file:
        file.seek(-4 * PAGE_BYTES, os.SEEK_END)
        file.write(os.urandom(4 * PAGE_BYTES))
    desk = FixedDesk(vault, Background())
    desk.check()
    yield desk
    desk.background.wait()
    desk.close()


@pytest.mark.parametrize(
    "change",
    [
        lambda desk: desk.write(lambda _: pytest.fail("written")),
        lambda desk: desk.take_back(1),
    ],
    ids=["write", "take_back"],
)
def test_that_a_damaged_vault_is_read_only(damaged_desk, change) -> None:
    with pytest.raises(VaultDamagedError, match="nur lesbar"):
        change(damaged_desk)
    assert damaged_desk.read(lambda connection: connection.exec_driver_sql("SELECT count(*) FROM staff").scalar())


def test_that_nothing_is_recorded_in_a_damaged_vault_and_what_is_in_it_may_still_be_saved(damaged_desk) -> None:
    def records() -> int:
        return damaged_desk.read(lambda connection: connection.exec_driver_sql("SELECT max(id) FROM change_records").scalar())

    damaged_desk.background.wait()
    before = records()
    damaged_desk.note_opening("1")
    damaged_desk.account_for(Leaving.SAVE, "file", ["1"])
    damaged_desk.background.wait()
    assert records() == before


def openings(desk) -> int:
    """Return how many openings of case files stand in the record."""
    return desk.read(lambda c: c.exec_driver_sql("SELECT count(*) FROM change_records WHERE action = 'open'").scalar())


def test_that_opening_a_file_waits_for_nobody_and_is_recorded_when_there_is_room(desk) -> None:
    desk.background.wait()
    with desk.vault.writing():
        desk.note_opening("1")
        opening = Thread(target=lambda: desk.note_opening("2"))
        opening.start()
        opening.join(2)
        assert not opening.is_alive()
    desk.background.wait()
    desk.note_opening("1")
    desk.background.wait()
    assert openings(desk) == 2


def test_that_the_lock_records_what_was_not_recorded_yet(desk, sample_template) -> None:
    desk.background.wait()
    desk._openings.append(Opened("1", desk.now()))
    desk.close()
    with open_with_key(desk.vault.folder, sample_template.secrets) as vault, vault.reading() as connection:
        last = connection.exec_driver_sql("SELECT action FROM change_records ORDER BY id DESC LIMIT 2").scalars().all()
    assert last == ["lock", "open"]


def test_that_what_was_asked_behind_the_window_is_not_shown_after_the_lock(desk, qtbot) -> None:
    page, shown = Page(desk), []
    qtbot.addWidget(page)
    page.ask(lambda connection: connection.exec_driver_sql("SELECT 1").scalar(), shown.append, behind=True)
    desk.background.wait()
    desk.close()
    qtbot.wait(50)
    assert shown == []
