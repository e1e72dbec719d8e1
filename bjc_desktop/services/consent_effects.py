"""What the withdrawal of a consent switches off: the data of it, and who has withdrawn what.

A consent is withdrawn for a purpose where one was withdrawn and none was given since; older ones do not outlive the withdrawal. Figures
are counted by the rules of docs/indicators.md alone; a withdrawal never changes one. What the program does itself: it asks for the exit
and before each consultation (participation), leaves everything out of a report's cases that no figure needs (reporting), refuses new
entries of health and offers to erase the old ones (health data), asks before a consultation with an authority or an employer and says on
paper that they must not see it (the two contacts), and does not survey (follow-up).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Date, text

from bjc_desktop.services.typed_values import show_date
from bjc_desktop.vocabulary import HEALTH_AREAS, ConsentPurpose, ConsultationSetting

EFFECTS: Mapping[ConsentPurpose, str] = {
    ConsentPurpose.PARTICIPATION: (
        "Das Coaching endet: Bis ein Austritt eingetragen ist, steht es als fällig auf der Seite „Übersicht“, und vor jeder Konsultation "
        "wird gefragt; bitte Austritt und Löschung mit der Koordination klären."
    ),
    ConsentPurpose.REPORTING: (
        "Die Fälle im Berichtspaket enthalten zur Person nur noch, was eine Kennzahl braucht (kein Geburtsjahr, Geschlecht, Deutschniveau, "
        "Entgelt). Bitte mit der Koordination klären, auf welcher Grundlage weiter berichtet wird; die Kennzahlen zählen nach ihren Regeln weiter."
    ),
    ConsentPurpose.HEALTH_DATA: (
        "Keine Gesundheitsdaten mehr aufschreiben: Das Programm nimmt in den Bereichen Gesundheit, psychische Gesundheit und Sucht nichts mehr an; "
        "vorhandene Angaben dort löscht „Person löschen“ auf der Seite „Datenschutz“, die Koordination hilft."
    ),
    ConsentPurpose.JOBCENTER_CONTACT: (
        "Nichts mehr mit dem Jobcenter austauschen: Vor einer Konsultation mit einer Behörde wird gefragt, Ausdrucke tragen einen Hinweis."
    ),
    ConsentPurpose.EMPLOYER_CONTACT: (
        "Keine Arbeitgebenden mehr ansprechen: Vor einer Konsultation mit Arbeitgebenden wird gefragt, Ausdrucke tragen einen Hinweis."
    ),
    ConsentPurpose.FOLLOW_UP: "Nicht befragen: kein Anruf, kein Brief; das Programm bietet beides nicht mehr an.",
}
"""By purpose: what stops."""
NO_HEALTH = "Die Einwilligung in Gesundheitsdaten ist widerrufen. In diesem Bereich wird nichts mehr aufgeschrieben."
NO_COACHING = "Die Einwilligung in die Teilnahme ist widerrufen. Findet das Gespräch trotzdem statt?"
NO_AUTHORITY = "Die Einwilligung in den Austausch mit dem Jobcenter ist widerrufen. Geht es um etwas anderes?"
NO_EMPLOYER = "Die Einwilligung in den Kontakt zu Arbeitgebenden ist widerrufen. Geht es um etwas anderes?"
_NOT_FOR = {ConsentPurpose.JOBCENTER_CONTACT: "das Jobcenter", ConsentPurpose.EMPLOYER_CONTACT: "Arbeitgebende"}

WITHDRAWN = (
    "EXISTS (SELECT 1 FROM consents w WHERE w.coachee_id = {person} AND w.purpose = {purpose} AND w.withdrawn_on <= :today "
    "AND NOT EXISTS (SELECT 1 FROM consents k WHERE k.coachee_id = {person} AND k.purpose = {purpose} "
    "AND k.given_on BETWEEN w.withdrawn_on AND :today AND coalesce(k.withdrawn_on, '9999-12-31') > :today))"
)
"""The condition that the consent of a person to a purpose is withdrawn on the day ``:today``."""

_WITHDRAWALS = text(
    "SELECT c.coachee_id, c.purpose, max(c.withdrawn_on) AS day FROM json_each(:ids) j CROSS JOIN consents c ON c.coachee_id = j.value "
    f"WHERE {WITHDRAWN.format(person='c.coachee_id', purpose='c.purpose')} GROUP BY c.coachee_id, c.purpose"
).columns(day=Date)


_PERSON_OF = text("SELECT coachee_id FROM coachings WHERE id = :coaching")


@dataclass(frozen=True, slots=True)
class SwitchedOff:
    """A consent that was withdrawn: since when, and what that switches off."""

    purpose: ConsentPurpose
    since: date
    effect: str

    @property
    def text(self) -> str:
        """All of it in words."""
        return f"{self.purpose.label} widerrufen am {show_date(self.since)}: {self.effect}"


def read_switched_off(
    connection: Connection, coachee_ids: Iterable[str], *, today: date
) -> Mapping[str, tuple[SwitchedOff, ...]]:
    """Return what is switched off for each of *coachee_ids* who has withdrawn something."""
    found: dict[str, list[SwitchedOff]] = {}
    for row in connection.execute(_WITHDRAWALS, {"ids": json.dumps(list(coachee_ids)), "today": today.isoformat()}):
        purpose = ConsentPurpose(row.purpose)
        found.setdefault(row.coachee_id, []).append(SwitchedOff(purpose, row.day, EFFECTS[purpose]))
    order = list(ConsentPurpose)
    return {person: tuple(sorted(some, key=lambda off: order.index(off.purpose))) for person, some in found.items()}


def withdrawn_of(connection: Connection, coachee_id: str, *, today: date) -> frozenset[ConsentPurpose]:
    """Return the purposes to which the person's consent is withdrawn."""
    return frozenset(off.purpose for off in read_switched_off(connection, [coachee_id], today=today).get(coachee_id, ()))


def health_problems(connection: Connection, table: str, values: Mapping[str, Any], *, today: date) -> dict[str, str]:
    """Return what keeps a barrier from being written because it says something about health that must not be kept any more."""
    if table != "barriers" or values.get("area") not in HEALTH_AREAS:
        return {}
    person = connection.execute(_PERSON_OF, {"coaching": values.get("coaching_id")}).scalar()
    withdrawn = person is not None and ConsentPurpose.HEALTH_DATA in withdrawn_of(connection, person, today=today)
    return {"area": NO_HEALTH} if withdrawn else {}


def consultation_questions(connection: Connection, coaching_id: str, setting: str | None, *, today: date) -> dict[str, str]:
    """Return what is asked before a consultation because a consent is withdrawn, by field."""
    person = connection.execute(_PERSON_OF, {"coaching": coaching_id}).scalar()
    if person is None:
        return {}
    withdrawn, found = withdrawn_of(connection, person, today=today), dict[str, str]()
    if ConsentPurpose.PARTICIPATION in withdrawn:
        found["coaching_ids"] = NO_COACHING
    if setting == ConsultationSetting.AUTHORITY and ConsentPurpose.JOBCENTER_CONTACT in withdrawn:
        found["setting"] = NO_AUTHORITY
    if setting == ConsultationSetting.EMPLOYER and ConsentPurpose.EMPLOYER_CONTACT in withdrawn:
        found["setting"] = NO_EMPLOYER
    return found


def not_to_be_shown(switched_off: Iterable[SwitchedOff]) -> str:
    """Return the sentence on paper that says who must not see it; empty where nothing was withdrawn."""
    names = [_NOT_FOR[off.purpose] for off in switched_off if off.purpose in _NOT_FOR]
    return f"Nicht an {' oder '.join(names)} weitergeben: Die Einwilligung ist widerrufen." if names else ""
