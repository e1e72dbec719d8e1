"""What a change did, in one German sentence: „Konsultation vom 05.03.2026 geändert: Dauer“."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection, select

from bjc_desktop.models import PACKAGED, Base
from bjc_desktop.services.row_titles import TITLES, counted, entity_of, fields_of, title_of
from bjc_desktop.services.undoing import NetChange

_ORDER = {entity.__tablename__: number for number, entity in enumerate(PACKAGED)}
_ACTIONS = {"insert": "angelegt", "update": "geändert", "delete": "gelöscht"}
_EFFECTS = ("geändert", "angelegt", "gelöscht")


class ChangeWords:
    """Says what changes did; rows that still exist are looked up in the vault."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._titles: dict[tuple[str, str], str] = {}

    def text(self, changes: Sequence[NetChange]) -> str:
        """Say what happened: each kind of change by its topmost table, and what went with it."""
        parts = []
        for effect in _EFFECTS:
            some = sorted(
                (change for change in changes if _effect(change) == effect), key=lambda change: _ORDER.get(change.table, 99)
            )
            if some:
                parts.append(self._part(effect, some))
        return "; ".join(parts)

    def bare(self, table: str, action: str) -> str:
        """Say what happened to a row of *table* whose values cannot be read."""
        name = TITLES[table].singular if table in TITLES else entity_of(table).heading
        return f"{name} {_ACTIONS[action]}"

    def _part(self, effect: str, changes: list[NetChange]) -> str:
        tables = Counter(change.table for change in changes)
        top = changes[0]
        names = _counted(top.table, tables[top.table]) if tables[top.table] > 1 else self.title(top)
        others = ", ".join(_counted(table, count) for table, count in tables.items() if table != top.table)
        fields = _changed_fields(changes) if effect == "geändert" and len(changes) == 1 else ""
        return f"{names} {effect}" + (f", dazu {others}" if others else "") + (f": {fields}" if fields else "")

    def title(self, change: NetChange) -> str:
        """Return what the row of *change* is called, as it is now where it is still there."""
        if change.table not in TITLES:
            return entity_of(change.table).heading
        if change.before is None or change.after is None:
            return title_of(change.table, change.before or change.after or {})
        if change.key not in self._titles:
            table = Base.metadata.tables[change.table]
            row = self.connection.execute(select(table).where(table.c.id == change.row_id)).mappings().one_or_none()
            if row is None:
                return title_of(change.table, change.after)
            self._titles[change.key] = title_of(change.table, row)
        return self._titles[change.key]


def _counted(table: str, count: int) -> str:
    return counted(table, count) if table in TITLES else f"{count} {entity_of(table).heading}"


def _effect(change: NetChange) -> str:
    if change.before is None:
        return "angelegt"
    return "gelöscht" if change.after is None else "geändert"


def _changed_fields(changes: list[NetChange]) -> str:
    infos = fields_of(changes[0].table)
    return ", ".join(infos[name].title for name in infos if name in (changes[0].after or {}))
