"""Laws put to the test: histories by chance, until one breaks the law."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from guerdon.program import nodes
from guerdon.study.laws.claims import Always, Breach, More, NeverLess
from guerdon.study.laws.history import History
from guerdon.study.laws.pool import Pool, of_type
from guerdon.study.laws.shrink import shrunk
from guerdon.study.laws.teller import Teller, chance

HISTORIES = 100
"""How many are tried, where nobody says."""

TRIES_OF_MORE = 4
"""How often one history is tried with more of a fact."""

Counted = Callable[[Iterable[int]], Iterable[int]]
"""Sees the numbers of the histories go by."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The shortest history that breaks a law, and where: of a condition the breach, of `never less` what is more."""

    history: History
    at: Breach | More


@dataclass(frozen=True, slots=True)
class Attack:
    """What came of a law: how many histories were tried, whether any put it to the test, and which broke it."""

    law: nodes.Law
    program: nodes.Program  # which measures what the law reads
    histories: int
    seed: int
    tested: bool
    broken: Broken | None


def attack(
    program: nodes.Program, histories: int = HISTORIES, seed: int = 0, counted: Counted = lambda numbers: numbers
) -> tuple[Attack, ...]:
    """What comes of each law of a program, in text order; the same for the same seed."""
    return tuple(_attacked(law, program.claiming(law), histories, seed, counted) for law in program.laws)


def _attacked(law: nodes.Law, program: nodes.Program, histories: int, seed: int, counted: Counted) -> Attack:
    pool = Pool(program, law)
    claim = Always(law, program) if law.always is not None else NeverLess(law, program)
    broken, tried = None, 0
    for number in counted(range(histories)):
        tried = number + 1
        teller = Teller(chance(seed, number), program, pool)
        told = teller.history()
        broken = _always(claim, told) if isinstance(claim, Always) else _never_less(claim, told, teller)
        if broken is not None:
            break
    return Attack(law, program, tried, seed, claim.tested, broken)


# ---------------------------------------------------------------- a condition


def _always(claim: Always, told: History) -> Broken | None:
    found = claim.breach(told)
    if found is None:
        return None
    told = replace(told, told=told.told[: found.place + 1])
    told = shrunk(told, lambda each: claim.breach(each) is not None, claim.program)
    found = claim.breach(told)
    assert found is not None, "what is shorter breaks the law too"
    return Broken(replace(told, told=told.told[: found.place + 1]), found)


# ---------------------------------------------------------------- more never gives less


def _never_less(claim: NeverLess, told: History, teller: Teller) -> Broken | None:
    """A history that gives less with more of a fact."""
    places = list(claim.places(told))
    for _ in range(TRIES_OF_MORE if places else 0):
        event, line, value = teller.pick(places)
        more = More(event.number, line, _more(claim, value, teller))
        if claim.loss(told, more) is not None:
            told = shrunk(told, lambda each, more=more: claim.loss(each, more) is not None, claim.program)  # type: ignore[misc]
            return Broken(told, _closest(claim, told, more))
    return None


def _more(claim: NeverLess, value: Fraction, teller: Teller) -> Fraction:
    """A larger value: a figure of the program, or a little more."""
    pool = teller.pool
    above = [each for each in (*pool.around(of_type(claim.kind), claim.step), *pool.others(claim.step)) if each > value]
    return (
        value + claim.step * teller.pick((1, 1, 100, 10_000)) if not above or teller.one_in(4) else teller.pick(above)
    )


def _closest(claim: NeverLess, told: History, more: More) -> More:
    """The least that is more and gives less, as far as halving the difference finds it."""
    least = next(value for event, line, value in claim.places(told) if (event.number, line) == (more.number, more.line))
    low, high = Fraction(0), (more.much - least) / claim.step
    while high - low > 1:
        middle = (low + high) // 2
        nearer = replace(more, much=least + middle * claim.step)
        if claim.loss(told, nearer) is not None:
            more, high = nearer, Fraction(middle)
        else:
            low = Fraction(middle)
    return more
