"""What has been counted with somebody who is named, before each event that asks: of what the rows of all members say."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from guerdon.history.event import Event
from guerdon.kernel import others
from guerdon.kernel.columns import Columns
from guerdon.kernel.counting.elsewhere import GIVEN_BACK, USED
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
class Back:
    """What a return takes off what was counted: its place and that of its sale in the order of all, and how much."""

    place: int
    sale: int
    column: str
    less: int


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

    What a return gives back others are shown after it: as less of what was counted on the day of its sale.
    """
    used, backs = _counted(written, block, ledger)
    calendar, counts = Calendar(written.make.program.frame), dict[Key, Count]()
    found, noted = dict[tuple[int, str], int](), dict[tuple[int, str], tuple[Count, int]]()
    for ask in asks:
        while backs and backs[-1].place < ask.place:
            back = backs.pop()
            of, number = noted[back.sale, back.column]
            of.reduce(number, back.less)
        count = counts.setdefault(ask.key, Count())
        name = ask.place, ask.column
        found[name] = count.shows(*calendar.bounds(ask.window, ask.day))
        if name in used:
            noted[name] = count, count.add(ask.day, used[name])
    return {name: much for name, much in found.items() if much}


def _counted(
    written: Written, block: Block, ledger: Mapping[str, Sequence[int]]
) -> tuple[dict[tuple[int, str], int], list[Back]]:
    """What is added to each column at each place, and what returns take off it, the last first."""
    columns = {number: str(code.of[0]) for number, code in enumerate(written.codes) if code.kind in (USED, GIVEN_BACK)}
    used, backs = dict[tuple[int, str], int](), list[Back]()
    rows = (ledger[name] for name in ("o_row", "o_code", "o_quantity", "o_a"))
    for row, code, quantity, of in zip(*rows, strict=True):
        if code not in columns:
            continue
        name = block.places[row], columns[code]
        if written.codes[code].kind == USED:
            used[name] = used.get(name, 0) + quantity
        else:
            backs.append(Back(block.places[row], block.places[of], columns[code], quantity))
    return used, sorted(backs, key=lambda each: -each.place)
