"""The rows of a coachee's development: competence profile, barriers, development plans with goals and tasks, observations."""

from collections.abc import Iterator
from datetime import date

from bjc_desktop.indicators.period import add_months
from bjc_desktop.sample import texts
from bjc_desktop.sample.days import DAY, iso, weekday, weekday_between
from bjc_desktop.sample.dice import Dice, Weighted
from bjc_desktop.sample.sample_cases import Case, Fault
from bjc_desktop.sample.sample_coachings import trainer_from
from bjc_desktop.sample.shape import SampleShape
from bjc_desktop.sample.tables import TableRow, table_row

_AREAS = Weighted(
    {
        "qualification": 15.0,
        "language": 12,
        "health": 10,
        "mental_health": 8,
        "addiction": 3,
        "debt": 8,
        "housing": 5,
        "family": 7,
        "care": 2,
        "authorities": 6,
        "residence": 3,
        "mobility": 5,
        "motivation": 7,
        "work_behaviour": 5,
        "digital": 6,
        "delinquency": 1,
        "application": 12,
        "other": 2,
    }
)
_OVERALL = Weighted({"first_labour_market": 52.0, "training": 9, "qualification": 19, "stabilisation": 13, "open": 7})
_ENDED = Weighted({"achieved": 42.0, "partly_achieved": 27, "not_achieved": 18, "dropped": 13})
_RESPONSIBLE = Weighted({"coachee": 62.0, "job_coach": 24, "employment_trainer": 9, "third_party": 5})
_CHANGES = Weighted({0: 40.0, -1: 38, -2: 14, 1: 8})
_METHODS = Weighted({"free": 20.0, "structured_form": 42, "work_sample": 22, "self_assessment": 6, "conversation": 10})
_WORST, _BEST = 1, 5
_PLAN_AFTER = 30
_PLAN_RHYTHM = 200
_MOST_PLANS = 4


def development_rows(case: Case, _shape: SampleShape, dice: Dice) -> Iterator[TableRow]:
    """Yield everything on the coachee's development."""
    if case.cancelled:
        return
    yield from _profiles(case, dice)
    areas = sorted({dice.draw(_AREAS) for _ in range(dice.between(2, 5))})
    yield from _barriers(case, areas, dice)
    yield from _plans(case, areas, dice)
    yield from _observations(case, dice)


def _after(case: Case, dice: Dice, low: int, high: int) -> date:
    """Return a weekday from *low* to *high* days after the entry, within the coaching."""
    return weekday(case.entry + dice.between(low, high) * DAY, case.entry, case.last)


def _profiles(case: Case, dice: Dice) -> Iterator[TableRow]:
    """Yield the first profile and, in a longer coaching, a second one."""
    if case.fault is Fault.PROFILE or (case.exit is None and (case.last - case.entry).days < _PLAN_AFTER and dice.chance(0.6)):
        return
    days = [_after(case, dice, 0, 21)]
    if (case.last - case.entry).days > _PLAN_RHYTHM and dice.chance(0.4):
        days.append(_after(case, dice, 150, _PLAN_RHYTHM))
    for day in days:
        yield table_row(
            "competence_profiles",
            id=dice.uuid(),
            coaching_id=case.id,
            staff_id=case.position.holder(day).id,
            recorded_on=iso(day),
            summary=texts.profile(dice),
        )


def _barriers(case: Case, areas: list[str], dice: Dice) -> Iterator[TableRow]:
    for area in areas:
        recorded = _after(case, dice, 0, 25)
        severity = dice.between(1, 3)
        assessed = weekday_between(dice, max(recorded, case.last - 60 * DAY), case.last) if dice.chance(0.85) else None
        now = min(3, max(0, severity + dice.draw(_CHANGES)))
        yield table_row(
            "barriers",
            id=dice.uuid(),
            coaching_id=case.id,
            area=area,
            severity_at_entry=str(severity),
            recorded_on=iso(recorded),
            severity_now="" if assessed is None else str(now),
            assessed_on=iso(assessed),
        )


def _plan_days(case: Case, dice: Dice) -> list[date]:
    """Return the days on which the versions of the plan were agreed."""
    length = (case.last - case.entry).days
    if case.exit is None and length < _PLAN_AFTER:
        return []
    days = [_after(case, dice, 7, _PLAN_AFTER)]
    while len(days) < _MOST_PLANS and (following := days[-1] + dice.between(150, 260) * DAY) < case.last - 30 * DAY:
        days.append(weekday(following, case.entry, case.last))
    return days


def _plans(case: Case, areas: list[str], dice: Dice) -> Iterator[TableRow]:
    days = _plan_days(case, dice)
    overall = dice.draw(_OVERALL)
    for number, day in enumerate(days):
        plan = dice.uuid()
        following = days[number + 1] if number + 1 < len(days) else None
        yield table_row(
            "development_plans",
            id=plan,
            coaching_id=case.id,
            version=str(number + 1),
            agreed_on=iso(day),
            overall_goal=overall,
            coachee_confirmed_on=iso(weekday_between(dice, day, min(day + 7 * DAY, case.last))) if dice.chance(0.93) else "",
            review_on=iso(add_months(day, 3)),
        )
        for position, area in enumerate(dice.several(areas, dice.between(2, 3))):
            left_open = case.fault is Fault.GOAL_OPEN and following is None and position == 0
            yield from _goal(case, plan, area, (day, following, left_open), dice)
        if overall == "open" or dice.chance(0.1):
            overall = dice.draw(_OVERALL)


def _goal(case: Case, plan: str, area: str, span: tuple[date, date | None, bool], dice: Dice) -> Iterator[TableRow]:
    """Yield a goal with its tasks; in a closed plan it has an end status."""
    day, following, left_open = span
    end = following or case.last
    due = weekday(add_months(day, dice.pick((2, 3, 3, 4, 6))), day, date.max)
    ended = (following is not None or case.exit is not None or dice.chance(0.3)) and not left_open
    closed = weekday_between(dice, day, end) if following is None and case.exit is None else end
    if ended and due < closed and dice.chance(0.6):
        closed = due
    status = dice.draw(_ENDED) if ended else ("in_progress" if dice.chance(0.6) else "open")
    goal = dice.uuid()
    yield table_row(
        "goals",
        id=goal,
        plan_id=plan,
        area=area,
        description=texts.goal(dice, area),
        due_on=iso(due),
        status=status,
        closed_on=iso(closed) if ended else "",
    )
    for _ in range(dice.between(1, 2)):
        yield _task(goal, area, (day, closed if ended else end), dice)


def _task(goal: str, area: str, span: tuple[date, date], dice: Dice) -> TableRow:
    first, last = span
    due = weekday(first + dice.between(7, 60) * DAY, first, date.max)
    done = weekday_between(dice, first, min(due + 10 * DAY, last)) if dice.chance(0.72) else None
    return table_row(
        "tasks",
        id=dice.uuid(),
        goal_id=goal,
        description=texts.task(dice, area),
        responsible=dice.draw(_RESPONSIBLE),
        due_on=iso(due),
        done_on=iso(done),
    )


def _observations(case: Case, dice: Dice) -> Iterator[TableRow]:
    """Yield the trainer's observations, one every six to ten weeks; the marks tend to rise."""
    if case.trainer is None:
        return
    day = trainer_from(case) + dice.between(10, 40) * DAY
    level = 1.6 + 1.8 * dice.share()
    while day <= case.last:
        observed = weekday(day, trainer_from(case), case.last)
        yield _observation(case, case.trainer.id, observed, level, dice)
        day += dice.between(42, 75) * DAY
        level = min(4.6, level + 0.5 * dice.share())


def _mark(level: float, dice: Dice) -> str:
    if dice.chance(0.08):
        return ""
    return str(min(_BEST, max(_WORST, int(level + 1.6 * (dice.share() - 0.5) + 0.5))))


def _observation(case: Case, staff: str, day: date, level: float, dice: Dice) -> TableRow:
    place, task = texts.workplace_and_task(dice)
    discussed = weekday(day + dice.between(0, 12) * DAY, day, date.max)
    return table_row(
        "observations",
        id=dice.uuid(),
        coaching_id=case.id,
        staff_id=staff,
        observed_on=iso(day),
        workplace=place,
        task=task,
        method=dice.draw(_METHODS),
        work_behaviour=_mark(level, dice),
        social_behaviour=_mark(level + 0.3, dice),
        resilience=_mark(level - 0.2, dice),
        concentration=_mark(level, dice),
        motor_skills=_mark(level + 0.2, dice),
        evidence=texts.observation(dice),
        derived_action=texts.action(dice) if dice.chance(0.75) else "",
        discussed_on=iso(discussed) if discussed <= case.last and dice.chance(0.85) else "",
    )
