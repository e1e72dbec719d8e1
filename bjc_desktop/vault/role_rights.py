"""What each role may change, and what it sees of a case: enforced where the vault is read and written, whoever asks.

Nothing is hidden by leaving rows out, for then a figure would differ from role to role: where a role does not see a case, the
rows stay and what they say about a person is masked. Temporary views of the reading transaction take the tables' place.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from sqlalchemy import Connection

from bjc_desktop.errors import VaultError
from bjc_desktop.models.coachings import ASSIGNED
from bjc_desktop.vault.change_chain import HOUSE, STAFF
from bjc_desktop.vocabulary import Role

HIDDEN = "(nicht sichtbar)"
NOT_ALLOWED = "Ihre Rolle erlaubt diese Änderung nicht. Bitte jemanden mit der passenden Rolle fragen."
NOT_YOURS = "Das gehört nicht zu den Aufgaben Ihrer Rolle. Bitte jemanden mit der passenden Rolle fragen."
NOT_ALL = "Dafür ist die Rolle „Koordination“ nötig, denn es betrifft alle Fälle. Bitte jemanden mit dieser Rolle fragen."
MASKED = "masked"
"""The execution option of a reading transaction in which something is masked."""
NOT_ASSIGNED = "Diese Person ist Ihnen nicht zugeordnet. Bitte die Koordination fragen."

_CASE = frozenset({Role.JOB_COACH, Role.COORDINATION})
_DESK = frozenset({Role.COORDINATION, Role.ADMINISTRATION})
_EXCHANGE = frozenset({Role.JOB_COACH, Role.EMPLOYMENT_TRAINER, Role.COORDINATION})
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
    "joined_people": _CASE,
    "distinct_people": _CASE,
    "consultations": frozenset({Role.JOB_COACH, Role.EMPLOYMENT_TRAINER, Role.COORDINATION}),
    "observations": frozenset({Role.EMPLOYMENT_TRAINER}),
    "suggestions": frozenset({Role.JOB_COACH, Role.EMPLOYMENT_TRAINER, Role.COORDINATION}),
    "providers": _DESK,
    "funding_decisions": _DESK,
    "funding_changes": _DESK,
    "staff": _DESK,
    "staff_qualifications": _DESK,
    "requirement_confirmations": _DESK,
    "working_time": _DESK,
    "targets": _DESK,
    "indicator_settings": _DESK,
    "report_statements": frozenset({Role.COORDINATION}),
    "feedback_talks": frozenset({Role.COORDINATION}),
    "released_reports": frozenset({Role.COORDINATION}),
    "legal_holds": frozenset({Role.COORDINATION}),
    "privacy_requests": _CASE,
    "retention_settings": _DESK,
    "exchange_partners": _EXCHANGE,
    "held_versions": _EXCHANGE,
}
"""By table: who may write. What is not named here belongs to the vault itself and has checks of its own."""
_WRITES_FIELDS: Mapping[tuple[str, Role], frozenset[str]] = {
    # Following up what was agreed is the trainers' part (the seed's answer 7); what is agreed stays the coach's.
    ("tasks", Role.EMPLOYMENT_TRAINER): frozenset({"done_on"}),
}
"""By table and role: the fields that may be changed where the row as a whole may not."""


def assert_may_write(roles: Collection[Role], tables: Iterable[str]) -> None:
    """Check that one of *roles* may write each of *tables*.

    Raises
    ------
    VaultError
        where none may; nothing was changed.
    """
    if not all(may_write(roles, table) for table in tables):
        raise VaultError(NOT_ALLOWED)


def assert_may_hand_out(roles: Collection[Role], table: str) -> None:
    """Check that one of *roles* may write *table*, for what is made of it and leaves the house.

    Raises
    ------
    VaultError
        where none may.
    """
    if not may_write(roles, table):
        raise VaultError(NOT_YOURS)


def may_write(roles: Collection[Role], table: str) -> bool:
    """Say whether one of *roles* may add, change and delete rows of *table*."""
    return table not in _WRITES or bool(_WRITES[table] & frozenset(roles))


def may_change_fields(roles: Collection[Role], table: str, fields: Collection[str]) -> bool:
    """Say whether one of *roles* may change just these *fields* of a row of *table* that is there."""
    return any(set(fields) <= _WRITES_FIELDS.get((table, role), frozenset()) for role in roles)


def sees_all_cases(roles: Collection[Role]) -> bool:
    """Say whether *roles* see every case: the coordination, which answers for the figures."""
    return Role.COORDINATION in roles


def assert_sees_all_cases(roles: Collection[Role]) -> None:
    """Check that *roles* see every case, for what reads or writes the cases as a whole.

    Raises
    ------
    VaultError
        where they do not.
    """
    if not sees_all_cases(roles):
        raise VaultError(NOT_ALL)


def keeps_cases(roles: Collection[Role]) -> bool:
    """Say whether *roles* keep case files: job coaches their own, the coordination all."""
    return bool(_CASE & frozenset(roles))


def masks(roles: Collection[Role], user_id: str, today: date) -> tuple[str, ...]:
    """Return the statements that mask, for a reading transaction, what *roles* may not see; none where nothing is masked.

    A job coach sees the people they are responsible for, those covered for a colleague included; a trainer the people assigned to
    them on *today*, without notes, contact data, and barriers and goals that are none of the workshop's business; the
    administration nobody.
    """
    if sees_all_cases(roles):
        return ()
    coach = Role.JOB_COACH in roles
    notes = _OF_COACHING if coach else "0"
    never = {} if coach else _NEVER_FOR_TRAINERS
    return (
        f"CREATE TEMP VIEW visible_people AS {visible_query(roles, user_id, today)}",
        f"CREATE TEMP VIEW visible_coachings AS SELECT id AS coaching_id FROM main.coachings WHERE {_VISIBLE}",
        f"CREATE TEMP VIEW coachee_keys AS SELECT * FROM main.coachee_keys WHERE {_VISIBLE}",
        f"CREATE TEMP VIEW person_keys AS SELECT * FROM main.person_keys WHERE {_VISIBLE} OR {_OF_THE_HOUSE} OR {_GIVEN_UP}",
        *(
            f"CREATE TEMP VIEW {table} AS {_masked(table, columns | {'': _seen_whole(table, coach=coach)}, never.get(table, ()))}"
            for table, columns in _MASKED.items()
        ),
        f"CREATE TEMP VIEW consultations AS {_masked('consultations', {'': notes, 'note': 'NULL'})}",
    )


def hidden_fields(connection: Connection, roles: Collection[Role], table: str, row_id: str) -> frozenset[str]:
    """Return the fields of a row in which *roles* see neither what stands there nor what once did, though they see the person."""
    if not connection.get_execution_options().get(MASKED, False) or Role.JOB_COACH in roles:
        return frozenset()
    never = frozenset(_NEVER_FOR_TRAINERS.get(table, ()))
    if table not in CONFIDENTIAL:
        return never
    # The area may have been another one: its history is shown of no row.
    query = f"SELECT {_seen_whole(table, coach=False)} FROM main.{table} WHERE id = ?"
    whole = connection.exec_driver_sql(query, (row_id,)).scalar()
    return never | ({"area"} if whole else frozenset(_MASKED[table]) - {""})


def visible_people(connection: Connection) -> tuple[str, ...] | None:
    """Return the coachees that the user of a reading transaction sees; None where that is everybody."""
    if not connection.get_execution_options().get(MASKED, False):
        return None
    return tuple(connection.exec_driver_sql("SELECT coachee_id FROM visible_people").scalars())


def sees_coaching(connection: Connection, coaching_id: str) -> bool:
    """Say whether the user of a reading transaction sees the person of a coaching."""
    if not connection.get_execution_options().get(MASKED, False):
        return True
    query = "SELECT count(*) FROM visible_coachings WHERE coaching_id = ?"
    return bool(connection.exec_driver_sql(query, (coaching_id,)).scalar_one())


def visible_query(roles: Collection[Role], user_id: str, today: date) -> str:
    """Return the statement that yields the coachees whom the user sees on *today*, where *roles* do not see all."""
    if not frozenset(roles) & {Role.JOB_COACH, Role.EMPLOYMENT_TRAINER}:
        return "SELECT NULL AS coachee_id WHERE 0"
    return people_of_staff(staff_query(user_id), today, coach=Role.JOB_COACH in roles)


def staff_query(user_id: str) -> str:
    """Return the SQL that yields who the user is in the team."""
    # A view takes no parameters: the id is one of the vault's own, and the quotation marks in it are doubled all the same.
    user = user_id.replace("'", "''")
    return f"({_STAFF.format(user=user)})"


def people_of_staff(staff: str, today: date, *, coach: bool) -> str:
    """Return the statement that yields the coachees assigned on *today* to the member of staff whom the SQL *staff* names.

    A coach also has those for whom they were responsible at the end.
    """
    day = f"'{today.isoformat()}'"
    holds = f"a.valid_from <= {day} AND coalesce(a.valid_to, '9999-12-31') >= {day}"
    if coach:
        holds = f"(({holds}) OR ({ASSIGNED.replace(':today', day)}))"
    return (
        "SELECT DISTINCT c.coachee_id FROM main.coaching_staff a CROSS JOIN main.coachings c ON c.id = a.coaching_id "
        f"WHERE a.staff_id = {staff} AND {holds}"
    )


# Where nobody said who the user is in the team, it is the only one there is (services/team.py).
_STAFF = (
    "SELECT coalesce((SELECT m.staff_id FROM main.user_staff m WHERE m.user_id = '{user}'), "
    "(SELECT s.id FROM main.staff s WHERE (SELECT count(*) FROM main.staff) = 1))"
)
_OF_THE_HOUSE = f"coachee_id = '{HOUSE}' OR substr(coachee_id, 1, {len(STAFF)}) = '{STAFF}'"
"""The keys of what belongs to no coachee: every role reads it."""
_VISIBLE = "coachee_id IN (SELECT coachee_id FROM visible_people)"
# What was recorded of a file before it was joined to another stays under the key of the person that was given up.
_GIVEN_UP = "coachee_id IN (SELECT id FROM main.joined_people WHERE kept_id IN (SELECT coachee_id FROM visible_people))"
_OF_COACHING = "coaching_id IN (SELECT coaching_id FROM visible_coachings)"
_OF_PERSON = "id IN (SELECT coachee_id FROM visible_people)"
_OF_GOAL = f"plan_id IN (SELECT id FROM main.development_plans WHERE {_OF_COACHING})"
_OF_TASK = f"goal_id IN (SELECT id FROM main.goals WHERE {_OF_GOAL})"
_MASKED: Mapping[str, dict[str, str]] = {
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
    "barriers": {"": _OF_COACHING, "area": "'other'", "severity_at_entry": "NULL", "severity_now": "NULL"},
    "goals": {"": _OF_GOAL, "area": "NULL", "description": f"'{HIDDEN}'"},
    "tasks": {"": _OF_TASK, "description": f"'{HIDDEN}'"},
    "observations": {"": _OF_COACHING, "evidence": "NULL", "derived_action": "NULL"},
    "suggestions": {"": _OF_COACHING, "description": f"'{HIDDEN}'", "answer": "NULL"},
    "outcomes": {"": _OF_COACHING, "employer": "NULL", "gross_pay": "NULL"},
    "acknowledgements": {"": _OF_COACHING, "reason": f"'{HIDDEN}'"},
    "legal_holds": {"": _VISIBLE, "reason": f"'{HIDDEN}'"},
    "privacy_requests": {"": _VISIBLE, "remark": "NULL"},
    "held_versions": {"": f"coachee_id IS NULL OR {_VISIBLE}", "content": "NULL"},
}
"""By table: the condition under which a row is seen whole (the empty key), and what else stands in a column."""
_NEVER_FOR_TRAINERS: Mapping[str, tuple[str, ...]] = {
    "coachees": ("phone", "email", "postcode"),
    "outcomes": ("employer", "gross_pay"),
}
_CONFIDENTIAL_AREA = "coalesce(area, '') IN ('mental_health', 'addiction', 'debt', 'residence', 'delinquency')"
CONFIDENTIAL: Mapping[str, str] = {
    "barriers": _CONFIDENTIAL_AREA,
    "goals": _CONFIDENTIAL_AREA,
    "tasks": f"goal_id IN (SELECT id FROM main.goals WHERE {_CONFIDENTIAL_AREA})",
}
"""By table: what a trainer does not learn of; what limits the work in the workshop (health, mobility) stays visible."""


def _seen_whole(table: str, *, coach: bool) -> str:
    """Return the condition under which a row is seen whole."""
    condition = _MASKED[table][""]
    return condition if coach or table not in CONFIDENTIAL else f"{condition} AND NOT ({CONFIDENTIAL[table]})"


def _masked(table: str, columns: Mapping[str, str], never: Collection[str] = ()) -> str:
    from bjc_desktop.models import Base  # noqa: PLC0415 - needed where something is masked, and only there

    whole = columns[""]
    parts = []
    for column in Base.metadata.tables[table].columns:
        other = columns.get(column.name)
        if column.name in never:
            parts.append(f'NULL AS "{column.name}"')
        elif other is None:
            parts.append(f'"{column.name}"')
        elif table == "coachings":
            # Whether there is a reason decides a figure; what it says does not.
            parts.append(f'CASE WHEN {whole} OR "{column.name}" IS NULL THEN "{column.name}" ELSE {other} END AS "{column.name}"')
        else:
            parts.append(f'CASE WHEN {whole} THEN "{column.name}" ELSE {other} END AS "{column.name}"')
    return f"SELECT rowid, {', '.join(parts)} FROM main.{table}"
