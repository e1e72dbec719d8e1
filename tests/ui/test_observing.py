"""The trainer's sheet: a whole group by keys alone."""

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLineEdit

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.models import Observation
from bjc_desktop.services.case_file import DIMENSIONS, read_case_file
from bjc_desktop.services.observation_anchors import ANCHORS
from bjc_desktop.services.observation_sheet import (
    ObservedRow,
    correct_observation,
    read_observation_group,
    save_observations,
)
from bjc_desktop.services.row_editing import add_row
from bjc_desktop.services.row_titles import fields_of
from bjc_desktop.services.team import list_staff
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.ui.workspace import Workspace
from bjc_desktop.vocabulary import Role
from tests.ui.conftest import TODAY
from tests.ui.typing_keys import type_text


@pytest.fixture
def page(workspace, desk):
    """Return the sheet as a trainer opens it."""
    staff = desk.read(lambda connection: list_staff(connection, today=TODAY))
    desk.staff_id = next(member.id for member in staff if member.role is Role.EMPLOYMENT_TRAINER and member.employed)
    workspace.open_page("observing")
    return workspace.page("observing")


def newest(page, coaching_id):
    """Return the newest observation of a person in the vault."""
    observations = read_case_file(page.desk.vault, coaching_id, today=TODAY).observations
    return max(observations, key=lambda row: (row["observed_on"], row.id)) if observations else None


def keys(page, qtbot, text):
    """Press one key after the other in the sheet."""
    for key in text:
        qtbot.keyClick(page.table, key)


def test_that_the_model_is_sound(page) -> None:
    QAbstractItemModelTester(page.group_model, QAbstractItemModelTester.FailureReportingMode.Fatal)


def test_that_one_key_is_one_value_and_the_sheet_goes_on_by_itself(page, qtbot) -> None:
    first, second = page.group_model.people[:2]
    keys(page, qtbot, "4-35=")
    assert page.table.currentIndex().row() == 1
    assert page.table.currentIndex().column() == 1
    keys(page, qtbot, "1")
    qtbot.keyClick(page.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    page.save_button.click()
    saved = newest(page, first.coaching_id)
    assert saved["observed_on"] == TODAY
    assert [saved[name] for name in DIMENSIONS] == [4, None, 3, 5, first.last["motor_skills"]]
    assert saved["workplace"] == page.form.fields["workplace"].text()
    assert newest(page, second.coaching_id)["work_behaviour"] == 1


def test_that_a_whole_group_takes_six_keys_for_each(page, qtbot) -> None:
    group = page.group_model.people[:12]
    pressed = 0
    for _ in group:
        for key in "33333":
            qtbot.keyClick(page.table, key)
            pressed += 1
    page.save_button.click()
    assert pressed == 60
    assert all(newest(page, person.coaching_id)["observed_on"] == TODAY for person in group)


def test_that_a_note_is_typed_in_place(page, qtbot) -> None:
    first = page.group_model.people[0]
    page.table.setCurrentIndex(page.group_model.index(0, 6))
    qtbot.keyClick(page.table, "h")
    editor = page.table.viewport().findChild(QLineEdit)
    type_text(editor, "ält die Maße ein")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.table.currentIndex().row() == 1, timeout=2000)
    page.save_button.click()
    assert newest(page, first.coaching_id)["evidence"] == "hält die Maße ein"


def test_that_nothing_observed_saves_nothing_and_says_so(page, qtbot) -> None:
    before = newest(page, page.group_model.people[0].coaching_id)
    page.save_button.click()
    assert "mindestens bei einer Person" in page.banner.text()
    keys(page, qtbot, "-----")
    page.save_button.click()
    assert newest(page, page.group_model.people[0].coaching_id) == before


def test_that_half_a_sheet_outlives_the_page_and_is_gone_when_it_is_saved(page, workspace, desk, qtbot) -> None:
    keys(page, qtbot, "22")
    page.keep_drafts()
    again = Workspace(desk)
    qtbot.addWidget(again)
    again.desk.staff_id = page.desk.staff_id
    again.open_page("observing")
    other = again.page("observing")
    assert other.group_model.entries == page.group_model.entries != {}
    other.save_button.click()
    third = Workspace(desk)
    qtbot.addWidget(third)
    third.desk.staff_id = page.desk.staff_id
    third.open_page("observing")
    assert third.page("observing").group_model.entries == {}


def test_that_the_anchors_say_what_a_value_means(page) -> None:
    for column, name in enumerate(DIMENSIONS, 1):
        page.table.setCurrentIndex(page.group_model.index(0, column))
        for words in ANCHORS[name]:
            assert words in page._anchors.text()
        # The title of the column is an abbreviation, and a long name is cut: both are said whole.
        assert page._anchors.text().startswith(f"{page.group_model.people[0].name}, {fields_of('observations')[name].title}:")


def test_that_the_sheet_keeps_its_height_from_cell_to_cell(page) -> None:
    heights = set()
    for column in range(page.group_model.columnCount()):
        page.table.choose(1, column)
        QCoreApplication.processEvents()
        heights.add(page.table.height())
    assert len(heights) == 1


def test_that_a_wrong_day_saves_nothing(page, desk) -> None:
    person = page.group_model.people[0]
    before = newest(page, person.coaching_id)
    page.group_model.take_value(page.group_model.index(0, 1), 3)
    page.form.fields["observed_on"].line.setText("31.2.2025")
    page.save_button.click()
    assert newest(page, person.coaching_id) == before
    assert page.form.fields["observed_on"].inner.property("state") == "error"


def test_that_only_those_assigned_are_shown_and_one_bad_value_saves_nobody(page, desk) -> None:
    group = desk.read(lambda c: read_observation_group(c, staff_id=desk.staff_id, today=TODAY))
    first, second = (person.coaching_id for person in group.people[:2])
    head = {"observed_on": TODAY, "workplace": None, "task": None, "method": None}
    rows = [ObservedRow(first, {"resilience": 3}), ObservedRow(second, {"resilience": 6})]
    before = newest(page, first)
    with pytest.raises(Exception, match="5"):
        desk.write(lambda s: save_observations(s, staff_id=desk.staff_id, head=head, rows=rows, today=TODAY))
    assert newest(page, first) == before


def test_that_an_observation_is_linked_to_an_open_goal_by_its_number(page, qtbot) -> None:
    at = next(at for at, person in enumerate(page.group_model.people) if len(person.goals) > 1)
    person = page.group_model.people[at]
    page.table.setCurrentIndex(page.group_model.index(at, 1))
    keys(page, qtbot, "3")
    column = next(c for c in range(page.group_model.columnCount()) if page.group_model.field(c) == "goal_id")
    page.table.setCurrentIndex(page.group_model.index(at, column))
    for _, description in person.goals:
        assert description in page._anchors.text()
    keys(page, qtbot, "9")  # there are not so many
    assert "goal_id" not in page.group_model.entries[person.coaching_id]
    page.table.setCurrentIndex(page.group_model.index(at, column))
    keys(page, qtbot, "2")
    page.save_button.click()
    assert newest(page, person.coaching_id)["goal_id"] == person.goals[1][0]


def cell(page, row, name):
    """Return what a cell shows."""
    column = next(c for c in range(page.group_model.columnCount()) if page.group_model.field(c) == name)
    return page.group_model.data(page.group_model.index(row, column))


def test_that_a_correction_of_the_same_day_changes_what_was_saved(page, workspace, qtbot) -> None:
    person = page.group_model.people[0]
    before = len(read_case_file(page.desk.vault, person.coaching_id, today=TODAY).observations)
    keys(page, qtbot, "44444")
    page.save_button.click()
    assert cell(page, 0, "work_behaviour").startswith("4")
    page.table.setCurrentIndex(page.group_model.index(0, 1))
    keys(page, qtbot, "3")
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    page.save_button.click()
    saved = newest(page, person.coaching_id)
    assert [saved[name] for name in DIMENSIONS] == [3, None, 4, 4, 4]
    assert len(read_case_file(page.desk.vault, person.coaching_id, today=TODAY).observations) == before + 1
    workspace.undo()
    assert [newest(page, person.coaching_id)[name] for name in DIMENSIONS] == [4, 4, 4, 4, 4]
    assert cell(page, 0, "work_behaviour").startswith("4")


def test_that_a_row_of_which_nothing_is_left_is_deleted(page, qtbot) -> None:
    person = page.group_model.people[0]
    before = len(read_case_file(page.desk.vault, person.coaching_id, today=TODAY).observations)
    keys(page, qtbot, "4")
    page.save_button.click()
    page.table.setCurrentIndex(page.group_model.index(0, 1))
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    page.save_button.click()
    assert len(read_case_file(page.desk.vault, person.coaching_id, today=TODAY).observations) == before


def test_that_an_observation_changed_meanwhile_or_of_somebody_else_is_not_overwritten(page, desk, qtbot) -> None:
    person = page.group_model.people[0]
    keys(page, qtbot, "4")
    page.save_button.click()
    row = newest(page, person.coaching_id)
    mine = {"staff_id": desk.staff_id, "today": TODAY}

    def correct(version, **who):
        return desk.write(lambda s: correct_observation(s, row.id, {"resilience": 2}, expected_version=version, **who))

    with pytest.raises(InvalidInputError, match="inzwischen geändert"):
        correct(row.version + 1, **mine)
    with pytest.raises(InvalidInputError, match="jemand anderes"):
        correct(row.version, staff_id="0", today=TODAY)
    correct(row.version, **mine)
    assert newest(page, person.coaching_id)["resilience"] == 2


def test_that_the_sheet_is_narrowed_and_what_is_typed_for_others_stays_and_is_counted(page, workspace, desk, qtbot) -> None:
    first, second = page.group_model.people[:2]
    everybody = len(page.group_model.people)
    keys(page, qtbot, "4")
    page.search_here()
    type_text(page.search, second.name)
    assert [person.name for person in page.group_model.people] == [second.name]
    assert "1 weitere mit Angaben" in page.subtitle.text()
    page.search.clear()
    page.whom.setCurrentIndex(1)
    page.whom.activated.emit(1)
    shown = len(page.group_model.people)
    assert 0 < shown < everybody
    page.keep_drafts()
    me = desk.staff_id
    again = Workspace(desk)
    qtbot.addWidget(again)
    desk.staff_id = me
    again.open_page("observing")
    assert len(again.page("observing").group_model.people) == shown
    page.save_button.click()
    assert newest(page, first.coaching_id)["work_behaviour"] == 4


def test_that_letters_in_a_value_cell_are_evidence_of_that_row(page, qtbot) -> None:
    first = page.group_model.people[0]
    keys(page, qtbot, "4")
    qtbot.keyClick(page.table, Qt.Key.Key_N)
    editor = page.table.viewport().findChild(QLineEdit)
    type_text(editor, "ähte ruhig")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.table.currentIndex().column() == 2, timeout=2000)
    assert page.table.currentIndex().row() == 0
    page.save_button.click()
    assert newest(page, first.coaching_id)["evidence"] == "nähte ruhig"


def test_that_tab_goes_through_the_row_and_enter_on_the_name_opens_the_person(page, workspace, qtbot) -> None:
    for column in range(2, 9):
        qtbot.keyClick(page.table, Qt.Key.Key_Tab)
        assert (page.table.currentIndex().row(), page.table.currentIndex().column()) == (0, column)
    person = page.group_model.people[1]
    page.table.setCurrentIndex(page.group_model.index(1, 0))
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert workspace.place() == ("following", {"coaching_id": person.coaching_id})


def test_that_the_last_value_where_there_is_none_is_said_and_the_cell_stays(page, qtbot) -> None:
    index = page.group_model.index(0, 1)
    page.group_model.people[0].last["work_behaviour"] = None
    page.table.setCurrentIndex(index)
    keys(page, qtbot, "=")
    assert page.table.currentIndex() == index
    assert "noch kein früherer Wert" in page._anchors.text()


def test_that_with_large_text_five_people_fit_and_the_circumstances_are_one_key_away(desk, qtbot) -> None:
    before = theme().scale
    theme().apply("light", 200)
    try:
        made = Workspace(desk)
        qtbot.addWidget(made)
        made.resize(1366, 768)
        made.show()
        made.begin()
        staff = desk.read(lambda connection: list_staff(connection, today=TODAY))
        desk.staff_id = next(member.id for member in staff if member.role is Role.EMPLOYMENT_TRAINER and member.employed)
        made.open_page("observing")
        page = made.page("observing")
        qtbot.waitUntil(lambda: page.table.viewport().height() > 0, timeout=2000)
        assert made.height() <= 768
        rows = range(5)
        fifth = page.table.visualRect(page.group_model.index(rows[-1], 1))
        seen = page.table.viewport().visibleRegion().boundingRect()
        assert seen.contains(fifth)
        page._unfold()
        assert page.form.isVisible()
        assert not page.table.isVisible()
        page._unfold()
        assert page.table.isVisible()
    finally:
        theme().apply("light", before)


def observed_before(page):
    """Return an observation of the trainer's own from an earlier day, and whose it is."""
    for person in page.group_model.people:
        for row in read_case_file(page.desk.vault, person.coaching_id, today=TODAY).observations:
            if row["staff_id"] == page.desk.staff_id and row["observed_on"] < TODAY:
                return person, row
    pytest.fail("no earlier observation in the sample")


def show_in_the_case_file(workspace, person, row):
    """Open the list of observations at *row*, as Enter on it does."""
    workspace.open_page("case_file", {"coaching_id": person.coaching_id})
    case = workspace.page("case_file")
    case.show_section("observations")
    view = case._views["observations"]
    shown = [found.id for found in view.table.rows_model.rows]
    view.table.setCurrentIndex(view.table.rows_model.index(shown.index(row.id), 0))
    return view


def test_that_an_earlier_observation_is_read_with_its_values_and_corrected_from_the_case_file(page, workspace, qtbot) -> None:
    person, row = observed_before(page)
    view = show_in_the_case_file(workspace, person, row)
    assert "Arbeitsverhalten " + str(row["work_behaviour"]) in view._one.text()
    assert "zum Ändern" in view._one.text()
    qtbot.keyClick(view.table, Qt.Key.Key_Return)
    assert workspace.page("observing").isVisible()
    assert page.form.fields["observed_on"].text() == row["observed_on"].strftime("%d.%m.%Y")
    assert page.group_model.people[page.table.currentIndex().row()].coaching_id == person.coaching_id
    new = 1 if row["work_behaviour"] != 1 else 2
    keys(page, qtbot, str(new))
    page.save_button.click()
    rows = read_case_file(page.desk.vault, person.coaching_id, today=TODAY).observations
    changed = next(found for found in rows if found.id == row.id)
    assert changed["work_behaviour"] == new
    assert [changed[name] for name in (*DIMENSIONS[1:], "workplace", "task")] == [
        row[name] for name in (*DIMENSIONS[1:], "workplace", "task")
    ]


def test_that_a_sheet_with_entries_is_not_left_for_another_one(page, workspace, qtbot) -> None:
    person, row = observed_before(page)
    keys(page, qtbot, "4")
    view = show_in_the_case_file(workspace, person, row)
    qtbot.keyClick(view.table, Qt.Key.Key_Return)
    assert "zuerst speichern" in page.banner.text()
    assert page.form.fields["observed_on"].text() == TODAY.strftime("%d.%m.%Y")
    assert page.group_model.entries


def test_that_somebody_elses_observation_is_read_but_not_offered_to_change(page, workspace, desk, qtbot) -> None:
    person, row = observed_before(page)
    desk.staff_id = next(other.id for other in desk.read(lambda c: list_staff(c, today=TODAY)) if other.id != desk.staff_id)
    view = show_in_the_case_file(workspace, person, row)
    assert "zum Ändern" not in view._one.text()
    qtbot.keyClick(view.table, Qt.Key.Key_Return)
    assert workspace.page("case_file").isVisible()


def observed_twice(page, desk):
    """Give the first person two observations of the same day and method; return the person and their ids, the older first."""
    person = page.group_model.people[0]
    head = page.form.meaningful()
    owner = {"coaching_id": person.coaching_id, "staff_id": desk.staff_id, "observed_on": TODAY, "method": head["method"]}
    found = [{**owner, "work_behaviour": value, "evidence": words} for value, words in ((2, "am Morgen"), (4, "am Mittag"))]
    first, second = sorted(desk.write(lambda s: [add_row(s, Observation, values, today=TODAY) for values in found]))
    return person, first, second


def row_of(page, coaching_id, row_id):
    """Return an observation as the vault holds it."""
    return next(row for row in read_case_file(page.desk.vault, coaching_id, today=TODAY).observations if row.id == row_id)


def test_that_of_two_observations_of_a_day_both_are_told_and_one_is_chosen_by_its_number(page, desk, qtbot) -> None:
    person, first, second = observed_twice(page, desk)
    before = row_of(page, person.coaching_id, second)
    assert page.group_model.index(0, 0).data() == f"(2 von 2) {person.name}"
    page.table.setCurrentIndex(page.group_model.index(0, 0))
    for words in ("2 Beobachtungen an diesem Tag", "am Morgen", "am Mittag"):
        assert words in page._anchors.text()
    keys(page, qtbot, "1")
    assert page.group_model.index(0, 0).data() == f"(1 von 2) {person.name}"
    page.table.setCurrentIndex(page.group_model.index(0, 1))
    assert "hier die 1." in page._anchors.text()
    old = row_of(page, person.coaching_id, first)["work_behaviour"]
    new = 5
    keys(page, qtbot, str(new))
    page.table.setCurrentIndex(page.group_model.index(0, 0))
    keys(page, qtbot, "2")
    assert "zuerst speichern" in page._anchors.text()
    page.save_button.click()
    assert old != new == row_of(page, person.coaching_id, first)["work_behaviour"]
    assert row_of(page, person.coaching_id, second).values == before.values
    assert page.group_model.index(0, 0).data() == f"(1 von 2) {person.name}"


def test_that_what_is_entered_for_one_of_two_observations_comes_back_to_it(page, desk, qtbot) -> None:
    person, first, _ = observed_twice(page, desk)
    page.table.setCurrentIndex(page.group_model.index(0, 0))
    keys(page, qtbot, "1")
    page.table.setCurrentIndex(page.group_model.index(0, 2))
    keys(page, qtbot, "3")
    page.keep_drafts()
    me = desk.staff_id
    again = Workspace(desk)
    qtbot.addWidget(again)
    desk.staff_id = me
    again.open_page("observing")
    again.page("observing").save_button.click()
    assert row_of(page, person.coaching_id, first)["social_behaviour"] == 3


def test_that_the_case_file_opens_the_very_observation_it_shows(page, workspace, desk, qtbot) -> None:
    person, first, _ = observed_twice(page, desk)
    row = row_of(page, person.coaching_id, first)
    view = show_in_the_case_file(workspace, person, row)
    qtbot.keyClick(view.table, Qt.Key.Key_Return)
    assert page.group_model.index(page.table.currentIndex().row(), 0).data() == f"(1 von 2) {person.name}"


def test_that_circumstances_alone_are_saved_for_everybody_shown_who_stands_in_the_sheet(page, qtbot) -> None:
    first, second, third = page.group_model.people[:3]
    keys(page, qtbot, "3333344444")
    page.save_button.click()
    page.search.setText(first.name)
    type_text(page.form.fields["discussed_on"].line, "10.12.2025")
    page.save_button.click()
    assert "von 1 Person gespeichert" in page.banner.text()
    assert newest(page, first.coaching_id)["discussed_on"] == TODAY
    assert newest(page, first.coaching_id)["work_behaviour"] == 3
    assert newest(page, second.coaching_id)["discussed_on"] is None
    page.search.clear()
    page.form.fields["task"].line.clear()
    type_text(page.form.fields["task"].line, "Knöpfe annähen")
    page.save_button.click()
    assert newest(page, second.coaching_id)["task"] == "Knöpfe annähen"
    assert newest(page, third.coaching_id)["task"] != "Knöpfe annähen"


def test_that_the_sheet_of_one_person_shows_that_person_alone(page, workspace, qtbot) -> None:
    person, row = observed_before(page)
    qtbot.keyClick(show_in_the_case_file(workspace, person, row).table, Qt.Key.Key_Return)
    assert [shown.coaching_id for shown in page.group_model.people] == [person.coaching_id]
