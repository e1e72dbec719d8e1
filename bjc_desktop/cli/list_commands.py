"""The commands for lists and calendars, in and out."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bjc_desktop.cli import moment
from bjc_desktop.cli.command_input import day_of, open_named_vault
from bjc_desktop.cli.command_words import SHOWN_AT_MOST, say, show

if TYPE_CHECKING:
    from bjc_desktop.services.old_lists.list_opening import OpenList
    from bjc_desktop.services.old_lists.list_plan import ListPlan, ListWork
    from bjc_desktop.vault import Vault


def read_old_list(options: argparse.Namespace) -> int:
    """Take an old list in, or only say what would happen; return the exit status."""
    from bjc_desktop.services.old_lists.list_importing import NothingImportedError, import_list  # noqa: PLC0415
    from bjc_desktop.services.old_lists.list_opening import open_list, open_questions  # noqa: PLC0415
    from bjc_desktop.services.old_lists.rest_rows import assert_writable_as  # noqa: PLC0415

    if options.rest is not None:
        assert_writable_as(options.rest)
    opened = open_list(options.list)
    with open_named_vault(options) as vault:
        work = _list_work(options, vault, opened)
        if options.write_mapping is not None:
            return _write_mapping(options.write_mapping, work)
        with vault.reading() as connection:
            questions = [] if options.mapping is not None else open_questions(connection, work, today=moment.today())
        if questions:
            return _say_questions(questions)
        if options.dry_run:
            return _rehearse_list(options, vault, work)
        try:
            result = import_list(vault, work, now=moment.now(), today=moment.today())
        except NothingImportedError as error:
            _say_plan(error.plan)
            say(str(error))
            _write_rest(options, work, error.plan)
            return 1
    _say_plan(result.plan)
    _write_rest(options, work, result.plan)
    say("Die Liste ist eingelesen." if not result.plan.out else "Die Liste ist eingelesen, ohne die genannten Zeilen.")
    return 0


def _list_work(options: argparse.Namespace, vault: "Vault", opened: "OpenList") -> "ListWork":
    from bjc_desktop.errors import ListError  # noqa: PLC0415
    from bjc_desktop.exchange.lists.list_mapping import NOT_A_MAPPING, mappings_from_file  # noqa: PLC0415
    from bjc_desktop.services.old_lists.list_opening import begin_work  # noqa: PLC0415

    with vault.reading() as connection:
        work = begin_work(connection, opened, options.sheet)
    if options.mapping is None:
        return work
    try:
        said = mappings_from_file(options.mapping.read_text("utf-8-sig"), opened.tables.values())
    except UnicodeDecodeError:
        raise ListError(NOT_A_MAPPING) from None
    fitting = {name: mapping for name, mapping in said.items() if not options.sheet or name in options.sheet}
    if not fitting:
        raise ListError("Die Zuordnung passt zu keinem Blatt der Liste. Bitte sie mit --write-mapping neu erstellen.")
    work.mappings = fitting
    return work


def _write_mapping(path: Path, work: "ListWork") -> int:
    from bjc_desktop.exchange.lists.list_mapping import mappings_to_file  # noqa: PLC0415
    from bjc_desktop.vault.durable import write_file  # noqa: PLC0415

    write_file(path, mappings_to_file([(work.tables[name], mapping) for name, mapping in work.mappings.items()]).encode())
    show(str(path))
    say("Bitte prüfen und ergänzen, dann mit --mapping einlesen. Nichts wurde geändert.")
    return 0


def _say_questions(questions: list[str]) -> int:
    for question in questions[:SHOWN_AT_MOST]:
        say(question)
    say("Bitte die Vorschläge mit --write-mapping schreiben, ergänzen und mit --mapping angeben. Nichts wurde geändert.")
    return 1


def _rehearse_list(options: argparse.Namespace, vault: "Vault", work: "ListWork") -> int:
    from bjc_desktop.services.old_lists.list_importing import nothing_sentence  # noqa: PLC0415
    from bjc_desktop.services.old_lists.list_planning import plan_list  # noqa: PLC0415

    with vault.reading() as connection:
        plan = plan_list(connection, work, today=moment.today())
    _say_plan(plan)
    _write_rest(options, work, plan)
    if not plan.new_rows:
        say(nothing_sentence(plan))
        return 1
    say("Nichts wurde geändert; eingelesen wird ohne --dry-run.")
    return 0


def _say_plan(plan: "ListPlan") -> None:
    """Say what stays out and why, what was assumed, and what comes in; never what stands in a cell."""
    for note in plan.problems[:SHOWN_AT_MOST]:
        say(str(note))
    if len(plan.problems) > SHOWN_AT_MOST:
        say(f"Insgesamt {len(plan.problems)} Stellen; gezeigt sind die ersten {SHOWN_AT_MOST}.")
    for note in plan.remarks[:SHOWN_AT_MOST]:
        say(f"Hinweis: {note}")
    if len(plan.remarks) > SHOWN_AT_MOST:
        say(f"Insgesamt {len(plan.remarks)} Hinweise; gezeigt sind die ersten {SHOWN_AT_MOST}.")
    for table, count in plan.counts.items():
        show(f"{table}: {count.new} neu, {count.known} schon da")
    show(f"Zeilen: {plan.rows_in} neu, {plan.rows_known} schon da, {len(plan.out)} draußen")


def _write_rest(options: argparse.Namespace, work: "ListWork", plan: "ListPlan") -> None:
    from bjc_desktop.services.old_lists.rest_rows import write_rest  # noqa: PLC0415

    if options.rest is not None and write_rest(options.rest, work, plan):
        show(str(options.rest))


def write_list(options: argparse.Namespace) -> None:
    """Save a list as a workbook or as CSV."""
    from bjc_desktop.services.list_saving import save_list  # noqa: PLC0415
    from bjc_desktop.services.main_lists import read_main_list  # noqa: PLC0415

    with open_named_vault(options) as vault:
        shown, coaching_ids = read_main_list(vault, options.name, today=moment.today(), now=moment.now())
        save_list(vault, shown, options.out, coaching_ids=coaching_ids, now=moment.now())
    say(f"{shown.counts}.")
    print(options.out)


def write_calendar(options: argparse.Namespace) -> None:
    """Save appointments and due dates as a calendar file."""
    from datetime import timedelta  # noqa: PLC0415

    from bjc_desktop.services.calendar_entries import DAYS, CalendarWish, save_calendar  # noqa: PLC0415
    from bjc_desktop.services.main_lists import whose_cases  # noqa: PLC0415

    first = day_of(options.first, "Der erste Tag")
    last = first + timedelta(days=DAYS) if options.last is None else day_of(options.last, "Der letzte Tag")
    with open_named_vault(options) as vault:
        wish = CalendarWish(whose_cases(vault), first, last, options.names)
        count = save_calendar(vault, wish, options.out, today=moment.today(), now=moment.now())
    say("1 Eintrag." if count == 1 else f"{count} Einträge.")
    print(options.out)
