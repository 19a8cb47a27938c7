"""What is asked of a measurement, and why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction


class MeasureError(Exception):
    """Why nothing is measured, and what to do; `code`: G920 to G923."""

    def __init__(self, code: str, message: str, help: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.help = code, message, help


@dataclass(frozen=True, slots=True)
class Asked:
    """The definitions that whoever measures may choose.

    Shape: `purchases`, `returns` and `survey` name facts, as EVENT.FIELD; empty: what the program says. `since`, `through`: days of
    the first and the last month that is shown; None: those of the history. `redeemed` are shares of points that are expected to be
    redeemed, each from a day on (None: from the beginning); empty: they are estimated. `ratio_decimals`: to how many decimals of
    a percent the ratio of an allocation is rounded; None: it is not.
    Units: `lapsed_after` and `horizon` in days; `retention` and `discount` a year; shares from 0 to 1.
    """

    purchases: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()
    survey: str | None = None
    since: date | None = None
    through: date | None = None
    lapsed_after: int = 90
    margin: Fraction = Fraction(1)
    retention: Fraction | None = None
    discount: Fraction | None = None
    horizon: int = 365
    redeemed: tuple[tuple[date | None, Fraction], ...] = ()
    ratio_decimals: int | None = None

    def __post_init__(self) -> None:
        shares = [self.margin, *(share for _, share in self.redeemed)]
        shares += [self.retention] if self.retention is not None else []
        if not all(0 <= each <= 1 for each in shares):
            raise ValueError("a margin, a retention and an expected redemption are from 0 to 1")
        if self.discount is not None and self.discount <= 0:
            raise ValueError("a discount rate is above zero")
        if self.lapsed_after < 1 or self.horizon < 1 or (self.ratio_decimals or 0) < 0:
            raise ValueError("days are one or more, and decimals no fewer than none")
        if self.since is not None and self.through is not None and self.since > self.through:
            raise MeasureError(
                "G923", f"the period ends on {self.through}, before it begins on {self.since}", "change the two days"
            )
