"""Events as the columns that a kernel runs over: each member's after the other, in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any

from guerdon.check.builtin import NAMES
from guerdon.history.event import Event, Facts
from guerdon.kernel import others
from guerdon.kernel.columns import RECEIVED, REFUSED, TURN, TURNS, Column, Columns
from guerdon.kernel.days import NEVER, Years
from guerdon.kernel.rows.received import Crossed, Received, Used
from guerdon.kernel.rows.together import OTHERS, together
from guerdon.kernel.writing.make import QUANTITY
from guerdon.program import nodes, types
from guerdon.program.walk import walk

COMMON = ("who_is", "at_is", "kind_is")
"""The columns that every program has."""


class Odd(Exception):
    """A fact that no column holds: its member is left to the reference engine."""


@dataclass
class Block:
    """Events as columns, by name; `events` as they were, `members` by the number of their rows: one, or those who are together.

    Shape: `places` of the events in the order of all; `received` by row, what another's event gave. `lines` says how many lines there are of each list; a column `l0_first` has one place more than there are events.
    """

    columns: dict[str, list[int]]
    events: list[Event] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    received: dict[int, Received] = field(default_factory=dict)
    members: list[tuple[str, ...]] = field(default_factory=list)
    lines: dict[int, int] = field(default_factory=dict)

    @property
    def most_lines(self) -> int:
        """How many lines of one list an event has at most."""
        starts = [self.columns[f"l{at}_first"] for at in self.lines]
        return max((end - first for each in starts for first, end in pairwise(each)), default=0)

    def part(self, first: int, end: int) -> dict[str, list[int]]:
        """The columns of some of the rows, and of their lines."""
        found = {}
        starts = {at: self.columns[f"l{at}_first"] for at in self.lines}
        for name, values in self.columns.items():
            at = list_of(name)
            if at is None:
                found[name] = values[first:end]
            elif name.endswith("_first"):
                found[name] = [each - values[first] for each in values[first : end + 1]]
            else:
                found[name] = values[starts[at][first] : starts[at][end]]
        return found


def list_of(name: str) -> int | None:
    """The number of the list of lines that a column is of: `l0_first`, `l0_q1`."""
    number = name[1:].partition("_")[0]
    return int(number) if name.startswith("l") and number.isdigit() else None


Convert = Callable[[Any], int]
"""The integer of a value. Errors: Odd."""


@dataclass(frozen=True)
class Fact:
    """How a fact becomes an integer of a column."""

    name: str
    column: Column
    convert: Convert

    def put(self, row: dict[str, int], value: Any) -> None:
        """Errors: Odd for what no column holds."""
        if self.column.is_there is not None:
            row[self.column.is_there] = value is not None
            if value is None:
                return
        elif value is None:
            raise Odd
        row[self.column.name] = self.convert(value)


Asking = tuple[list[str], list[tuple[others.Known, Fact]], list[nodes.Expr]]
"""What an event asks of others: the facts of its own that this rests on, what goes into columns, and whom it counts with."""


class Encoder:
    """Makes columns of events; the codes of texts go on from block to block."""

    def __init__(self, columns: Columns, years: Years, members: Mapping[str, Facts] | None = None) -> None:
        self.columns, self.years, self.members = columns, years, members or {}
        self.codes = dict(columns.codes)
        program = columns.program
        self._facts: dict[str, list[Fact]] = {event: [] for event in program.events}
        for (event, name), column in columns.facts.items():
            record = program.events[event]
            self._facts[event].append(self._fact(name, record.facts[name].type, column, record.reverses is None))
        self._lines: dict[str, list[tuple[str, int, list[Fact]]]] = {event: [] for event in program.events}
        for (event, name), number in columns.lines.items():
            self._lines[event].append((name, number, self._of_line(event, name)))
        self._asking = {event: asking for event in program.events if (asking := self._asking_at(event)) is not None}
        self._answers = dict[tuple[object, ...], tuple[dict[str, int], int]]()
        self.first = dict[str, int]()  # by member the place of their first event
        declared = program.member.facts
        self._needed = [name for name, fact in declared.items() if not isinstance(fact.type, types.Optional)]
        self._member_facts = [
            self._fact(name, columns.type_of(name), column, False) for name, column in columns.member_facts.items()
        ]
        self._of_events = [name for name in columns.widths if list_of(name) is None]
        self._of_lists = {
            number: [name for name in columns.widths if list_of(name) == number and not name.endswith("_first")]
            for number in {*columns.lines.values()}
        }

    def _asking_at(self, event: str) -> Asking | None:
        """What events of a kind ask of others; None: nothing."""
        program, columns = self.columns.program, self.columns
        asked = {expr: column for (kind, expr), column in columns.others.items() if kind == event}
        kept = [
            of.person
            for key, of in others.kept_with(program).items()
            if of.person is not None
            and others.is_known_at(of.person, program.events[event])
            and any(event in program.rules[name].on for name in others.rules_at(key, program))
        ]
        if not asked and not kept:
            return None
        fields = (each for each in walk((*asked, *kept)) if isinstance(each, nodes.Field))
        names = [*dict.fromkeys(each.name for each in fields if each.scope is nodes.Scope.EVENT)]
        facts = [(expr, self._fact("", expr.type, column, False)) for expr, column in asked.items()]
        return names, facts, kept

    def _of_line(self, event: str, name: str) -> list[Fact]:
        program = self.columns.program
        of = program.events[event].facts[name].type
        assert isinstance(of, types.Lines)
        facts = program.records[of.record].facts
        return [
            self._fact(fact, facts[fact].type, column, True)
            for (kind, lines, fact), column in self.columns.line_facts.items()
            if (kind, lines) == (event, name)
        ]

    # ------------------------------------------------------------ values

    def _fact(self, name: str, of: types.Type, column: Column, is_sale: bool) -> Fact:
        match of.of if isinstance(of, types.Optional) else of:
            case types.Quantity() | types.Number():
                least = 0 if is_sale else -QUANTITY
                return Fact(name, column, _in_steps(column.step, least))
            case types.Date():
                return Fact(name, column, self.years.number)
            case types.YesNo() | types.Days() | types.Months() | types.Instant():
                return Fact(name, column, lambda value: _within(int(value), column))
            case _:
                return Fact(name, column, self.code)

    def code(self, text: object) -> int:
        return self.codes.setdefault(str(text), len(self.codes))

    # ------------------------------------------------------------ rows

    def block(
        self, events: Iterable[Event], crossed: Crossed | None = None, without: frozenset[str] = frozenset()
    ) -> Block:
        """All events, and what members receive for those of others, each member's after the other (or of those who are together); `without` some members."""
        crossed, events = crossed or Crossed(), [*events]
        by_member: dict[str, list[tuple[int, Event | Received]]] = {}
        touched = set[str]()
        for place, event in enumerate(events):
            by_member.setdefault(event.member, []).append((place, event))
            self.first.setdefault(event.member, place)
            touched |= {str(event.facts[OTHERS[event.type]])} if event.type in OTHERS else set()
        for member, theirs in crossed.given.items():
            mine = by_member.setdefault(member, [])
            mine += [(each.place[0], each) for each in theirs]
            mine.sort(key=lambda each: each[0])
        block = Block({name: [] for name in (*COMMON, *self.columns.widths)})
        block.lines = dict.fromkeys(self._of_lists, 0)
        for member in without:
            by_member.pop(member, None)
        for number, members in enumerate(together(by_member, events, self._facts_of, self.columns.program)):
            block.members.append(members)
            rows = list[tuple[int, Event | Received, dict[str, int] | None]]()
            for turn, member in enumerate(members):
                facts = self._known(member) if member not in touched else None
                facts = facts | {TURN: turn, TURNS: len(members)} if facts is not None else None
                rows += [(place, each, facts) for place, each in by_member[member]]
            for place, each, facts in rows if len(members) == 1 else sorted(rows, key=lambda row: row[0]):
                block.places.append(place)
                if isinstance(each, Received):
                    block.received[len(block.events)] = each
                self._row(block, number, place, each, facts, crossed.used)
        for number, count in block.lines.items():
            block.columns[f"l{number}_first"].append(count)
        return block

    def of_member(self, member: str) -> dict[str, int]:
        """What is known of a member beside their events. Errors: Odd, also where it is less than what is needed."""
        facts, row = self.members.get(member, {}), dict[str, int]()
        if any(facts.get(name) is None for name in self._needed):
            raise Odd
        if any(member.startswith(f"{account}/") for account in self.columns.program.accounts):
            raise Odd
        for fact in self._member_facts:
            fact.put(row, self.columns.known(fact.name, member, facts))
        return row

    def _known(self, member: str) -> dict[str, int] | None:
        try:
            return self.of_member(member)
        except Odd:
            return None

    def _row(
        self,
        block: Block,
        number: int,
        place: int,
        of: Event | Received,
        of_member: dict[str, int] | None,
        used: Used,
    ) -> None:
        event = of.event if isinstance(of, Received) else of
        block.events.append(event)
        kind, row = REFUSED, dict[str, int]()
        lines: dict[int, list[dict[str, int]]] = {}
        by_hand = event.type in NAMES
        if isinstance(of, Received):
            if of_member is not None:
                kind, row = RECEIVED, of_member | of.row
        elif (
            of_member is not None and event.recorded == event.at and (not by_hand or event.type in self.columns.by_hand)
        ):
            try:
                row, lines = self._read(event)
                self._ask_of_others(event, place, row)
                for name in self.columns.elsewhere.values():
                    row[name] = used.get((place, name), 0)
                row |= of_member
                if by_hand:
                    row |= self._by_hand(event)
                kind = self.columns.kinds[event.type]
            except Odd:
                row, lines = {}, {}
        columns = block.columns
        columns["who_is"].append(number)
        columns["at_is"].append(event.at)
        columns["kind_is"].append(kind)
        if self.columns.undoable:
            row["id"] = self.code(event.id)
        for name in self._of_events:
            columns[name].append(row.get(name, 0))
        for at, names in self._of_lists.items():
            columns[f"l{at}_first"].append(block.lines[at])
            mine = lines.get(at, [])
            block.lines[at] += len(mine)
            for name in names:
                columns[name] += [line.get(name, 0) for line in mine]

    def _ask_of_others(self, event: Event, place: int, row: dict[str, int]) -> None:
        """What an event asks of other members. Errors: Odd where one of them was not there before it."""
        asking = self._asking.get(event.type)
        if asking is None:
            return
        names, of_columns, of_others = asking
        key = event.type, event.member, tuple([event.facts.get(name) for name in names])
        if key not in self._answers:
            met, answers = set[str](), dict[str, int]()
            for expr, fact in of_columns:
                fact.put(answers, others.value(expr, event, self._facts_of, met))
            for of in of_others:
                who = others.value(of, event, self._facts_of, met)
                met |= {str(who)} if who is not None else set()
            never = 2**60
            self._answers[key] = answers, max((self.first.get(each, never) for each in met), default=-1)
        answers, there = self._answers[key]
        if there > place:
            raise Odd
        row |= answers

    def _facts_of(self, member: str) -> Facts:
        return self.members.get(member, {})

    def _by_hand(self, event: Event) -> dict[str, int]:
        """What a built-in event does by itself. Errors: Odd where it sets a tier, or its amount is not one of its unit."""
        program, facts = self.columns.program, event.facts
        if any(facts.get(each) is not None for each in ("tier", "ladder", "through")):
            raise Odd
        row = {"b_ends": NEVER, "b_much_is": 0}
        if facts.get("quantity") is not None:
            spendable = (unit.name for unit in program.units.values() if unit.spendable)
            name = facts.get("unit") or next(spendable, "")
            row["b_unit"], row["b_much_is"] = [*program.units].index(name), 1
            row["b_much"] = _in_steps(program.units[name].step, -QUANTITY)(facts["quantity"])
        if facts.get("reward") is not None:
            rule = program.rules.get(str(facts["reward"]))
            row["b_reward"] = [*program.rules].index(rule.name) + 1 if rule is not None and rule.takes else 0
        if facts.get("expires") is not None:
            row["b_ends"] = self.years.number(facts["expires"])
        row["b_earned"] = bool(facts.get("earned"))
        return row

    def _read(self, event: Event) -> tuple[dict[str, int], dict[int, list[dict[str, int]]]]:
        """The facts of an event and of its lines, by list. Errors: Odd."""
        row, facts = dict[str, int](), event.facts
        for fact in self._facts[event.type]:
            fact.put(row, facts.get(fact.name))
        lines = dict[int, list[dict[str, int]]]()
        for name, number, of_line in self._lines[event.type]:
            found = lines[number] = []
            for line in facts.get(name) or ():
                one = dict[str, int]()
                for fact in of_line:
                    fact.put(one, line.get(fact.name))
                found.append(one)
        return row, lines


def _within(value: int, column: Column) -> int:
    """A value that its column holds. Errors: Odd."""
    low, high = column.bounds
    if not low <= value <= high:
        raise Odd
    return value


def _in_steps(step: Fraction, least: int) -> Convert:
    """What says how many steps a quantity is. Errors: Odd where it lies between two, below the least or beyond what is kept."""
    times, parts = step.denominator, step.numerator

    def steps(value: Fraction) -> int:
        above, below = value.as_integer_ratio()
        found, rest = divmod(above * times, below * parts)
        if rest or not least <= found <= QUANTITY:
            raise Odd
        return found

    return steps
