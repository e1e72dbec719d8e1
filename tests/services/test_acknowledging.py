"""A finding that stands with a reason: shown apart, and back when its data change; the report counts it all the same."""

import pytest

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.models import Coaching, Consultation
from bjc_desktop.services.acknowledging import acknowledge, take_back
from bjc_desktop.services.case_findings import read_case_findings
from bjc_desktop.services.undoing import undo
from tests.samples import NOW, TODAY, filled


@pytest.fixture
def edges(vault):
    return filled(vault, "edges")


def findings(vault):
    with vault.reading() as connection:
        groups = read_case_findings(connection, staff_id=None, today=TODAY)
    return [finding for group in groups for finding in group.findings]


def finding_of(vault, rule):
    return next(finding for finding in findings(vault) if finding.rule == rule and finding.coaching_id)


def reason_of(vault, finding):
    return next(f.reason for f in findings(vault) if (f.rule, f.coaching_id) == (finding.rule, finding.coaching_id))


def let_stand(vault, finding, reason="Die Akte liegt beim Jobcenter"):
    with vault.writing(now=NOW) as session:
        acknowledge(session, finding.rule, finding.coaching_id, reason)
        session.flush()
        return session.info["transaction_id"]


def change(vault, finding, **values):
    with vault.writing(now=NOW) as session:
        coaching = session.get_one(Coaching, finding.coaching_id)
        for name, value in values.items():
            setattr(coaching, name, value)


def test_that_a_finding_stands_until_its_data_change(edges):
    finding = finding_of(edges, "on_time")
    count = len(findings(edges))
    let_stand(edges, finding)
    assert reason_of(edges, finding) == "Die Akte liegt beim Jobcenter"
    assert len(findings(edges)) == count
    change(edges, finding, planned_end_on=TODAY)
    assert reason_of(edges, finding) is None
    let_stand(edges, finding, "Noch einmal angesehen")
    assert reason_of(edges, finding) == "Noch einmal angesehen"


def test_that_ordinary_work_elsewhere_does_not_bring_it_back(edges):
    finding = finding_of(edges, "on_time")
    let_stand(edges, finding)
    with edges.writing(now=NOW) as session:
        staff = session.connection().exec_driver_sql("SELECT id FROM staff WHERE role = 'job_coach'").scalar()
        values = {"held_on": TODAY, "channel": "phone", "kind": "coaching", "status": "held"}
        session.add(Consultation(coaching_id=finding.coaching_id, staff_id=staff, **values))
    assert reason_of(edges, finding) is not None


def test_that_it_is_taken_back_by_hand_and_by_undo(edges):
    finding = finding_of(edges, "on_time")
    transaction = let_stand(edges, finding)
    with edges.writing(now=NOW) as session:
        take_back(session, finding.rule, finding.coaching_id)
    assert reason_of(edges, finding) is None
    transaction = let_stand(edges, finding)
    undo(edges, transaction, now=NOW)
    assert reason_of(edges, finding) is None


@pytest.mark.parametrize("nothing", ["", "  "])
def test_that_a_reason_is_needed(edges, nothing):
    finding = finding_of(edges, "on_time")
    with pytest.raises(InvalidInputError), edges.writing(now=NOW) as session:
        acknowledge(session, finding.rule, finding.coaching_id, nothing)


def test_that_every_finding_about_a_coaching_can_stand(edges):
    for finding in findings(edges):
        if finding.coaching_id:
            let_stand(edges, finding)
    assert all(finding.reason for finding in findings(edges) if finding.coaching_id)
