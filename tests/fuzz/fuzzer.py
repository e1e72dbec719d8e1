"""Feeds one of the targets with what Atheris finds: ``python -m tests.fuzz.fuzzer TARGET SECONDS FOLDER``; FOLDER keeps what it learned."""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["bjc_desktop"]):
    from tests.fuzz.targets import TARGETS


def main(name: str, seconds: str, folder: str) -> None:
    """Fuzz the target *name* for so many *seconds*; a finding ends the process with its trace."""
    target, corpus = TARGETS[name], Path(folder) / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    limits = [
        f"-max_total_time={seconds}",
        f"-max_len={target.longest}",
        "-timeout=20",
        "-rss_limit_mb=2048",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={corpus}-finding-", str(corpus)], target.read)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
