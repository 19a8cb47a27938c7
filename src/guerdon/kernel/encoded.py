"""Events as the columns that a kernel runs over: each member's after the other, in their order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from guerdon.history.event import Event, Facts
from guerdon.kernel.columns import REFUSED, Column, Columns
from guerdon.kernel.days import Years
from guerdon.program import nodes, types


class Odd(Exception):
    """A fact that no column holds: its member is left to the reference engine."""


@dataclass
class Block:
    """Events as columns, by name; `events` as they were, `members` by their number."""

    columns: dict[str, list[int]]
    events: list[Event] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    lines: dict[int, int] = field(default_factory=dict)  # how many there are of each list


class Encoder:
    """Makes columns of events; what a text's code is goes on from block to block."""

    def __init__(self, columns: Columns, years: Years, members: Mapping[str, Facts] | None = None) -> None:
        self.columns, self.years, self.members = columns, years, members or {}
        self.codes = dict(columns.codes)

    def block(self, events: Iterable[Event]) -> Block:
        """All events, each member's after the other."""
        by_member: dict[str, list[Event]] = {}
        for event in events:
            by_member.setdefault(event.member, []).append(event)
        block = Block({name: [] for name in ("who_is", "at_is", "kind_is", *self.columns.types)})
        for number, (member, mine) in enumerate(by_member.items()):
            block.members.append(member)
            for event in mine:
                self._row(block, number, event)
        for number in {*self.columns.lines.values()}:
            block.columns[f"l{number}_first"].append(block.lines.get(number, 0))
        return block

    def _row(self, block: Block, number: int, event: Event) -> None:
        block.events.append(event)
        try:
            row = self._facts(event) | self._of_member(event.member)
            lines = self._line_rows(event)
            kind = REFUSED if event.recorded != event.at else self._kind(event)
        except Odd:
            row, lines, kind = {}, {}, REFUSED
        row |= {"who_is": number, "at_is": event.at, "kind_is": kind, "id": self._code(event.id)}
        for each, values in block.columns.items():
            if each.startswith("l") and "_" in each:
                continue
            values.append(row.get(each, 0))
        for at in {*self.columns.lines.values()}:
            block.columns[f"l{at}_first"].append(block.lines.get(at, 0))
            block.lines[at] = block.lines.get(at, 0) + len(lines.get(at, ()))
            for line in lines.get(at, ()):
                for name, values in block.columns.items():
                    if name.startswith(f"l{at}_") and name != f"l{at}_first":
                        values.append(line.get(name, 0))

    def _kind(self, event: Event) -> int:
        from guerdon.check.builtin import NAMES

        return REFUSED if event.type in NAMES else self.columns.kinds[event.type]

    def _facts(self, event: Event) -> dict[str, int]:
        record, row = self.columns.program.events[event.type], dict[str, int]()
        for (kind, name), column in self.columns.facts.items():
            if kind == event.type:
                self._put(row, column, event.facts.get(name), record.facts[name].type, record.reverses is None)
        return row

    def _of_member(self, member: str) -> dict[str, int]:
        facts, row = self.members.get(member, {}), dict[str, int]()
        declared = self.columns.program.member.facts
        if any(not isinstance(fact.type, types.Optional) and facts.get(name) is None for name, fact in declared.items()):
            raise Odd
        for name, column in self.columns.member_facts.items():
            if name == "member":
                row[column.name] = self._code(member)
            else:
                self._put(row, column, facts.get(name), declared[name].type, False)
        return row

    def _line_rows(self, event: Event) -> dict[int, list[dict[str, int]]]:
        found: dict[int, list[dict[str, int]]] = {}
        for (kind, name), number in self.columns.lines.items():
            if kind != event.type:
                continue
            of = self.columns.program.events[kind].facts[name].type
            assert isinstance(of, types.Lines)
            record = self.columns.program.records[of.record]
            found[number] = [self._line(kind, name, line, record) for line in event.facts.get(name) or ()]
        return found

    def _line(self, kind: str, name: str, line: Facts, record: nodes.Record) -> dict[str, int]:
        row: dict[str, int] = {}
        for (event, lines, fact), column in self.columns.line_facts.items():
            if (event, lines) == (kind, name):
                self._put(row, column, line.get(fact), record.facts[fact].type, True)
        return row

    def _put(self, row: dict[str, int], column: Column, value: Any, of: types.Type, is_sale: bool) -> None:
        if column.is_there is not None:
            row[column.is_there] = int(value is not None)
        elif value is None:
            raise Odd
        if value is not None:
            number = self._number(value, of.of if isinstance(of, types.Optional) else of, column)
            if number < 0 and is_sale and isinstance(value, Fraction):
                raise Odd
            row[column.name] = number

    def _number(self, value: Any, of: types.Type, column: Column) -> int:
        match of:
            case types.Quantity() | types.Number():
                steps = Fraction(value) / column.step
                if steps.denominator != 1 or abs(steps) > 2**53:
                    raise Odd
                return steps.numerator
            case types.Date():
                return self.years.number(value)
            case types.YesNo() | types.Days() | types.Months() | types.Instant():
                return int(value)
            case _:
                return self._code(str(value))

    def _code(self, text: str) -> int:
        return self.codes.setdefault(text, len(self.codes))
