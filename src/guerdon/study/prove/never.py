"""Rules that never give anything, or are always shadowed by others; rows that are never looked up; tiers that nobody reaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import z3

from guerdon.program import nodes
from guerdon.program.walk import walk
from guerdon.study.prove import intervals
from guerdon.study.prove.amounts import constant
from guerdon.study.prove.asked import Asked, held_in_tests
from guerdon.study.prove.limits import most_within
from guerdon.study.prove.report import Finding, Undecided
from guerdon.study.prove.rules import Judged
from guerdon.study.prove.scene import begin
from guerdon.study.prove.solve import Answer, asked, core, in_the_way, simplest
from guerdon.study.prove.terms import Terms
from guerdon.study.prove.values import Variables, any_of
from guerdon.study.prove.witness import few, repeated, run, witness
from guerdon.text.diagnostic import Diagnostic

Found = Iterator[Finding | Undecided]


def rules(of: Asked) -> Found:
    """What there is to say of each rule that was not seen to give something."""
    for rule in of.program.rules.values():
        if rule.name in of.in_tests or (not of.unreached and rule.name in of.in_histories):
            continue
        if all(_can_give(rule, of.at(event)) is Answer.NEVER for event in rule.on):
            yield _why_never(rule, [of.at(event) for event in rule.on])
        elif of.unreached and all(_can_give(rule, of.at(on), of.supposed(on)) is Answer.NEVER for on in rule.on):
            yield _waits(rule, of)
        elif not _is_seen(rule, of):
            first = of.at(rule.on[0]).scene
            why = "it waits for what no event shows at once" if first.is_trigger else in_the_way(first.known)
            yield Undecided(f'whether "{rule.name}" ever gives anything', why)


def _is_seen(rule: nodes.Rule, of: Asked) -> bool:
    """Whether a rule gives or takes something at an event that is found, or in a history that is made up."""
    return any(_gives(rule, of.at(event)) for event in rule.on) or rule.name in of.in_histories


def _can_give(rule: nodes.Rule, found: Judged, supposed: Iterable[object] = ()) -> Answer:
    came = found.came[rule.name]
    wanted = came.guarded if rule.takes else came.quantity > 0
    return asked(found.scene.known, [wanted, *supposed])[0]


def _waits(rule: nodes.Rule, of: Asked) -> Finding:
    """A rule that is for tiers which nobody reaches."""
    message = f'"{rule.name}" gives nothing as long as nobody reaches {_tiers_of(of)}'
    return Finding(Diagnostic("G940", message, (rule.when or (rule,))[0].span, "it waits for a tier"))


def _tiers_of(of: Asked) -> str:
    names = [step.name for ladder in of.program.ladders.values() for step in ladder.tiers]
    return " or ".join(name for name in names if any(name == tier for _, tier in of.unreached))


def _gives(rule: nodes.Rule, found: Judged) -> bool:
    """Whether an event is found at which the rule gives or takes something on the reference engine."""
    came = found.came[rule.name]
    wanted = came.guarded if rule.takes else came.quantity > 0
    model = simplest(found.scene.known, [wanted, *few(found)])
    shown = witness(found, model, rule.name) if model is not None else None
    for case in repeated(shown) if shown is not None else ():
        verdicts = run(case, found.scene.program)
        if verdicts is not None and rule.name in verdicts and verdicts[rule.name].quantity:
            return True
    return False


def _why_never(rule: nodes.Rule, at: list[Judged]) -> Finding:
    """Its conditions, what replaces it, its group, or what it gives."""
    first = at[0]
    came, known = first.came[rule.name], first.scene.known
    if all(_is_never(each, each.came[rule.name].guarded) for each in at):
        why = core(known, came.asks)
        places = tuple(each for each in why if isinstance(each, nodes.Node)) or rule.when or (rule,)
        return intervals.never(rule, places)
    if all(_is_never(each, each.came[rule.name].fires) for each in at):
        others = [each for each in first.scene.program.rules.values() if rule.name in each.replaces]
        return _shadowed(rule, others, "replaces it wherever it would give something")
    if rule.takes or all(_is_never(each, each.came[rule.name].stood > 0) for each in at):
        message = f'"{rule.name}" never gives anything'
        help = ("look at its rate, its rounding and its limits",)
        return Finding(Diagnostic("G940", message, rule.give.span, "this always comes to nothing", help=help))
    group = next((each for each in first.scene.program.groups.values() if rule.name in each.of), None)
    if group is None:
        return Finding(Diagnostic("G940", f'"{rule.name}" never gives anything', rule.span, "nothing is left of it"))
    how = f'is always taken by the group "{group.name}"'
    if group.take is nodes.Take.ALL:
        how = f'leaves nothing of what the group "{group.name}" lets through'
    return _shadowed(rule, _in_front(rule, group, at), how)


def _in_front(rule: nodes.Rule, group: nodes.Group, at: list[Judged]) -> list[nodes.Rule]:
    """Those of a group without any one of whom the rule could give something; all the others where it takes several."""
    others = [at[0].scene.program.rules[name] for name in group.of if name != rule.name]

    def shadows(other: nodes.Rule) -> bool:
        for each in at:
            mine, theirs = each.came[rule.name], each.came.get(other.name)
            if theirs is None or not _is_never(each, z3.And(mine.stood > 0, theirs.stood <= 0)):
                return False
        return True

    return [other for other in others if shadows(other)] or others


def _is_never(found: Judged, *conditions: object) -> bool:
    return asked(found.scene.known, conditions)[0] is Answer.NEVER


def _shadowed(rule: nodes.Rule, others: Iterable[nodes.Rule], how: str) -> Finding:
    others = list(others)
    names = " or ".join(f'"{each.name}"' for each in others)
    return Finding(
        Diagnostic(
            "G941",
            f'"{rule.name}" is always shadowed: {names} {how}',
            rule.span,
            "never stands",
            related=tuple((each.span, "in its place") for each in others),
            help=("give it a condition under which the others don't hold, or take it out",),
        )
    )


# ---------------------------------------------------------------- rows of tables


def rows(of: Asked) -> Found:
    """Rows that no rule looks up, of tables that only rules ask."""
    reached: dict[tuple[str, int], list[tuple[Judged, list[object]]]] = {}
    for event in of.happens:
        found = of.at(event)
        for site, met in found.terms.reached.items():
            reached.setdefault(site, []).append((found, met))
    asked_elsewhere = _asked_elsewhere(of.program)
    for table in of.program.tables.values():
        if not table.keys or table.name in asked_elsewhere or not any(name == table.name for name, _ in reached):
            continue
        for at, row in enumerate(table.rows):
            if all(constant(result, of.program) == 0 for result in row.results):
                continue  # there for all keys to have a row
            met = reached.get((table.name, at), [])
            if all(_is_never(found, any_of(terms)) for found, terms in met):
                yield _row(table, row, "is never looked up")
            elif of.unreached and all(
                _is_never(found, any_of(terms), *of.supposed(found.scene.event)) for found, terms in met
            ):
                yield _row(table, row, f"is not looked up as long as nobody reaches {_tiers_of(of)}")


def _row(table: nodes.Table, row: nodes.Row, how: str) -> Finding:
    return Finding(
        Diagnostic(
            "G942",
            f"a row of `{table.name}` {how}",
            row.span,
            "no rule comes here",
            help=("look at the conditions of the rules that ask the table, and at its keys",),
        )
    )


def _asked_elsewhere(program: nodes.Program) -> set[str]:
    """Tables that something else than the conditions, amounts and limits of rules looks at."""
    rules = [(rule.offer, rule.shares, rule.hold, rule.to) for rule in program.rules.values()]
    others = (program.ladders, program.units, program.meters, program.accounts, rules)
    measures = [each for each in program.measures.values() if each.ranking is not None]
    return {each.table for each in walk((others, measures), program.measures) if isinstance(each, nodes.Lookup)}


# ---------------------------------------------------------------- tiers


def tiers(program: nodes.Program) -> Iterator[tuple[str, str, Finding]]:
    """Tiers that nobody reaches by what happens: their ladder, their name, and why.

    What is given by hand is left aside, and so is what two members had who became one; a tier that is reached in a test is reached.
    """
    found = list(_out_of_reach(program))
    held = held_in_tests(program) if found else set()
    yield from (each for each in found if each[:2] not in held)


def _out_of_reach(program: nodes.Program) -> Iterator[tuple[str, str, Finding]]:
    for ladder in program.ladders.values():
        given = {each.tier for each in ladder.floors} | {each.tier for each in ladder.grants}
        for step in ladder.tiers[1:]:
            if step.name in given or step.invited:
                continue
            if step.when is not None and not _can_hold(step.when, program):
                yield ladder.name, step.name, _tier(ladder, step, step.when, "this never holds")
            elif step.at is not None and isinstance(ladder.counts, nodes.Earned) and _counts_one_window(ladder):
                most = most_within(ladder.counts, program)
                if most is not None and most < step.at:
                    yield ladder.name, step.name, _tier(ladder, step, ladder.counts, "limits leave less than it needs")


def _counts_one_window(ladder: nodes.Ladder) -> bool:
    """Whether a ladder counts no more than what is earned in its window: nothing is carried on, brought along or forgiven."""
    earned = isinstance(ladder.counts, nodes.Earned) and not ladder.counts.back
    return earned and not ladder.carries and not ladder.floored and ladder.restarts is None and ladder.account is None


def _can_hold(condition: nodes.Expr, program: nodes.Program) -> bool:
    """Whether a condition on a member can hold; it is asked behind some event."""
    known = Variables()
    event = next(iter(program.events))
    term = Terms(begin(program, event, known)).holds(condition)
    return asked(known, [term])[0] is not Answer.NEVER


def _tier(ladder: nodes.Ladder, step: nodes.TierStep, why: nodes.Node, label: str) -> Finding:
    related = ((step.span, "this tier"),) if step.span.source is why.span.source and step.span != why.span else ()
    return Finding(
        Diagnostic(
            "G948",
            f"nobody reaches {step.name} on the ladder `{ladder.name}`",
            why.span,
            label,
            related=related,
            help=("lower what it needs, or raise the limits of the rules that count towards it",),
        )
    )
