"""Which rule gave an award at which event to whom, by the award's id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from guerdon.history.event import Event
from guerdon.program import nodes
from guerdon.reference.late import MARK

DAY = len("2026-12-31")


class Awarded(NamedTuple):
    """Whose event it was, which, and the rule that gave for it; none of what was counted by hand."""

    member: str
    event: str
    rule: str | None


def awarded(program: nodes.Program, history: Callable[[], Iterable[Event]], id: str) -> Awarded | None:
    """What an award's id says; None where there is no such event.

    Shape: `KIND/EVENT/RULE`, `TRIGGER DAY/MEMBER/RULE`, of what an event took back `KIND/EVENT/` and the id of the award, of what was
    counted by hand `KIND/EVENT`; and of what a late event put right the same with `@` and that event.
    """
    heads, taking = dict(_heads(program, id)), list[Awarded]()
    while not heads and MARK in id:  # what a late event put right of it
        id = id.rpartition(MARK)[0]
        heads = dict(_heads(program, id))
    for event in history() if heads else ():
        for head, rule in heads.items():
            found = Awarded(event.member, event.id, rule)
            if head == event.name:
                return found
            if head.startswith(f"{event.name}/"):
                taking.append(found)
    if taking:
        return taking[0]
    for head, rule in heads.items():
        for trigger in program.triggers.values():
            day = trigger.name if trigger.kind is not nodes.TriggerKind.DATE else ""
            words, slash, member = head.partition("/")
            if slash and words[: len(words) - DAY].strip() == day and member:
                return Awarded(member, head, rule)
    return None


BY_HAND = ("adjustment", "opening")


def _heads(program: nodes.Program, id: str) -> Iterator[tuple[str, str | None]]:
    """What stands before the name of a rule, or of one of its shares, with the rule; of what was counted by hand all of it."""
    if id.partition("/")[0] in BY_HAND:
        yield id, None
    for rule in program.rules.values():
        for tail in (rule.name, *(f"{rule.name}/{share.name}" for share in rule.shares)):
            head = id.removesuffix(f"/{tail}")
            if head != id:
                yield head, rule.name
