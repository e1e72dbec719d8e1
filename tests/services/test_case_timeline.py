"""The timeline: each day of the case file once, newest first."""

from datetime import date

from sqlalchemy import select

from bjc_desktop.models import (
    Barrier,
    Coaching,
    CompetenceProfile,
    Consent,
    DevelopmentPlan,
    FollowUp,
    Goal,
    Measure,
    Observation,
    Outcome,
    Staff,
    Task,
)
from bjc_desktop.services.case_file import read_case_file
from bjc_desktop.services.case_timeline import timeline
from bjc_desktop.services.row_editing import add_row, change_row
from bjc_desktop.vault import Vault
from tests.conftest import NOW
from tests.vault.cases import add_case

TODAY = date(2025, 8, 1)


def test_that_every_event_of_a_file_stands_in_its_timeline(vault: Vault) -> None:
    coachee, _ = add_case(vault)
    with vault.reading() as connection:
        coaching, staff = connection.execute(select(Coaching.id)).scalar_one(), connection.execute(select(Staff.id)).scalar_one()
    of = {"coaching_id": coaching}
    with vault.writing(now=NOW) as session:
        change_row(
            session,
            Coaching,
            coaching,
            {"exit_on": date(2025, 7, 31), "exit_reason": "goal_employment", "status_at_exit": "employed"},
            today=TODAY,
        )
        add_row(session, Consent, {"coachee_id": coachee, "purpose": "participation", "given_on": date(2025, 1, 15)}, today=TODAY)
        add_row(
            session,
            Measure,
            {**of, "kind": "agh_16d", "name": "<b>&amp;</b>", "begin_on": date(2025, 2, 1), "end_on": date(2025, 4, 30)},
            today=TODAY,
        )
        add_row(
            session, CompetenceProfile, {**of, "recorded_on": date(2025, 1, 20), "summary": "Erste Zeile\nzweite"}, today=TODAY
        )
        add_row(
            session,
            Barrier,
            {
                **of,
                "area": "debt",
                "recorded_on": date(2025, 1, 21),
                "severity_at_entry": 3,
                "severity_now": 1,
                "assessed_on": date(2025, 7, 1),
            },
            today=TODAY,
        )
        plan = add_row(
            session,
            DevelopmentPlan,
            {**of, "version": 1, "agreed_on": date(2025, 1, 22), "overall_goal": "training"},
            today=TODAY,
        )
        goal = add_row(
            session,
            Goal,
            {"plan_id": plan, "description": "Ziel", "status": "achieved", "closed_on": date(2025, 6, 30)},
            today=TODAY,
        )
        add_row(session, Task, {"goal_id": goal, "description": "Aufgabe", "done_on": date(2025, 6, 29)}, today=TODAY)
        add_row(
            session, Observation, {**of, "staff_id": staff, "observed_on": date(2025, 3, 3), "workplace": "Küche"}, today=TODAY
        )
        add_row(session, Outcome, {**of, "kind": "minijob", "employer": "Bäckerei", "begin_on": date(2025, 7, 31)}, today=TODAY)
        add_row(session, FollowUp, {**of, "state": "surveyed", "contacted_on": date(2026, 2, 2)}, today=TODAY)
    entries = timeline(read_case_file(vault, coaching, today=TODAY))
    assert [(f"{entry.day:%d.%m.%y}", entry.title, entry.text, entry.section, entry.ahead) for entry in entries] == [
        ("02.02.26", "Nachbefragung", "befragt", "follow_up", True),
        ("31.01.26", "Stichtag der Nachbefragung", "", "follow_up", True),
        ("31.07.25", "Austritt", "Ziel erreicht: Beschäftigung · beschäftigt", "exit", False),
        ("31.07.25", "Ergebnis beginnt", "Minijob (geringfügig entlohnt) · Bäckerei", "outcomes", False),
        ("01.07.25", "Vermittlungshemmnis eingeschätzt", "Schulden · von 3 auf 1: besser", "barriers", False),
        ("30.06.25", "Ziel abgeschlossen", "Ziel · erreicht", "plan", False),
        ("29.06.25", "Aufgabe erledigt", "Aufgabe", "plan", False),
        ("30.04.25", "Maßnahme endet", "AGH § 16d SGB II · <b>&amp;</b>", "measures", False),
        ("03.03.25", "Beobachtung", "Coach · Küche", "observations", False),
        ("03.02.25", "Coaching", "durchgeführt · telefonisch · Coach", "consultations", False),
        ("01.02.25", "Maßnahme beginnt", "AGH § 16d SGB II · <b>&amp;</b>", "measures", False),
        ("22.01.25", "Entwicklungsplan, Fassung 1", "Ausbildung", "plan", False),
        ("21.01.25", "Vermittlungshemmnis erhoben", "Schulden", "barriers", False),
        ("20.01.25", "Kompetenzprofil", "Erste Zeile", "profile", False),
        ("15.01.25", "Einwilligung erteilt", "Teilnahme", "consents", False),
        ("15.01.25", "Eintritt", "", "coaching", False),
    ]  # fmt: skip
