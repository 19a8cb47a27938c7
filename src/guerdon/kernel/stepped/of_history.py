"""The states that members have after a history: each as a run leaves them, made once, not after each event.

A run numbers the events of everybody, and gives texts codes in common; what is kept of a member between two events has
numbers and codes of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from guerdon.history.event import Event, Facts
from guerdon.kernel.columns import Columns
from guerdon.kernel.machine import Machine
from guerdon.kernel.rows.encoded import Block, Encoder
from guerdon.kernel.stepped.chains import LINKS, Chain
from guerdon.kernel.stepped.kept import Kept, TooWide
from guerdon.kernel.stepped.stepper import FIRST, Stepper
from guerdon.kernel.writing.make import Room
from guerdon.program import nodes
from guerdon.program.time import LAST_YEAR
from guerdon.reference.calendar import EPOCH, MICROSECOND, Calendar

BLOCK = 1_024
"""So many rows are run at a time: a member seldom has more."""

WORTH_IT = 2_000
"""From so many events on WebAssembly is faster, its text compiled."""

AHEAD = 20
"""For so many years after an event the calendar is made."""


@dataclass
class StatesOf:
    """The states of a program's members after some events, by a kernel that `stepper` goes on from."""

    program: nodes.Program
    facts: Mapping[str, Facts]
    stepper: Stepper

    def after(self, events: Iterable[Event], left: set[str]) -> Iterator[tuple[str, bytes]]:
        """Members and their states, in the order of their first events; `left` is told of those whom the kernel could not run.

        Units: `events` come in their order.
        """
        read = [*events]
        latest = max((_year(event) for event in read), default=FIRST)
        if latest + AHEAD > self.stepper.years.last and latest <= LAST_YEAR - AHEAD:
            self.stepper.lengthen(latest + AHEAD)
        years = self.stepper.years
        left |= {event.member for event in read if not FIRST < _year(event) < years.last}
        encoder = Encoder(Columns(self.program), years, self.facts)
        block = encoder.block(read, without=frozenset(left))
        room = Room(block=BLOCK, lines=BLOCK * max(block.most_lines, 1))
        machine = Machine(self.program, years, full=True, compiled=len(read) >= WORTH_IT, room=room, one=True)
        texts = [*encoder.codes]
        first, counts = 0, _counts(block)
        for (member,), count in zip(block.members, counts, strict=True):
            end = first + count
            for begin in range(first, end, BLOCK):
                stop = min(begin + BLOCK, end)
                machine.run(block.part(begin, stop), stop - begin, False, 0, lambda views, rows, members: None)
            made = self._made(machine, member, block.events[first], _Events(block, encoder, texts))
            first = end
            if made is None:
                left.add(member)
            else:
                yield member, made

    def _made(self, machine: Machine, member: str, first: Event, of: _Events) -> bytes | None:
        """The state of the member whose rows were run last; None where the kernel could not run them, or can't keep it."""
        stepper, state = self.stepper, [*machine.kernel.views["s"]]
        open, places = stepper.open, stepper.open.places
        heads = dict(zip(open.ends, open.heads, strict=True))
        assert [*machine.written.state] == open.names, "a run and a session keep the same"
        if state[places["bad"]]:
            return None
        kept = Kept(member, state, [[] for _ in open.lists])
        for at, name in enumerate(open.lists):
            end = machine.written.lists[name][1]
            head = heads[end]
            kept.lists[at] = [*machine.kernel.views[name][0 if head is None else state[head] : state[places[end]]]]
        for end, head in heads.items():
            if head is not None:
                state[places[end]], state[head] = state[places[end]] - state[head], 0
        for chain in stepper.meaning.chains.values():
            self._compact(chain, kept)
        for name in stepper.meaning.anew:
            if name in places:
                state[places[name]] = 0
        kept.joined = stepper.years.number(Calendar(self.program.frame).day(first.at))
        self._number(kept, of)
        open.put(kept)
        stepper.pruner.forget_values()
        try:
            return open.dumps()
        except TooWide:
            return None

    def _compact(self, chain: Chain, kept: Kept) -> None:
        """Lets go of lots of which nothing is left."""
        open = self.stepper.open
        lists = {each: open.lists.index(f"{chain.name}_{each}") for each in (*chain.kept, *LINKS)}
        compacted = chain.compacted({each: kept.lists[at] for each, at in lists.items()})
        for each, at in lists.items():
            kept.lists[at] = compacted[each]
        kept.state[open.places[f"{chain.name}_tail"]] = len(compacted["of"])

    def _number(self, kept: Kept, of: _Events) -> None:
        """Gives events and texts the numbers that they have for the member alone."""
        open, meaning, rules = self.stepper.open, self.stepper.meaning, len(self.program.rules)
        lots = [open.lists.index(name) for name in meaning.lots if name in open.lists]
        named = [open.lists.index(name) for name in meaning.events if name in open.lists]
        rings = {f"{chain.name}_lot": chain.rings for chain in meaning.chains.values()}
        begin = {at: rings.get(open.lists[at], 0) for at in lots}
        rows = {row for at in named for row in kept.lists[at]}
        rows |= {lot // rules for at in lots for lot in kept.lists[at][begin[at] :]}
        numbers = {row: number for number, row in enumerate(sorted(rows))}
        for at in named:
            kept.lists[at] = [numbers[row] for row in kept.lists[at]]
        for at in lots:
            mine = kept.lists[at]
            mine[begin[at] :] = [numbers[lot // rules] * rules + lot % rules for lot in mine[begin[at] :]]
        kept.row = len(numbers)
        codes = _Codes(of.texts, self.stepper.written.make.columns.codes, kept.texts)
        happened = [of.block.events[row] for row in numbers]
        kinds = of.encoder.columns.kinds
        ids = [codes.of_text(event.id) for event in happened]
        kept.rows = [[*numbers.values()], [kinds[event.type] for event in happened], ids]
        for name in meaning.codes:
            if name in open.places:
                kept.state[open.places[name]] = codes.of(kept.state[open.places[name]])
            elif name in open.lists:
                at = open.lists.index(name)
                kept.lists[at] = [codes.of(code) for code in kept.lists[at]]


@dataclass
class _Events:
    """The rows that a run numbers, and the texts that it gives codes."""

    block: Block
    encoder: Encoder
    texts: list[str]


@dataclass
class _Codes:
    """Codes in common as codes of a member: those that are `known` are the program's, the others stand in `own`."""

    texts: list[str]
    known: Mapping[str, int]
    own: list[str]

    def __post_init__(self) -> None:
        self._found: dict[str, int] = {}

    def of(self, code: int) -> int:
        return code if code < len(self.known) else self.of_text(self.texts[code])

    def of_text(self, text: str) -> int:
        if text in self.known:
            return self.known[text]
        if text not in self._found:
            self._found[text] = len(self.known) + len(self.own)
            self.own.append(text)
        return self._found[text]


def _counts(block: Block) -> list[int]:
    """How many rows each member has."""
    found = [0] * len(block.members)
    for number in block.columns["who_is"]:
        found[number] += 1
    return found


def _year(event: Event) -> int:
    return (EPOCH + event.at * MICROSECOND).year
