"""How each service that writes or hands something out is called, and which roles may: the table of tests/services/test_every_change.py."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from bjc_desktop.models import Coachee, ExchangePartner
from bjc_desktop.services.access_answer import write_access_answer
from bjc_desktop.services.acknowledging import acknowledge, take_back
from bjc_desktop.services.audit_trail import verify_audit
from bjc_desktop.services.backing_up import back_up_noting, copy_noting, rehearse
from bjc_desktop.services.calendar_entries import CalendarWish, save_calendar
from bjc_desktop.services.case_file import new_plan_version
from bjc_desktop.services.closing import TypedCase, close_coaching, reopen_coaching
from bjc_desktop.services.consultation_recording import ConsultationForm, change_consultation, record_consultation
from bjc_desktop.services.drafts import drop_draft, keep_draft
from bjc_desktop.services.erasing import erase_person, preview_erasure
from bjc_desktop.services.exchanging import preview_exchange, take_in, write_exchange
from bjc_desktop.services.first_steps import found_provider
from bjc_desktop.services.follow_up_desk import record_contact_attempt, record_follow_up
from bjc_desktop.services.following_up import tick_task
from bjc_desktop.services.foundations import save_target
from bjc_desktop.services.hand_over import hand_over
from bjc_desktop.services.hours_sheet import HoursEntry, save_hours
from bjc_desktop.services.hours_statistic import write_statistic
from bjc_desktop.services.joining import join_people
from bjc_desktop.services.new_coachee import add_coachee, add_coaching
from bjc_desktop.services.observation_sheet import ObservedRow, correct_observation, note_discussed, save_observations
from bjc_desktop.services.old_lists.list_importing import import_list
from bjc_desktop.services.pairing import Card, confirm, end_pairing, own_card, pair
from bjc_desktop.services.possible_duplicates import reconsider_pair, refuse_pair
from bjc_desktop.services.privacy_requests import answer_requests
from bjc_desktop.services.released_reports import list_released, save_released
from bjc_desktop.services.report_statements import Statement, save_statements
from bjc_desktop.services.reports import make_reports, preview_report, release_report
from bjc_desktop.services.requirement_profile import confirm_requirement
from bjc_desktop.services.retention_rules import RuleKey, change_rule
from bjc_desktop.services.retention_run import rehearse_retention, run_retention
from bjc_desktop.services.taking_back import take_import_back
from bjc_desktop.services.targets import change_setting
from bjc_desktop.services.team import add_member, set_staff_of_user
from bjc_desktop.services.undoing import undo
from bjc_desktop.vault import Vault, open_with_key
from bjc_desktop.vault.backup_files import BackupReason, read_backup
from bjc_desktop.vault.backup_shelf import choose_second
from bjc_desktop.vocabulary import ErasureDepth, PartnerKind, RequestKind, Role
from tests.conftest import NOW as MADE
from tests.conftest import TemplateVault
from tests.services.test_every_service import QUARTER

TODAY = date(2025, 12, 31)
NOW = MADE.replace(year=2025, month=12, day=31)
COACH, TRAINER, COORDINATION, ADMINISTRATION = Role
EVERYBODY = frozenset(Role)
CASE = frozenset({COACH, COORDINATION})
PEOPLE = CASE | {TRAINER}
DESK = frozenset({COORDINATION, ADMINISTRATION})
COORDINATING = frozenset({COORDINATION})
TRAINING = frozenset({TRAINER})
DAY = {"today": TODAY}
MOMENT = {"now": NOW, "today": TODAY}


@dataclass(frozen=True)
class Place:
    """What the services are given: rows of one person, own or a colleague's, and what was prepared beside them."""

    vault: Vault
    folder: Path
    staff_id: str
    """Who acts, in the team."""
    trainer: str
    holder: str
    """Whose case it is."""
    colleague: str
    provider_id: str
    coachee: str
    other: str
    """Another person of the same coach."""
    coaching: str
    ended: str
    leaver: str
    """Whose coaching ended."""
    consultation: str
    task: str
    observation: str
    pair: str
    """Two people who were told apart."""
    stranger: TemplateVault
    """A vault of somebody else."""
    ready: Any = None
    """What a trial needs to be there before."""


@dataclass(frozen=True)
class Trial:
    """A service called once: who may, how it is called, what must be there before, and whether it is about one person."""

    may: frozenset[Role]
    call: Callable[[Any, Place], Any]
    of_person: bool = False
    before: Callable[[Place], Any] = lambda _: None
    only_refusals: str = ""
    """Why that it works is shown elsewhere."""


def _sheet(at: Place) -> dict[str, Any]:
    head = {"observed_on": TODAY, "workplace": None, "task": None, "method": None}
    return {"staff_id": at.trainer, "head": head, "rows": [ObservedRow(at.coaching, {"resilience": 3})]}


ENTRY = {"entry_on": TODAY, "target_group": "mini_jobber_4_years"}
SESSION_TRIALS = {
    "acknowledging.acknowledge": Trial(CASE, lambda s, at: acknowledge(s, "consent", at.coaching, "geprüft"), of_person=True),
    "acknowledging.take_back": Trial(CASE, lambda s, at: take_back(s, "consent", at.coaching), of_person=True),
    "case_file.new_plan_version": Trial(CASE, lambda s, at: new_plan_version(s, at.coaching, **DAY), of_person=True),
    "closing.close_coaching": Trial(
        CASE,
        lambda s, at: close_coaching(
            s, at.coaching, TypedCase({"exit_on": TODAY, "exit_reason": "other"}), close_file=False, **DAY
        ),
        of_person=True,
    ),
    "closing.reopen_coaching": Trial(CASE, lambda s, at: reopen_coaching(s, at.ended, **DAY), of_person=True),
    "consultation_recording.change_consultation": Trial(
        PEOPLE, lambda s, at: change_consultation(s, at.vault, at.consultation, {"duration_min": 33}, **DAY), of_person=True
    ),
    "consultation_recording.record_consultation": Trial(
        PEOPLE,
        lambda s, at: record_consultation(s, at.vault, ConsultationForm(at.staff_id, (at.coaching,), TODAY, 30), **DAY),
        of_person=True,
    ),
    "drafts.drop_draft": Trial(EVERYBODY, lambda s, at: drop_draft(s, at.vault.user.id, "consultation")),
    "drafts.keep_draft": Trial(EVERYBODY, lambda s, at: keep_draft(s, at.vault.user.id, "consultation", {}, now=NOW)),
    "first_steps.found_provider": Trial(
        DESK,
        lambda s, at: found_provider(
            s, user_id=at.vault.user.id, provider="Neu", given_name="Ana", family_name="Özil", role=COACH, **DAY
        ),
    ),
    "follow_up_desk.record_contact_attempt": Trial(
        CASE,
        lambda s, at: record_contact_attempt(s, at.vault, at.ended, staff_id=at.staff_id, held_on=TODAY, **DAY),
        of_person=True,
    ),
    "follow_up_desk.record_follow_up": Trial(
        CASE, lambda s, at: record_follow_up(s, at.ended, "not_reached", **DAY), of_person=True
    ),
    "following_up.tick_task": Trial(PEOPLE, lambda s, at: tick_task(s, at.task, **DAY), of_person=True),
    "foundations.save_target": Trial(
        DESK, lambda s, _: save_target(s, 2025, "a1_1", target=Decimal(23), tolerance_low=Decimal(20), source="Bescheid")
    ),
    "hand_over.hand_over": Trial(
        CASE, lambda s, at: hand_over(s, at.holder, {at.coaching: at.colleague}, first=TODAY + timedelta(days=1), **DAY), of_person=True
    ),
    "hours_sheet.save_hours": Trial(
        DESK, lambda s, at: save_hours(s, [HoursEntry(at.staff_id, "2025-10", Decimal(100), Decimal(98))], **DAY)
    ),
    "joining.join_people": Trial(CASE, lambda s, at: join_people(s, at.coachee, at.other, {}, now=NOW), of_person=True),
    "new_coachee.add_coachee": Trial(
        CASE, lambda s, at: add_coachee(s, {"family_name": "Neu", "case_number": "N-1"}, ENTRY, at.staff_id, **DAY)
    ),
    "new_coachee.add_coaching": Trial(
        CASE, lambda s, at: add_coaching(s, at.leaver, ENTRY, at.staff_id, **DAY), of_person=True
    ),
    "observation_sheet.correct_observation": Trial(
        TRAINING,
        lambda s, at: correct_observation(
            s, at.observation, {"resilience": 2}, staff_id=at.trainer, expected_version=1, **DAY
        ),
        of_person=True,
    ),
    "observation_sheet.note_discussed": Trial(
        TRAINING, lambda s, at: note_discussed(s, at.coaching, staff_id=at.trainer, **DAY), of_person=True
    ),
    "observation_sheet.save_observations": Trial(
        TRAINING, lambda s, at: save_observations(s, **_sheet(at), **DAY), of_person=True
    ),
    "possible_duplicates.reconsider_pair": Trial(CASE, lambda s, at: reconsider_pair(s, at.pair), of_person=True),
    "possible_duplicates.refuse_pair": Trial(CASE, lambda s, at: refuse_pair(s, at.other, at.coachee), of_person=True),
    "privacy_requests.answer_requests": Trial(
        CASE, lambda s, at: answer_requests(s, at.coachee, RequestKind.ACCESS, **DAY), of_person=True
    ),
    "report_statements.save_statements": Trial(
        COORDINATING, lambda s, _: save_statements(s, "all", QUARTER, [Statement("a1_1", (), "mehr Betriebe")], version=1)
    ),
    "requirement_profile.confirm_requirement": Trial(
        DESK, lambda s, at: confirm_requirement(s, at.staff_id, "experience", "liegt vor")
    ),
    "retention_rules.change_rule": Trial(DESK, lambda s, _: change_rule(s, next(iter(RuleKey)), 60, "Beschluss")),
    "targets.change_setting": Trial(DESK, lambda s, _: change_setting(s, "subsidised_counts", False)),
    "team.add_member": Trial(
        DESK,
        lambda s, at: add_member(
            s, values={"family_name": "Neu", "role": "job_coach", "provider_id": at.provider_id, "employed_from": TODAY}, **DAY
        ),
    ),
    "team.set_staff_of_user": Trial(
        DESK, lambda s, at: set_staff_of_user(s, user_id=at.vault.user.id, staff_id=at.colleague)
    ),
}  # fmt: skip
"""What writes within a session: tried on one vault, taken back each time."""


def _changed(at: Place) -> int:
    """Change the person, and return the transaction."""
    with at.vault.writing(now=NOW) as session:
        session.get_one(Coachee, at.coachee).postcode = "12043"
        session.flush()
        return int(session.info["transaction_id"])


def _backup(at: Place) -> Path:
    (at.folder / "zweiter").mkdir()
    choose_second(at.vault.folder, at.folder / "zweiter")
    return back_up_noting(at.vault, BackupReason.BY_HAND, **MOMENT)


def _released(at: Place) -> Any:
    release_report(at.vault, QUARTER, "all", as_of=TODAY, **MOMENT)
    with at.vault.reading() as connection:
        return list_released(connection)[0]


def _partner(at: Place) -> str:
    """Pair the vault with that of a colleague, and return the partner."""
    with open_with_key(at.stranger.copy_to(at.folder / "andere"), at.stranger.secrets) as other:
        card = own_card(other)
        pair(other, own_card(at.vault), name="Büro", kind=PartnerKind.OFFICE, staff_id=None, reads_notes=False, now=NOW)
        with other.writing(now=NOW) as session:
            session.get_one(ExchangePartner, at.vault.id).confirmed_at = NOW.replace(tzinfo=None)
            session.add(Coachee(case_number="F-1", family_name="Fremd"))
        write_exchange(other, at.vault.id, at.folder, **MOMENT)
    pair(at.vault, card, name="Andere", kind=PartnerKind.OFFICE, staff_id=None, reads_notes=False, now=NOW)
    with at.vault.writing(now=NOW) as session:
        session.get_one(ExchangePartner, card.vault_id).confirmed_at = NOW.replace(tzinfo=None)
    return card.vault_id


def _file(at: Place) -> Path:
    _partner(at)
    return next(path for path in at.folder.iterdir() if path.is_file())


def _unconfirmed(at: Place) -> tuple[str, str | None]:
    """Return a partner whose code is still to be compared, and what is typed of it."""
    card = _card(at)
    partner = pair(at.vault, card, name="Neu", kind=PartnerKind.OFFICE, staff_id=None, reads_notes=False, now=NOW)
    return partner.id, None if partner.reads_out else partner.code


def _card(at: Place) -> Card:
    own_card(at.vault)  # the first pairing makes the vault's keys
    with open_with_key(at.stranger.copy_to(at.folder / "andere"), at.stranger.secrets) as other:
        return own_card(other)


def _taken_in(at: Place) -> int:
    take_in(at.vault, _file(at), now=NOW)
    with at.vault.reading() as connection:
        return int(connection.exec_driver_sql("SELECT max(id) FROM change_records WHERE action = 'exchange'").scalar_one())


VAULT_TRIALS = {
    "access_answer.write_access_answer": Trial(
        CASE, lambda v, at: write_access_answer(v, at.coachee, at.folder, **MOMENT), of_person=True
    ),
    "audit_trail.verify_audit": Trial(EVERYBODY, lambda v, _: verify_audit(v, now=NOW)),
    "backing_up.back_up_noting": Trial(EVERYBODY, lambda v, _: back_up_noting(v, BackupReason.BY_HAND, **MOMENT)),
    "backing_up.copy_noting": Trial(
        EVERYBODY, lambda v, at: copy_noting(v, at.ready, at.folder / "zweiter", now=NOW), before=_backup
    ),
    "backing_up.rehearse": Trial(
        EVERYBODY, lambda v, at: rehearse(v, read_backup(at.ready), now=NOW), before=_backup
    ),
    "calendar_entries.save_calendar": Trial(
        PEOPLE, lambda v, at: save_calendar(v, CalendarWish(None, date(2025, 6, 1), date(2026, 6, 30)), at.folder / "termine.ics", **MOMENT)
    ),
    "erasing.erase_person": Trial(COORDINATING, lambda v, at: erase_person(v, at.coachee, reason="Antrag", **MOMENT)),
    "erasing.preview_erasure": Trial(
        COORDINATING, lambda v, at: preview_erasure(v, at.coachee, depth=ErasureDepth.PERSON, **MOMENT)
    ),
    "exchanging.preview_exchange": Trial(PEOPLE, lambda v, at: preview_exchange(v, at.ready), before=_file),
    "exchanging.take_in": Trial(PEOPLE, lambda v, at: take_in(v, at.ready, now=NOW), before=_file),
    "exchanging.write_exchange": Trial(
        PEOPLE, lambda v, at: write_exchange(v, at.ready, at.folder, **MOMENT), before=_partner
    ),
    "hours_statistic.write_statistic": Trial(DESK, lambda v, at: write_statistic(v, QUARTER, at.folder, as_of=TODAY)),
    "old_lists.list_importing.import_list": Trial(
        COORDINATING, lambda v, _: import_list(v, None, **MOMENT), only_refusals="tests/services/old_lists"
    ),
    "pairing.confirm": Trial(PEOPLE, lambda v, at: confirm(v, *at.ready, now=NOW), before=_unconfirmed),
    "pairing.end_pairing": Trial(PEOPLE, lambda v, at: end_pairing(v, at.ready, now=NOW), before=_partner),
    "pairing.pair": Trial(
        PEOPLE,
        lambda v, at: pair(v, at.ready, name="Neu", kind=PartnerKind.OFFICE, staff_id=None, reads_notes=False, now=NOW),
        before=_card,
    ),
    "released_reports.save_released": Trial(
        COORDINATING, lambda v, at: save_released(v, at.ready, at.folder, "ein ganzer Satz", now=NOW), before=_released
    ),
    "reports.make_reports": Trial(
        COORDINATING,
        lambda v, at: make_reports(v, QUARTER, at.folder, provider=None, as_of=TODAY, release=False, **MOMENT),
    ),
    "reports.preview_report": Trial(COORDINATING, lambda v, _: preview_report(v, QUARTER, "all", as_of=TODAY, **DAY)),
    "reports.release_report": Trial(COORDINATING, lambda v, _: release_report(v, QUARTER, "all", as_of=TODAY, **MOMENT)),
    "retention_run.rehearse_retention": Trial(COORDINATING, lambda v, _: rehearse_retention(v, **MOMENT)),
    "retention_run.run_retention": Trial(
        COORDINATING, lambda v, _: run_retention(v, **MOMENT), only_refusals="tests/services/test_retention.py"
    ),
    "taking_back.take_import_back": Trial(PEOPLE, lambda v, at: take_import_back(v, at.ready, now=NOW), before=_taken_in),
    "undoing.undo": Trial(CASE, lambda v, at: undo(v, at.ready, now=NOW), of_person=True, before=_changed),
}  # fmt: skip
"""What commits, writes files or reads a whole vault: each tried on a vault of its own."""
