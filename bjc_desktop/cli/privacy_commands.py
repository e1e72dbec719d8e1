"""The commands that answer, erase and forget."""

import argparse

from bjc_desktop.cli import moment
from bjc_desktop.cli.command_input import open_named_vault
from bjc_desktop.cli.command_words import say, show
from bjc_desktop.errors import InvalidInputError


def answer_access(options: argparse.Namespace) -> None:
    """Write what is stored about a person."""
    from bjc_desktop.services.access_answer import write_access_answer  # noqa: PLC0415
    from bjc_desktop.services.erasing import person_by_case  # noqa: PLC0415

    with open_named_vault(options) as vault:
        with vault.reading() as connection:
            person = person_by_case(connection, options.case)
        answer = write_access_answer(vault, person, options.out, now=moment.now(), today=moment.today())
    print(answer.pdf)
    print(answer.package)
    if answer.closed_notes:
        say(f"{answer.closed_notes} Notizen fehlen darin; dafür ist der Zugang zu den Notizen nötig.")


def erase(options: argparse.Namespace) -> None:
    """Erase a person, or only say what would go."""
    from bjc_desktop.services.erasing import erase_person, person_by_case, preview_erasure, rows_in_words  # noqa: PLC0415
    from bjc_desktop.vocabulary import ErasureDepth  # noqa: PLC0415

    if options.all_repeated:
        _confirm_repeated(options)
        return
    if options.case is None:
        raise InvalidInputError({"case": "Bitte mit „--case FALLNUMMER“ angeben, wer gelöscht wird."})
    depth = ErasureDepth.FACTS if options.keep_facts else ErasureDepth.HEALTH if options.health else ErasureDepth.PERSON
    with open_named_vault(options) as vault:
        with vault.reading() as connection:
            person = person_by_case(connection, options.case)
        if options.confirm:
            done = erase_person(vault, person, depth=depth, reason=options.reason, now=moment.now(), today=moment.today())
            show(f"Gelöscht: {done.text}.")
            say(f"Im Protokoll steht die Person als {done.pseudonym}. Ältere Sicherungen bringen sie nicht zurück.")
            return
        preview = preview_erasure(vault, person, depth=depth, now=moment.now(), today=moment.today())
    show(f"Es gehen: {rows_in_words(preview.counts)}.")
    for warning in preview.warnings:
        show(warning)
    say("Nichts wurde geändert; gelöscht wird mit --confirm und --reason.")


def _confirm_repeated(options: argparse.Namespace) -> None:
    from bjc_desktop.vault import confirm_gap  # noqa: PLC0415

    with open_named_vault(options) as vault, vault.writing(now=moment.now()) as session:
        confirm_gap(session, vault, moment.now())
    say("Bestätigt und im Protokoll vermerkt: Alle Löschungen nach der zurückgeholten Sicherung sind wiederholt.")


def run_retention_rules(options: argparse.Namespace) -> None:
    """Delete what is past its period, or only say what would go."""
    from bjc_desktop.services.erasing import rows_in_words  # noqa: PLC0415
    from bjc_desktop.services.retention_run import rehearse_retention, run_retention  # noqa: PLC0415

    with open_named_vault(options) as vault:
        job = run_retention if options.confirm else rehearse_retention
        result = job(vault, now=moment.now(), today=moment.today())
    for group in result.plan.groups:
        rows = result.counts.get(group.line.rule.key, {})
        show(f"{group.line.rule.title}: {rows_in_words(rows) or 'nichts'}")
    show(f"Wegen einer Sperre bleiben: {len(result.plan.held)} Personen")
    show(f"Kennzahlen verglichen: {result.compared}, verändert: {len(result.effects)}, davon eingefroren: {result.frozen}")
    say("Der Löschlauf ist fertig." if options.confirm else "Nichts wurde geändert; gelöscht wird mit --confirm.")
