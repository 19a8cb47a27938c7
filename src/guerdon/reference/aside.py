"""What is set aside before it is looked at, and why, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from guerdon.history.event import Event, Facts, Rejection
from guerdon.program import nodes, types
from guerdon.reference import builtin, late
from guerdon.reference.matching import Unmatched, match
from guerdon.reference.scene import Scene
from guerdon.reference.state import Deed, Subject
from guerdon.reference.world import World


@dataclass(frozen=True)
class Gate:
    """Decides whether an event is looked at.

    Shape: `scene`: where an event of a subject stands; `afford` tries a reversal where a
    unit refuses debt, and raises Unmatched where it would leave some.
    """

    world: World
    member_facts: Mapping[str, Facts]
    scene: Callable[[Event, Subject], Scene]
    afford: Callable[[Event, Subject, Iterable[Deed]], None] | None

    def refused(self, event: Event, is_late: bool) -> Rejection | None:
        """Why an event is set aside; None where it is not."""
        who = self.world.who(event.member)
        program, known = self.world.program, self.world.subjects.get(who)
        like_account = next((id for id in self._members(event) if self._is_like_account(id)), None)
        if like_account is not None:
            return set_aside(event, "G698", f"`{like_account}` is the id of an account", "give the member another id")
        lacking = self.lacking(who, known)
        if lacking:
            return set_aside(
                event,
                "G691",
                f"nothing says what `{lacking}` is for member {event.member}",
                f"give the member a row with `{lacking}`, or make the fact optional in the program",
            )
        if is_late and late.is_too_late(self.world, event):
            return _too_late(event, program.frame.lateness is not None)
        if known is not None and known.closed:
            return set_aside(event, "G696", "the member is closed", "leave it out, or give it to another member")
        again = builtin.already(self.world, event, known)
        if again:
            return set_aside(event, "G699", again, "leave it out")
        through = event.facts.get("through") if event.type in builtin.EVENTS else None
        if through is not None and through < self.world.calendar.day(event.at):
            return set_aside(event, "G697", f"the tier would have ended on {through} already", "give a day to come")
        return self._unmatched(event, known, is_late) if program.events[event.type].reverses is not None else None

    def _members(self, event: Event) -> Iterator[str]:
        """The ids of the members that an event names, its own first."""
        yield event.member
        for name, fact in self.world.program.events[event.type].facts.items():
            of = fact.type.of if isinstance(fact.type, types.Optional) else fact.type
            if isinstance(of, types.Member) and event.facts.get(name) is not None:
                yield str(event.facts[name])

    def _is_like_account(self, id: str) -> bool:
        return any(id.startswith(f"{name}/") for name in self.world.program.accounts)

    def lacking(self, id: str, known: Subject | None) -> str:
        """A fact that every member needs and this one has not; empty where all are there."""
        facts = known.facts if known is not None else self.member_facts.get(id, {})
        needed = self.world.program.member.facts.values()
        return next(
            (
                each.name
                for each in needed
                if not isinstance(each.type, types.Optional) and facts.get(each.name) is None
            ),
            "",
        )

    def _unmatched(self, event: Event, member: Subject | None, is_late: bool) -> Rejection | None:
        """Why an event can't be reversed; what may still come is waited for."""
        stranger = Subject(event.member, dict(self.member_facts.get(event.member, {})), date.min, 0, date.min)
        scene = self.scene(event, member or stranger)
        scene.day = self.world.calendar.day(event.at)
        try:
            found = [] if is_late else match(self.world, event, scene.facts, scene.member, scene.day)
            if self.afford is not None:
                self.afford(event, scene.member, [deed for deed, _ in found])
        except Unmatched as unmatched:
            return None if unmatched.waits else set_aside(event, unmatched.code, unmatched.message, unmatched.help)
        return None


def asks_about_others(part: nodes.Node) -> bool:
    """Whether a part of a rule looks at what is known of others, or kept with them."""
    if isinstance(part, nodes.Compare):
        return part.operator == "same as"
    return isinstance(part, nodes.Theirs) or (
        isinstance(part, nodes.Limit | nodes.Accumulate) and (part.person is not None or is_of_everybody(part))
    )


def is_of_everybody(part: nodes.Node) -> bool:
    """Whether a part of a rule is a limit that everybody counts for together."""
    return isinstance(part, nodes.Limit) and part.everybody


def _too_late(event: Event, beyond: bool) -> Rejection:
    return set_aside(
        event,
        "G690",
        "the event became known later than the program's `lateness` lets it"
        if beyond
        else "the event comes late: one of the member's that happened after it is evaluated already",
        "lengthen `lateness`, or post an `adjustment`"
        if beyond
        else "to have events in the order in which they happened, take `recorded` out of the mapping",
    )


def set_aside(event: Event, code: str, message: str, help: str = "") -> Rejection:
    return Rejection(code, message, event.id, event.place, {"id": event.id, "member": event.member}, help=help)
