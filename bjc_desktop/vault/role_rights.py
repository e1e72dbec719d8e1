"""What each role may change, and what it sees of a case: enforced where the vault is read and written, whoever asks.

Nothing is hidden by leaving rows out, for then a figure would differ from role to role: where a role does not see a case, the
rows stay and what they say about a person is masked. Temporary views of the reading transaction take the tables' place.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from bjc_desktop.errors import VaultError
from bjc_desktop.vocabulary import Role

HIDDEN = "(nicht sichtbar)"
NOT_ALLOWED = "Ihre Rolle erlaubt diese Änderung nicht. Bitte jemanden mit der passenden Rolle fragen."
NOT_ASSIGNED = "Diese Person ist Ihnen nicht zugeordnet. Bitte die Koordination fragen."

_CASE = frozenset({Role.JOB_COACH, Role.COORDINATION})
_DESK = frozenset({Role.COORDINATION, Role.ADMINISTRATION})
_WRITES: Mapping[str, frozenset[Role]] = {
    "coachees": _CASE,
    "consents": _CASE,
    "coachings": _CASE,
    "coaching_staff": _CASE,
    "measures": _CASE,
    "competence_profiles": _CASE,
    "barriers": _CASE,
    "development_plans": _CASE,
    "goals": _CASE,
    "tasks": _CASE,
    "outcomes": _CASE,
    "follow_ups": _CASE,
    "acknowledgements": _CASE,
    "consultations": frozenset({Role.JOB_COACH, Role.EMPLOYMENT_TRAINER, Role.COORDINATION}),
    "observations": frozenset({Role.EMPLOYMENT_TRAINER}),
    "providers": _DESK,
    "funding_decisions": _DESK,
    "staff": _DESK,
    "staff_qualifications": _DESK,
    "requirement_confirmations": _DESK,
    "working_time": _DESK,
    "targets": _DESK,
    "indicator_settings": _DESK,
    "report_statements": frozenset({Role.COORDINATION}),
    "feedback_talks": frozenset({Role.COORDINATION}),
    "released_reports": frozenset({Role.COORDINATION}),
}
"""By table: who may write. What is not named here belongs to the vault itself and has checks of its own."""


def assert_may_write(roles: Collection[Role], tables: Iterable[str]) -> None:
    """Check that one of *roles* may write each of *tables*.

    Raises
    ------
    VaultError
        where none may; nothing was changed.
    """
    if any(table in _WRITES and not _WRITES[table] & frozenset(roles) for table in tables):
        raise VaultError(NOT_ALLOWED)


def sees_everybody(roles: Collection[Role]) -> bool:
    """Say whether the role sees all cases: job coaches (a colleague may be ill) and coordination."""
    return bool(_CASE & frozenset(roles))


def masks(roles: Collection[Role], user_id: str, today: date) -> tuple[str, ...]:
    """Return the statements that mask, for a reading transaction, what *roles* may not see; none where nothing is masked.

    A trainer sees who is assigned to them on *today*; the administration sees nobody. Neither sees a note.
    """
    if sees_everybody(roles):
        return ()
    trainer = Role.EMPLOYMENT_TRAINER in roles
    mine = assigned_query(user_id, today) if trainer else "SELECT NULL AS coaching_id"
    statements = [f"CREATE TEMP VIEW visible_coachings AS {mine}"]
    for table, columns in _MASKED.items():
        statements.append(f"CREATE TEMP VIEW {table} AS {_masked(table, columns)}")
    return tuple(statements)


def assigned_query(user_id: str, today: date) -> str:
    """Return the statement that yields the coachings assigned on *today* to whom the user is in the team."""
    # A view takes no parameters: the id is one of the vault's own, and the quotation marks in it are doubled all the same.
    user, day = user_id.replace("'", "''"), today.isoformat()
    return (
        "SELECT a.coaching_id FROM main.coaching_staff a JOIN main.user_staff m ON m.staff_id = a.staff_id "
        f"WHERE m.user_id = '{user}' AND a.valid_from <= '{day}' AND coalesce(a.valid_to, '9999-12-31') >= '{day}'"
    )


_OF_COACHING = "coaching_id IN (SELECT coaching_id FROM visible_coachings)"
_OF_PERSON = "id IN (SELECT coachee_id FROM main.coachings WHERE id IN (SELECT coaching_id FROM visible_coachings))"
_OF_GOAL = f"plan_id IN (SELECT id FROM main.development_plans WHERE {_OF_COACHING})"
_OF_TASK = f"goal_id IN (SELECT id FROM main.goals WHERE {_OF_GOAL})"
_MASKED: Mapping[str, Mapping[str, str]] = {
    "coachees": {
        "": _OF_PERSON,
        "given_name": "NULL",
        "family_name": f"'{HIDDEN}'",
        "birth_date": "NULL",
        "gender": "NULL",
        "german_level": "NULL",
        "phone": "NULL",
        "email": "NULL",
        "postcode": "NULL",
        "case_number": f"'{HIDDEN}'",
    },
    "coachings": {"": "id IN (SELECT coaching_id FROM visible_coachings)", "closing_waived_reason": f"'{HIDDEN}'"},
    "competence_profiles": {"": _OF_COACHING, "summary": "NULL"},
    "goals": {"": _OF_GOAL, "description": f"'{HIDDEN}'"},
    "tasks": {"": _OF_TASK, "description": f"'{HIDDEN}'"},
    "observations": {"": _OF_COACHING, "evidence": "NULL", "derived_action": "NULL"},
    "outcomes": {"": _OF_COACHING, "employer": "NULL", "gross_pay": "NULL"},
    "consultations": {"": "0", "note": "NULL"},
    "acknowledgements": {"": _OF_COACHING, "reason": f"'{HIDDEN}'"},
}
"""By table: the condition under which a row is seen whole (the empty key), and what else stands in a column."""


def _masked(table: str, columns: Mapping[str, str]) -> str:
    from bjc_desktop.models import Base  # noqa: PLC0415 - needed where something is masked, and only there

    whole = columns[""]
    parts = []
    for column in Base.metadata.tables[table].columns:
        other = columns.get(column.name)
        if other is None:
            parts.append(f'"{column.name}"')
        elif table == "coachings":
            # Whether there is a reason decides a figure; what it says does not.
            parts.append(f'CASE WHEN {whole} OR "{column.name}" IS NULL THEN "{column.name}" ELSE {other} END AS "{column.name}"')
        else:
            parts.append(f'CASE WHEN {whole} THEN "{column.name}" ELSE {other} END AS "{column.name}"')
    return f"SELECT rowid, {', '.join(parts)} FROM main.{table}"
