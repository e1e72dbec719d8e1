"""A consultation is offered as last time, saved in one go, and changed with its session."""

import time
from datetime import date, timedelta

import pytest

from bjc_desktop.errors import InvalidInputError, MissingNoteKeyError, NotFoundError
from bjc_desktop.services import consultation_recording
from bjc_desktop.services.consultation_recording import (
    ConsultationForm,
    change_consultation,
    prepare_consultation,
    read_consultation,
    read_people,
    record_consultation,
)
from tests.samples import NOW, TODAY, filled

COACH = "b4c2d1d0-ea4a-4bcd-81ef-f26a940aafcd"
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def full(vault):
    return filled(vault, "package")


@pytest.fixture
def own(full):
    with full.reading() as connection:
        return [pick for pick in read_people(connection, staff_id=COACH, today=TODAY) if pick.tier == 0]


def offer(vault, coaching_id=None, today=TODAY):
    with vault.reading() as connection:
        return prepare_consultation(connection, staff_id=COACH, coaching_id=coaching_id, today=today)


def record(vault, form, note=None, today=TODAY):
    with vault.writing(now=NOW) as session:
        return record_consultation(session, vault, form, note, today=today)


def change(vault, consultation_id, values, **more):
    with vault.writing(now=NOW) as session:
        return change_consultation(session, vault, consultation_id, values, today=TODAY, **more)


def stored(vault, consultation_id, notes=True):
    with vault.reading() as connection:
        return read_consultation(connection, consultation_id, notes=vault.notes if notes else None)


def asked(vault, form):
    with vault.reading() as connection:
        return consultation_recording.warnings(connection, form, today=TODAY)


def scalar(vault, statement):
    with vault.reading() as connection:
        return connection.exec_driver_sql(statement).scalar()


def set_coaching(vault, coaching_id, **values):
    from bjc_desktop.models import Coaching

    with vault.writing(now=NOW) as session:
        coaching = session.get_one(Coaching, coaching_id)
        for name, value in values.items():
            setattr(coaching, name, value)


# --- offering


def test_that_last_length_channel_and_kind_with_this_person_are_offered(full, own):
    one, two = own[0].coaching_id, own[1].coaching_id
    record(full, ConsultationForm(COACH, (one,), YESTERDAY, 37, "video", "single", "application"))
    record(full, ConsultationForm(COACH, (two,), TODAY, 52, "phone", "single", "crisis"))
    assert offer(full, one) == ConsultationForm(COACH, (one,), TODAY, 37, "video", "single", "application")
    assert offer(full) == ConsultationForm(COACH, (), TODAY, 52, "phone", "single", "coaching")


@pytest.mark.parametrize("status", ["planned", "no_show", "cancelled_by_coachee"])
def test_that_only_what_was_held_is_offered_again(full, own, status):
    one = own[0].coaching_id
    record(full, ConsultationForm(COACH, (one,), YESTERDAY, 37, "video"))
    record(full, ConsultationForm(COACH, (one,), TODAY, 15, "phone", status=status))
    assert offer(full, one).duration_min == 37


@pytest.mark.parametrize(
    ("last", "offered"),
    [
        ("initial_interview", "coaching"),
        ("interim_review", "coaching"),
        ("closing", "coaching"),
        ("crisis", "crisis"),
        ("placement", "placement"),
    ],
)
def test_that_a_kind_of_once_is_not_offered_again(full, own, last, offered):
    one = own[0].coaching_id
    record(full, ConsultationForm(COACH, (one,), TODAY, 30, kind=last))
    assert offer(full, one).kind == offered


def test_that_aftercare_is_offered_after_the_exit(full, own):
    set_coaching(full, own[0].coaching_id, exit_on=YESTERDAY)
    assert offer(full, own[0].coaching_id).kind == "aftercare"


def test_that_the_first_talk_is_offered_as_initial_interview(full, own):
    one = own[0].coaching_id
    set_coaching(full, one, initial_interview_on=None)
    with full.writing(now=NOW) as session:
        from bjc_desktop.models import Consultation

        for row in session.query(Consultation).filter(Consultation.coaching_id == one):
            session.delete(row)
    assert offer(full, one).kind == "initial_interview"


def test_that_a_coach_without_consultations_gets_a_usable_form(full):
    with full.reading() as connection:
        form = prepare_consultation(connection, staff_id="niemand", coaching_id=None, today=TODAY)
    assert form == ConsultationForm("niemand", (), TODAY)


# --- saving


def test_that_a_consultation_is_saved_with_an_encrypted_note(full, own):
    before = scalar(full, "SELECT count(*) FROM change_records")
    form = ConsultationForm(COACH, (own[0].coaching_id,), TODAY, 45, "phone", "single", "application")
    saved = record(full, form, "Anschreiben überarbeitet")
    held = stored(full, saved.ids[0])
    assert (held.form, held.note, saved.group_id, held.session_ids) == (form, "Anschreiben überarbeitet", None, saved.ids)
    assert b"Anschreiben" not in scalar(full, f"SELECT note FROM consultations WHERE id = '{saved.ids[0]}'")
    assert scalar(full, "SELECT count(*) FROM change_records") > before


def test_that_a_note_needs_its_key(full, own):
    form = ConsultationForm(COACH, (own[0].coaching_id,), TODAY, 45)
    saved = record(full, form, "vertraulich")
    full.notes = None
    with pytest.raises(MissingNoteKeyError):
        record(full, form, "noch eine")
    held = stored(full, saved.ids[0], notes=False)
    assert (held.note, held.has_note) == (None, True)


def test_that_several_people_share_one_session_with_one_note_each(full, own):
    ids = tuple(pick.coaching_id for pick in own[:3])
    saved = record(full, ConsultationForm(COACH, ids, TODAY, 90), {ids[0]: "war still", ids[2]: "hat eine Zusage"})
    rows = [stored(full, consultation_id) for consultation_id in saved.ids]
    assert [row.form.coaching_ids[0] for row in rows] == list(ids)
    assert {row.group_id for row in rows} == {saved.group_id}
    assert [row.note for row in rows] == ["war still", None, "hat eine Zusage"]
    assert {row.form.setting for row in rows} == {"group"}
    assert set(rows[1].session_ids) == set(saved.ids)


def test_that_a_session_counts_once(full, own):
    from bjc_desktop.indicators.figures import compute_indicators
    from bjc_desktop.indicators.period import quarter_of
    from bjc_desktop.indicators.settings import IndicatorSettings

    def counted():
        with full.reading() as connection:
            return (
                compute_indicators(connection, quarter_of(TODAY), IndicatorSettings(), as_of=TODAY)
                .scope("all")
                .figures[3]
                .numerator
            )

    before = counted()
    record(full, ConsultationForm(COACH, tuple(pick.coaching_id for pick in own[:3]), TODAY, 90), "für alle")
    assert counted() == before + 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"coaching_ids": ()}, "coaching_ids"),
        ({"coaching_ids": ("gibt-es-nicht",)}, "coaching_id"),
        ({"held_on": TODAY + timedelta(days=1)}, "held_on"),
        ({"duration_min": -1}, "duration_min"),
        ({"channel": "pigeon"}, "channel"),
        ({"kind": "chat"}, "kind"),
        ({"staff_id": "niemand"}, "staff_id"),
    ],
)
def test_that_what_cannot_be_saved_names_its_field(full, own, changes, field):
    from dataclasses import replace

    form = replace(ConsultationForm(COACH, (own[0].coaching_id,), TODAY, 45), **changes)
    before = scalar(full, "SELECT count(*) FROM consultations")
    with pytest.raises(InvalidInputError) as refused:
        record(full, form)
    assert list(refused.value.fields) == [field]
    assert scalar(full, "SELECT count(*) FROM consultations") == before


def test_that_a_note_for_somebody_else_is_refused(full, own):
    with pytest.raises(InvalidInputError):
        record(full, ConsultationForm(COACH, (own[0].coaching_id,), TODAY, 45), {own[1].coaching_id: "falsch"})


def test_that_one_wrong_row_of_a_session_saves_none(full, own):
    before = scalar(full, "SELECT count(*) FROM consultations")
    with pytest.raises(InvalidInputError):
        record(full, ConsultationForm(COACH, (own[0].coaching_id, "gibt-es-nicht"), TODAY, 45), "Notiz")
    assert scalar(full, "SELECT count(*) FROM consultations") == before


@pytest.mark.parametrize(
    ("kind", "status", "held", "expected"),
    [
        ("initial_interview", "held", None, TODAY),
        ("initial_interview", "planned", None, None),
        ("initial_interview", "no_show", None, None),
        ("initial_interview", "held", date(2026, 1, 5), date(2026, 1, 5)),
        ("coaching", "held", None, None),
    ],
)
def test_that_the_initial_interview_fills_in_its_day(full, own, kind, status, held, expected):
    one = own[0].coaching_id
    set_coaching(full, one, initial_interview_on=held)
    saved = record(full, ConsultationForm(COACH, (one,), TODAY, 45, kind=kind, status=status))
    day = scalar(full, f"SELECT initial_interview_on FROM coachings WHERE id = '{one}'")
    assert day == (expected.isoformat() if expected else None)
    assert [(taken.title, taken.day) for taken in saved.taken_over] == (
        [("Erstgespräch am", TODAY)] if expected and held is None else []
    )


# --- changing


def test_that_a_planned_consultation_becomes_held(full, own):
    saved = record(full, ConsultationForm(COACH, (own[0].coaching_id,), TODAY, 45, status="planned"))
    change(
        full, saved.ids[0], {"status": "held", "note": "kam pünktlich"}, expected_version=stored(full, saved.ids[0]).row_version
    )
    held = stored(full, saved.ids[0])
    assert (held.form.status, held.note) == ("held", "kam pünktlich")


def test_that_a_change_meanwhile_is_not_overwritten(full, own):
    saved = record(full, ConsultationForm(COACH, (own[0].coaching_id,), TODAY, 45))
    version = stored(full, saved.ids[0]).row_version
    change(full, saved.ids[0], {"duration_min": 50}, expected_version=version)
    with pytest.raises(InvalidInputError):
        change(full, saved.ids[0], {"duration_min": 60}, expected_version=version)


def test_that_a_whole_session_moves_and_notes_stay_ones_own(full, own):
    ids = tuple(pick.coaching_id for pick in own[:2])
    saved = record(full, ConsultationForm(COACH, ids, TODAY, 90), {ids[0]: "eins", ids[1]: "zwei"})
    change(full, saved.ids[0], {"held_on": YESTERDAY, "note": "neu"}, whole_session=True)
    assert [(row.form.held_on, row.note) for row in (stored(full, i) for i in saved.ids)] == [
        (YESTERDAY, "neu"),
        (YESTERDAY, "zwei"),
    ]
    change(full, saved.ids[0], {"duration_min": 10})
    assert stored(full, saved.ids[1]).form.duration_min == 90


def test_that_the_coachings_day_follows_a_corrected_consultation(full, own):
    one = own[0].coaching_id
    set_coaching(full, one, closing_interview_on=None)
    saved = record(full, ConsultationForm(COACH, (one,), TODAY, 45, kind="closing"))
    assert change(full, saved.ids[0], {"held_on": YESTERDAY}).taken_over[0].title == "Abschlussgespräch am"
    assert scalar(full, f"SELECT closing_interview_on FROM coachings WHERE id = '{one}'") == YESTERDAY.isoformat()
    set_coaching(full, one, closing_interview_on=date(2026, 1, 2))
    assert change(full, saved.ids[0], {"held_on": TODAY}).taken_over == ()


def test_that_what_is_gone_is_said(full):
    with pytest.raises(NotFoundError):
        stored(full, "weg")
    with pytest.raises(NotFoundError):
        change(full, "weg", {"duration_min": 10})


# --- questioning


def test_that_the_usual_case_is_not_questioned(full, own):
    assert asked(full, ConsultationForm(COACH, (own[0].coaching_id,), TODAY, 45)) == {}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"duration_min": 300}, "duration_min"),
        ({"duration_min": 0}, "duration_min"),
        ({"held_on": TODAY + timedelta(days=3)}, "held_on"),
        ({"held_on": YESTERDAY, "status": "planned"}, "status"),
        ({"held_on": date(2010, 1, 4)}, "held_on"),
    ],
)
def test_that_the_unlikely_is_questioned_at_its_field(full, own, changes, field):
    from dataclasses import replace

    form = replace(ConsultationForm(COACH, (own[0].coaching_id,), TODAY, 45), **changes)
    assert field in asked(full, form)


def test_that_a_second_one_a_cancelled_coaching_and_a_foreign_one_are_questioned(full, own):
    one, two, three = (pick.coaching_id for pick in own[:3])
    record(full, ConsultationForm(COACH, (one,), TODAY, 45))
    assert asked(full, ConsultationForm(COACH, (one,), TODAY, 45))["coaching_ids"] == consultation_recording.ALREADY_RECORDED
    record(full, ConsultationForm(COACH, (two,), TODAY, 45, status="planned"))
    assert asked(full, ConsultationForm(COACH, (two,), TODAY, 45))["coaching_ids"] == consultation_recording.ALREADY_PLANNED
    set_coaching(full, three, cancelled=True)
    assert asked(full, ConsultationForm(COACH, (three,), TODAY, 45))["coaching_ids"] == consultation_recording.CANCELLED_COACHING
    with full.reading() as connection:
        foreign = next(pick for pick in read_people(connection, staff_id=COACH, today=TODAY) if pick.tier == 2)
    found = asked(full, ConsultationForm(COACH, (foreign.coaching_id,), TODAY, 45))
    assert found["coaching_ids"] == consultation_recording.NOT_ASSIGNED


def test_that_saving_takes_less_than_50_ms(full, own):
    form = ConsultationForm(COACH, (own[0].coaching_id,), TODAY, 45, "phone")
    record(full, form, "zum Warmwerden")
    times = []
    for _ in range(5):
        start = time.perf_counter()
        record(full, form, "eine Notiz")
        times.append(time.perf_counter() - start)
    assert min(times) < 0.05
