"""What is asked about other members, and who gives to them: what the facts of a history decide, before anything is run.

A kernel runs one member after the other. What an expression asks of somebody else are facts, which do not
change in the histories that it runs; so it is a column. What a rule gives somebody else is handed over as a row of
theirs, at the same instant (`awards.crossing`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from guerdon.history.event import Event, Facts
from guerdon.program import nodes, types
from guerdon.program.nodes import Scope
from guerdon.program.walk import walk
from guerdon.reference.evaluate import folded

Known = nodes.Theirs | nodes.Compare
"""An expression about others whose value the facts decide."""

FactsOf = Callable[[str], Facts]
"""What is known of a member."""


def asks(expr: object) -> bool:
    """Whether an expression itself asks about somebody: a fact of theirs, or whether two are the same."""
    return isinstance(expr, nodes.Theirs) or (isinstance(expr, nodes.Compare) and expr.operator == "same as")


def asked(program: nodes.Program) -> list[Known]:
    """The expressions of a program that ask about others."""
    parts = tuple(getattr(program, name) for name in program.field_names if name not in ("tests", "laws"))
    return [*dict.fromkeys(each for each in walk(parts) if asks(each))]  # type: ignore[list-item]


def asked_at(event: str, program: nodes.Program) -> list[Known]:
    """Those that what comes of an event of a kind may ask."""
    rules = tuple(rule for rule in program.rules.values() if event in rule.on)
    groups = tuple(group for group in program.groups.values() if {rule.name for rule in rules} & {*group.of})
    meters = tuple(meter for meter in program.meters if meter.event == event)
    parts = rules, groups, meters, program.tables, program.events[event]
    return [*dict.fromkeys(each for each in walk(parts, program.measures) if asks(each))]  # type: ignore[list-item]


def is_known_at(expr: nodes.Expr, record: nodes.Record) -> bool:
    """Whether the facts of an event of a kind, and those of members, decide an expression."""
    match expr:
        case nodes.Literal():
            return True
        case nodes.Field(Scope.EVENT, name):
            return name in record.facts and record.facts[name].value is None
        case nodes.Field(Scope.MEMBER):
            return True
        case nodes.Theirs(of):
            return is_known_at(of, record)
        case nodes.OrElse(value, default):
            return is_known_at(value, record) and is_known_at(default, record)
        case nodes.Compare("same as", left, right):
            return is_known_at(left, record) and is_known_at(right, record)
        case _:
            return False


def value(expr: nodes.Expr, event: Event, facts_of: FactsOf, met: set[str]) -> Any:
    """What an expression comes to at an event; who is asked about is added to `met`."""
    match expr:
        case nodes.Literal():
            return expr.value
        case nodes.Field(Scope.EVENT, name):
            return event.facts.get(name)
        case nodes.Field(Scope.MEMBER, name):
            return event.member if name == "member" else facts_of(event.member).get(name)
        case nodes.Theirs(of, name):
            who = value(of, event, facts_of, met)
            if who is None:
                return None
            met.add(str(who))
            return facts_of(str(who)).get(name)
        case nodes.OrElse(first, default):
            found = value(first, event, facts_of, met)
            return value(default, event, facts_of, met) if found is None else found
        case nodes.Compare(_, left, right):
            return _is_same(expr, value(left, event, facts_of, met), value(right, event, facts_of, met), met)
        case _:
            raise AssertionError(f"{expr} is not known from facts alone")


def _is_same(expr: nodes.Compare, left: Any, right: Any, met: set[str]) -> bool:
    if left is None or right is None:
        return False
    if any(isinstance(plain(each.type), types.Member) for each in (expr.left, expr.right)):
        met |= {str(left), str(right)}
    if isinstance(left, str) and isinstance(right, str):
        return folded(left) == folded(right) != ""
    return bool(left == right)


def plain(of: types.Type) -> types.Type:
    """A type, whether or not what is of it may be missing."""
    return of.of if isinstance(of, types.Optional) else of


# ---------------------------------------------------------------- who gives to others


def crosses(rule: nodes.Rule) -> bool:
    """Whether a rule may give to somebody else than the event's member."""
    own = isinstance(rule.to, nodes.Field) and (rule.to.scope, rule.to.name) == (Scope.MEMBER, "member")
    return rule.to is not None and not own


def names(program: nodes.Program) -> list[str]:
    """What rules give is called so: after them, or after a share of one."""
    shares = (f"{rule.name}/{share.name}" for rule in program.rules.values() for share in rule.shares)
    return [*program.rules, *shares]


def rules_of(program: nodes.Program) -> dict[str, nodes.Rule]:
    """The rules by the names of what they may give to others."""
    found = {rule.name: rule for rule in program.rules.values() if crosses(rule)}
    return found | {f"{rule.name}/{each.name}": rule for rule in program.rules.values() for each in rule.shares}


def parts_of(rule: nodes.Rule) -> list[str]:
    """What the awards of a rule are called, in their order: those of its shares, then what is left."""
    return [*(f"{rule.name}/{each.name}" for each in rule.shares), rule.name]


def taken_back(program: nodes.Program) -> list[tuple[str, str]]:
    """What returns may take back from others: how what they were given is called, and the kind of the return."""
    return [
        (name, kind)
        for name, rule in rules_of(program).items()
        for kind, record in program.events.items()
        if record.reverses is not None and record.reverses.event in rule.on
    ]


# ---------------------------------------------------------------- what is counted with others


Kept = tuple[str, object]
"""What is counted with others, as `counting.tallies` calls it: `limit`, of a rule or group and a number; `base`, of a rule."""


def kept_with(program: nodes.Program) -> dict[Kept, nodes.Limit | nodes.Accumulate]:
    """The limits and running totals that are kept with somebody who is named, or with everybody together."""
    found = dict[Kept, nodes.Limit | nodes.Accumulate]()
    limited: list[nodes.Rule | nodes.Group] = [*program.rules.values(), *program.groups.values()]
    for of in limited:
        for index, limit in enumerate(of.limits):
            if (limit.person is not None or limit.everybody) and not limit.per_event:
                found["limit", (of.name, index)] = limit
    for rule in program.rules.values():
        if rule.accumulate is not None and rule.accumulate.person is not None:
            found["base", rule.name] = rule.accumulate
    return found


def rules_at(kept: Kept, program: nodes.Program) -> tuple[str, ...]:
    """The rules that something is counted by."""
    name = kept[1][0] if isinstance(kept[1], tuple) else str(kept[1])
    return program.groups[name].of if name in program.groups else (name,)


def concerns_others(program: nodes.Program) -> bool:
    """Whether what becomes of a member may rest on another."""
    return bool(rules_of(program) or asked(program) or kept_with(program))


def named_by(event: Event, record: nodes.Record) -> Iterator[str]:
    """The members whom the facts of an event name."""
    yield from (str(each) for each in _members(event.facts, {name: fact.type for name, fact in record.facts.items()}))


def named_by_facts(facts: Facts, program: nodes.Program) -> Iterator[str]:
    """The members whom the facts of a member name."""
    yield from (str(each) for each in _members(facts, {name: fact.type for name, fact in program.member.facts.items()}))


def _members(facts: Facts, types_of: Mapping[str, types.Type]) -> Iterator[object]:
    for name, of in types_of.items():
        if isinstance(plain(of), types.Member) and facts.get(name) is not None:
            yield facts[name]
