"""One member: when they join and who brought them, when they come, and the rows that tell of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from guerdon.simulate.chance import Chance
from guerdon.simulate.season import DAY, Calendar, Season
from guerdon.simulate.table import Row, Table

BEFORE = 365
"""Members joined in the year before the first day, or since; on each day of both as likely."""

LATEST = 13
"""After how many days at most a late sale becomes known."""


@dataclass(frozen=True)
class Habit:
    """How members of a kind behave, each differently around this.

    `every`: days between two visits of a steady member; `shape`: of the gamma distribution of how much oftener or seldomer
    others come, the smaller the more different; `lapses`: how many thousandths never come again after a visit;
    `invited`, `returned`, `partly`: thousandths who say that another member brought them, of sales that come back, and of these
    in part.
    """

    season: Season
    every: int
    shape: int
    lapses: int
    invited: int
    returned: int
    partly: int = 500


@dataclass
class Tally:
    """What was made up: rows by table, and what may be asked of them."""

    rows: dict[str, int] = field(default_factory=dict)
    members: int = 0
    invited: int = 0
    sales: int = 0
    late: int = 0
    returnable: int = 0
    returned: int = 0
    partly: int = 0
    bad: dict[str, int] = field(default_factory=dict)

    @property
    def all_rows(self) -> int:
        return sum(self.rows.values())


@dataclass(frozen=True)
class World:
    """What all members of a history share."""

    kind: str
    habit: Habit
    calendar: Calendar
    seed: int
    late: int  # thousandths of sales

    def chance(self, *names: object) -> Chance:
        """Chance of its own, by names; what is drawn for one thing changes no other."""
        return Chance(self.seed, self.kind, *names)

    def joined(self, number: int) -> int:
        """The day on which a member joins; below 0 before the first."""
        return self.chance("joined", number).below(BEFORE + self.calendar.count) - BEFORE


class Member:
    """A member by number, from 1, with the rows that are written of them, in order.

    INVARIANT: nothing of a member depends on members of higher numbers, nor on how many there are.
    """

    def __init__(self, world: World, number: int, tally: Tally) -> None:
        self.world, self.number, self.tally = world, number, tally
        self.id = member_id(number)
        self.chance = world.chance(number)
        self.joined = world.joined(number)
        self.pace = self.chance.gamma(world.habit.shape)
        self.invited_by = self._referrer()
        self.rows: list[tuple[Table, Row]] = []
        self._late = world.chance("late", number)
        self._counted = 0

    def _referrer(self) -> str:
        """Who brought them: the first of four of lower numbers who joined before; of one in five there is none."""
        if self.number == 1 or not self.chance.happens(self.world.habit.invited):
            return ""
        tried = [self.chance.below(self.number - 1) + 1 for _ in range(4)]
        earlier = (each for each in tried if self.world.joined(each) < self.joined)
        return next(map(member_id, earlier), "")

    # ------------------------------------------------------------ time

    def visits(self) -> Iterator[int]:
        """The moments at which they come, until they lapse or the history ends.

        Source: Fader, Hardie and Lee, "Counting Your Customers" the Easy Way (2005): a rate of one's own, and after each visit
        a chance that it was the last one; here in the season's time.
        """
        habit, calendar, chance = self.world.habit, self.world.calendar, self.chance
        position, steps = calendar.start(self.joined), habit.every * 1_000_000 // self.pace
        while True:
            position += chance.wait(steps)
            day = calendar.day(position)
            if day is None:
                return
            yield self.moment(day)
            if chance.happens(habit.lapses):
                return

    def moment(self, day: int) -> int:
        """Some time of a day while there is somebody about, in seconds from the start of day 0."""
        season = self.world.calendar.season
        return day * DAY + season.opens * 3600 + self.chance.below((season.closes - season.opens) * 3600)

    def after(self, moment: int, least: int, most: int) -> int | None:
        """Some moment so many days later; None where that is behind the last day."""
        day = moment // DAY + least + self.chance.below(most - least + 1)
        return self.moment(day) if day < self.world.calendar.count else None

    # ------------------------------------------------------------ rows

    def put(self, table: Table, *values: str) -> None:
        """Writes a row: of a member what is known of them, of all others what happened."""
        self.rows.append((table, values))

    def named(self, what: str) -> str:
        """An id for the next thing that happens to them."""
        self._counted += 1
        return f"{what}{self.number:06}-{self._counted}"

    def time(self, moment: int) -> str:
        return self.world.calendar.time(moment)

    def date(self, day: int) -> str:
        return self.world.calendar.date(day)

    def known(self, moment: int) -> str:
        """When a sale becomes known, within the history: empty where that is at once."""
        self.tally.sales += 1
        is_late, days = self._late.happens(self.world.late), 1 + self._late.below(LATEST)
        if not is_late or moment // DAY + days >= self.world.calendar.count:
            return ""
        self.tally.late += 1
        return self.time(moment + days * DAY)

    def sale(self, moment: int) -> tuple[str, int | None]:
        """When a sale becomes known, and at which moment it comes back, if it does within the history: after 14 to 40 days.

        INVARIANT: a sale is known before it comes back.
        """
        self.tally.returnable += 1
        comes_back = self.chance.happens(self.world.habit.returned)
        return self.known(moment), self.after(moment, LATEST + 1, 40) if comes_back else None

    def comes_back(self, amounts: Sequence[int]) -> list[tuple[int, int]]:
        """Which of the lines of a sale come back, by their place, and how much of each: all, one of several, or half of a single one."""
        self.tally.returned += 1
        if not self.chance.happens(self.world.habit.partly):
            return list(enumerate(amounts))
        self.tally.partly += 1
        if len(amounts) > 1:
            place = self.chance.below(len(amounts))
            return [(place, amounts[place])]
        return [(0, max(1, amounts[0] // 2))]


def member_id(number: int) -> str:
    return f"M{number:06}"
