"""The events that every program has: what can happen to a member without being declared.

A program that declares an event with one of these names adds facts of its own to it.
"""

from __future__ import annotations

from collections.abc import Mapping

from guerdon.check.names import Names
from guerdon.check.redeems import BUILT_IN, rewards
from guerdon.check.wording import show
from guerdon.program import nodes, types
from guerdon.syntax import tree
from guerdon.text.diagnostic import nearest
from guerdon.text.source import NOWHERE

NAMES = BUILT_IN

_ADDS_FACTS = (tree.Reverses, tree.Part, tree.Clawback, tree.Counted)


def events(names: Names) -> None:
    """Gives the program all built-in events, behind its own; what it declares of them is added to their facts."""
    for name, facts in _facts(names).items():
        declared = ("event", name) in names.declared
        record = names.events[name] if declared else nodes.Record(name, {})
        if declared:
            _own_meaning(names.declared["event", name], name, names)
            for fact in record.facts.values():
                if fact.name in facts:
                    _clash(fact, facts[fact.name], name, names)
        names.events[name] = nodes.Record(name, facts | dict(record.facts), record.reverses, span=record.span)


def _facts(names: Names) -> dict[str, dict[str, nodes.Fact]]:
    """The facts of each built-in event."""
    so_much = {"unit": _optional(types.Choice(tuple(sorted(names.units)))), "quantity": types.AmountOf()}
    maybe = {name: _optional(of) for name, of in so_much.items()}
    tier = {
        "ladder": _optional(types.Choice(tuple(sorted(names.names("tiers"))))),
        "tier": _optional(types.Text()),
        "through": _optional(types.Date()),
    }
    text = _optional(types.Text())
    since = {"earned": _optional(types.YesNo()), "expires": _optional(types.Date())}
    found: dict[str, Mapping[str, types.Type]] = {
        "joined": {},
        "changed": {name: _optional(fact.type) for name, fact in names.member.facts.items()},
        "redemption": {**maybe, "reward": text} if rewards(names) else so_much,
        "adjustment": {**maybe, **tier, "by": text, "why": text},
        "transfer": {**so_much, "to": types.Member()},
        "opening": {**maybe, **since, **tier},
        "merged": {"other": types.Member()},
        "closed": {"why": text},
        "erased": {},
    }
    return {event: {name: nodes.Fact(name, of) for name, of in found[event].items()} for event in NAMES}


def _optional(of: types.Type) -> types.Type:
    return of if isinstance(of, types.Optional) else types.Optional(of)


def is_built_in(fact: nodes.Fact | None) -> bool:
    """Whether a fact is one that no program declares: it has no place."""
    return fact is not None and fact.span is NOWHERE


def _clash(fact: nodes.Fact, built_in: nodes.Fact, event: str, names: Names) -> None:
    """Reports a declared fact with the name of one that the event has anyway."""
    of = built_in.type.of if isinstance(built_in.type, types.Optional) else built_in.type
    names.report(
        "G390",
        f"`{event}` is a built-in event and has a fact `{fact.name}` already: {show(of)}",
        fact.span,
        "has it already",
        help=(
            "take the line out: `reward` names the `redeem` that is asked for"
            if fact.name == "reward"
            else "take it out, or give your own fact another name",
        ),
    )


def _own_meaning(declaration: tree.Declaration, event: str, names: Names) -> None:
    """Reports clauses that would change what a built-in event does."""
    for clause in declaration.clauses:
        if isinstance(clause, _ADDS_FACTS):
            names.report(
                "G391",
                f"`{event}` is a built-in event with a meaning of its own",
                clause.span,
                "can't be said of it",
                help=("only facts are added to it; declare an event of another name for what reverses others",),
            )
            return


def unknown_event(word: tree.Name, names: Names, near: str | None = None) -> None:
    """Reports a name that no event has; the program's own events are listed, all can be meant."""
    known = names.names("event")
    near = near or nearest(word.text, [*known, *NAMES], 0.75) or nearest(word.text, known)
    names.unknown("G115", f"no event is called `{word.text}`", word.span, known, near=near)
