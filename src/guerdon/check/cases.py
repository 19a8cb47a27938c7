"""Tests in a program: what is given, what happens, what is expected."""

from __future__ import annotations

from guerdon.check import control, expected
from guerdon.check.amounts import amount
from guerdon.check.happenings import SOMEBODY, happening, setting
from guerdon.check.mending import sample
from guerdon.check.names import Names
from guerdon.check.wording import show
from guerdon.program import nodes, types
from guerdon.syntax import tree


def case(declaration: tree.Declaration, names: Names) -> nodes.Case | None:
    """The test; None where something in it was reported."""
    assert isinstance(declaration.name, tree.String)
    _in_order(declaration, names)
    given: list[nodes.Opening | None] = []
    steps: list[nodes.Happening | nodes.Expectation | None] = []
    for clause in declaration.clauses:
        match clause:
            case tree.Given():
                given.append(_opening(clause, names))
            case tree.Happens():
                steps.append(happening(clause, names))
            case (
                tree.ExpectAward()
                | tree.ExpectBalance()
                | tree.ExpectTier()
                | tree.ExpectValue()
                | tree.ExpectNeeds()
                | tree.ExpectRefused()
            ):
                steps.append(expected.expectation(clause, names))
    if not any(isinstance(step, nodes.Expectation) for step in steps) and None not in steps:
        names.report(
            "G335",
            "a test expects something",
            declaration.name.span,
            "nothing is expected",
            help=(f"write `expect`, like `expect 12 {next(iter(names.units), 'star')}`",),
        )
        return None
    _members_known(declaration, given, names)
    if None in given or None in steps:
        return None
    return nodes.Case(
        declaration.name.text, tuple(filter(None, given)), tuple(filter(None, steps)), span=declaration.name.span
    )


def _members_known(declaration: tree.Declaration, given: list[nodes.Opening | None], names: Names) -> None:
    """Reports a member who does something and of whom the test does not give a needed fact."""
    needed = [fact for fact in names.member.facts.values() if not isinstance(fact.type, types.Optional)]
    told = {(opening.member, opening.fact) for opening in given if opening}
    for clause in declaration.clauses:
        if not isinstance(clause, tree.Happens):
            continue
        for fact in needed:
            member = _member(clause.member)
            if (member, fact.name) not in told:
                told.add((member, fact.name))
                whose = f"{clause.member.text}: " if clause.member else ""
                names.report(
                    "G336",
                    f"a member needs `{fact.name}`, {show(fact.type)}",
                    clause.span,
                    f"`{fact.name}` is not given",
                    related=((fact.span, "declared here"),),
                    help=(f"add `given {whose}{fact.name} {sample(fact.type)}`",),
                )


def _in_order(declaration: tree.Declaration, names: Names) -> None:
    """Reports an event or expectation of a time before the one above it: time goes on in a test."""
    latest: tuple[str, str] | None = None
    above: tree.Date | None = None
    for clause in declaration.clauses:
        match clause:
            case tree.Happens(date=on, time=clock):
                moment = (on.text, clock.text if clock else "12:00")
            case (
                tree.ExpectAward(on=tree.Date() as on)
                | tree.ExpectBalance(on=tree.Date() as on)
                | tree.ExpectTier(on=tree.Date() as on)
                | tree.ExpectValue(on=tree.Date() as on)
                | tree.ExpectNeeds(on=tree.Date() as on)
            ):
                moment = (on.text, "23:59")
            case _:
                continue
        if (
            latest is not None
            and above is not None
            and (moment < latest if isinstance(clause, tree.Happens) else on.text < latest[0])
        ):
            names.report(
                "G345",
                "time goes on in a test: this lies before what stands above it",
                on.span,
                "earlier",
                related=((above.span, "later"),),
                help=("put the lines of a test in the order of their dates",),
            )
            return
        latest, above = moment, on


def _member(name: tree.Name | None) -> str:
    return name.text if name else SOMEBODY


def _opening(written: tree.Given, names: Names) -> nodes.Opening | None:
    member = _member(written.member)
    if isinstance(written.what, tree.Quantity):
        much = amount(written.what, names)
        return nodes.Opening(member, unit=much[0], quantity=much[1], span=written.span) if much else None
    name, value = written.what.name, written.what.value
    if name.text in names.steps:
        tier = expected.tier(name, value, names)
        return nodes.Opening(member, ladder=name.text, tier=tier, span=written.span) if tier else None
    if control.is_given(written.what, names):
        group = control.given(written.what, names)
        return nodes.Opening(member, control=group, span=written.span) if group is not None else None
    if name.text not in names.member.facts:
        known = [*names.steps, *names.member.facts]
        names.unknown("G106", f"a member has no tier or fact `{name.text}`", name.span, known)
        return None
    found = setting(written.what, names.member.facts[name.text].type, names)
    return found and nodes.Opening(member, fact=name.text, value=found[0], span=written.span)
