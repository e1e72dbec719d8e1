"""Old lists come in: people, coachings and what belongs to them; what is not clear stays out with the reason, and nothing comes in twice."""

from datetime import date, timedelta

import pytest

from bjc_desktop.errors import ListError, VaultError
from bjc_desktop.exchange.lists.list_mapping import SheetMapping
from bjc_desktop.models import Coachee, Provider, Staff
from bjc_desktop.services.erasing import erase_person
from bjc_desktop.services.old_lists import entry_making, list_people, list_planning
from bjc_desktop.services.old_lists.layout_memory import remembered_mapping
from bjc_desktop.services.old_lists.list_importing import import_list
from bjc_desktop.services.old_lists.list_opening import begin_work, open_list, open_questions
from bjc_desktop.services.old_lists.list_plan import IN_LIST, IN_VAULT, NEW, OUT
from bjc_desktop.services.old_lists.list_planning import plan_list
from bjc_desktop.services.row_editing import add_row, change_row
from bjc_desktop.services.taking_back import list_imports, take_import_back
from bjc_desktop.services.undoing import ALREADY, CHANGED_SINCE, TOO_OLD, UndoRefusedError
from bjc_desktop.vault import verify_record
from bjc_desktop.vocabulary import ErasureDepth, Role
from tests.conftest import NOW
from tests.list_files import ods, xlsx

TODAY = date(2025, 10, 7)
HEAD = ["Name, Vorname", "Geb.-Dat.", "m/w", "Eintritt", "Austritt", "Abgangsgrund", "Rechtskreis", "JobCoach", "Tel."]
EVA = ["Müller, Eva", "05.03.80", "w", "1.2.25", "", "", "ALG II", "Meier", "030 1"]
ALI = ["Yıldız, Ali", "1.1.1979", "m", "3.2.25", "30.6.25", "Arbeit", "Bürgergeld", "Meier, Anna", ""]


@pytest.fixture
def team(vault):
    """Give the vault a provider and a coach."""
    with vault.writing(now=NOW) as session:
        provider = add_row(session, Provider, {"name": "Lernwerk gGmbH"}, today=TODAY)
        member = {
            "provider_id": provider,
            "given_name": "Anna",
            "family_name": "Meier",
            "role": Role.JOB_COACH.value,
            "employed_from": date(2020, 1, 1),
        }
        return provider, add_row(session, Staff, member, today=TODAY)


@pytest.fixture
def opened(vault, team, tmp_path):
    """Return what opens a list of sheets, or of the rows of one sheet, as work."""

    def opened(sheets, *, make=xlsx, **said):
        sheets = sheets if isinstance(sheets, dict) else {"Liste": sheets}
        opened = open_list(make(tmp_path / f"liste.{make.__name__}", sheets))
        with vault.reading() as connection:
            work = begin_work(connection, opened)
        for name, mapping in work.mappings.items():
            merged = {key: {**getattr(mapping, key), **said.get(key, {})} for key in ("columns", "values", "constants", "rules")}
            work.mappings[name] = SheetMapping(**merged)
        return work

    return opened


def plan(vault, work):
    with vault.reading() as connection:
        return plan_list(connection, work, today=TODAY)


def take_in(vault, work, **named):
    return import_list(vault, work, now=NOW, today=TODAY, **named)


def rows(vault, query):
    with vault.reading() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


PEOPLE = "SELECT family_name, given_name, birth_date, gender, phone FROM coachees ORDER BY family_name"


@pytest.mark.parametrize("make", [xlsx, ods])
def test_that_a_list_comes_in(vault, opened, make) -> None:
    work = opened([["Teilnehmende 2025"], [], HEAD, EVA, ALI, ["Summe", "2"]], make=make)
    result = take_in(vault, work)
    assert rows(vault, PEOPLE) == [
        ("Müller", "Eva", "1980-03-05", "female", "030 1"),
        ("Yıldız", "Ali", "1979-01-01", "male", None),
    ]
    query = "SELECT entry_on, exit_on, exit_reason, legal_circle, (SELECT family_name FROM staff s JOIN coaching_staff a ON a.staff_id = s.id WHERE a.coaching_id = c.id) FROM coachings c ORDER BY entry_on"
    assert rows(vault, query) == [
        ("2025-02-01", None, None, "sgb2", "Meier"),
        ("2025-02-03", "2025-06-30", "goal_employment", "sgb2", "Meier"),
    ]
    assert {table: (count.new, count.known) for table, count in result.counts.items()} == {
        "coachees": (2, 0),
        "coachings": (2, 0),
        "coaching_staff": (2, 0),
    }
    assert (result.plan.problems, result.plan.rows_in, result.plan.rows_known) == ((), 2, 0)


def test_that_the_same_list_makes_no_second_person(vault, opened) -> None:
    take_in(vault, opened([HEAD, EVA, ALI]))
    before = rows(vault, "SELECT id FROM coachees UNION SELECT id FROM coachings ORDER BY 1")
    with pytest.raises(ListError, match=r"Es kam nichts in den Tresor: .* \(2 Zeilen\), ist schon darin"):
        take_in(vault, opened([HEAD, EVA, ALI]))
    third = ["Ende, Zoe", "2.2.1990", "w", "1.3.25", "", "", "", "Meier", ""]
    result = take_in(vault, opened([HEAD, ALI, third, EVA]))
    assert (result.counts["coachees"].new, result.counts["coachees"].known, result.plan.rows_in) == (1, 2, 1)
    assert set(before) <= set(rows(vault, "SELECT id FROM coachees UNION SELECT id FROM coachings"))


def test_that_two_laptops_make_the_same_ids(vault, opened, team) -> None:
    one, other = plan(vault, opened([HEAD, EVA])), plan(vault, opened([HEAD[:4], EVA[:4]]))
    assert one.merged["coachees"].column("id") == other.merged["coachees"].column("id")


def test_that_nothing_in_is_never_a_success(vault, opened) -> None:
    with pytest.raises(ListError, match=r"blieb draußen \(1 Zeile\)"):
        take_in(vault, opened([HEAD, ["Müller, Eva", "31.2.80", "w", "1.2.25", "", "", "", "", ""]]))
    assert rows(vault, PEOPLE) == []


def test_that_problems_stand_at_their_cells_and_the_rest_comes_in(vault, opened) -> None:
    bad = [
        ["Blau, A", "5.3.80", "lila", "1.2.25"], ["Blau, B", "31.2.80", "w", "1.2.25"], ["Blau, C", "5.3.80", "w", "ca. 2019"], ["Blau, D", "6.3.80", "w", ""],
        ["Blau, E", "7.3.80", "w", "2.2.25", "1.1.25"], ["", "7.3.81", "w", "2.2.25"], ["Blau, F", "7.3.2030", "w", "2.2.25"], ["Blau, G", "9.3.80", "w", "2.2.25", "", "", "", "Schulz"],
    ]  # fmt: skip
    result = take_in(vault, opened([HEAD, EVA, *bad]))
    found = [(note.number, note.heading) for note in result.plan.problems]
    assert found == [
        (3, "m/w"),
        (4, "Geb.-Dat."),
        (5, "Eintritt"),
        (6, "Eintritt"),
        (7, "Austritt"),
        (8, "Name, Vorname"),
        (9, "Geb.-Dat."),
        (10, "JobCoach"),
    ]
    assert [row[0] for row in rows(vault, PEOPLE)] == ["Müller"]
    assert result.plan.out == {("Liste", number) for number in range(3, 11)}
    for note in result.plan.problems:
        assert note.text.endswith(".") and "Blau" not in str(note)


def test_that_a_problem_is_mended_in_its_cell(vault, opened) -> None:
    work = opened([HEAD, ["Müller, Eva", "31.2.80", "w", "1.2.25"]])
    (problem,) = plan(vault, work).problems
    work.mended[(problem.sheet, problem.number, problem.column)] = "28.2.80"
    assert plan(vault, work).problems == ()
    take_in(vault, work)
    assert rows(vault, PEOPLE)[0][2] == "1980-02-28"


def test_that_imprecise_days_follow_the_chosen_rule_and_are_remarked(vault, opened) -> None:
    row = ["Müller, Eva", "5.3.80", "w", "März 2025"]
    taken = plan(vault, opened([HEAD, row], rules={"imprecise": "first"}))
    assert taken.merged["coachings"].column("entry_on") == ["2025-03-01"]
    assert [note.heading for note in taken.remarks if "01.03.2025" in note.text] == ["Eintritt"]


# --- consultations and more ---------------------------------------------------------------------------------------------------

DAYS = [
    "Name, Vorname",
    "Geb.-Dat.",
    "Eintritt",
    "Konsultationen am",
    "Dauer",
    "Form",
    "Maßnahme",
    "Maßnahme Beginn",
    "Vermittlung",
    "Vermittlung Beginn",
    "Einwilligung",
    "JobCoach",
]


def test_that_one_row_holds_many_things(vault, opened) -> None:
    row = [
        "Müller, Eva",
        "5.3.80",
        "1.2.25",
        "03.02.25; 17.02.25",
        "45",
        "Tel.",
        "BFD, Deutschkurs",
        "1.2.25",
        "unbefristet",
        "1.6.25",
        "1.2.25",
        "Meier",
    ]
    take_in(vault, opened([DAYS, row], columns={"Einwilligung": "consents.participation"}))
    query = "SELECT held_on, duration_min, channel, kind, status FROM consultations ORDER BY held_on"
    assert rows(vault, query) == [(day, 45, "phone", "coaching", "held") for day in ("2025-02-03", "2025-02-17")]
    assert rows(vault, "SELECT kind FROM measures ORDER BY kind") == [("vocational_language_course",), ("voluntary_bfd",)]
    assert rows(vault, "SELECT kind, begin_on FROM outcomes") == [("employment_permanent", "2025-06-01")]
    assert rows(vault, "SELECT purpose, given_on FROM consents") == [("participation", "2025-02-01")]


@pytest.mark.parametrize(
    "head",
    [
        ["Termin 1", "Dauer 1", "Termin 2", "Dauer 2", "Termin 3", "Dauer 3"],
        ["Termin 1 Datum", "Termin 1 Dauer", "Termin 2 Datum", "Termin 2 Dauer", "Termin 3 Datum", "Termin 3 Dauer"],
        ["Datum", "Dauer", "Datum", "Dauer", "Datum", "Dauer"],
    ],
)
def test_that_numbered_columns_belong_together_whatever_is_empty(vault, opened, head) -> None:
    cells = ["3.2.25", "30", "4.2.25", "45", "5.2.25", "60"]
    for gone in ((), (2, 3), (3,), (0, 1, 5), (1, 3, 5)):
        row = ["" if at in gone else cell for at, cell in enumerate(cells)]
        found = plan(
            vault,
            opened(
                [
                    ["Nachname", "Vorname", "Eintritt", "JobCoach", "Form", *head],
                    ["Müller", "Eva", "1.2.25", "Meier", "Tel.", *row],
                ]
            ),
        )
        made = sorted(zip(*map(found.merged["consultations"].column, ("held_on", "duration_min", "channel")), strict=True))
        days = [(f"2025-02-0{3 + at // 2}", int(row[at + 1]) if row[at + 1] else None, "phone") for at in (0, 2, 4) if row[at]]
        assert (found.problems, made) == ((), days), gone
    lonely = plan(
        vault,
        opened(
            [["Nachname", "Eintritt", "JobCoach", *head], ["Müller", "1.2.25", "Meier", "3.2.25", "30", "", "45", "5.2.25", "60"]]
        ),
    )
    (problem,) = lonely.problems
    assert problem.column == 5
    assert "„Datum“ fehlt" in problem.text


WHOLE = {
    "Fallnummer": "17", "Nachname": "Müller", "Vorname": "Eva", "Geb.-Dat.": "5.3.80", "m/w": "w", "PLZ": "12043", "Tel.": "030 1", "Eintritt": "1.2.25", "Austritt": "1.8.25",
    "Abgangsgrund": "Umzug", "Rechtskreis": "ALG II", "JobCoach": "Meier", "Termin": "3.2.25", "Dauer": "45", "Form": "Tel.", "Maßnahme": "AGH", "Maßnahme Beginn": "1.2.25",
    "Maßnahme Ende": "1.5.25", "Vermittlung": "unbefristet", "Vermittlung Beginn": "1.6.25", "Arbeitgeber": "Bäckerei", "Wochenstunden": "28,5", "Einwilligung": "1.2.25", "Nachbefragung am": "1.9.25",
}  # fmt: skip


@pytest.mark.parametrize("emptied", list(WHOLE))
def test_that_an_empty_cell_changes_its_own_field_and_nothing_else(vault, opened, emptied) -> None:
    """The rest of the row is the same, or the row stays out with a problem; never does a value move to another field."""
    others = {"Fallnummer": "18", "Nachname": "Yıldız", "Vorname": "Ali", "Geb.-Dat.": "1.1.79"}
    rows = [list(WHOLE), list(WHOLE.values()), list((WHOLE | others).values())]
    whole = plan(vault, opened(rows))
    assert (whole.problems, whole.rows_in) == ((), 2)
    rows[1] = ["" if heading == emptied else cell for heading, cell in WHOLE.items()]
    less = plan(vault, opened(rows))
    links = {"id", "coachee_id", "coaching_id", "case_number"}

    def values(found):
        return {
            (name, column, value)
            for name, merged in found.merged.items()
            for column in merged.columns
            if column not in links
            for value in merged.column(column)
        }

    constants = {("consultations", "channel", "in_person")}
    assert values(less) - constants <= values(whole) | {(name, column, None) for name, column, _ in values(whole)}
    assert less.rows_in == 2 or [note.number for note in less.problems] == [2]
    assert all(
        row[:4] != whole.merged["coachees"].rows[1][:4] or row == whole.merged["coachees"].rows[1]
        for row in less.merged["coachees"].rows
    )


TALKS = ["TN-Nr.", "Name", "Datum", "Dauer", "Art", "Notiz"]


def test_that_two_sheets_come_in_together(vault, opened) -> None:
    people = [
        ["TN-Nr.", "Nachname", "Vorname", "Eintritt", "JobCoach"],
        ["17", "Müller", "Eva", "1.2.25", "Meier"],
        ["18", "Yıldız", "Ali", "1.2.25", "Meier"],
    ]
    talks = [
        TALKS,
        ["17", "Müller, Eva", "3.2.25", "45", "Beratung", "geheim"],
        ["18", "", "4.2.25", "30", "EG", ""],
        ["18", "", "4.2.25", "30", "EG", ""],
        ["19", "", "4.2.25", "", "", ""],
        ["", "Müller, Eva", "5.2.25", "", "Krise", ""],
    ]
    result = take_in(vault, opened({"Beratungen": talks, "Personen": people}))
    assert result.counts["consultations"].new == 4
    assert [(note.sheet, note.number, note.text) for note in result.plan.problems] == [
        ("Beratungen", 5, list_people.NOT_IN_VAULT)
    ]
    query = "SELECT case_number, held_on, q.kind FROM consultations q JOIN coachings c ON c.id = q.coaching_id JOIN coachees p ON p.id = c.coachee_id ORDER BY 1, 2"
    assert rows(vault, query) == [
        ("17", "2025-02-03", "coaching"),
        ("17", "2025-02-05", "crisis"),
        ("18", "2025-02-04", "initial_interview"),
        ("18", "2025-02-04", "initial_interview"),
    ]
    (note,) = rows(vault, "SELECT id, note FROM consultations WHERE note IS NOT NULL")
    assert vault.notes.decrypt(*note) == "geheim"
    with pytest.raises(ListError, match="Es kam nichts in den Tresor"):
        take_in(vault, opened({"Beratungen": talks, "Personen": people}))


def test_that_later_consultations_find_the_people_of_the_vault(vault, opened) -> None:
    take_in(vault, opened([["Fallnummer", *HEAD], ["F-1", *EVA], ["F-2", *ALI]]))
    talks = [
        ["Fallnummer", "Datum", "Dauer"],
        ["F-1", "3.3.25", "45"],
        ["f-2", "3.3.25", "45"],
        ["F-2", "3.3.24", "45"],
        ["F-1", "3.3.30", ""],
        ["F-9", "3.3.25", ""],
    ]
    found = plan(vault, opened({"Konsultationen": talks}))
    assert found.counts["consultations"].new == 3  # with one coaching only there is no doubt about which
    assert [(note.number, note.heading, note.text) for note in found.problems] == [
        (5, "Datum", entry_making.HELD_LATER),
        (6, "Fallnummer", list_people.NOT_IN_VAULT),
    ]
    by_name = [["Name", "Datum", "Dauer"], ["Eva Müller", "3.3.25", "45"], ["Niemand, Nora", "3.3.25", "45"]]
    found = plan(vault, opened({"Konsultationen": by_name}))
    assert found.counts["consultations"].new == 1
    assert [note.text for note in found.problems] == [list_people.NO_SUCH_NAME]


# --- the same person? ---------------------------------------------------------------------------------------------------------


def test_that_similar_people_of_the_vault_are_asked_about(vault, opened) -> None:
    with vault.writing(now=NOW) as session:
        known = add_row(
            session,
            Coachee,
            {"case_number": "A-1", "family_name": "Mueller", "given_name": "Eva", "birth_date": date(1980, 3, 5)},
            today=TODAY,
        )
    work = opened([HEAD, EVA, ALI])
    first = plan(vault, work)
    (doubt,) = first.doubts
    assert (doubt.name, doubt.reason, doubt.choices[0][0]) == (
        "Müller, Eva",
        "gleicher Name, gleiches Geburtsdatum",
        IN_VAULT + known,
    )
    assert [note.text for note in first.problems] == [list_people.UNDECIDED]
    assert first.counts["coachees"].new == 1
    for decision, new in ((IN_VAULT + known, 1), (NEW, 2), (OUT, 1)):
        work.decisions[doubt.key] = decision
        assert plan(vault, work).counts["coachees"].new == new, decision
    work.decisions[doubt.key] = IN_VAULT + known
    take_in(vault, work)
    assert rows(vault, f"SELECT entry_on FROM coachings WHERE coachee_id = '{known}'") == [("2025-02-01",)]


def test_that_one_name_without_birth_dates_is_asked_about_within_the_list(vault, opened) -> None:
    head = ["Nachname", "Vorname", "Eintritt", "Austritt"]
    work = opened(
        [
            head,
            ["Müller", "Eva", "1.2.25", "1.7.25"],
            ["Müller", "Eva", "1.2.25", "1.7.25"],
            ["Müller", "Eva", "1.8.25"],
            ["Müller", "Jan", "1.2.25"],
        ]
    )
    first = plan(vault, work)
    assert (first.counts["coachees"].new, [doubt.key for doubt in first.doubts]) == (2, ["Liste!4"])
    work.decisions["Liste!4"] = first.doubts[0].choices[0][0]
    assert work.decisions["Liste!4"].startswith(IN_LIST)
    assert (plan(vault, work).counts["coachees"].new, plan(vault, work).counts["coachings"].new) == (2, 3)
    work.decisions["Liste!4"] = NEW
    assert (plan(vault, work).counts["coachees"].new, plan(vault, work).counts["coachings"].new) == (3, 3)


def test_that_a_number_with_two_names_is_a_problem(vault, opened) -> None:
    head = ["Fallnummer", "Nachname", "Vorname", "Geburtsdatum", "Eintritt"]
    found = plan(
        vault,
        opened(
            [
                head,
                ["1", "Müller", "Eva", "5.3.80", "1.2.25"],
                ["1", "Anders", "Udo", "", "1.2.25"],
                ["1", "Müller", "Eva", "6.3.80", "1.2.25"],
            ]
        ),
    )
    assert [(note.number, note.heading) for note in found.problems] == [(3, "Fallnummer"), (4, "Geburtsdatum")]
    take_in(vault, opened([head, ["1", "Müller", "Eva", "5.3.80", "1.2.25"]]))
    found = plan(vault, opened([head, ["1", "Anders", "Udo", "1.1.70", "1.2.25"]]))
    assert [note.text for note in found.problems] == [list_people.TAKEN_IN_VAULT]


def test_that_a_coaching_that_still_runs_is_no_second_one(vault, opened) -> None:
    head = ["Fallnummer", "Nachname", "Vorname", "Eintritt", "Austritt"]
    found = plan(
        vault,
        opened(
            [
                head,
                ["1", "Müller", "Eva", "1.2.25", ""],
                ["1", "Müller", "Eva", "1.6.25", ""],
                ["2", "Ali", "B", "1.2.25", "1.5.25"],
                ["2", "Ali", "B", "1.6.25", ""],
            ]
        ),
    )
    assert [(note.number, note.heading) for note in found.problems] == [(3, "Eintritt")]
    assert "seit 01.02.2025" in found.problems[0].text
    assert found.counts["coachings"].new == 3
    take_in(vault, opened([head, ["1", "Müller", "Eva", "1.2.25", ""]]))
    found = plan(vault, opened([head, ["1", "Müller", "Eva", "1.2.25", ""], ["1", "Müller", "Eva", "1.9.25", ""]]))
    assert [note.number for note in found.problems] == [3]


def test_that_a_list_of_consultations_with_birth_dates_finds_its_people_without_asking(vault, opened) -> None:
    take_in(vault, opened([HEAD, EVA, ALI]))
    talks = [
        ["Name", "Geb.-Dat.", "Datum"],
        ["Müller, Eva", "5.3.80", "3.3.25"],
        ["Müller, Eva", "6.3.80", "3.3.25"],
        ["Yıldız, Ali", "", "4.3.25"],
    ]
    found = plan(vault, opened({"Beratungen": talks}))
    assert (found.doubts, found.counts["consultations"].new) == ((), 2)
    assert [(note.number, note.text) for note in found.problems] == [(3, list_people.NO_SUCH_NAME)]


def test_that_numbers_are_given_where_there_are_none(vault, opened) -> None:
    head = ["Fallnummer", "Nachname", "Vorname", "Eintritt"]
    result = take_in(
        vault,
        opened(
            [head, ["F-2025-007", "Müller", "Eva", "1.2.25"], ["", "Yıldız", "Ali", "1.2.25"], ["", "Zander", "Udo", "1.2.25"]]
        ),
    )
    assert len(result.plan.remarks) == 2
    numbers = [row[0] for row in rows(vault, "SELECT case_number FROM coachees ORDER BY family_name")]
    assert numbers == ["F-2025-007", "2025-0001", "2025-0002"]


def test_that_who_was_erased_does_not_come_back(vault, opened) -> None:
    take_in(vault, opened([HEAD, EVA, ALI]))
    (person,) = rows(vault, "SELECT id FROM coachees WHERE family_name = 'Müller'")
    erase_person(vault, person[0], depth=ErasureDepth.PERSON, reason="Antrag", now=NOW, today=TODAY)
    found = plan(vault, opened([HEAD, EVA, ALI]))
    assert [note.text for note in found.problems] == [list_planning.ERASED]


# --- the list as a whole ------------------------------------------------------------------------------------------------------


def test_that_the_layout_is_remembered_without_people(vault, opened) -> None:
    head = ["Nachname", "Vorname", "Eintritt", "Wieso", "Zuständigkeit"]
    body = [
        ["Müller", "Eva", "1.2.25", "AB", "Meier"],
        ["Yıldız", "Ali", "1.2.25", "AB", "Meier"],
        ["Zander", "Udo", "1.2.25", "Herr Zander zog weg", "AM"],
    ]
    said = {"wieso": "x", "ab": "goal_employment", "herr zander zog weg": "moved"}
    work = opened(
        [head, *body],
        columns={"Wieso": "coachings.exit_reason"},
        values={"coachings.exit_reason": said, "coachings.coach": {"meier": "x"}},
    )
    work.mappings["Liste"].values.pop("coachings.coach")
    take_in(vault, work)
    with vault.reading() as connection:
        found = remembered_mapping(connection, work.tables["Liste"])
    assert found.columns["Wieso"] == "coachings.exit_reason"
    assert found.values == {"coachings.exit_reason": {"ab": "goal_employment"}}
    again = opened([["Eintritt", "Vorname", "Nachname", "wieso", "Zuständigkeit"], ["1.3.25", "Neu", "Nina", "AB", "Meier"]])
    assert again.mappings["Liste"].columns["Nachname"] == "coachees.family_name"


def test_that_a_list_whose_columns_say_nothing_is_asked_about_and_not_refused(opened) -> None:
    work = opened({"Klein": [["x", "y"], ["a", "b"]], "Groß": [["u", "v"], ["a", "b"], ["c", "d"]]})
    assert {name: dict(mapping.columns) for name, mapping in work.mappings.items()} == {"Groß": {"u": None, "v": None}}


def test_that_questions_are_named_and_not_guessed(vault, opened) -> None:
    work = opened([[*HEAD, "Bemerkung"], [*EVA, "nett"], ["Rot, R", "1.1.80", "lila", "1.1.25", "", "", "", "", "", ""]])
    with vault.reading() as connection:
        lines = open_questions(connection, work, today=TODAY)
    assert len(lines) == 2
    assert "Bemerkung" in lines[0] and "coachees.gender" in lines[1]


@pytest.mark.parametrize("stopped_at", [1, 2, 3])
def test_that_stopping_changes_nothing(vault, opened, monkeypatch, stopped_at) -> None:
    class Stop(Exception):
        pass

    calls = []

    def step(done, total):
        calls.append((done, total))
        if len(calls) == stopped_at:
            raise Stop

    monkeypatch.setattr(list_planning, "_EVERY", 2)
    with pytest.raises(Stop):
        take_in(vault, opened([HEAD, EVA, ALI]), step=step)
    assert rows(vault, "SELECT 1 FROM coachees") == rows(vault, "SELECT 1 FROM list_layouts") == []


def test_that_only_who_sees_all_cases_takes_lists_in(vault, opened, monkeypatch) -> None:
    work = opened([HEAD, EVA])
    monkeypatch.setattr(type(vault.user), "roles", frozenset({Role.JOB_COACH}), raising=False)
    with pytest.raises(VaultError, match="Koordination"):
        take_in(vault, work)


def test_that_a_list_needs_a_provider_and_names(vault, tmp_path) -> None:
    opened = open_list(xlsx(tmp_path / "a.xlsx", {"L": [HEAD, EVA]}))
    with vault.reading() as connection:
        work = begin_work(connection, opened)
        with pytest.raises(ListError, match="Träger"):
            plan_list(connection, work, today=TODAY)
        work.mappings["L"] = SheetMapping({"Eintritt": "coachings.entry_on"})
        with pytest.raises(ListError, match="Keine Spalte nennt Namen"):
            plan_list(connection, work, today=TODAY)
        work.mappings["L"] = SheetMapping(
            {"Name, Vorname": "coachees.full_name", "Eintritt": "coachings.entry_on", "Austritt": "coachings.entry_on"}
        )
        with pytest.raises(ListError, match="zwei Spalten"):
            plan_list(connection, work, today=TODAY)


# --- taking it back -----------------------------------------------------------------------------------------------------------

TABLES = ("coachees", "coachee_keys", "coachings", "coaching_staff", "consents", "staff", "providers")


def everything(vault):
    return {table: rows(vault, f"SELECT * FROM {table} ORDER BY 1") for table in TABLES}


def test_that_a_whole_list_is_taken_back_and_may_come_in_again(vault, opened) -> None:
    take_in(vault, opened([HEAD, EVA]))
    before = everything(vault)
    take_in(vault, opened([HEAD, EVA, ALI]))
    newest, _ = list_imports(vault, now=NOW)
    assert (newest.kind, newest.counts, newest.taken_back) == (
        "import_list",
        {"coachees": (1, 0, 0), "coachings": (1, 0, 0), "coaching_staff": (1, 0, 0)},
        False,
    )
    assert take_import_back(vault, newest.event, now=NOW + timedelta(days=29)) == 3
    assert everything(vault) == before
    assert list_imports(vault, now=NOW)[0].taken_back
    verify_record(vault)
    with pytest.raises(UndoRefusedError, match=ALREADY):
        take_import_back(vault, newest.event, now=NOW)
    take_in(vault, opened([HEAD, EVA, ALI]))
    assert [name for name, *_ in rows(vault, PEOPLE)] == ["Müller", "Yıldız"]


def test_that_a_list_is_not_taken_back_once_something_of_it_was_changed_or_thirty_days_have_passed(vault, opened) -> None:
    take_in(vault, opened([HEAD, EVA]))
    (listed,) = list_imports(vault, now=NOW)
    with pytest.raises(UndoRefusedError, match=TOO_OLD):
        take_import_back(vault, listed.event, now=NOW + timedelta(days=30, minutes=1))
    ((person,),) = rows(vault, "SELECT id FROM coachees")
    with vault.writing(now=NOW) as session:
        change_row(session, Coachee, person, {"phone": "030 2"}, today=TODAY)
    before = everything(vault)
    with pytest.raises(UndoRefusedError, match=CHANGED_SINCE):
        take_import_back(vault, listed.event, now=NOW)
    assert everything(vault) == before
