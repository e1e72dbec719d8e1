"""Providers of the sample, their funding decisions, their staff and the staff's hours."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from bjc_desktop.indicators.period import add_months
from bjc_desktop.sample import texts
from bjc_desktop.sample.days import DAY, iso, last_of_month, month_parts, weekday_between
from bjc_desktop.sample.dice import Dice
from bjc_desktop.sample.names import ordinary_name, origin_of
from bjc_desktop.sample.shape import SampleShape
from bjc_desktop.sample.tables import TableRow, hours, table_row

_FULL_TIME = 39.4
_WEEKS_A_MONTH = 4.348
_SMALLEST_TEAM_THAT_CHANGES = 3
_MONTHLY_LOAD = (0.86, 0.84, 0.87, 0.82, 0.81, 0.83, 0.75, 0.74, 0.86, 0.83, 0.87, 0.74)
"""The share of the contract hours worked from January to December: holidays, leave, illness."""
_PLACES = (
    "Spreebogen", "Panke", "Havelblick", "Nordkiez", "Südkreuzberg", "Wuhletal", "Lindenhof", "Gleisdreieck", "Rummelsburg",
    "Tegelfließ", "Müggelturm", "Weißer See", "Grunewald", "Teltow", "Barnim", "Stralau", "Plötzensee",
)  # fmt: skip
_WORKS = ("Perspektive", "Brückenwerk", "Arbeit und Bildung")
_LEGAL_FORMS = ("gGmbH", "e. V.", "gGmbH", "eG")


@dataclass(slots=True)
class Member:
    """A member of staff."""

    id: str
    role: str
    weekly_hours: float
    funded_share: float
    first: date
    last: date | None
    name: tuple[str, str]


@dataclass(slots=True)
class Position:
    """A position of a job coach, held by one member after the other without a gap."""

    members: list[Member]
    seats: int

    def parts(self, first: date, last: date) -> Iterator[tuple[Member, date, date]]:
        """Yield who holds the position between *first* and *last*, each with the first and the last day."""
        for member in self.members:
            begin = max(first, member.first)
            end = last if member.last is None else min(last, member.last)
            if begin <= end:
                yield member, begin, end

    def holder(self, day: date) -> Member:
        """Return who holds the position on *day*."""
        return next((member for member in self.members if member.last is None or member.last >= day), self.members[-1])


@dataclass(slots=True)
class Organisation:
    """A provider with what belongs to it."""

    index: int
    id: str
    name: str
    legal_form: str
    decisions: list[tuple[str, date, date]]
    positions: list[Position]
    trainers: list[Member]
    office: list[Member]
    hours: dict[tuple[str, str], int] = field(default_factory=dict)
    """Hours worked by member and month, in quarters of an hour."""

    def decision_on(self, day: date) -> str:
        """Return the id of the funding decision that is valid on *day*, or nothing."""
        return next((id_ for id_, first, last in self.decisions if first <= day <= last), "")

    def timed(self) -> Iterator[Member]:
        """Yield the members whose hours are recorded."""
        for position in self.positions:
            yield from position.members
        yield from self.trainers


def organisations(shape: SampleShape, dice: Dice) -> list[Organisation]:
    """Return the providers of the sample with their staff."""
    return [_organisation(shape, index, dice) for index in range(shape.providers)]


def _organisation(shape: SampleShape, index: int, dice: Dice) -> Organisation:
    organisation = Organisation(
        index=index,
        id=dice.uuid(),
        name=f"{_WORKS[index // len(_PLACES) % len(_WORKS)]} {_PLACES[index % len(_PLACES)]}",
        legal_form=_LEGAL_FORMS[index % len(_LEGAL_FORMS)],
        decisions=_decisions(shape, dice),
        positions=_positions(shape, dice),
        trainers=_trainers(shape, dice),
        office=[_member(dice, role, shape.first_day, 30) for role in ("coordination", "administration")],
    )
    for member in organisation.timed():
        for first, last in month_parts(member.first, member.last or shape.last_day):
            organisation.hours[member.id, iso(first)[:7]] = _worked(dice, member, first, last)
    return organisation


def _decisions(shape: SampleShape, dice: Dice) -> list[tuple[str, date, date]]:
    """Return the funding decisions: two calendar years each, from the year of the first day on."""
    years = range(shape.first_day.year, shape.last_day.year + 1, 2)
    return [(dice.uuid(), date(year, 1, 1), date(year + 1, 12, 31)) for year in years]


def _member(dice: Dice, role: str, first: date, weekly: float = _FULL_TIME, share: float = 1.0) -> Member:
    name = ordinary_name(dice, origin_of(dice), female=dice.chance(0.6))
    return Member(dice.uuid(), role, weekly, share, first, None, name)


def _positions(shape: SampleShape, dice: Dice) -> list[Position]:
    """Return the coaches' positions: in one of them a coach leaves and another joins, one is part-time, one partly funded."""
    changes = shape.coaches >= _SMALLEST_TEAM_THAT_CHANGES
    count = shape.coaches - 1 if changes else shape.coaches
    positions = []
    for number in range(count):
        weekly = 30.0 if changes and number == count - 1 else _FULL_TIME
        share = 0.8 if changes and number == 1 else 1.0
        member = _member(dice, "job_coach", shape.first_day, weekly, share)
        positions.append(Position([member], max(1, round(shape.caseload * weekly / _FULL_TIME))))
    if changes:
        _replace(positions[0], shape, dice)
    return positions


def _replace(position: Position, shape: SampleShape, dice: Dice) -> None:
    """Let the holder of *position* leave at the end of a month, and another join on the next day."""
    leaver = position.members[0]
    leaver.last = last_of_month(shape.first_day + (shape.last_day - shape.first_day) * 5 // 9)
    position.members.append(_member(dice, "job_coach", leaver.last + DAY))


def _trainers(shape: SampleShape, dice: Dice) -> list[Member]:
    """Return the trainers; every second one joins two months after the beginning."""
    return [
        _member(dice, "employment_trainer", add_months(shape.first_day, 2 * (number % 2)), 39.4 if number % 2 else 35.0)
        for number in range(shape.trainers)
    ]


def _contract(member: Member, first: date, last: date) -> int:
    """Return the contract hours of a month or of a part of it, in quarters of an hour."""
    share = ((last - first).days + 1) / last_of_month(first).day
    return round(4 * member.weekly_hours * _WEEKS_A_MONTH * share)


def _worked(dice: Dice, member: Member, first: date, last: date) -> int:
    load = _MONTHLY_LOAD[first.month - 1] + 0.08 * (dice.share() - 0.5)
    return round(_contract(member, first, last) * load)


def organisation_rows(organisation: Organisation, shape: SampleShape, dice: Dice) -> Iterator[TableRow]:
    """Yield the rows of a provider, its funding decisions, its staff, their qualifications and hours."""
    number = organisation.index + 1
    yield table_row(
        "providers",
        id=organisation.id,
        name=f"{organisation.name} {organisation.legal_form}",
        legal_form=organisation.legal_form,
        zgs_number=f"BJC-{number:03d}",
    )
    for at, (id_, first, last) in enumerate(organisation.decisions):
        yield table_row(
            "funding_decisions",
            id=id_,
            provider_id=organisation.id,
            reference=f"II-{first.year}-{number:03d}",
            valid_from=iso(first),
            valid_to=iso(last),
            coach_positions=str(len(organisation.positions)),
            trainer_positions=str(len(organisation.trainers) - (at == 0)),
            proof_of_use_on=iso(add_months(last, 3)),
        )
    for member in [*organisation.timed(), *organisation.office]:
        yield from _member_rows(organisation, member, dice)
    yield from _time_rows(organisation, shape, dice)
    yield _funding_change(organisation, dice)


def _funding_change(organisation: Organisation, dice: Dice) -> TableRow:
    """Return the change that gave the first decision its last trainer."""
    id_, first, _ = organisation.decisions[0]
    return table_row(
        "funding_changes",
        id=dice.uuid(),
        funding_decision_id=id_,
        reference=f"II-{first.year}-{organisation.index + 1:03d}/1",
        valid_from=iso(add_months(first, 6)),
        trainer_positions=str(len(organisation.trainers)),
        reason=texts.FUNDING_CHANGE,
    )


def _member_rows(organisation: Organisation, member: Member, dice: Dice) -> Iterator[TableRow]:
    yield table_row(
        "staff",
        id=member.id,
        provider_id=organisation.id,
        given_name=member.name[0],
        family_name=member.name[1],
        role=member.role,
        weekly_hours=f"{member.weekly_hours:g}",
        funded_share=f"{member.funded_share:g}",
        employed_from=iso(member.first),
        employed_to=iso(member.last),
    )
    for kind, title, years in _qualifications(member, dice):
        obtained = weekday_between(dice, add_months(member.first, -12 * years - 11), add_months(member.first, -12 * years))
        yield table_row(
            "staff_qualifications", id=dice.uuid(), staff_id=member.id, kind=kind, title=title, obtained_on=iso(obtained)
        )


def _qualifications(member: Member, dice: Dice) -> list[tuple[str, str, int]]:
    """Return kind, title and age in years of the member's qualifications."""
    if member.role == "job_coach":
        degree = dice.pick(("Soziale Arbeit (B. A.)", "Sozialpädagogik (Diplom)", "Psychologie (M. Sc.)", "Pädagogik (M. A.)"))
        first = ("university_degree", degree, dice.between(5, 20))
        if dice.chance(0.25):
            first = ("expert_knowledge", "acht Jahre Arbeitsvermittlung", dice.between(2, 9))
        extra = ("jobcoach_module_6_thesis", "Abschlussarbeit", 0) if dice.chance(0.5) else ("job_broker", "Job Broker", 1)
        years = dice.between(2, 12)
        return [
            first,
            ("jobcoach_modules_1_5", "JobCoaches-Ausbildung, Module 1–5", 1),
            extra,
            ("coaching_experience", f"{years} Jahre", 0),
        ]
    if member.role == "employment_trainer":
        craft = dice.pick(("Tischlerin", "Koch", "Zweiradmechaniker", "Gärtnerin", "Fachlageristin"))
        years = dice.between(4, 20)
        return [("vocational_training", craft, years + 1), ("work_experience", f"{years} Jahre", 0), ("aevo", "AEVO (IHK)", 2)]
    return [("further_training", "Datenschutz im Projektalltag", 0)]


def _time_rows(organisation: Organisation, shape: SampleShape, dice: Dice) -> Iterator[TableRow]:
    """Yield the hours of every employed month; one month of one coach of the first provider is missing."""
    missing = (organisation.positions[-1].members[0].id, f"{shape.last_day.year}-05") if organisation.index == 0 else None
    for member in organisation.timed():
        for first, last in month_parts(member.first, member.last or shape.last_day):
            month = iso(first)[:7]
            if (member.id, month) == missing:
                continue
            yield table_row(
                "working_time",
                id=dice.uuid(),
                staff_id=member.id,
                month=month,
                contract_hours=hours(_contract(member, first, last)),
                worked_hours=hours(organisation.hours[member.id, month]),
            )
