"""What an event costs: its amounts of money, and what else is counted or measured there (litres, nights, items)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import z3

from guerdon.program import nodes, types
from guerdon.study.prove.scene import Scene
from guerdon.study.prove.values import ZERO, Value, plainly, total


@dataclass(frozen=True, slots=True)
class Bought:
    """An amount or a number that an event names, or its lines: in words, and by line. `key`: its variable; None: it is of lines."""

    words: str
    values: tuple[Any, ...]
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """What is bought at an event: `money`, which is one unit or the largest of what is bought, amounts of money, and numbers of all else."""

    money: Any
    amounts: tuple[Bought, ...]
    numbers: tuple[Bought, ...]

    def bounds(self, numbers: Iterable[Bought] | None = None) -> list[Any]:
        """That no amount is larger than what is spent, nor any of some numbers, or of all; the others are not below zero."""
        kept = self.numbers if numbers is None else tuple(numbers)
        free = [each for each in self.numbers if each not in kept]
        largest = z3.Or(self.money == 1, *(self.money == total(each.values) for each in (*self.amounts, *kept)))
        found = [self.money >= 1, *_not_below(self.amounts), *_not_below(kept), *_not_below(free), largest]
        return [*found, *(total(each.values) <= self.money for each in (*self.amounts, *kept))]

    @property
    def of_money(self) -> list[Any]:
        """The same of money alone, which may be more than the amounts."""
        return [
            self.money >= 1,
            *_not_below(self.amounts),
            *(total(each.values) <= self.money for each in self.amounts),
        ]

    @property
    def is_paid(self) -> Any:
        """That so much is spent indeed."""
        return z3.Or([total(each.values) == self.money for each in self.amounts])


def _not_below(of: Iterable[Bought]) -> Iterator[Any]:
    for each in of:
        yield from (value >= 0 for value in each.values)


def spent(scene: Scene) -> Spent | None:
    """What an event costs; None where it names no money. What may be missing costs nothing then."""
    program = scene.program
    amounts: list[Bought] = []
    numbers: list[Bought] = []
    for name, fact in scene.record.items():
        if fact.value is None and name in scene.facts and _is_bought(fact.type):
            found = Bought(name, (_there(scene.facts[name]),), f"event/{scene.event}/{name}")
            (amounts if _is_money(fact.type, program) else numbers).append(found)
    for list_name, lines in scene.lines.items():
        for fact in program.records[lines[0].record].facts.values():
            if fact.value is None and _is_bought(fact.type):
                values = tuple(z3.If(line.there, _there(line.facts[fact.name]), ZERO) for line in lines)
                found = Bought(f"{list_name}.{fact.name}", values)
                (amounts if _is_money(fact.type, program) else numbers).append(found)
    return Spent(z3.Real("spent"), tuple(amounts), tuple(numbers)) if amounts else None


def _there(value: Value) -> Any:
    """What there is; of what is missing, nothing."""
    return z3.If(value.missing, ZERO, value.term)


def _is_money(of: types.Type, program: nodes.Program) -> bool:
    of = plainly(of)
    return isinstance(of, types.Quantity) and of.unit == program.frame.currency


def _is_bought(of: types.Type) -> bool:
    """Amounts, and numbers of things; a percentage is none."""
    of = plainly(of)
    return isinstance(of, types.Quantity) or (isinstance(of, types.Number) and not of.percent)
