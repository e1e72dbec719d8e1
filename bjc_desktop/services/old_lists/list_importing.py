"""Taking a list in: one transaction with a backup before it, or nothing; and never a success where nothing came in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bjc_desktop.errors import ListError, MissingNoteKeyError
from bjc_desktop.exchange.lists.limits import Step, no_step
from bjc_desktop.exchange.package_import import insert_rows
from bjc_desktop.services.old_lists.layout_memory import remember_mapping
from bjc_desktop.services.old_lists.list_plan import ListPlan, ListWork, PlannedCount
from bjc_desktop.services.old_lists.list_planning import plan_list
from bjc_desktop.services.row_editing import NO_NOTE_KEY
from bjc_desktop.vault import Vault, back_up_before, record_event
from bjc_desktop.vault.role_rights import assert_may_write, assert_sees_all_cases

IMPORT_LIST = "import_list"
"""The action of the change record."""
NOTHING_NEW = "Es kam nichts in den Tresor: Was in der Liste steht ({rows}), ist schon darin."
NOTHING_IN = (
    "Es kam nichts in den Tresor: Was nicht schon darin ist, blieb draußen ({rows}). Bitte klären, was an den Zellen steht."
)
_SLICE = 10_000


class NothingImportedError(ListError):
    """No row of the list came in: it is no success, and the plan says why."""

    def __init__(self, message: str, plan: ListPlan) -> None:
        super().__init__(message)
        self.plan = plan


@dataclass(frozen=True, slots=True)
class ListResult:
    """What came in, table by table, and the plan that it followed."""

    counts: Mapping[str, PlannedCount]
    plan: ListPlan


def import_list(vault: Vault, work: ListWork, *, now: datetime, today: date, step: Step = no_step) -> ListResult:
    """Take the list *work* in: all rows that are clear, in one transaction; *step* may raise to stop, and nothing was changed.

    Raises
    ------
    NothingImportedError
        where no row comes in.
    ListError
        where the list as a whole cannot be taken in.
    VaultError
        where the user's role does not allow it, or the vault cannot be written.
    MissingNoteKeyError
        where the list holds notes and the user has no key to them.
    """
    assert_sees_all_cases(vault.user.roles)
    with vault.reading() as connection:
        plan = plan_list(connection, work, today=today, step=step)
    if not plan.new_rows:
        raise NothingImportedError(nothing_sentence(plan), plan)
    assert_may_write(vault.user.roles, plan.merged)
    if vault.notes is None and _has_notes(plan):
        raise MissingNoteKeyError(NO_NOTE_KEY)
    back_up_before(vault, "import", now)
    _write(vault, work, plan, now, step)
    return ListResult(plan.counts, plan)


def nothing_sentence(plan: ListPlan) -> str:
    """Return why nothing of a list comes in."""
    sentence = NOTHING_IN if plan.out else NOTHING_NEW
    count = len(plan.out) or plan.rows_known
    return sentence.format(rows="1 Zeile" if count == 1 else f"{count} Zeilen")


def _has_notes(plan: ListPlan) -> bool:
    merged = plan.merged.get("consultations")
    return merged is not None and any(merged.column("note"))


def _write(vault: Vault, work: ListWork, plan: ListPlan, now: datetime, step: Step) -> None:
    payload = {"list": work.digest, "counts": {name: [count.new, 0, count.known] for name, count in plan.counts.items()}}
    done, total = 0, plan.new_rows
    with vault.writing(now=now) as session:
        change_id = record_event(session, vault.actor(), IMPORT_LIST, payload, now=now)
        connection = session.connection()
        for merged in plan.merged.values():
            rows = sorted(merged.rows, key=lambda row: str(row[0]))
            for start in range(0, len(rows), _SLICE):
                part = rows[start : start + _SLICE]
                insert_rows(connection, merged, part, vault.notes, change_id)
                done += len(part)
                step(done, total)
        for name, mapping in work.mappings.items():
            remember_mapping(session, work.tables[name], mapping, now=now)
