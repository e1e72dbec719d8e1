"""Which target a column most likely means: by its heading, and by whether its content fits."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from bjc_desktop.exchange.lists.cell_looks import Column, Look
from bjc_desktop.exchange.lists.known_words import REASON_HEADING, heading_words, normal, value_key, value_words, without_number
from bjc_desktop.exchange.lists.list_mapping import SheetMapping
from bjc_desktop.exchange.lists.list_tables import ListTable
from bjc_desktop.exchange.lists.list_targets import TARGETS, Meaning, Target
from bjc_desktop.models.base import Kind

_EXACT, _PART, _TITLE = 100, 60, 95
_AGAINST, _FOR = 45, 15
_LEAST, _CERTAIN = 50, 90
_AHEAD = 10
_LOOKED_AT = 40
_CONSULTING = frozenset(
    {"konsultation", "konsultationen", "beratung", "beratungen", "gesprache", "kontakte", "termine", "coachingtermine", "doku"}
)
_TABLES_OF_DAYS = frozenset({"consultations"})


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a column most likely is; *certain* where its heading says so and its content does not contradict."""

    key: str | None
    certain: bool


def suggest_columns(table: ListTable) -> dict[str, Suggestion]:
    """Return a suggestion for each heading of *table* whose column is not empty."""
    wanted = [(index, heading) for index, heading in enumerate(table.headings) if heading and heading != REASON_HEADING]
    scores = {heading: _scores(heading, table.columns[index], table.name) for index, heading in wanted}
    _prefer_whole_names(table, scores)
    found: dict[str, Suggestion] = {}
    taken: dict[str, list[str]] = defaultdict(list)
    ranked = sorted(
        ((score, -index, heading, key) for index, heading in wanted for key, score in scores[heading].items()), reverse=True
    )
    for score, _, heading, key in ranked:
        if heading in found or (taken[key] and not TARGETS[key].shared_by([*taken[key], heading])) or score < _LEAST:
            continue
        rival = max((other for name, other in scores[heading].items() if name != key and not taken[name]), default=0)
        found[heading] = Suggestion(key, certain=score >= _CERTAIN and score - rival >= _AHEAD)
        taken[key].append(heading)
    for index, heading in wanted:
        found.setdefault(heading, Suggestion(None, certain=not table.columns[index].filled))
    return found


def suggested_mapping(table: ListTable) -> SheetMapping:
    """Return the mapping that follows from the suggestions alone."""
    return SheetMapping({heading: suggestion.key for heading, suggestion in suggest_columns(table).items()})


def _scores(heading: str, column: Column, sheet_name: str) -> dict[str, int]:
    return {key: score for key, target in TARGETS.items() if (score := _score(target, heading, column, sheet_name)) > 0}


def _score(target: Target, heading: str, column: Column, sheet_name: str) -> int:
    by_words = _words_score(target, heading)
    if not by_words:
        return 0
    score = by_words + _content_score(target, column)
    consulting = bool(_CONSULTING & set(normal(sheet_name).split()))
    if consulting and by_words >= _PART:
        score += _FOR if target.table in _TABLES_OF_DAYS else 0
    return score


def _words_score(target: Target, heading: str) -> int:
    words = heading_words().get(target.key, frozenset())
    for form in (normal(heading), normal(without_number(heading))):
        if form in words:
            return _EXACT
        if form in {normal(target.title), normal(target.full_title)}:
            return _TITLE
    mine = set(normal(heading).split())
    parts = [len(known.split()) for known in words if len(known) > 2 and set(known.split()) <= mine]  # noqa: PLR2004 - an abbreviation proves nothing
    return _PART + 5 * max(parts) if parts else 0


def _content_score(target: Target, column: Column) -> int:
    if column.look is Look.EMPTY:
        return 0
    wants_day = target.info.kind is Kind.DATE
    if wants_day or column.look is Look.DAY:
        fits = wants_day and (column.look is Look.DAY or (target.meaning is Meaning.CONSENT and column.look is Look.YES_NO))
        return 0 if fits else -_AGAINST
    if target.info.kind in {Kind.INTEGER, Kind.DECIMAL} and column.look not in {Look.NUMBER, Look.YES_NO}:
        return -_AGAINST // 2
    if target.info.kind is Kind.CHOICE and target.info.values is not None:
        known = value_words(target.info.values)
        sample = list(islice(column.texts, _LOOKED_AT))
        share = sum(value_key(text) in known for text in sample) / len(sample)
        return _FOR if share > 0.5 else (-_FOR if not share else 0)  # noqa: PLR2004 - the half
    return -_AGAINST // 2 if target.meaning is Meaning.WHOLE_NAME and column.look is not Look.NAMES else 0


def _prefer_whole_names(table: ListTable, scores: Mapping[str, dict[str, int]]) -> None:
    """Take „Name“ for the whole name where no column is the given name and most cells hold more than one word."""
    if any("coachees.given_name" in found for found in scores.values()):
        return
    for index, heading in enumerate(table.headings):
        found = scores.get(heading, {})
        if (
            "coachees.family_name" in found
            and table.columns[index].look in {Look.NAMES, Look.FEW}
            and _several_words(table.columns[index])
        ):
            found["coachees.full_name"] = max(found.pop("coachees.family_name"), found.get("coachees.full_name", 0))


def _several_words(column: Column) -> bool:
    sample = list(islice(column.texts, _LOOKED_AT))
    return sum("," in text or " " in text for text in sample) > len(sample) / 2
