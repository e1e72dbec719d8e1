"""What coachees are found and sorted by, and which member of staff a user is."""

import sqlalchemy as sa
from alembic import op

from bjc_desktop.models.name_keys import search_key, sort_key

revision = "0002"
down_revision = "0001"

_OLD = "INSERT INTO coachee_search(coachee_search, rowid, search_key) VALUES ('delete', OLD.number, OLD.search_key);"
_NEW = "INSERT INTO coachee_search(rowid, search_key) VALUES (NEW.number, NEW.search_key);"
_SEARCH = (
    (
        "CREATE VIRTUAL TABLE coachee_search USING fts5(search_key, content='coachee_keys', content_rowid='number', "
        "prefix='1 2 3', detail='none', columnsize=0, tokenize=\"unicode61 remove_diacritics 0 tokenchars '#'\")"
    ),
    "INSERT INTO coachee_search(coachee_search, rank) VALUES ('secure-delete', 1)",
    f"CREATE TRIGGER coachee_keys_insert AFTER INSERT ON coachee_keys BEGIN {_NEW} END",
    f"CREATE TRIGGER coachee_keys_delete AFTER DELETE ON coachee_keys BEGIN {_OLD} END",
    f"CREATE TRIGGER coachee_keys_update AFTER UPDATE OF search_key ON coachee_keys BEGIN {_OLD} {_NEW} END",
    "CREATE TRIGGER coachees_delete AFTER DELETE ON coachees BEGIN DELETE FROM coachee_keys WHERE coachee_id = OLD.id; END",
)
_ROWS_AT_ONCE = 10_000


def upgrade() -> None:
    """Add the tables, with the keys of the coachees that are there."""
    op.create_table(
        "coachee_keys",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("coachee_id", sa.String(length=36), nullable=False),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.Column("search_key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_coachee_keys")),
        sa.UniqueConstraint("coachee_id", name=op.f("uq_coachee_keys_coachee_id")),
    )
    op.create_index("ix_coachee_keys_sort_key", "coachee_keys", ["sort_key", "search_key", "coachee_id"], unique=False)
    op.create_table(
        "user_staff",
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_user_staff")),
    )
    _index_lists()
    for statement in _SEARCH:
        op.execute(sa.text(statement))
    _fill_keys()


def _index_lists() -> None:
    op.drop_index("ix_coachings_coachee_id", "coachings")
    newest = ["coachee_id", "cancelled", "entry_on", "id", "exit_on", "target_group"]
    op.create_index("ix_coachings_coachee_id", "coachings", newest, unique=False)
    op.create_index("ix_coachees_birth_date", "coachees", ["birth_date"], unique=False)
    open_goal = "status NOT IN ('achieved', 'partly_achieved', 'not_achieved', 'dropped')"
    for name, table, columns, where in (
        ("ix_goals_open", "goals", ["plan_id", "due_on", "id"], open_goal),
        ("ix_tasks_open", "tasks", ["goal_id", "due_on"], "done_on IS NULL AND due_on IS NOT NULL"),
        ("ix_consultations_planned", "consultations", ["coaching_id", "held_on"], "status = 'planned'"),
    ):
        op.create_index(name, table, columns, unique=False, sqlite_where=sa.text(where))


def _fill_keys() -> None:
    connection = op.get_bind()
    found = connection.exec_driver_sql("SELECT id, case_number, family_name, given_name FROM coachees ORDER BY id")
    for rows in found.partitions(_ROWS_AT_ONCE):
        keys = [(row_id, sort_key(family, given), search_key(number, family, given)) for row_id, number, family, given in rows]
        connection.exec_driver_sql("INSERT INTO coachee_keys (coachee_id, sort_key, search_key) VALUES (?, ?, ?)", keys)
