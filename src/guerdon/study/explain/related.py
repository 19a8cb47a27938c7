"""Whose events have a part in what a member has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from guerdon.history.event import Event, Facts
from guerdon.program import nodes, types
from guerdon.program.walk import walk
from guerdon.reference.aside import is_of_everybody

Links = dict[str, set[str]]
"""By member (or account), those whom they are linked to."""


@dataclass(frozen=True, slots=True)
class Circle:
    """A member, or an account, with the events that have a part in what it has, in their order.

    Shape: `linked` are the member and those who are linked to them.
    Units: `end` is the instant after the last event of the history (None: there is none).
    """

    who: str
    events: list[Event]
    end: int | None
    linked: frozenset[str] = frozenset()


def related(
    program: nodes.Program, history: Callable[[], Iterable[Event]], members: Mapping[str, Facts], who: str
) -> Circle:
    """The events of a member and of all who are linked to them, directly or through others.

    Shape: linked are members of one account, who gives and who receives, and those who
    were merged; everybody where members are ranked, or limits are theirs together. The history is read twice only where somebody is. Where no member has the
    id, an account that has it is meant.
    """
    links = _accounts(program, members)
    named = tuple(_naming(program))
    for id, facts in members.items():
        for other in _others(facts, named):
            _link(links, id, other)
    receiving = {name: tuple(_receiving(name, program)) for name in program.events}
    own: list[Event] = []
    end = None
    for event in history():
        end = max(end or event.at + 1, event.at + 1)
        if event.member == who:
            own.append(event)
        for other in _linked(event, receiving[event.type] + named, program):
            _link(links, event.member, other)
    if not own:
        who = next((f"{name}/{who}" for name in program.accounts if f"{name}/{who}" in links), who)
    circle = _circle(links, who)
    everybody = bool(program.rankings)
    everybody |= any(map(is_of_everybody, walk((program.rules, program.groups))))
    alone = circle == {who} and not everybody
    events = own if alone else [event for event in history() if everybody or event.member in circle]
    return Circle(who, events, end, frozenset(circle))


def _accounts(program: nodes.Program, members: Mapping[str, Facts]) -> Links:
    """The links of members to their accounts, as they are at first."""
    links: Links = {}
    for account in program.accounts.values():
        for id, facts in members.items():
            if facts.get(account.fact) is not None:
                _link(links, id, f"{account.name}/{facts[account.fact]}")
    return links


def _receiving(event: str, program: nodes.Program) -> Iterator[str]:
    """The facts of a kind of event that name who gets something."""
    if event in ("transfer", "merged"):
        yield "to" if event == "transfer" else "other"
    rules = tuple(rule for rule in program.rules.values() if event in rule.on)
    groups = tuple(group for group in program.groups.values() if not {rule.name for rule in rules}.isdisjoint(group.of))
    for expr in walk((rules, groups), program.measures):
        if isinstance(expr, nodes.Field) and expr.scope is nodes.Scope.EVENT and _is_member(expr.type):
            yield expr.name
    for meter in program.meters:
        if meter.event == event and isinstance(meter.value, nodes.Field) and _is_member(meter.value.type):
            yield meter.value.name


def _naming(program: nodes.Program) -> Iterator[str]:
    """The facts of a member through which rules name somebody else."""
    asked = {
        expr.name
        for expr in walk((program.rules, program.groups), program.measures)
        if isinstance(expr, nodes.Theirs) or (isinstance(expr, nodes.Field) and expr.scope is nodes.Scope.MEMBER)
    }
    yield from (name for name, fact in program.member.facts.items() if name in asked and _is_member(fact.type))


def _is_member(of: types.Type) -> bool:
    return isinstance(of.of if isinstance(of, types.Optional) else of, types.Member)


def _others(facts: Facts, naming: tuple[str, ...]) -> Iterator[str]:
    yield from (str(facts[name]) for name in naming if facts.get(name) is not None)


def _linked(event: Event, receiving: tuple[str, ...], program: nodes.Program) -> Iterator[str]:
    """Whom an event links its member to."""
    yield from _others(event.facts, receiving)
    if event.type == "changed":
        for account in program.accounts.values():
            if event.facts.get(account.fact) is not None:
                yield f"{account.name}/{event.facts[account.fact]}"


def _link(links: Links, one: str, other: str) -> None:
    links.setdefault(one, set()).add(other)
    links.setdefault(other, set()).add(one)


def _circle(links: Links, who: str) -> set[str]:
    """All who are linked to a member, directly or through others, and the member."""
    found, waiting = {who}, [who]
    while waiting:
        more = links.get(waiting.pop(), set()) - found
        found |= more
        waiting += more
    return found
