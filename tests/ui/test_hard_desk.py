"""A full disk and a hostile clipboard in front of somebody who types: one sentence, nothing lost, and it goes on afterwards."""

import pytest
from sqlalchemy import event

from bjc_desktop.services.case_file import read_case_file
from bjc_desktop.vault.driver import FULL
from tests.hostile.test_texts import CORPUS
from tests.ui.conftest import TODAY


class FullDisk:
    """Lets the database grow no further while it is in force."""

    def __init__(self, desk) -> None:
        self.engine, self.full = desk.vault.engine, False
        event.listen(self.engine, "begin", self.begin)

    def begin(self, connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar() if self.full else 2**31
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


@pytest.fixture
def disk(desk):
    return FullDisk(desk)


@pytest.fixture
def talks(workspace, desk):
    """Return the case file and its list of consultations, with a note typed that takes room."""
    page = workspace.page("case_file")
    workspace.open_page(
        "case_file", {"coaching_id": page.sample_places()["case-plan"]["coaching_id"], "section": "consultations"}
    )
    found = page._views["consultations"].list
    found.form.fields["note"].edit.setPlainText("wichtig " * 20_000)
    return page, found


def notes(page):
    return [entry.note for entry in read_case_file(page.desk.vault, page.coaching_id, today=TODAY).consultations]


def test_that_a_full_disk_keeps_what_is_typed_and_saves_it_when_there_is_room(talks, disk) -> None:
    page, found = talks
    before = notes(page)
    disk.full = True
    found.save()
    assert found.banner.text() == FULL
    assert found.form.fields["note"].edit.toPlainText().startswith("wichtig")
    assert found.typing
    page.keep_drafts()
    assert notes(page) == before
    disk.full = False
    found.save()
    assert not found.typing
    assert any(note and note.startswith("wichtig") for note in notes(page))


def test_that_a_full_disk_lets_every_page_be_read(talks, disk, workspace) -> None:
    page, _ = talks
    disk.full = True
    page.keep_drafts()
    for key in ("overview", "coachees", "follow_ups", "figures"):
        workspace.open_page(key)
        workspace.desk.background.wait()
        assert workspace.place()[0] == key


BLOCKS = ["\x00\t\x00", "=1+1\t=cmd|' /C calc'!A0", "1e400\tNaN\tinf", "\t" * 5000, "\n" * 5000, "1\t" * 5000, "150,5\r150,5\r\n\r\n\t\t\t",
          '"150\n5"\t"1""2"', "-5\t999999999999999999", "٣\t²", "x" * 200_000, "\u2028".join("1" for _ in range(50)), *CORPUS]  # fmt: skip


def test_that_any_block_pasted_into_the_hours_stays_with_its_sentence_or_is_saved(workspace, qtbot) -> None:
    workspace.open_page("hours", {"period": "2025-Q3"})
    page = workspace.page("hours")
    qtbot.waitUntil(lambda: "Personen" in page.subtitle.text(), timeout=10_000)
    for block in BLOCKS:
        page.table.setCurrentIndex(page.sheet_model.index(0, 1))
        page.table.paste(block)
        place = page.sheet_model.place(page.table.currentIndex())
        assert place is None or isinstance(page.sheet_model.hint(place), str)
    page.table.setCurrentIndex(page.sheet_model.index(page.sheet_model.rowCount() - 1, 0))
    page.table.paste("1\t2\n3\t4")
    page.keep_drafts()
    workspace.desk.background.wait()


def test_that_a_block_of_a_million_cells_is_cut_at_the_sheet(workspace, qtbot) -> None:
    workspace.open_page("hours", {"period": "2025-Q3"})
    page = workspace.page("hours")
    qtbot.waitUntil(lambda: "Personen" in page.subtitle.text(), timeout=10_000)
    asked = []
    place = page.sheet_model.place
    page.sheet_model.place = lambda index: asked.append(1) or place(index)
    page.table.setCurrentIndex(page.sheet_model.index(0, 1))
    page.table.paste("\n".join("\t".join("5" for _ in range(100)) for _ in range(10_000)))
    assert len(asked) < 20_000
    workspace.desk.background.wait()
