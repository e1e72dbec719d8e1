"""What a cell means at its target: a value, nothing, or a sentence that says what to mend. Each distinct text is read once."""

import re
from collections.abc import Callable
from datetime import date

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.exchange.cells import Value
from bjc_desktop.exchange.lists.known_words import normal, value_key, value_words, words_for
from bjc_desktop.exchange.lists.list_mapping import SheetMapping
from bjc_desktop.exchange.lists.list_targets import Meaning, Target, splits
from bjc_desktop.models.base import Kind, plain_decimal
from bjc_desktop.services.old_lists.day_reading import IMPRECISE, read_day
from bjc_desktop.services.old_lists.name_reading import split_name
from bjc_desktop.services.old_lists.readings import AT_ENTRY, NOTHING, Reading
from bjc_desktop.services.old_lists.team_names import Team
from bjc_desktop.services.typed_values import is_duration, parse_decimal, parse_duration, parse_integer, problem_of

NOT_MAPPED = "Dieser Wert ist noch nicht zugeordnet. Bitte unter „Werte“ wählen, was er bedeutet."
NOBODY = "Niemand im Team ist damit eindeutig gemeint. Bitte unter „Werte“ zuordnen."
NO_PROVIDER = "Dieser Träger steht nicht im Tresor. Bitte unter „Werte“ zuordnen."
NOT_YES_OR_NO = "Bitte ja oder nein eintragen."
YES_WITHOUT_DAY = "Hier fehlt das Datum der Einwilligung. Bitte eintragen oder unter „Werte“ wählen, was „ja“ bedeutet."
YES_AT_ENTRY = "Einwilligung ohne Datum: am Tag des Eintritts angenommen."
POSTCODE = "Eine Postleitzahl hat fünf Ziffern. Bitte prüfen."
PADDED = "Der Postleitzahl fehlte die Null am Anfang."
FROM_ADDRESS = "Von der Anschrift wird nur die Postleitzahl übernommen."
SPLIT = re.compile(r"\s*(?:[;\n|]|\s\+\s|\sund\s|,(?!\d{1,2}\b(?!\.)))\s*")
_UNIT = re.compile(r"\s*(?:€|eur|euro|h|std\.?|stunden|brutto|/woche|/monat|%)+$", re.IGNORECASE)
_HOURS = frozenset({"h", "std", "stunden", "stunde"})
_PLAIN_NUMBER = re.compile(r"\d{1,3}(?:,\d{1,2})?")
_FIVE = re.compile(r"(?<!\d)\d{5}(?!\d)")
_PHONE_OR_MAIL = frozenset({"phone", "email", "postcode", "name", "employer", "form_version"})


class CellReader:
    """Reads the cells of one column."""

    def __init__(self, target: Target, heading: str, mapping: SheetMapping, team: Team, today: date) -> None:
        self.target = target
        self._mapping, self._team, self._today = mapping, team, today
        self._hours = is_duration(target.info) and bool(_HOURS & set(normal(heading).split()))
        self._known: dict[str, Reading] = {"": NOTHING}
        self._read = self._reader()

    def __call__(self, text: str) -> Reading:
        """Return what *text* means."""
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = self._several(text)
        return found

    def rule_for(self, text: str) -> str | None:
        """Return the rule that is needed to read *text*, or None."""
        if self.target.meaning is Meaning.WHOLE_NAME:
            return "name_order" if "," not in text and " " in text else None
        reading = self(text)
        return {IMPRECISE: "imprecise", YES_WITHOUT_DAY: "consent_yes"}.get(reading.problem)

    def _several(self, text: str) -> Reading:
        """Read a cell; where it says nothing as a whole, read its parts if all of them say something."""
        whole = self._read(text)
        if not whole.problem or not splits(self.target):
            return whole
        parts = [part for part in SPLIT.split(text) if part]
        readings = [self._read(part) for part in parts]
        if len(parts) < 2 or any(reading.problem or not reading.values for reading in readings):  # noqa: PLR2004 - several
            return whole
        remarks = " ".join(dict.fromkeys(reading.remark for reading in readings if reading.remark))
        return Reading(tuple(value for reading in readings for value in reading.values), remark=remarks)

    def _reader(self) -> Callable[[str], Reading]:
        by_meaning = {
            Meaning.WHOLE_NAME: self._name,
            Meaning.STAFF: self._member,
            Meaning.PROVIDER: self._provider,
            Meaning.CONSENT: self._consent,
        }
        by_kind = {
            Kind.DATE: self._day,
            Kind.CHOICE: self._choice,
            Kind.BOOLEAN: self._yes_no,
            Kind.INTEGER: self._number,
            Kind.DECIMAL: self._number,
        }
        if self.target.meaning is not Meaning.FIELD:
            return by_meaning[self.target.meaning]
        return self._postcode if self.target.field == "postcode" else by_kind.get(self.target.info.kind, self._text)

    def _day(self, text: str) -> Reading:
        if value_key(text) in words_for("nothing"):
            return NOTHING
        return read_day(text, self._mapping.rule("imprecise"), today=self._today, born=self.target.field == "birth_date")

    def _consent(self, text: str) -> Reading:
        key = value_key(text)
        if key in words_for("no") or key in words_for("nothing"):
            return NOTHING
        if key not in words_for("yes"):
            return self._day(text)
        at_entry = self._mapping.rule("consent_yes") == "entry"
        return Reading((AT_ENTRY,), remark=YES_AT_ENTRY) if at_entry else Reading(problem=YES_WITHOUT_DAY)

    def _name(self, text: str) -> Reading:
        return Reading(split_name(text, self._mapping.rule("name_order")))

    def _said(self, text: str) -> Reading | None:
        said = self._mapping.values.get(self.target.key, {})
        key = value_key(text)
        if key in said:
            value = said[key]
            return NOTHING if value is None else Reading((value,))
        return None

    def _choice(self, text: str) -> Reading:
        if (said := self._said(text)) is not None or self.target.info.values is None:
            return said or NOTHING
        found = value_words(self.target.info.values).get(value_key(text))
        if found is not None:
            return Reading((found,))
        return NOTHING if value_key(text) in words_for("nothing") else Reading(problem=NOT_MAPPED)

    def _member(self, text: str) -> Reading:
        said = self._said(text)
        if said is not None and all(value in self._team.members for value in said.values):
            return said
        found = self._team.find_member(text)
        if found is not None:
            return Reading((found,))
        return NOTHING if value_key(text) in words_for("nothing") else Reading(problem=NOBODY)

    def _provider(self, text: str) -> Reading:
        said = self._said(text)
        if said is not None and all(value in self._team.providers for value in said.values):
            return said
        found = self._team.find_provider(text)
        return Reading(problem=NO_PROVIDER) if found is None else Reading((found,))

    def _yes_no(self, text: str) -> Reading:
        key = value_key(text)
        for meaning, value in (("yes", 1), ("no", 0)):
            if key in words_for(meaning):
                return Reading((value,))
        return NOTHING if key in words_for("nothing") else Reading(problem=NOT_YES_OR_NO)

    def _number(self, text: str) -> Reading:
        if value_key(text) in words_for("nothing"):
            return NOTHING
        try:
            value = self._parsed_number(text)
        except InvalidInputError as error:
            return Reading(problem=str(error))
        problem = problem_of(self.target.info, value)
        if problem is not None:
            return Reading(problem=problem)
        return Reading((value if isinstance(value, int) else plain_decimal(value),)) if value is not None else NOTHING

    def _parsed_number(self, text: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - int or Decimal, as the field has it
        if is_duration(self.target.info):
            return parse_duration(f"{text} h" if self._hours and _PLAIN_NUMBER.fullmatch(text) else text)
        plain = _UNIT.sub("", text)
        return parse_integer(plain) if self.target.info.kind is Kind.INTEGER else parse_decimal(plain)

    def _postcode(self, text: str) -> Reading:
        found = _FIVE.findall(text)
        if len(found) == 1:
            return Reading((found[0],), remark="" if text == found[0] else FROM_ADDRESS)
        if re.fullmatch(r"\d{4}", text):
            return Reading(("0" + text,), remark=PADDED)
        return NOTHING if value_key(text) in words_for("nothing") else Reading(problem=POSTCODE)

    def _text(self, text: str) -> Reading:
        if self.target.field in _PHONE_OR_MAIL and value_key(text) in words_for("nothing"):
            return NOTHING
        value: Value = " / ".join(text.splitlines()) if self.target.info.kind is Kind.TEXT else text
        problem = problem_of(self.target.info, value)
        return Reading(problem=problem) if problem else Reading((value,))
