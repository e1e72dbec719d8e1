"""The rows of coachings, of the staff assigned to them, and of measures."""

from collections.abc import Iterator
from datetime import date

from bjc_desktop.indicators.period import add_months
from bjc_desktop.sample import texts
from bjc_desktop.sample.days import DAY, day_between, iso, weekday
from bjc_desktop.sample.dice import Dice, Weighted
from bjc_desktop.sample.sample_cases import Case, Fault
from bjc_desktop.sample.shape import SampleShape
from bjc_desktop.sample.tables import TableRow, flag, table_row

_TARGET_GROUPS = Weighted(
    {
        "long_term_unemployed_in_measure": 48.0,
        "mini_jobber_4_years": 7,
        "long_term_unemployed_without_measure": 22,
        "programme_participant": 8,
        "refugee": 12,
        "homeless": 3,
    }
)
_CIRCLES = Weighted({"sgb2": 84.0, "sgb3": 5, "sgb12": 2, "none": 2, "asylblg": 1})
_REFUGEE_CIRCLES = Weighted({"sgb2": 55.0, "asylblg": 42, "none": 3})
_ROUTES = Weighted(
    {
        "own_measure": 38.0,
        "jobcenter": 26,
        "counselling_service": 9,
        "self_initiative": 10,
        "recommendation": 11,
        "event": 4,
        "other": 2,
    }
)
_EMPLOYED = Weighted({"employed": 88.0, "in_training": 7, "subsidised": 5})
_REASONS = Weighted(
    {
        "planned_end": 33.0,
        "measure_ended": 17,
        "dropout_coachee": 13,
        "contact_lost": 10,
        "health": 9,
        "moved": 5,
        "care": 3,
        "dropout_provider": 2,
        "retirement": 2,
        "changed_provider": 2,
        "imprisonment": 1,
        "deceased": 1,
        "other": 2,
    }
)
_REASONS_BEFORE_RETURN = Weighted({"planned_end": 4.0, "measure_ended": 3, "dropout_coachee": 2, "health": 2, "contact_lost": 1})
_STATUSES = Weighted({"unemployed": 68.0, "minijob": 8, "inactive": 12, "unknown": 8, "subsidised": 4})
_LINKING = Weighted(
    {
        "agh_16d": 46.0,
        "employment_16e": 6,
        "employment_16i": 14,
        "employment_16i_bib": 3,
        "further_training_81": 7,
        "voluntary_bfd": 4,
        "voluntary_fsj": 2,
        "voluntary_foej": 2,
        "state_programme": 8,
        "esf_project": 8,
    }
)
_OTHER_MEASURES = Weighted(
    {"integration_course": 3.0, "vocational_language_course": 4, "activation_45": 3, "coaching_16k": 1},
)
_MEASURE_NAMES = {
    "agh_16d": ("Grün im Kiez", "Möbellager", "Kantine am Kanal", "Fahrräder für alle"),
    "state_programme": ("Stadtteilhilfe", "Begleitdienst"),
    "esf_project": ("Wege in Arbeit", "Frauen starten durch"),
    "activation_45": ("Bewerbungszentrum",),
}
_SILENT_REASONS = frozenset({"contact_lost", "deceased", "imprisonment"})


def coaching_rows(case: Case, shape: SampleShape, dice: Dice) -> Iterator[TableRow]:
    """Yield the row of a coaching, of the staff assigned to it and of its measures."""
    yield table_row("coachings", **_beginning(case, shape, dice), **_ending(case, shape, dice))
    yield from _assignments(case, dice)
    if not case.cancelled:
        yield from _measures(case, shape, dice)


def _beginning(case: Case, shape: SampleShape, dice: Dice) -> dict[str, str]:
    incomplete = case.fault is Fault.MASTER_DATA
    without_group = incomplete and dice.chance(0.5)
    group = dice.draw(_TARGET_GROUPS)
    circle = dice.draw(_REFUGEE_CIRCLES if group == "refugee" else _CIRCLES)
    earliest, latest = (800, 4000) if dice.chance(0.6) else (60, 730)
    unemployed = case.entry - dice.between(earliest, latest) * DAY
    planned = add_months(case.entry, dice.pick((9, 12, 12, 15)))
    while planned <= shape.last_day and case.exit is None:
        planned = add_months(planned, 3)
    interview = case.entry if has_interview_at_entry(case) else weekday(case.entry - 5 * DAY, case.entry - 9 * DAY, case.entry)
    return {
        "id": case.id,
        "coachee_id": case.person.id,
        "provider_id": case.organisation.id,
        "funding_decision_id": case.organisation.decision_on(case.entry),
        "initial_interview_on": "" if case.fault is Fault.INTERVIEW else iso(interview),
        "entry_on": iso(case.entry),
        "planned_end_on": iso(planned),
        "target_group": "" if without_group else group,
        "legal_circle": circle,
        "unemployed_since": "" if incomplete and not without_group else iso(unemployed),
        "access_route": dice.draw(_ROUTES),
        "cancelled": flag(value=case.cancelled),
    }


def has_interview_at_entry(case: Case) -> bool:
    """Return whether the coaching begins with its initial interview, as most do; with others it was held some days before."""
    return case.index % 4 != 1


def _ending(case: Case, shape: SampleShape, dice: Dice) -> dict[str, str]:
    if case.exit is None:
        return {}
    reason, status = _reason(case, dice)
    cells = {"exit_on": iso(case.exit), "exit_reason": reason, "status_at_exit": status}
    if case.fault is Fault.EXIT_DATA:
        cells["status_at_exit"] = ""
    if case.fault is not Fault.CLOSING:
        cells |= _closing(case, case.exit, shape, dice, silent=reason in _SILENT_REASONS)
    if case.fault is Fault.LATE_FILE:
        closed = weekday(add_months(case.exit, 1) + dice.between(3, 60) * DAY, case.exit, date.max)
        cells["file_closed_on"] = iso(closed) if closed <= shape.last_day else ""
    else:
        reported = date.fromisoformat(cells.get("closing_report_on") or iso(case.exit))
        closed = weekday(reported + dice.between(1, 14) * DAY, reported, add_months(case.exit, 1))
        cells["file_closed_on"] = iso(min(closed, shape.last_day))
    return cells


def _reason(case: Case, dice: Dice) -> tuple[str, str]:
    if case.integrated:
        return "goal_employment", dice.draw(_EMPLOYED)
    if case.qualified:
        return ("goal_training" if dice.chance(0.2) else "goal_qualification"), "in_qualification"
    reason = dice.draw(_REASONS_BEFORE_RETURN if case.returns else _REASONS)
    if reason in _SILENT_REASONS:
        return reason, "unknown" if reason == "contact_lost" else "inactive"
    return reason, "inactive" if reason == "retirement" else dice.draw(_STATUSES)


def _closing(case: Case, exit_: date, shape: SampleShape, dice: Dice, *, silent: bool) -> dict[str, str]:
    """Return how the coaching was closed: interview and report, one of them, or the reason why there is none."""
    if silent or dice.chance(0.04):
        return {"closing_waived_reason": texts.waived_reason(dice)}
    cells = {}
    if dice.chance(0.85):
        cells["closing_interview_on"] = iso(weekday(exit_ - dice.between(0, 4) * DAY, case.entry, exit_))
    if not cells or dice.chance(0.8):
        report = weekday(exit_ + dice.between(0, 12) * DAY, exit_, add_months(exit_, 1))
        cells["closing_report_on"] = iso(min(report, shape.last_day))
    return cells


def _assignments(case: Case, dice: Dice) -> Iterator[TableRow]:
    parts = list(case.stints())
    for number, (member, first, last) in enumerate(parts):
        open_ = number == len(parts) - 1 and case.exit is None
        end = member.last if open_ else last
        yield _assignment(dice, case, member.id, first, end)
    if case.trainer is not None:
        begin = trainer_from(case)
        yield _assignment(dice, case, case.trainer.id, case.entry if case.early_assignment else begin, case.exit)


def trainer_from(case: Case) -> date:
    """Return the day from which the coaching's trainer works with the coachee."""
    begin = weekday(case.entry + (case.index % 21) * DAY, case.entry, case.last)
    return begin if case.trainer is None else max(begin, case.trainer.first)


def _assignment(dice: Dice, case: Case, staff: str, first: date, last: date | None) -> TableRow:
    return table_row(
        "coaching_staff", id=dice.uuid(), coaching_id=case.id, staff_id=staff, valid_from=iso(first), valid_to=iso(last)
    )


def _measures(case: Case, shape: SampleShape, dice: Dice) -> Iterator[TableRow]:
    if dice.chance(shape.link_rate):
        begin = case.entry + dice.between(-200, min(20, (case.last - case.entry).days)) * DAY
        begin = begin.replace(day=1) if dice.chance(0.5) else begin
        yield _measure(case, dice, dice.draw(_LINKING), begin, shape)
    if dice.chance(0.16):
        begin = day_between(dice, case.entry - 120 * DAY, case.last)
        yield _measure(case, dice, dice.draw(_OTHER_MEASURES), begin, shape)


def _measure(case: Case, dice: Dice, kind: str, begin: date, shape: SampleShape) -> TableRow:
    """Return a measure that reaches into the coaching; its planned end may lie after the end of the data."""
    end = max(add_months(begin, dice.pick((6, 9, 12, 12, 18, 24))), case.entry + 14 * DAY) - DAY
    if case.exit is not None and dice.chance(0.3):
        end = max(begin, case.entry, min(end, case.exit))
    known = dice.chance(0.85)
    names = _MEASURE_NAMES.get(kind)
    return table_row(
        "measures",
        id=dice.uuid(),
        coaching_id=case.id,
        kind=kind,
        name=dice.pick(names) if names and dice.chance(0.8) else "",
        own_provider=flag(value=dice.chance(0.6)) if dice.chance(0.9) else "",
        begin_on=iso(min(begin, shape.last_day)),
        end_on=iso(end) if known else "",
    )
