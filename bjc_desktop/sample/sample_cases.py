"""The sample's coachings: who is coached by whom from when to when, and what comes of it."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto

from bjc_desktop.indicators.period import FOLLOW_UP_MONTHS, add_months
from bjc_desktop.sample.days import DAY, last_of_month, quarter_label, weekday
from bjc_desktop.sample.dice import Dice
from bjc_desktop.sample.organisation import Member, Organisation, Position
from bjc_desktop.sample.shape import SampleShape

_SHORT = 0.14
_RETURN_SHARE = 0.08
_CANCELLED_SHARE = 0.007
_RETURN_AFTER = 75 * DAY
_RECENT = 40
"""From how many of those who left last the one is chosen who comes back."""
_LONGEST_RAMP = 130
_NEAR_MONTH_END = 6
_WEAK_INTEGRATION = 0.58
_WEAK_CLOSING = 0.86


class Fault(Enum):
    """What keeps a coaching from being closed correctly."""

    CONSENT = auto()
    MASTER_DATA = auto()
    INTERVIEW = auto()
    PROFILE = auto()
    GOAL_OPEN = auto()
    EXIT_DATA = auto()
    EVIDENCE = auto()
    CLOSING = auto()
    LATE_FILE = auto()


_FAULTS = (
    Fault.LATE_FILE,
    Fault.CLOSING,
    Fault.GOAL_OPEN,
    Fault.EVIDENCE,
    Fault.MASTER_DATA,
    Fault.LATE_FILE,
    Fault.CONSENT,
    Fault.CLOSING,
    Fault.EXIT_DATA,
    Fault.PROFILE,
    Fault.INTERVIEW,
)


@dataclass(slots=True)
class Person:
    """A coachee: the coachings follow one another."""

    index: int = 0
    id: str = ""
    case_number: str = ""
    unusual_name: tuple[str, str] | None = None
    coachings: int = 0


@dataclass(slots=True)
class Case:
    """A coaching, with what will come of it."""

    id: str
    organisation: Organisation
    position: Position
    entry: date
    exit: date | None
    last: date
    """The last day of which anything is known: the exit or the end of the data."""
    trainer: Member | None
    index: int = 0
    person: Person = field(default_factory=Person)
    number: int = 1
    """The person's first, second … coaching."""
    returns: bool = False
    cancelled: bool = False
    integrated: bool = False
    qualified: bool = False
    employed_later: bool = False
    surveyed_due: date | None = None
    """Where the six-month survey is due within the data: its due date."""
    survey_missing: bool = False
    fault: Fault | None = None
    early_consultation: bool = False
    early_assignment: bool = False
    consultations: int = 0

    def stints(self) -> Iterator[tuple[Member, date, date]]:
        """Yield the coaches of the coaching, each with the first and the last day up to the end of the data."""
        return self.position.parts(self.entry, self.last)


def cases_of(shape: SampleShape, organisations: list[Organisation], dice: Dice) -> list[Case]:
    """Return all coachings, ordered by provider and entry."""
    cases: list[Case] = []
    count = len(organisations)
    for organisation in organisations:
        wanted = shape.coachings * (organisation.index + 1) // count - shape.coachings * organisation.index // count
        own = sorted(_provider_cases(shape, organisation, wanted, dice), key=lambda case: case.entry)
        _assign_persons(own, organisation, len(cases), dice)
        _cancel(own, dice)
        _decide(own, shape, dice)
        cases += own
    for index, case in enumerate(cases):
        case.index = index
    return cases


def _provider_cases(shape: SampleShape, organisation: Organisation, wanted: int, dice: Dice) -> Iterator[Case]:
    """Yield *wanted* coachings on the seats of the provider's coaches."""
    seats = [position for position in organisation.positions for _ in range(position.seats)]
    for number, position in enumerate(seats):
        count = wanted * (number + 1) // len(seats) - wanted * number // len(seats)
        for entry, exit_ in _seat(shape, count, dice):
            trainers = [trainer for trainer in organisation.trainers if trainer.first <= entry]
            trainer = dice.pick(trainers) if trainers and dice.chance(0.65) else None
            yield Case(dice.uuid(), organisation, position, entry, exit_, exit_ or shape.last_day, trainer)


def _seat(shape: SampleShape, count: int, dice: Dice) -> Iterator[tuple[date, date | None]]:
    """Yield *count* coachings that follow one another on one seat; the last is open when the data ends."""
    if count == 0:
        return
    horizon = (shape.last_day - shape.first_day).days
    ramp = int(min(_LONGEST_RAMP, horizon / 6) * dice.share())
    gap = min(24, horizon // (4 * count))
    gaps = [dice.between(min(7, gap), gap) for _ in range(count - 1)]
    weights = [0.12 + 0.3 * dice.share() if dice.chance(_SHORT) else 0.7 + 1.1 * dice.share() for _ in range(count)]
    weights[-1] *= 0.08 + 0.85 * dice.share()
    unit = (horizon - ramp - sum(gaps)) / sum(weights)
    start = shape.first_day + ramp * DAY
    for weight, pause in zip(weights, gaps, strict=False):
        entry = weekday(start, shape.first_day, shape.last_day)
        end = start + max(4, int(weight * unit)) * DAY
        yield entry, _exit_day(entry, end, shape.last_day, dice)
        start = end + pause * DAY
    yield weekday(start, shape.first_day, shape.last_day), None


def _exit_day(entry: date, end: date, last: date, dice: Dice) -> date:
    """Return the exit near *end*: often the last day of the month."""
    month_end = last_of_month(end)
    if (month_end - end).days <= _NEAR_MONTH_END and month_end <= last and dice.chance(0.6):
        return month_end
    return weekday(end, entry, last)


def _assign_persons(cases: list[Case], organisation: Organisation, first_index: int, dice: Dice) -> None:
    """Give each coaching its person; some persons come back after an earlier coaching."""
    left: list[Case] = []
    persons = 0
    for case in cases:
        gone = bisect_left(left, case.entry - _RETURN_AFTER, key=_last_day)
        ready = left[max(0, gone - _RECENT) : gone]
        if ready and dice.chance(_RETURN_SHARE):
            earlier = dice.pick(ready)
            left.remove(earlier)
            earlier.returns = True
            case.person = earlier.person
        else:
            number = f"{organisation.index + 1:03d}-{persons + 1:05d}"
            case.person = Person(first_index + persons, dice.uuid(), number)
            persons += 1
        case.person.coachings += 1
        case.number = case.person.coachings
        if case.exit is not None:
            insort(left, case, key=_last_day)


def _last_day(case: Case) -> date:
    return case.last


def _cancel(cases: list[Case], dice: Dice) -> None:
    """Mark the coachings that were entered by mistake."""
    for case in cases:
        if case.exit is None and not case.returns and case.number == 1 and dice.chance(3 * _CANCELLED_SHARE):
            case.cancelled = True


class _Quota:
    """Takes an exact share of groups of cases; the rest of the rounding goes to the next group."""

    def __init__(self) -> None:
        self._carry = 0.0

    def take(self, cases: list[Case], share: float, key: Callable[[Case], float]) -> list[Case]:
        """Return the given share of *cases*, those with the smallest *key*."""
        wanted = len(cases) * share + self._carry
        count = max(0, int(wanted + 0.5))
        self._carry = wanted - count
        return sorted(cases, key=key)[:count]


def _by_quarter(cases: Iterable[Case]) -> Iterator[tuple[str, list[Case]]]:
    groups: defaultdict[str, list[Case]] = defaultdict(list)
    for case in cases:
        if case.exit is not None and not case.cancelled:
            groups[quarter_label(case.exit)].append(case)
    yield from sorted(groups.items())


def _decide(cases: list[Case], shape: SampleShape, dice: Dice) -> None:
    """Decide quarter by quarter what comes of the coachings that end in it."""
    integration, qualification, later, closing = _Quota(), _Quota(), _Quota(), _Quota()
    for label, group in _by_quarter(cases):
        wave = 0.86 + 0.28 * dice.share()
        weak = label == shape.weak_integration
        share = shape.integration_rate * (_WEAK_INTEGRATION if weak else wave)
        for case in integration.take(group, share, lambda _: dice.share()):
            case.integrated = True
        share = shape.qualification_rate * (0.9 + 0.2 * dice.share())
        for case in qualification.take(group, share, lambda case: dice.share() + 0.85 * case.integrated):
            case.qualified = True
        _decide_surveys(group, shape, later, dice)
        failing = 1 - (_WEAK_CLOSING if label == shape.weak_closing else shape.closing_rate)
        for case in closing.take(group, failing, lambda _: dice.share()):
            case.fault = _fault(case, dice)
    _decide_rest(cases, dice)


def _decide_surveys(group: list[Case], shape: SampleShape, quota: _Quota, dice: Dice) -> None:
    """Decide who is employed six months after the exit, and whose survey is missing."""
    due: list[Case] = []
    for case in group:
        day = add_months(case.last, FOLLOW_UP_MONTHS)
        if day <= shape.last_day:
            case.surveyed_due = day
            case.survey_missing = dice.chance(0.05)
            due.append(case)
    share = shape.later_rate * (0.88 + 0.24 * dice.share())
    chosen = quota.take(due, share, lambda case: dice.share() - 0.7 * case.integrated + 9 * case.survey_missing)
    for case in chosen:
        case.employed_later = not case.survey_missing


def _fault(case: Case, dice: Dice) -> Fault:
    fault = dice.pick(_FAULTS)
    impossible = (fault is Fault.EVIDENCE and not (case.integrated or case.qualified)) or (
        fault is Fault.CONSENT and case.person.coachings > 1
    )
    return Fault.LATE_FILE if impossible else fault


def _decide_rest(cases: list[Case], dice: Dice) -> None:
    """Decide on the faults that do not hang on the exit."""
    for case in cases:
        if case.cancelled:
            continue
        if case.exit is None and dice.chance(0.07):
            case.fault = Fault.MASTER_DATA
        case.early_consultation = dice.chance(0.008)
    _assign_early(cases)


def _assign_early(cases: list[Case]) -> None:
    """Assign a trainer who joins later to a coaching that began before: an assignment before the employment."""
    for case in cases:
        joiner = case.organisation.trainers[-1]
        if case.entry < joiner.first and case.last > joiner.first + _RETURN_AFTER and not case.cancelled:
            case.trainer, case.early_assignment = joiner, True
            return
