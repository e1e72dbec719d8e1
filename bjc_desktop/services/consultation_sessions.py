"""The consultations of a period one by one, each with what it counts for: a group session counts once for each coach."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, case, literal_column, select

from bjc_desktop.indicators.cases import FIRST, LAST
from bjc_desktop.indicators.catalogue import COUNTS
from bjc_desktop.indicators.period import Period
from bjc_desktop.indicators.settings import IndicatorSettings
from bjc_desktop.models import Coaching, Consultation
from bjc_desktop.vocabulary import ConsultationStatus


@dataclass(frozen=True, slots=True)
class CountedConsultation:
    """A consultation of the period by one of the coaches, with its verdict."""

    id: str
    coaching_id: str
    staff_id: str
    held_on: date
    kind: str
    channel: str
    group_id: str | None
    verdict: str


def counted_consultations(
    connection: Connection, period: Period, settings: IndicatorSettings, coaches: Collection[str]
) -> list[CountedConsultation]:
    """Return the consultations that *coaches* held (or planned) in *period*, each with its verdict, by coach and day."""
    consultation, coaching = Consultation.__table__.c, Coaching.__table__.c
    verdict = case(
        (consultation.status != ConsultationStatus.HELD.value, "not_held"),
        (coaching.cancelled == literal_column("1"), "cancelled"),
        (consultation.kind.in_(settings.excluded_kinds), "kind_excluded"),
        (consultation.channel.in_(settings.excluded_channels), "channel_excluded"),
        else_=COUNTS,
    ).label("verdict")
    columns = (
        consultation.id,
        consultation.coaching_id,
        consultation.staff_id,
        consultation.held_on,
        consultation.kind,
        consultation.channel,
        consultation.group_id,
        verdict,
    )
    statement = (
        select(*columns)
        .join_from(Consultation.__table__, Coaching.__table__, coaching.id == consultation.coaching_id)
        .where(consultation.staff_id.in_(sorted(coaches)), consultation.held_on >= FIRST, consultation.held_on <= LAST)
        .order_by(consultation.staff_id, consultation.held_on, consultation.id)
    )
    rows = connection.execute(statement, {"first": period.first, "last": period.last}).all()
    return _once_per_session([CountedConsultation(*row) for row in rows])


def _once_per_session(rows: list[CountedConsultation]) -> list[CountedConsultation]:
    """Let only the first qualifying row of a coach's group session count."""
    seen: set[tuple[str, str]] = set()
    result = []
    for row in rows:
        if row.group_id is not None and row.verdict == COUNTS:
            session = (row.staff_id, row.group_id)
            if session in seen:
                columns = (row.id, row.coaching_id, row.staff_id, row.held_on, row.kind, row.channel, row.group_id)
                result.append(CountedConsultation(*columns, "same_session"))
                continue
            seen.add(session)
        result.append(row)
    return result
