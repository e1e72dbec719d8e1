"""Reading a damaged database as far as it goes: around each row that cannot be read, with a new connection every time."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bjc_desktop.errors import StoppedError, VaultDamagedError
from bjc_desktop.vault.driver import STOPPED, CipherKey, RawConnection, clear_errors, connect_tolerant

_GIVE_UP_AFTER = 20_000
"""Rows in a row that cannot be read: then the rest of the table cannot either."""
_NULS = bytes(16)


class TolerantReader:
    """Reads tables of a damaged database; ``lost`` says how many rows of the last one could not be read, at most."""

    def __init__(self, path: Path, key: CipherKey) -> None:
        """Open the database.

        Raises
        ------
        VaultDamagedError
            where not even its table of contents can be read.
        """
        self._path, self._key = path, key
        self._connection: RawConnection = connect_tolerant(path, key)
        self.lost = 0

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def columns(self, table: str) -> list[str]:
        """Return the columns of *table*; none where it is not there."""
        return [row[1] for row in self._one(f'PRAGMA table_info("{table}")') or []]

    def rows(
        self, table: str, columns: Sequence[str], stopped: Any = lambda: False, *, after: int | None = None
    ) -> Iterator[Mapping[str, Any]]:
        """Yield the readable rows of *table* in the order they were written in, *after* a row's number where it is given."""
        self.lost = 0
        names = ", ".join(f'"{name}"' for name in columns)
        whole = f'SELECT rowid, {names} FROM "{table}" NOT INDEXED'
        last = self._last(table)
        at: int | None = self._first(table, last) if after is None else after + 1
        while at is not None:
            try:
                with clear_errors():
                    for row in self._connection.execute(f"{whole} WHERE rowid >= ? ORDER BY rowid", (at,)):
                        at = row[0] + 1
                        if stopped():
                            raise StoppedError(STOPPED)
                        if self._is_sound(row):
                            yield dict(zip(columns, row[1:], strict=True))
                    return
            except VaultDamagedError:
                self._reconnect()
            following = self._step_over(whole, at, last)
            at = None
            if following is not None:
                # What was read singly is not asked for again: each round gets on by a row at least.
                at = following[0] + 1
                if self._is_sound(following):
                    yield dict(zip(columns, following[1:], strict=True))

    def _step_over(self, whole: str, first: int, last: int | None) -> tuple[Any, ...] | None:
        """Count what cannot be read from row *first* on, and return the row with which reading goes on; None at the end."""
        for number in range(first, first + _GIVE_UP_AFTER):
            if last is not None and number > last:
                return None
            found = self._one(f"{whole} WHERE rowid = ?", number)
            if found:
                row: tuple[Any, ...] = found[0]
                return row
            # A row that is not there, though its place can be read, was deleted and is not lost.
            self.lost += found is None
        if last is None:
            # Nobody knows how many there were; what was tried in vain is no measure.
            self.lost -= _GIVE_UP_AFTER - 1
        else:
            self.lost += max(last - first - _GIVE_UP_AFTER, 0)
        return None

    def _is_sound(self, row: tuple[Any, ...]) -> bool:
        """Say whether *row* holds no page of NULs, which SQLCipher gives for a damaged last page of a long value; otherwise it is lost."""
        sound = not any(
            (isinstance(value, str) and "\x00" in value) or (isinstance(value, bytes) and value.endswith(_NULS)) for value in row
        )
        self.lost += not sound
        return sound

    def _first(self, table: str, last: int | None) -> int:
        found = self._one(f'SELECT min(rowid) FROM "{table}"')
        if found is None:
            return 1 if last is None else min(1, last)
        return 1 if found[0][0] is None else int(found[0][0])

    def _last(self, table: str) -> int | None:
        """Return the number of the last row, from the table or from a whole index over it; None where neither tells."""
        indexes = [row[1] for row in self._one(f'PRAGMA index_list("{table}")') or [] if not row[4]]
        for way in ("NOT INDEXED", *(f'INDEXED BY "{index}"' for index in indexes)):
            found = self._one(f'SELECT max(rowid) FROM "{table}" {way}')
            if found is not None:
                return int(found[0][0] or 0)
        return None

    def _one(self, statement: str, *values: object) -> list[Any] | None:
        """Return all rows of *statement*, or None where they cannot be read; the connection is another one then."""
        try:
            with clear_errors():
                return list(self._connection.execute(statement, values))
        except VaultDamagedError:
            self._reconnect()
            return None

    def _reconnect(self) -> None:
        self._connection.close()
        self._connection = connect_tolerant(self._path, self._key)
