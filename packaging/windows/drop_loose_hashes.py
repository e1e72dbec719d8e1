"""Removes the hashes that a line removed by its marker left behind: `drop_loose_hashes.py LOCK`."""

import sys
from pathlib import Path

lock = Path(sys.argv[1])
kept, continued = [], False
for line in lock.read_text("utf-8").splitlines():
    if not line.startswith(" ") or continued:
        kept.append(line)
    continued = line.endswith("\\") and bool(kept) and kept[-1] == line
lock.write_text("\n".join(kept) + "\n", "utf-8")
