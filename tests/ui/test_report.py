"""The report assistant: from what is missing to the released bundle, and back to any report as it was."""

import hashlib
import json
import zipfile

import pypdfium2
import pytest
import pyzipper
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox

from bjc_desktop.indicators.figures import compute
from bjc_desktop.services.indicator_cases import read_indicator_cases
from bjc_desktop.services.released_reports import REPORT, bundle_part, list_released, released_bundle
from bjc_desktop.services.report_statements import VERSION
from bjc_desktop.services.reports import preview_report
from bjc_desktop.services.row_editing import change_row
from bjc_desktop.services.row_titles import entity_of
from bjc_desktop.services.targets import read_settings
from bjc_desktop.services.verification import verify_bundle
from bjc_desktop.ui.report.password_dialog import PasswordDialog
from bjc_desktop.ui.report.report_page import CHECK, KEPT, SAY, SEND
from bjc_desktop.ui.shared.figure_grid import figure_words
from bjc_desktop.ui.workspace import Workspace
from bjc_desktop.vocabulary import ShortfallReason
from tests.ui.conftest import TODAY
from tests.ui.typing_keys import type_text


@pytest.fixture
def page(workspace, qtbot):
    """Return the assistant for a finished quarter, read."""
    workspace.open_page("report", {"period": "2025-Q3"})
    page = workspace.page("report")
    settle(page, qtbot)
    return page


def settle(page, qtbot):
    """Wait for what is read behind the window."""
    qtbot.waitUntil(lambda: "freigegeben" in page.subtitle.text(), timeout=15_000)


def released(page):
    """Return the reports that the vault holds."""
    return page.desk.read(list_released)


def release(page, qtbot):
    """Release what is shown and wait for it."""
    before = len(released(page))
    page.show_step(SEND)
    page.release()
    qtbot.waitUntil(lambda: len(released(page)) == before + 1, timeout=15_000)
    qtbot.waitUntil(lambda: f"Fassung {before + 1}" in page.subtitle.text(), timeout=15_000)


def text_of(pdf):
    """Return all words of a PDF."""
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())


def test_that_the_preflight_leads_to_the_fields(page, workspace) -> None:
    assert page.preflight.errors > 0
    assert str(page.preflight.errors) in page.check.summary.text()
    kinds = {found.finding.section: found.finding for found in page.preflight.findings}
    for finding in kinds.values():
        page.open_finding(finding)
        assert workspace.place()[0] in {"hours", "closing", "follow_ups", "case_file"}


def test_that_what_is_said_stands_in_the_preview_and_in_the_release(page, qtbot, desk) -> None:
    page.show_step(SAY)
    form = page.statements.forms["a1_1"]
    form.reasons[ShortfallReason.ILLNESS].setChecked(True)
    type_text(form.steps, "Vertretung ab Januar, zweiwöchige Fallbesprechung")
    page.save()
    settle(page, qtbot)
    page.show_step(SEND)
    qtbot.waitUntil(lambda: page.draft_report is not None, timeout=15_000)
    for words in ("Krankheit", "Vertretung ab Januar", "ENTWURF"):
        assert words in text_of(bundle_part(page.draft_report.bundle, REPORT))
    release(page, qtbot)
    bundle = page.kept.bundle_of(page.kept.table.current())
    words = text_of(bundle_part(bundle, REPORT))
    assert "Vertretung ab Januar" in words
    assert "ENTWURF" not in words


def test_that_the_release_holds_the_figures_that_were_shown_and_can_be_verified(page, qtbot, desk, tmp_path) -> None:
    shown = {figure.code: figure for figure in page.preflight.scope.figures}
    release(page, qtbot)
    assert page.steps.shown == KEPT
    page.kept.save_to(page.kept.table.current(), tmp_path, "")
    (path,) = tmp_path.glob("BJC_*_2025-Q3_v1.zip")
    with zipfile.ZipFile(path) as archive:
        written = json.loads(archive.read("indicators.json"))["indicators"]
    assert {row["code"]: row["numerator"] for row in written} == {code: str(figure.numerator) for code, figure in shown.items()}
    verify_bundle(path)


def test_that_a_released_report_stays_as_it_was_and_the_next_says_what_changed(page, workspace, qtbot, desk) -> None:
    release(page, qtbot)
    first = released(page)[0]
    frozen = hashlib.sha256(desk.read(lambda c: released_bundle(c, first.id))).digest()
    scope, period = page.chosen
    cases = desk.read(lambda c: read_indicator_cases(c, "correctly_closed", period, scope.id, read_settings(c)))
    counted = next(case for case in cases if case.counts)
    values = {"initial_interview_on": None}
    desk.write(lambda session: change_row(session, entity_of("coachings"), counted.coaching_id, values, today=TODAY))
    settle(page, qtbot)
    page.show_step(SEND)
    page.release()
    assert "warum es eine neue Fassung gibt" in page.banner.text()
    assert len(released(page)) == 1
    type_text(page.statements.forms[VERSION].steps, "Ein Nachweis kam später.")
    release(page, qtbot)
    second = next(report for report in released(page) if report.version == 2)
    words = text_of(bundle_part(desk.read(lambda c: released_bundle(c, second.id)), REPORT))
    assert "Ein Nachweis kam später." in words
    assert "zählt nicht: Datum des Erstgesprächs fehlt" in words
    assert (second.changed, second.reason, first.reason) == (2, "Ein Nachweis kam später.", "")
    settle(page, qtbot)
    qtbot.waitUntil(lambda: len(page.kept.changes.rows_model.rows) == 1, timeout=15_000)
    (changed,) = page.kept.changes.rows_model.rows
    assert (changed.coaching_id, changed.name, changed.changed_by) == (counted.coaching_id, counted.name, desk.vault.user.name)
    assert changed.before.startswith("zählt für")
    assert changed.after == "zählt nicht: Datum des Erstgesprächs fehlt"
    assert changed.changed_at is not None
    assert changed.before in page.kept.change.text()
    assert changed.after in page.kept.change.text()
    page.kept.changes.opened.emit(changed)
    assert workspace.place() == ("closing", {"coaching_id": counted.coaching_id})
    assert hashlib.sha256(desk.read(lambda c: released_bundle(c, first.id))).digest() == frozen


def test_that_a_bundle_under_a_password_opens_with_it_alone(page, qtbot, tmp_path) -> None:
    release(page, qtbot)
    page.kept.save_to(page.kept.table.current(), tmp_path, "kurz")
    assert list(tmp_path.glob("BJC*")) == []
    page.kept.save_to(page.kept.table.current(), tmp_path, "ein ganzer Satz")
    (path,) = tmp_path.glob("BJC*")
    with pyzipper.AESZipFile(path) as archive:
        (name,) = archive.namelist()
        with pytest.raises(RuntimeError):
            archive.read(name)
        archive.setpassword(b"ein ganzer Satz")
        assert archive.read(name) == page.kept.bundle_of(page.kept.table.current())


def test_that_a_place_that_cannot_be_written_is_said(page, qtbot, tmp_path) -> None:
    release(page, qtbot)
    page.kept.save_to(page.kept.table.current(), tmp_path / "fehlt", "")
    assert "anderen Ordner" in page.banner.text()


def test_that_a_name_in_the_text_is_questioned(page, qtbot) -> None:
    name = page.desk.read(
        lambda c: c.exec_driver_sql("SELECT family_name FROM coachees WHERE family_name GLOB '[A-Z]*z'").scalar()
    )
    page.show_step(SAY)
    form = next(iter(page.statements.forms.values()))
    type_text(form.steps, f"Gespräch mit {name} vereinbart")
    page.save()
    assert name in page.say.names.text()


def test_that_half_typed_reasons_outlive_the_page(page, desk, qtbot) -> None:
    form = page.statements.forms["a1_1"]
    form.reasons[ShortfallReason.STAFF_CHANGE].setChecked(True)
    type_text(form.steps, "Halb getippt")
    page.keep_drafts()
    again = Workspace(desk)
    qtbot.addWidget(again)
    again.open_page("report", {"period": "2025-Q3"})
    other = again.page("report")
    settle(other, qtbot)
    assert other.statements.forms["a1_1"].steps.toPlainText() == "Halb getippt"
    assert other.statements.forms["a1_1"].reasons[ShortfallReason.STAFF_CHANGE].isChecked()


def test_that_the_draft_of_the_window_is_that_of_the_command_line(page, desk, qtbot) -> None:
    page.show_step(SEND)
    qtbot.waitUntil(lambda: page.draft_report is not None, timeout=15_000)
    scope, period = page.chosen
    assert preview_report(desk.vault, period, scope.id, as_of=TODAY, today=TODAY).bundle == page.draft_report.bundle
    figures = desk.read(lambda c: compute(c, period, read_settings(c), as_of=TODAY)).scope(scope.id)
    assert page.draft_report.scope == figures == page.preflight.scope


def test_that_every_step_can_be_reached_and_survives_a_refresh(page, qtbot) -> None:
    for step in (CHECK, SAY, SEND, KEPT):
        page.show_step(step)
        page.subtitle.clear()
        page.refresh()
        settle(page, qtbot)
        assert page.steps.currentWidget() is page.steps.views[step]


def test_that_the_release_asks_once_and_cancelling_is_what_enter_does(page, qtbot) -> None:
    page.show_step(SEND)
    qtbot.waitUntil(lambda: page.draft_report is not None, timeout=15_000)
    page.send.release_button.click()
    dialog = page.send.findChild(QMessageBox)
    words = f"{dialog.text()} {dialog.informativeText()}"
    for said in ("Fassung 1", "Q3 2025", f"{page.preflight.errors} Fehler", "Noch ohne Begründung", "unverändert"):
        assert said in words
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.isHidden()
    assert released(page) == ()
    page.send.release_button.click()
    dialog = page.send.findChildren(QMessageBox)[-1]
    next(made for made in dialog.buttons() if made.text() == "Freigeben").click()
    qtbot.waitUntil(lambda: len(released(page)) == 1, timeout=15_000)


def test_that_the_version_just_released_is_the_one_that_is_passed_on(page, qtbot, tmp_path) -> None:
    release(page, qtbot)
    page.show_step(SEND)
    type_text(page.statements.forms[VERSION].steps, "Ein Nachweis kam später.")
    release(page, qtbot)
    qtbot.waitUntil(lambda: len(page.kept.table.rows_model.rows) == 2, timeout=15_000)
    assert page.kept.table.current().version == 2
    page.kept.save_bundle()
    dialog = page.kept.findChild(PasswordDialog)
    assert any("Fassung 2" in made.text() for made in dialog.findChildren(QLabel))
    dialog.reject()


def test_that_going_on_saves_what_is_said(page, qtbot) -> None:
    page.show_step(SAY)
    form = page.statements.forms["a1_1"]
    type_text(form.steps, "Zwei Stellen waren nicht besetzt.")
    page.say.finished.emit()
    assert page.steps.shown == SEND
    settle(page, qtbot)
    qtbot.waitUntil(lambda: page.draft_report is not None, timeout=15_000)
    assert "Zwei Stellen waren nicht besetzt." in text_of(bundle_part(page.draft_report.bundle, REPORT))
    assert "A1.1" not in page.send.open_points.text()


def test_that_four_quarters_are_named_as_such(page) -> None:
    names = [page.period.itemText(at) for at in range(page.period.count())]
    assert "Q4 2024 bis Q3 2025" in names
    assert not [name for name in names if "-Q" in name]


def test_that_the_reason_of_a_version_is_shown_with_it_also_where_no_figure_changed(page, workspace, qtbot) -> None:
    release(page, qtbot)
    for number, reason in enumerate(("Ein Absatz fehlte.", "Ein Tippfehler."), 2):
        settle(page, qtbot)
        page.show_step(SEND)
        qtbot.waitUntil(lambda: page.preflight.released == number - 1, timeout=15_000)  # noqa: B023
        form = page.statements.forms[VERSION]
        assert form.steps.toPlainText() == ""
        page.release()
        assert "warum es eine neue Fassung gibt" in page.banner.text()
        type_text(form.steps, reason)
        release(page, qtbot)
    qtbot.waitUntil(lambda: len(page.kept.table.rows_model.rows) == 3, timeout=15_000)
    remark = 6
    said = {}
    for at in range(3):
        page.kept.table.selectRow(at)
        said[page.kept.table.current().version] = page.kept.reason.text() if page.kept.reason.isVisibleTo(page.kept) else ""
        assert not page.kept.table.isColumnHidden(remark)
    assert said[1] == ""
    assert "Fassung 2" in said[2]
    assert said[2].endswith("warum: Ein Absatz fehlte.")
    assert said[3].endswith("warum: Ein Tippfehler.")
    remarks = [page.kept.table.rows_model.index(at, remark).data() for at in range(3)]
    assert sorted(remarks) == ["", "Zahlen unverändert: Ein Absatz fehlte.", "Zahlen unverändert: Ein Tippfehler."]


def test_that_the_words_beside_a_reason_follow_the_figure(page, workspace, qtbot, desk) -> None:
    scope, period = page.chosen
    cases = desk.read(lambda c: read_indicator_cases(c, "correctly_closed", period, scope.id, read_settings(c)))
    counted = next(case for case in cases if case.counts)
    form = page.statements.forms["correctly_closed"]
    type_text(form.steps, "Schulung im Februar")
    before = form.words.text()
    values = {"initial_interview_on": None}
    desk.write(lambda session: change_row(session, entity_of("coachings"), counted.coaching_id, values, today=TODAY))
    settle(page, qtbot)
    figure = next(figure for figure in page.preflight.to_explain if figure.code == "correctly_closed")
    assert page.statements.forms["correctly_closed"].words.text() == figure_words(figure) != before
    assert page.statements.forms["correctly_closed"].steps.toPlainText() == "Schulung im Februar"


def test_that_the_sentence_about_what_is_unexplained_ends_with_one_full_stop(page, qtbot) -> None:
    page.period.setCurrentIndex(0)
    page.period.activated.emit(0)
    settle(page, qtbot)
    assert "Konsultationen je Std." in page.send.open_points.text()
    assert ".." not in page.send.open_points.text()
