"""A small case in a vault, and ways to run code in a process of its own."""

import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from textwrap import dedent

from bjc_desktop.models import Coachee, Coaching, Consultation, Provider, Staff
from bjc_desktop.vault import Vault
from tests.conftest import NOW

CANARY = "Zyprafelstein"
NOTE = "Gespräch über Quintavella"


def add_case(vault: Vault, name: str = CANARY) -> tuple[str, str]:
    """Add a coachee with a coaching and one consultation; return the ids of coachee and consultation."""
    with vault.writing(now=NOW) as session:
        provider = Provider(id="p" * 36, name="Träger Nord") if session.get(Provider, "p" * 36) is None else None
        coachee = Coachee(case_number=f"F-{name}", family_name=name)
        session.add_all([entity for entity in (provider, coachee) if entity is not None])
        session.flush()
        coaching = Coaching(coachee_id=coachee.id, provider_id="p" * 36, entry_on=date(2025, 1, 15))
        staff = Staff(provider_id="p" * 36, family_name="Coach", role="job_coach", employed_from=date(2024, 1, 1))
        session.add_all([coaching, staff])
        session.flush()
        consultation = Consultation(
            coaching_id=coaching.id, staff_id=staff.id, held_on=date(2025, 2, 3), channel="phone", kind="coaching", status="held"
        )
        session.add(consultation)
        session.flush()
        if vault.notes is not None:
            consultation.note = vault.notes.encrypt(consultation.id, NOTE)
        return coachee.id, consultation.id


def names_in(vault: Vault) -> list[str]:
    """Return the coachees' family names in order."""
    with vault.reading() as connection:
        return list(connection.exec_driver_sql("SELECT family_name FROM coachees ORDER BY family_name").scalars())


def start(code: str, *arguments: object) -> "subprocess.Popen[str]":
    """Start a process that runs *code* with *arguments* in ``sys.argv``."""
    command = [sys.executable, "-c", dedent(code), *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.Popen(  # noqa: S603 - the command is the test's own
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def kill_after(process: "subprocess.Popen[str]", seconds: float) -> None:
    """Wait until *process* says that it is ready, then kill it *seconds* later, wherever it is."""
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.communicate()
