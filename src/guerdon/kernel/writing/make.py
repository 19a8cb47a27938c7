"""What a text is made with: the program, its columns, what is kept of a member, the rows that are written.

A kernel's text is one function, `run(i, n, w, ...)`: rows `i` to `n` of a block, each
member's after the other. What is kept of a member are scalars, which are local names while
the loop is at the member, and lists, which are arrays with a beginning and an end. Both are
loaded when it starts and stored when it stops, so that a member may go on in the next block.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from guerdon.kernel import others
from guerdon.kernel.columns import Column, Columns
from guerdon.kernel.days import CHANGES, DAY, NEVER, OFFSETS, STARTS, Calendar, Table, Years, name_of, so_many_on
from guerdon.kernel.writing.beyond import covered
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.longer import Longer, unmarked
from guerdon.kernel.writing.values import Value, both, scaled
from guerdon.kernel.writing.written import Writer
from guerdon.program import nodes, types
from guerdon.program.nodes import Period

PLACES = 16
"""At so many places of a text a number grows without being looked at each time."""

BLOCK = 65_536
"""So many rows are run at a time."""

QUANTITY = 2**53 - 1
"""No quantity that is kept is larger, in steps: a member of whom one would be is run in integers without bounds."""

ROOM = 8_192
"""Rows that are left free for what one event may write, beside what expires and what it takes out of lots."""

BESIDE = 64
"""Elements that are left free in each list for what one event may add, beside what it adds for its lines."""

Kept = tuple[int | str, int, int]
"""What a scalar begins with, and its bounds."""

Listed = tuple[str, str, int | None, int | None]
"""The type of an array that grows, the scalar that says how far it goes, and bounds of its values."""

AMOUNT: tuple[int, int] = (-QUANTITY - 1, QUANTITY)
DAYS: tuple[int, int] = (-NEVER, NEVER)
INSTANT: tuple[int, int] = (-(2**60), 2**60 - 1)
YES: tuple[int, int] = (0, 1)

END_OF_MEMBERSHIP = "end_membership_year"
"""The day on which the member's year ends."""


@dataclass(frozen=True)
class Code:
    """What a row that is written says: of which `kind`, of what.

    Shape: by kind `award`, `taken` and `said` (a rule), `posting` (a unit, from a pot to another, for a reason), `move` (a ladder's
    tier, and why). `over`: the denominator of an award's exact value.
    """

    kind: str
    of: tuple[object, ...]
    over: int = 1


@dataclass(frozen=True)
class Room:
    """How much there is room for: rows of events at a time, their lines, rows of the ledger, elements of each list of a member."""

    block: int = BLOCK
    lines: int = 8 * BLOCK
    rows: int = 3 * BLOCK
    listed: int = 4 * BLOCK


class Past(Protocol):
    """What is known of a member when an event happens."""

    def read(self, expr: nodes.Expr, here: Here) -> Value:
        """What was counted or earned, what is available, where the member stands."""
        ...


@dataclass
class Make:
    """A text in the making.

    Shape: `state` are the scalars kept of a member; `lists` the arrays that grow with a member, their types
    and the scalars that say how far they go; `tables` those of the calendar; `codes` of rows. `full`: rows say all that the ledger does,
    else only what was given, taken back and expired. `one`: events are run one at a time, and members may go to the reference engine.
    """

    program: nodes.Program
    full: bool
    years: Years
    room: Room
    built_in: frozenset[str] = frozenset()
    one: bool = False
    columns: Columns = field(init=False)
    w: Writer = field(default_factory=Writer)
    state: dict[str, Kept] = field(default_factory=dict)
    lists: dict[str, Listed] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    codes: list[Code] = field(default_factory=list)
    past: Past = field(init=False)
    own: dict[str, Kept] = field(default_factory=dict)
    """Where members are together, what of the state each has of their own."""
    rolls: dict[Period, list[str]] = field(default_factory=dict)
    own_rolls: dict[Period, list[str]] = field(default_factory=dict)
    functions: set[str] = field(default_factory=set)
    cold: dict[str, tuple[tuple[str, ...], list[str]]] = field(default_factory=dict)
    longer: Longer = field(default_factory=Longer)
    growing: dict[str, int] = field(default_factory=dict)
    """Of each scalar that an event adds to at so many places: in a block it grows by half of its bounds at most."""
    ends: dict[Period, str] = field(default_factory=dict)
    """Of each period in which something adds up, the name of the day on which today's ends."""

    def __post_init__(self) -> None:
        self.columns = Columns(self.program, self.built_in)
        self.calendar = Calendar(self.program.frame, self.years)
        self.gifts = others.names(self.program)
        self.taken_back = others.taken_back(self.program)
        self.rows_before_an_event = self.room.rows - ROOM - 8 * len(self.program.rules)
        self._sales = {event for event, record in self.program.events.items() if record.reverses is None}

    # ------------------------------------------------------------ what is kept, and written

    def scalar(self, name: str, bounds: tuple[int, int], begins: int | str = 0, own: bool = False) -> str:
        """Something that is kept of a member, within bounds; where it begins with something else than 0, that. `own`: also where members are together."""
        self.state[name] = begins, *bounds
        if own and self.together:
            self.own[name] = begins, *bounds
        return name

    @property
    def together(self) -> bool:
        """Whether the members of an account are run together, as one would be: what is the account's is kept once for all."""
        return bool(self.program.accounts)

    def array(self, name: str, end: str, type: str = "i64", bounds: tuple[int, int] | None = None) -> str:
        """An array that grows with a member, up to the place that a scalar says; values within bounds, if not all of its type."""
        self.lists[name] = type, end, *(bounds or (None, None))
        return name

    @property
    def place(self) -> tuple[int, int]:
        """The bounds of a place in such an array."""
        return 0, self.room.listed

    def code(self, kind: str, *of: object, over: int = 1) -> int:
        """The number of a code."""
        code = Code(kind, of, over)
        if code not in self.codes:
            self.codes.append(code)
        return self.codes.index(code)

    def write(self, code: int | str, quantity: str, *more: str) -> None:
        """A row, of which `more` is said where rows are full."""
        self.w.line("o_row[w] = row")
        self.w.line(f"o_code[w] = {code}")
        self.w.line(f"o_quantity[w] = {quantity}")
        for letter, value in zip("abcd", more, strict=False):
            if self.full:
                self.w.line(f"o_{letter}[w] = {value}")
        if self.program.triggers:
            self.w.line("o_e[w] = due")
        self.w.line("w += 1")

    def post(self, unit: str, source: str, target: str, quantity: str, lot: str, day: str, reason: str) -> None:
        """What went from one pot to another: of a lot, at the event (`day` -1) or at the start of a day."""
        if self.full:
            self.write(self.code("posting", unit, source, target, reason), quantity, lot, day)

    def add(self, name: str, more: str, moves: bool = False) -> None:
        """Adds to what is kept, within its bounds; `moves`: something is taken off it too.

        What only grows is looked at where a block begins: at not too many places, once an event each, it is added to so
        little that a block can't lead beyond the bounds. Wherever else it is added to, it keeps half of them.
        """
        low, high, times = *AMOUNT, ""
        if not moves:
            places = self.growing.get(name, 0) + 1
            if self.w.loops == 1 and places <= PLACES and name not in self.own:
                self.growing[name], times = places, f", {PLACES * self.room.block}"
            else:
                low, high = low // 2, high // 2
        self.w.line(f"{name} = fits({name} + {more}, {low}, {high}{times})")

    @contextmanager
    def apart(self, name: str, *given: str) -> Iterator[None]:
        """What is written inside is a function that is called here, with some locals; it writes rows, and changes what is kept.

        For what happens seldom: the loop without it needs fewer registers.
        """
        lines, depth = self.w.lines, self.w.depth
        self.w.lines, self.w.depth = [], 1
        yield
        self.cold[name] = (*given, *(("due",) if self.program.triggers else ())), [*map(unmarked, self.w.lines)]
        self.w.lines, self.w.depth = lines, depth
        self.w.line(f"@call {name}")

    def lot(self, rule: nodes.Rule, name: str) -> str:
        """The number of the lot that a rule gives under a name: of an event by its row, of a trigger (below -1) by a row of the member and the day."""
        number, count = self.gifts.index(name), len(self.gifts)
        if rule.on[0] not in self.program.triggers:
            return f"(first + i) * {count} + {number}"
        return f"-3 - 2 * (((first + row) * {self.years.count} + day) * {count} + {number})"

    def stop(self, why: int, guard: str) -> None:
        """Leaves the loop where a condition holds, so that the same event can be begun again."""
        with self.w.block(f"if {guard}:"):
            self.w.line(f"why = {why}")
            self.w.line("break")

    def stop_for_room(self, spent: str = "") -> None:
        """Stops where there is no room for what one event may write, and add to lists."""
        self.stop(1, f"w > {self.rows_before_an_event}{spent}")
        self.w.line("@lists")

    # ------------------------------------------------------------ facts

    def is_sale(self, event: str) -> bool:
        """Whether quantities of an event are never below zero."""
        return event in self._sales

    def load(self, column: Column, row: str, is_sale: bool = True) -> Value:
        """A fact, from its column."""
        there = None if column.is_there is None else f"{column.is_there}[{row}]"
        low, high = column.bounds
        text = f"{column.name}[{row}]"
        if column.type == "i64":
            text = f"fits({text}, {0 if is_sale else low}, {high})"
        text = self.w.kept(column.name, text)
        value = Value(text, there=there, positive=is_sale)
        return scaled(value, column.step)

    def member_fact(self, name: str) -> Value:
        """A fact of the member, kept since their first event."""
        column = self.columns.member_facts[name]
        kept = self.scalar(f"of_{column.name}", column.bounds, f"{column.name}[i]", own=True)
        there = None
        if column.is_there is not None:
            there = self.scalar(f"of_{column.is_there}", YES, f"{column.is_there}[i]", own=True)
        return scaled(Value(kept, there=there), column.step)

    def record_of(self, event: str, lines: str) -> nodes.Record:
        of = self.program.events[event].facts[lines].type
        assert isinstance(of, types.Lines)
        return self.program.records[of.record]

    @contextmanager
    def over_lines(self, event: str, lines: str, here: Here, until: str | None = None) -> Iterator[Here]:
        """A loop over the lines of the event, or those before one; inside stands where each of them does."""
        number, name = self.columns.lines[event, lines], self.w.name("line")
        self.w.line(f"{name} = l{number}_first[{here.row}]")
        with self.w.block(f"while {name} < {until or f'l{number}_first[{here.row} + 1]'}:"):
            admitted = {each: value for each, value in here.admitted.items() if each[0] is nodes.Scope.EVENT}
            yield replace(here, line=(lines, name), admitted=admitted)
            self.w.line(f"{name} += 1")

    # ------------------------------------------------------------ days

    def date(self, day: object) -> Value:
        assert isinstance(day, date), "a literal that is none of the known"
        number = self.years.number(day)
        return Value(str(number) if number >= 0 else f"({number})")

    def at(self, here: Here) -> str:
        """The instant of the event, or at which the day begins."""
        return "at" if here.event is not None else self.start(here.day)

    def start(self, day: str) -> str:
        """The instant at which a day begins."""
        if self.calendar.is_plain:
            return f"({day} * {DAY} + {self.instant_of_the_first})"
        return f"{self.table(STARTS)}[{day}]"

    @property
    def instant_of_the_first(self) -> int:
        return (self.years.base - date(1970, 1, 1).toordinal()) * DAY

    def weekday(self, day: str) -> str:
        """0 for Monday."""
        return f"(({day} + {(self.years.base - 1) % 7}) % 7)"

    def find_day(self, day: str, instant: str) -> None:
        """Names the day that holds an instant."""
        first = self.instant_of_the_first
        self.stop(2, f"{instant} < {first + 3 * DAY} or {instant} >= {first + (self.years.count - 3) * DAY}")
        self.w.line(f"{day} = ({instant} - {first}) // {DAY}")
        if not self.calendar.is_plain:
            table = self.table(STARTS)
            with self.w.block(f"while {table}[{day}] > {instant}:"):
                self.w.line(f"{day} -= 1")
            with self.w.block(f"while {table}[{day} + 1] <= {instant}:"):
                self.w.line(f"{day} += 1")

    def moved(self, day: str, *steps: tuple[str, Period | int]) -> str:
        """A day some steps from one of the years: the end of its month, 12 months on."""
        if not steps:
            return day
        if steps[0][1] is Period.MEMBERSHIP_YEAR:
            return self._of_membership(*steps)
        if steps[0] == ("first", Period.DAY):
            return self.moved(day, *steps[1:])
        if steps[0] == ("end", Period.DAY):
            return self.moved(f"({day} + 1)", *steps[1:])
        if all(step == "days" for step, _ in steps):
            days = sum(by for _, by in steps if isinstance(by, int))
            return f"({day} + {days})" if days >= 0 else f"({day} - {-days})"
        if steps[0][1] is Period.WEEK and all(step == "days" for step, _ in steps[1:]):
            into = f"({day} + {(self.years.base - 1 - self.program.frame.week_start) % 7}) % 7"
            week = f"({day} - {into})" if steps[0][0] == "first" else f"({day} - {into} + 7)"
            return self.moved(week, *steps[1:])
        return f"{self.table(steps)}[{day}]"

    def period_first(self, period: Period, day: str, ahead: int = 0) -> str:
        return self.moved(day, ("first", period), *so_many_on(period, ahead))

    def period_end(self, period: Period, day: str, ahead: int = 0) -> str:
        """The day after the last of the period that holds a day, or of one so many after it."""
        return self.moved(day, ("end", period), *so_many_on(period, ahead))

    def entry(self, ladder: str) -> str:
        """The day on which the tier of a ladder was entered."""
        return self.scalar(f"since_{[*self.program.ladders].index(ladder)}", DAYS)

    def membership(self) -> None:
        """Sees to it that the member's years are known: `joined`, how many are over, and when today's ends."""
        for name in ("joined", END_OF_MEMBERSHIP):
            self.scalar(name, DAYS, own=True)
        self.scalar("years_over", (0, 9_999), own=True)
        self.functions.add("months_on")

    def years_since(self, years: str) -> str:
        """The anniversary of the day of joining after so many years."""
        return f"months_on(joined, 12 * ({years}), {self.years.base})"

    def _of_membership(self, *steps: tuple[str, Period | int]) -> str:
        """The first day of the member's year that holds the day that has begun, or the one after its last."""
        covered(all(step == "days" for step, _ in steps[1:]), "windows")
        ahead = sum(by for _, by in steps[1:] if isinstance(by, int)) + (steps[0][0] == "end")
        self.membership()
        return self.w.kept(
            "year", self.years_since(f"years_over + {ahead}" if ahead >= 0 else f"years_over - {-ahead}")
        )

    def table(self, steps: Table) -> str:
        name = name_of(steps)
        self.tables[name] = steps
        return name

    @property
    def joins(self) -> bool:
        """Whether years are reckoned from the member's first day."""
        return "joined" in self.state

    def months_on(self, day: Value, months: Value) -> Value:
        """A day so many months on, clamped to the month's end."""
        by = months.constant
        if by is not None and day.text == "day":
            return Value(self.moved(day.text, ("months", int(by))))
        return self._shifted("months_on", day, months)

    def days_on(self, day: Value, days: Value) -> Value:
        """A day so many days on."""
        if days.constant is not None and day.text == "day":
            return Value(self.moved(day.text, ("days", int(days.constant))))
        return self._shifted("days_on", day, days)

    def _shifted(self, function: str, day: Value, by: Value) -> Value:
        self.functions.add(function)
        text = f"{function}({day.text}, {by.text}, {self.years.base})"
        return Value(self.w.kept("then", text), there=both(day.there, by.there))

    def clock(self, instant: str) -> str:
        """The time of day at an instant, in microseconds since midnight."""
        if self.calendar.zone_is_utc:
            return f"({instant} % {DAY})"
        changes, offsets = self.table(CHANGES), self.table(OFFSETS)
        w = self.w
        with w.block(f"while {changes}[zone + 1] <= {instant}:"):
            w.line("zone += 1")
        with w.block(f"while {changes}[zone] > {instant}:"):
            w.line("zone -= 1")
        self.scalar("zone", (0, 2**16))
        return self.w.kept("clock", f"({instant} + {offsets}[zone]) % {DAY}")
