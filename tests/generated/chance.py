"""What chance decides with: kinds of values, written values, and one source of numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeVar

from guerdon.program.currency import DECIMALS

T = TypeVar("T")
Choose = Callable[[int], int]
"""A number from 0 to below the one given: the one source of chance, hypothesis or a seeded generator."""

ORDERED = ("quantity", "number", "percent", "date", "instant", "days", "months")
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
PERIODS = ("day", "week", "month", "quarter", "calendar year", "fiscal year")
CHANNELS = ("shop", "app", "web")
CATEGORIES = ("drink", "food")
LEVELS = ("basic", "plus")
TEXTS = ("a", "b", "tea")
EVERYTHING = frozenset(
    (
        *(
            "accounts",
            "alternatives",
            "bands",
            "budgets",
            "built-in events",
            "carried counts",
            "cash",
            "control groups",
            "counts from zero",
            "debt",
            "endings",
            "expiry",
        ),
        *(
            "floors",
            "grace",
            "grace and rises",
            "grants",
            "grants and returns",
            "groups",
            "holds",
            "lateness",
            "laws",
            "limits of facts",
            "lines by number",
            "membership",
            "messages",
            "modes of return",
            "offers",
        ),
        *(
            "order",
            "payers",
            "perks",
            "period days",
            "ranks",
            "receivers",
            "redeems",
            "referrals",
            "reminders",
            "replacing",
            "restarts",
            "returns",
            "returns at return",
        ),
        *("returns by line", "returns without id", "rises at end", "settled totals", "since entry"),
        *("status units", "streaks", "tests", "triggers", "undoing"),
    )
)
"""Words for what a reader of programs may not know; the rest is known to all."""
DATES = ("2023-12-31", "2024-02-29", "2026-03-08", "2026-07-01", "2011-12-30")


@dataclass(frozen=True)
class Kind:
    """The type of a value, as far as it decides how one can be written."""

    name: str  # quantity, number, percent, bool, choice, text, date, instant, days, months, member, tier, lines
    of: Any = None  # unit, words, ladder, record
    optional: bool = False


NUMBER, PERCENT, BOOL, TEXT, DATE = (Kind(each) for each in ("number", "percent", "bool", "text", "date"))
RANK = Kind("number", "rank", optional=True)
DAYS, MONTHS, INSTANT, PERSON = (Kind(each) for each in ("days", "months", "instant", "member"))


def sized(kind: Kind) -> Kind:
    return replace(kind, optional=False)


def maybe(kind: Kind) -> Kind:
    return replace(kind, optional=True)


@dataclass
class Scene:
    """What plain words can name at a place.

    Shape: `whose`: the account whose things alone may decide (None: a member's);
    `entry`: whether `since entry` is known; `opened`: the facts of what opened the offer.
    """

    event: Mapping[str, Kind] = field(default_factory=dict)
    line: Mapping[str, Kind] | None = None
    happens: bool = True
    named: bool = False
    at_event: bool = True  # whether there is an instant
    whose: str | None = None
    entry: bool = False
    opened: Mapping[str, Kind] | None = None


Result = Kind | tuple[str, str]
"""What a table gives; a pair is a rate."""


class Grid(NamedTuple):
    """A table with keys, columns (one without a name: its one result), and how it is applied."""

    keys: tuple[Kind, ...]
    columns: dict[str, Result]
    bands: str
    banded: int


class Chance:
    """What is known of the program that is being written; `choose` decides everything.

    Shape: `knows` names what may be written; what is not in it is left out.
    """

    def __init__(self, choose: Choose, knows: frozenset[str] = EVERYTHING) -> None:
        self.choose, self.knows = choose, knows
        self.currency = self.one_of("USD", "USD", "USD", "JPY", "KWD")
        self.periods = (*PERIODS, "membership year") if "membership" in knows else PERIODS
        self.units: dict[str, int] = {}
        self.status: set[str] = set()  # units that can't be spent
        self.compared: set[str] = set()  # units that need a worth
        self.events: dict[str, dict[str, Kind]] = {}
        self.line: dict[str, Kind] = {}
        self.member: dict[str, Kind] = {}
        self.accounts: dict[str, tuple[str, ...]] = {}  # name, and what it owns
        self.ladders: dict[str, tuple[str, ...]] = {}
        self.tables: dict[str, tuple[Kind, Kind | tuple[str, str]]] = {}  # key and result; a pair is a rate
        self.grids: dict[str, Grid] = {}
        self.params: dict[str, Result] = {}
        self.measures: dict[str, Kind] = {}
        self.rules: dict[str, str] = {}  # name, unit: those whose unit is known
        self.redeems: dict[str, str] = {}  # those that take, and their unit
        self.rewards = self.new("redeems", 3)  # whether some are asked for by name
        self.own: str | None = None
        self.offers: list[str] = []  # the names of offers, also of those that come later
        self.at: dict[str, str] = {}  # of rules, the trigger that they wait for; none for those on events
        self.here = ""  # the same of the rule that is being written
        self.reminded: set[str] = set()  # units with a trigger before they expire
        self.within: dict[str, list[bool]] = {}  # of events that are reversed: whether only within a time

    def owner(self, thing: str) -> str | None:
        """The account that owns a unit or a ladder."""
        return next((name for name, owned in self.accounts.items() if thing in owned), None)

    # ------------------------------------------------------------ chance

    def one_of(self, *options: T) -> T:
        return options[self.choose(len(options))] if len(options) > 1 else options[0]

    def some(self, options: Sequence[T], least: int = 0) -> list[T]:
        found = [each for each in options if self.chance(2)]
        return found if len(found) >= least else list(options[:least])

    def chance(self, one_in: int) -> bool:
        return self.choose(one_in) == one_in - 1

    def new(self, feature: str, one_in: int) -> bool:
        """Whether something is written that not every reader knows."""
        return feature in self.knows and self.chance(one_in)

    def count(self, most: int, least: int = 0) -> int:
        return least + self.choose(most - least + 1)

    # ------------------------------------------------------------ written values

    def decimals(self, unit: str) -> int:
        return self.units[unit] if unit in self.units else DECIMALS[unit]

    def amount(self, unit: str, positive: bool = False) -> str:
        """A written quantity on its unit's grid."""
        places = self.decimals(unit)
        value = self.one_of("1", "2", "3", "5", "10", "20", "50", "100", "7", *([] if positive else ["0"]))
        if places and self.chance(3):
            value += "." + self.one_of("5", "1", "25", "99", "005", "001")[:places].ljust(1, "5")
        return f"{value} {unit}"

    def decimal(self) -> str:
        return self.one_of("1", "2", "0.5", "3", "1.25", "0.1", "10", "0", "0.003")

    def literal(self, kind: Kind) -> str:
        match kind.name:
            case "quantity":
                return self.amount(kind.of)
            case "number":
                return self.decimal()
            case "percent":
                return self.one_of("10%", "25%", "0%", "100%", "12.5%", "150%", "1%")
            case "bool":
                return self.one_of("yes", "no")
            case "choice":
                return str(self.one_of(*kind.of))
            case "text":
                return f'"{self.one_of(*TEXTS)}"'
            case "member":
                return f'"{self.one_of("m1", "m2")}"'
            case "date":
                return self.one_of(*DATES)
            case "days":
                return self.one_of("0 days", "1 days", "30 days", "365 days", "7 days")
            case "months":
                return self.one_of("0 months", "1 months", "12 months", "6 months")
            case "tier":
                return self.one_of(*self.ladders[kind.of])
        raise AssertionError(kind)

    def window(self, scene: Scene | None = None) -> str:
        ways: list[Callable[[], str]] = [
            lambda: "ever",
            lambda: f"this {self.one_of(*self.periods)}",
            lambda: f"previous {self.one_of(*self.periods)}",
            lambda: f"last {self.one_of('1', '2', '7', '30')} {self.one_of('days', 'weeks')}",
            lambda: f"last {self.one_of('1', '2', '12')} {self.one_of('months', 'years')}",
        ]
        if "membership" in self.knows:
            ways.append(lambda: "since joining")
        if scene is not None and scene.entry:
            ways += [lambda: "since entry"] * 2
        return self.one_of(*ways)()

    def time(self) -> str:
        """A length of time, above zero."""
        return f"{self.one_of('1', '2', '7', '30')} {self.one_of('days', 'days', 'months', 'weeks')}"
