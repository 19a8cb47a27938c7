"""One version of a program, and what it made of the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from guerdon.program import nodes
from guerdon.program.printed import fingerprint
from guerdon.reference.exact import ZERO, summed
from guerdon.reference.posted import Posted
from guerdon.study.figures import Figures, figures
from guerdon.study.flows import Flow, flow

if TYPE_CHECKING:
    from guerdon.study.parts import Run


OLD, NEW = 0, 1
"""The numbers of the versions."""


@dataclass(frozen=True, eq=False)
class Side:
    """A version and its run; what was awarded is net of what was taken back."""

    run: Run

    @property
    def program(self) -> nodes.Program:
        return self.run.program

    @cached_property
    def fingerprint(self) -> str:
        return fingerprint(self.program)

    @cached_property
    def figures(self) -> Figures:
        return figures(self.run) if isinstance(self.run, Posted) else self.run.figures()

    @cached_property
    def units(self) -> Mapping[str, Fraction]:
        """What was awarded of each unit."""
        found: dict[str, Fraction] = {}
        for rule, given in self.figures.given.items():
            unit = self.program.rules[rule].unit
            found[unit] = found.get(unit, ZERO) + given.quantity - given.taken_back
        return found

    @cached_property
    def flows(self) -> Mapping[str, Flow]:
        """What became of each unit of which something was posted."""
        return {unit: flow(moved) for unit, moved in self.figures.moved.items()}

    def worth(self, unit: str) -> Fraction | None:
        return self.program.units[unit].worth if unit in self.program.units else None

    @property
    def cost(self) -> Fraction:
        """What was awarded, at its worth."""
        return self._worth_of(self.units)

    @property
    def liability(self) -> Fraction:
        """What members have at the end, held or not, less what they owe, at its worth."""
        return self._worth_of({unit: each.balance + each.held for unit, each in self.flows.items()})

    @property
    def expired(self) -> Fraction:
        """What expired unused, at its worth: breakage."""
        return self._worth_of({unit: each.expired for unit, each in self.flows.items()})

    def _worth_of(self, quantities: Mapping[str, Fraction]) -> Fraction:
        return summed(much * (self.worth(unit) or ZERO) for unit, much in quantities.items())

    @property
    def of_sales(self) -> Fraction | None:
        """The cost as a share of the sales; None where nothing was sold."""
        return self.cost / self.figures.sales if self.figures.sales else None

    @property
    def unpriced(self) -> list[str]:
        """The units that were awarded and have no worth."""
        return [unit for unit in self.units if self.worth(unit) is None]
