"""An event as the row that a kernel reads, in as few steps as there are facts."""

from __future__ import annotations

from collections.abc import Mapping, MutableSequence
from typing import Any

from guerdon.history.event import Event, Facts
from guerdon.kernel.columns import Columns
from guerdon.kernel.days import Years
from guerdon.kernel.rows.encoded import Convert, Encoder, Fact, Odd
from guerdon.kernel.stepped.texts import Texts

Arrays = Mapping[str, MutableSequence[int]]

Into = tuple[str, Convert, MutableSequence[int], MutableSequence[int] | None]
"""A fact, what makes an integer of it, where that goes, and where it is said whether there is one."""


class Coder(Encoder):
    """Puts events into the first place of columns; texts that the program does not name have codes of the member's own.

    Shape: `texts` are the member's; those that an event brings are put behind them.
    """

    def __init__(self, columns: Columns, years: Years, members: Mapping[str, Facts], views: Arrays) -> None:
        super().__init__(columns, years, members)
        self.texts = Texts()
        self.known = len(self.codes)
        self._views = views
        self._into = {event: [_into(fact, views) for fact in facts] for event, facts in self._facts.items()}
        self._kinds = {event: columns.kinds[event] for event in self._facts}
        self._at, self._kind = views["at_is"], views["kind_is"]

    def code(self, text: object) -> int:
        code = self.codes.get(text)  # type: ignore[call-overload]
        if code is not None:
            return int(code)
        return self.known + self.texts.number(str(text))

    def put(self, event: Event, is_new: bool) -> None:
        """Puts an event, and of a new member what is known of them, into the columns. Errors: Odd for what no column holds."""
        views, facts = self._views, event.facts
        for fact, convert, into, is_there in self._into[event.type]:
            value = facts.get(fact)
            if is_there is not None:
                is_there[0] = value is not None
            elif value is None:
                raise Odd
            if value is not None:
                into[0] = convert(value)
        for name, number, of_line in self._lines[event.type]:
            self._put_lines(number, facts.get(name) or (), of_line)
        if is_new:
            for name, integer in self.of_member(event.member).items():
                views[name][0] = integer
        self._at[0] = event.at
        self._kind[0] = self._kinds[event.type]

    def _put_lines(self, number: int, lines: Any, facts: Any) -> None:
        rows = [dict[str, int]() for _ in lines]
        for line, row in zip(lines, rows, strict=True):
            for fact in facts:
                fact.put(row, line.get(fact.name))
        self._views[f"l{number}_first"][1] = len(rows)
        for name in self._of_lists[number]:
            self._views[name][: len(rows)] = [row.get(name, 0) for row in rows]


def _into(fact: Fact, views: Arrays) -> Into:
    is_there = fact.column.is_there
    return fact.name, fact.convert, views[fact.column.name], views[is_there] if is_there is not None else None
