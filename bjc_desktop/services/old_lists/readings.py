"""What the reading of one cell gives."""

from dataclasses import dataclass

from bjc_desktop.exchange.cells import Value


@dataclass(frozen=True, slots=True)
class Reading:
    """The values of a cell as the vault keeps them (none where it says nothing), what is wrong with it, or what was assumed."""

    values: tuple[Value, ...] = ()
    problem: str = ""
    remark: str = ""


NOTHING = Reading()
AT_ENTRY = "@entry"
"""Stands for the day of the coaching's entry in a reading of a consent."""
