"""From a new coachee to the quarter's figures, through the window: ordinary work makes the statistics."""

import json
import zipfile
from datetime import UTC, date, datetime

import pytest
from PySide6.QtCore import Qt

from bjc_desktop.indicators.figures import compute
from bjc_desktop.indicators.period import quarter
from bjc_desktop.services.reports import make_reports
from bjc_desktop.services.targets import read_settings
from bjc_desktop.services.vault_setup import NewVault, make_vault
from bjc_desktop.ui.coachees.new_coachee_dialog import NewCoacheeDialog
from bjc_desktop.ui.consultation.consultation_dialog import ConsultationDialog
from bjc_desktop.ui.shared.background import Background
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.workspace import Workspace
from bjc_desktop.vocabulary import Role
from tests.ui.typing_keys import type_text


class TravellingDesk(Desk):
    """A desk whose day the test sets."""

    day = date(2025, 1, 7)

    def today(self) -> date:
        """Return the day."""
        return self.day

    def now(self) -> datetime:
        """Return the morning of the day."""
        return datetime(self.day.year, self.day.month, self.day.day, 9, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path, look, qtbot):
    """Yield a desk over a new vault as the first start makes it."""
    new = NewVault(tmp_path / "tresor", "ana", "ein langer Satz", "Träger Nord", "Ana", "Özdemir", Role.JOB_COACH)
    vault, _ = make_vault(new, now=datetime(2024, 12, 2, 9, tzinfo=UTC), today=date(2024, 12, 2))
    background = Background()
    made = TravellingDesk(vault, background)
    made.check()
    yield made
    background.wait()
    made.close()


def choose(field, value) -> None:
    """Choose *value* as a user does."""
    field.box.setCurrentIndex(field.box.findData(value))
    field.box.activated.emit(field.box.currentIndex())


def fill(form, **texts) -> None:
    """Type or choose what each field of *form* is to hold."""
    for name, text in texts.items():
        field = form.fields[name]
        if hasattr(field, "box"):
            choose(field, text)
        else:
            type_text(field.inner, text)


def add(workspace, section, **texts) -> None:
    """Add a row in a section of the case file that is shown."""
    page = workspace.page("case_file")
    page.show_section(section)
    rows = page._views[section].list
    rows.begin_new()
    for name, text in texts.items():
        field = rows.form.fields[name]
        if not hasattr(field, "box"):
            field.type_text("")
        fill(rows.form, **{name: text})
    rows.save()
    assert rows.banner.text() == ""


def test_that_ordinary_work_makes_the_figures_of_the_quarter(desk, qtbot, tmp_path) -> None:
    workspace = Workspace(desk)
    qtbot.addWidget(workspace)
    workspace.resize(1366, 768)
    workspace.show()
    workspace.begin()

    # A new coachee, in January.
    workspace.open_page("coachees", {"new": True})
    dialog = workspace.findChild(NewCoacheeDialog)
    fill(dialog.person, family_name="Yıldız", given_name="Ayşe", birth_date="5.3.1990")
    dialog.coaching.fields["entry_on"].type_text("")
    fill(
        dialog.coaching,
        entry_on="7.1.2025",
        target_group="refugee",
        legal_circle="sgb2",
        unemployed_since="1.6.2022",
        initial_interview_on="7.1.2025",
    )
    dialog.save()
    page = workspace.page("case_file")
    assert workspace.stack.currentWidget() is page
    coaching_id = page.coaching_id

    # Consent, a measure, the competence profile, a plan with a goal and a task.
    add(workspace, "consents", purpose="participation", given_on="7.1.2025")
    add(workspace, "measures", kind="agh_16d", begin_on="7.1.2025")
    add(workspace, "profile", recorded_on="8.1.2025", summary="kann gut mit Menschen")
    page.show_section("plan")
    plans = page._views["plan"]
    plans.add_version()
    plans.goals.begin_new()
    fill(plans.goals.form, description="Arbeit in der Pflege", status="open")
    plans.goals.save()
    plans.tasks.begin_new()
    fill(plans.tasks.form, description="Lebenslauf schreiben", responsible="coachee")
    plans.tasks.save()
    assert len(page.case.plans[0].goals[0].tasks) == 1

    # Ten consultations by the typed line.
    for number in range(10):
        desk.day = date(2025, 1, 10 + number)
        workspace.record()
        talk = next(d for d in workspace.findChildren(ConsultationDialog) if d.isVisible())
        type_text(talk.line.line, "yil" if not talk.people else "45 telefon")
        if not talk._everybody():
            qtbot.keyClick(talk.line.line, Qt.Key.Key_Return)
        type_text(talk.note, f"Gespräch {number}")
        talk.save()
    workspace.open_page("case_file", {"coaching_id": coaching_id, "section": "consultations"})
    assert len(page.case.consultations) == 10

    # Work from 3 March on, the exit on 28 February, everything on one page.
    desk.day = date(2025, 3, 4)
    workspace.open_page("closing", {"coaching_id": coaching_id})
    closing = workspace.page("closing")
    fill(closing.form, exit_on="28.2.2025", exit_reason="goal_employment", status_at_exit="employed")
    fill(closing.form, closing_interview_on="27.2.2025", closing_report_on="3.3.2025")
    closing.add_outcome.setChecked(True)
    fill(closing.outcome, kind="employment_permanent", begin_on="3.3.2025", weekly_hours="30", gross_pay="2.100")
    fill(closing.outcome, evidence_kind="employment_contract", found_through="personal_contact_coach")
    for choice in closing._goals.values():
        choice.setCurrentIndex(choice.findData("achieved"))
    closing._look()
    assert [verdict.counts for verdict in closing.state.verdicts[:3]] == [True, False, True], [
        v.label for v in closing.state.verdicts
    ]
    closing.save()
    assert "28.08.2025" in closing.banner.text()

    # The survey six months later.
    desk.day = date(2025, 9, 2)
    workspace.open_page("follow_ups", {"coaching_id": coaching_id})
    desk.changed.emit()
    survey = workspace.page("follow_ups")
    qtbot.waitUntil(lambda: "angezeigt" in survey.subtitle.text(), timeout=10_000)
    survey.panel.start()
    qtbot.keyClick(survey.panel.answers, Qt.Key.Key_Return)

    # The figures, the same by the core and in the bundle.
    desk.day = date(2026, 3, 1)
    for number, code, expected in (
        (1, "a1_1", (1, 1)),
        (1, "correctly_closed", (1, 1)),
        (1, "measure_link", (1, 1)),
        (3, "a1_2", (1, 1)),
    ):
        period = quarter(2025, number)
        with desk.vault.reading() as connection:
            figures = compute(connection, period, read_settings(connection), as_of=desk.day).scope("all").figures
        figure = next(figure for figure in figures if figure.code == code)
        assert (figure.numerator, figure.denominator) == expected, code
        [path] = make_reports(
            desk.vault,
            period,
            tmp_path / f"{number}-{code}",
            provider=None,
            as_of=desk.day,
            release=False,
            now=desk.now(),
            today=desk.day,
        )
        with zipfile.ZipFile(path) as bundle:
            content = json.loads(bundle.read("indicators.json"))
        told = next(entry for entry in content["indicators"] if entry["code"] == code)
        assert int(told["numerator"]) == expected[0]
    with desk.vault.reading() as connection:
        figures = compute(connection, quarter(2025, 1), read_settings(connection), as_of=desk.day).scope("all").figures
    assert next(f for f in figures if f.code == "consultations_per_hour").numerator == 10
