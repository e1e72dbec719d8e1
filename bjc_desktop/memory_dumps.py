"""No copy of the program's memory on the disk: a crash leaves no core file, and no other program of the same user reads along."""

import contextlib
import sys

_PR_SET_DUMPABLE = 4


def forbid_memory_dumps() -> None:
    """Forbid core files and, on Linux, reading the memory of this process by others without the rights of the administrator.

    Where the system knows neither, nothing happens: there the system's own protection is all there is.
    """
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415 - unknown to Windows

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with contextlib.suppress(ImportError, OSError, AttributeError):
            import ctypes  # noqa: PLC0415 - used on this system only

            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
