"""What a user typed and has not saved yet: kept every few seconds, so that neither a crash nor the lock loses it."""

import json
import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from bjc_desktop.models import Draft

_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
"""A NUL as JSON writes it, which the vault takes no text with; not a backslash that somebody typed before u0000."""


def keep_draft(session: Session, user_id: str, key: str, content: Any, *, now: datetime) -> None:
    """Keep *content* (what JSON can hold) as the draft *key* of the user, instead of what was kept before."""
    text = _NUL.sub(r"\1", json.dumps(content, ensure_ascii=False)).encode("utf-8", "replace").decode()
    draft = session.get(Draft, (user_id, key))
    moment = now.astimezone(UTC).replace(tzinfo=None)
    if draft is None:
        session.add(Draft(user_id=user_id, key=key, content=text, saved_at=moment))
    else:
        draft.content, draft.saved_at = text, moment


def draft_of(connection: Connection, user_id: str, key: str) -> Any | None:
    """Return the user's draft *key*, or None."""
    table = Draft.__table__.c
    text = connection.execute(select(table.content).where(table.user_id == user_id, table.key == key)).scalar()
    try:
        return None if text is None else json.loads(text)
    except ValueError:
        return None


def drop_draft(session: Session, user_id: str, key: str) -> None:
    """Forget the user's draft *key*."""
    draft = session.get(Draft, (user_id, key))
    if draft is not None:
        session.delete(draft)
