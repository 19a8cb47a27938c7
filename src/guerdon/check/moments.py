"""Days, times of day and days of the week, as they are written in a program."""

from __future__ import annotations

from datetime import date, time

from guerdon.check.measured import period
from guerdon.check.mending import DAYS, MONTHS
from guerdon.check.names import Names
from guerdon.check.scene import WEEKDAYS, Scene
from guerdon.program import nodes, types
from guerdon.program.time import FIRST_YEAR, LAST_YEAR
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit


def day(written: tree.Date, names: Names) -> date:
    """The day; reported where it lies outside the years that programs reckon in."""
    found = date.fromisoformat(written.text)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        message = f"programs reckon with days from {FIRST_YEAR} through {LAST_YEAR}"
        names.report("G344", message, written.span, "another time", help=("leave the end out, like `from 2026-01-01`",))
        return date(LAST_YEAR if found.year > LAST_YEAR else FIRST_YEAR, 1, 1)
    return found


def clock(written: tree.Name, names: Names) -> time:
    """The time of day; reported where there is none."""
    try:
        return time.fromisoformat(written.text)
    except ValueError:
        midnight = written.text == "24:00"
        names.report(
            "G304",
            f"there is no time {written.text}",
            written.span,
            "from 00:00 to 23:59",
            help=("midnight is written `00:00`",) if midnight else (),
            edit=Edit(written.span, "00:00") if midnight else None,
        )
        return time(0)


def weekday(written: tree.Name, names: Names) -> int:
    """The day of the week, Monday being 0; reported where it is none."""
    if written.text in WEEKDAYS:
        return WEEKDAYS.index(written.text)
    word = written.text.lower()
    near = DAYS.get(word.removesuffix("s")) or next((day for day in WEEKDAYS if day[:3].lower() == word[:3]), None)
    help_lines = (
        ("a month is written with its days, like `2026-12-01 through 2026-12-31`",) if word[:3] in MONTHS else ()
    )
    names.unknown(
        "G338",
        f"`{written.text}` is no day of the week",
        written.span,
        () if help_lines else WEEKDAYS,
        "not known",
        near=None if help_lines else near,
        help=help_lines,
    )
    return 0


_AHEAD = {"previous": -1, "this": 0, "next": 1}


def period_day(written: tree.PeriodDay, scene: Scene, names: Names) -> nodes.PeriodDay | None:
    """The first or last day of a period near the date; None where it was reported."""
    found = period(written.period, names)
    if not scene.happens:
        names.report(
            "G387",
            f"{scene.what} has no date of its own, so it has no `{written.which.text} {written.period.text}`",
            written.span,
            "of which date?",
            help=("write it where a rule needs it, or in a `measure`; a fixed day is written `2026-12-31`",),
        )
        return None
    if found is None:
        return None
    last = written.edge.text == "last"
    return nodes.PeriodDay(last, found, _AHEAD[written.which.text], types.Date(), span=written.span)
