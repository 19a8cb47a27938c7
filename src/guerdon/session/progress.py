"""How far a subject has come: what is missing to the next tier, what expires next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from guerdon.program import nodes
from guerdon.reference import counting, lots
from guerdon.reference.engine import Engine
from guerdon.reference.exact import ZERO
from guerdon.reference.state import Subject


@dataclass(frozen=True)
class Missing:
    """What lacks until a tier is reached: so much of `what`, in the program's words (None: that it holds)."""

    what: str
    quantity: Fraction | None


@dataclass(frozen=True)
class Rung:
    """Where a subject stands on a ladder, what it counts, and what lacks to the next tier.

    Shape: `ways`: each is one way to reach `next`, all of its parts needed; none where
    there is no next tier or only an invitation leads there. `until`: the first day on
    which the tier is looked at again.
    """

    ladder: str
    tier: str
    counted: Fraction | None
    next: str | None
    ways: tuple[tuple[Missing, ...], ...]
    until: date | None


@dataclass(frozen=True)
class Coming:
    """So much of a unit that will be gone, or spendable, from the start of a day (None: not known yet)."""

    unit: str
    quantity: Fraction
    day: date | None


@dataclass(frozen=True)
class Progress:
    """What a subject has, what is missing to the next tier and what expires next."""

    balances: Mapping[str, Fraction]
    rungs: tuple[Rung, ...]
    expiring: tuple[Coming, ...]
    pending: tuple[Coming, ...]


def progress(engine: Engine, member: str, on: date | None) -> Progress:
    """How far a member has come as of the start of a day (None: of their latest event), accounts included.

    Errors: KeyError where no state of the member is known.
    """
    program, world = engine.program, engine.world
    subject = world.subjects[member]
    owners = {owner.id: owner for owner in (subject, *(world.owner(subject, name) for name in program.accounts))}
    for each in owners.values():
        engine.pass_to(each, on or each.day)
    purses = {unit.name: world.owner(subject, unit.account) for unit in program.units.values() if unit.spendable}
    return Progress(
        {name: owner.purses[name].available for name, owner in purses.items()},
        tuple(_rung(engine, subject, ladder) for ladder in program.ladders.values()),
        tuple(_expiring(engine, purses)),
        tuple(_pending(purses)),
    )


def _pending(purses: Mapping[str, Subject]) -> Iterator[Coming]:
    """What is held, and until when."""
    for name, owner in purses.items():
        for lot in owner.purses[name].lots:
            if not lot.released:
                yield Coming(name, lot.left, lot.starts)


def _expiring(engine: Engine, purses: Mapping[str, Subject]) -> Iterator[Coming]:
    """What will be gone on which day, soonest first, one for each unit and day."""
    found: dict[tuple[date, str], Fraction] = {}
    for name, owner in purses.items():
        unit = engine.program.units[name]
        for lot in owner.purses[name].lots:
            day = lots.gone(engine.world, unit, owner, lot)
            if day is not None:
                found[day, name] = found.get((day, name), ZERO) + lot.left
    for (day, name), quantity in sorted(found.items()):
        yield Coming(name, quantity, day)


def _rung(engine: Engine, subject: Subject, ladder: nodes.Ladder) -> Rung:
    """Where a subject stands on a ladder."""
    owner = engine.world.owner(subject, ladder.account)
    scene, held = engine.world.scene(owner), owner.held[ladder.name]
    above = ladder.tiers[held.standing + 1] if held.standing + 1 < len(ladder.tiers) else None
    ways = tuple(
        tuple(Missing(what, quantity) for what, quantity in way)
        for way in (counting.lacking(ladder, above, scene) if above else ())
    )
    counted = counting.count(ladder, scene) if ladder.counts is not None else None
    return Rung(ladder.name, ladder.tiers[held.standing].name, counted, above.name if above else None, ways, held.ends)
