"""What a restored backup may have brought back: whoever was erased after it was made, as far as nothing knew of it.

It stands in the vault until somebody who sees all cases confirms that every later erasure was repeated, and is said until then.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from bjc_desktop.models import VaultFact
from bjc_desktop.vault.changes import record_event
from bjc_desktop.vault.notes_access import put_fact
from bjc_desktop.vault.role_rights import assert_sees_all_cases
from bjc_desktop.vault.vault import Vault

FACT = "erasures_unsure"
CONFIRMED = "confirm_erasures"
"""The action of the record that says so."""


@dataclass(frozen=True, slots=True)
class RestoredGap:
    """When the backup was made that the vault comes from, and until when erasures are known (None: of the backup itself only)."""

    created: datetime
    known_until: datetime | None = None

    @property
    def text(self) -> str:
        """What to do, in words."""
        since = self.created if self.known_until is None else max(self.created, self.known_until)
        known = "" if since == self.created else f" Löschungen bis {_moment(since)} sind bekannt und werden wiederholt."
        return (
            f"Dieser Tresor kommt aus der Sicherung vom {_moment(self.created)}.{known} Wer nach dem {_moment(since)} gelöscht wurde, "
            "kann wieder da sein: bitte noch einmal löschen und auf der Seite „Datenschutz“ bestätigen."
        )


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone():%d.%m.%Y, %H:%M}"


def gap_from(restored: Any) -> RestoredGap | None:
    """Return the gap that the note of a restored vault (or the fact in one) names; None where it names no backup."""
    try:
        created, known = datetime.fromisoformat(restored["created"]), restored.get("known_until")
        until = None if known is None else datetime.fromisoformat(known)
        if created.tzinfo is None or (until is not None and until.tzinfo is None):
            return None
    except (TypeError, KeyError, ValueError, AttributeError, OverflowError):
        return None
    return None if "salvaged" in restored else RestoredGap(created, until)


def note_gap(session: Session, gap: RestoredGap, now: datetime) -> None:
    """Keep *gap* in the vault, unless a registry of erasures was complete on the day of *now*."""
    if gap.known_until is not None and gap.known_until.astimezone(UTC).date() >= now.astimezone(UTC).date():
        return
    known = None if gap.known_until is None else gap.known_until.isoformat()
    put_fact(session, FACT, json.dumps({"created": gap.created.isoformat(), "known_until": known}).encode())


def read_gap(connection: Connection) -> RestoredGap | None:
    """Return what may have come back and was not confirmed yet, or None."""
    value = connection.execute(select(VaultFact.value).where(VaultFact.key == FACT)).scalar()
    return None if value is None else gap_from(json.loads(value))


def confirm_gap(session: Session, vault: Vault, now: datetime) -> None:
    """Record that every erasure after the backup was repeated.

    Raises
    ------
    VaultError
        where the user does not see all cases.
    """
    assert_sees_all_cases(vault.user.roles)
    gap = read_gap(session.connection())
    if gap is not None:
        record_event(session, vault.actor(), CONFIRMED, {"created": gap.created.isoformat()}, now=now)
        put_fact(session, FACT, None)
