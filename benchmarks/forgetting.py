"""Forgetting one person in a vault of some 40 MB, and rehearsing the yearly run over it."""

from collections.abc import Iterator
from datetime import date

from benchmarks.measuring import Row, milliseconds
from benchmarks.sample_vaults import NOW, TODAY, Workshop
from bjc_desktop.sample import benchmark
from bjc_desktop.services.erasing import erase_person, preview_erasure
from bjc_desktop.services.retention_run import rehearse_retention
from bjc_desktop.services.stored_about import read_stored_about
from bjc_desktop.vocabulary import ErasureDepth

_LATER = date(2027, 6, 1)
_FORTY_MEGABYTES = benchmark(2_000, 58_000)


def measure(workshop: Workshop) -> Iterator[Row]:
    """Yield what an erasure, its preview and a rehearsal cost."""
    with workshop.filled_vault(_FORTY_MEGABYTES) as vault:
        megabytes = vault.database.stat().st_size // 1_000_000
        with vault.reading() as connection:
            query = "SELECT coachee_id FROM coachings GROUP BY coachee_id ORDER BY count(*) DESC, coachee_id LIMIT 3"
            people = connection.exec_driver_sql(query).scalars().all()
        whole = ErasureDepth.PERSON
        yield Row("everything about a person, for access", milliseconds(lambda: read_stored_about(vault, people[0])), 1000)
        yield Row(
            "preview of an erasure, with the figures",
            milliseconds(lambda: preview_erasure(vault, people[0], depth=whole, now=NOW, today=TODAY)),
            1000,
        )
        yield Row(
            f"erasing a person without a trace, vault of {megabytes} MB",
            milliseconds(lambda: erase_person(vault, people[0], depth=whole, reason="Messung", now=NOW, today=TODAY)),
            1000,
        )
        yield Row("rehearsing the yearly run", milliseconds(lambda: rehearse_retention(vault, now=NOW, today=_LATER)), 5000)
