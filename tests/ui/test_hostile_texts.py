"""Hostile texts in the window: typed, pasted, saved and shown again, on every page and in every field; they never become anything but text."""

import re
from dataclasses import replace

import pytest
from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QMimeData, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from bjc_desktop.exchange.package_import import import_package
from bjc_desktop.models.base import Kind
from bjc_desktop.services.coachee_list import CoacheeFilter, ListOrder, find_coachees
from bjc_desktop.services.drafts import keep_draft
from bjc_desktop.services.team import set_staff_of_user
from bjc_desktop.ui.case_book.case_page import SECTIONS
from bjc_desktop.ui.coachees.new_coachee_dialog import NewCoacheeDialog
from bjc_desktop.ui.consultation.consultation_dialog import ConsultationDialog
from bjc_desktop.ui.page_list import PAGES
from bjc_desktop.ui.palette import Palette
from bjc_desktop.ui.shared.background import Background
from bjc_desktop.ui.shared.row_form import RowForm
from bjc_desktop.ui.shared.row_list import RowList
from bjc_desktop.ui.workspace import Workspace
from bjc_desktop.vault import open_with_key
from tests.hostile.packages import full_rows, identifier, write_package
from tests.hostile.test_texts import CORPUS
from tests.tally import count
from tests.ui.conftest import NOW, TODAY, FixedDesk

SHOWN = [text for text in CORPUS if "\x01" not in text]
MORE = ["A & B", "<b>fett</b>", '<img src="//server/x">', "<a href='x'>y</a>", "%1 %n {0} %(x)s", "é́́" * 40, "👩\u200d👩\u200d👧\u200d👦🏳\ufe0f\u200d🌈", "ﷺ" * 50,
        "a" * 100_000, "Zeile\nZeile", "Zeile\r\nZeile", "Zeile\u2028Zeile", "x\x0by", "x\x85y", "NUL\x00", "\ud83d", "\u202erückwärts", "\x1b[2J",
        "C:\\CON\\..\\NUL", "'; DROP TABLE coachees; --", '" OR 1=1 --', "NEAR(a b)*", "\ufffe", "&Datei", "[*]", "\\u0000", '\\\\u0000"x']  # fmt: skip
"""What is typed and pasted beside the corpus: markup, placeholders, combining letters, breaks, NUL, half a letter, an endless text."""


def text(table, column, number):
    """Return the text of a row: every row has one text of the corpus in all its fields."""
    return CORPUS[number]


@pytest.fixture(scope="module")
def hostile_template(sample_template, tmp_path_factory):
    """Make a vault with the sample data and the corpus beside it."""
    place = tmp_path_factory.mktemp("hostile-window")
    folder = sample_template.copy_to(place / "tresor")
    rows = full_rows(len(CORPUS), text)
    for line in rows["coachings"][::2]:
        line["exit_on"] = line["exit_reason"] = line["file_closed_on"] = ""
    for line in rows["staff"]:
        line["employed_to"] = ""
    for line in rows["coaching_staff"]:
        line["valid_until"], line["staff_id"] = "", identifier("staff", 8)
    package = write_package(place / "paket", rows)
    with open_with_key(folder, sample_template.secrets) as vault:
        import_package(vault, package, update=False, now=NOW, today=TODAY)
    return replace(sample_template, folder=folder)


@pytest.fixture(scope="module")
def hostile_desk(hostile_template, tmp_path_factory, look):
    """Yield a desk over the hostile vault, for what changes nothing."""
    background = Background()
    folder = hostile_template.copy_to(tmp_path_factory.mktemp("desk") / "tresor")
    desk = FixedDesk(open_with_key(folder, hostile_template.secrets), background)
    desk.check()
    desk.write(lambda session: set_staff_of_user(session, user_id=desk.vault.user.id, staff_id=identifier("staff", 8)))
    yield desk
    background.wait()
    desk.close()


@pytest.fixture
def window(hostile_desk, qtbot):
    made = Workspace(hostile_desk)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    made.begin()
    assert hostile_desk.staff_id == identifier("staff", 8)
    return made


NASTY = re.compile("|".join(re.escape(nasty) for nasty in SHOWN if len(nasty) > 2))


def is_hostile(shown: str) -> bool:
    return NASTY.search(shown) is not None


def is_plain_tip(tip: str) -> bool:
    """Say whether Qt shows the tool tip *tip* as text; marked up, it holds nothing but escaped text and breaks."""
    inner = tip.removeprefix("<qt>").removesuffix("</qt>").replace("<br>", "")
    return "<" not in inner and (tip.startswith("<qt>") or "&lt;" not in inner)


def texts_of(root: QWidget) -> list[str]:
    """Return every text that *root* shows, and assert that none of them can be anything else."""
    found = []
    for made in [root, *root.findChildren(QWidget)]:
        assert not isinstance(made, QTextEdit), made
        assert is_plain_tip(made.toolTip()), made.toolTip()
        assert not is_hostile(made.windowTitle()), made.windowTitle()
        found += [made.toolTip(), made.accessibleName()]
        if isinstance(made, QLabel):
            assert made.textFormat() is Qt.TextFormat.PlainText or not is_hostile(made.text()), made.text()
            assert made.buddy() is None or has_no_key(made.text()), made.text()
            found.append(made.text())
        if isinstance(made, QAbstractButton):
            assert has_no_key(made.text()), made.text()
            found.append(made.text())
        if isinstance(made, QAbstractItemView) and made.model() is not None:
            found += cells_of(made.model())
        if isinstance(made, QLineEdit):
            found.append(made.text())
        if isinstance(made, QPlainTextEdit):
            found.append(made.toPlainText())
    return found


def has_no_key(shown: str) -> bool:
    """Say whether a text of the corpus in *shown* makes no key of a letter: a single & would, and would not be seen itself."""
    return "&" not in shown.replace("&&", "") or not is_hostile(shown.replace("&&", "&"))


def cells_of(model) -> list[str]:
    found = []
    for row in range(min(model.rowCount(), 60)):
        for column in range(model.columnCount() if isinstance(model, QAbstractTableModel) else 1):
            index = model.index(row, column)
            tip = index.data(Qt.ItemDataRole.ToolTipRole)
            assert not tip or is_plain_tip(tip), tip
            found.append(str(index.data(Qt.ItemDataRole.DisplayRole) or ""))
    return found


def settle(made: Workspace) -> None:
    made.desk.background.wait()
    for _ in range(2):
        QCoreApplication.processEvents()


def hostile_places(page, key):
    """Return where the corpus is shown on the page, and where the pictures are taken."""
    places = list(page.sample_places().values()) if hasattr(page, "sample_places") else [{}]
    if key == "case_file":
        places = [{**place, "coaching_id": identifier("coachings", number)} for number in (8, 20) for place in places]
    if key == "closing":
        places = [{"coaching_id": identifier("coachings", number)} for number in (8, 12)]
    if key == "follow_ups":
        places = [{"coaching_id": identifier("coachings", 9)}]
    if key == "figures":
        provider = identifier("providers", 8)
        places = [{**place, "scope_id": provider} for place in places]
    if key == "coachees":
        places.append({"coachee_id": identifier("coachees", 8)})
    return places


SEEN = {"overview", "coachees", "case_file", "closing", "follow_ups", "hours", "team", "figures", "quality", "report"}
"""The pages on which texts of the corpus must have been shown, so that the test sees something."""


def test_that_no_page_takes_a_text_for_anything_else(window) -> None:
    for key in [entry.key for entry in PAGES]:
        page = window.page(key)
        seen = False
        for where in hostile_places(page, key):
            window.open_page(key, where)
            settle(window)
            seen |= is_hostile("\n".join(texts_of(page)))
        assert seen or key not in SEEN, key
    texts_of(window)


@pytest.mark.parametrize("words", [*MORE, *CORPUS, "*", '"', "name:x", "-a", "^a", "a AND", "(", "col : x", "%", "_", "\\"])
def test_that_any_search_finds_people_or_nobody(words, hostile_desk, qtbot) -> None:
    rows = hostile_desk.read(
        lambda c: find_coachees(c, wanted=CoacheeFilter(text=words), order=ListOrder.NAME, limit=5, today=TODAY)
    ).rows
    assert isinstance(rows, list | tuple)


def test_that_the_palette_takes_any_text(hostile_desk, qtbot) -> None:
    made = Palette(hostile_desk, [("Tu <b>etwas</b>", "", lambda: None)], lambda *_: None)
    qtbot.addWidget(made)
    found = 0
    for words in [*MORE, *CORPUS]:
        paste(made.line, words[:2000])
        texts_of(made)
        found += made.list.count()
    assert found > 5


def paste(field: QWidget, words: str) -> None:
    """Put *words* into the *field* as its user does from the clipboard."""
    content = QMimeData()
    content.setText(words)
    content.setHtml("<b>als Markup</b>")
    QApplication.clipboard().setMimeData(content)
    field.selectAll()
    field.paste()


def writable(view: QWidget) -> list[tuple[object, str]]:
    """Return the forms and lists below *view* with each of their fields for text."""
    return [
        (holder, name)
        for holder in [*view.findChildren(RowForm), *view.findChildren(RowList)]
        for name, field in holder.form.fields.items()
        if field.info.kind in {Kind.TEXT, Kind.LONG_TEXT, Kind.NOTE} and not hasattr(field, "box")
    ]


@pytest.fixture
def case_file(workspace):
    """Return the case file of a running coaching, in a window of one's own."""
    page = workspace.page("case_file")
    workspace.open_page("case_file", {"coaching_id": page.sample_places()["case-plan"]["coaching_id"]})
    return page


def saved_text(page, table: str, name: str, row_id: str):
    with page.desk.vault.reading() as connection:
        found = connection.exec_driver_sql(f"SELECT {name} FROM {table} WHERE id = ?", (row_id,)).scalar()
    return page.desk.vault.notes.decrypt(row_id, found) if isinstance(found, bytes) else found


def fields_of_case(page, how_many: int | None):
    """Yield each form or list of the case file with each of its fields for text and *how_many* texts for it (None: all), each text in turn."""
    texts = [*MORE, *CORPUS]
    at = 0
    for entry in SECTIONS:
        page.show_section(entry.key)
        settle(page.window())
        for holder, name in writable(page._views[entry.key]):
            for words in texts if how_many is None else (texts[(at + more) % len(texts)] for more in range(how_many)):
                yield holder, name, words
            at += how_many or 0


def refuse_new(holder: RowList, name: str, words: str) -> None:
    """Save a new row of which more than the text is required; the text stays."""
    holder.begin_new()
    paste(holder.form.fields[name].inner, words)
    shown = holder.form.fields[name].text()
    holder.save()
    assert holder.form.fields[name].text() == shown
    assert not holder.table.rows_model.rows
    holder.drop()


def type_and_save(page, holder, name: str, words: str) -> None:
    """Paste *words* into a field and save them as a user does; they are in the vault, or a sentence at the field says why not."""
    field = holder.form.fields[name]
    if isinstance(holder, RowList):
        if not holder.table.rows_model.rows:
            refuse_new(holder, name, words)
            return
        holder.drop()
        holder.table.selectRow(0)
        row_id = holder._row_of(holder.table.current()).id
    else:
        row_id = holder._row.id
    paste(field.inner, words)
    shown = field.text()
    if isinstance(holder, RowList):
        field.typed.emit()
        holder.save()
    else:
        field._before = "anders"
        field.left.emit()
    settle(page.window())
    found, message = saved_text(page, holder.form.table, name, row_id), holder.form._messages[name].text()
    if message:
        assert message.endswith(".") and field.text() == shown
        if isinstance(holder, RowList):
            holder.drop()
    else:
        assert found == (shown.strip() or None)
        assert "\x00" not in (found or "")
        assert field.info.kind is not Kind.TEXT or len((found or "").splitlines()) < 2
    field.show_value(found)


def check_fields(page, how_many: int | None) -> int:
    tried = 0
    for holder, name, words in fields_of_case(page, how_many):
        type_and_save(page, holder, name, words)
        count("texts pasted into a field and saved")
        tried += 1
    texts_of(page)
    return tried


def test_that_every_field_of_the_case_file_takes_any_text_or_says_why_not(case_file) -> None:
    assert check_fields(case_file, 4) >= 12 * 4


@pytest.mark.stress
def test_that_every_field_of_the_case_file_takes_every_text_or_says_why_not(case_file) -> None:
    assert check_fields(case_file, None) >= 12 * (len(MORE) + len(CORPUS))


def dialogs(workspace):
    """Return what is typed into beside the case file, each with its fields and what keeps its draft."""
    page = workspace.page("closing")
    workspace.open_page("closing", page.sample_places()["closing"])
    page.add_outcome.setChecked(True)
    yield "closing", page, [page.outcome.fields["employer"].inner], page
    workspace.record()
    [talk] = workspace.findChildren(ConsultationDialog)
    yield "consultation", talk, [talk.note, talk.line.line], talk
    new = NewCoacheeDialog(workspace.desk, None, workspace)
    yield "coachee", new, [new.person.fields["family_name"].inner, new.person.fields["email"].inner], new


def test_that_any_text_is_kept_as_a_draft_and_shown_again(workspace, qtbot) -> None:
    for name, holder, fields, keeper in dialogs(workspace):
        for number, words in enumerate([*MORE, *CORPUS]):
            for field in fields:
                paste(field, words[:5000])
            keeper.keep_drafts()
            kept = drafts_of(workspace.desk)
            assert words[:20].strip("\x00\ud83d\ufffe\ufeff") == "" or kept, (name, number)
        texts_of(holder)
        if isinstance(holder, QDialog):
            holder.reject()
    assert len(drafts_of(workspace.desk)) == 3


def drafts_of(desk) -> list[str]:
    return desk.read(lambda connection: connection.exec_driver_sql("SELECT content FROM drafts").scalars().all())


@pytest.mark.parametrize("number", range(0, len(MORE), 4))
def test_that_a_coachee_of_any_name_is_made_and_found(workspace, number, qtbot) -> None:
    words = MORE[number]
    new = NewCoacheeDialog(workspace.desk, None, workspace)
    paste(new.person.fields["family_name"].inner, words)
    new.person.fields["given_name"].type_text(words.replace("\n", " ")[:500])
    typed = new.person.fields["family_name"].text()
    new.save()
    settle(workspace)
    names = workspace.desk.read(lambda c: c.exec_driver_sql("SELECT family_name FROM coachees").scalars().all())
    sentence = new.person._messages["family_name"].text()
    assert typed.strip() in names or sentence.endswith(".")
    texts_of(workspace)


SHAPES = [None, [], {}, "x", 5, True, {"head": []}, {"typed": [["x"]]}, {"typed": 3}, {"line": 1, "note": None, "people": 7, "fields": []},
          {"person": [1], "coaching": None}, {"form": 1, "outcome": "x", "saved": [], "goals": 3}, {"goals": {"id": []}, "tasks": 1},
          {"id": None}, {"id": None, "texts": 5}, {"a1_1": [["nirgends"], "x"]}, {"a1_1": 5}, ["x", {"y": []}], {"texts": {"note": 5}}]  # fmt: skip
KEYS = ["observations", "new_coachee", "consultation", "consultation:{coaching}", "closing:{coaching}", "hours:2025-Q3", "targets:2025",
        *(f"case:{{coaching}}:{entry.key}" for entry in SECTIONS)]  # fmt: skip


@pytest.mark.parametrize("first", [0, 7, 14])
def test_that_a_draft_of_another_shape_is_passed_over(first, workspace, qtbot) -> None:
    open_everywhere(workspace, {key: SHAPES[(first + at) % len(SHAPES)] for at, key in enumerate(KEYS)})


@pytest.mark.stress
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_that_a_draft_of_any_shape_is_passed_over_everywhere(shape, workspace, qtbot) -> None:
    open_everywhere(workspace, dict.fromkeys(KEYS, shape))


def open_everywhere(workspace, drafts) -> None:
    """Keep *drafts* and open every place that shows one."""
    desk = workspace.desk
    coaching = workspace.page("case_file").sample_places()["case-plan"]["coaching_id"]
    with desk.vault.writing(now=NOW) as session:
        for key, shape in drafts.items():
            keep_draft(session, desk.vault.user.id, key.format(coaching=coaching), shape, now=NOW)
    for page, where in (
        ("observing", {}), ("closing", {"coaching_id": coaching}), ("hours", {"period": "2025-Q3"}), ("foundations", {"section": "targets"}),
        *(("case_file", {"coaching_id": coaching, "section": entry.key}) for entry in SECTIONS),
    ):  # fmt: skip
        workspace.open_page(page, where)
        settle(workspace)
    workspace.record()
    NewCoacheeDialog(desk, None, workspace).reject()
    for dialog in workspace.findChildren(QDialog):
        dialog.reject()
