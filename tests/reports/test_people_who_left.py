"""Who had left before the period is in no table of a document, unless something of the period is theirs."""

import re
from datetime import date

import pytest

from bjc_desktop.reports.html_report import report_html
from bjc_desktop.reports.pdf import report_pdf
from bjc_desktop.reports.statistic import statistic_csv, statistic_pdf, statistic_xlsx
from bjc_desktop.reports.xlsx import report_xlsx
from bjc_desktop.services.targets import fill_new_vault
from bjc_desktop.vault import Vault
from tests.indicators.builder import Builder
from tests.libreoffice import cells
from tests.reports.contents import content_of, stated, statistic_of
from tests.reports.pages import texts
from tests.reports.web_pages import page_of, said, table_of
from tests.samples import NOW

GONE = {"employed_to": date(2025, 6, 30)}


@pytest.fixture
def people(vault: Vault) -> dict[str, str]:
    """Return, by what they did in the quarter, coaches and trainers who had left before it (and a coach who is there) with their ids."""
    fill_new_vault(vault, now=NOW)
    with vault.writing() as session:
        return _people(Builder(session))


def _people(made: Builder) -> dict[str, str]:
    ids = {"coach there": made.coach, "coach gone": made.staff(**GONE)}
    ids |= {"coach with a talk": made.staff(**GONE), "coach with a survey": made.staff(**GONE)}
    ids |= {"coach with an exit": made.staff(**GONE), "trainer gone": made.staff("employment_trainer", **GONE)}
    ids["trainer with a talk"] = made.staff("employment_trainer", **GONE)
    case = made.coaching()
    made.coaching(coach=ids["coach with an exit"])
    made.consultation(case, "2025-07-10", staff=ids["coach with a talk"])
    made.consultation(case, "2025-07-11", staff=ids["coach with a survey"], kind="follow_up_survey")
    made.consultation(case, "2025-07-12", staff=ids["trainer with a talk"])
    return ids


def numbers_of(people: dict[str, str], word: str, *names: str) -> set[str]:
    """Return the numbers of *names* among all whose name begins with *word*, as documents count them: in the order of the ids."""
    order = sorted(key for name, key in people.items() if name.startswith(word))
    return {str(order.index(people[f"{word} {name}"]) + 1) for name in names}


def named_in(text: str) -> set[str]:
    return set(re.findall(r"Coach (\d+)", text))


def column(sheet: dict[tuple[int, str], str], letter: str, *, below: int) -> set[str]:
    return {value for (row, place), value in sheet.items() if place == letter and row > below}


def test_that_the_report_leaves_out_who_had_left_and_keeps_who_has_a_figure(vault, people, tmp_path) -> None:
    there = numbers_of(people, "coach", "there", "with a talk", "with an exit")
    content = content_of(vault)
    book = tmp_path / "report.xlsx"
    book.write_bytes(report_xlsx(content))
    sheets = cells(book)
    assert named_in(" ".join(texts(report_pdf(content)))) == there
    page = page_of(report_html(content))
    rows = table_of(page, "Kennzahlen, Fälle und Auslastung je Coach")[1:]
    assert {row[0].removeprefix("Coach ") for row in rows} == there == named_in(said(page))
    assert column(sheets["Je Coach"], "A", below=2) == column(sheets["Betreuung"], "A", below=1) == there


def test_that_the_figures_for_machines_hold_every_coach(vault, people) -> None:
    coaches = {key for name, key in people.items() if name.startswith("coach")}
    assert {coach["id"] for coach in stated(content_of(vault))["coaches"]} == coaches


def test_that_the_statistic_leaves_out_who_had_left_and_keeps_whoever_held_something(vault, people, tmp_path) -> None:
    there = numbers_of(people, "coach", "there", "with a talk", "with a survey", "with an exit")
    trainers = numbers_of(people, "trainer", "with a talk")
    content = statistic_of(vault)
    assert {str(person.number) for person in content.coaches} == there
    assert {str(person.number) for person in content.trainers} == trainers
    lines = [line.split(";") for line in statistic_csv(content).decode("utf-8-sig").split("\r\n")[1:-1]]
    assert {line[1] for line in lines if line[0] == "Coach"} == there
    assert {line[1] for line in lines if line[0] != "Coach"} == trainers
    book = tmp_path / "statistic.xlsx"
    book.write_bytes(statistic_xlsx(content))
    first = cells(book)["Kennzahl"]
    assert named_in(" ".join(f"{value} " for value in column(first, "A", below=4))) == there
    assert named_in(texts(statistic_pdf(content))[0]) == there
