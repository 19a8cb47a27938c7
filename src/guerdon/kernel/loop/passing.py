"""Days that begin between events, as text: what adds up begins again, tiers are reviewed, lots expire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext

from guerdon.kernel.awards.triggers import AT_EVENT, BEGINS, ENDS, Coming, Triggers
from guerdon.kernel.days import NEVER
from guerdon.kernel.loop.turns import Turns
from guerdon.kernel.parts import Parts
from guerdon.kernel.writing.make import DAYS, END_OF_MEMBERSHIP, ROOM
from guerdon.program.nodes import Period

SELDOM = (Period.DAY, Period.QUARTER, Period.YEAR, Period.FISCAL_YEAR)
"""Periods of which a machine guesses well whether one is over at an event: each day is another, and most years are the same."""

FEW = 4
"""So many numbers begin again without a jump that is guessed wrong at every other event."""


class Days:
    """Writes how the days of a member pass."""

    def __init__(self, parts: Parts) -> None:
        self.parts, self.make, self.w = parts, parts.make, parts.make.w
        make = self.make
        self.triggers, self.turns = Triggers(parts), Turns(make)
        self.asks_ended = bool(self.triggers.at_end)
        if Period.MEMBERSHIP_YEAR in make.rolls:
            make.membership()
        rolls = (period for period in make.rolls if period is not Period.MEMBERSHIP_YEAR)
        make.ends = {period: make.scalar(f"end_{period.name.lower()}", DAYS, -NEVER) for period in rolls}
        self.own_ends = {
            period: make.scalar(f"own_end_{period.name.lower()}", DAYS, -NEVER, own=True) for period in make.own_rolls
        }

    def _due(self) -> list[str]:
        names = [tier.due for tier in self.parts.tiers.values()]
        return names + [f"{purse.name}_next" for purse in self.parts.purses.values() if purse.due]

    def pass_to_day(self, spent: str) -> None:
        """Lets the days up to `day` begin, in their order; `spent`: what an event writes for lots that it takes from."""
        w = self.w
        due = self._due()
        if self.triggers.at_begin or self.triggers.at_end or (self.triggers.reaching and due):
            self._pass_with_triggers(spent)
        elif self._apart():
            self._pass_apart()
        elif due:
            guard = " or ".join(f"{each} <= day" for each in due)
            with w.block(f"while {guard}:"):
                self.make.stop(1, f"w > {self.make.room.rows - ROOM // 2}")
                self._soonest(due)
                self._review("now")
                self._expire("now")
            with w.block("if why != 0:"):
                w.line("break")
            self.make.stop_for_room(spent)
        self.roll("day")

    def _apart(self) -> bool:
        """Whether nobody can tell if lots expire before or after tiers are looked at: no tier reads them, and no row says so."""
        expiring = [purse for purse in self.parts.purses.values() if purse.due]
        read = any(tier.reads_lots for tier in self.parts.tiers.values())
        return len(expiring) == 1 and expiring[0].any_day and not self.make.full and not read

    def _pass_apart(self) -> None:
        """Lets days pass for tiers, and then for lots: one guess for each lot instead of three."""
        w, tiers = self.w, [tier.due for tier in self.parts.tiers.values()]
        if tiers:
            with w.block(f"while {' or '.join(f'{each} <= day' for each in tiers)}:"):
                self._soonest(tiers)
                self._review("now")
        for purse in self.parts.purses.values():
            if purse.due:
                purse.expire("day", room=str(self.make.rows_before_an_event))
        with w.block("if why != 0:"):
            w.line("break")

    def _soonest(self, days: list[str]) -> None:
        """Names the soonest of some days."""
        self.w.line(f"now = {days[0]}")
        for each in days[1:]:
            self.w.line(f"now = {each} if {each} < now else now")

    def _pass_with_triggers(self, spent: str) -> None:
        """Lets the days up to `day` begin, and those before end, and what waits for them happen."""
        w, triggers, start = self.w, self.triggers, self.make.start
        at_begin = self._soonest_of("soon_begin", triggers.at_begin)
        at_end = self._soonest_of("soon_end", triggers.at_end)
        begins, ends = [*self._due(), *at_begin], at_end
        w.line("upto = day")
        w.line("until = at")
        w.line(f"closes = upto + {'ended' if ends else '0'} if is_end else upto")
        with w.block(
            f"while {' or '.join([*(f'{each} <= upto' for each in begins), *(f'{each} <= closes' for each in ends)])}:"
        ):
            self.make.stop_for_room()
            self._soonest(begins + ends)
            if ends:
                with w.block(f"if {' or '.join(f'{each} == now' for each in ends)}:"):
                    w.line("day = now - 1")
                    w.line(f"when = {ENDS}")
                    w.line(f"at = {start('now')} - 1")
                    self.roll("day")
                    with self._of_each("day"):
                        triggers.end("now")
                    self._leave()
            with w.block("if now <= upto:"):
                w.line("day = now")
                w.line(f"when = {BEGINS}")
                w.line(f"at = {start('now')}")
                stood = triggers.stood()
                self._review("now")
                triggers.reached(stood)
                self._expire("now")
                if triggers.at_begin:
                    with w.block(f"if {' or '.join(f'{each} == now' for each in at_begin)}:"):
                        self.make.stop_for_room()
                        self.roll("now")
                        with self._of_each("now"):
                            triggers.begin("now")
                        self._leave()
            self._soonest_of("soon_begin", triggers.at_begin)
            self._soonest_of("soon_end", triggers.at_end)
        with w.block("if why != 0:"):
            w.line("break")
        self.make.stop_for_room(spent)
        if self.make.together:
            w.line("row = i - 1 if is_end else i")
        w.line("day = upto")
        w.line("at = until")
        w.line(f"when = {AT_EVENT}")

    def _soonest_of(self, name: str, of: list[Coming]) -> list[str]:
        """The names of the days on which some triggers happen next: of members who are together, of the soonest."""
        if not self.make.together:
            return [each.next for each in of]
        if of:
            self.turns.soonest(name, of)
        return [name] if of else []

    @contextmanager
    def _of_each(self, day: str) -> Iterator[None]:
        """What is written inside is for the member, or for each of those who are together, as of a day."""
        if not self.make.together:
            yield
            return
        with self.turns.each():
            self.make.stop_for_room()
            self.roll_own(day)
            yield

    def _leave(self) -> None:
        """Leaves the loop over days where there was no room for what came of one of several members."""
        if self.make.together:
            with self.w.block("if why != 0:"):
                self.w.line("break")

    def _expire(self, now: str) -> None:
        """Lets lots expire, and tiers follow what is left."""
        w = self.w
        expiring = any(purse.due for purse in self.parts.purses.values())
        following = [tier for tier in self.parts.tiers.values() if tier.follows] if expiring else []
        if following:
            w.line("moved = 0")
        for purse in self.parts.purses.values():
            purse.expire(now, "moved" if following else None)
        if expiring:
            with w.block("if why != 0:"):
                w.line("break")
        if following:
            with w.block("if moved:"):
                stood = self.triggers.stood()
                self.roll(now)
                for tier in following:
                    tier.follow(now)
                self.triggers.reached(stood)

    def _review(self, now: str) -> None:
        """Looks at the tiers that are due on a day, as of which sums are then."""
        w, tiers = self.w, [*self.parts.tiers.values()]
        back = [tier for tier in tiers if tier.looks_back]
        names: dict[str, str] = {}
        if back:
            for tier in back:
                for each in tier.noted:
                    w.line(f"{tier.name}_{each} = 0")
            with w.block(f"if {' or '.join(f'{tier.due} == {now}' for tier in back)}:"):
                w.line(f"before = {now} - 1")
                self.roll("before")
                for tier in back:
                    tier.look_back("before")
                    names[tier.name] = f"{tier.name}_before"
        if not tiers:
            return
        with w.block(f"if {' or '.join(f'{tier.due} == {now}' for tier in tiers)}:"):
            self.roll(now)
            for tier in tiers:
                with w.block(f"if {tier.due} == {now}:") if len(tiers) > 1 else nullcontext():
                    tier.review(now, names.get(tier.name, "0"))

    def roll(self, day: str) -> None:
        """Lets periods that are over begin again, and windows move on, up to a day; what members who are together have of their own waits for their turn."""
        self._roll(day, self.make.ends, self.make.rolls)
        if not self.make.together:
            self.w.line(f"@years {day}")
        for tally in self.parts.tallies.of.values():
            if not tally.own:
                tally.roll(day)

    def roll_own(self, day: str) -> None:
        """The same for what the member whose turn it is has of their own."""
        self._roll(day, self.own_ends, self.make.own_rolls)
        self.w.line(f"@years {day}")
        for tally in self.parts.tallies.of.values():
            if tally.own:
                tally.roll(day)

    def _roll(self, day: str, ends_of: Mapping[Period, str], rolls: Mapping[Period, list[str]]) -> None:
        """Lets periods that are over begin again."""
        w, make = self.w, self.make
        for period, end in ends_of.items():
            names = rolls[period]
            if period in SELDOM or len(names) > FEW:
                with w.block(f"if {day} >= {end}:"):
                    w.line(f"{end} = {make.period_end(period, day)}")
                    for name in names:
                        w.line(f"{name} = 0")
                continue
            ends = w.kept("ends", make.period_end(period, day))
            for name in names:
                w.line(f"{name} = {name} if {ends} == {end} else 0")
            w.line(f"{end} = {ends}")

    def joined(self) -> list[str]:
        """The first day of a member, where years are reckoned from it."""
        if END_OF_MEMBERSHIP not in self.make.state:
            return []
        return ["joined = day", f"{END_OF_MEMBERSHIP} = {self.make.years_since('1')}"]

    def years(self, day: str) -> list[str]:
        """Lets the member's years that are over begin again, up to a day."""
        if END_OF_MEMBERSHIP not in self.make.state:
            return []
        again = self.make.rolls.get(Period.MEMBERSHIP_YEAR, [])
        return [
            f"while {day} >= {END_OF_MEMBERSHIP}:",
            "    years_over += 1",
            f"    {END_OF_MEMBERSHIP} = {self.make.years_since('years_over + 1')}",
            *(f"    {name} = 0" for name in again),
        ]
