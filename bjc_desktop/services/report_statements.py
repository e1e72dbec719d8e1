"""What a provider says about its results in the report: reasons and planned steps for each indicator below its target."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from bjc_desktop.indicators.catalogue import BY_CODE, CATALOGUE
from bjc_desktop.indicators.period import Period
from bjc_desktop.indicators.results import Figure, Rating
from bjc_desktop.models import ReportStatement
from bjc_desktop.models.name_keys import folded_words
from bjc_desktop.reports.content import StatementText
from bjc_desktop.vocabulary import ShortfallReason

VERSION = "version"
"""The code of the statement that says why there is another version; kept as ``version:2``, so that none takes another's place."""
_VERSION_SUBJECT = "Warum es eine neue Fassung gibt"
_SHORTEST_NAME = 3
"""Letters of a name that is looked for in a text."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Reasons and steps for one indicator, or (code ``version``) why there is another version."""

    code: str
    reasons: tuple[ShortfallReason, ...] = ()
    steps: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing is said."""
        return not self.reasons and not self.steps.strip()


def below_target(figures: Iterable[Figure]) -> list[Figure]:
    """Return the figures that have a value and do not reach their target."""
    return [figure for figure in figures if figure.rating in {Rating.TOLERANCE, Rating.BELOW}]


def _kept_as(code: str, version: int) -> str:
    return f"{VERSION}:{version}" if code == VERSION else code


def read_statements(connection: Connection, scope_id: str, period: Period, *, version: int) -> Mapping[str, Statement]:
    """Return what is said about a provider or ``all`` in *period*, by code, and why there is *version* of the report."""
    table, wanted = ReportStatement.__table__.c, _kept_as(VERSION, version)
    query = select(table.code, table.reasons, table.steps)
    rows = connection.execute(
        query.where(table.scope == scope_id, table.period_from == period.first, table.period_to == period.last)
    )
    said = ((VERSION if row.code == wanted else row.code, row) for row in rows)
    return {code: Statement(code, _reasons(row.reasons), row.steps) for code, row in said}


def version_reasons(connection: Connection) -> Mapping[tuple[str, str, int], str]:
    """Return why there is a version of a report: by provider or ``all``, first day of the period, and version."""
    table = ReportStatement.__table__.c
    rows = connection.execute(
        select(table.scope, table.period_from, table.code, table.steps).where(table.code.startswith(f"{VERSION}:"))
    )
    return {(row.scope, row.period_from, int(row.code.removeprefix(f"{VERSION}:"))): row.steps for row in rows}


def _reasons(keys: str) -> tuple[ShortfallReason, ...]:
    chosen = set(keys.split(","))
    return tuple(reason for reason in ShortfallReason if reason.value in chosen)


def save_statements(session: Session, scope_id: str, period: Period, statements: Iterable[Statement], *, version: int) -> None:
    """Save *statements*, why there is *version* among them; an empty one is forgotten, others of the period stay."""
    for statement in statements:
        code = _kept_as(statement.code, version)
        key = {"scope": scope_id, "period_from": period.first, "period_to": period.last, "code": code}
        row = session.scalar(select(ReportStatement).filter_by(**key))
        reasons = ",".join(reason.value for reason in statement.reasons)
        if statement.empty:
            if row is not None:
                session.delete(row)
        elif row is None:
            session.add(ReportStatement(**key, reasons=reasons, steps=statement.steps.strip()))
        else:
            row.reasons, row.steps = reasons, statement.steps.strip()


def statement_texts(connection: Connection, scope_id: str, period: Period, *, version: int | None) -> tuple[StatementText, ...]:
    """Return what is said in the report's order; why there is another version only where there is one."""
    said = read_statements(connection, scope_id, period, version=version or 0)
    codes = [indicator.code for indicator in CATALOGUE]
    if version is not None and version > 1:
        codes.insert(0, VERSION)
    return tuple(
        StatementText(
            _VERSION_SUBJECT if code == VERSION else BY_CODE[code].short,
            tuple(reason.label for reason in said[code].reasons),
            said[code].steps,
        )
        for code in codes
        if code in said
    )


_FAMILY_NAMES = text("SELECT family_name FROM coachees UNION SELECT family_name FROM staff")


def names_in(connection: Connection, texts: Collection[str]) -> tuple[str, ...]:
    """Return the family names of coachees and staff that occur as words in *texts*: what leaves the house should name nobody."""
    written = {word for words in texts for word in folded_words(words)}
    if not written:
        return ()
    names = connection.execute(_FAMILY_NAMES).scalars()
    return tuple(sorted({name for name in names if len(name) >= _SHORTEST_NAME and set(folded_words(name)) <= written}))
