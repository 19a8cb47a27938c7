"""What designers say in place of a clause, and the words that many such sayings share."""

from __future__ import annotations

from typing import NamedTuple

TIME = r"(?P<time>\d+ (?:day|week|month|year)s?)\b"
PERIOD = r"(?P<period>(?:(?:calendar|fiscal|membership) )?(?:year|quarter|month|week))\b"
DATE = r"(?P<date>\d{4}-\d{2}-\d{2})"
AMOUNT = r"(?P<amount>\d+(?:\.\d+)? \w+)"
STEP = r"(?P<step>day|week|month|quarter|(?:(?:calendar|fiscal|membership) )?year)"
MEASURED = "measure rule earn redeem tiers"
EARNED = (
    r"(?:being earned|earning|earn|award|awarded|accrual|issue|issued|collection|collecting|they are earned|purchase)\b"
)


class Slip(NamedTuple):
    """What a clause of some declarations begins like, with single spaces, and how it is meant.

    Where it can be meant in several ways they are separated by `|`, and no edit is offered; nor where it is said in words, `why`.
    """

    of: str
    begins: str
    meant: str
    why: str = ""
