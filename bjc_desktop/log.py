"""The program's log: what happened and where, never with whom. Texts of errors may quote data, so only their kind is written."""

import logging
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

LOG = "bjc-desktop.log"
_BYTES = 512 * 1024
_FILES = 3


class _QuietFormatter(logging.Formatter):
    """Writes an exception as its kind and the places it passed, without its text."""

    def formatException(  # noqa: N802 - the name is logging's
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        """Return kind and places."""
        if ei[0] is None:
            return ""
        places = (f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(ei[2]))
        return " < ".join([ei[0].__name__, *reversed(list(places))])


def set_up_log(folder: Path) -> Path:
    """Write the program's log into *folder*, 512 KiB at a time and three files back; return the file's path."""
    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(folder / LOG, maxBytes=_BYTES, backupCount=_FILES, encoding="utf-8", delay=True)
    handler.setFormatter(_QuietFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logger = logging.getLogger("bjc_desktop")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    return folder / LOG
