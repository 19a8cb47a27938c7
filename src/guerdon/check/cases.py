"""Tests in a program: what is given, what happens, what is expected."""

from __future__ import annotations

from fractions import Fraction

from guerdon.check import moments
from guerdon.check.arithmetic import present
from guerdon.check.expressions import quantity, typed
from guerdon.check.facts import fits, misfit
from guerdon.check.limits import finer, not_awarded
from guerdon.check.mending import sample
from guerdon.check.names import Names
from guerdon.check.scene import CONSTANT
from guerdon.check.wording import quoted, show
from guerdon.program import nodes, types
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit

SOMEBODY = "member"
"""The member of a test that names none."""


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
                steps.append(_happening(clause, names))
            case tree.ExpectAward() | tree.ExpectBalance() | tree.ExpectTier():
                steps.append(_expectation(clause, names))
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
            case tree.ExpectBalance(on=tree.Date() as on) | tree.ExpectTier(on=tree.Date() as on):
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
        amount = _amount(written.what, names)
        return nodes.Opening(member, unit=amount[0], quantity=amount[1], span=written.span) if amount else None
    name, value = written.what.name, written.what.value
    if name.text in names.steps:
        tier = _tier(name, value, names)
        return nodes.Opening(member, ladder=name.text, tier=tier, span=written.span) if tier else None
    if name.text not in names.member.facts:
        known = [*names.steps, *names.member.facts]
        names.unknown("G106", f"a member has no tier or fact `{name.text}`", name.span, known)
        return None
    found = setting(written.what, names.member.facts[name.text].type, names)
    return found and nodes.Opening(member, fact=name.text, value=found[0], span=written.span)


def _tier(ladder: tree.Name, value: object, names: Names) -> str | None:
    tiers = [step.name for step in names.steps[ladder.text]]
    if isinstance(value, tree.Name) and value.text in tiers:
        return value.text
    assert isinstance(value, tree.Node)
    if isinstance(value, tree.String):
        typed(value, CONSTANT, names, types.Tier(ladder.text))
    else:
        names.unknown(
            "G107", f"`{value.span.text}` is not a tier of `{ladder.text}`", value.span, tiers, "no such tier"
        )
    return None


def _amount(written: tree.Quantity, names: Names) -> tuple[str, Fraction] | None:
    """A quantity of an awarded unit, on its grid."""
    found = quantity(written, names)
    if found is None:
        return None
    if not isinstance(found.type, types.Quantity) or found.type.unit not in names.units:
        not_awarded(found, written.span, names)
        return None
    assert isinstance(found.value, Fraction)
    if not types.on_grid(found.type.step, names.units[found.type.unit].step):
        finer(written.span, names.units[found.type.unit], names)
        return None
    return found.type.unit, found.value


def _happening(written: tree.Happens, names: Names) -> nodes.Happening | None:
    event = names.events.get(written.event.text)
    if event is None:
        names.unknown("G115", f"no event is called `{written.event.text}`", written.event.span, names.events)
        return None
    facts = _facts(written.settings or (), event, written.event, names)
    if facts is None:
        return None
    before = len(names.found)
    at = moments.clock(written.time, names) if written.time else None
    day = moments.day(written.date, names)
    if len(names.found) > before:
        return None
    return nodes.Happening(event.name, _member(written.member), day, at, facts, span=written.span)


def _facts(
    settings: tuple[tree.Setting, ...], record: nodes.Record, at: tree.Node, names: Names
) -> dict[str, object] | None:
    """The facts of an event or a line; what is required must be there."""
    facts: dict[str, object] = {}
    places: dict[str, tree.Setting] = {}
    fine, all_known = True, True
    for written in settings:
        fact, name = record.facts.get(written.name.text), written.name
        if fact is None or fact.value is not None or name.text in places:
            _refused(name, fact, places.get(name.text), record, names)
            fine, all_known = False, all_known and fact is not None
            continue
        places[name.text] = written
        found = setting(written, fact.type, names)
        fine &= found is not None
        facts[fact.name] = found[0] if found else None
    given = [fact for fact in record.facts.values() if fact.value is None]
    missing = [fact for fact in given if fact.name not in facts and not isinstance(fact.type, types.Optional)]
    if missing and all_known:
        words = quoted(fact.name for fact in missing)
        names.report(
            "G336",
            f"`{record.name}` needs {words}",
            at.span,
            f"{words} {'is' if len(missing) == 1 else 'are'} missing",
            related=((fact.span, f"{show(fact.type)}") for fact in missing),
            help=(
                f"write `{', '.join(f'{fact.name} {sample(fact.type)}' for fact in missing)}` with the values of this test",
            ),
        )
    facts |= {fact.name: None for fact in given if fact.name not in facts}
    return facts if fine and not missing else None


def _refused(
    name: tree.Name, fact: nodes.Fact | None, before: tree.Setting | None, of: nodes.Record, names: Names
) -> None:
    """Reports a fact that a test can't give: there is none of this name, it is derived, or it was given already."""
    if before is not None:
        names.report(
            "G342",
            f"`{name.text}` is given twice",
            name.span,
            "again here",
            related=((before.name.span, "first here"),),
            help=("keep one of the two",),
        )
    elif fact is not None:
        names.report(
            "G341",
            f"`{name.text}` is derived from other facts, so a test does not give it",
            name.span,
            "derived",
            related=((fact.span, "derived here"),),
            help=("take it out",),
        )
    else:
        known = [each.name for each in of.facts.values() if each.value is None]
        names.unknown("G106", f"`{of.name}` has no fact `{name.text}`", name.span, known, "unknown fact")


def setting(written: tree.Setting, of: types.Type, names: Names) -> tuple[object] | None:
    """The value of a fact, boxed; None where it does not fit."""
    of = of.of if isinstance(of, types.Optional) else of
    if isinstance(written.value, tree.LineList):
        return _lines(written.value, of, written, names)
    if isinstance(written.value, tree.Name) and isinstance(of, types.Text | types.Member):
        meant = f'"{written.value.text}"'
        names.report(
            "G215",
            f"`{written.name.text}` is {show(of)}, and texts are written in quotes",
            written.value.span,
            "a word",
            help=(f"write `{meant}`",),
            edit=Edit(written.value.span, meant),
        )
        return None
    expr = (
        tree.Path((written.value,), span=written.value.span) if isinstance(written.value, tree.Name) else written.value
    )
    value = typed(expr, CONSTANT, names, of)
    if isinstance(expr, tree.Path) and value is None:
        return None
    if value is None or present(value, names) is None:
        return None
    if not isinstance(value, nodes.Literal) or not fits(value.type, of):
        misfit(written.name.text, value, of, written.value.span, names)
        return None
    return (value.value,)


def _lines(written: tree.LineList, of: types.Type, at: tree.Setting, names: Names) -> tuple[object] | None:
    if not isinstance(of, types.Lines):
        help_line = f"write `{at.name.text} {sample(of)}`, or another value"
        names.report(
            "G215", f"`{at.name.text}` is {show(of)}, and this is a list", written.span, "a list", help=(help_line,)
        )
        return None
    record = names.records[of.record]
    lines = [_facts(line, record, at.name, names) for line in written.lines]
    return None if None in lines else (tuple(lines),)


def _expectation(
    written: tree.ExpectAward | tree.ExpectBalance | tree.ExpectTier, names: Names
) -> nodes.Expectation | None:
    member = written.member.text if written.member else None
    if isinstance(written, tree.ExpectTier):
        if written.ladder.text not in names.steps:
            names.unknown("G121", f"no ladder is called `{written.ladder.text}`", written.ladder.span, names.steps)
            return None
        tier = _tier(written.ladder, written.tier, names)
        on = moments.day(written.on, names) if written.on else None
        if tier is None:
            return None
        return nodes.Expectation(
            nodes.Expected.TIER, member, ladder=written.ladder.text, tier=tier, on=on, span=written.span
        )
    amount = _amount(written.quantity, names)
    if amount is None:
        return None
    if isinstance(written, tree.ExpectBalance):
        on = moments.day(written.on, names) if written.on else None
        return nodes.Expectation(
            nodes.Expected.BALANCE, member, unit=amount[0], quantity=amount[1], on=on, span=written.span
        )
    rule = written.rule.text if written.rule else None
    if written.rule is not None and names.rule(written.rule.text, written.rule.span) is None:
        return None
    return nodes.Expectation(
        nodes.Expected.AWARD, member, unit=amount[0], quantity=amount[1], rule=rule, span=written.span
    )
