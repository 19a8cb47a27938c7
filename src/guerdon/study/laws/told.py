"""What came of laws, as people read it and as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from guerdon.check.happenings import SOMEBODY
from guerdon.program import nodes, types
from guerdon.program.nodes import Expectation, Expected
from guerdon.program.walk import walk
from guerdon.study import words
from guerdon.study.found import Found
from guerdon.study.laws import history
from guerdon.study.laws.attack import Attack, Broken
from guerdon.study.laws.claims import Breach, More, NeverLess
from guerdon.study.trial import Trial
from guerdon.text import diagnostic
from guerdon.text.diagnostic import Diagnostic


@dataclass(frozen=True, slots=True)
class Shown:
    """A history that breaks a law, as a test that passes as long as the rules are what they are.

    Shape: `event` from 1; `at` in words; `values`: what stands in the claim, and what it came to.
    """

    test: str
    event: int
    at: str
    values: tuple[tuple[str, str], ...]


def shown(of: Attack) -> Shown | None:
    """The history that breaks a law; None where there is none."""
    if of.broken is None:
        return None
    if isinstance(of.broken.at, Breach):
        return _of_condition(of, of.broken, of.broken.at)
    return _of_more(of, of.broken, of.broken.at)


def _of_condition(of: Attack, broken: Broken, at: Breach) -> Shown:
    assert of.law.always is not None
    case = broken.history.case(of.law.name)
    several = len(broken.history.acting) > 1 or broken.history.acting != [at.member]
    who = at.member if several or at.member != SOMEBODY else None
    wanted = dict.fromkeys(_expectation(each, who, of.program) for each in walk(of.law.always))
    expected = list(_written(filter(None, wanted), case, of.program))
    expected = expected or list(_written(_given_of_any(of.program), case, of.program))
    step = case.steps[at.place]
    assert isinstance(step, nodes.Happening)
    moment = f"`{at.trigger}` on {at.day}" if at.trigger else f"the {step.event} on {step.date}"
    return Shown(
        history.text(case, of.program, expected),
        at.place + 1,
        f"{moment}, for {at.member}" if several else moment,
        at.values,
    )


def _of_more(of: Attack, broken: Broken, more: More) -> Shown:
    claim = NeverLess(of.law, of.program)
    other, loss = claim.raised(broken.history, more), claim.loss(broken.history, more)
    assert other is not None and loss is not None
    told, _, less = next(
        each for each in claim.places(broken.history) if (each[0].number, each[1]) == (more.number, more.line)
    )
    ways = [f"{claim.fact} {history.written(value, claim.kind, of.program)}" for value in (less, more.much)]
    gives = [words.quantity(each, claim.unit) for each in loss]
    place, case = broken.history.place(more.number), other.case(of.law.name)
    assert place is not None
    expected = list(_written([_awarded(claim.unit, None)], case, of.program))
    note = f"{gives[1]} in all; with {ways[0]} it is {gives[0]}"
    return Shown(
        history.text(case, of.program, expected, {place: note}),
        place + 1,
        f"the {told.event} on {told.day}",
        tuple((f"with {way}", give) for way, give in zip(ways, gives, strict=True)),
    )


# ---------------------------------------------------------------- what a test may expect of it


def _awarded(unit: str, who: str | None, rule: str | None = None) -> Expectation:
    return Expectation(Expected.AWARD, who, unit=unit, quantity=Fraction(0), rule=rule)


def _given_of_any(program: nodes.Program) -> list[Expectation]:
    return [_awarded(unit, None) for unit in program.units]


def _expectation(of: nodes.Node, who: str | None, program: nodes.Program) -> Expectation | None:
    """What a test may expect of what a claim reads; None where no test can."""
    match of:
        case nodes.Earned(unit, rule, _, _, False):
            return _awarded(unit, who, rule)
        case nodes.Available(unit):
            return Expectation(Expected.BALANCE, who, unit=unit, quantity=Fraction(0))
        case nodes.Standing(ladder):
            return Expectation(Expected.TIER, who, ladder=ladder)
        case nodes.Defined(measure):
            kind = program.measures[measure].type
            kind = kind.of if isinstance(kind, types.Optional) else kind
            known = isinstance(kind, types.Quantity | types.Number | types.Days)
            return Expectation(Expected.MEASURE, who, measure=measure) if known else None
    return None


def _written(wanted: Iterable[Expectation], case: nodes.Case, program: nodes.Program) -> Iterator[str]:
    """Expectations with what there is in the end; those are left out whose value no test can write."""
    trial = Trial(case, program)
    for step in case.steps:
        assert isinstance(step, nodes.Happening)
        trial.happen(step)
    for each in wanted:
        found = Found(trial.engine, trial.last).text(each).replace(",", "")
        if "/" in found or found.endswith("nothing"):
            continue
        balance = "balance " if each.kind is Expected.BALANCE else ""
        source = f' from "{each.rule}"' if each.rule is not None else ""
        yield f"{balance}{found}{source}{f' for {each.member}' if each.member is not None else ''}"


# ---------------------------------------------------------------- on the terminal


def render(of: Attack) -> str:
    """That a law does not hold, with the test that shows it, or that nothing put it to the test; else empty."""
    found = shown(of)
    if found is not None:
        message = f'law "{of.law.name}" does not hold: look at {found.at}'
        label = "; ".join(f"{name}: {value}" for name, value in found.values)
        help = (
            f"found in history {of.histories} with --seed {of.seed}, and made shorter; as a test, with what comes of it now:",
        )
        return (
            diagnostic.render(Diagnostic("G740", message, of.law.span, label, help=help)) + "\n\n" + found.test.rstrip()
        )
    if of.tested:
        return ""
    message = f'law "{of.law.name}" was never put to the test in {of.histories} {"history" if of.histories == 1 else "histories"}'
    return diagnostic.render(
        Diagnostic(
            "G741",
            message,
            of.law.span,
            "always nothing",
            help=("see whether the rules that it is about can give anything, or try more with `--histories`",),
        )
    )


def summary(of: Iterable[Attack]) -> str:
    """How many laws no history broke, and how many one did: that none was found does not prove a law."""
    every = list(of)
    broken = sum(each.broken is not None for each in every)
    untested = sum(each.broken is None and not each.tested for each in every)
    more = f", {untested} never put to the test" if untested else ""
    return f"{broken} of {words.count(len(every), 'law')} broken{more}"


def as_json(of: Attack) -> dict[str, object]:
    """What came of a law as plain values."""
    found = shown(of)
    told: dict[str, object] = {
        "law": of.law.name,
        "passed": found is None,
        "tested": of.tested,
        "histories": of.histories,
        "seed": of.seed,
    }
    if found is not None:
        values = [{"of": name, "is": value} for name, value in found.values]
        told["breach"] = {
            "place": str(of.law.span),
            "test": found.test,
            "event": found.event,
            "at": found.at,
            "values": values,
        }
    return told
