"""Windows in windows: how many of one meet another, and whether one shows no day that another does not show."""

from __future__ import annotations

from guerdon.program import nodes
from guerdon.program.nodes import Period

_HELD: dict[tuple[Period, Period], int] = {
    **{(Period.DAY, each): most for each, most in ((Period.WEEK, 7), (Period.MONTH, 31), (Period.QUARTER, 92))},
    **{(Period.WEEK, each): most for each, most in ((Period.MONTH, 6), (Period.QUARTER, 15))},
    (Period.MONTH, Period.QUARTER): 3,
}
_OF_A_YEAR = {Period.DAY: 366, Period.WEEK: 54, Period.MONTH: 12, Period.QUARTER: 4}
_YEARS = (Period.YEAR, Period.FISCAL_YEAR)


def held(inner: nodes.Window, outer: nodes.Window, days: int | None) -> int | None:
    """How many windows of a kind meet one of another kind at most; None where there is no such number.

    Shape: `days`: on so many days the rule is in force at all.
    """
    if inner == outer:
        return 1
    if not isinstance(inner, nodes.Calendar) or inner.ahead:
        return None
    if inner.period is Period.DAY and isinstance(outer, nodes.Duration) and not outer.months:
        return outer.days
    found = None
    if isinstance(outer, nodes.Calendar) and not outer.ahead:
        found = _HELD.get((inner.period, outer.period))
        if outer.period in _YEARS:
            found = _OF_A_YEAR.get(inner.period)
            if outer.period is Period.FISCAL_YEAR and inner.period not in (Period.DAY, Period.WEEK):
                found = found + 1 if found is not None else None
    in_force = days if inner.period is Period.DAY else None
    return min((each for each in (found, in_force) if each is not None), default=None)


ORDER = (nodes.Period.DAY, nodes.Period.MONTH, nodes.Period.QUARTER, nodes.Period.YEAR)


def within(inner: nodes.Window, outer: nodes.Window) -> bool:
    """Whether a window shows only days that another one shows too."""
    match inner, outer:
        case _, nodes.Ever():
            return True
        case nodes.Calendar(one, 0), nodes.Calendar(other, 0):
            if one is nodes.Period.DAY:
                return True
            return one in ORDER and other in ORDER and ORDER.index(one) <= ORDER.index(other)
        case nodes.Calendar(nodes.Period.DAY, 0), nodes.Duration(days, months):
            return days > 0 or months > 0
        case nodes.Duration(days, 0), nodes.Duration(more, 0):
            return days <= more
        case nodes.Duration(0, months), nodes.Duration(0, more):
            return months <= more
    return inner == outer
