"""Exchange with other vaults: write a file for a partner, look at one that came, take it in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bjc_desktop.errors import InvalidInputError, PackageError, VaultError
from bjc_desktop.exchange.boundary import Boundary
from bjc_desktop.exchange.envelope import ENDING, Letter, read_letter, write_letter
from bjc_desktop.exchange.field_groups import EXCHANGED
from bjc_desktop.exchange.incoming import NOT_READABLE, Incoming, highest_clock, read_incoming
from bjc_desktop.exchange.merge_plan import Plan
from bjc_desktop.exchange.merging import plan_merge
from bjc_desktop.exchange.outgoing import package_for
from bjc_desktop.exchange.selection import Recipient, Selection
from bjc_desktop.exchange.stamping import begin_anew, keep_up
from bjc_desktop.exchange.taking_in import Origin, carry_out
from bjc_desktop.models import ExchangeFile, ExchangePartner
from bjc_desktop.services.pairing import identity_of
from bjc_desktop.vault import Leaving, Vault, account_for, back_up_before
from bjc_desktop.vault.durable import write_file
from bjc_desktop.vault.role_rights import NOT_ALLOWED
from bjc_desktop.vocabulary import PartnerKind, Role

EXCHANGING = frozenset({Role.JOB_COACH, Role.EMPLOYMENT_TRAINER, Role.COORDINATION})
"""Who may write files and take them in."""
MOST_GONE = 0.03
"""If more of a vault's rows, or of its people, would go, it is asked first."""
_ORDER = tuple(table.name for table in EXCHANGED)

NOT_FOR_US = "Diese Austauschdatei ist für einen anderen Tresor. Bitte die andere Seite fragen, für wen sie geschrieben wurde."
UNKNOWN = "Diese Austauschdatei kommt von einem Tresor, mit dem dieser nicht verbunden ist. Bitte zuerst verbinden."
NOT_CONFIRMED = "Der Code wurde mit diesem Austauschpartner noch nicht verglichen. Bitte zuerst vergleichen."
ENDED = "Der Austausch mit diesem Partner ist beendet. Bitte neu verbinden, wenn er weitergehen soll."
MANY_GONE = (
    "Mit dieser Datei würde ungewöhnlich viel gelöscht; nichts wurde übernommen. Bitte die Vorschau prüfen und bestätigen."
)


@dataclass(frozen=True, slots=True)
class TableEffect:
    """How many rows of a table are new, changed, gone."""

    new: int
    changed: int
    gone: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What a file does, or did: by table, and what is left aside."""

    partner_id: str
    partner_name: str
    made_at: str
    """By the sender's clock."""
    tables: Mapping[str, TableEffect]
    unchanged: int
    conflicts: int
    """Versions beside one another that are new with this file, and wait for a decision."""
    put_back: int
    """Rows whose reference is missing; a later file brings it."""
    erased: int
    """Rows of people who were erased here; they stay out."""
    kept: int
    """Rows deleted elsewhere that stay, for something refers to them."""
    people_gone: int
    many_gone: bool
    """Whether so much would go that it is asked first."""
    event: int | None = None
    """The event in the change record; None for a preview, and where nothing changed."""

    @property
    def changes(self) -> bool:
        """Whether a table changes, or a version is held."""
        return bool(self.tables) or self.conflicts > 0


def write_exchange(vault: Vault, partner_id: str, folder: Path, *, now: datetime, today: date) -> Path:
    """Write the exchange file for a partner into *folder* and return its path; its name tells nothing but the two vaults and the time.

    Raises
    ------
    VaultError
        where the user may not, or the partner is not confirmed or ended.
    InvalidInputError
        where the folder does not exist.
    DiskFullError
        where there is no room; nothing is left behind.
    """
    _assert_exchanging(vault)
    if not folder.is_dir():
        raise InvalidInputError({"out": "Den Ordner gibt es nicht; bitte einen vorhandenen angeben."})
    partner = _partner(vault, partner_id)
    recipient = Recipient(PartnerKind(partner.kind), partner.staff_id, partner.reads_notes)
    with vault.writing(now=now) as session:
        connection = session.connection()
        keep_up(vault, connection)
        content, counts = package_for(connection, Selection(vault, recipient, today), vault.notes)
    letter = write_letter(content, identity_of(vault), partner.id, partner.sealing_key, now.astimezone(UTC).isoformat())
    account_for(vault, Leaving.EXPORT, "exchange", {"partner": partner.id, "rows": sum(counts.values())}, now=now)
    path = folder / f"BJC-Austausch_{vault.id[:8]}_{partner.id[:8]}_{now.astimezone():%Y%m%d-%H%M%S}{ENDING}"
    write_file(path, letter)
    return path


def preview_exchange(vault: Vault, path: Path) -> Effect:
    """Return what taking the file at *path* in would do; the data stay as they are.

    Raises
    ------
    PackageError
        where it is no exchange file, damaged, not for this vault or from nobody this vault knows.
    VaultError
        where the user may not, or the partner is not confirmed or ended.
    """
    partner, letter, content = _opened(vault, path)
    incoming = read_incoming(content, PartnerKind(partner.kind))
    with vault.writing() as session:
        plan = _plan(vault, session, incoming, Boundary(session.connection(), vault.notes))
        return _effect(session, partner, letter, plan)


def take_in(vault: Vault, path: Path, *, even_if_many_go: bool = False, now: datetime) -> Effect:
    """Take the file at *path* in: all of it in one transaction, with a backup before, or nothing.

    Raises
    ------
    PackageError
        where it is no exchange file, damaged, not for this vault or from nobody this vault knows.
    VaultError
        where the user may not, the partner is not confirmed or ended, or much would go without *even_if_many_go*.
    """
    partner, letter, content = _opened(vault, path)
    incoming = read_incoming(content, PartnerKind(partner.kind))
    if not _was_taken(vault, letter):
        back_up_before(vault, "import", now)
    try:
        return _taken_in(vault, incoming, partner, letter, even_if_many_go=even_if_many_go, now=now)
    except IntegrityError as error:
        # What the rules of the tables refuse no vault can have written.
        raise PackageError(NOT_READABLE) from error


def _taken_in(
    vault: Vault, incoming: Incoming, partner: ExchangePartner, letter: Letter, *, even_if_many_go: bool, now: datetime
) -> Effect:
    with vault.writing(now=now) as session:
        boundary = Boundary(session.connection(), vault.notes)
        plan = _plan(vault, session, incoming, boundary)
        effect = _effect(session, partner, letter, plan)
        if effect.many_gone and not even_if_many_go:
            raise VaultError(MANY_GONE)
        if not plan.touches:
            return effect
        return replace(effect, event=carry_out(session, boundary, plan, Origin(partner.id, letter.digest), vault.actor(), now))


def _was_taken(vault: Vault, letter: Letter) -> bool:
    with vault.reading() as connection:
        query = select(ExchangeFile.change_id).where(ExchangeFile.digest == letter.digest)
        return connection.execute(query).first() is not None


def _assert_exchanging(vault: Vault) -> None:
    if not vault.user.roles & EXCHANGING:
        raise VaultError(NOT_ALLOWED)


def _partner(vault: Vault, partner_id: str) -> ExchangePartner:
    with vault.reading() as connection, Session(connection) as session:
        partner = session.get(ExchangePartner, partner_id)
    if partner is None:
        raise PackageError(UNKNOWN)
    if partner.ended_at is not None:
        raise VaultError(ENDED)
    if partner.confirmed_at is None:
        raise VaultError(NOT_CONFIRMED)
    return partner


def _opened(vault: Vault, path: Path) -> tuple[ExchangePartner, Letter, bytes]:
    _assert_exchanging(vault)
    letter = read_letter(path)
    if letter.header.receiver != vault.id:
        raise PackageError(NOT_FOR_US)
    partner = _partner(vault, letter.header.sender)
    return partner, letter, letter.open(identity_of(vault), partner.signing_key)


def _plan(vault: Vault, session: Session, incoming: Incoming, boundary: Boundary) -> Plan:
    connection = session.connection()
    begin_anew(vault, connection, lambda origin: highest_clock(incoming, origin))
    keep_up(vault, connection)
    return plan_merge(connection, boundary, incoming)


def _effect(session: Session, partner: ExchangePartner, letter: Letter, plan: Plan) -> Effect:
    tables = {table: TableEffect(*counts) for table in _ORDER if any(counts := plan.counted(table))}
    connection = session.connection()
    rows = sum(connection.exec_driver_sql(f"SELECT count(*) FROM main.{table}").scalar_one() for table in _ORDER)
    people = connection.exec_driver_sql("SELECT count(*) FROM main.coachees").scalar_one()
    gone = sum(effect.gone for effect in tables.values())
    people_gone = tables["coachees"].gone if "coachees" in tables else 0
    return Effect(
        partner.id,
        partner.name,
        letter.header.made_at,
        tables,
        plan.unchanged,
        sum(len(row.new_held) for row in plan.all_rows()),
        plan.put_back,
        plan.erased,
        plan.kept,
        people_gone,
        many_gone=gone > MOST_GONE * rows or people_gone > MOST_GONE * people,
    )
