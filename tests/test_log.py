"""The log names no data."""

import logging
from pathlib import Path

from bjc_desktop.log import set_up_log


def test_that_the_text_of_an_error_is_not_logged(tmp_path: Path) -> None:
    path = set_up_log(tmp_path)
    logger = logging.getLogger("bjc_desktop")
    try:
        try:
            int("Zyprafelstein")
        except ValueError:
            logger.exception("failed")
        content = path.read_text(encoding="utf-8")
    finally:
        for handler in list(logger.handlers):
            logger.removeHandler(handler)
            handler.close()
    assert "ValueError" in content
    assert "Zyprafelstein" not in content
