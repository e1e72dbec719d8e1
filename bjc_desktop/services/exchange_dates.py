"""When files were last exchanged with each partner: taken in, and written."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select

from bjc_desktop.models import Base
from bjc_desktop.vault import Leaving

_RECORDS = Base.metadata.tables["change_records"]


@dataclass(frozen=True, slots=True)
class LastFiles:
    """The last file from a partner that was taken in, and the last that was written for them."""

    taken_in: datetime | None = None
    written: datetime | None = None


def read_last_files(connection: Connection) -> Mapping[str, LastFiles]:
    """Return by partner when files were last exchanged, as the change record knows."""
    found: dict[str, LastFiles] = {}
    actions = ("exchange", Leaving.EXPORT.value)
    # Those that are about a person have a payload under that person's key, and are none of these.
    mine = _RECORDS.c.action.in_(actions) & _RECORDS.c.entity.is_(None)
    query = select(_RECORDS.c.at, _RECORDS.c.action, _RECORDS.c.payload).where(mine)
    for record in connection.execute(query.order_by(_RECORDS.c.id)):
        payload = json.loads(record.payload)
        partner = payload.get("partner")
        if partner is None:
            continue
        which = "taken_in" if record.action == "exchange" else "written"
        found[partner] = replace(found.get(partner, LastFiles()), **{which: datetime.fromisoformat(record.at)})
    return found
