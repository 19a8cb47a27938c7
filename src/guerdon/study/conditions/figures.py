"""What a condition can be about: figures of a version's run, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from guerdon.program import nodes
from guerdon.reference.exact import ZERO
from guerdon.study import words
from guerdon.study.compare.sides import Side
from guerdon.study.conditions.condition import Condition, Malformed
from guerdon.study.figures import Given
from guerdon.study.report.report import Column, Kind, Table
from guerdon.text.diagnostic import nearest

WINNERS, LOSERS = "winners", "losers"
MONEY = ("cost", "owed", "expired")
COUNTS = (WINNERS, LOSERS)
WHOLES = ("sales", "members")
FIGURES = (*MONEY, *COUNTS, *WHOLES)
"""The figures of every program, beside its units, tiers and rules."""


@dataclass(frozen=True)
class Figure:
    """A figure: what it is called and counted in, what it is of a run, and what `%` of it is of where nothing is said.

    Shape: `of` is None of members who gain or lose, which one run alone does not tell; `whole` is None where `%` is of what the figure is in
    the version that this one is compared with.
    """

    column: Column
    of: Callable[[Side], Fraction] | None
    whole: Callable[[Side], Fraction] | None = None

    @property
    def name(self) -> str:
        return self.column.title

    def written(self, amount: Fraction, signed: bool = False) -> str:
        """So much of it, for people."""
        sign = "+" if signed and amount > 0 else ""
        match self.column.kind:
            case Kind.MONEY:
                return f"{sign}{words.money(amount, self.column.unit)}"
            case Kind.QUANTITY:
                return f"{sign}{words.quantity(amount, self.column.unit)}"
        return f"{sign}{int(amount):,}"


def asked(of: Condition, program: nodes.Program) -> tuple[Figure, Figure | None]:
    """The figure that a condition is about, and the whole that it is a share of, where one is named. Errors: Malformed."""
    found = figure(of.figure, program)
    unit = found.column.unit
    if of.unit not in ("", "%", unit):
        counted = f"is in {unit}" if unit else "counts members, so many or so many percent"
        raise Malformed(f"`{of.text}`: {found.name} {counted}, not in {of.unit}")
    whole = figure(of.whole, program) if of.whole else None
    if whole is not None and (whole.column.kind, whole.column.unit) != (found.column.kind, unit):
        kinds = [each.column.unit or "members" for each in (found, whole)]
        raise Malformed(
            f"`{of.text}`: {found.name} is in {kinds[0]} and {whole.name} in {kinds[1]}: neither is a share of the other"
        )
    return found, whole


def figure(name: str, program: nodes.Program) -> Figure:
    """The figure of a name. Errors: Malformed, with the names that there are."""
    found = list(_called(name, program))
    if len(found) == 1:
        return found[0]
    if found:
        ladders = [each.name for each in program.ladders.values() if any(tier.name == name for tier in each.tiers)]
        raise Malformed(f"`{name}` is a tier of {' and of '.join(ladders)}", f"write `{ladders[0]} {name}`")
    names = list(dict.fromkeys([*FIGURES, *program.units, *_tiers(program)]))
    rules = [f'"{each.name}"' for each in program.rules.values()]
    near = nearest(name, [*names, *rules])
    listed = f"there are {', '.join(names)}" + (f", and rules by their names, like {rules[0]}" if rules else "")
    raise Malformed(f"`{name}` is no figure", (f"did you mean `{near}`? " if near else "") + listed)


def _tiers(program: nodes.Program) -> Iterator[str]:
    return (tier.name for ladder in program.ladders.values() for tier in ladder.tiers)


def _called(name: str, program: nodes.Program) -> Iterator[Figure]:
    currency = program.frame.currency
    if name in FIGURES:
        yield _of_all(name, currency)
    elif name in program.units:
        of = partial(_of_unit, name)
        yield Figure(Column(name, name, Kind.QUANTITY, name), of)
    elif name.startswith('"'):
        rule = program.rules.get(name.strip('"'))
        if rule is not None and not rule.only_says:
            yield Figure(Column("rule", name, Kind.QUANTITY, rule.unit), partial(_of_rule, rule))
    else:
        for ladder in program.ladders.values():
            for tier in ladder.tiers:
                if name in (tier.name, f"{ladder.name} {tier.name}"):
                    column = Column("members", name, Kind.COUNT)
                    yield Figure(
                        column, partial(_standing, ladder.name, tier.name), partial(_standing, ladder.name, None)
                    )


def _of_all(name: str, currency: str) -> Figure:
    match name:
        case "cost":
            return Figure(Column(name, name, Kind.MONEY, currency), lambda side: side.cost)
        case "owed":
            return Figure(Column(name, name, Kind.MONEY, currency), lambda side: side.liability)
        case "expired":
            return Figure(Column(name, name, Kind.MONEY, currency), lambda side: side.expired)
        case "sales":
            return Figure(Column(name, name, Kind.MONEY, currency), lambda side: side.figures.sales)
        case "members":
            return Figure(Column(name, name, Kind.COUNT), _members)
    return Figure(Column(name, name, Kind.COUNT), None, _members)


def _members(side: Side) -> Fraction:
    return Fraction(side.figures.members)


def _of_unit(unit: str, side: Side) -> Fraction:
    return side.units.get(unit, ZERO)


def _of_rule(rule: nodes.Rule, side: Side) -> Fraction:
    """What a rule gave, less what was taken back; of a rule that takes, what it took."""
    if rule.takes:
        taken = side.figures.taken.get(rule.name)
        return taken.quantity if taken is not None else ZERO
    given = side.figures.given.get(rule.name, Given())
    return given.quantity - given.taken_back


def _standing(ladder: str, tier: str | None, side: Side) -> Fraction:
    """How many hold a tier at the end; None: any of the ladder."""
    held = side.figures.tiers.items()
    return Fraction(sum(many for (of, each), many in held if of == ladder and tier in (None, each)))


def gaining(people: Table, figure: Figure) -> Fraction:
    """How many gain, or lose, as the last row of the table of people counts them."""
    column = people.column("gain" if figure.name == WINNERS else "lose")
    last = column[-1] if column else 0
    assert isinstance(last, int)
    return Fraction(last)
