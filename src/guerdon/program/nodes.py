"""The nodes of a typed program: its declarations here, expressions, time and tests beside.

Names are resolved, types and grids known, shorthand gone. Spans are kept for
explanations and take no part in equality.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from enum import Enum
from fractions import Fraction
from functools import cached_property

from guerdon.program.cases import *
from guerdon.program.expressions import *
from guerdon.program.life import *
from guerdon.program.measures import *
from guerdon.program.time import *
from guerdon.program.types import Type
from guerdon.text.node import Node as Node

MESSAGE = "message"
"""What a rule gives that says something and gives nothing else: a unit that only its limits count."""


class Unit(Node):
    """What is awarded or measured; amounts are whole multiples of 10**-decimals.

    Shape: the first of `expiries` that holds when a lot is earned is its own; none: it
    never expires. `suspended`: while this holds, nothing expires. `account`: who owns it.
    """

    name: str
    decimals: int
    worth: Fraction | None = None  # in the program's currency, of one whole unit
    spendable: bool = True
    expiries: tuple[Expiry, ...] = ()
    suspended: Expr | None = None
    order: LotOrder = LotOrder.SOONEST
    debt: Debt = Debt(DebtKind.ALLOWED)
    account: str | None = None

    @property
    def step(self) -> Fraction:
        return Fraction(1, 10**self.decimals)


class Fact(Node):
    """A typed field of an event, a record or the member; `value` derives it."""

    name: str
    type: Type
    value: Expr | None = None


class Record(Node):
    """A named set of facts: a kind of event, of line, or the member; what such an event reverses."""

    name: str
    facts: Mapping[str, Fact]
    reverses: Reversal | None = None


class Band(Node):
    """The values from `first` to `last`, these themselves where it is said; None: no end on this side."""

    first: Value | None
    with_first: bool
    last: Value | None
    with_last: bool


class Row(Node):
    """The results for one value, or one band of values, of each key."""

    keys: tuple[Value | Band, ...]
    results: tuple[Expr, ...]


class Bands(Enum):
    """What a table is applied to: all of an amount at one rate, or each part of it at its own."""

    WHOLE = "whole"
    PARTS = "parts"


class Table(Node):
    """Results by keys; `otherwise` (empty: there is none) for keys without a row.

    Shape: no two rows hold for the same keys. `columns` is empty where there is one
    result. Without keys it is a `param`, whose value stands in `otherwise`. With `bands`
    just one key is given in bands. A quantity below zero is looked up as zero.
    """

    name: str
    keys: Mapping[str, Type]
    columns: tuple[str, ...]
    bands: Bands | None
    rows: tuple[Row, ...]
    otherwise: tuple[Expr, ...]
    types: tuple[Type, ...]

    @property
    def banded(self) -> int:
        """The place of the key that is given in bands; the first of several."""
        return next(at for at in range(len(self.keys)) if any(isinstance(row.keys[at], Band) for row in self.rows))

    @cached_property
    def by_value(self) -> Mapping[tuple[int, ...], Mapping[tuple[Value, ...], tuple[Row, ...]]]:
        """The rows by their values, apart for each set of keys that they give in bands."""
        found: dict[tuple[int, ...], dict[tuple[Value, ...], tuple[Row, ...]]] = {}
        for row in self.rows:
            banded = tuple(at for at, key in enumerate(row.keys) if isinstance(key, Band))
            values = tuple(key for key in row.keys if not isinstance(key, Band))
            alike = found.setdefault(banded, {})
            alike[values] = (*alike.get(values, ()), row)
        return found


class Fall(Enum):
    """Where a tier goes when its term ends and its threshold is no longer met."""

    ONE = "one tier at a time"
    COUNTED = "to the tier counted"
    LOWEST = "to the lowest"
    NEVER = "never"


class TierStep(Node):
    """A tier and what reaches it: a count, a condition, or neither (the lowest; by invitation)."""

    name: str
    at: Fraction | None
    when: Expr | None = None
    invited: bool = False


class Ladder(Node):
    """Tiers in rising order, what counts towards them, how long they last, how they fall.

    Shape: `counts` is None where every tier has a condition of its own. They rise after
    the event that reaches them, or (`rises`) at the end of a period. `carries`: what the
    count exceeds its tier by counts in the next period too, once or (`repeatedly`) again.
    `floored`: what an event leaves of the count below zero is forgiven.
    """

    name: str
    counts: Expr | None
    tiers: tuple[TierStep, ...]
    lasts: Term
    falls: Fall
    perks: Mapping[str, tuple[str, ...]]
    rises: Calendar | None = None
    grace: Duration | None = None
    floors: tuple[Floor, ...] = ()
    grants: tuple[Grant, ...] = ()
    carries: bool = False
    repeatedly: bool = False
    unless_fallen: bool = False
    restarts: Restart | None = None
    returns: OnReturn = OnReturn.ONCE
    account: str | None = None
    floored: bool = False

    def rank(self, tier: str) -> int:
        """0 for the lowest tier."""
        return next(index for index, step in enumerate(self.tiers) if step.name == tier)


class TriggerKind(Enum):
    """What a trigger waits for."""

    END = "end of a period"
    START = "start of a period"
    ANNIVERSARY = "anniversary of a date"
    DATE = "a date"
    AFTER = "so long after an event"
    WITHOUT = "so long without events"
    BEFORE = "so long before lots expire"
    REACHED = "a tier is reached"


class Trigger(Node):
    """What happens to a member by itself, at most once a day, called by its words in the program.

    Shape: by kind the end or the start of a `period`; an anniversary of the member's `fact` (None: of
    the day of joining); a `day`; `time` after one of the `events`, without any of them,
    or before what there is of `unit` expires; a `tier` of `ladder` or a higher one.
    """

    name: str
    kind: TriggerKind
    facts: Mapping[str, Fact]
    period: Period | None = None
    fact: str | None = None
    day: date | None = None
    time: Duration | None = None
    events: tuple[str, ...] = ()
    unit: str | None = None
    ladder: str | None = None
    tier: str | None = None


class RoundPlace(Enum):
    """What is rounded: each line, the event's sum, or the running total of `accumulate`."""

    LINE = "line"
    EVENT = "event"
    TOTAL = "total"


class Rounding(Node):
    """How and where a fractional quantity becomes whole steps of its unit."""

    mode: RoundMode
    place: RoundPlace


class Each(Node):
    """The lines that a rule looks at, one after the other."""

    lines: str
    where: Expr | None


class Accumulate(Node):
    """Bases add up per member, per `account` or per `person` who is named, within a period; None: for ever."""

    period: Period | None
    account: str | None = None
    person: Expr | None = None


class Limit(Node):
    """The most that a rule or a group gives within a scope, or (`of`) that counts of a fact.

    Shape: `most` of the unit, or so many `times`; per event, or per member (or `account`, or
    `person` who is named, or `everybody` together) and `fields` within a window (`Ever`: the rule's life). `or_nothing`:
    what does not fit whole is not given. `kept`: a return does not give it back. `of`: the fact, of
    the line where the rule goes over lines; only so much of it is seen by `give`.
    """

    most: Expr | None
    times: int | None
    per_event: bool
    fields: tuple[str, ...]
    window: Window
    or_nothing: bool
    account: str | None = None
    kept: bool = False
    of: str | None = None
    person: Expr | None = None
    everybody: bool = False


class Payer(Node):
    """Who pays so many parts of what a rule gives; `by`: whoever this fact of the event, or of the line where the rule goes over lines, names."""

    name: str
    parts: Fraction
    by: Expr | None = None


class Rule(Node):
    """When `on` happens (events, or one trigger) and the guards hold, `give` is awarded to the event's member, or to whom `to` names.

    Shape: limits `of` facts come before the others; `replaces`: rules that give nothing where the guards
    hold; `funded`: who pays. Without `rounding`, nothing is left to round, or its group rounds.
    One that `takes` is a redeem: so much as `give` says is taken of the member, as a whole or
    not at all; on `redemption`, where that names it. `one_expiry`: out of lots that expire on one day.
    With an `offer` the rule goes over those that are open to the member, `when` and `give` for each,
    and each gives once.
    For the members of its `control` group it is as if it were not there.
    What it `say`s is said where it gives (or takes) something. One that only says something gives 1 MESSAGE.
    """

    name: str
    on: tuple[str, ...]
    when: tuple[Expr, ...]
    during: tuple[tuple[Stretch, ...], ...]
    each: Each | None
    accumulate: Accumulate | None
    give: Expr
    unit: str
    minimum: Fraction | None
    rounding: Rounding | None
    limits: tuple[Limit, ...]
    because: str | None
    to: Expr | None = None
    shares: tuple[Share, ...] = ()
    hold: Hold | None = None
    replaces: tuple[str, ...] = ()
    funded: tuple[Payer, ...] = ()
    takes: bool = False
    one_expiry: bool = False
    say: str | None = None
    offer: Offer | None = None
    control: Control | None = None

    @property
    def only_says(self) -> bool:
        return self.unit == MESSAGE

    def leaves_out(self, member: str) -> bool:
        """Whether a member is in its control group."""
        return self.control is not None and self.control.holds(member)


class Take(Enum):
    """Which of a group's awards stand."""

    ALL = "all"
    BEST = "best"  # the largest; of equals the first listed
    ONE = "one"  # proved: there is never more than one
    TOP = "top"  # the first listed that gives something


class Group(Node):
    """What becomes of the awards of several rules together: `take`, `minimum`, `rounding`, `limits`, in this order."""

    name: str
    of: tuple[str, ...]
    take: Take
    minimum: Fraction | None
    rounding: RoundMode | None
    limits: tuple[Limit, ...]


class Frame(Node):
    """The program's own settings: money, calendar, and where its days begin."""

    name: str
    edition: int
    currency: str
    timezone: str
    fiscal_start: tuple[int, int] = (1, 1)  # month, day
    day_start: time = time(0)
    week_start: int = 0  # Monday
    lateness: Duration | None = None  # how late an event may come


class Program(Node):
    """A checked program. Rules stand in the order in which they are evaluated."""

    frame: Frame
    units: Mapping[str, Unit]
    events: Mapping[str, Record]
    records: Mapping[str, Record]
    member: Record
    tables: Mapping[str, Table]
    meters: tuple[Meter, ...]
    measures: Mapping[str, Measure]
    ladders: Mapping[str, Ladder]
    rules: Mapping[str, Rule]
    tests: tuple[Case, ...]
    accounts: Mapping[str, Account]
    groups: Mapping[str, Group]
    triggers: Mapping[str, Trigger]
    laws: tuple[Law, ...] = ()

    def claiming(self, law: Law) -> Program:
        """The program that also measures what a law reads."""
        return self.but(meters=(*self.meters, *law.meters))

    def trying(self, case: Case) -> Program:
        """The program for a test: in control groups are those whom it gives to them, and nobody else."""
        rules = {
            name: rule.but(control=rule.control.but(only=case.controlled(rule.control.group)))
            for name, rule in self.rules.items()
            if rule.control is not None
        }
        return self.but(rules={**self.rules, **rules}) if rules else self

    @property
    def control_groups(self) -> list[str]:
        """The names of its control groups, in the order of its rules."""
        return list(dict.fromkeys(rule.control.group for rule in self.rules.values() if rule.control is not None))

    @cached_property
    def rankings(self) -> Mapping[str, Ranking]:
        """How members are ranked, by measure."""
        return {name: each.ranking for name, each in self.measures.items() if each.ranking is not None}

    @cached_property
    def opened(self) -> dict[object, tuple[Node, ...]]:
        """The nodes of the parts that were asked for (`walk.opened`)."""
        return {}

    def rules_of(self, name: str) -> tuple[str, ...]:
        """The rules of a group, or the rule of this name."""
        return self.groups[name].of if name in self.groups else (name,)
