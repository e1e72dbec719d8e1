"""Whom of the team a list means by „Meier, Anna“, „A. Meier“, „Frau Meier“ or „AM“, and which provider."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from bjc_desktop.exchange.lists.known_words import value_key
from bjc_desktop.models.name_keys import folded_words
from bjc_desktop.services.old_lists.name_reading import split_name
from bjc_desktop.vocabulary import Role


@dataclass(frozen=True, slots=True)
class TeamMember:
    """A member of staff as lists may name them."""

    id: str
    provider_id: str
    given_name: str
    family_name: str
    coaches: bool
    """Whether a job coach."""

    @property
    def shown_name(self) -> str:
        """Family name and given name."""
        return f"{self.family_name}, {self.given_name}" if self.given_name else self.family_name


@dataclass(frozen=True, slots=True)
class Team:
    """Who works at the providers of the vault."""

    members: Mapping[str, TeamMember]
    providers: Mapping[str, str]
    """Names by id."""

    def find_member(self, text: str) -> str | None:
        """Return the id of the one member whom *text* may mean; None where it may be nobody or several."""
        keys = [member.id for member in self.members.values() if _means(text, member)]
        coaches = [key for key in keys if self.members[key].coaches]
        found = coaches if len(keys) > 1 else keys
        return found[0] if len(found) == 1 else None

    def find_provider(self, text: str) -> str | None:
        """Return the id of the one provider whose name is *text* or holds it."""
        key = value_key(text)
        same = [row for row, name in self.providers.items() if value_key(name) == key or row == text]
        found = same or [row for row, name in self.providers.items() if len(key) > 3 and key in value_key(name)]  # noqa: PLR2004 - an abbreviation
        return found[0] if len(found) == 1 else None


def read_team(connection: Connection) -> Team:
    """Return the team of all providers."""
    query = "SELECT id, provider_id, coalesce(given_name, ''), family_name, role FROM staff ORDER BY family_name, given_name, id"
    rows = connection.exec_driver_sql(query).all()
    members = {row[0]: TeamMember(row[0], row[1], row[2], row[3], row[4] == Role.JOB_COACH.value) for row in rows}
    return Team(
        members, {row[0]: row[1] for row in connection.exec_driver_sql("SELECT id, name FROM providers ORDER BY name, id")}
    )


def _means(text: str, member: TeamMember) -> bool:
    family, given = folded_words(member.family_name), folded_words(member.given_name)
    if value_key(text) == value_key(member.given_name[:1] + member.family_name[:1]) or text == member.id:
        return True
    for order in ("given_first", "family_first"):
        last, first = split_name(text, order)
        if folded_words(last) == family and _fits(folded_words(first or ""), given):
            return True
    return False


def _fits(typed: tuple[str, ...], given: tuple[str, ...]) -> bool:
    """Say whether a typed given name is the other one, its beginning, its initials, or not there."""
    return all(at < len(given) and given[at].startswith(word) for at, word in enumerate(typed))
