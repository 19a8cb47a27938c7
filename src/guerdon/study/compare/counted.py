"""What gains and losses are counted in: each unit that is given, and the cost of all that have a worth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from guerdon.study.compare.database import Database
from guerdon.study.report.report import Column, Kind


@dataclass(frozen=True)
class Counted:
    """A unit, or (None) the cost of all units, of members in the table `costs`."""

    unit: str | None
    currency: str

    @property
    def title(self) -> str:
        return self.unit if self.unit is not None else f"cost in {self.currency}"

    @property
    def name(self) -> str:
        """What it is called in files."""
        return self.unit if self.unit is not None else "cost"

    @property
    def total(self) -> str:
        """What of `costs` adds up, in SQL."""
        return "cost" if self.unit is None else "steps"

    @property
    def rows(self) -> str:
        """Which rows of `costs`, in SQL; with the parameter `unit`, where there is one."""
        return "true" if self.unit is None else "unit = $unit"

    @property
    def given(self) -> dict[str, object]:
        return {} if self.unit is None else {"unit": self.unit}

    def value(self, db: Database, steps: int | None) -> Fraction:
        return db.money(steps) if self.unit is None else db.quantity(steps)

    @property
    def of_row(self) -> Column:
        """What figures of it are of, in a table that holds several such."""
        return self.column("", "")

    def column(self, name: str, title: str, signed: bool = False) -> Column:
        if self.unit is None:
            return Column(name, title, Kind.MONEY, self.currency, signed)
        return Column(name, title, Kind.QUANTITY, "", signed)


def counted(db: Database) -> list[Counted]:
    """Every unit that a rule of either version gives, the newer one's first; the cost, where a unit has a worth."""
    sides = db.new, db.old
    names = either(
        *([rule.unit for rule in side.program.rules.values() if not (rule.takes or rule.only_says)] for side in sides)
    )
    found = [Counted(unit, db.new.program.frame.currency) for unit in names]
    return [*found, cost(db)] if any(side.worth(unit) is not None for side in sides for unit in names) else found


def cost(db: Database) -> Counted:
    return Counted(None, db.new.program.frame.currency)


def either(new: Iterable[str], old: Iterable[str]) -> list[str]:
    """What is in one or both: in the order of the new version, then what is gone."""
    return [*dict.fromkeys([*new, *old])]
