"""Who takes part: what is known of members, what happens to them, what lines hold, which accounts there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from guerdon.check.builtin import NAMES, is_built_in
from guerdon.program import nodes, types
from guerdon.program.walk import walk
from guerdon.study.describe import english
from guerdon.study.describe.english import plural, readable, sentence
from guerdon.study.describe.kinds import kind
from guerdon.study.describe.page import Grid, Item, item, sentences
from guerdon.study.describe.prose import Prose

_BUILT_IN = {
    "joined": "says the day on which the member joined; without it, that is the day of their first event",
    "changed": "changes what is known of the member, from then on",
    "redemption": "spends so much of a unit; refused as a whole where there is less",
    "adjustment": "gives or takes so much by hand, or sets a tier",
    "transfer": "hands so much on to another member; refused as a whole where there is less",
    "opening": "brings a balance or a tier along from elsewhere",
    "merged": "makes another member a part of this one",
    "closed": "ends the account: all balances go, and what comes later is set aside",
    "erased": "removes the facts of the person; what was posted stays",
}


def members(program: nodes.Program) -> Item:
    """What is known of each member."""
    facts = program.member.facts.values()
    none = "" if program.member.facts else "Nothing is known of a member but what happens to them."
    return item("", sentences(none), _facts(facts, program))


def record(of: nodes.Record, program: nodes.Program, what: str) -> Item:
    """An event or a kind of line, with what each holds."""
    own = [each for each in of.facts.values() if not is_built_in(each)]
    said = _BUILT_IN.get(of.name, "") if what == "event" else ""
    none = f"{english.article(what)} with nothing but its member and its time" if not own and not said else ""
    text = f"{english.article(readable(of.name))} {said}" if said else none
    return item(readable(of.name).capitalize(), sentences(sentence(text) if text else ""), _facts(own, program))


def shown(program: nodes.Program) -> Iterator[nodes.Record]:
    """The events to describe: the program's own, and those that every program has if this one makes use of them."""
    spent = {"redemption"} if any(each.spendable for each in program.units.values()) else set()
    used = spent | set(_named(program))
    for event in program.events.values():
        own = any(not is_built_in(each) for each in event.facts.values())
        if event.name not in NAMES or own or event.name in used:
            yield event


def _named(program: nodes.Program) -> Iterator[str]:
    """The events that something names."""
    for each in walk((program.rules, program.units, program.ladders, program.meters, program.events)):
        match each:
            case nodes.Rule(on=on):
                yield from on
            case nodes.Expiry(without=without):
                yield from without
            case nodes.Meter(event=event) | nodes.Grant(event=event) | nodes.Reversal(event=event):
                yield event
            case nodes.Hold(event=str() as event):
                yield event


def _facts(of: Iterable[nodes.Fact], program: nodes.Program) -> Grid:
    return Grid(("Fact", "Holds"), tuple((readable(each.name), _holds(each, program)) for each in of))


def _holds(fact: nodes.Fact, program: nodes.Program) -> str:
    optional = isinstance(fact.type, types.Optional)
    text = kind(fact.type)
    if fact.value is not None:
        says = Prose(program).value(fact.value)
        return f"{text}, worked out: {says}"
    return f"{text}; may be missing" if optional else text


def account(of: nodes.Account, program: nodes.Program) -> Item:
    """Who is in an account, what they have together, and what becomes of it when they come and go."""
    name = readable(of.name)
    owned = [plural(readable(each.name)) for each in program.units.values() if each.account == of.name]
    owned += [readable(each.name) for each in program.ladders.values() if each.account == of.name]
    said = [
        f"members with the same {readable(of.fact)} are one {name}; who has none is in none, and keeps what they earn"
    ]
    said.append(f"the {name} has together: {english.listed(owned)}" if owned else "they own nothing together")
    units = any(each.account == of.name for each in program.units.values())
    if units:
        said.append("who joins brings what they have" if of.brings else "who joins keeps what they have to themselves")
        said.append(
            "who leaves takes what their own events earned" if of.takes else "who leaves leaves all of it behind"
        )
    if of.spends is not None:
        said.append(
            f"spending and handing on is granted only to members of whom it holds that {Prose(program).condition(of.spends)}"
        )
    elif units:
        said.append("every member may spend it")
    return item(name.capitalize(), sentences(*map(sentence, said)))
