"""One case per rule: what it holds, and what the report must say of it, for each of the six indicators.

Every case ends on 31 August 2025 after an entry on 1 February; the window ends on 30 September. A case is named by what it holds.
"""

from datetime import date

import pytest

from bjc_desktop.indicators.cases import exit_verdicts, follow_up_cases, link_verdicts
from bjc_desktop.indicators.catalogue import BY_CODE, COUNTS
from bjc_desktop.indicators.counting import A4_KINDS, LINKING_MEASURES
from bjc_desktop.indicators.period import parse_quarter
from bjc_desktop.indicators.settings import ChecklistItem, IndicatorSettings
from bjc_desktop.services.consultation_sessions import counted_consultations
from bjc_desktop.vocabulary import FollowUpState, MeasureKind, OutcomeKind, StatusOnDueDate
from tests.indicators.builder import EXIT, Builder
from tests.samples import NOW

QUARTER = parse_quarter("2025-Q3")
JOB = "employment_permanent"
NOTHING_OPTIONAL = IndicatorSettings(subsidised_counts=False, self_employment_counts=False, dual_training_counts=False)
COUNTING_A1 = {JOB, "employment_fixed_term", "employment_subsidised", "self_employment", "dual_training"}

OUTCOMES = [
    # what the outcomes are, (kind, begin, end, completed) of each; A1.1; A4
    ("nothing", [], "no_outcome", "no_outcome"),
    ("a job from the day after the exit", [(JOB, "2025-09-01")], COUNTS, "no_outcome"),
    ("a job from the last day of the window", [(JOB, "2025-09-30")], COUNTS, "no_outcome"),
    ("a job from the day after the window", [(JOB, "2025-10-01")], "begins_after_window", "no_outcome"),
    ("a job until the last day of the window", [(JOB, "2025-09-01", "2025-09-30")], COUNTS, "no_outcome"),
    ("a job until the day before", [(JOB, "2025-09-01", "2025-09-29")], "ended_before_window", "no_outcome"),
    ("a job since before the exit", [(JOB, "2025-07-01")], COUNTS, "no_outcome"),
    ("a job since before the entry", [(JOB, "2020-01-01")], COUNTS, "no_outcome"),
    ("a job lost before the exit", [(JOB, "2025-07-01", "2025-08-01")], "ended_before_window", "no_outcome"),
    ("a job lost, another found", [(JOB, "2025-07-01", "2025-08-01"), (JOB, "2025-09-15")], COUNTS, "no_outcome"),
    ("a Minijob", [("minijob", "2025-09-01")], "minijob", "no_outcome"),
    ("a Minijob and a job", [("minijob", "2025-09-01"), (JOB, "2025-09-01")], COUNTS, "no_outcome"),
    ("a Minijob and a job later", [("minijob", "2025-09-01"), (JOB, "2025-11-01")], "minijob", "no_outcome"),
    ("a Minijob that is over", [("minijob", "2025-09-01", "2025-09-15")], "other_kind", "no_outcome"),
    ("a short-term employment", [("short_term_employment", "2025-09-01")], "short_term_employment", "no_outcome"),
    ("an internship", [("internship", "2025-09-01")], "other_kind", "no_outcome"),
    ("retraining from the entry", [("retraining", "2025-02-01")], "other_kind", COUNTS),
    ("retraining from before the entry", [("retraining", "2025-01-31")], "other_kind", "begun_before_entry"),
    ("retraining from the last day of the window", [("retraining", "2025-09-30")], "other_kind", COUNTS),
    ("retraining after the window", [("retraining", "2025-10-01")], "other_kind", "begins_after_window"),
    ("retraining until the exit", [("retraining", "2025-03-01", "2025-08-31")], "other_kind", COUNTS),
    ("retraining broken off", [("retraining", "2025-03-01", "2025-08-30")], "other_kind", "broken_off"),
    ("retraining completed early", [("retraining", "2025-03-01", "2025-08-30", True)], "other_kind", COUNTS),
    ("a language course", [("integration_course", "2025-09-01")], "other_kind", "not_substantial"),
    ("job and retraining", [(JOB, "2025-09-01"), ("retraining", "2025-09-01")], COUNTS, COUNTS),
]  # fmt: skip

# What a case needs beside the outcome, to pass the item or not: (fields of the coaching, paperwork, consent, outcomes).
CONSENT = ("2025-02-01", None)
CHECKLIST = [
    ("everything", {}, {}, CONSENT, [], COUNTS),
    ("no consent", {}, {}, None, [], "consent"),
    ("consent on the day of the exit", {}, {}, ("2025-08-31", None), [], COUNTS),
    ("consent after the exit", {}, {}, ("2025-09-01", None), [], "consent"),
    ("withdrawn on the day of the exit", {}, {}, ("2025-02-01", "2025-08-31"), [], "consent"),
    ("withdrawn the day after", {}, {}, ("2025-02-01", "2025-09-01"), [], COUNTS),
    ("no target group", {"target_group": None}, {}, CONSENT, [], "master_data"),
    ("no legal circle", {"legal_circle": None}, {}, CONSENT, [], "master_data"),
    ("legal circle: none", {"legal_circle": "none"}, {}, CONSENT, [], COUNTS),
    ("unemployed since unknown", {"unemployed_since": None}, {}, CONSENT, [], "master_data"),
    ("no initial interview", {"initial_interview_on": None}, {}, CONSENT, [], "initial_interview"),
    ("no profile", {}, {"profile": None}, CONSENT, [], "competence_profile"),
    ("a profile from before the entry", {}, {"profile": "2024-12-01"}, CONSENT, [], COUNTS),
    ("a profile of the day of the exit", {}, {"profile": "2025-08-31"}, CONSENT, [], COUNTS),
    ("a profile after the exit", {}, {"profile": "2025-09-01"}, CONSENT, [], "competence_profile"),
    ("no plan", {}, {"goals": ()}, CONSENT, [], "development_plan"),
    ("a plan without goals", {}, {"goals": ((),)}, CONSENT, [], "development_plan"),
    ("one goal open", {}, {"goals": (("achieved", "open"),)}, CONSENT, [], "development_plan"),
    ("one goal in progress", {}, {"goals": (("in_progress",),)}, CONSENT, [], "development_plan"),
    ("every end status", {}, {"goals": (("achieved", "partly_achieved", "not_achieved", "dropped"),)}, CONSENT, [], COUNTS),
    ("open in the first version only", {}, {"goals": (("open",), ("achieved",))}, CONSENT, [], COUNTS),
    ("open in the latest version", {}, {"goals": (("achieved",), ("open",))}, CONSENT, [], "development_plan"),
    ("no goal in the latest version", {}, {"goals": (("achieved",), ())}, CONSENT, [], "development_plan"),
    ("no consultation", {}, {"consultation": None}, CONSENT, [], "consultation"),
    ("a consultation on the day of the entry", {}, {"consultation": "2025-02-01"}, CONSENT, [], COUNTS),
    ("a consultation before the entry", {}, {"consultation": "2025-01-31"}, CONSENT, [], "consultation"),
    ("a consultation on the day of the exit", {}, {"consultation": "2025-08-31"}, CONSENT, [], COUNTS),
    ("a consultation after the exit", {}, {"consultation": "2025-09-01"}, CONSENT, [], "consultation"),
    ("a consultation that was not held", {}, {"status": "no_show"}, CONSENT, [], "consultation"),
    ("no exit reason", {"exit_reason": None}, {}, CONSENT, [], "exit_data"),
    ("no status at exit", {"status_at_exit": None}, {}, CONSENT, [], "exit_data"),
    ("status at exit: unknown", {"status_at_exit": "unknown"}, {}, CONSENT, [], COUNTS),
    ("a job without evidence", {}, {}, CONSENT, [(JOB, "2025-09-01", None, False, None)], "evidence"),
    ("a job that does not count, without evidence", {}, {}, CONSENT, [(JOB, "2025-11-01", None, False, None)], COUNTS),
    ("a Minijob without evidence", {}, {}, CONSENT, [("minijob", "2025-09-01", None, False, None)], COUNTS),
    ("retraining without evidence", {}, {}, CONSENT, [("retraining", "2025-09-01", None, False, None)], "evidence"),
    ("no closing", {"closing_interview_on": None}, {}, CONSENT, [], "closing"),
    ("a closing report", {"closing_interview_on": None, "closing_report_on": "2025-09-02"}, {}, CONSENT, [], COUNTS),
    ("a reason", {"closing_interview_on": None, "closing_waived_reason": "Unbekannt verzogen"}, {}, CONSENT, [], COUNTS),
    ("closed after a month", {"file_closed_on": "2025-09-30"}, {}, CONSENT, [], COUNTS),
    ("closed a day late", {"file_closed_on": "2025-10-01"}, {}, CONSENT, [], "on_time"),
    ("not closed", {"file_closed_on": None}, {}, CONSENT, [], "on_time"),
    ("consent before closing", {"file_closed_on": None}, {}, None, [], "consent"),
]  # fmt: skip

SURVEYED = "surveyed"
FOLLOW_UPS = [
    # what the survey says; A1.2; A1.2 where the optional kinds are switched off
    (None, None, "missing", "missing"),
    ("not_reached", None, "not_reached", "not_reached"),
    ("refused", None, "refused", "refused"),
    ("not_applicable", None, "not_applicable", "not_applicable"),
    (SURVEYED, "employment_permanent", COUNTS, COUNTS),
    (SURVEYED, "employment_fixed_term", COUNTS, COUNTS),
    (SURVEYED, "employment_subsidised", COUNTS, "kind_switched_off"),
    (SURVEYED, "self_employment", COUNTS, "kind_switched_off"),
    (SURVEYED, "dual_training", COUNTS, "kind_switched_off"),
    (SURVEYED, "minijob", "minijob", "minijob"),
    (SURVEYED, "short_term_employment", "short_term_employment", "short_term_employment"),
    (SURVEYED, "unemployed", "not_working", "not_working"),
    (SURVEYED, "inactive", "not_working", "not_working"),
    (SURVEYED, "unknown", "status_unknown", "status_unknown"),
    (SURVEYED, None, "status_unknown", "status_unknown"),
    (SURVEYED, "internship", "other_kind", "other_kind"),
    (SURVEYED, "retraining", "other_kind", "other_kind"),
]

# The coaching is active from 1 February to 31 August; the period ends on 30 September.
MEASURES = [
    ("nothing", [], "no_measure"),
    ("throughout", [("agh_16d", "2025-01-01", None)], COUNTS),
    ("over on the day of the entry", [("agh_16d", "2024-01-01", "2025-02-01")], COUNTS),
    ("over the day before", [("agh_16d", "2024-01-01", "2025-01-31")], "outside_coaching"),
    ("from the day of the exit", [("agh_16d", "2025-08-31", None)], COUNTS),
    ("from the day after", [("agh_16d", "2025-09-01", None)], "outside_coaching"),
    ("of another kind", [("coaching_16k", "2025-03-01", None)], "not_linking"),
    ("of another kind, and one outside", [("coaching_16k", "2025-03-01", None), ("agh_16d", "2025-09-01", None)], "outside_coaching"),
]  # fmt: skip

GROUP, MIXED = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
CONSULTATIONS = [
    # name, day, what it is, who held it, in which coaching; the verdict (None: not among the coach's of the quarter)
    ("held", "2025-07-01", {}, "coach", "running", COUNTS),
    ("after the exit", "2025-09-30", {"channel": "phone"}, "coach", "running", COUNTS),
    ("planned", "2025-07-02", {"status": "planned"}, "coach", "running", "not_held"),
    ("nobody came", "2025-07-02", {"status": "no_show"}, "coach", "running", "not_held"),
    ("of a cancelled coaching", "2025-07-01", {}, "coach", "cancelled", "cancelled"),
    ("survey", "2025-07-03", {"kind": "follow_up_survey"}, "coach", "running", "kind_excluded"),
    ("video", "2025-07-03", {"channel": "video"}, "coach", "running", "channel_excluded"),
    ("first of a group", "2025-07-04", {"group_id": GROUP}, "coach", "running", COUNTS),
    ("second of a group", "2025-07-05", {"group_id": GROUP}, "coach", "running", "same_session"),
    ("survey in a group", "2025-07-06", {"group_id": MIXED, "kind": "follow_up_survey"}, "coach", "running", "kind_excluded"),
    ("the other of that group", "2025-07-07", {"group_id": MIXED}, "coach", "running", COUNTS),
    ("a trainer's", "2025-07-08", {}, "trainer", "running", None),
    ("before the quarter", "2025-06-30", {}, "coach", "running", None),
    ("after the quarter", "2025-10-01", {}, "coach", "running", None),
]


@pytest.fixture(scope="module")
def cases(rules_vault):
    """Fill the vault with every case of the tables above; return their ids by table and name."""
    ids = {}
    with rules_vault.writing(now=NOW) as session:
        build = Builder(session)
        for name, outcomes, *_ in OUTCOMES:
            ids["outcome", name] = build.coaching()
            for outcome in outcomes:
                kind, begin, end, completed = (*outcome, None, False)[:4] if len(outcome) < 4 else outcome
                build.outcome(ids["outcome", name], kind, begin, end, completed=bool(completed))
        for kind in OutcomeKind:
            ids["kind", kind.value] = build.coaching()
            build.outcome(ids["kind", kind.value], kind.value, "2025-09-01")
        for name, fields, paperwork, consent, outcomes, _ in CHECKLIST:
            coaching = ids["checklist", name] = build.coaching(build.coachee(consent=consent), **fields)
            build.paperwork(coaching, **paperwork)
            for kind, begin, end, completed, evidence in outcomes:
                build.outcome(coaching, kind, begin, end, completed=completed, evidence=evidence)
        for state, status, *_ in FOLLOW_UPS:
            ids["survey", (state, status)] = build.coaching(exit_on="2025-03-31")
            if state:
                build.follow_up(ids["survey", (state, status)], state, status)
        for name, measures, _ in MEASURES:
            ids["measure", name] = build.coaching()
            for measure in measures:
                build.measure(ids["measure", name], *measure)
        for kind in MeasureKind:
            ids["link", kind.value] = build.coaching()
            build.measure(ids["link", kind.value], kind.value, "2025-03-01", "2025-03-01")
        staff = {"trainer": build.staff("employment_trainer"), "coach": build.coach}
        coachings = {"running": build.coaching(), "cancelled": build.coaching(cancelled=True)}
        for name, held_on, fields, who, where, _ in CONSULTATIONS:
            row = build.consultation(coachings[where], held_on, staff=staff[who], **fields)
            ids["consultation", name] = row
    return ids


def verdicts(vault, statement, settings=None, *, first=QUARTER.first, last=QUARTER.last):
    """Return the rows of *statement* between *first* and *last*, by id."""
    with vault.reading() as connection:
        rows = connection.execute(statement(settings or IndicatorSettings()), {"first": first, "last": last})
        return {row["id"]: dict(row) for row in rows.mappings()}


@pytest.mark.parametrize(("name", "a1_1", "a4"), [(row[0], *row[2:]) for row in OUTCOMES])
def test_what_outcomes_count_for(rules_vault, cases, name, a1_1, a4):
    row = verdicts(rules_vault, exit_verdicts)[cases["outcome", name]]
    assert (row["a1_1_verdict"], row["a4_verdict"]) == (a1_1, a4)
    assert (row["a1_1"], row["a4"]) == (a1_1 == COUNTS, a4 == COUNTS)


def test_which_kinds_count(rules_vault, cases):
    rows = verdicts(rules_vault, exit_verdicts)
    assert {kind.value for kind in OutcomeKind if rows[cases["kind", kind.value]]["a1_1"]} == COUNTING_A1
    assert {kind.value for kind in OutcomeKind if rows[cases["kind", kind.value]]["a4"]} == {kind.value for kind in A4_KINDS}


def test_that_optional_kinds_can_be_switched_off(rules_vault, cases):
    rows = verdicts(rules_vault, exit_verdicts, NOTHING_OPTIONAL)
    off = {kind for kind in COUNTING_A1 if rows[cases["kind", kind]]["a1_1_verdict"] == "kind_switched_off"}
    assert off == {"employment_subsidised", "self_employment", "dual_training"}
    assert rows[cases["kind", JOB]]["a1_1_verdict"] == COUNTS


@pytest.mark.parametrize(("name", "verdict"), [(row[0], row[-1]) for row in CHECKLIST])
def test_which_item_a_closing_fails(rules_vault, cases, name, verdict):
    row = verdicts(rules_vault, exit_verdicts)[cases["checklist", name]]
    assert row["correct_verdict"] == verdict
    failing = [item.value for item in ChecklistItem if not row[f"item_{item.value}"]]
    assert failing[:1] == ([] if verdict == COUNTS else [verdict])


@pytest.mark.parametrize(("state", "status", "verdict", "switched_off"), FOLLOW_UPS)
def test_what_the_survey_counts_for(rules_vault, cases, state, status, verdict, switched_off):
    cohort = {"first": date(2025, 1, 1), "last": date(2025, 3, 31)}
    case = cases["survey", (state, status)]
    assert verdicts(rules_vault, follow_up_cases, **cohort)[case]["verdict"] == verdict
    assert verdicts(rules_vault, follow_up_cases, NOTHING_OPTIONAL, **cohort)[case]["verdict"] == switched_off


def test_that_the_survey_table_knows_every_state_and_status():
    assert {row[0] for row in FOLLOW_UPS} == {None, *(state.value for state in FollowUpState)}
    assert {row[1] for row in FOLLOW_UPS} <= {None, *(status.value for status in StatusOnDueDate)}


@pytest.mark.parametrize(("name", "verdict"), [(row[0], row[-1]) for row in MEASURES])
def test_whether_a_measure_links(rules_vault, cases, name, verdict):
    row = verdicts(rules_vault, link_verdicts)[cases["measure", name]]
    assert (row["verdict"], row["entry_on"], row["last_day"]) == (verdict, date(2025, 2, 1), EXIT.isoformat())


def test_which_kinds_of_measure_link(rules_vault, cases):
    rows = verdicts(rules_vault, link_verdicts)
    found = {kind.value for kind in MeasureKind if rows[cases["link", kind.value]]["verdict"] == COUNTS}
    assert found == {kind.value for kind in LINKING_MEASURES}
    assert "coaching_16k" not in found


def test_which_consultations_count(rules_vault, cases):
    settings = IndicatorSettings(excluded_kinds=("follow_up_survey",), excluded_channels=("video",))
    with rules_vault.reading() as connection:
        coaches = connection.exec_driver_sql("SELECT id FROM staff WHERE role = 'job_coach'").scalars().all()
        found = {row.id: row.verdict for row in counted_consultations(connection, QUARTER, settings, coaches)}
    assert {name: found.get(cases["consultation", name]) for name, *_ in CONSULTATIONS} == {
        row[0]: row[-1] for row in CONSULTATIONS
    }


def test_that_the_tables_hold_every_verdict_of_the_catalogue():
    told = {
        "a1_1": {row[2] for row in OUTCOMES} | {"kind_switched_off"},
        "a4": {row[3] for row in OUTCOMES},
        "correctly_closed": {row[-1] for row in CHECKLIST},
        "a1_2": {verdict for row in FOLLOW_UPS for verdict in row[2:]},
        "measure_link": {row[-1] for row in MEASURES},
        "consultations_per_hour": {row[-1] for row in CONSULTATIONS} - {None},
    }
    assert told == {code: {COUNTS, *indicator.verdicts} for code, indicator in BY_CODE.items()}
