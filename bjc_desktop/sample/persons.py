"""The rows of coachees and of their consents."""

from collections.abc import Iterator, Sequence
from datetime import date

from bjc_desktop.sample.days import DAY, day_between, iso, weekday
from bjc_desktop.sample.dice import Dice, Weighted
from bjc_desktop.sample.letter_names import LETTER_NAMES, UNUSUAL_NAMES
from bjc_desktop.sample.names import Origin, ordinary_name, origin_of
from bjc_desktop.sample.sample_cases import Case, Fault, Person
from bjc_desktop.sample.shape import SampleShape
from bjc_desktop.sample.tables import TableRow, table_row

_GENDERS = Weighted({"female": 45.0, "male": 51, "diverse": 1, "not_stated": 1, "": 2})
_LEVELS = Weighted({"a1": 6.0, "a2": 18, "b1": 34, "b2": 24, "c1": 9, "c2": 2, "": 7})
_POSTCODES = (
    "10115", "10247", "10318", "10435", "10559", "10623", "10783", "10825", "10967", "10999", "12043", "12055", "12107", "12163",
    "12277", "12305", "12347", "12435", "12459", "12555", "12619", "12681", "13055", "13086", "13127", "13187", "13349", "13357",
    "13403", "13439", "13507", "13583", "13629", "14050", "14109", "14167",
)  # fmt: skip
_OPTIONAL_CONSENTS = (
    ("reporting", 0.97),
    ("follow_up", 0.86),
    ("jobcenter_contact", 0.8),
    ("employer_contact", 0.6),
    ("health_data", 0.42),
)
_WITHDRAWN_SHARE = 0.035
_OLDEST_DAYS, _YOUNGEST_DAYS = 62 * 365, 19 * 365


def give_unusual_names(persons: Sequence[Person]) -> None:
    """Spread the unusual names evenly over *persons*, as far as there are enough of them."""
    names = (*UNUSUAL_NAMES, *LETTER_NAMES)[: len(persons)]
    for number, name in enumerate(names):
        persons[number * len(persons) // len(names)].unusual_name = name


def person_rows(case: Case, shape: SampleShape, dice: Dice) -> Iterator[TableRow]:
    """Yield the row of a coachee (with the person's first coaching) and the consents given for this coaching."""
    if case.number == 1:
        yield _coachee_row(case, dice)
    if case.number == 1 or dice.chance(0.7):
        yield from _consent_rows(case, shape, dice)


def _coachee_row(case: Case, dice: Dice) -> TableRow:
    person = case.person
    origin = origin_of(dice)
    gender = dice.draw(_GENDERS)
    female = gender == "female" or (gender != "male" and dice.chance(0.5))
    given, family = person.unusual_name or ordinary_name(dice, origin, female=female)
    number = f"{case.organisation.index + 1:03d}{person.case_number[4:]}"
    return table_row(
        "coachees",
        id=person.id,
        case_number=person.case_number,
        given_name=given,
        family_name=family,
        birth_date=iso(_birth_date(case, dice)),
        gender=gender,
        postcode=dice.pick(_POSTCODES) if dice.chance(0.97) else "",
        phone=_phone(dice) if dice.chance(0.9) else "",
        email=f"coachee{number}@example.org" if dice.chance(0.55) else "",
        german_level=_level(dice, origin),
    )


def _birth_date(case: Case, dice: Dice) -> date | None:
    if dice.chance(0.01):
        return None
    return case.entry - dice.between(_YOUNGEST_DAYS, _OLDEST_DAYS) * DAY


def _phone(dice: Dice) -> str:
    """Return one of the telephone numbers that are kept free for films and books."""
    return f"030 23125 {dice.below(1000):03d}" if dice.chance(0.3) else f"0176 04069 0{dice.below(100):02d}"


def _level(dice: Dice, origin: Origin) -> str:
    return "native" if dice.chance(origin.native_share) else dice.draw(_LEVELS)


def _consent_rows(case: Case, shape: SampleShape, dice: Dice) -> Iterator[TableRow]:
    given = weekday(case.entry - dice.between(0, 6) * DAY, case.entry - 9 * DAY, case.entry)
    yield _consent(dice, case, "participation", given, case.exit if case.fault is Fault.CONSENT else None)
    if case.number > 1:
        return
    for purpose, share in _OPTIONAL_CONSENTS:
        if dice.chance(share):
            withdrawn = day_between(dice, case.entry, shape.last_day) if dice.chance(_WITHDRAWN_SHARE) else None
            yield _consent(dice, case, purpose, given, withdrawn)


def _consent(dice: Dice, case: Case, purpose: str, given: date, withdrawn: date | None) -> TableRow:
    return table_row(
        "consents",
        id=dice.uuid(),
        coachee_id=case.person.id,
        purpose=purpose,
        given_on=iso(given),
        withdrawn_on=iso(withdrawn),
    )
