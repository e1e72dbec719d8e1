"""The quarterly report: one bundle per provider or one over everything, as a draft or released and frozen."""

import json
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, text

from bjc_desktop import __version__
from bjc_desktop.errors import InvalidInputError, NotFoundError
from bjc_desktop.exchange.package_export import archive, as_json
from bjc_desktop.exchange.pseudonymised_package import pseudonymised_package
from bjc_desktop.exchange.pseudonyms import Pseudonyms
from bjc_desktop.indicators.catalogue import BY_CODE, DEFINITIONS_VERSION, verdict_label
from bjc_desktop.indicators.figures import VaultFigures, compute
from bjc_desktop.indicators.period import Period
from bjc_desktop.indicators.results import ScopeFigures
from bjc_desktop.indicators.settings import canonical_json, settings_as_json
from bjc_desktop.models import ReleasedReport
from bjc_desktop.reports.content import VersionChange
from bjc_desktop.reports.indicators_json import indicators_json
from bjc_desktop.reports.manifest import MANIFEST, PUBLIC_KEY, SIGNATURE, hashes, sign
from bjc_desktop.services.consent_effects import read_switched_off
from bjc_desktop.services.findings import Finding, find, quality_lines
from bjc_desktop.services.report_content import ScopeCases, read_cases, report_content, trends
from bjc_desktop.services.signals_in_words import finished_years
from bjc_desktop.services.targets import read_settings
from bjc_desktop.vault import Leaving, Vault, account_for, record_event
from bjc_desktop.vault.change_chain import tail_of
from bjc_desktop.vault.durable import PART, finish, write_file
from bjc_desktop.vault.role_rights import assert_may_hand_out
from bjc_desktop.vocabulary import ConsentPurpose


@dataclass(frozen=True)
class MadeReport:
    """A bundle and what is frozen of it."""

    scope: ScopeFigures
    file_name: str
    bundle: bytes
    version: int | None
    cases: Mapping[str, Any]
    changes: tuple[VersionChange, ...]


def make_reports(
    vault: Vault, period: Period, out: Path, *, provider: str | None, as_of: date, release: bool, now: datetime, today: date
) -> list[Path]:
    """Write the bundles of *period* to the folder *out* and return their paths.

    *provider* is an id, a name, ``all`` for one bundle over everything, or None for one bundle per provider. A *release* is
    frozen in the vault and numbered; of a draft the vault only records that it was written.

    Raises
    ------
    InvalidInputError
        where the data are to be as of a day in the future, or the folder cannot be written.
    NotFoundError
        where there is no such provider.
    """
    assert_may_hand_out(vault.user.roles, ReleasedReport.__tablename__)
    _check_day(as_of, today)
    prepare_folder(vault, out)
    figures, reports = _made(vault, period, provider, as_of, release=release)
    paths = [out / report.file_name for report in reports]
    bundles = [report.bundle for report in reports]

    def commit() -> None:
        for report in reports:
            details = {"scope": report.scope.scope.id, "period": period.label, "version": report.version}
            account_for(vault, Leaving.EXPORT, "bundle" if release else "draft", details, now=now)
        if release:
            _freeze(vault, reports, figures, now)

    write_together(vault, paths, bundles, commit)
    return paths


def preview_report(vault: Vault, period: Period, scope_id: str, *, as_of: date, today: date) -> MadeReport:
    """Return the draft for a provider or ``all``, in memory; nothing is changed and nothing is written.

    Raises
    ------
    InvalidInputError
        where the data are to be as of a day in the future.
    NotFoundError
        where there is no such provider.
    """
    assert_may_hand_out(vault.user.roles, ReleasedReport.__tablename__)
    _check_day(as_of, today)
    return _made(vault, period, scope_id, as_of, release=False)[1][0]


def release_report(vault: Vault, period: Period, scope_id: str, *, as_of: date, now: datetime, today: date) -> MadeReport:
    """Freeze the report for a provider or ``all`` in the vault as the next version, and return it.

    Raises
    ------
    InvalidInputError
        where the data are to be as of a day in the future.
    NotFoundError
        where there is no such provider.
    """
    _check_day(as_of, today)
    figures, reports = _made(vault, period, scope_id, as_of, release=True)
    _freeze(vault, reports, figures, now)
    return reports[0]


def _check_day(as_of: date, today: date) -> None:
    if as_of > today:
        raise InvalidInputError({"as_of": "Der Datenstand liegt in der Zukunft; bitte heute oder einen früheren Tag angeben."})


@dataclass(frozen=True, slots=True)
class _Past:
    """What a report looks back to: the last quarters of each scope, and the figures of the last two finished years."""

    trends: Mapping[str, Any]
    years: Mapping[int, VaultFigures]


def _made(
    vault: Vault, period: Period, provider: str | None, as_of: date, *, release: bool
) -> tuple[VaultFigures, list[MadeReport]]:
    with vault.reading() as connection:
        figures = compute(connection, period, read_settings(connection), as_of=as_of)
        scope_ids = _scopes(figures, provider)
        findings = find(connection, period, figures.settings, figures)
        past = _Past(trends(connection, figures, scope_ids), finished_years(connection, figures, scope_ids))
        return figures, [_make(connection, vault, figures, scope, findings, past, release=release) for scope in scope_ids]


def write_together(vault: Vault, paths: list[Path], bundles: list[bytes], commit: Callable[[], None]) -> None:
    """Write all bundles under temporary names, *commit*, and only then give them their names: all of it or nothing."""
    parts = [path.with_name(f".{path.name}{_mark(vault)}") for path in paths]
    try:
        for part, bundle in zip(parts, bundles, strict=True):
            write_file(part, bundle)
        commit()
        for part, path in zip(parts, paths, strict=True):
            finish(part, path)
    except BaseException:
        settle_folder(vault, paths[0].parent)
        raise


def _mark(vault: Vault) -> str:
    """Return the ending of what *vault* has begun to write; no other vault touches it."""
    return f".{vault.id[:8]}{PART}"


def settle_folder(vault: Vault, out: Path) -> None:
    """Finish in the folder *out* what was interrupted: a bundle that is frozen in *vault* gets its name, the rest goes."""
    for part in out.glob(f".BJC_*{_mark(vault)}*"):
        frozen = part.name.endswith(_mark(vault)) and _is_frozen(vault, part.read_bytes())
        if frozen:
            finish(part, part.with_name(part.name[1:].removesuffix(_mark(vault))))
        else:
            part.unlink()


def _is_frozen(vault: Vault, bundle: bytes) -> bool:
    with vault.reading() as connection:
        return bool(connection.execute(select(ReleasedReport.id).where(ReleasedReport.bundle == bundle)).first())


def prepare_folder(vault: Vault, out: Path) -> None:
    """Make the folder *out* where it is not there yet, and settle what *vault* left in it half done.

    Raises
    ------
    InvalidInputError
        where the folder cannot be made.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise InvalidInputError({"out": "Der Zielordner lässt sich nicht anlegen; bitte einen anderen wählen."}) from None
    settle_folder(vault, out)


def _scopes(figures: VaultFigures, provider: str | None) -> list[str]:
    if provider is None:
        if not figures.providers:
            message = "Der Tresor enthält noch keinen Träger; bitte zuerst Daten einlesen."
            raise NotFoundError(message)
        return list(figures.providers)
    if provider == "all":
        return ["all"]
    wanted = provider.strip().casefold()
    found = [key for key, name in figures.providers.items() if wanted in {key, name.casefold()}]
    if len(found) != 1:
        message = "Diesen Träger gibt es nicht oder mehrfach; bitte den genauen Namen oder die Kennung angeben."
        raise NotFoundError(message)
    return found


def _make(
    connection: Connection,
    vault: Vault,
    figures: VaultFigures,
    scope_id: str,
    findings: list[Finding],
    past: _Past,
    *,
    release: bool,
) -> MadeReport:
    from bjc_desktop.reports.html_report import report_html  # noqa: PLC0415 - it takes from what the PDF is made with
    from bjc_desktop.reports.pdf import report_pdf  # noqa: PLC0415 - ReportLab takes long to import
    from bjc_desktop.reports.xlsx import report_xlsx  # noqa: PLC0415 - so does XlsxWriter

    scope = figures.scope(scope_id)
    cases = read_cases(connection, figures, scope)
    pseudonyms = Pseudonyms(vault.fact("pseudonym_key"))
    before = _latest(connection, scope_id, figures.period) if release else None
    version = (before.version + 1 if before else 1) if release else None
    frozen = cases.verdicts()
    changes = _changes(before, scope, frozen, pseudonyms) if before else ()
    content = report_content(
        connection,
        figures,
        scope,
        cases,
        pseudonyms,
        version=version,
        quality=quality_lines(findings, scope_id),
        changes=changes,
        trend=past.trends[scope_id],
        years=past.years,
    )
    package = _package(connection, figures, scope, cases, pseudonyms)
    files = {
        "report.pdf": report_pdf(content),
        "report.html": report_html(content),
        "report.xlsx": report_xlsx(content),
        "indicators.json": as_json(indicators_json(scope)),
        **{f"package/{name}": data for name, data in package.items()},
    }
    sealed = _sealed(connection, vault, figures, scope, files, version)
    name = bundle_name(scope.scope.id, scope.scope.name, scope.period.label, version)
    return MadeReport(scope, name, sealed, version, frozen, changes)


def _package(
    connection: Connection, figures: VaultFigures, scope: ScopeFigures, cases: ScopeCases, pseudonyms: Pseudonyms
) -> dict[str, bytes]:
    names = {coach.id: f"Coach {coach.number}" for coach in scope.coaches}
    months = figures.period.months()
    withdrawn = _without_reporting(connection, cases.coaching_ids, figures.as_of)
    return pseudonymised_package(connection, cases.coaching_ids, cases.consultation_ids, months, pseudonyms, names, withdrawn)


def _without_reporting(connection: Connection, coaching_ids: Iterable[str], as_of: date) -> frozenset[str]:
    """Return the coachees of *coaching_ids* who have withdrawn their consent to reporting."""
    query = text("SELECT DISTINCT c.coachee_id FROM json_each(:ids) j CROSS JOIN coachings c ON c.id = j.value")
    people = connection.execute(query, {"ids": json.dumps(list(coaching_ids))}).scalars().all()
    found = read_switched_off(connection, people, today=as_of)
    return frozenset(person for person, offs in found.items() if any(off.purpose is ConsentPurpose.REPORTING for off in offs))


def _sealed(
    connection: Connection,
    vault: Vault,
    figures: VaultFigures,
    scope: ScopeFigures,
    files: dict[str, bytes],
    version: int | None,
) -> bytes:
    period = figures.period
    manifest: dict[str, Any] = {
        "bjc_format": 1,
        "program": {"name": "bjc-desktop", "version": __version__},
        "definitions": DEFINITIONS_VERSION,
        "as_of": figures.as_of.isoformat(),
        "period": {"label": period.label, "from": period.first.isoformat(), "to": period.last.isoformat()},
        "scope": {"kind": scope.scope.kind.value, "id": scope.scope.id, "name": scope.scope.name},
        "draft": version is None,
        "version": version,
        "settings": settings_as_json(figures.settings),
        "targets": {code: target.year for code, target in sorted(figures.targets.items())},
        "files": hashes(files),
    }
    if version is not None:
        anchor = tail_of(connection)
        manifest["anchor"] = {"count": anchor.count, "head": anchor.head.hex()}
    text = as_json(manifest)
    signature, public_key = sign(text, vault.fact("signing_key"))
    sealed = {**files, MANIFEST: text, SIGNATURE: signature, PUBLIC_KEY: public_key}
    return archive(sealed, compression=zipfile.ZIP_STORED)


def bundle_name(scope_id: str, scope_name: str, period_label: str, version: int | None) -> str:
    """Return the name of a bundle's file; without *version* that of a draft."""
    end = "Entwurf" if version is None else f"v{version}"
    return f"BJC_{file_part(scope_id, scope_name)}_{period_label}_{end}.zip"


def file_part(scope_id: str, scope_name: str) -> str:
    """Return what stands for the scope in a file's name: the name's ASCII slug and the id's first 8 characters, or ``alle``."""
    if scope_id == "all":
        return "alle"
    name = scope_name.replace("ß", "ss")
    for umlaut, letters in {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}.items():
        name = name.replace(umlaut, letters)
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    return f"{slug}-{scope_id[:8]}" if slug else scope_id[:8]


# --- releases -----------------------------------------------------------------------------------------------------------------


def _latest(connection: Connection, scope_id: str, period: Period) -> Any:
    report = ReleasedReport.__table__.c
    statement = (
        select(report.version, report.figures, report.cases)
        .where(report.scope == scope_id, report.period_from == period.first, report.period_to == period.last)
        .order_by(report.version.desc())
        .limit(1)
    )
    return connection.execute(statement).first()


def _changes(before: Any, scope: ScopeFigures, cases: Mapping[str, Any], pseudonyms: Pseudonyms) -> tuple[VersionChange, ...]:
    """Say what a new version changes: each figure that differs, and each case whose verdict differs."""
    changes = []
    old_figures = {figure["code"]: figure for figure in json.loads(before.figures)["indicators"]}
    new_figures = {figure["code"]: figure for figure in indicators_json(scope)["indicators"]}
    for code, new in new_figures.items():
        old = old_figures[code]
        if (old["numerator"], old["denominator"], old["rating"]) != (new["numerator"], new["denominator"], new["rating"]):
            subject = f"{BY_CODE[code].short} (Zähler / Nenner)"
            sides = [f"{figure['numerator']} / {figure['denominator']}".replace(".", ",") for figure in (old, new)]
            changes.append(VersionChange(subject, *sides))
    old_cases = json.loads(before.cases)
    for code, rows in cases.items():
        changes += _case_changes(code, dict(old_cases.get(code, [])), dict(rows), pseudonyms)
    return tuple(changes)


def _case_changes(code: str, old: dict[str, str], new: dict[str, str], pseudonyms: Pseudonyms) -> list[VersionChange]:
    changes = []
    for case in sorted(old.keys() | new.keys(), key=pseudonyms.case):
        if old.get(case) != new.get(case):
            sides = [verdict_words(code, verdicts.get(case)) for verdicts in (old, new)]
            changes.append(VersionChange(f"{BY_CODE[code].short}, {pseudonyms.case(case)}", *sides))
    return changes


def verdict_words(code: str, verdict: str | None) -> str:
    """Return in German how a version counts a case; None where the case is not in it."""
    if verdict is None:
        return "nicht enthalten"
    return "zählt nicht: kein Maßnahmebezug" if verdict == "no_link" else verdict_label(code, verdict)


def _freeze(vault: Vault, reports: list[MadeReport], figures: VaultFigures, now: datetime) -> None:
    period = figures.period
    with vault.writing(now=now) as session:
        for report in reports:
            frozen = ReleasedReport(
                scope=report.scope.scope.id,
                period_label=period.label,
                period_from=period.first,
                period_to=period.last,
                version=report.version,
                as_of=figures.as_of,
                released_at=now.replace(tzinfo=None),
                released_by=vault.user.id,
                nothing_to_report=not any(figure.denominator for figure in report.scope.figures),
                settings=canonical_json(settings_as_json(figures.settings)),
                figures=as_json(indicators_json(report.scope)).decode(),
                cases=canonical_json(report.cases),
                changes=canonical_json([[c.subject, c.before, c.after] for c in report.changes]),
                bundle=report.bundle,
            )
            session.add(frozen)
            session.flush()
            payload = {"scope": report.scope.scope.id, "period": period.label, "version": report.version}
            record_event(session, vault.actor(), "release", payload, entity="released_reports", entity_id=frozen.id, now=now)
