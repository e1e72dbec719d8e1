"""The schema's revisions: the newest equals the models, and a migration loses nothing."""

import re
import shutil
from contextlib import closing
from pathlib import Path
from textwrap import dedent

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bjc_desktop.errors import DiskFullError, VaultError
from bjc_desktop.models import Base
from bjc_desktop.services.audit_trail import AuditFilter, read_audit
from bjc_desktop.vault import Vault, memory_engine, open_vault, opening
from bjc_desktop.vault.driver import FULL, connect
from bjc_desktop.vault.schema import HEAD, SCRIPTS, migrate, revisions_after
from tests.conftest import NOW, PASSPHRASE
from tests.vault.cases import CANARY, add_case

_REBUILD = f"""
    import sqlalchemy as sa
    from alembic import op
    revision = "9999"
    down_revision = "{HEAD}"
    def upgrade():
        with op.batch_alter_table("providers", recreate="always") as batch:
            batch.add_column(sa.Column("nickname", sa.String()))
"""
_FAILING = _REBUILD + "        op.execute('INSERT INTO nirgends VALUES (1)')\n"  # noqa: S608 - a constant
_LOSING = f"""
    from alembic import op
    revision = "9999"
    down_revision = "{HEAD}"
    def upgrade():
        op.execute("DELETE FROM consultations")
"""
_DANGLING = _LOSING.replace("DELETE FROM consultations", "UPDATE coachings SET coachee_id = 'nobody'")


def _clauses(connection: Connection) -> dict[str, list[str]]:
    query = (
        "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
    )
    found = {row.name: " ".join(row.sql.replace('"', "").split()) for row in connection.exec_driver_sql(query)}
    return {name: _parts(sql) for name, sql in found.items()}


def _parts(sql: str) -> list[str]:
    """Return the columns and constraints of a clause: in which order they stand, and whether in a column, says nothing."""
    begin, _, body = sql.partition(" (")
    parts, depth, part = [], 0, ""
    for character in body.rstrip().removesuffix(")"):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append(part.strip())
            part = ""
        else:
            part += character
    found = [begin]
    for text in (*parts, part.strip()):
        column, *constraints = re.split(r"(?<!\S)(?=CONSTRAINT )", text)
        found += [column.strip()] if column.strip() else []
        found += [
            re.sub(r"^(CONSTRAINT \w+) REFERENCES", rf"\1 FOREIGN KEY({column.split(' ')[0]}) REFERENCES", c.strip())
            for c in constraints
        ]
    return sorted(found)


# Neither SQLAlchemy nor Alembic can reflect an index on an expression; comparing the clauses does.
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection", "ignore:autogenerate skipping")
def test_that_the_newest_revision_equals_the_models(vault: Vault) -> None:
    with vault.reading() as connection, memory_engine().connect() as models:
        found = _clauses(connection)
        del found["alembic_version"]
        assert found == _clauses(models)
        own = {"include_name": lambda name, kind, _: kind != "table" or name in Base.metadata.tables}
        context = MigrationContext.configure(connection, opts=own)
        differences = compare_metadata(context, Base.metadata)
        assert [difference for difference in differences if "ix_coachings_active" not in str(difference)] == []


def test_that_the_program_names_the_newest_revision() -> None:
    assert ScriptDirectory(str(SCRIPTS)).get_heads() == [HEAD]


def _scripts(tmp_path: Path, revision: str) -> Path:
    shutil.copytree(SCRIPTS, tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "scripts" / "versions" / "9999_next.py").write_text(dedent(revision))
    return tmp_path / "scripts"


def newer_scripts(tmp_path: Path) -> Path:
    """Return the revisions of a next version of the program."""
    return _scripts(tmp_path, _REBUILD)


def older_than(monkeypatch: pytest.MonkeyPatch, scripts: Path) -> None:
    """Let the program be the one that *scripts* belong to, so that every vault is of an earlier version."""
    steps, run = revisions_after, migrate
    monkeypatch.setattr(opening, "HEAD", "9999")
    monkeypatch.setattr(opening, "revisions_after", lambda revision: steps(revision, scripts))
    monkeypatch.setattr(opening, "migrate_schema", lambda path, key, **more: run(path, key, scripts=scripts, **more))


def _counts(vault: Vault) -> tuple[str, list[int], list[str]]:
    with closing(connect(vault.database, vault.secrets.cipher_key)) as connection:
        revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        tables = ("coachees", "coachings", "consultations", "change_records")
        counts = [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]  # noqa: S608
        columns = [row[1] for row in connection.execute("PRAGMA table_info(providers)")]
        return revision, counts, columns


def test_that_rebuilding_a_parent_table_keeps_its_children(vault: Vault, tmp_path: Path) -> None:
    add_case(vault)
    before = _counts(vault)
    vault.close()
    migrate(vault.database, vault.secrets.cipher_key, scripts=_scripts(tmp_path, _REBUILD))
    after = _counts(vault)
    assert after == ("9999", before[1], [*before[2], "nickname"])


@pytest.mark.parametrize("revision", [_FAILING, _LOSING, _DANGLING])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_that_a_failing_migration_leaves_the_vault_as_it_was(vault: Vault, tmp_path: Path, revision: str) -> None:
    add_case(vault)
    before = _counts(vault)
    vault.close()
    with pytest.raises(VaultError, match="unverändert"):
        migrate(vault.database, vault.secrets.cipher_key, scripts=_scripts(tmp_path, revision))
    assert _counts(vault) == before


def test_that_an_older_vault_is_backed_up_and_migrated_when_it_is_opened(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_case(vault)
    vault.close()
    older_than(monkeypatch, newer_scripts(tmp_path))
    with pytest.raises(VaultError, match="früheren Version"):
        open_vault(vault.folder, PASSPHRASE, now=NOW, migrate=False)
    told: list[tuple[int, int]] = []
    with (
        open_vault(vault.folder, PASSPHRASE, now=NOW, step=lambda *far: told.append(far)) as migrated,
        migrated.reading() as connection,
    ):
        assert connection.exec_driver_sql("SELECT family_name FROM coachees").scalar() == CANARY
        actions = connection.exec_driver_sql("SELECT action FROM change_records ORDER BY id DESC LIMIT 2").scalars().all()
        assert actions == ["unlock", "migrate"]
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert len(list((vault.folder / "backups").glob("*.bjcbackup"))) == 1


def test_that_a_backup_that_failed_before_a_migration_is_said_and_stands_in_the_record_afterwards(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_case(vault)
    vault.close()
    older_than(monkeypatch, newer_scripts(tmp_path))

    def full(*_: object, **_more: object) -> Path:
        raise DiskFullError(FULL)

    with monkeypatch.context() as patch:
        patch.setattr(opening, "write_backup", full)
        for _ in range(2):
            with pytest.raises(DiskFullError, match="Datenträger ist voll"):
                open_vault(vault.folder, PASSPHRASE, now=NOW)
    for _ in range(2):
        with open_vault(vault.folder, PASSPHRASE, now=NOW) as migrated, migrated.reading() as connection:
            lines = read_audit(connection, AuditFilter(kind="left"), today=NOW.date()).rows
            assert [line.text for line in lines] == [
                "Sicherung misslungen: vor einer Aktualisierung, Datenträger voll, 2 Versuche"
            ]
