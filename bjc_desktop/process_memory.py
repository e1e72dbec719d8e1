"""The memory of the process as the system sees it: no copy of it on the disk, and no more of it than is in use."""

import contextlib
import ctypes
import sys

_PR_SET_DUMPABLE = 4


def forbid_memory_dumps() -> None:
    """Forbid core files, which a crash would leave, and, on Linux, reading the memory of this process by others without the rights of the administrator.

    Where the system knows neither, nothing happens: there the system's own protection is all there is.
    """
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415 - unknown to Windows

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def give_free_memory_back() -> None:
    """Hand to the system what was freed and is kept for the next time; other C libraries than GNU's do so by themselves or not at all."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
