"""One provider's report bundle in a fresh process, from the unlocked vault to the written ZIP."""

import json
import pickle
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.measuring import Row
from benchmarks.sample_vaults import AS_OF, NOW, ONE_PROVIDER, QUARTER, TODAY, Workshop
from bjc_desktop.vault import Secrets, open_with_key

_ROUNDS = 7


def measure(workshop: Workshop) -> Iterator[Row]:
    """Yield time and memory of the bundle of a provider with 500 coachings."""
    with workshop.filled_vault(ONE_PROVIDER) as vault:
        keys = pickle.dumps((vault.folder, vault.secrets))
    runs = [_run(keys, workshop.new_path("bundle")) for _ in range(_ROUNDS + 1)][1:]
    yield Row("bundle of one provider with 500 coachings", median(run[0] for run in runs), 600)
    yield Row("its memory, peak of the process", median(run[1] for run in runs), 250, "MB")


def _run(keys: bytes, out: Path) -> tuple[float, float]:
    command = [sys.executable, "-m", __name__, str(out)]
    milliseconds, megabytes = json.loads(subprocess.run(command, input=keys, check=True, stdout=subprocess.PIPE).stdout)
    return milliseconds, megabytes


def _make(folder: Path, secrets: Secrets, out: Path) -> tuple[float, float]:
    """Return the milliseconds from the unlocked vault to the bundle, imports included, and the process's peak in MB."""
    with open_with_key(folder, secrets) as vault:
        began = perf_counter()
        from bjc_desktop.indicators.period import parse_quarter  # noqa: PLC0415 - its time counts
        from bjc_desktop.services.reports import make_reports  # noqa: PLC0415 - its time counts

        make_reports(vault, parse_quarter(QUARTER), out, provider=None, as_of=AS_OF, release=False, now=NOW, today=TODAY)
        milliseconds = (perf_counter() - began) * 1000
    return milliseconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    vault_folder, vault_secrets = pickle.load(sys.stdin.buffer)
    print(json.dumps(_make(vault_folder, vault_secrets, Path(sys.argv[1]))))
