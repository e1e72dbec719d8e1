"""The page of the exchange: pairing, files out and in, both versions, and taking back, on two real vaults."""

import os
from contextlib import closing

import pytest
from PySide6.QtCore import QCoreApplication, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QMessageBox

from bjc_desktop.services.exchange_conflicts import Rule, list_conflicts
from bjc_desktop.services.exchanging import Effect, TableEffect
from bjc_desktop.services.pairing import PartnerRow, confirm, list_partners, own_card, pair, write_card
from bjc_desktop.services.taking_back import list_imports
from bjc_desktop.ui.exchange.card_dialog import CardDialog
from bjc_desktop.ui.exchange.reading_view import made_at, remarks
from bjc_desktop.ui.exchange.writing_view import what_goes
from bjc_desktop.vault.driver import connect as connect_raw
from bjc_desktop.vocabulary import PartnerKind
from tests.ui.conftest import NOW
from tests.ui.exchanging_sides import change_phone, connect, disagree, other_side, people_of, phone_of, send, written
from tests.ui.typing_keys import type_text


@pytest.fixture
def other(desk, tmp_path):
    """Yield the vault of a coach."""
    with other_side(desk.vault, tmp_path) as side:
        yield side


@pytest.fixture
def opened(workspace, qtbot):
    """Return what opens the page at a section and waits for it."""

    def open_at(section="partners"):
        workspace.open_page("exchange", {"section": section})
        page = workspace.page("exchange")
        page.mark_stale()
        settle(page, qtbot)
        return page

    return open_at


def settle(page, qtbot):
    """Wait for what is done behind the window, and for what follows from it."""
    for _ in range(4):
        page.desk.background.wait()
        QCoreApplication.processEvents()
    qtbot.waitUntil(lambda: not page.reading, timeout=10_000)


def answer(workspace, text):
    """Give the question that is asked the answer *text*."""
    box = next(made for made in workspace.findChildren(QMessageBox) if made.isVisible())
    next(made for made in box.buttons() if made.text() == text).click()
    QCoreApplication.processEvents()


def test_that_an_empty_page_teaches_the_three_steps(opened) -> None:
    page = opened()
    assert page.partners.steps.isVisible()
    assert [line[:2] for line in page.partners.steps.text().splitlines()] == ["1.", "2.", "3."]
    assert not page.partners.table.isVisible()
    assert "verbinden" in page.step.text()
    page.show_section("writing")
    assert page.writing.nobody.isVisible()
    assert not page.writing.write_button.isVisible()


def test_that_two_sides_find_each_other_by_card_and_code(opened, workspace, other, desk, qtbot, tmp_path, monkeypatch) -> None:
    page = opened()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "unsere"), ""))
    page.partners.write_button.click()
    settle(page, qtbot)
    assert (tmp_path / "unsere.bjccard").exists()
    theirs = write_card(other.vault, tmp_path / "ihre")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(theirs), ""))
    page.partners.read_button.click()
    settle(page, qtbot)
    dialog = page.findChild(CardDialog)
    assert dialog.name.text() == "Koordination"
    dialog.kind.setCurrentIndex(dialog.kind.findData(PartnerKind.COACH))
    dialog.save()
    settle(page, qtbot)
    assert "wer dort arbeitet" in dialog.person_entry._message.text()
    dialog.person.setCurrentIndex(dialog.person.findData(other.staff_id))
    assert dialog.name.text() == other.name
    dialog.notes.setChecked(True)
    dialog.save()
    settle(page, qtbot)
    shown = page.partners.table.current()
    assert (shown.name, shown.kind, shown.staff_id, shown.reads_notes) == (other.name, PartnerKind.COACH, other.staff_id, True)
    assert page.partners.code_box.isVisible()
    assert "Code" in page.step.text()
    if shown.reads_out:
        assert page.partners.code.text() == shown.code
        page.partners.agree_button.click()
    else:
        type_text(page.partners.typed, "1234 5678")
        page.partners.compare_button.click()
        settle(page, qtbot)
        assert "stimmt nicht" in page.partners.typed_entry._message.text()
        page.partners.typed.setText(shown.code.replace(" ", ""))
        page.partners.compare_button.click()
    settle(page, qtbot)
    assert list_partners(desk.vault)[0].confirmed
    assert not page.partners.code_box.isVisible()
    assert not page.partners.steps.isVisible()


def test_that_only_the_side_that_types_has_a_field_for_the_code(opened, other, desk, qtbot) -> None:
    pair(desk.vault, own_card(other.vault), name="K", kind=PartnerKind.OFFICE, staff_id=None, reads_notes=False, now=NOW)
    page = opened()
    reads_out = list_partners(desk.vault)[0].reads_out
    assert page.partners.code.isVisible() is page.partners.agree_button.isVisible() is reads_out
    assert page.partners.typed.isVisible() is page.partners.compare_button.isVisible() is not reads_out


def test_that_an_exchange_ends_after_a_question(opened, workspace, other, desk, qtbot) -> None:
    connect(desk.vault, other)
    page = opened()
    page.partners.end_button.click()
    answer(workspace, "Abbrechen")
    assert not list_partners(desk.vault)[0].ended
    page.partners.end_button.click()
    answer(workspace, "Beenden")
    settle(page, qtbot)
    assert list_partners(desk.vault)[0].ended
    assert page.partners.table.rows_model.index(0, 1).data() == "beendet"
    assert page.writing.partner.count() == 0


def test_that_a_card_that_is_none_is_refused_with_a_sentence(opened, qtbot, tmp_path) -> None:
    page = opened()
    (tmp_path / "x.bjccard").write_text("{}")
    page.partners.open_card(tmp_path / "x.bjccard")
    settle(page, qtbot)
    assert "keine Karte" in page.banner.text()


def test_that_a_file_is_written_and_its_place_is_shown(opened, other, desk, qtbot, tmp_path, monkeypatch) -> None:
    connect(desk.vault, other)
    page = opened("writing")
    assert f"die Fälle von {other.name}" in page.writing.words.text()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    page.writing.write_button.click()
    settle(page, qtbot)
    (path,) = tmp_path.glob("*.bjcx")
    assert str(path) in page.writing.path.text()
    assert page.writing.write_button.isEnabled()
    last = page.partners._last[other.vault.id]
    assert last.written is not None
    assert last.taken_in is None


@pytest.mark.parametrize(
    ("kind", "notes", "words"),
    [
        (PartnerKind.OFFICE, True, "alle Ihre Fälle, mit Notizen"),
        (PartnerKind.COACH, False, "ohne Notizen"),
        (PartnerKind.TRAINER, False, "ohne Kontaktdaten"),
    ],
)
def test_that_a_sentence_says_what_goes_to_whom(kind, notes, words) -> None:
    partner = PartnerRow("x", "Werk", kind, "s", "Anna Muster", notes, True, False, "", True)  # noqa: FBT003
    assert words in what_goes(partner, all_cases=False)


def test_that_a_dropped_file_is_previewed_taken_in_and_taken_back(opened, workspace, other, desk, qtbot, tmp_path) -> None:
    connect(desk.vault, other)
    send(desk.vault, other.vault, tmp_path / "stick")
    person = people_of(other.vault, 1)[0]
    before = phone_of(desk.vault, person)
    change_phone(other.vault, person, "030 777")
    path = written(other.vault, desk.vault, tmp_path / "stick")
    page = opened()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QCoreApplication.sendEvent(workspace, QDragEnterEvent(QPoint(9, 9), *how))
    QCoreApplication.sendEvent(workspace, QDropEvent(QPointF(9, 9), *how))
    settle(page, qtbot)
    assert page.sections.shown == "reading"
    view = page.reading_view
    assert other_names(view.table) == [["Stammdaten", "–", "1", "–"]]
    assert phone_of(desk.vault, person) == before
    view.take_button.click()
    settle(page, qtbot)
    assert phone_of(desk.vault, person) == "030 777"
    assert "1 geändert" in page.banner.text()
    next(made for made in page.banner._buttons if made.text().strip() == "Zurücknehmen …").click()
    answer(workspace, "Zurücknehmen")
    settle(page, qtbot)
    assert phone_of(desk.vault, person) == before
    page.show_section("imports")
    assert page.imports.table.rows_model.index(0, 5).data() == "zurückgenommen"
    assert not page.imports.back_button.isEnabled()


def other_names(table):
    """Return what a table shows, row by row."""
    model = table.rows_model
    return [[model.index(row, column).data() for column in range(model.columnCount())] for row in range(model.rowCount())]


def test_that_much_that_would_go_must_be_ticked_first(opened, qtbot, tmp_path) -> None:
    page = opened("reading")
    view = page.reading_view
    view.path = tmp_path / "x.bjcx"
    tables = {"coachees": TableEffect(0, 0, 4)}
    effect = Effect("p", "Werk", "nie", tables, 0, 0, 0, 0, 0, 4, many_gone=True)
    view._show(view.path, effect)
    assert "auch 4 Personen" in view.many.text()
    assert not view.take_button.isEnabled()
    view.checked.setChecked(True)
    assert view.take_button.isEnabled()
    assert made_at(effect) == "zu unbekannter Zeit"


def test_that_what_a_file_leaves_aside_is_said_in_sentences() -> None:
    effect = Effect("p", "Werk", "", {}, 1, 2, 3, 1, 2, 0, many_gone=False)
    assert [said.split()[0] for said in remarks(effect)] == ["2", "3", "1", "2", "1"]
    assert "ändert sich nichts" in remarks(Effect("p", "Werk", "", {}, 0, 0, 0, 0, 0, 0, many_gone=False))[0]


def test_that_a_file_that_is_none_is_refused_with_a_sentence(opened, qtbot, tmp_path) -> None:
    page = opened("reading")
    (tmp_path / "x.bjcx").write_bytes(b"nichts")
    page.reading_view.open_file(tmp_path / "x.bjcx")
    settle(page, qtbot)
    assert "keine Austauschdatei" in page.banner.text()
    assert page.reading_view.choose_button.isEnabled()


def test_that_both_versions_are_shown_and_a_key_decides(opened, workspace, other, desk, qtbot, tmp_path) -> None:
    connect(desk.vault, other)
    path, people = disagree(desk.vault, other, tmp_path / "stick", 3)
    page = opened("reading")
    page.reading_view.open_file(path)
    settle(page, qtbot)
    page.reading_view.take_button.click()
    settle(page, qtbot)
    assert "3 Abweichungen warten" in page.banner.text()
    page.show_section("conflicts")
    assert page.sections.buttons["conflicts"].text() == "Abweichungen (3)"
    view = page.conflicts
    mine, theirs = view.versions.versions
    assert mine.texts[0].startswith("030 100")
    assert theirs.texts[0].startswith("030 200")
    assert theirs.made.startswith("coachin, ")
    decided = []
    with qtbot.waitActive(workspace):
        workspace.activateWindow()
    for key in (Qt.Key.Key_2, Qt.Key.Key_1):
        view.table.setFocus()
        decided.append(view.table.current().key[1])
        qtbot.keyClick(view.table, key)
        settle(page, qtbot)
    assert len(list_conflicts(desk.vault)) == 1
    assert phone_of(desk.vault, decided[0]).startswith("030 200")
    assert phone_of(desk.vault, decided[1]).startswith("030 100")
    workspace.open_page("overview")
    settle(page, qtbot)
    hint = workspace.page("overview").conflicts_button
    assert hint.text().strip() == "1 Abweichung wartet auf eine Entscheidung"
    hint.click()
    assert (workspace.place()[0], page.sections.shown) == ("exchange", "conflicts")
    view.open_file()
    assert workspace.place()[0] == "case_file"


@pytest.mark.parametrize("rule", Rule)
def test_that_a_rule_decides_for_all_after_a_question(rule, opened, workspace, other, desk, qtbot, tmp_path) -> None:
    connect(desk.vault, other)
    path, people = disagree(desk.vault, other, tmp_path / "stick", 2)
    page = opened("reading")
    page.reading_view.open_file(path)
    settle(page, qtbot)
    page.reading_view.take_button.click()
    settle(page, qtbot)
    page.show_section("conflicts")
    view = page.conflicts
    view.table.selectAll()
    assert view.some_button.text() == "Auf die 2 aus&gewählten anwenden …"
    view.rule.setCurrentIndex(view.rule.findData(rule))
    view.all_button.click()
    answer(workspace, "Entscheiden")
    settle(page, qtbot)
    assert list_conflicts(desk.vault) == ()
    assert view.empty.isVisible()
    if rule is not Rule.LATER:
        digit = "1" if rule is Rule.MINE else "2"
        assert [phone_of(desk.vault, person)[4] for person in people] == [digit] * 2


def test_that_what_cannot_be_taken_back_says_why(opened, workspace, other, desk, qtbot, tmp_path) -> None:
    connect(desk.vault, other)
    send(desk.vault, other.vault, tmp_path / "stick")
    person = people_of(other.vault, 1)[0]
    change_phone(other.vault, person, "030 777")
    send(other.vault, desk.vault, tmp_path / "stick")
    change_phone(desk.vault, person, "030 888")
    page = opened("imports")
    page.imports.back_button.click()
    answer(workspace, "Zurücknehmen")
    settle(page, qtbot)
    assert "seither noch einmal geändert" in page.banner.text()
    assert not list_imports(desk.vault, now=NOW)[0].taken_back


def test_that_nothing_can_be_written_before_the_code_is_compared(opened, other, desk, qtbot) -> None:
    pair(desk.vault, own_card(other.vault), name="K", kind=PartnerKind.OFFICE, staff_id=None, reads_notes=False, now=NOW)
    page = opened("writing")
    assert page.writing.partner.count() == 0
    (partner,) = list_partners(desk.vault)
    confirm(desk.vault, partner.id, None if partner.reads_out else partner.code, now=NOW)
    page.mark_stale()
    settle(page, qtbot)
    assert page.writing.chosen.id == partner.id


# --- a damaged vault --------------------------------------------------------------------------------------------------------


def damage(desk, qtbot):
    """Overwrite a page of the vault that this page does not need, and let the window find it."""
    with desk.vault.reading() as connection:
        root = connection.exec_driver_sql("SELECT rootpage FROM sqlite_master WHERE name = 'observations'").scalar()
    with closing(connect_raw(desk.vault.database, desk.vault.secrets.cipher_key)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    with desk.vault.database.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(os.urandom(4096))
    desk.check()
    qtbot.waitUntil(lambda: desk.damaged, timeout=10_000)


def noted(vault):
    """Return what the vault knows of itself, and the length of its record."""
    with vault.reading() as connection:
        query = "SELECT key FROM vault_facts UNION ALL SELECT max(id) FROM change_records"
        return connection.exec_driver_sql(query).scalars().all()


def test_that_a_damaged_vault_that_never_exchanged_shows_the_page_and_makes_no_keys(desk, opened, qtbot, tmp_path) -> None:
    damage(desk, qtbot)
    before = noted(desk.vault)
    page = opened()
    assert page.partners.steps.isVisible()
    assert not page.banner.isVisible()
    page.partners.save_card(tmp_path / "karte.bjccard")
    settle(page, qtbot)
    assert "nur lesbar" in page.banner.text()
    assert not list(tmp_path.glob("*.bjccard"))
    assert noted(desk.vault) == before


def test_that_a_damaged_vault_shows_its_partners_and_says_that_no_file_is_taken_in(desk, other, opened, qtbot, tmp_path) -> None:
    connect(desk.vault, other)
    file = written(other.vault, desk.vault, tmp_path / "aus")
    damage(desk, qtbot)
    before = noted(desk.vault)
    page = opened("reading")
    assert [row.name for row in page.partners.table.rows_model.rows] == [other.name]
    page.reading_view.open_file(file)
    settle(page, qtbot)
    assert "nur lesbar" in page.banner.text()
    assert page.reading_view.effect is None
    assert noted(desk.vault) == before
