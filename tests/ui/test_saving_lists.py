"""Every list of the window leaves as it is shown: all rows in their order, with filter and counts, recorded before."""

import csv
import io
import os
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from threading import Event
from time import monotonic

import pytest
from PySide6.QtCore import QCoreApplication, QModelIndex, Qt
from PySide6.QtWidgets import QComboBox, QTableView

from bjc_desktop.indicators.results import ScopeKind
from bjc_desktop.models import Coachee, LegalHold, PrivacyRequest
from bjc_desktop.services.audit_trail import AuditFilter, read_audit
from bjc_desktop.services.coachee_list import CoacheeFilter, ListOrder, find_coachees
from bjc_desktop.services.joining import join_people
from bjc_desktop.services.possible_duplicates import refuse_pair
from bjc_desktop.services.row_editing import add_row, change_row
from bjc_desktop.services.team import list_staff
from bjc_desktop.ui.shared.frozen_column import FrozenColumn
from bjc_desktop.ui.shared.list_offer import OfferedColumn, typed_cell
from bjc_desktop.ui.shared.save_list_dialog import SaveListDialog
from bjc_desktop.ui.workspace import Workspace
from bjc_desktop.vault import Leaving, UserIdentity, back_up
from bjc_desktop.vault.role_rights import HIDDEN
from bjc_desktop.vocabulary import Role
from tests.libreoffice import cells
from tests.list_files import xlsx
from tests.ui.conftest import NOW, TODAY
from tests.ui.exchanging_sides import change_phone, connect, disagree, other_side, people_of, written

PLACES = {
    "coachees": {},
    "overview": {},
    "quality": {},
    "follow_ups": {},
    "figures": {"code": "correctly_closed", "period": "2025-Q3"},
    "hours": {"period": "2025-Q3"},
    "statistic": {},
    "team": {},
    "history": {},
    "audit": {},
    "access": {},
    "observing": {},
    "following": {},
}


def settled(desk):
    """Wait for what is read behind the window."""
    for _ in range(3):
        desk.background.wait()
        QCoreApplication.processEvents()


def save(view_or_none, workspace, desk, path, qtbot):
    """Save a list by the window's own way and return what the page says."""
    workspace.save_list(view_or_none)
    dialog = next(made for made in workspace.findChildren(SaveListDialog) if made.isVisible())
    with qtbot.waitSignal(dialog.saved, timeout=20_000) as heard:
        dialog.save(path)
    return heard.args[0]


def lines_of(path):
    """Return the lines of a CSV."""
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), delimiter=";"))


def shown_texts(view):
    """Return what the view shows, row by row, as the window writes it."""
    model = view.model()
    return [
        [str(model.index(row, column).data(Qt.ItemDataRole.DisplayRole) or "") for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def plain(text):
    """Return a text of the window as a CSV holds it: no dash for nothing, a number without points, nothing that is a formula."""
    if text in {"", "–"}:
        return ""
    if re.fullmatch(r"\d{1,3}(\.\d{3})+(,\d+)?", text):
        return text.replace(".", "")
    return "'" + text if text.startswith(("=", "+", "-", "@")) else text


def list_in(window):
    """Return the list that the keys would save."""
    return window._lists()[0][0]


def make_records(desk, count):
    """Let so much leave the vault, on paper."""
    for _ in range(count):
        desk.account_for(Leaving.PRINT, "statistic")


@pytest.fixture
def as_role(desk, qtbot):
    """Return what opens the window for somebody of a role alone."""
    user = desk.vault.user
    desk.vault.clock = lambda: NOW

    def opened(role):
        staff = desk.read(lambda connection: list_staff(connection, today=TODAY))
        if role is not Role.ADMINISTRATION:
            staff_id = next(member.id for member in staff if member.role is role and member.employed)
            with desk.vault.writing(now=NOW) as session:
                session.connection().exec_driver_sql("INSERT OR REPLACE INTO user_staff VALUES (?, ?)", (user.id, staff_id))
        desk.vault.user = UserIdentity(user.id, user.name, frozenset({role}))
        made = Workspace(desk)
        qtbot.addWidget(made)
        made.resize(1366, 768)
        made.show()
        made.begin()
        return made

    yield opened
    settled(desk)
    desk.vault.user = user


@pytest.mark.parametrize("key", PLACES)
def test_that_a_list_is_saved_as_it_is_shown(key, as_role, workspace, desk, tmp_path, qtbot) -> None:
    window = as_role(Role.EMPLOYMENT_TRAINER) if key in {"observing", "following"} else workspace
    if key == "history":
        person = desk.read(lambda c: find_coachees(c, CoacheeFilter(), today=TODAY)).rows[0]
        desk.write(lambda session: change_row(session, Coachee, person.coachee_id, {"phone": "030 123"}, today=TODAY))
    window.open_page(key, PLACES[key])
    page = window.page(key)
    settled(desk)
    view = list_in(window)
    while view.model().canFetchMore(QModelIndex()):
        view.model().fetchMore(QModelIndex())
    if key == "audit":
        while page.more_button.isEnabled():
            page.show_more()
            settled(desk)
    wanted = shown_texts(view)
    headings = [str(view.model().headerData(at, Qt.Orientation.Horizontal)) for at in range(view.model().columnCount())]
    said = save(None, window, desk, tmp_path / "liste.csv", qtbot)
    assert said == "Gespeichert: liste.csv. Die Datei ist nicht verschlüsselt; bitte sicher verwahren."
    assert page.banner.text() == said
    lines = lines_of(tmp_path / "liste.csv")
    assert lines[1][0].startswith("Filter: ")
    assert re.fullmatch(rf"{len(wanted):,} von [\d.]+ Eintr(ag|ägen)".replace(",", "."), lines[2][0])
    assert lines[5] == headings
    found = lines[6:]
    assert len(found) == len(wanted)
    for texts, row in zip(wanted, found, strict=True):
        for text, cell in zip(texts, row, strict=True):
            assert cell == plain(text) or (cell and cell in text), (text, cell)
    save(view, window, desk, tmp_path / "liste.xlsx", qtbot)
    sheet = cells(tmp_path / "liste.xlsx")["Liste"]
    assert max(row for row, _ in sheet) == 6 + len(wanted)
    assert [sheet[row, "A"] for row in range(1, 4)] == [line[0] for line in lines[:3]]


def test_that_the_lists_of_a_case_file_name_the_file_and_keep_its_notes_back(workspace, desk, tmp_path, qtbot) -> None:
    row = desk.read(lambda c: find_coachees(c, CoacheeFilter(), order=ListOrder.STATUS, today=TODAY)).rows[0]
    workspace.open_page("case_file", {"coaching_id": row.coaching_id, "section": "consultations"})
    settled(desk)
    view = list_in(workspace)
    save(view, workspace, desk, tmp_path / "a.csv", qtbot)
    lines = lines_of(tmp_path / "a.csv")
    assert lines[1][0] == f"Filter: Fallakte: {row.name}"
    assert "Notiz" not in lines[5]
    workspace.save_list(view)
    dialog = next(made for made in workspace.findChildren(SaveListDialog) if made.isVisible())
    assert not dialog.notes.isHidden()
    dialog.notes.setChecked(True)
    with qtbot.waitSignal(dialog.saved, timeout=20_000):
        dialog.save(tmp_path / "b.csv")
    lines = lines_of(tmp_path / "b.csv")
    assert lines[5][-1] == "Notiz"
    assert [line[-1] for line in lines[6:]] == [plain(texts[-1]) for texts in shown_texts(view)]
    newest = desk.read(lambda c: read_audit(c, AuditFilter(kind="left"), today=TODAY)).rows[0]
    assert newest.text == "Als Datei ausgegeben: Liste, „Konsultationen“"
    assert newest.person == row.name


def test_that_what_the_filter_shows_is_saved_whole_and_in_order_though_it_is_not_loaded(workspace, desk, tmp_path, qtbot) -> None:
    workspace.open_page("coachees")
    page = workspace.page("coachees")
    page.cases.setCurrentIndex(max(page.cases.findData(None), 0))
    page.link.setCurrentIndex(1)
    page._sort(4)
    page._sort(4)
    settled(desk)
    assert page.table.model().canFetchMore(QModelIndex())
    wanted = desk.read(
        lambda c: find_coachees(
            c, CoacheeFilter(measure_link=True), order=ListOrder.ENTRY, descending=True, limit=10_000, today=TODAY
        )
    )
    save(page.table, workspace, desk, tmp_path / "alle.csv", qtbot)
    lines = lines_of(tmp_path / "alle.csv")
    assert lines[1] == ["Filter: Maßnahmebezug: mit Maßnahme; Reihenfolge: Eintritt, absteigend"]
    assert lines[2] == [f"{wanted.total_shown} von {wanted.total_all} Einträgen"]
    assert [line[5] for line in lines[6:]] == [row.case_number for row in wanted.rows]
    assert [line[4] for line in lines[6:]] == [f"{row.entry_on:%d.%m.%Y}" if row.entry_on else "" for row in wanted.rows]


def test_that_older_records_that_are_not_read_yet_are_saved_too(workspace, desk, tmp_path, qtbot) -> None:
    make_records(desk, 110)
    workspace.open_page("audit")
    page = workspace.page("audit")
    settled(desk)
    assert page.more_button.isEnabled()
    total = page._total
    save(page.table, workspace, desk, tmp_path / "nachweis.csv", qtbot)
    numbers = [int(line[-1]) for line in lines_of(tmp_path / "nachweis.csv")[6:]]
    assert numbers == list(range(total, 0, -1))


def test_that_the_saving_is_recorded_before_the_file_and_for_each_person(workspace, desk, tmp_path, qtbot) -> None:
    workspace.open_page("coachees")
    page = workspace.page("coachees")
    settled(desk)
    page.search.setText(page.table.model().rows[0].family_name)
    settled(desk)
    rows = list(page.table.model().rows)
    before = desk.read(lambda c: read_audit(c, AuditFilter(), today=TODAY)).total
    save(page.table, workspace, desk, tmp_path / "liste.csv", qtbot)
    part = desk.read(lambda c: read_audit(c, AuditFilter(), today=TODAY))
    new = [row for row in part.rows if row.number > before]
    assert {row.text for row in new} == {"Als Datei ausgegeben: Liste, „Coachees“"}
    assert sorted(row.person for row in new) == sorted(row.name for row in rows if row.coaching_id)


def check_saved(view, window, desk, path, qtbot):
    """Save one list and compare each cell with what is shown; return the title that was written."""
    offered = view.offered()
    private = [column.notes for column in offered.columns]
    wanted = [[text for text, notes in zip(texts, private, strict=True) if not notes] for texts in shown_texts(view)]
    save(view, window, desk, path, qtbot)
    lines = lines_of(path)
    assert len(lines) == 6 + len(wanted)
    for texts, row in zip(wanted, lines[6:], strict=True):
        for text, cell in zip(texts, row, strict=True):
            assert cell == plain(text) or (cell and cell in text), (offered.title, text, cell)
    return lines[0][0]


def test_that_the_lists_within_a_case_file_are_saved_one_by_one(workspace, desk, tmp_path, qtbot) -> None:
    with desk.vault.reading() as connection:
        query = (
            "SELECT c.id FROM coachings c ORDER BY (SELECT count(*) FROM observations o WHERE o.coaching_id = c.id) + "
            "100 * (SELECT count(*) FROM suggestions s WHERE s.coaching_id = c.id) DESC LIMIT 1"
        )
        coaching_id = connection.exec_driver_sql(query).scalar_one()
    workspace.open_page("case_file", {"coaching_id": coaching_id})
    page = workspace.page("case_file")
    titles = set()
    for entry in page.sections:
        page.show_section(entry.key)
        settled(desk)
        for number, (view, _) in enumerate(workspace._lists()):
            titles.add(check_saved(view, workspace, desk, tmp_path / f"{entry.key}{number}.csv", qtbot))
    assert {"Konsultationen", "Beobachtungen", "Vorschläge", "Ziele", "Aufgaben", "Zeitleiste"} <= titles


def test_that_requests_holds_protocols_backups_tasks_and_reports_are_saved(as_role, workspace, desk, tmp_path, qtbot) -> None:
    person = desk.read(lambda c: find_coachees(c, CoacheeFilter(), order=ListOrder.STATUS, today=TODAY)).rows[0]
    with desk.vault.writing(now=NOW) as session:
        values = {"coachee_id": person.coachee_id, "kind": "access", "received_on": date(2025, 10, 1)}
        add_row(session, PrivacyRequest, values, today=TODAY)
        hold = {"coachee_id": person.coachee_id, "held_from": TODAY, "reason": "=Klage;läuft"}
        add_row(session, LegalHold, hold, today=TODAY)
    back_up(desk.vault, desk.vault.folder / "backups", NOW)
    titles = set()
    for section in ("requests", "holds"):
        workspace.open_page("privacy", {"section": section})
        settled(desk)
        for view, _ in workspace._lists():
            titles.add(check_saved(view, workspace, desk, tmp_path / f"{section}.csv", qtbot))
    assert lines_of(tmp_path / "holds.csv")[-1][-1] == "'=Klage;läuft"
    assert lines_of(tmp_path / "requests.csv")[-1][3] == "01.11.2025"
    workspace.open_page("backups")
    settled(desk)
    titles.add(check_saved(list_in(workspace), workspace, desk, tmp_path / "backups.csv", qtbot))
    workspace.open_page("figures", {"code": "correctly_closed", "period": "2025-Q3", "view": "coaches"})
    page = workspace.page("figures")
    provider = next(at for at in range(page.scope.count()) if page.scope.itemData(at).kind is ScopeKind.PROVIDER)
    page.scope.setCurrentIndex(provider)
    page.refresh()
    settled(desk)
    page.show_view("coaches")
    titles.add(check_saved(list_in(workspace), workspace, desk, tmp_path / "coaches.csv", qtbot))
    trainer = as_role(Role.EMPLOYMENT_TRAINER)
    following = trainer.page("following")
    trainer.open_page("following", next(iter(following.sample_places().values())))
    settled(desk)
    titles.add(check_saved(following.tasks, trainer, desk, tmp_path / "tasks.csv", qtbot))
    assert {"Anfragen", "Sperren", "Sicherungen", "Vereinbarte Aufgaben"} <= titles
    assert any(title.startswith("Je JobCoach: ") for title in titles)


def test_that_every_list_at_every_place_of_the_window_is_saved(workspace, desk, tmp_path, qtbot) -> None:
    found = {}
    for entry in workspace.shown_pages():
        workspace.open_page(entry.key)
        settled(desk)
        places = getattr(workspace.page(entry.key), "sample_places", dict)()
        for place in [{}, *places.values()]:
            workspace.open_page(entry.key, place)
            settled(desk)
            for view, _ in workspace._lists():
                if view.offered().read is None and id(view) not in found:
                    title = check_saved(view, workspace, desk, tmp_path / f"{len(found)}.csv", qtbot)
                    found[id(view)] = f"{entry.key}: {title}"
    assert {"report: Was noch fehlt", "foundations: Zuwendungsbescheide", "team: Qualifikationen"} <= {*found.values()}


def test_that_the_lists_of_an_exchange_are_saved(workspace, desk, tmp_path, qtbot) -> None:
    titles = set()

    def save_all(section):
        for number, (view, _) in enumerate(workspace._lists()):
            titles.add(check_saved(view, workspace, desk, tmp_path / f"{section}{number}.csv", qtbot))

    with other_side(desk.vault, tmp_path) as other:
        connect(desk.vault, other)
        disagree(desk.vault, other, tmp_path / "stick", 2)
        change_phone(other.vault, people_of(other.vault, 3)[2], "030 9")
        file = written(other.vault, desk.vault, tmp_path / "stick")
        workspace.open_page("exchange", {"section": "reading"})
        page = workspace.page("exchange")
        page.reading_view.open_file(file)
        settled(desk)
        save_all("reading")
        page.reading_view.take()
        settled(desk)
        for section in ("partners", "conflicts", "imports"):
            workspace.open_page("exchange", {"section": section})
            settled(desk)
            save_all(section)
    assert titles == {"Was die Datei ändert", "Austauschpartner", "Abweichungen", "Übernahmen", "Einträge der Übernahme"}
    assert [line[0] for line in lines_of(tmp_path / "conflicts0.csv")[1:3]] == [
        "Filter: auf beiden Seiten geändert, noch nicht entschieden",
        "2 von 2 Einträgen",
    ]


def test_that_the_pairs_are_saved_with_whom_they_are_about(workspace, desk, tmp_path, qtbot) -> None:
    with desk.vault.reading() as connection:
        query = "SELECT DISTINCT coachee_id FROM coachings WHERE cancelled = 0 ORDER BY coachee_id LIMIT 6"
        one, other, kept, given_up, *alike = connection.exec_driver_sql(query).scalars().all()
    with desk.vault.writing(now=NOW) as session:
        refuse_pair(session, one, other)
        join_people(session, kept, given_up, {}, now=NOW)
        for person in alike:
            names = {"given_name": "Eva", "family_name": "Zwyxmüller", "birth_date": date(1990, 3, 4)}
            change_row(session, Coachee, person, names, today=TODAY)
    titles = {}
    for key in ("open", "refused", "joined"):
        workspace.open_page("duplicates", {"list": key})
        settled(desk)
        titles[key] = check_saved(list_in(workspace), workspace, desk, tmp_path / f"{key}.csv", qtbot)
        newest = desk.read(lambda c: read_audit(c, AuditFilter(kind="left"), today=TODAY)).rows[0]
        assert (newest.text, bool(newest.person)) == (f"Als Datei ausgegeben: Liste, „{titles[key]}“", True)
    assert titles == {"open": "Vielleicht doppelt", "refused": "Zwei Personen", "joined": "Zusammengeführt"}
    page = workspace.page("duplicates")
    page._found = replace(page._found, total=412)
    save(page.tables["open"], workspace, desk, tmp_path / "viele.csv", qtbot)
    assert lines_of(tmp_path / "viele.csv")[2] == [f"{len(page._found.pairs)} von 412 Einträgen"]


def test_that_what_is_to_be_settled_in_an_old_list_is_saved(workspace, desk, tmp_path, qtbot) -> None:
    head = ["Name, Vorname", "Geb.-Dat.", "m/w", "Eintritt"]
    path = xlsx(tmp_path / "Alte Liste.xlsx", {"Liste": [head, ["Testfall, Ali", "31.2.79", "m", "3.2.25"]]})
    workspace.open_page("lists")
    page = workspace.page("lists")

    def idle():
        qtbot.waitUntil(lambda: page._job is None and page.busy.isHidden(), timeout=15_000)

    page.open_file(path)
    idle()
    page.show_step("preview")
    idle()
    titles = {check_saved(view, workspace, desk, tmp_path / "klären.csv", qtbot) for view, _ in workspace._lists()}
    assert len(titles) == 1
    assert "31.2.79" in (tmp_path / "klären.csv").read_text("utf-8-sig")


def test_that_a_hostile_name_harms_neither_file(workspace, desk, tmp_path, qtbot) -> None:
    person = desk.read(lambda c: find_coachees(c, CoacheeFilter(), today=TODAY)).rows[0]
    name = '=HYPERLINK("http://x";"y")\u202e' + "Ł" * 150
    desk.write(
        lambda session: change_row(session, Coachee, person.coachee_id, {"family_name": name, "given_name": "+1"}, today=TODAY)
    )
    workspace.open_page("coachees")
    page = workspace.page("coachees")
    page.show_everybody()
    page.search.setText("hyperlink")
    settled(desk)
    save(page.table, workspace, desk, tmp_path / "a.csv", qtbot)
    save(page.table, workspace, desk, tmp_path / "a.xlsx", qtbot)
    assert lines_of(tmp_path / "a.csv")[6][0] == f"'{name}, +1"
    assert cells(tmp_path / "a.xlsx")["Liste"][7, "A"] == f"{name}, +1"


@pytest.mark.parametrize("role", [Role.JOB_COACH, Role.EMPLOYMENT_TRAINER, Role.ADMINISTRATION])
def test_that_what_a_role_does_not_see_is_in_no_file(role, as_role, desk, tmp_path, qtbot) -> None:
    everybody = desk.read(lambda c: find_coachees(c, CoacheeFilter(), limit=10_000, today=TODAY)).rows
    window = as_role(role)
    seen = desk.read(lambda c: find_coachees(c, CoacheeFilter(), limit=10_000, today=TODAY)).rows
    others = {row.case_number for row in everybody} - {row.case_number for row in seen}
    assert others
    assert HIDDEN not in others
    saved = b""
    for entry in window.shown_pages():
        window.open_page(entry.key)
        settled(desk)
        for number, (view, _) in enumerate(window._lists()):
            path = tmp_path / f"{entry.key}-{number}.csv"
            save(view, window, desk, path, qtbot)
            saved += path.read_bytes()
    assert saved
    text = saved.decode("utf-8", "replace")
    assert [number for number in others if number and number in text] == []
    names = {row.name for row in everybody} - {row.name for row in seen}
    reversed_names = {f"{row.family_name}, {row.given_name}" for row in everybody if row.name in names}
    assert [name for name in names | reversed_names if name in text] == []


def test_that_a_removed_target_is_said_in_a_sentence_and_nothing_is_left(workspace, desk, tmp_path, qtbot) -> None:
    workspace.open_page("team")
    settled(desk)
    stick = tmp_path / "stick"
    stick.mkdir()
    workspace.save_list()
    dialog = next(made for made in workspace.findChildren(SaveListDialog) if made.isVisible())
    stick.rmdir()
    before = desk.read(lambda c: read_audit(c, AuditFilter(), today=TODAY)).total
    dialog.save(stick / "liste.xlsx")
    qtbot.waitUntil(lambda: dialog.banner.text() != "", timeout=10_000)
    assert dialog.banner.text().startswith("Die Datei ließ sich dort nicht schreiben. Bitte prüfen")
    assert dialog.save_button.isEnabled()
    assert desk.read(lambda c: read_audit(c, AuditFilter(), today=TODAY)).total == before
    with qtbot.waitSignal(dialog.saved, timeout=10_000):
        dialog.save(tmp_path / "liste.xlsx")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["liste.xlsx"]
    assert (tmp_path / "liste.xlsx").stat().st_mode & 0o077 == 0


def test_that_a_full_disk_leaves_the_old_file_and_no_half_one(workspace, desk, tmp_path, qtbot, monkeypatch) -> None:
    from pathlib import Path

    workspace.open_page("team")
    settled(desk)
    target = tmp_path / "liste.csv"
    target.write_text("alt")
    workspace.save_list()
    dialog = next(made for made in workspace.findChildren(SaveListDialog) if made.isVisible())

    def full(self, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    dialog.save(target)
    qtbot.waitUntil(lambda: dialog.banner.text() != "", timeout=10_000)
    monkeypatch.undo()
    assert dialog.banner.text().startswith("Der Datenträger ist voll")
    assert target.read_text() == "alt"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["liste.csv"]


def test_that_a_reading_that_is_stopped_writes_and_records_nothing(workspace, desk, tmp_path, qtbot, monkeypatch) -> None:
    workspace.open_page("coachees")
    workspace.page("coachees").show_everybody()
    settled(desk)
    workspace.save_list()
    dialog = next(made for made in workspace.findChildren(SaveListDialog) if made.isVisible())
    read, begun, go_on = dialog._offered.read, Event(), Event()

    def slow(connection, step):
        begun.set()
        go_on.wait(10)
        return read(connection, step)

    dialog._offered = replace(dialog._offered, read=slow)
    before = desk.read(lambda c: read_audit(c, AuditFilter(), today=TODAY)).total
    dialog.save(tmp_path / "liste.csv")
    assert begun.wait(10)
    dialog.cancel_button.click()
    go_on.set()
    settled(desk)
    assert not [path for path in tmp_path.iterdir() if path.is_file()]
    assert desk.read(lambda c: read_audit(c, AuditFilter(), today=TODAY)).total == before


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_that_a_writing_that_is_stopped_writes_and_records_nothing(ending, workspace, desk, tmp_path, qtbot) -> None:
    workspace.open_page("coachees")
    workspace.page("coachees").show_everybody()
    settled(desk)
    workspace.save_list()
    dialog = next(made for made in workspace.findChildren(SaveListDialog) if made.isVisible())
    row, headings = ("Zwyxfeld", date(2025, 1, 1), 1), ("Name", "Tag", "Zahl")
    columns = tuple(OfferedColumn(head, lambda _, at=at: row[at]) for at, head in enumerate(headings))
    dialog._offered = replace(dialog._offered, columns=columns, rows=range(80_000), read=None, total=80_000)
    before = desk.read(lambda c: read_audit(c, AuditFilter(), today=TODAY)).total
    dialog.save(tmp_path / f"liste.{ending}")
    qtbot.waitUntil(lambda: dialog._bar.value() > 1.7 * 80_000 * (2 if ending == "xlsx" else 1), timeout=60_000)
    stopped = monotonic()
    dialog.cancel_button.click()
    settled(desk)
    assert monotonic() - stopped < 2
    assert not [path for path in tmp_path.iterdir() if path.is_file()]
    assert desk.read(lambda c: read_audit(c, AuditFilter(), today=TODAY)).total == before


def test_that_a_list_that_is_still_read_is_not_saved_under_another_filter(workspace, desk, tmp_path, qtbot) -> None:
    workspace.open_page("coachees")
    page = workspace.page("coachees")
    page.show_everybody()
    settled(desk)
    page.link.setCurrentIndex(1)
    page.refresh()
    assert page.reading
    workspace.save_list()
    assert not [made for made in workspace.findChildren(SaveListDialog) if made.isVisible()]
    assert page.banner.text() == "Die Liste wird noch gelesen. Bitte gleich noch einmal versuchen."
    settled(desk)
    assert not page.reading
    save(None, workspace, desk, tmp_path / "liste.csv", qtbot)
    assert "mit Maßnahme" in lines_of(tmp_path / "liste.csv")[1][0]


def test_that_keys_menu_and_search_offer_it(workspace, desk, qtbot) -> None:
    from bjc_desktop.ui.palette import Palette

    workspace.open_page("coachees")
    settled(desk)
    with qtbot.waitActive(workspace):
        workspace.activateWindow()
    view = workspace.page("coachees").table
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    dialog = next(made for made in workspace.findChildren(SaveListDialog) if made.isVisible())
    dialog.reject()
    QCoreApplication.processEvents()
    (action,) = view.actions()
    assert action.text().startswith("Liste speichern …")
    action.trigger()
    assert [made for made in workspace.findChildren(SaveListDialog) if made.isVisible()]
    for made in workspace.findChildren(SaveListDialog):
        made.reject()
    workspace.open_palette()
    palette = workspace.findChild(Palette)
    palette.line.setText("liste speichern")
    assert palette.list.item(0).text() == "Liste speichern: Coachees   Strg+Umschalt+E"
    palette.close()


def test_that_a_page_without_a_list_says_so(workspace, desk) -> None:
    workspace.open_page("settings")
    workspace.save_list()
    assert "keine Liste" in workspace.page("settings").banner.text()


def test_that_no_page_has_a_list_outside_the_mechanism(workspace, desk) -> None:
    for entry in workspace.shown_pages():
        workspace.open_page(entry.key)
        settled(desk)
        for view in workspace.page(entry.key).findChildren(QTableView):
            # The column of names that stays in sight shows a part of the sheet below it.
            part = isinstance(view, FrozenColumn) or isinstance(view.parentWidget(), QComboBox)
            if not part and type(view).__module__.startswith("bjc_desktop"):
                assert hasattr(view, "list_offer"), entry.key


@pytest.mark.parametrize(
    ("text", "number", "value"),
    [
        ("–", False, None),
        ("05.03.2025", False, date(2025, 3, 5)),
        ("31.02.2025", False, "31.02.2025"),
        ("05.03.2025 14:07", False, datetime(2025, 3, 5, 14, 7)),
        ("0012", False, "0012"),
        ("1.234", True, 1234),
        ("1.234,50", True, Decimal("1234.50")),
        ("−3", True, -3),
        ("28,4 %", True, "28,4 %"),
        ("=1+1", True, "=1+1"),
    ],
)
def test_that_what_is_shown_decides_what_a_cell_is(text, number, value) -> None:
    assert typed_cell(text, number=number) == value


@pytest.mark.libreoffice
def test_that_libreoffice_opens_every_workbook_of_the_window(workspace, desk, tmp_path, qtbot) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    rows = {}
    for entry in workspace.shown_pages():
        workspace.open_page(entry.key, PLACES.get(entry.key, {}))
        settled(desk)
        for number, (view, _) in enumerate(workspace._lists()):
            path = tmp_path / f"{entry.key}-{number}.xlsx"
            save(view, workspace, desk, path, qtbot)
            rows[path.stem] = cells(path)["Liste"]
    assert len(rows) >= 8
    command = [office, "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--convert-to"]
    command += ["csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,false,true"]
    environment = {**os.environ, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    books = [str(tmp_path / f"{name}.xlsx") for name in rows]
    subprocess.run(
        [*command, "--outdir", str(tmp_path / "out"), *books], check=True, capture_output=True, timeout=300, env=environment
    )
    for name, sheet in rows.items():
        lines = list(csv.reader(io.StringIO((tmp_path / "out" / f"{name}.csv").read_text("utf-8"), newline="")))
        assert [line[0] for line in lines[:4]] == [sheet[row, "A"] for row in range(1, 5)]
        assert len(lines) == max(row for row, _ in sheet)
        assert not [cell for line in lines for cell in line if cell.startswith("#")]
