"""No row contradicts the rules of the data package, and nothing but plans lies after the end of the data."""

from collections import Counter, defaultdict
from itertools import pairwise

from sqlalchemy import Table

from bjc_desktop.models import PACKAGED
from bjc_desktop.sample import SampleShape
from tests.sample.figures import FAR, Record

_SPANS = {
    "funding_decisions": ("valid_from", "valid_to"),
    "staff": ("employed_from", "employed_to"),
    "consents": ("given_on", "withdrawn_on"),
    "coachings": ("entry_on", "exit_on"),
    "coaching_staff": ("valid_from", "valid_to"),
    "measures": ("begin_on", "end_on"),
    "outcomes": ("begin_on", "end_on"),
}
_MAY_BE_PLANNED = {
    ("funding_decisions", "valid_to"),
    ("funding_decisions", "proof_of_use_on"),
    ("coachings", "planned_end_on"),
    ("measures", "end_on"),
    ("outcomes", "end_on"),
    ("development_plans", "review_on"),
    ("goals", "due_on"),
    ("tasks", "due_on"),
}


def _foreign_keys() -> list[tuple[str, str, str]]:
    keys = []
    for entity in PACKAGED:
        table = entity.__table__
        assert isinstance(table, Table)
        keys += [(table.name, key.parent.name, key.column.table.name) for key in table.foreign_keys]
    return keys


def test_ids_are_unique(sample: dict[str, list[Record]]) -> None:
    ids = [row["id"] for rows in sample.values() for row in rows]
    assert len(ids) == len(set(ids))


def test_foreign_keys_resolve(sample: dict[str, list[Record]]) -> None:
    known = {name: {row["id"] for row in rows} for name, rows in sample.items()}
    keys = _foreign_keys()
    assert keys
    for table, column, target in keys:
        assert {row[column] for row in sample[table]} - {""} <= known[target], (table, column)


def test_every_end_lies_at_or_after_its_begin(sample: dict[str, list[Record]]) -> None:
    for table, (begin, end) in _SPANS.items():
        for row in sample[table]:
            assert row[begin] <= (row[end] or FAR), (table, row)


def test_job_coaches_of_a_coaching_do_not_overlap_nor_leave_a_gap(sample: dict[str, list[Record]]) -> None:
    coaches = {member["id"] for member in sample["staff"] if member["role"] == "job_coach"}
    assignments = defaultdict(list)
    for row in sample["coaching_staff"]:
        if row["staff_id"] in coaches:
            assignments[row["coaching_id"]].append((row["valid_from"], row["valid_to"] or FAR))
    for coaching in sample["coachings"]:
        spans = sorted(assignments[coaching["id"]])
        assert spans[0][0] == coaching["entry_on"]
        assert spans[-1][1] == (coaching["exit_on"] or FAR)
        assert all(earlier[1] < following[0] for earlier, following in pairwise(spans))


def test_unique_pairs(sample: dict[str, list[Record]]) -> None:
    pairs = {"working_time": ("staff_id", "month"), "development_plans": ("coaching_id", "version")}
    for table, (first, second) in pairs.items():
        assert max(Counter((row[first], row[second]) for row in sample[table]).values()) == 1
    if sample["follow_ups"]:
        assert max(Counter(row["coaching_id"] for row in sample["follow_ups"]).values()) == 1
    assert max(Counter(row["case_number"] for row in sample["coachees"]).values()) == 1


def test_nothing_but_plans_lies_after_the_last_day(shape: SampleShape, sample: dict[str, list[Record]]) -> None:
    last = shape.last_day.isoformat()
    for table, rows in sample.items():
        for row in rows:
            for name, value in row.items():
                is_day = name.endswith(("_on", "_from", "_to", "_since", "_date")) and value[4:5] == "-"
                planned = (table, name) in _MAY_BE_PLANNED or row.get("status") == "planned"
                assert not is_day or planned or value <= last, (table, name, value)


def test_consultations_after_the_last_day_are_planned_and_no_others(shape: SampleShape, sample: dict[str, list[Record]]) -> None:
    last = shape.last_day.isoformat()
    assert all((row["held_on"] > last) == (row["status"] == "planned") for row in sample["consultations"])


def test_cancelled_coachings_hold_nothing(sample: dict[str, list[Record]]) -> None:
    cancelled = {row["id"] for row in sample["coachings"] if row["cancelled"] == "true"}
    for table, rows in sample.items():
        if table != "coaching_staff":
            assert cancelled.isdisjoint(row.get("coaching_id", "") for row in rows)


def test_staff_act_only_while_employed(sample: dict[str, list[Record]]) -> None:
    employed = {row["id"]: (row["employed_from"], row["employed_to"] or FAR) for row in sample["staff"]}
    days = {"consultations": "held_on", "observations": "observed_on", "competence_profiles": "recorded_on"}
    for table, column in days.items():
        for row in sample[table]:
            first, last = employed[row["staff_id"]]
            assert first <= row[column] <= last, (table, row)


def test_members_of_a_coaching_belong_to_its_provider(sample: dict[str, list[Record]]) -> None:
    provider = {row["id"]: row["provider_id"] for row in sample["staff"]}
    of_coaching = {row["id"]: row["provider_id"] for row in sample["coachings"]}
    assert all(provider[row["staff_id"]] == of_coaching[row["coaching_id"]] for row in sample["consultations"])


def test_coachings_of_a_person_follow_one_another(sample: dict[str, list[Record]]) -> None:
    spans = defaultdict(list)
    for row in sample["coachings"]:
        spans[row["coachee_id"]].append((row["entry_on"], row["exit_on"] or FAR))
    assert all(earlier[1] < following[0] for person in spans.values() for earlier, following in pairwise(sorted(person)))
    assert spans.keys() == {row["id"] for row in sample["coachees"]}


def test_group_sessions_are_of_one_coach_and_day(sample: dict[str, list[Record]]) -> None:
    sessions: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in sample["consultations"]:
        assert bool(row["group_id"]) == (row["setting"] == "group")
        if row["group_id"]:
            sessions[row["group_id"]].add((row["staff_id"], row["held_on"]))
    assert all(len(session) == 1 for session in sessions.values())
