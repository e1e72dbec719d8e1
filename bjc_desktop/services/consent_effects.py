"""What the withdrawal of a consent switches off: the data of it, and who has withdrawn what.

A consent is withdrawn for a purpose where one was withdrawn and none was given since; older ones do not outlive the withdrawal. Figures are counted by the rules of docs/indicators.md
alone; a withdrawal never changes one unseen.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Date, text

from bjc_desktop.services.typed_values import show_date
from bjc_desktop.vocabulary import ConsentPurpose

EFFECTS: Mapping[ConsentPurpose, str] = {
    ConsentPurpose.PARTICIPATION: "Das Coaching endet; bitte Austritt und Löschung mit der Koordination klären.",
    ConsentPurpose.REPORTING: (
        "Bitte mit der Koordination klären, auf welcher Grundlage weiter berichtet wird; die Kennzahlen zählen nach ihren Regeln weiter."
    ),
    ConsentPurpose.HEALTH_DATA: "Keine Gesundheitsdaten mehr aufschreiben; vorhandene bitte löschen.",
    ConsentPurpose.JOBCENTER_CONTACT: "Nichts mehr mit dem Jobcenter austauschen.",
    ConsentPurpose.EMPLOYER_CONTACT: "Keine Arbeitgebenden mehr ansprechen.",
    ConsentPurpose.FOLLOW_UP: "Nicht befragen: kein Anruf, kein Brief; das Programm bietet beides nicht mehr an.",
}
"""By purpose: what stops. Only the survey is something that the program does itself."""

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
