"""What of two versions counts from one event to the next: what differs in it, and what of it a rule that gives otherwise feeds."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from guerdon.program import nodes
from guerdon.program.walk import walk
from guerdon.study.prove.scene import meaning


def lasting(old: nodes.Program, new: nodes.Program) -> Iterator[str]:
    """What differs that a single event does not show, in words; two parts are the same where all that they read is the same."""
    for words, one, other in zip(PARTS, _parts(old), _parts(new), strict=True):
        if one != other:
            yield words
    if old.frame.but(name="") != new.frame.but(name=""):
        yield "the program's calendar"
    if _known(old, old) != _known(new, old):
        yield "what is known of a member, of lines or of triggers"
    if _beside(old) != _beside(new):
        yield "when or to whom rules give, or their limits"


PARTS = ("their tiers", "the life of a unit", "what they measure", "their events")


def _parts(program: nodes.Program) -> tuple[object, ...]:
    """What the program says of each of `PARTS`."""
    return (
        _meanings(program.ladders, program),
        _meanings(program.units, program),
        (_meanings(program.measures, program), [meaning(each, program) for each in program.meters]),
        (_meanings(program.events, program), _meanings(program.accounts, program)),
    )


def _meanings(parts: Mapping[str, object], program: nodes.Program) -> dict[str, str]:
    return {name: meaning(part, program) for name, part in parts.items()}


def _known(program: nodes.Program, old: nodes.Program) -> object:
    """The facts of members, the lines and the triggers that the older version has; what is new besides changes nothing of them."""
    return [
        {name: meaning(here.get(name), program) for name in there}
        for here, there in (
            (program.member.facts, old.member.facts),
            (program.records, old.records),
            (program.triggers, {name for name in old.triggers if name in program.triggers}),
        )
    ]


# ---------------------------------------------------------------- rules and groups


def _beside(program: nodes.Program) -> dict[str, str]:
    """What of rules and groups counts from one event to the next, or what becomes of what they give; those of which nothing does are left out."""
    read = {each.rule for each in walk(_readers(program), program.measures) if isinstance(each, nodes.Earned)}
    found = {}
    for rule in program.rules.values():
        if any(beside := _of_rule(rule)):
            found[rule.name] = meaning(beside, program)
    for group in program.groups.values():
        limits = _over_time(group.limits)
        if limits or group.name in read:
            found[f"group {group.name}"] = meaning((group.of, limits), program)
    return found


def _of_rule(rule: nodes.Rule) -> tuple[object, ...]:
    limits = _over_time(rule.limits)
    counts = rule.accumulate is not None or any(limit.of is not None for limit in limits)
    sees = (rule.when, rule.during, rule.each, rule.give) if counts else ()  # also of what comes to nothing
    return (limits, rule.hold, rule.to, rule.shares, rule.control, rule.accumulate, rule.offer, rule.one_expiry, sees)


def _over_time(limits: Collection[nodes.Limit]) -> tuple[nodes.Limit, ...]:
    return tuple(limit for limit in limits if not limit.per_event)


def fed(names: Collection[str], old: nodes.Program, new: nodes.Program) -> Iterator[str]:
    """Why it matters later that rules of these names give otherwise, in words: it uses up limits, or is counted or had."""
    for program in (old, new):
        rules = [program.rules[name] for name in names if name in program.rules]
        for rule in rules:
            if rule.accumulate is not None or _over_time(rule.limits):
                yield f'what "{rule.name}" gives counts for what it gives later'
        for group in program.groups.values():
            if _over_time(group.limits) and any(rule.name in group.of for rule in rules):
                yield f'what is given uses up the limits of "{group.name}"'
        yield from _read(rules, program)


def _read(rules: Collection[nodes.Rule], program: nodes.Program) -> Iterator[str]:
    """Where it is asked what rules gave before, or what a member has of it."""
    units = {rule.unit for rule in rules}
    for each in walk(_readers(program), program.measures):
        match each:
            case nodes.Earned(unit, None) if unit in units:
                yield f"it is asked how much of `{unit}` was earned before"
            case nodes.Earned(_, str(name)) if any(rule.name in program.rules_of(name) for rule in rules):
                yield f'it is asked what "{name}" gave before'
            case nodes.Available(unit) if unit in units:
                yield f"it is asked how much of `{unit}` there is"
    for trigger in program.triggers.values():
        if trigger.unit in units:
            yield f"rules wait for {trigger.name}"


def _readers(program: nodes.Program) -> tuple[object, ...]:
    """All parts of a program in which something is asked."""
    parts = (program.rules, program.groups, program.ladders, program.units, program.accounts, program.meters)
    return (*parts, program.measures, program.tables, program.events, program.records, program.member)
