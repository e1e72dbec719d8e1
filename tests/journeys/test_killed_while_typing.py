"""A kill in the middle of typing loses at most two seconds."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bjc_desktop.services.drafts import draft_of
from bjc_desktop.services.targets import fill_new_vault
from bjc_desktop.ui.consultation.consultation_dialog import DRAFT
from bjc_desktop.vault import open_with_key
from tests.conftest import NOW

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 2.0
SLACK = 0.7
"""For the beat itself and a busy machine."""


@pytest.mark.parametrize("after", [3.1, 4.4])
def test_that_a_kill_loses_at_most_two_seconds_of_typing(after, vault_folder, template_vault) -> None:
    secrets = template_vault.secrets
    with open_with_key(vault_folder, secrets) as vault:
        fill_new_vault(vault, now=NOW)
    keys = [key.hex() for key in (secrets.private_key, secrets.data_key, secrets.cipher_salt)]
    command = [sys.executable, "-m", "tests.journeys.typist", str(vault_folder), secrets.owner, *keys]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as typist:
        first = typist.stdout.readline()
        assert first
        time.sleep(after)
        killed_at = time.time()
        typist.send_signal(signal.SIGKILL)
        lines = [first, *typist.stdout.read().splitlines()]
    typed = {int(line.split()[0]): float(line.split()[1]) for line in lines if len(line.split()) == 2}
    with open_with_key(vault_folder, secrets) as vault, vault.reading() as connection:
        draft = draft_of(connection, vault.user.id, DRAFT)
    kept = int(draft["note"].split()[-1])
    lost = [number for number, moment in typed.items() if number > kept and moment < killed_at - SECONDS - SLACK]
    assert lost == []
