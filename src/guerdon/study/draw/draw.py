"""The winners of a prize draw: which entries a seed picks from a list.

Draw number k = 1, 2, ... takes the SHA-256 of the text `SEED:LIST:k`, where LIST is that of the list of entries, in hexadecimal. Read as a
whole number, it leaves a remainder when it is divided by the number of entries; the entry that wins is that remainder plus one.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING

from guerdon.program import nodes
from guerdon.reference.calendar import ONE, Calendar
from guerdon.study import words
from guerdon.study.draw.entries import Entries, Line, Span, listed
from guerdon.study.whole import appearing
from guerdon.text.diagnostic import nearest

if TYPE_CHECKING:
    from guerdon.study.parts import Run


class DrawError(Exception):
    """Why there is no draw, and what to do; `code`: G902, or G910 to G913."""

    def __init__(self, code: str, message: str, help: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.help = code, message, help


@dataclass(frozen=True, slots=True)
class Winner:
    """An entry that was drawn: whose it is, what it was given for, and the hash that picked it.

    Shape: `place` counts from 1, reserves after the winners. `draw` is the k of the hash: those that are missing hit somebody who had won.
    """

    place: int
    reserve: bool
    member: str
    entry: int
    event: str
    rule: str
    draw: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Draw:
    """A list of entries, and who won; nobody without a seed.

    Units: `since` and `through` are days of the program, both included; None: from the first event, to the last that was read.
    `returns` is the last day whose returns were looked at. `list` is the SHA-256 of the list as a file.
    """

    program: str
    unit: str
    since: date | None
    through: date | None
    returns: date | None
    entries: int
    members: int
    list: str
    seed: str | None
    winners: tuple[Winner, ...] = ()


def draw(
    run: Run,
    unit: str,
    seed: str | None = None,
    *,
    winners: int = 1,
    reserves: int = 0,
    repeat: bool = False,
    since: date | None = None,
    through: date | None = None,
    file: Path | None = None,
) -> Draw:
    """The winners of a draw of a unit's entries, in order, and then the reserves.

    Shape: a member wins once; with `repeat` once with each entry. Without a seed the list is made, and nobody wins. `file`: where the list is written.
    Errors: DrawError; OSError where the list can't be written.
    """
    if winners < 1 or reserves < 0:
        raise ValueError("a draw has one winner or more, and no fewer than no reserves")
    kind = check(run.program, unit, seed, since, through)
    with listed(run, kind, _period(run, since, through)) as there:
        ends, digest = there.ends(), there.digest()
        returns = Calendar(run.program.frame).day(run.until - 1) if run.until is not None else None
        total = ends[-1] if ends else 0
        found = Draw(run.program.frame.name, unit, since, through, returns, total, len(ends), digest, seed)
        _enough(found, winners + reserves if seed is not None else 1, repeat)
        if file is not None:
            with appearing(file.parent, [file.name]) as beside:
                there.write(beside / file.name)
        if seed is None:
            return found
        picked = [*islice(_picked(seed, digest, ends, repeat), winners + reserves)]
        return replace(found, winners=tuple(_won(there, picked, winners)))


def drawn(seed: str, digest: str, entries: int) -> Iterator[tuple[int, str, int]]:
    """The hashes of a draw without end: the number k of each, the hash, and the number of the entry that it picks.

    Source: the manual, Commands, guerdon draw.
    """
    for k in count(1):
        found = hashlib.sha256(f"{seed}:{digest}:{k}".encode()).hexdigest()
        yield k, found, int(found, 16) % entries + 1


def _picked(seed: str, digest: str, ends: list[int], repeat: bool) -> Iterator[tuple[int, str, int]]:
    """Those of the hashes that pick somebody who has not won yet, or an entry that has not."""
    won: set[int] = set()
    for k, found, number in drawn(seed, digest, ends[-1]):
        who = number if repeat else bisect_left(ends, number)
        if who not in won:
            won.add(who)
            yield k, found, number


def _won(entries: Entries, picked: list[tuple[int, str, int]], winners: int) -> Iterator[Winner]:
    """The winners of entries that were picked, with the lines in which these stand."""
    lines = _lines(entries, sorted(number for _, _, number in picked))
    for place, (k, found, number) in enumerate(picked, 1):
        line = lines[number]
        yield Winner(place, place > winners, line.member, number, line.event, line.rule, k, found)


def _lines(entries: Entries, numbers: list[int]) -> dict[int, Line]:
    """The line of each of some numbers, which are in order."""
    found: dict[int, Line] = {}
    for line in entries:
        while len(found) < len(numbers) and numbers[len(found)] <= line.last:
            found[numbers[len(found)]] = line
        if len(found) == len(numbers):
            break
    return found


# ---------------------------------------------------------------- what a draw needs


def check(
    program: nodes.Program, unit: str, seed: str | None = None, since: date | None = None, through: date | None = None
) -> nodes.Unit:
    """The unit that is drawn from; what can be said of a draw before anything is run.

    Errors: DrawError.
    """
    found = _unit(program, unit)
    if since is not None and through is not None and since > through:
        raise DrawError("G912", f"the period ends on {through}, before it begins on {since}", "change the two days")
    if seed is not None:
        _check(seed)
    return found


def _unit(program: nodes.Program, name: str) -> nodes.Unit:
    """A unit of which entries can be counted."""
    unit = program.units.get(name)
    if unit is None:
        near = nearest(name, program.units)
        raise DrawError("G902", f"no unit is called {name}" + (f"; did you mean {near}?" if near else ""))
    if unit.decimals:
        raise DrawError(
            "G910",
            f"{name} has {words.count(unit.decimals, 'decimal')}, and an entry is a whole one",
            "draw from a unit with `decimals 0`",
        )
    return unit


def _period(run: Run, since: date | None, through: date | None) -> Span:
    """The instants of a period, which is over."""
    calendar = Calendar(run.program.frame)
    until = run.until if run.until is not None else 0
    start = calendar.start(since) if since is not None else _EVER
    end = calendar.start(through + ONE) if through is not None else until
    if run.until is not None and end > until:
        last = words.local(calendar.local(until - 1))
        raise DrawError(
            "G912",
            f"the run ends at {last}, and the period goes through {through}",
            f"add `--as-of {through}`, or a later day, if all events of the period are there",
        )
    return start, end


_EVER = -(2**62)
"""Before all instants."""


def _check(seed: str) -> None:
    """A seed is written in the same way everywhere."""
    if not (seed.isascii() and seed.isprintable() and seed.strip() == seed and seed):
        raise DrawError(
            "G913",
            f"the seed {seed!r} can't be typed in just one way",
            "take letters, digits and signs of ASCII, without a space at either end",
        )


def _enough(found: Draw, wanted: int, repeat: bool) -> None:
    """Whether so many can win."""
    if not found.entries:
        raise DrawError(
            "G911",
            f"there is nothing to draw from: nobody has any {found.unit} of the period",
            "look at the period and the unit",
        )
    there = found.entries if repeat else found.members
    if wanted > there:
        what = entries(there) if repeat else words.count(there, "member")
        raise DrawError(
            "G911",
            f"{wanted:,} winners and reserves are wanted, and {what} {'is' if there == 1 else 'are'} in the draw",
            f"ask for {there:,} at most" + ("" if repeat else "; with `--repeat` a member may win more than once"),
        )


def entries(number: int) -> str:
    """So many entries, in words."""
    return f"{number:,} {'entry' if number == 1 else 'entries'}"
