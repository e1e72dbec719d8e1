"""The schema's newest revision, and bringing a database there: one transaction, checked before it is committed.

Alembic is imported where a database is created or migrated, and only there.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine

from bjc_desktop import models
from bjc_desktop.errors import BjcError, NewerVaultError, VaultError
from bjc_desktop.vault.driver import CipherKey, Connector, vault_engine

if TYPE_CHECKING:
    from alembic.script import Script

HEAD = "0011"
"""The revision that this version of the program works with."""

SCRIPTS = Path(models.__file__).parent / "migrations"

NEWER = "Der Tresor wurde mit einer neueren Version des Programms geschrieben. Bitte die aktuelle Version verwenden."
FAILED = (
    "Die Aktualisierung des Tresors ist fehlgeschlagen; er ist unverändert. Bitte die vorige Version des Programms verwenden."
)


def revisions_after(current: str | None, scripts: Path = SCRIPTS) -> "list[Script]":
    """Return the revisions that follow *current* (None: all of them), oldest first.

    Raises
    ------
    NewerVaultError
        where *current* is none that this version knows.
    """
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - not needed to open a vault
    from alembic.script.revision import RevisionError  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    directory = ScriptDirectory(str(scripts))
    try:
        found = list(directory.iterate_revisions("head", current or "base"))
    except (CommandError, RevisionError) as error:
        raise NewerVaultError(NEWER) from error
    return list(reversed(found))


def migrate(
    path: Path,
    key: CipherKey,
    *,
    scripts: Path = SCRIPTS,
    finish: Callable[[Connection, str], None] | None = None,
    step: Callable[[], object] = lambda: None,
) -> None:
    """Bring the database at *path* to the newest revision of *scripts*; the caller made a backup before.

    *step* is called after each revision, *finish* at the end of the transaction with the connection and the new revision. Foreign keys are off, for
    rebuilding a parent table with them on would delete its children; they are checked before the commit.

    Raises
    ------
    VaultError
        where a revision fails, breaks a reference or loses rows; the database is as it was.
    NewerVaultError
        where the database has a revision that is not among *scripts*.
    """
    engine = vault_engine(Connector(path, key, foreign_keys=False))
    try:
        _migrate(engine, scripts, finish, step)
    except BjcError:
        raise
    except Exception as error:
        raise VaultError(FAILED) from error
    finally:
        engine.dispose()


def _migrate(engine: Engine, scripts: Path, finish: Callable[[Connection, str], None] | None, step: Callable[[], object]) -> None:
    with engine.begin() as connection:
        before = _row_counts(connection)
        triggers = _triggers(connection)
        revisions = revisions_after(_revision(connection), scripts)
        for revision in revisions:
            _run(connection, revision)
            step()
        _check(connection, before, triggers)
        if finish is not None and revisions:
            finish(connection, revisions[-1].revision)


def _run(connection: Connection, revision: "Script") -> None:
    from alembic.migration import MigrationContext  # noqa: PLC0415
    from alembic.operations import Operations  # noqa: PLC0415

    with Operations.context(MigrationContext.configure(connection)):
        revision.module.upgrade()
    connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    connection.exec_driver_sql("DELETE FROM alembic_version")
    connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (revision.revision,))


def _names(connection: Connection, kind: str) -> set[str]:
    query = "SELECT name FROM sqlite_master WHERE type = ? AND name NOT LIKE 'sqlite_%'"
    return set(connection.exec_driver_sql(query, (kind,)).scalars())


def _triggers(connection: Connection) -> set[str]:
    return _names(connection, "trigger")


def _revision(connection: Connection) -> str | None:
    if "alembic_version" not in _names(connection, "table"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def _row_counts(connection: Connection) -> dict[str, int]:
    names = sorted(_names(connection, "table") - {"alembic_version"})
    return {name: connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one() for name in names}


def _check(connection: Connection, before: dict[str, int], triggers: set[str]) -> None:
    after = _row_counts(connection)
    lost = [name for name, count in before.items() if after.get(name, count) != count]
    dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if lost or dangling or not triggers <= _triggers(connection):
        raise VaultError(FAILED)
