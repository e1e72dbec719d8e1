"""Duplicates in the window: two files side by side, joined or told apart by keys, and taken back."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from sqlalchemy import select

from bjc_desktop.models import Coachee, Coaching, DistinctPeople, JoinedPerson
from bjc_desktop.ui.quality.file_comparison import DIFFERS, SAME
from bjc_desktop.vocabulary import DistinctReason
from tests.ui.conftest import NOW

SECOND = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def twice(desk) -> dict[str, object]:
    """Give somebody a second file, and return the first."""
    with desk.vault.reading() as connection:
        born = select(Coachee.__table__).where(Coachee.birth_date.is_not(None), Coachee.given_name.is_not(None))
        row = dict(connection.execute(born.where(Coachee.id.in_(select(Coaching.coachee_id))).limit(1)).mappings().one())
        provider = connection.execute(select(Coaching.provider_id)).scalars().first()
    with desk.vault.writing(now=NOW) as session:
        other = {
            "id": SECOND,
            "case_number": "L2-1",
            "given_name": f"{row['given_name']} Maria",
            "phone": "030 23125 999",
            "row_version": 1,
        }
        session.add(Coachee(**{**row, **other, "change_id": 0}))
        session.add(Coaching(coachee_id=SECOND, provider_id=provider, entry_on=NOW.date()))
    return row


@pytest.fixture
def page(twice, workspace, qtbot):
    """Return the page with the pair chosen and compared."""
    workspace.open_page("duplicates")
    page = workspace.page("duplicates")
    qtbot.waitUntil(lambda: bool(page.table.rows_model.rows), timeout=10_000)
    at = next(n for n, pair in enumerate(page.table.rows_model.rows) if SECOND in {pair.first.id, pair.second.id})
    page.table.selectRow(at)
    qtbot.waitUntil(lambda: "L2-1" in shown(page.comparison), timeout=10_000)
    return page


def shown(widget) -> list[str]:
    """Return the texts that are shown in *widget*."""
    return [made.text() for made in widget.findChildren(QLabel) if not made.isHidden()]


def held(desk, query) -> list[object]:
    """Return what the vault holds."""
    return desk.read(lambda connection: connection.execute(query).scalars().all())


def dialog_of(qtbot):
    """Return the dialog that is open, once it is worked out."""
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    dialog = QApplication.activeModalWidget()
    qtbot.waitUntil(lambda: getattr(dialog, "preview", True) is not None, timeout=20_000)
    return dialog


def test_that_two_files_stand_side_by_side_and_differences_are_seen_without_colour(page, twice) -> None:
    texts = shown(page.comparison)
    assert twice["case_number"] in texts
    assert f"{twice['given_name']} Maria" in texts
    assert texts.count(DIFFERS) == 3
    assert texts.count(SAME) == 6
    assert any(text.startswith("Dieselbe Person?") for text in texts)
    assert "Vorname" in page.comparison.scroller.accessibleDescription()


def test_that_a_pair_is_joined_by_keys_with_what_was_chosen_and_taken_back(page, workspace, qtbot, twice) -> None:
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    dialog = dialog_of(qtbot)
    assert set(dialog.choices) == {"case_number", "given_name", "phone"}
    assert dialog.cancel_button.hasFocus()
    assert "Coaching" in dialog.consequences.text()
    dialog.choices["phone"].setCurrentIndex(1)
    qtbot.keyClick(dialog.join_button, Qt.Key.Key_Space)
    assert held(page.desk, select(JoinedPerson.id)) == [dialog.preview.give_up.id]
    kept = dialog.preview.keep.id
    assert held(page.desk, select(Coachee.phone).where(Coachee.id == kept)) == [
        dialog.choices["phone"].itemText(1).split(" (Akte")[0]
    ]
    assert "zusammengeführt" in page.banner.text()
    page._open_list("joined")
    qtbot.waitUntil(lambda: len(page.table.rows_model.rows) == 1, timeout=10_000)
    qtbot.keyClick(page.back_button, Qt.Key.Key_Space)
    assert held(page.desk, select(JoinedPerson.id)) == []
    assert len(held(page.desk, select(Coachee.id).where(Coachee.id.in_([twice["id"], SECOND])))) == 2
    assert "wieder getrennt" in page.banner.text()


def test_that_enter_in_the_dialog_leaves_everything_as_it_is(page, qtbot) -> None:
    page.join()
    dialog = dialog_of(qtbot)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert held(page.desk, select(JoinedPerson.id)) == []


@pytest.mark.parametrize("reason", [None, DistinctReason.SIBLINGS])
def test_that_two_people_are_told_apart_and_reconsidered(page, qtbot, reason) -> None:
    before = len(page.table.rows_model.rows)
    page.tell_apart()
    dialog = QApplication.activeModalWidget()
    dialog.reason.setCurrentIndex(dialog.reason.findData(reason or ""))
    qtbot.keyClick(dialog.save_button, Qt.Key.Key_Return)
    assert held(page.desk, select(DistinctPeople.reason)) == [reason]
    qtbot.waitUntil(lambda: len(page.table.rows_model.rows) == before - 1, timeout=10_000)
    page._open_list("refused")
    assert len(page.table.rows_model.rows) == 1
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert held(page.desk, select(DistinctPeople.id)) == []
    page._open_list("open")
    qtbot.waitUntil(lambda: len(page.table.rows_model.rows) == before, timeout=10_000)


def test_that_the_search_for_actions_leads_there(page, workspace) -> None:
    assert [title for title, *_ in page.offers()] == ["Akten zusammenführen", "Sind zwei Personen"]
    assert "Doppelte" in [entry.title for entry in workspace.shown_pages()]
    workspace.open_page("duplicates", {"list": "refused"})
    assert [title for title, *_ in page.offers()] == ["Zurücknehmen"]


def test_that_the_window_goes_on_while_pairs_are_looked_for(page, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(page.desk.background, "run", lambda *_: asked.append(1))
    page.refresh()
    assert (asked, page.subtitle.text()) == ([1], "Wird gelesen …")
