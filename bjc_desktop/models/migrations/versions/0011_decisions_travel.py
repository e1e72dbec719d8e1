"""What was decided about people who are alike travels between vaults, as other rows do."""

from alembic import op

revision = "0011"
down_revision = "0010"
_DECIDED = {"joined_people": "kept_id", "distinct_people": "first_id"}


def upgrade() -> None:
    """Stamp what was decided before: what has no stamp stays where it is. A vault that never exchanged stamps everything at first."""
    for table, person in _DECIDED.items():
        op.execute(
            "INSERT INTO row_stamps (entity, entity_id, coachee_id, stamps, deleted, changed_by, changed_at) "
            f"SELECT '{table}', t.id, t.{person}, json_object('*', lower(hex(o.value)) || ':' || max(1, t.change_id)), 0, '', '' "
            f"FROM {table} t, vault_facts o WHERE o.key = 'exchange_origin'"
        )
