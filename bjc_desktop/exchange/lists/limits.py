"""How large a list may be: what is beyond is no list of a provider, or is made to hurt."""

from collections.abc import Callable

MAXIMUM_PACKED = 200 * 1024**2
"""Bytes of the file."""
MAXIMUM_UNPACKED = 1024**3
"""Bytes of a workbook's parts together; 240,000 rows of eight columns are about 100 million."""
MAXIMUM_RATIO = 200
"""Unpacked to packed: repetitive workbooks reach 30, a gigabyte of zeros 1,000."""
RATIO_FREE = 10 * 1024**2
MAXIMUM_ROWS = 1_048_576
"""As many as a spreadsheet has."""
MAXIMUM_COLUMNS = 300
"""What stands further to the right is left aside, and said to be."""
MAXIMUM_CELLS = 12_000_000
"""Cells with content, in all sheets together."""
MAXIMUM_CELL = 32_767
"""Characters of a cell, as in a spreadsheet."""
MAXIMUM_SHEETS = 200

Step = Callable[[int, int], object]
"""Is told how much of how much is done; may raise to stop."""


def no_step(done: int, total: int) -> None:
    """Tell nobody."""
    _ = done, total
