"""What is printed about a person: everything is there, as it was typed."""

from dataclasses import replace
from datetime import timedelta

import pypdfium2
import pytest

from bjc_desktop.models import Coachee
from bjc_desktop.services.case_file import read_case_file
from bjc_desktop.services.case_print import (
    hand_over_sheet,
    hand_over_sheets,
    observation_report,
    phone_script,
    plan_sheet,
    survey_letter,
    whole_file,
)
from bjc_desktop.services.follow_up_desk import read_follow_up_desk
from bjc_desktop.services.hand_over import hand_over, held_coachings
from bjc_desktop.services.observation_anchors import anchor
from bjc_desktop.services.overview import read_caseload
from bjc_desktop.services.typed_values import show_date
from tests.samples import NOW, TODAY, filled

NAME = "<b>&amp;Müller</b> <img src=x>"


def text_of(pdf: bytes) -> str:
    """Return the text of all pages."""
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


@pytest.fixture
def case(vault):
    """Return a case with a plan, its person under a hostile name."""
    filled(vault, "package")
    with vault.reading() as connection:
        coaching_id, coachee_id = connection.exec_driver_sql(
            "SELECT c.id, c.coachee_id FROM coachings c JOIN development_plans p ON p.coaching_id = c.id LIMIT 1"
        ).one()
    with vault.writing(now=NOW) as session:
        session.get(Coachee, coachee_id).family_name = NAME
    return read_case_file(vault, coaching_id, today=TODAY)


def test_that_the_plan_names_goals_and_tasks_and_has_room_to_sign(case) -> None:
    text = text_of(plan_sheet(case, case.plans[0]))
    assert "<b>&amp;Müller</b>" in text
    for goal in case.plans[0].goals:
        assert goal.row["description"][:20] in text.replace("\r\n", " ")
    assert "Coachee" in text
    assert "_____" in text


def test_that_the_whole_file_holds_every_consultation(case) -> None:
    text = text_of(whole_file(case))
    assert all(entry.row["held_on"].strftime("%d.%m.%Y") in text for entry in case.consultations)
    assert "Zeitleiste" in text


def test_that_letter_and_script_ask_for_the_due_date(vault) -> None:
    filled(vault, "package")
    with vault.reading() as connection:
        row = read_follow_up_desk(connection, staff_id=None, today=TODAY).rows[0]
    for pdf in (survey_letter(row, "Träger & Söhne <i>", TODAY), phone_script(row, "Träger & Söhne <i>")):
        text = text_of(pdf)
        assert row.due_on.strftime("%d.%m.%Y") in text
        assert "Träger & Söhne <i>" in text


def test_that_the_observation_report_and_the_hand_over_hold_what_is_known_and_no_note(vault) -> None:
    filled(vault, "package")
    with vault.reading() as connection:
        coaching_id = connection.exec_driver_sql(
            "SELECT coaching_id FROM observations GROUP BY coaching_id ORDER BY count(*) DESC LIMIT 1"
        ).scalar()
    case = read_case_file(vault, coaching_id, today=TODAY)
    report = text_of(observation_report(case)).replace("\r\n", " ")
    for seen in case.observations:
        assert show_date(seen["observed_on"]) in report
    for trend in case.trends:
        assert not trend.points or trend.title in report
    work = case.trends[0]
    assert anchor(work.field, work.points[-1][1]) in report.replace("- ", "")
    assert "als davor:" in report or "unverändert:" in report
    sheet = text_of(hand_over_sheet(case)).replace("\r\n", " ")
    assert case.person["case_number"] in sheet
    assert "übernommen" in sheet
    notes = [entry.note for entry in case.consultations if entry.note]
    assert not [note for note in notes if note[:30] in sheet]
    several = hand_over_sheets(vault, [coaching_id, coaching_id], today=TODAY)
    assert text_of(several).count(case.person["case_number"]) == 2 * text_of(hand_over_sheet(case)).count(
        case.person["case_number"]
    )


def test_that_a_text_longer_than_a_page_is_printed_whole_and_no_other_row_is_torn(vault) -> None:
    filled(vault, "package")
    with vault.reading() as connection:
        coaching_id = connection.exec_driver_sql(
            "SELECT coaching_id FROM observations GROUP BY coaching_id ORDER BY count(*) DESC LIMIT 1"
        ).scalar()
    case = read_case_file(vault, coaching_id, today=TODAY)
    with pypdfium2.PdfDocument(observation_report(case)) as whole:
        for page in whole:
            *_, footer = page.get_textpage().get_text_bounded().strip().splitlines()
            assert "Seite" in footer
            assert page.get_textpage().get_text_bounded().count("Beobachtung und Unterstützung") <= 1
    first, *others = case.observations
    sentences = " ".join(f"Satz {number}." for number in range(3000))
    long = replace(first, values={**first.values, "evidence": sentences})
    text = text_of(observation_report(replace(case, observations=(*others, long)))).replace("\r\n", " ")
    assert not [number for number in range(3000) if f"{number}." not in text]


def test_that_the_hand_over_says_who_had_the_case_who_has_it_and_whom_it_goes_back_to(vault) -> None:
    filled(vault, "package")
    with vault.reading() as connection:
        loads = sorted(read_caseload(connection, None, TODAY), key=lambda load: -load.stock)
        running = held_coachings(connection, loads[0].staff_id, today=TODAY)
    coaching_id = next(row.coaching_id for row in running if row.entry_on < TODAY)
    last = TODAY + timedelta(days=14)
    with vault.writing(now=NOW) as session:
        hand_over(session, loads[0].staff_id, {coaching_id: loads[1].staff_id}, first=TODAY, last=last, today=TODAY)
    with pypdfium2.PdfDocument(hand_over_sheets(vault, [coaching_id], today=TODAY)) as document:
        assert len(document) == 1
        words = " ".join(document[0].get_textpage().get_text_bounded().split())
    for name, day in ((loads[0].name, TODAY - timedelta(days=1)), (loads[1].name, TODAY), (loads[1].name, last)):
        assert name in words
        assert show_date(day) in words
    assert words.index(loads[0].name) < words.index(loads[1].name) < words.rindex(loads[0].name)


def test_that_what_a_hand_over_has_nothing_of_is_said(case) -> None:
    words = text_of(hand_over_sheet(replace(case, plans=(), barriers=(), consultations=())))
    assert words.count("keine") >= 3
