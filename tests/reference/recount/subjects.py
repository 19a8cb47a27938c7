"""Those who hold something: members, and accounts; and what is compared with the engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

from tests.reference.recount.days import ONE
from tests.reference.recount.past import Lot, Past, Portion, Seen, View
from tests.reference.recount.tiers import Held, Tiers

from guerdon.history.event import Facts
from guerdon.program import nodes

AWARD = tuple("id member event rule unit quantity exact dropped cut at spendable_from expires of".split())


@dataclass(eq=False)
class Subject:
    """A member: since when, what is known of them, which tiers they hold, how far their days were walked."""

    id: str
    joined: date
    day: date
    facts: dict[str, Any]
    held: dict[str, Held]
    floors: dict[str, int] = field(default_factory=dict)  # the place below which nobody is, by ladder
    begun: int = 0  # the instant from which on they are known
    is_active: bool = False  # something happened that was not refused; before, no floor is looked at
    latest: int = -(10**18)  # when the latest thing happened to them, or was given or taken back
    known: int = -(10**18)  # when the latest of what happened to them became known
    has_joined: bool = False  # by an event that says so


@dataclass
class Recounted:
    """All that is compared with the engine."""

    past: Past
    awards: list[tuple[Any, ...]] = field(default_factory=list)  # as `AWARD` says
    moves: list[tuple[str, str, str, int, str]] = field(default_factory=list)
    refusals: list[tuple[str, str, str, Fraction, int]] = field(default_factory=list)
    rejections: list[tuple[str, str]] = field(default_factory=list)


class Subjects(Tiers):
    """Everybody who is known so far."""

    members: Mapping[str, Facts]
    subjects: dict[str, Subject]
    found: Recounted
    touched: dict[str, Subject]  # those who were given something, or had it taken back, at the event
    answered: int = 0  # how many moves there were when the event, or the day, began

    def joined(self, id: str, day: date, at: int) -> Subject:
        """A member, who is one from now on."""
        if id not in self.subjects:
            held = {name: Held(ladder.tiers[0].name) for name, ladder in self.program.ladders.items()}
            self.subjects[id] = Subject(id, day, day - ONE, dict(self.members.get(id, {})), held, begun=at)
            for name in held:
                self.found.moves.append((id, name, held[name].tier, at, "joined"))
        return self.subjects[id]

    def ladders(self, subject: Subject) -> Iterator[nodes.Ladder]:
        """The ladders that a subject stands on."""
        yield from self.program.ladders.values()

    def view(self, subject: Subject, day: date, at: int) -> View:
        """How a subject sees things on a day."""
        return View(
            mark=self.past.mark,
            day=day,
            at=at,
            subjects={"": subject.id},
            person=dict(subject.facts),
            tiers={name: self.shown(subject, self.program.ladders[name]) for name in subject.held},
            joined={subject.id: subject.joined},
            entered={name: held.since for name, held in subject.held.items()},
        )

    def move(self, subject: Subject, ladder: nodes.Ladder, moved: tuple[Held, str] | None, at: int) -> None:
        """Another tier is held, or the same one for a new term; one that is held for no time is not on record."""
        if moved is None:
            return
        held, reason = moved
        subject.held[ladder.name] = held
        self._entered(subject, ladder, reason, at)

    def shown(self, subject: Subject, ladder: nodes.Ladder) -> str:
        """The tier that a subject has: the one held, or a floor that is higher."""
        place = max(ladder.rank(subject.held[ladder.name].tier), subject.floors.get(ladder.name, 0))
        return ladder.tiers[place].name

    def look_at_floors(self, subject: Subject, ladder: nodes.Ladder, view: View) -> None:
        """Looks at the floors of a ladder; what comes of it is on record when the tier was looked at, too."""
        places = [ladder.rank(floor.tier) for floor in ladder.floors if self.value(floor.condition, view)]
        subject.floors[ladder.name] = max(places, default=0)

    def floor(self, subject: Subject, ladder: nodes.Ladder, at: int) -> None:
        self._entered(subject, ladder, "floor", at)

    def _entered(self, subject: Subject, ladder: nodes.Ladder, reason: str, at: int) -> None:
        tier = self.shown(subject, ladder)
        moves = list(enumerate(self.found.moves))
        before = [(place, each) for place, each in moves if each[:2] == (subject.id, ladder.name)]
        if before[-1][1][2] != tier:
            if before[-1][0] >= self.answered and before[-1][1][4] != "joined":
                place, move = before.pop()
                del self.found.moves[place]
                reason = move[4] if reason == "floor" else reason
            if before[-1][1][2] != tier:
                self.found.moves.append((subject.id, ladder.name, tier, at, reason))

    def award(
        self, here: Seen, part: Portion, rule: str, unit: str, spendable: int | None, expires: int | None
    ) -> None:
        event = here.event
        amounts = part.quantity, part.exact, part.dropped, part.cut
        name = "/".join([event.type, event.id, *([part.name] if part.name else [])])
        self.found.awards.append(
            (name, part.subject, event.id, rule, unit, *amounts, event.at, spendable, expires, None)
        )

    # ------------------------------------------------------------ the lots of a day

    def lots_expire(self, subject: Subject, today: date, at: int) -> None:
        """Lots come under new lines, and those that are due expire."""
        view = self.view(subject, today, at)
        for unit in self.program.units.values():
            lots = self.past.lots(subject.id, unit.name)
            for lot in lots:
                self._comes_under(lot, unit, view)
            for lot in [] if unit.suspended is not None and self.value(unit.suspended, view) else lots:
                gone = self.gone(lot, subject.joined)
                if gone is not None and gone <= today:
                    self.expire(lot, at, None)

    def is_suspended(self, lot: Lot, at: int) -> bool:
        """Whether nothing of a lot's unit expires, by what the event left."""
        unit, holder, here = self.program.units[lot.unit], self.subjects[lot.holder], self.past.seen[-1]
        view = self.view(holder, self.days.of(at), at)
        before = view.mark._replace(seen=view.mark.seen - 1)
        view = replace(view, mark=before, here=here if here.event.member == holder.id else None)
        return unit.suspended is not None and bool(self.value(unit.suspended, view))

    def _comes_under(self, lot: Lot, unit: nodes.Unit, view: View) -> None:
        """A lot that was there before comes under a line `existing too` on its day."""
        for line in unit.expiries:
            if line.existing and line.since == view.day and (line.when is None or self.value(line.when, view)):
                lot.line, lot.fixed, lot.joined = line, None, view.joined[lot.holder]
                return
