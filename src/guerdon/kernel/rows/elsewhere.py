"""What has been counted with somebody who is named, before each event that asks: of what the rows of all members say."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from guerdon.history.event import Event
from guerdon.kernel import others
from guerdon.kernel.columns import Columns
from guerdon.kernel.counting import elsewhere
from guerdon.kernel.counting.tallies import of_period
from guerdon.kernel.loop.frame import Written
from guerdon.kernel.others import FactsOf
from guerdon.kernel.rows.encoded import Block
from guerdon.kernel.rows.received import Used
from guerdon.program import nodes
from guerdon.reference.calendar import Calendar
from guerdon.reference.state import EVERYBODY

Key = tuple[object, ...]
"""A column, with whom it counts, and the facts that it is kept apart for."""


@dataclass(frozen=True)
class Ask:
    """An event that asks what has been counted: its place in the order of all, and its day."""

    place: int
    column: str
    key: Key
    window: nodes.Window
    day: date


@dataclass
class Count:
    """What has been counted under a key: days, and in a tree of sums what came on each.

    Shape: `sums[n]` is of as many values up to the n-th as the lowest bit of n says, so that a value can be changed without all sums after it.
    """

    days: list[date] = field(default_factory=list)
    sums: list[int] = field(default_factory=lambda: [0])

    def shows(self, first: date, end: date) -> int:
        return self._upto(bisect_left(self.days, end)) - self._upto(bisect_left(self.days, first))

    def add(self, day: date, more: int) -> int:
        """Adds a value of a day that is not before the others; its number."""
        number = len(self.sums)
        self.days.append(day)
        self.sums.append(self._upto(number - 1) - self._upto(number - (number & -number)) + more)
        return number

    def reduce(self, number: int, less: int) -> None:
        """Takes so much off a value."""
        while number < len(self.sums):
            self.sums[number] -= less
            number += number & -number

    def _upto(self, number: int) -> int:
        total = 0
        while number:
            total += self.sums[number]
            number &= number - 1
        return total


@dataclass(frozen=True)
class Wanted:
    """What a limit was asked for at an event, what it lets in at most, and what it let in; `or_nothing`: all or nothing."""

    much: int
    most: int
    gave: int
    or_nothing: bool

    def fits(self, shown: int) -> int:
        """What the limit lets in where so much was counted before."""
        room = max(self.most - shown, 0)
        return self.much if self.much <= room else 0 if self.or_nothing else room


@dataclass(frozen=True)
class Back:
    """What a return takes off what was counted: its place and that of its sale in the order of all, and how much; `left` of `whole` remains of the sale."""

    place: int
    sale: int
    column: str
    left: int
    whole: int
    less: int


@dataclass
class Noted:
    """What was counted at an event: under which key, as which value of it, how much, and how much of that returns took off."""

    count: Count
    number: int
    much: int
    back: int = 0


Name = tuple[int, str]
"""A place in the order of all, and a column."""


@dataclass
class Said:
    """What the rows of all members say of what is counted: what was used, and what was wanted; what returns take off it, the first last."""

    used: dict[Name, int] = field(default_factory=dict)
    wanted: dict[Name, Wanted] = field(default_factory=dict)
    backs: list[Back] = field(default_factory=list)

    def counts(self, name: Name, shown: int) -> int:
        """What an event adds to what is counted, where it is shown so much: what its limit lets in, as far as nothing else cuts it."""
        used, wanted = self.used.get(name, 0), self.wanted.get(name)
        if wanted is None:
            return used
        fits = wanted.fits(shown)
        return fits if used == wanted.gave else min(fits, used)

    def take_back(self, back: Back, noted: Noted) -> None:
        """Takes off what a return does; where another quantity is counted of the sale than was, the share of it that came back."""
        less = back.less
        if noted.much != self.used.get((back.sale, back.column), 0):
            gone = noted.much * (back.whole - back.left) // back.whole if back.left else noted.much
            less = max(gone - noted.back, 0)
        noted.count.reduce(noted.number, less)
        noted.back += less


def asks(events: Sequence[Event], program: nodes.Program, columns: Columns, facts_of: FactsOf) -> list[Ask]:
    """Who asks what of whom, in the order of events; where nobody is named it is the member's own."""
    calendar, found = Calendar(program.frame), list[Ask]()
    kept = {event: [*_at(event, program)] for event in program.events} if columns.elsewhere else {}
    for place, event in enumerate(events):
        for key, of in kept.get(event.type, ()):
            who = others.value(of.person, event, facts_of, set()) if of.person is not None else EVERYBODY
            fields = of.fields if isinstance(of, nodes.Limit) else ()
            whose = columns.elsewhere[key], event.member if who is None else str(who)
            window = of.window if isinstance(of, nodes.Limit) else of_period(of.period)
            facts = (event.facts.get(name) for name in fields)
            found.append(Ask(place, whose[0], (*whose, *facts), window, calendar.day(event.at)))
    return found


def _at(event: str, program: nodes.Program) -> Iterator[tuple[others.Kept, nodes.Limit | nodes.Accumulate]]:
    """What may be counted with others at events of a kind."""
    for key, of in others.kept_with(program).items():
        names = others.rules_at(key, program)
        if any(event in program.rules[name].on for name in names):
            yield key, of


def shown(asks: list[Ask], written: Written, block: Block, ledger: Mapping[str, Sequence[int]]) -> Used:
    """What each who asks is shown, by the place of the event and the column, as far as the rows that a kernel wrote say it.

    What a return gives back others are shown after it: as less of what was counted on the day of its sale. What a limit let in is
    reckoned anew with what it is shown now, so that one round is enough for all who have to do with one limit alone.
    """
    said = _said(written, block, ledger)
    calendar, counts = Calendar(written.make.program.frame), dict[Key, Count]()
    found, noted = dict[Name, int](), dict[Name, Noted]()
    for ask in asks:
        while said.backs and said.backs[-1].place < ask.place:
            back = said.backs.pop()
            if (back.sale, back.column) in noted:
                said.take_back(back, noted[back.sale, back.column])
        count = counts.setdefault(ask.key, Count())
        name = ask.place, ask.column
        found[name] = count.shows(*calendar.bounds(ask.window, ask.day))
        if much := said.counts(name, found[name]):
            noted[name] = Noted(count, count.add(ask.day, much), much)
    return {name: much for name, much in found.items() if much}


def _said(written: Written, block: Block, ledger: Mapping[str, Sequence[int]]) -> Said:
    kinds = elsewhere.USED, elsewhere.ASKED, elsewhere.REMAINS, elsewhere.GIVEN_BACK
    codes = {number: code for number, code in enumerate(written.codes) if code.kind in kinds}
    said, less, remains = Said(), dict[tuple[int, int, str], int](), dict[tuple[int, int, str], tuple[int, int]]()
    rows = (ledger[name] for name in ("o_row", "o_code", "o_quantity", "o_a", "o_b"))
    for row, number, quantity, a, b in zip(*rows, strict=True):
        if number not in codes:
            continue
        of, place = codes[number].of, block.places[row]
        column = str(of[0])
        match codes[number].kind:
            case elsewhere.USED:
                said.used[place, column] = said.used.get((place, column), 0) + quantity
            case elsewhere.ASKED:
                said.wanted[place, column] = Wanted(quantity, a, b, bool(of[1]))
            case elsewhere.REMAINS:
                remains[place, block.places[b], column] = quantity, a
            case _:
                key = place, block.places[a], column
                less[key] = less.get(key, 0) + quantity
    backs = (Back(*key, *of, less.get(key, 0)) for key, of in remains.items())
    said.backs = sorted(backs, key=lambda each: -each.place)
    return said
