"""The commands for figures: report, statistic, findings, and the check of a bundle."""

import argparse

from bjc_desktop.cli import moment
from bjc_desktop.cli.command_input import day_of, open_named_vault
from bjc_desktop.cli.command_words import say, show


def make_report(options: argparse.Namespace) -> None:
    """Make the bundle of a quarter."""
    from bjc_desktop.indicators.period import parse_quarter  # noqa: PLC0415
    from bjc_desktop.services.reports import make_reports  # noqa: PLC0415

    period, as_of = parse_quarter(options.quarter), day_of(options.as_of)
    with open_named_vault(options) as vault:
        paths = make_reports(
            vault,
            period,
            options.out,
            provider=options.provider,
            as_of=as_of,
            release=options.release,
            now=moment.now(),
            today=moment.today(),
        )
    for path in paths:
        print(path)


def make_statistic(options: argparse.Namespace) -> None:
    """Write consultations per hour."""
    from bjc_desktop.indicators.period import parse_quarter  # noqa: PLC0415
    from bjc_desktop.services.hours_statistic import write_statistic  # noqa: PLC0415

    period = parse_quarter(options.quarter)
    with open_named_vault(options) as vault:
        paths = write_statistic(vault, period, options.out, as_of=moment.today())
    for path in paths:
        print(path)


def check_cases(options: argparse.Namespace) -> None:
    """Say what is missing or contradictory, case by case."""
    from bjc_desktop.indicators.figures import compute_indicators  # noqa: PLC0415
    from bjc_desktop.indicators.period import parse_quarter, quarter_of  # noqa: PLC0415
    from bjc_desktop.services.findings import SEVERITIES, find  # noqa: PLC0415
    from bjc_desktop.services.report_content import read_signals  # noqa: PLC0415
    from bjc_desktop.services.targets import read_settings  # noqa: PLC0415
    from bjc_desktop.vault import Leaving, account_for  # noqa: PLC0415

    period = parse_quarter(options.quarter) if options.quarter else quarter_of(moment.today())
    with open_named_vault(options) as vault:
        account_for(vault, Leaving.EXPORT, "findings", {"period": period.label}, now=moment.now())
        with vault.reading() as connection:
            settings = read_settings(connection)
            figures = compute_indicators(connection, period, settings, as_of=moment.today())
            findings = find(connection, period, settings, figures)
            signals = read_signals(connection, period, settings, as_of=moment.today())
    for finding in findings:
        show(f"{SEVERITIES[finding.severity]}  {finding.subject}: {finding.text}")
    for signal in signals:
        show(f"Signal  {signal}".replace("\u00a0", " "))
    places = "1 Stelle" if len(findings) == 1 else f"{len(findings)} Stellen"
    say(f"{places} in {period.label}.")


def verify_report(options: argparse.Namespace) -> None:
    """Check a bundle."""
    from bjc_desktop.services.verification import verify_bundle  # noqa: PLC0415

    result = verify_bundle(options.bundle)
    version = "Entwurf" if result.version is None else f"Fassung {result.version}"
    show(f"In Ordnung: {result.scope_name}, {result.period_label}, {version}, Datenstand {result.as_of}.")
    say(f"Schlüssel des Absenders (SHA-256): {result.fingerprint}")
