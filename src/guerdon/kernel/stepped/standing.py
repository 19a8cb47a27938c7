"""Where members stand, as the reference engine holds it, and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from guerdon.kernel.days import NEVER, Years
from guerdon.kernel.standing import held
from guerdon.kernel.standing.counts import since_entry
from guerdon.kernel.standing.tiers import Tier
from guerdon.program import nodes
from guerdon.reference.calendar import Calendar
from guerdon.reference.state import Held

Scalars = dict[str, int]
"""What a kernel keeps of a tier, by what it is: `rank`, `due` and others."""


@dataclass(frozen=True)
class Standing:
    """A ladder's tier both ways, of which a rank is kept."""

    tier: Tier
    calendar: Calendar
    years: Years

    def known(self) -> Iterator[str]:
        """What is kept, by the names of scalars without that of the tier."""
        yield from ("rank", "due")

    def fits(self, of: Held) -> bool:
        """Whether the kernel keeps something for all that is held."""
        return not (of.given or of.capped or of.grace or of.floor)

    def held(self, scalars: Scalars, joined: date, today: date) -> Held:
        """The tier that the reference engine holds."""
        return Held(scalars["rank"], None if self._is_met else self._day(scalars["due"]), since=joined, reached=today)

    def scalars(self, of: Held, today: date, joined: date) -> Scalars:
        """What the kernel keeps of a tier that is held."""
        if not self._is_met:
            return {"rank": of.rank, "due": self._number(of.ends)}
        days = [self.years.number(today) + 1] if self.tier.every_day else []
        days = days or [self._end(each, today, joined) for each in self.tier.periods]
        return {"rank": of.rank, "due": min(days) if days and of.rank > 0 else NEVER}

    @property
    def _is_met(self) -> bool:
        return isinstance(self.tier.ladder.lasts, nodes.WhileMet)

    def _day(self, number: int) -> date | None:
        return None if number >= NEVER else self.years.day(number)

    def _number(self, day: date | None) -> int:
        return NEVER if day is None else self.years.number(day)

    def _end(self, period: nodes.Period | None, today: date, joined: date) -> int:
        return NEVER if period is None else self.years.number(self.calendar.period(period, today, 0, joined)[1])


@dataclass(frozen=True)
class OfTerm(Standing):
    """A tier of which more is kept than its rank: for a term, and where nothing is returned.

    Units: what is carried and taken off stands over `tier.over` in the kernel.
    """

    tier: held.Held

    def known(self) -> Iterator[str]:
        """What is kept, by the names of scalars without that of the tier."""
        ladder = self.tier.ladder
        yield from ("rank", "due", "stands", "ends")
        yield from ("given",) if ladder.grants else ()
        yield from ("grace",) if ladder.grace is not None else ()
        yield from ("rises",) if ladder.rises is not None else ()
        yield from ("carried", "until", "closes") if ladder.carries else ()
        yield from ("off", "off_until") if ladder.restarts is not None else ()

    def fits(self, of: Held) -> bool:
        """Whether the kernel keeps something for all that is held."""
        known = {*self.known()}
        return not of.capped and (not of.given or "given" in known) and (not of.grace or "grace" in known)

    def held(self, scalars: Scalars, joined: date, today: date) -> Held:
        found, over, rank = scalars.get, self.tier.over, scalars["rank"]
        return Held(
            rank,
            self._day(scalars["ends"]),
            given=bool(found("given", 0)),
            since=joined,
            reached=today,
            grace=bool(found("grace", 0)),
            deducted=Fraction(found("off", 0), over),
            deducted_until=self._day(found("off_until", NEVER)) or date.max,
            carried=Fraction(found("carried", 0), over),
            carried_until=self.years.day(scalars["until"]) if found("until", -NEVER) > -NEVER else date.min,
            floor=scalars["stands"] if scalars["stands"] > rank else 0,
        )

    def scalars(self, of: Held, today: date, joined: date) -> Scalars:
        """Shape: the tier is looked at no later than it needs to be; what is looked at too early stays as it is."""
        ladder, number = self.tier.ladder, self.years.number
        found = {
            "rank": of.rank,
            "stands": of.standing,
            "ends": self._number(of.ends),
            "given": int(of.given),
            "grace": int(of.grace),
            "off": int(of.deducted * self.tier.over),
            "off_until": number(of.deducted_until) if of.deducted_until < date.max else NEVER,
            "carried": int(of.carried * self.tier.over),
            "until": number(of.carried_until) if of.carried_until > date.min else -NEVER,
        }
        if ladder.rises is not None:
            found["rises"] = self._end(ladder.rises.period, today, joined)
        if ladder.carries:
            found["closes"] = self._end(self.tier.counted_in, today, joined)
        days = [found[each] for each in ("ends", "rises", "closes") if each in found]
        found["due"] = min([*days, number(today) + 1] if ladder.floors else days)
        return {each: found[each] for each in self.known()}


def standing(tier: Tier, program: nodes.Program, years: Years) -> Standing | None:
    """A tier of which all that is kept is known here; None for another."""
    calendar = Calendar(program.frame)
    if not isinstance(tier, held.Held):
        return Standing(tier, calendar, years)
    returned = any(record.reverses is not None for record in program.events.values())
    if returned or isinstance(tier.ladder.lasts, nodes.WhileMet) or since_entry(tier.ladder, program):
        return None
    return OfTerm(tier, calendar, years)
