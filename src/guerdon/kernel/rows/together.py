"""Who is run together: the members of an account, and whoever something in the history links with one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from guerdon.history.event import Event, Facts
from guerdon.program import nodes

OTHERS = {"transfer": "to", "merged": "other"}
"""Built-in events that do something with another member, and the fact that names who that is: both are left to the reference engine."""


def together(
    members: Iterable[str], events: Iterable[Event], facts_of: Callable[[str], Facts], program: nodes.Program
) -> list[tuple[str, ...]]:
    """The members in groups, each in the order of their ids: a member is alone unless their account has others."""
    members = [*members]
    if not program.accounts:
        return [(member,) for member in members]
    links = dict[str, set[str]]()
    for member in members:
        _join(links, member, facts_of(member), program)
    for event in events:
        if event.type == "changed":
            _join(links, event.member, event.facts, program)
        if event.type in OTHERS:
            other = str(event.facts[OTHERS[event.type]])
            link(links, event.member, other)
            _join(links, other, facts_of(other), program)
    known, placed, found = frozenset(members), set[str](), list[tuple[str, ...]]()
    for member in members:
        if member not in placed:
            group = tuple(sorted(reached(links, [member]) & known))
            placed.update(group)
            found.append(group)
    return found


def _join(links: dict[str, set[str]], member: str, facts: Facts, program: nodes.Program) -> None:
    """Links a member with the accounts that facts of theirs name."""
    for account in program.accounts.values():
        if facts.get(account.fact) is not None:
            link(links, member, f"{account.name}/{facts[account.fact]}")


def link(links: dict[str, set[str]], one: str, other: str) -> None:
    """Links two, either way."""
    links.setdefault(one, set()).add(other)
    links.setdefault(other, set()).add(one)


def reached(links: Mapping[str, Iterable[str]], ids: Iterable[str]) -> frozenset[str]:
    """Some, and all whom links lead to from them."""
    found, coming = set[str](), [*ids]
    while coming:
        one = coming.pop()
        if one not in found:
            found.add(one)
            coming += links.get(one, ())
    return frozenset(found)
