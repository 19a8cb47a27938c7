"""Tiers with all that a ladder can say beside what it counts: granted, floored, in grace, carried over, started anew, raised by reviews.

What is kept of such a tier is what the reference keeps (`Held`): its rank and the end of its term, since when it is
held, whether it was given or is in grace, what was taken off its count and what was carried into it. The rank
that counts, `stands`, is the rank or the floor.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

from guerdon.kernel.days import NEVER
from guerdon.kernel.standing.counts import Count, since_entry
from guerdon.kernel.writing.expressions import condition
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.make import DAYS, YES
from guerdon.kernel.writing.values import compared, const
from guerdon.program import nodes

REASONS = ("granted", "reached", "no longer met", "term ended", "floor")
"""Why a tier is another, each by its place after 0: it is not."""

GRANTED, REACHED, NO_LONGER_MET, TERM_ENDED = range(1, 5)


def says_more(ladder: nodes.Ladder, program: nodes.Program) -> bool:
    """Whether a ladder says something beside what it counts, or counts since its tier was entered."""
    special = ladder.rises, ladder.grace, ladder.floors, ladder.grants, ladder.carries, ladder.restarts
    return any(special) or since_entry(ladder, program)


class Held(Count):
    """A tier of which more is kept than its rank."""

    def __post_init__(self) -> None:
        super().__post_init__()
        make, name, ladder = self.make, self.name, self.ladder
        ranks = 0, len(ladder.tiers) - 1
        self.stands = make.scalar(f"{name}_stands", ranks)
        self.ends = make.scalar(f"{name}_ends", DAYS, NEVER)
        self.given = make.scalar(f"{name}_given", YES) if ladder.grants else "0"
        self.grace = make.scalar(f"{name}_grace", YES) if ladder.grace is not None else "0"
        if ladder.rises is not None:
            make.scalar(f"{name}_rises", DAYS, NEVER)

    @property
    def only_adds_up(self) -> bool:
        return False

    @property
    def looks_back(self) -> bool:
        """Whether something is looked at as of the day before a review."""
        ladder = self.ladder
        return super().looks_back or bool(ladder.grace or ladder.rises or ladder.carries)

    @property
    def _is_met(self) -> bool:
        return isinstance(self.ladder.lasts, nodes.WhileMet)

    # ------------------------------------------------------------ rising

    def _rise(self, rank: str, day: str) -> None:
        """Gives a tier that was reached, from a day on."""
        w = self.make.w
        w.line(f"{self.rank} = {rank}")
        if not self._is_met:
            w.line(f"{self.ends} = {self._ends(day)}")
        for flag in (self.given, self.grace):
            if flag != "0":
                w.line(f"{flag} = 0")
        self._enter(day)

    # ------------------------------------------------------------ after an event

    def joined(self) -> None:
        """The first day of a member."""
        if self.since is not None:
            self.make.w.line(f"{self.since} = day")
        self._look_again(Here("day"), has_counted=False)

    def after(self, here: Here, undone: str | None = None) -> None:
        """Lets the tier follow an event, which may grant one."""
        w, ladder = self.make.w, self.ladder
        why = f"{self.name}_why"
        w.line(f"{why} = 0")
        self._grant(here, why)
        total = self._forgive(here)
        if ladder.rises is None:
            reached = self._risen(here) if ladder.restarts is not None else self.counted(here, total)
            with w.block(f"if {reached} > {self.rank}:"):
                self._rise(reached, here.day)
                w.line(f"{why} = {REACHED}")
            if ladder.grace is not None:
                with w.block(f"elif {self.grace} and {reached} >= {self.rank}:"):
                    w.line(f"{self.grace} = 0")
                    w.line(f"{self.ends} = {self._ends(here.day)}")
            if self._is_met:
                with w.block(f"elif {reached} < {self.rank} and {self.given} == 0:"):
                    w.line(f"{self.rank} = {reached}")
                    w.line(f"{why} = {NO_LONGER_MET}")
        self._stand(here, why, "(-1)")
        self._look_again(here)

    def follow(self, day: str) -> None:
        w, why = self.make.w, f"{self.name}_why"
        w.line(f"{why} = 0")
        reached = self.counted(Here(day))
        with w.block(f"if {reached} > {self.rank}:"):
            self._rise(reached, day)
            w.line(f"{why} = {REACHED}")
        with w.block(f"elif {reached} < {self.rank} and {self.given} == 0:"):
            w.line(f"{self.rank} = {reached}")
            w.line(f"{why} = {NO_LONGER_MET}")
        self._stand(Here(day), why, day)
        self._look_again(Here(day))

    def _grant(self, here: Here, why: str) -> None:
        """Gives the highest tier that the event grants; one that is held already is renewed."""
        w, ladder = self.make.w, self.ladder
        mine = [each for each in ladder.grants if each.event == here.event]
        if not mine:
            return
        best = w.name("granted")
        w.line(f"{best} = 0")
        w.line(f"{best}_again = 0")
        for each in mine:
            rank = ladder.rank(each.tier)
            guard = condition(self.make, each.when, here) if each.when is not None else None
            with w.block(f"if {guard}:") if guard is not None else nullcontext():
                w.line(f"{best} = {best} if {best} > {rank} else {rank}")
                with w.block(f"if {self.rank} == {rank}:"):
                    w.line(f"{best}_again = 1")
        with w.block(f"if {best} > {self.rank}:"):
            self._rise(best, here.day)
            w.line(f"{self.given} = 1")
            w.line(f"{why} = {GRANTED}")
        with w.block(f"elif {best}_again:"):
            if not self._is_met:
                self._renew(here.day)
            w.line(f"{self.given} = 1")

    def _renew(self, day: str) -> None:
        """Begins a new term today, or puts another one behind that which runs."""
        w, lasts = self.make.w, self.ladder.lasts
        if isinstance(lasts, nodes.Duration):
            with w.block(f"if {self.ends} < {NEVER} and {self.grace} == 0:"):
                length, unit = (lasts.months, "months_on") if lasts.months else (lasts.days, "days_on")
                self.make.functions.add(unit)
                w.line(f"{self.ends} = {unit}({self.ends}, {length}, {self.make.years.base})")
            with w.block("else:"):
                w.line(f"{self.ends} = {self._ends(day)}")
        else:
            w.line(f"{self.ends} = {self._ends(day)}")
        if self.grace != "0":
            w.line(f"{self.grace} = 0")

    # ------------------------------------------------------------ where the member stands

    def _stand(self, here: Here, why: str, day: str) -> None:
        """Notes the rank that counts, and writes why it is another."""
        w, ladder = self.make.w, self.ladder
        now = self.rank
        if ladder.floors:
            now = w.name("floor")
            w.line(f"{now} = {self.rank}")
            for each in ladder.floors:
                rank = ladder.rank(each.tier)
                with w.block(f"if {condition(self.make, each.condition, here)}:"):
                    w.line(f"{now} = {now} if {now} > {rank} else {rank}")
        with w.block(f"if {now} != {self.stands}:"):
            w.line(f"{self.stands} = {now}")
            for number, reason in enumerate(REASONS, 1):
                with w.block(f"{'if' if number == 1 else 'elif'} {why} == {number % len(REASONS)}:"):
                    self._move(day, reason)

    def _look_again(self, here: Here, has_counted: bool = True) -> None:
        """Notes the next day on which the tier is looked at; before anything was counted, floors are so only for the day's sake."""
        make, w, n, ladder, day = self.make, self.make.w, self.name, self.ladder, here.day
        if not self._is_met:
            w.line(f"{self.due} = {self.ends}")
        else:
            w.line(f"{self.due} = {NEVER}")
            with w.block(f"if {self.rank} > 0 and {self.given} == 0:"):
                self._sooner(*self._changing(day, (ladder.counts, *(step.when for step in ladder.tiers))))
                if ladder.carries:
                    with w.block(f"if {n}_until > {day}:"):
                        self._sooner(f"{n}_until")
        if ladder.rises is not None:
            w.line(f"{n}_rises = {make.period_end(ladder.rises.period, day)}")
            self._sooner(f"{n}_rises")
        if ladder.carries:
            w.line(f"{n}_closes = {NEVER}")
            with w.block(f"if {compared('>', self.total(here), const(0))}:"):
                w.line(f"{n}_closes = {self._period_end(day)}")
                self._sooner(f"{n}_closes")
        floors = tuple(each.condition for each in ladder.floors)
        if floors and has_counted:
            self._sooner(*self._changing(day, floors))
        elif floors and self._asks_for_days(floors):
            self._sooner(f"{day} + 1")

    def _sooner(self, *days: str) -> None:
        w = self.make.w
        for each in days:
            other = w.kept("then", each)
            w.line(f"{self.due} = {other} if {other} < {self.due} else {self.due}")

    # ------------------------------------------------------------ the start of a day

    def look_back(self, day: str) -> None:
        """Looks at what was counted on the day before a review, at which it is then said what comes of it."""
        w, n, ladder = self.make.w, self.name, self.ladder
        with w.block(f"if {self.due} == {day} + 1:"):
            here = Here(day)
            total = self.total(here) if ladder.counts is not None else None
            reached = self.counted(here, total)
            w.line(f"{n}_before = {reached}")
            if ladder.carries and total is not None:
                with w.block(f"if {n}_closes == {day} + 1:"):
                    self._exceeds(reached, total, day)
            if ladder.rises is not None and ladder.restarts is not None:
                with w.block(f"if {n}_rises == {day} + 1:"):
                    w.line(f"{n}_risen = {self._risen(here)}")

    @property
    def noted(self) -> list[str]:
        found = ["before", *(["excess"] if self.ladder.carries else [])]
        return found + (["risen"] if self.ladder.rises is not None and self.ladder.restarts is not None else [])

    def review(self, day: str, before: str) -> None:
        """Looks at the tier at the start of a day; `before` names the rank that was reached the day before."""
        w, n, ladder = self.make.w, self.name, self.ladder
        why, was = f"{n}_why", f"{n}_was"
        w.line(f"{why} = 0")
        w.line(f"{was} = {self.rank}")
        if ladder.rises is not None:
            reached = f"{n}_risen" if ladder.restarts is not None else before
            with w.block(f"if {n}_rises == {day} and {reached} > {self.rank}:"):
                self._rise(reached, day)
                w.line(f"{why} = {REACHED}")
        if self._is_met:
            with w.block(f"if {self.rank} > 0 and {self.given} == 0:"):
                reached = self.counted(Here(day))
                with w.block(f"if {reached} < {self.rank}:"):
                    w.line(f"{self.rank} = {reached}")
                    w.line(f"{why} = {NO_LONGER_MET}")
        elif not isinstance(ladder.lasts, nodes.Ever):
            with w.block(f"if {why} == 0 and {self.rank} > 0 and {self.ends} <= {day}:"):
                self._after_term(day, before, why)
        if ladder.carries:
            with w.block(f"if {n}_closes == {day}:"):
                kept_on = f"{n}_excess if {self.rank} >= {was} else 0" if ladder.unless_fallen else f"{n}_excess"
                w.line(f"{n}_carried = {kept_on}")
                w.line(f"{n}_until = {self._period_end(day)}")
        self._stand(Here(day), why, day)
        self._look_again(Here(day))

    def _after_term(self, day: str, before: str, why: str) -> None:
        """What becomes of a tier whose term ended."""
        w, ladder = self.make.w, self.ladder
        of_this_period = isinstance(ladder.lasts, nodes.Calendar) and ladder.lasts.ahead == 0
        now = w.name("stays")
        if not of_this_period:
            w.line(f"{now} = {before}")
        else:
            self._by_grace(now, lambda: before, lambda: self.counted(Here(day)))
        w.line(f"{now} = {now} if {now} < {self.rank} else {self.rank}")
        if ladder.grace is None:
            self._next_term(day, now, why, of_this_period)
            return
        with w.block(f"if {now} < {self.rank} and {self.grace} == 0:"):
            w.line(f"{self.grace} = 1")
            length = ("months", ladder.grace.months) if ladder.grace.months else ("days", ladder.grace.days)
            w.line(f"{self.ends} = {self.make.moved(day, length)}")
        with w.block("else:"):
            self._next_term(day, now, why, of_this_period)

    def _by_grace(self, name: str, within: Callable[[], str], else_: Callable[[], str]) -> None:
        """Names one thing where the time of grace runs, and another where it does not; what they are may take lines of its own."""
        w = self.make.w
        if self.grace != "0":
            with w.block(f"if {self.grace}:"):
                w.line(f"{name} = {within()}")
            with w.block("else:"):
                w.line(f"{name} = {else_()}")
        else:
            w.line(f"{name} = {else_()}")

    def _next_term(self, day: str, now: str, why: str, of_this_period: bool) -> None:
        """Lets the tier fall as the ladder says, or go on."""
        w, n = self.make.w, self.name
        falls = self._fallen(now)
        if of_this_period:
            w.line(f"{now} = {falls}")
        else:
            w.line(f"{now} = {falls} if {now} < {self.rank} or {self.grace} else {now}")
        w.line(f"{self.ends} = {NEVER}")
        with w.block(f"if {now} > 0:"):
            if of_this_period:
                w.line(f"{self.ends} = {self._ends(day)}")
            else:
                self._by_grace(self.ends, lambda: self._ends(day), lambda: self._next(day))
        if self.grace != "0":
            w.line(f"{self.grace} = 0")
        if self.ladder.restarts is not None:
            w.line(f"{n}_off = 0")
        self._enter(day)
        with w.block(f"if {now} != {self.rank}:"):
            w.line(f"{self.rank} = {now}")
            if self.given != "0":
                w.line(f"{self.given} = 0")
            w.line(f"{why} = {TERM_ENDED}")
