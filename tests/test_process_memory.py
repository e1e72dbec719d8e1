"""Neither the window nor the command line leaves its memory on the disk."""

import subprocess
import sys
from pathlib import Path

import pytest

_PROBE = """
import ctypes, resource, sys
from bjc_desktop import {module}, __main__
def tell(*_, **__):
    print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
    return 0
{module}.{name} = tell
sys.argv = ["bjc-desktop", *{arguments!r}]
sys.exit(__main__.main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")
@pytest.mark.parametrize(("module", "name", "arguments"), [("cli", "run", ["--help"]), ("app", "run_window", [])])
def test_that_no_core_file_is_written_and_nobody_reads_the_memory(module: str, name: str, arguments: list[str]) -> None:
    code = _PROBE.format(module=module, name=name, arguments=arguments)
    root = str(Path(__file__).parents[1])
    environment = {"PYTHONPATH": root, "QT_QPA_PLATFORM": "offscreen", "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)  # noqa: S603
    assert done.stdout == "(0, 0) 0\n", done.stderr
