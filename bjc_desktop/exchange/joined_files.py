"""A data package from a laptop that does not know that two files were joined: what it holds of the one goes to the other."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from bjc_desktop.exchange.table_reading import TableContent
from bjc_desktop.models import Coachee, JoinedPerson


def follow_joined_files(connection: Connection, contents: Iterable[TableContent]) -> None:
    """Let *contents* name whom the vault keeps: rows of given-up files go, what refers to them refers to the file that is kept."""
    gone = select(JoinedPerson.id, JoinedPerson.kept_id).where(JoinedPerson.id.not_in(select(Coachee.id)))
    kept = {row.id: row.kept_id for row in connection.execute(gone)}
    for content in contents if kept else ():
        for column in content.table.columns:
            if column.name in content.columns and any(key.column.table.name == "coachees" for key in column.foreign_keys):
                content.columns[column.name] = [kept.get(str(value), value) for value in content.columns[column.name]]
        if content.table.name == "coachees":
            _leave_out(content, set(kept))


def _leave_out(content: TableContent, given_up: set[str]) -> None:
    staying = [index for index, key in enumerate(content.ids) if str(key) not in given_up]
    content.columns = {name: [values[index] for index in staying] for name, values in content.columns.items()}
    content.rows = [content.rows[index] for index in staying]
