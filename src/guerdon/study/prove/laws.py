"""Laws, decided where they can be: at one event by the solver, by limits, else by histories that break them."""

from __future__ import annotations

from collections.abc import Iterator

from guerdon.program import nodes, types
from guerdon.program.walk import walk
from guerdon.study.laws.attack import attack
from guerdon.study.laws.told import shown
from guerdon.study.prove.amounts import constant
from guerdon.study.prove.limits import most_within
from guerdon.study.prove.report import Finding, Undecided
from guerdon.study.prove.rules import judged
from guerdon.study.prove.solve import Answer, asked, rising
from guerdon.study.prove.values import Variables, every, plainly, total
from guerdon.text.diagnostic import Diagnostic

_PAST = nodes.Measured | nodes.Streak | nodes.Standing | nodes.Earned | nodes.Available | nodes.Theirs | nodes.Defined


def laws(program: nodes.Program) -> Iterator[Finding | Undecided | str]:
    """Each law: broken, proved, or undecided."""
    for found in attack(program):
        name, broken = found.law.name, shown(found)
        if broken is not None:
            came = tuple(f"{of}: {is_}" for of, is_ in broken.values)
            said = Diagnostic("G949", f'law "{name}" does not hold: look at {broken.at}', found.law.span, "broken")
            yield Finding(said, tuple(broken.test.rstrip().splitlines()), came)
        elif found.law.always is not None and _is_limited(found.law.always, program):
            yield f'law "{name}" holds for a member with whom no other was merged: limits let no more through'
        elif found.law.more is not None and _never_less(found.law, program):
            yield f'law "{name}" holds: more of `{found.law.event}.{found.law.more}` never gives less at an event, and nothing that is given depends on the past'
        else:
            why = f"no history of {found.histories} broke it, and it asks for what several events come to"
            yield Undecided(f'law "{name}"', why)


def _is_limited(claim: nodes.Expr, program: nodes.Program) -> bool:
    """Whether a claim says that no more was earned than limits let through; what two members earned before they became one is left aside."""
    match claim:
        case nodes.Junction(True, parts):
            return all(_is_limited(each, program) for each in parts)
        case nodes.Compare("<" | "<=" as operator, nodes.Earned(_, _, window, back=False) as earned, right):
            if isinstance(window, nodes.Duration) or _by_hand(earned, program):
                return False
            most, bound = most_within(earned, program), constant(right, program)
            return most is not None and bound is not None and (most < bound or (operator == "<=" and most == bound))
    return False


def _by_hand(earned: nodes.Earned, program: nodes.Program) -> bool:
    """Whether more may be counted than rules give: what is brought along or given by hand counts for no rule."""
    return earned.rule is None


def _never_less(law: nodes.Law, program: nodes.Program) -> bool:
    """Whether more of a fact is proved never to give less of a unit: at one event, and nothing of the unit looks at the past."""
    assert law.event is not None and law.more is not None
    if law.lines is not None or _looks_back(law, program):
        return False
    known = Variables()
    less, more = judged(program, law.event, known), judged(program, law.event, known, "more/")
    same = [
        less.scene.facts[name].term == more.scene.facts[name].term
        for name, fact in less.scene.record.items()
        if name != law.more and fact.value is None and name in less.scene.facts
    ]
    same += [
        less.scene.facts[name].missing == more.scene.facts[name].missing
        for name, fact in less.scene.record.items()
        if fact.value is None and isinstance(fact.type, types.Optional) and name in less.scene.facts
    ]
    if any(isinstance(plainly(fact.type), types.Lines) for fact in less.scene.record.values()):
        return False
    sums = [
        total(each.quantity for each in side.came.values() if each.rule.unit == law.unit and not each.rule.takes)
        for side in (less, more)
    ]
    grown = more.scene.facts[law.more].term > less.scene.facts[law.more].term
    return asked(known, [every(same), grown, sums[1] < sums[0], *rising(sums)])[0] is Answer.NEVER


def _looks_back(law: nodes.Law, program: nodes.Program) -> bool:
    """Whether what is given of a unit depends on what came before, or is taken back."""
    rules = [rule for rule in program.rules.values() if rule.unit == law.unit]
    groups = [group for group in program.groups.values() if any(rule.name in group.of for rule in rules)]
    if any(isinstance(each, _PAST) for each in walk((rules, groups), program.measures)):
        return True
    if any(rule.accumulate is not None or rule.offer is not None or rule.takes for rule in rules):
        return True
    limits = [limit for rule in rules for limit in rule.limits]
    limits += [limit for group in groups for limit in group.limits]
    others = [rule for rule in program.rules.values() if rule not in rules]
    read = [each.rule for rule in rules for each in walk(rule, program.measures) if isinstance(each, nodes.Given)]
    reads = {name for each in read for name in program.rules_of(each)}
    replaced = {name for rule in others for name in rule.replaces}
    if any(not limit.per_event for limit in limits) or any(rule.name in reads for rule in others):
        return True
    if any(rule.name in replaced for rule in rules):
        return True
    return any(event.reverses is not None for event in program.events.values())
