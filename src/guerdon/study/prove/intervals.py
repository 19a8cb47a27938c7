"""What conditions on one thing at a time decide, without a solver: rules that contradict themselves."""

from __future__ import annotations

from collections.abc import Iterator

from guerdon.check.apart import apart, claims, exclude
from guerdon.program import nodes
from guerdon.study.prove.ranges import Known, placed
from guerdon.study.prove.report import Finding
from guerdon.text.diagnostic import Diagnostic


def contradictions(program: nodes.Program) -> Iterator[Finding]:
    """Rules whose conditions exclude each other, each looked at by itself; no days in common are one too."""
    known = Known(program)
    for rule in program.rules.values():
        if _no_days(rule) or _contradicts(rule, known):
            yield never(rule, rule.when or rule.during[0])


def _contradicts(rule: nodes.Rule, known: Known) -> bool:
    own = [claim for when in rule.when for claim in claims(placed(when, known.program), True, known)]
    return exclude(own, own)


def _no_days(rule: nodes.Rule) -> bool:
    """Whether two `during` of a rule never meet."""
    alone = [rule.but(when=(), during=(each,)) for each in rule.during]
    nowhere = Known(None)  # type: ignore[arg-type]
    return any(apart(one.but(on=("",)), other.but(on=("",), name=""), nowhere) for one in alone for other in alone)


def never(rule: nodes.Rule, why: tuple[nodes.Node, ...] | tuple[nodes.Stretch, ...]) -> Finding:
    """A rule whose conditions can't hold together: those that are in each other's way."""
    places = [each.span for each in why]
    label = "this never holds" if len(places) == 1 else "these never hold together"
    return Finding(
        Diagnostic(
            "G940",
            f'"{rule.name}" never gives anything',
            places[0],
            label,
            related=tuple((place, "with this") for place in places[1:]),
            help=("mend one of them, or take the rule out",),
        )
    )
