"""Where a column of a list may go: the fields of the case file, and what lists hold in a way of their own (a whole name, a coach)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from bjc_desktop.exchange.lists.known_words import normal, without_number
from bjc_desktop.models import Base
from bjc_desktop.models.base import FieldInfo, Kind, packaged_columns
from bjc_desktop.vocabulary import ConsentPurpose


class Meaning(Enum):
    """How a cell is understood."""

    FIELD = "field"
    WHOLE_NAME = "whole_name"
    STAFF = "staff"
    PROVIDER = "provider"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class Target:
    """A place for a column: table and field, how it is called, and how its cells are understood."""

    key: str
    table: str
    field: str
    title: str
    info: FieldInfo
    meaning: Meaning = Meaning.FIELD

    @property
    def group(self) -> str:
        """What it belongs to, in words."""
        return GROUPS[self.table]

    @property
    def full_title(self) -> str:
        """Group and title: „Coaching: Eintritt“."""
        return f"{self.group}: {self.title}"

    @property
    def mapped_by_value(self) -> bool:
        """Whether each of its values is mapped once."""
        return self.meaning in {Meaning.STAFF, Meaning.PROVIDER} or self.info.kind is Kind.CHOICE

    def shared_by(self, headings: Iterable[str]) -> bool:
        """Say whether all these columns may go there: further days, a second telephone, or numbered ones such as „Dauer 2“."""
        if self.key in {"consultations.held_on", "coachees.phone"}:
            return True
        words = {normal(without_number(heading)) for heading in headings}
        return self.table in _NUMBERED and len(words) == 1


GROUPS = {
    "coachees": "Person",
    "consents": "Einwilligung",
    "coachings": "Coaching",
    "consultations": "Konsultation",
    "outcomes": "Ergebnis",
    "measures": "Maßnahme",
    "follow_ups": "Nachbefragung",
}
_NUMBERED = ("consultations", "measures", "outcomes")
"""What a row may hold several of in numbered columns."""
_SEVERAL = ("consultations", "measures")
"""What one row may hold several of in a cell: „03.02.26; 17.02.26“."""
_DAY, _TEXT, _PERSON = FieldInfo("", Kind.DATE), FieldInfo("", Kind.TEXT), FieldInfo("", Kind.REFERENCE)


def _targets() -> list[Target]:
    made = [Target("coachees.full_name", "coachees", "full_name", "Name, Vorname", _TEXT, Meaning.WHOLE_NAME)]
    for table in GROUPS:
        if table == "consents":
            made += [Target(f"consents.{p.value}", table, p.value, p.label, _DAY, Meaning.CONSENT) for p in ConsentPurpose]
            continue
        for column, info in packaged_columns(Base.metadata.tables[table]):
            if info.kind not in {Kind.ID, Kind.REFERENCE}:
                made.append(Target(f"{table}.{column.name}", table, column.name, info.title, info))
        if table == "coachings":
            made.append(Target("coachings.coach", table, "coach", "JobCoach", _PERSON, Meaning.STAFF))
            made.append(Target("coachings.provider", table, "provider_id", "Träger", _PERSON, Meaning.PROVIDER))
        if table == "consultations":
            made.append(Target("consultations.coach", table, "staff_id", "durchgeführt von", _PERSON, Meaning.STAFF))
    return made


TARGETS: Mapping[str, Target] = {target.key: target for target in _targets()}
"""Every target by its key, in the order in which they are offered."""


def splits(target: Target) -> bool:
    """Say whether one cell may hold several values for *target*."""
    return target.table in _SEVERAL and target.info.kind in {Kind.DATE, Kind.CHOICE, Kind.INTEGER}
