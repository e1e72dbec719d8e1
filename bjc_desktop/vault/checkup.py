"""Looking a vault over: what is whole and what is not, also where it does not open any more."""

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bjc_desktop.errors import BjcError, NotFoundError, VaultDamagedError
from bjc_desktop.vault.ballast import BALLAST, space_warning
from bjc_desktop.vault.chain_check import verify_record
from bjc_desktop.vault.driver import RawConnection, clear_errors, connect, damage_in, revision_of
from bjc_desktop.vault.durable import PART
from bjc_desktop.vault.lock import place_warning
from bjc_desktop.vault.opening import OutdatedVaultError, open_vault
from bjc_desktop.vault.schema import HEAD
from bjc_desktop.vault.slots import MIRROR, SLOTS, parse_slots
from bjc_desktop.vault.vault import DATABASE, Vault
from bjc_desktop.vocabulary import Vocabulary


class State(Vocabulary):
    """How a finding is meant."""

    GOOD = "good", "gut"
    WARNING = "warning", "Warnung"
    DAMAGED = "damaged", "beschädigt"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, and one German sentence."""

    subject: str
    state: State
    text: str


def doctor(folder: Path, passphrase: str, *, user: str | None = None, now: datetime) -> list[Finding]:
    """Look over the vault in *folder*, also where it is damaged; the vault is damaged if any finding says so.

    Raises
    ------
    NotFoundError, WrongPassphraseError, VaultInUseError, NewerVaultError
        where the vault cannot be looked at for a reason that is not damage.
    """
    findings = list(_slot_findings(folder))
    try:
        vault = open_vault(folder, passphrase, user=user, now=now, migrate=False)
    except NotFoundError as error:
        if not (folder / SLOTS).exists() or ((folder / DATABASE).exists() and not is_damaged(findings)):
            raise
        return [*findings, Finding("vault", State.DAMAGED, str(error))]
    except VaultDamagedError as error:
        return [*findings, Finding("vault", State.DAMAGED, str(error))]
    except OutdatedVaultError as error:
        return [*findings, Finding("schema", State.WARNING, str(error))]
    try:
        findings += look_over(vault)
    finally:
        _close(vault, findings)
    return findings


def _close(vault: Vault, findings: list[Finding]) -> None:
    if is_damaged(findings):
        vault.abandon()
    else:
        vault.close()


def is_damaged(findings: list[Finding]) -> bool:
    """Say whether any of *findings* is damage."""
    return any(finding.state is State.DAMAGED for finding in findings)


def look_over(vault: Vault) -> list[Finding]:
    """Look over an open *vault*: its pages, references, chain of changes, schema, room and leftovers."""
    findings: list[Finding] = []
    with suppress(VaultDamagedError), closing(connect(vault.database, vault.secrets.cipher_key)) as connection:
        findings += _file_findings(connection)
    if not findings:
        findings.append(
            Finding("file", State.DAMAGED, "Die Datenbank lässt sich nicht lesen. Bitte eine Sicherung wiederherstellen.")
        )
    if not is_damaged(findings):
        findings.append(_chain_finding(vault))
    return [*findings, *_place_findings(vault.folder)]


def _slot_findings(folder: Path) -> Iterator[Finding]:
    readable = [_readable(folder / name) for name in (SLOTS, MIRROR)]
    if all(readable):
        yield Finding("slots", State.GOOD, "Die Schlüsseldatei ist lesbar.")
    elif any(readable):
        yield Finding("slots", State.WARNING, "Eine der beiden Schlüsseldateien war nicht lesbar; die andere wird verwendet.")
    else:
        yield Finding("slots", State.DAMAGED, "Die Schlüsseldatei ist nicht lesbar. Bitte eine Sicherung wiederherstellen.")


def _readable(path: Path) -> bool:
    try:
        parse_slots(path.read_bytes())
    except (OSError, VaultDamagedError):
        return False
    return True


def _file_findings(connection: RawConnection) -> Iterator[Finding]:
    with clear_errors():
        yield _judged("file", damage_in(connection), "Die Datenbank ist unversehrt.", "Die Datenbank ist beschädigt.")
        checked = [row for row in connection.execute("PRAGMA integrity_check(10)") if row[0] != "ok"]
        yield _judged("tables", checked, "Tabellen und Indizes stimmen.", "Tabellen oder Indizes sind beschädigt.")
        dangling = connection.execute("PRAGMA foreign_key_check").fetchall()
        yield _judged("references", dangling, "Alle Verweise stimmen.", "Verweise führen ins Leere.")
        other = [] if revision_of(connection) == HEAD else [HEAD]
        yield _judged("schema", other, "Der Aufbau ist aktuell.", "Der Aufbau ist nicht der dieser Programmversion.")


def _judged(subject: str, faults: list[object] | list[str], good: str, bad: str) -> Finding:
    if not faults:
        return Finding(subject, State.GOOD, good)
    return Finding(subject, State.DAMAGED, f"{bad} Bitte eine Sicherung wiederherstellen.")


def _chain_finding(vault: Vault) -> Finding:
    try:
        verified = verify_record(vault)
    except BjcError as error:
        return Finding("changes", State.DAMAGED, str(error))
    known = f"; {len(verified.keepers)} Anker stimmen" if len(verified.keepers) > 1 else ""
    return Finding("changes", State.GOOD, f"Der Änderungsnachweis ist lückenlos bis zum Eintrag {verified.tail.count}{known}.")


def _place_findings(folder: Path) -> Iterator[Finding]:
    for sentence in (place_warning(folder), space_warning(folder)):
        if sentence is not None:
            yield Finding("place", State.WARNING, sentence)
    if not (folder / BALLAST).exists():
        yield Finding("ballast", State.WARNING, "Die Platzreserve fehlt. Bitte Platz schaffen und den Tresor neu öffnen.")
    if any(folder.rglob(f"*{PART}")):
        yield Finding("leftovers", State.WARNING, "Es gibt Reste eines abgebrochenen Vorgangs; sie können gelöscht werden.")
