"""A typed line as a filled form: ``Yıldız gestern 45 telefon Bewerbung – Anschreiben überarbeitet``.

A line is read from left to right: names, a day, a length, a form, a kind, a status in any order. What follows a ``:`` or a dash,
or the first word that says none of these, is the note. Nothing is lost: every word is in a field or in the note, and the tokens
say where, so that a window can show it under the line.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import product
from typing import Any

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.exchange.cells import EARLIEST
from bjc_desktop.models.name_keys import folded_words
from bjc_desktop.services.consultation_recording import ConsultationForm
from bjc_desktop.services.person_picks import PersonPick, fit_of, folded_number, narrowed
from bjc_desktop.services.typed_values import parse_date, parse_duration, show_date, show_duration
from bjc_desktop.vocabulary import Channel, ConsultationKind, ConsultationSetting, ConsultationStatus, Vocabulary


class Meaning(StrEnum):
    """What a word of the line was understood as."""

    PERSON = "person"
    AMBIGUOUS = "ambiguous"
    NOBODY = "nobody"
    DAY = "day"
    DURATION = "duration"
    CHANNEL = "channel"
    SETTING = "setting"
    KIND = "kind"
    STATUS = "status"
    JOINT = "joint"
    """A comma, „und“ or „am“: it says nothing by itself."""
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the line from *start* to *end*, and what it was understood as: *label* says it in German."""

    text: str
    start: int
    end: int
    meaning: Meaning
    label: str


@dataclass(frozen=True, slots=True)
class NameMatch:
    """The words of one name: whom they mean, or who is in question."""

    text: str
    chosen: PersonPick | None
    candidates: tuple[PersonPick, ...]


@dataclass(frozen=True, slots=True)
class QuickLine:
    """What a line says; None is what it does not say."""

    tokens: tuple[Token, ...] = ()
    people: tuple[NameMatch, ...] = ()
    held_on: date | None = None
    duration_min: int | None = None
    channel: str | None = None
    setting: str | None = None
    kind: str | None = None
    status: str | None = None
    note: str | None = None

    @property
    def coaching_ids(self) -> tuple[str, ...]:
        """The coachings of the people who are certain."""
        return tuple(dict.fromkeys(match.chosen.coaching_id for match in self.people if match.chosen is not None))

    def filled(self, offer: ConsultationForm, *, today: date) -> ConsultationForm:
        """Return *offer* with everything that the line says; what lies ahead is planned."""
        said: dict[str, Any] = {name: getattr(self, name) for name in _FIELDS if getattr(self, name) is not None}
        if "status" not in said and said.get("held_on", today) > today:
            said["status"] = ConsultationStatus.PLANNED.value
        return replace(offer, coaching_ids=self.coaching_ids or offer.coaching_ids, **said)


_FIELDS = ("held_on", "duration_min", "channel", "setting", "kind", "status")
_MANY = 8
"""How many candidates an ambiguous name offers."""
_LONGEST_NAME = 6
_LONGEST = 10 * 60
"""A bare number above this is no length in minutes."""
_EARLIEST_CLOCK = 7
"""From this hour on ``9:30`` is a time of day, no length."""
_PREFIXES = {"kind": 3, "channel": 4}
"""How many letters of a label suffice."""

_CHANNELS = {
    Channel.PHONE: "telefon telefonat telefoniert tel fon anruf angerufen",
    Channel.VIDEO: "videoanruf videogespräch online zoom teams",
    Channel.IN_PERSON: "pers präsenz büro vor_ort",
    Channel.OUTREACH: "hausbesuch im_betrieb",
    Channel.WRITTEN: "mail email e-mail brief sms chat whatsapp messenger post",
}
_SETTINGS = {
    ConsultationSetting.SINGLE: "",
    ConsultationSetting.GROUP: "gruppentermin gruppengespräch",
    ConsultationSetting.EMPLOYER: "mit_betrieb",
    ConsultationSetting.AUTHORITY: "mit_jobcenter mit_amt",
}
_KINDS = {
    ConsultationKind.INITIAL_INTERVIEW: "aufnahmegespräch",
    ConsultationKind.COACHING: "",
    ConsultationKind.APPLICATION: "bewerbungen bewerbungstraining bewerbungsgespräch",
    ConsultationKind.PLACEMENT: "",
    ConsultationKind.CRISIS: "krisengespräch krisenintervention",
    ConsultationKind.ESCORT: "",
    ConsultationKind.INTERIM_REVIEW: "",
    ConsultationKind.CLOSING: "abschluss",
    ConsultationKind.AFTERCARE: "nachsorge",
    ConsultationKind.FOLLOW_UP_SURVEY: "befragung nachbefragung",
}
_STATUSES = {
    ConsultationStatus.PLANNED: "termin_geplant",
    ConsultationStatus.HELD: "stattgefunden",
    ConsultationStatus.NO_SHOW: "nicht_gekommen nicht_da noshow no-show",
    ConsultationStatus.CANCELLED_BY_COACHEE: "abgesagt hat_abgesagt",
    ConsultationStatus.CANCELLED_BY_PROVIDER: "träger_abgesagt abgesagt_vom_träger von_uns_abgesagt von_mir_abgesagt",
}
"""What people type for an entry, beside its German label; ``_`` stands between the words of a phrase."""
_NO_PREFIX = {"nach", "sechs", "zwischen"}
"""Beginnings of a label that are words of their own."""
_WEEKDAYS = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag")
_JOINTS = {"und", "u", "&", "+"}
_FILLERS = {"am", "um", "per", "via", "mit", "beim", "im", "von", "letzten", "letzter", "letztes", "kommenden", "nächsten"}
_NOTE_BEGINS = re.compile(r"(?<!\d):|:(?!\d)|[–—]|(?<=\s)-(?=\s|$)")
_PIECE = re.compile(r"(?:[^\s,;]|(?<=\d),(?=\d))+|[,;]")
_CLOCK = re.compile(r"(?P<hour>\d{1,2}):\d{2}|\d{1,2}(?:[:.]\d{2})?\s?uhr")
_HOURS_WITH_POINT = re.compile(r"(\d{1,2})\.(\d{1,2})(\s?(?:h|std\.?))")
_DAY_AND_MONTH = re.compile(r"\d{1,2}\.\d{1,2}")
_WORDS_TOGETHER = 3


def _plain(text: str) -> str:
    """Return *text* without case, accents and the point of an abbreviation."""
    letters = unicodedata.normalize("NFD", text.casefold()).rstrip(".")
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _phrases(meaning: Meaning, table: Mapping[Any, str]) -> dict[tuple[str, ...], tuple[Meaning, Vocabulary]]:
    found: dict[tuple[str, ...], tuple[Meaning, Vocabulary]] = {}
    for entry, words in table.items():
        for phrase in (entry.label.replace(" ", "_"), *words.split()):
            spelled = [{_plain(word), _plain(word.translate(_UMLAUTS))} for word in phrase.casefold().split("_")]
            found.update(dict.fromkeys(product(*spelled), (meaning, entry)))
    return found


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_PHRASES = {
    **_phrases(Meaning.KIND, _KINDS),
    **_phrases(Meaning.CHANNEL, _CHANNELS),
    **_phrases(Meaning.SETTING, _SETTINGS),
    **_phrases(Meaning.STATUS, _STATUSES),
}
_FIELD_OF = {
    Meaning.DAY: "held_on",
    Meaning.DURATION: "duration_min",
    Meaning.CHANNEL: "channel",
    Meaning.SETTING: "setting",
    Meaning.KIND: "kind",
    Meaning.STATUS: "status",
}
_TITLES = {
    Meaning.DAY: "Datum",
    Meaning.DURATION: "Dauer",
    Meaning.CHANNEL: "Form",
    Meaning.SETTING: "Rahmen",
    Meaning.KIND: "Art",
    Meaning.STATUS: "Stand",
}


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    start: int
    end: int
    plain: str


@dataclass(frozen=True, slots=True)
class _Sense:
    """What some pieces in a row mean: a field and its value; *sure* is False for the mere beginning of a word."""

    meaning: Meaning
    value: date | int | str
    words: str
    length: int = 1
    sure: bool = True


# --- reading -----------------------------------------------------------------------------------------------------------------


def parse_quick_line(line: str, people: Sequence[PersonPick], *, today: date, person_known: bool = False) -> QuickLine:
    """Return what *line* says; *people* are those who may be meant, in the order in which they are offered.

    With *person_known* (the line is typed in a case file) no name is looked for. It never fails: what is not understood is note.
    """
    begins = _NOTE_BEGINS.search(line)
    head = line if begins is None else line[: begins.start()]
    pieces = [_Piece(match[0], match.start(), match.end(), _plain(match[0])) for match in _PIECE.finditer(head)]
    reader = _Reader(line, pieces, None if person_known else tuple(people), today)
    return reader.read(None if begins is None else begins.end())


class _Reader:
    """Reads the pieces of one line once; *people* is None where no name is looked for."""

    def __init__(self, line: str, pieces: list[_Piece], people: tuple[PersonPick, ...] | None, today: date) -> None:
        self.line = line
        self.pieces = pieces
        self.people = people
        self.today = today
        self.values: dict[str, Any] = {}
        self.tokens: list[Token] = []
        self.matches: list[NameMatch] = []
        self.asides: list[str] = []
        self._begun: dict[str, tuple[PersonPick, ...]] = {}

    def read(self, tail: int | None) -> QuickLine:
        at = 0
        while at < len(self.pieces):
            step = self._person(at) or self._clock(at) or self._field(at) or self._aside(at) or self._nobody(at)
            if not step:
                tail = self.pieces[at].start
                break
            at += step
        note = self._note(tail)
        return QuickLine(tuple(self.tokens), tuple(self.matches), **self.values, note=note)

    def _note(self, tail: int | None) -> str | None:
        text = "" if tail is None else self.line[tail:].strip()
        if tail is not None and text:
            start = self.line.index(text, tail)
            self.tokens.append(Token(text, start, start + len(text), Meaning.NOTE, "Notiz"))
        return " ".join([*self.asides, text]).strip() or None

    def _text(self, at: int, length: int) -> str:
        return self.line[self.pieces[at].start : self.pieces[at + length - 1].end]

    def _add(self, at: int, length: int, meaning: Meaning, label: str) -> int:
        start, end = self.pieces[at].start, self.pieces[at + length - 1].end
        self.tokens.append(Token(self.line[start:end], start, end, meaning, label))
        return length

    # people

    def _person(self, at: int) -> int:
        """Take a case number anywhere, and a name where one may stand: once, and after a comma or an „und“."""
        if self.people is None:
            return 0
        numbered = self._numbered(at)
        if numbered is not None:
            return self._meet(at, 1, (numbered,))
        joined = bool(self.tokens) and self.tokens[-1].meaning is Meaning.JOINT
        if any(match.candidates for match in self.matches) and not joined:
            return 0
        for length in range(min(_LONGEST_NAME, len(self.pieces) - at), 0, -1):
            found = self._named(at, length)
            if found:
                return self._meet(at, length, found)
        return 0

    def _numbered(self, at: int) -> PersonPick | None:
        text = self.pieces[at].text
        number = folded_number(text.removeprefix("#"))
        if not number or (not text.startswith("#") and self._sense(at) is not None):
            return None
        found = [person for person in self.people or () if person.number == number]
        return found[0] if len(found) == 1 else None

    def _named(self, at: int, length: int) -> tuple[PersonPick, ...]:
        """Return who may be meant by *length* pieces: a word with a meaning of its own is a name only where it is a whole one."""
        pieces = self.pieces[at : at + length]
        if not any(folded_words(piece.text) for piece in (pieces[0], pieces[-1])) or pieces[-1].text in {",", ";"}:
            return ()
        meant = [index for index, piece in enumerate(pieces, at) if self._has_sense(index, piece)]
        if len(meant) == length and self._name_elsewhere(at, length):
            return ()
        typed = folded_words(self._text(at, length))
        graded = [(fit_of(person, typed), person) for person in self._begun_by(typed[0])] if typed else []
        found = [(grade, person) for grade, person in graded if grade is not None and not (grade and meant)]
        return _likeliest_first(found)

    def _has_sense(self, at: int, piece: _Piece) -> bool:
        if piece.plain in _JOINTS | _FILLERS:
            return True
        sense = self._sense(at)
        return sense is not None and sense.sure

    def _name_elsewhere(self, at: int, length: int) -> bool:
        """Say whether another word of the line is a name and nothing else: „Freitag Yıldız“ is about Yıldız."""
        for index, piece in enumerate(self.pieces):
            typed = folded_words(piece.text)
            if at <= index < at + length or not typed or self._has_sense(index, piece):
                continue
            if any(fit_of(person, typed) is not None for person in self._begun_by(typed[0])):
                return True
        return False

    def _begun_by(self, word: str) -> tuple[PersonPick, ...]:
        if word not in self._begun:
            self._begun[word] = tuple(narrowed(self.people or (), word))
        return self._begun[word]

    def _meet(self, at: int, length: int, found: tuple[PersonPick, ...]) -> int:
        chosen = _certain(found, folded_words(self._text(at, length)))
        self.matches.append(NameMatch(self._text(at, length), chosen, found[:_MANY]))
        if chosen is not None:
            return self._add(at, length, Meaning.PERSON, f"{chosen.name} ({chosen.case_number})")
        return self._add(at, length, Meaning.AMBIGUOUS, f"{len(found)} Personen: bitte wählen")

    def _nobody(self, at: int) -> int:
        """Take words that stand where a name is expected and are nobody's."""
        if self.people is None or self.matches:
            return 0
        length = 1
        while at + length < len(self.pieces) and length < _WORDS_TOGETHER and self._looks_like_a_name(at + length):
            length += 1
        self.matches.append(NameMatch(self._text(at, length), None, ()))
        return self._add(at, length, Meaning.NOBODY, "niemand gefunden")

    def _looks_like_a_name(self, at: int) -> bool:
        piece = self.pieces[at]
        return piece.text[0].isupper() and self._sense(at) is None

    # fields

    def _field(self, at: int) -> int:
        sense = self._sense(at)
        if sense is None:
            return 0
        self.values[_FIELD_OF[sense.meaning]] = sense.value
        return self._add(at, sense.length, sense.meaning, f"{_TITLES[sense.meaning]}: {sense.words}")

    def _sense(self, at: int) -> _Sense | None:
        """Return what the words from *at* on mean; a field is said once, a second time is note."""
        for sense in (self._phrase(at), self._duration(at), self._day(at), self._beginning(at)):
            if sense is not None and _FIELD_OF[sense.meaning] not in self.values:
                return sense
        return None

    def _phrase(self, at: int) -> _Sense | None:
        for length in range(min(_WORDS_TOGETHER, len(self.pieces) - at), 0, -1):
            found = _PHRASES.get(tuple(piece.plain for piece in self.pieces[at : at + length]))
            if found is not None:
                return _Sense(found[0], found[1].value, found[1].label, length)
        return None

    def _beginning(self, at: int) -> _Sense | None:
        """Read the beginning of a label: ``Bew`` is Bewerbung."""
        word = self.pieces[at].plain
        found = {
            known
            for phrase, known in _PHRASES.items()
            if len(phrase) == 1 and len(word) >= _PREFIXES.get(known[0], len(word) + 1) and phrase[0].startswith(word)
        }
        if len(found) != 1 or word in _NO_PREFIX:
            return None
        meaning, entry = found.pop()
        return _Sense(meaning, entry.value, entry.label, sure=False)

    def _duration(self, at: int) -> _Sense | None:
        for length in range(min(_WORDS_TOGETHER, len(self.pieces) - at), 0, -1):
            text = self._text(at, length)
            try:
                minutes = parse_duration(_HOURS_WITH_POINT.sub(r"\1,\2\3", text))
            except InvalidInputError:
                continue
            if minutes and not (text.isdecimal() and minutes > _LONGEST):
                return _Sense(Meaning.DURATION, minutes, show_duration(minutes), length)
        return None

    def _day(self, at: int) -> _Sense | None:
        piece = self.pieces[at]
        day = self._weekday(piece) or self._date(piece.text) or self._date(f"{piece.text}." if _short(piece.text) else "")
        return None if day is None else _Sense(Meaning.DAY, day, show_date(day))

    def _date(self, text: str) -> date | None:
        try:
            day = parse_date(text, today=self.today)
        except (InvalidInputError, OverflowError):
            return None
        return None if day is None or day < EARLIEST else day

    def _weekday(self, piece: _Piece) -> date | None:
        """Return the last such day, today included, or the next one where the line plans: ``Montag``, ``Mo.``."""
        short = piece.text.endswith(".") and len(piece.plain) == len("mo")
        found = [number for number, name in enumerate(_WEEKDAYS) if piece.plain == (name[:2] if short else name)]
        if not found:
            return None
        planned = any(other.plain in {"geplant", "kommenden", "nachsten", "naechsten"} for other in self.pieces)
        back = (self.today.weekday() - found[0]) % 7
        try:
            return self.today + timedelta(days=7 - back if planned else -back)
        except OverflowError:
            return None

    # the rest

    def _aside(self, at: int) -> int:
        piece = self.pieces[at]
        if piece.text in {",", ";"}:
            return self._add(at, 1, Meaning.JOINT, "")
        if piece.plain not in _JOINTS | _FILLERS or at + 1 == len(self.pieces):
            return 0
        known = self._sense(at + 1) is not None or self._clock_at(at + 1) or self._name_next(at + 1, piece)
        return self._add(at, 1, Meaning.JOINT, "") if known else 0

    def _name_next(self, at: int, joint: _Piece) -> bool:
        wanted = not self.matches or joint.plain in _JOINTS
        return wanted and self.people is not None and (bool(self._named(at, 1)) or self._numbered(at) is not None)

    def _clock(self, at: int) -> int:
        """Keep a time of day in the note: a consultation has a day only."""
        length = self._clock_at(at)
        if length:
            self.asides.append(self._text(at, length))
            self._add(at, length, Meaning.NOTE, "Uhrzeit: steht in der Notiz")
        return length

    def _clock_at(self, at: int) -> int:
        for length in (2, 1):
            if at + length <= len(self.pieces) and _is_clock(self._text(at, length)):
                return length
        return 0


def _is_clock(text: str) -> bool:
    """Say whether *text* is a time of day: with „Uhr“, or too late for a length: 1:30 is one and a half hours."""
    found = _CLOCK.fullmatch(text.casefold())
    return found is not None and (found["hour"] is None or int(found["hour"]) >= _EARLIEST_CLOCK)


def _short(text: str) -> bool:
    return _DAY_AND_MONTH.fullmatch(text) is not None


def _likeliest_first(found: list[tuple[int, PersonPick]]) -> tuple[PersonPick, ...]:
    return tuple(person for _, person in sorted(found, key=lambda entry: (entry[1].tier, entry[0])))


def _certain(found: tuple[PersonPick, ...], typed: Sequence[str]) -> PersonPick | None:
    """Return who is meant beyond doubt: the only one, or the only one's own where nobody else fits better."""
    if len(found) == 1:
        return found[0]
    grades = [fit_of(person, typed) or 0 for person in found]
    first = [index for index, person in enumerate(found) if (person.tier, grades[index]) == (found[0].tier, grades[0])]
    return found[0] if len(first) == 1 and grades[0] == min(grades) else None


# --- writing -----------------------------------------------------------------------------------------------------------------


def render_quick_line(said: QuickLine, people: Sequence[PersonPick], *, today: date) -> str:
    """Return a line that :func:`parse_quick_line` reads as *said*: with names where they are clear, otherwise with case numbers."""
    chosen = [match.chosen for match in said.people if match.chosen is not None]
    by_name = _rendered(said, [person.name for person in chosen])
    if _same(parse_quick_line(by_name, people, today=today), said):
        return by_name
    return _rendered(said, [f"#{person.case_number}" for person in chosen])


def _rendered(said: QuickLine, names: Iterable[str]) -> str:
    parts = [" und ".join(names)]
    if said.held_on is not None:
        parts.append(show_date(said.held_on))
    if said.duration_min is not None:
        parts.append(f"{said.duration_min} min")
    labelled: tuple[tuple[type[Vocabulary], str | None], ...] = (
        (Channel, said.channel),
        (ConsultationSetting, said.setting),
        (ConsultationKind, said.kind),
        (ConsultationStatus, said.status),
    )
    parts += [values(value).label for values, value in labelled if value is not None]
    if said.note is not None:
        parts.append(f": {said.note}")
    return " ".join(part for part in parts if part)


def _same(one: QuickLine, other: QuickLine) -> bool:
    names = (*_FIELDS, "coaching_ids", "note")
    return all(getattr(one, name) == getattr(other, name) for name in names)
