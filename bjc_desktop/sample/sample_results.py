"""The rows of outcomes and of the six-month surveys."""

from collections.abc import Iterator
from datetime import date

from bjc_desktop.indicators.period import add_months
from bjc_desktop.sample import texts
from bjc_desktop.sample.days import DAY, day_between, iso, weekday
from bjc_desktop.sample.dice import Dice, Weighted
from bjc_desktop.sample.sample_cases import Case, Fault
from bjc_desktop.sample.shape import SampleShape
from bjc_desktop.sample.tables import TableRow, flag, table_row

_JOBS = Weighted(
    {
        "employment_permanent": 36.0,
        "employment_fixed_term": 43,
        "employment_subsidised": 10,
        "self_employment": 3,
        "dual_training": 8,
    }
)
_QUALIFICATIONS = Weighted(
    {
        "retraining": 22.0,
        "certified_further_training": 33,
        "partial_qualification": 18,
        "external_exam_preparation": 5,
        "school_based_training": 10,
        "school_leaving_certificate": 9,
        "university_studies": 3,
    }
)
_SIDE_STEPS = Weighted(
    {
        "minijob": 30.0,
        "internship": 24,
        "vocational_language_course": 12,
        "work_opportunity_16d": 10,
        "integration_course": 6,
        "activation_measure": 5,
        "short_course": 6,
        "short_term_employment": 4,
        "voluntary_service": 3,
    }
)
_PAID = frozenset({"minijob", "short_term_employment"})
_FOUND = Weighted(
    {
        "personal_contact_coach": 26.0,
        "personal_contact_coachee": 22,
        "web_search": 19,
        "kqf_event": 6,
        "employer_outreach": 12,
        "jobcenter": 11,
        "other": 4,
    }
)
_JOB_EVIDENCE = Weighted({"employment_contract": 68.0, "payslip": 12, "employer_statement": 12, "self_report_written": 8})
_COURSE_EVIDENCE = Weighted({"enrolment_confirmation": 80.0, "certificate": 20})
_SURVEY_EVIDENCE = Weighted({"self_report_phone": 62.0, "self_report_written": 12, "payslip": 16, "employment_contract": 10})
_NOT_EMPLOYED = Weighted(
    {
        "unemployed": 58.0,
        "minijob": 9,
        "inactive": 12,
        "unknown": 4,
        "certified_further_training": 6,
        "retraining": 5,
        "work_opportunity_16d": 6,
    }
)
_STATES = Weighted({"surveyed": 74.0, "not_reached": 18, "refused": 5, "not_applicable": 3})
_MINIJOB_LIMITS = (250, 520)
_FULL_WEEK = 40


def result_rows(case: Case, shape: SampleShape, dice: Dice) -> Iterator[TableRow]:
    """Yield what came of the coaching, and the survey six months after it."""
    if case.cancelled:
        return
    if case.integrated:
        yield _job(case, shape, dice)
    if case.qualified:
        yield _qualification(case, shape, dice)
    if dice.chance(0.13):
        yield _side_step(case, dice)
    if dice.chance(0.025):
        yield _lost_job(case, dice)
    yield from _follow_up(case, shape, dice)


def _start(case: Case, window_end: date, dice: Dice) -> date:
    """Return the begin of a job or course around the exit: often the first or the fifteenth of a month."""
    day = day_between(dice, max(case.entry, case.last - 35 * DAY), window_end)
    fixed = day.replace(day=1 if dice.chance(0.7) else 15)
    return fixed if case.entry <= fixed <= window_end and dice.chance(0.75) else weekday(day, case.entry, window_end)


def _window_end(case: Case, shape: SampleShape) -> date:
    return min(add_months(case.last, 1), shape.last_day)


def _job(case: Case, shape: SampleShape, dice: Dice) -> TableRow:
    window = _window_end(case, shape)
    begin = _start(case, window, dice)
    kind = dice.draw(_JOBS)
    end = None
    if case.surveyed_due is not None and not case.employed_later and dice.chance(0.6):
        end = day_between(dice, add_months(case.last, 1) + 10 * DAY, case.surveyed_due - DAY)
    elif kind == "employment_fixed_term" and dice.chance(0.6):
        end = add_months(begin, dice.pick((12, 12, 24))) - DAY
    weekly = dice.pick((20, 25, 30, 30, 35, 38, _FULL_WEEK, _FULL_WEEK))
    pay = round(weekly * 4.33 * (13 + 4 * dice.share()) / 10) * 10
    return _outcome(
        case,
        dice,
        kind=kind,
        begin_on=begin,
        end_on=end,
        employer="" if kind == "self_employment" else texts.employer(dice),
        weekly_hours=str(weekly) if dice.chance(0.9) else "",
        gross_pay=str(900 + dice.below(250) if kind == "dual_training" else pay) if dice.chance(0.7) else "",
        evidence_kind=dice.draw(_JOB_EVIDENCE),
        last_day=shape.last_day,
    )


def _qualification(case: Case, shape: SampleShape, dice: Dice) -> TableRow:
    begin = _start(case, _window_end(case, shape), dice)
    end = add_months(begin, dice.pick((6, 9, 12, 24, 28))) - DAY
    known = dice.chance(0.5)
    return _outcome(
        case,
        dice,
        kind=dice.draw(_QUALIFICATIONS),
        begin_on=begin,
        end_on=end if known else None,
        employer=texts.school(dice),
        completed=flag(value=known and end <= shape.last_day and dice.chance(0.8)),
        evidence_kind=dice.draw(_COURSE_EVIDENCE),
        last_day=shape.last_day,
    )


def _side_step(case: Case, dice: Dice) -> TableRow:
    """Return a step that counts for neither integration nor qualification."""
    begin = weekday(day_between(dice, case.entry, case.last), case.entry, case.last)
    end = begin + dice.between(5, 120) * DAY
    kind = dice.draw(_SIDE_STEPS)
    paid = kind in _PAID
    return _outcome(
        case,
        dice,
        kind=kind,
        begin_on=begin,
        end_on=end if end <= case.last and dice.chance(0.8) else None,
        employer=texts.employer(dice) if paid or kind == "internship" else texts.school(dice),
        weekly_hours=str(dice.between(6, 12)) if paid else "",
        gross_pay=str(dice.between(*_MINIJOB_LIMITS)) if paid else "",
        evidence_kind=dice.draw(_JOB_EVIDENCE if paid else _COURSE_EVIDENCE) if dice.chance(0.8) else "",
        completed=flag(value=end <= case.last and not paid),
        last_day=case.last,
    )


def _lost_job(case: Case, dice: Dice) -> TableRow:
    """Return a job that was lost again before the exit."""
    begin = day_between(dice, case.entry, case.last)
    end = day_between(dice, begin, max(begin, case.last - DAY))
    return _outcome(
        case,
        dice,
        kind="employment_fixed_term",
        begin_on=begin,
        end_on=end,
        employer=texts.employer(dice),
        weekly_hours=str(dice.pick((20, 30, 40))),
        evidence_kind=dice.draw(_JOB_EVIDENCE),
        last_day=case.last,
    )


def _outcome(case: Case, dice: Dice, *, begin_on: date, end_on: date | None, last_day: date, **cells: str) -> TableRow:
    """Return an outcome; its evidence was seen soon after the begin, or is missing."""
    if case.fault is Fault.EVIDENCE:
        cells["evidence_kind"] = ""
    cells.setdefault("completed", flag(value=False))
    seen = weekday(begin_on + dice.between(0, 20) * DAY, begin_on, date.max)
    evident = bool(cells["evidence_kind"]) and seen <= last_day
    return table_row(
        "outcomes",
        id=dice.uuid(),
        coaching_id=case.id,
        begin_on=iso(begin_on),
        end_on=iso(end_on),
        evidence_seen_on=iso(seen) if evident else "",
        found_through=dice.draw(_FOUND) if dice.chance(0.92) else "",
        **cells,
    )


def survey_day(case: Case, shape: SampleShape) -> date | None:
    """Return the day of the six-month survey, or None where it is not due or missing."""
    due = case.surveyed_due
    if due is None or case.survey_missing:
        return None
    return weekday(due + (case.index * 7 % 19) * DAY, due, max(due, shape.last_day))


def _follow_up(case: Case, shape: SampleShape, dice: Dice) -> Iterator[TableRow]:
    day = survey_day(case, shape)
    if day is None:
        return
    state = "surveyed" if case.employed_later else dice.draw(_STATES)
    cells: dict[str, str] = {}
    if case.employed_later:
        same = flag(value=dice.chance(0.75)) if case.integrated else ""
        cells = {"status_on_due_date": dice.draw(_JOBS), "same_employer": same, "evidence_kind": dice.draw(_SURVEY_EVIDENCE)}
    elif state == "surveyed":
        cells = {"status_on_due_date": dice.draw(_NOT_EMPLOYED), "evidence_kind": "self_report_phone"}
    yield table_row("follow_ups", id=dice.uuid(), coaching_id=case.id, state=state, contacted_on=iso(day), **cells)
