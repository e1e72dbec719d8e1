"""Which values of a list need a meaning: each distinct one once, with what is suggested and how often it stands there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from bjc_desktop.exchange.cells import Value
from bjc_desktop.exchange.lists.list_mapping import SheetMapping
from bjc_desktop.exchange.lists.list_tables import ListTable
from bjc_desktop.exchange.lists.list_targets import TARGETS, Meaning, Target
from bjc_desktop.models.base import Kind
from bjc_desktop.services.old_lists.cell_readers import CellReader
from bjc_desktop.services.old_lists.team_names import Team
from bjc_desktop.vocabulary import Channel, ConsultationKind, ConsultationStatus, FollowUpState

_SUGGESTED = {
    "consultations.channel": Channel.IN_PERSON.value,
    "consultations.kind": ConsultationKind.COACHING.value,
    "consultations.status": ConsultationStatus.HELD.value,
}
"""What holds for all consultations of a list that does not say it."""


@dataclass(frozen=True, slots=True)
class ListedValue:
    """A distinct text of a column: how often it stands there, what it means, and whether that is still open."""

    text: str
    count: int
    value: Value
    open: bool


@dataclass(frozen=True, slots=True)
class ValueQuestion:
    """The values of one target, and what each may mean."""

    target: Target
    values: tuple[ListedValue, ...]
    choices: tuple[tuple[str, str], ...]
    """Key and words."""


def with_constants(table: ListTable, mapping: SheetMapping) -> SheetMapping:
    """Return *mapping* with what is suggested for all rows where a list of consultations has no column for it."""
    targets = {key for _, key in mapping.places(table)}
    missing = {}
    if any(key.startswith("consultations.") for key in targets):
        missing = {key: value for key, value in _SUGGESTED.items() if key not in mapping.constants}
    if "follow_ups.contacted_on" in targets and "follow_ups.state" not in {*targets, *mapping.constants}:
        missing["follow_ups.state"] = FollowUpState.SURVEYED.value
    return replace(mapping, constants={**mapping.constants, **missing}) if missing else mapping


def value_questions(table: ListTable, mapping: SheetMapping, team: Team, *, today: date) -> tuple[ValueQuestion, ...]:
    """Return the values of all columns of *table* that are mapped one by one; open ones first, then the most frequent."""
    found = []
    for column, key in mapping.places(table):
        target = TARGETS[key]
        if target.mapped_by_value:
            reader = CellReader(target, table.headings[column], mapping, team, today)
            listed = [_listed(reader, text, count) for text, count in table.columns[column].texts.items()]
            listed.sort(key=lambda value: (not value.open, -value.count, value.text))
            found.append(ValueQuestion(target, tuple(listed), choices_of(target, team)))
    return tuple(found)


def _listed(reader: CellReader, text: str, count: int) -> ListedValue:
    reading = reader(text)
    several = len(reading.values) > 1
    value = None if not reading.values or several else reading.values[0]
    return ListedValue(text, count, value, bool(reading.problem))


def choices_of(target: Target, team: Team) -> tuple[tuple[str, str], ...]:
    """Return what a value of *target* may mean, as key and words."""
    if target.meaning is Meaning.STAFF:
        return tuple((member.id, member.shown_name) for member in team.members.values())
    if target.meaning is Meaning.PROVIDER:
        return tuple(team.providers.items())
    return tuple((entry.value, entry.label) for entry in target.info.values or ())


def needed_rules(table: ListTable, mapping: SheetMapping, team: Team, *, today: date) -> Mapping[str, int]:
    """Return how many cells each rule is needed for, by the rule's name; a rule that is not needed is not asked."""
    plain = replace(mapping, rules={})
    counts = {"imprecise": 0, "name_order": 0, "consent_yes": 0}
    for column, key in mapping.places(table):
        if TARGETS[key].info.kind is not Kind.DATE and TARGETS[key].meaning is not Meaning.WHOLE_NAME:
            continue
        reader = CellReader(TARGETS[key], table.headings[column], plain, team, today)
        for text, count in table.columns[column].texts.items():
            if (rule := reader.rule_for(text)) is not None:
                counts[rule] += count
    return {rule: count for rule, count in counts.items() if count}
