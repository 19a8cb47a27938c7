"""Looks for the value of a param that meets a target: puts values into the program's tree, and runs each such version."""

from __future__ import annotations

from fractions import Fraction

from guerdon.program import nodes
from guerdon.project.parts import Parts, value_of
from guerdon.study.compare.running import Runs
from guerdon.study.conditions import figures
from guerdon.study.conditions.condition import Condition, Malformed
from guerdon.study.tune.asked import Asked, TuneError
from guerdon.study.tune.grid import Grid, grid, scale
from guerdon.study.tune.search import Search
from guerdon.study.tune.trying import Trying
from guerdon.study.tune.tuned import Tuned, tuned
from guerdon.syntax import tree
from guerdon.text.diagnostic import nearest


def tune(program: nodes.Program, parts: Parts, runs: Runs, target: Condition, asked: Asked) -> Tuned:
    """Which value of a param meets a target, and how the figure goes with the values that were run.

    Shape: `parts` are those of the program. Errors: TuneError.
    """
    value = _value(program, parts, asked.param)
    try:
        figure, whole = figures.asked(target, program)
    except Malformed as error:
        raise TuneError("G963", error.message, error.help) from None
    counts = scale(asked.param, value, program)
    now = counts.number(value)
    assert now is not None, "a value is of its own kind"
    wide = grid(asked, counts, now)
    trying = Trying(parts, runs, asked.param, counts, target, figure, whole, runs.side(program, "run 1: as it is"))
    present = trying.at_present(now)
    values = _with_programs(wide, trying, asked, now)
    search = Search(target, values.count, lambda at: trying.point(values.number(at)).figure)
    place = values.at(now)
    search.found |= {place: present.figure} if place is not None else {}
    search.run(asked.every)
    return tuned(trying, values, search, now)


def _value(program: nodes.Program, parts: Parts, name: str) -> tree.Expr:
    """The present value of a param. Errors: TuneError with G902 or G960."""
    found = value_of(parts, name)
    if found is not None:
        return found
    if name in program.tables:
        raise TuneError(
            "G960",
            f"`{name}` is a table, which has many values",
            "give the value that may change a name of its own, as a `param`, and name it in the row",
        )
    params = [each for each in program.tables if value_of(parts, each) is not None]
    near = nearest(name, params)
    listed = (
        f"its params are {', '.join(params)}" if params else "it has none; write one, as `param` with `is` below it"
    )
    raise TuneError("G902", f"the program has no param `{name}`", f"did you mean `{near}`?" if near else listed)


def _with_programs(wide: Grid, trying: Trying, asked: Asked, now: Fraction) -> Grid:
    """The values with which there is a program: an end that was asked for has one, another is drawn in as far as there is none.

    Errors: G964.
    """
    near = min(max(round((now - wide.low) / wide.step), 0), wide.count - 1)
    ends = [0, wide.count - 1]
    for which, given in enumerate((asked.low, asked.high)):
        typed, said = trying.program(wide.number(ends[which]))
        if typed is not None:
            continue
        if given is not None or trying.program(wide.number(near))[0] is None:
            raise trying.refuse(wide.number(ends[which]), said)
        ends[which] = _drawn_in(wide, trying, ends[which], near)
    return wide.part(ends[0], ends[1])


def _drawn_in(wide: Grid, trying: Trying, end: int, near: int) -> int:
    """The place farthest towards an end, as far as is seen by halves, that has a program; there is one at `near`."""
    while abs(end - near) > 1:
        middle = (end + near) // 2
        if trying.program(wide.number(middle))[0] is not None:
            near = middle
        else:
            end = middle
    return near
