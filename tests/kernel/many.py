"""Programs by number and histories for them, held against all engines: a test asks for some, the long run (`long`) for many."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace

from tests.generated import pool, writer
from tests.generated.histories import BUILT_IN, QUICK, SOON, History, Teller, in_order
from tests.kernel.both import agree, reference
from tests.kernel.clubs import club
from tests.kernel.desks import desk
from tests.kernel.families import family
from tests.kernel.friends import friends, introduced
from tests.kernel.shops import shop
from tests.kernel.stepping import step_both, step_the_rest
from tests.kernel.told import Tame

from guerdon.kernel.columns import meant
from guerdon.kernel.others import concerns_others
from guerdon.kernel.stepped.session import steps
from guerdon.kernel.uncovered import uncovered, undoable
from guerdon.program import nodes
from guerdon.program.walk import walk

KNOWS = frozenset(
    {
        *("bands", "membership", "messages", "perks", "status units"),
        *("alternatives", "carried counts", "counts from zero", "floors", "grace", "grace and rises", "grants"),
        *("restarts", "rises at end", "since entry", "limits of facts", "groups", "triggers", "streaks"),
        *("redeems", "expiry", "holds", "order", "control groups", "budgets", "payers"),
    }
)
"""What the programs hold that are made here; of these, those run that the kernel covers."""

SIMPLE = frozenset({"bands", "control groups", "membership", "messages", "payers", "perks", "status units", "groups"})
"""What all of it the kernel covers, and some of it one event at a time as well."""

RANKS = SIMPLE | {"ranks", "triggers"}
"""What of it makes ranks, and looks at them."""

TOGETHER = ("program", "returns", "simple", "shop", "till", "counter", "desk", "club", "ladder")
"""The kinds of which families are made."""

RETURNS = SIMPLE | {
    "built-in events",
    "modes of return",
    "returns",
    "returns at return",
    "returns without id",
    "undoing",
}
"""What of it makes returns, also of what is done by hand."""

Made = tuple[str, nodes.Program]

KINDS: dict[str, Callable[[random.Random], Made | None]] = {
    "program": lambda chance: writer.program_of(chance.randrange, KNOWS),
    "ranks": lambda chance: writer.program_of(chance.randrange, RANKS),
    "returns": lambda chance: writer.program_of(chance.randrange, RETURNS),
    "simple": lambda chance: writer.program_of(chance.randrange, SIMPLE),
    "shop": lambda chance: shop(chance.randrange),
    "till": lambda chance: shop(chance.randrange, plain=True),
    "counter": lambda chance: shop(chance.randrange, plain=True, spends=True),
    "desk": lambda chance: desk(chance.randrange),
    "club": lambda chance: club(chance.randrange),
    "ladder": lambda chance: club(chance.randrange, plain=True),
    "friends": lambda chance: friends(chance.randrange),
    "family": lambda chance: family(KINDS[chance.choice(TOGETHER)](chance), chance),
}
"""Programs with everything, with ranks, with returns, and with less; shops, in which things are returned, those that keep little, and those where points are spent; desks, where what is done by hand is undone; clubs, with tiers and triggers, and with tiers alone; friends, who give to each other; families, who have together what members have in the others."""


@dataclass
class Counts:
    """How much was compared.

    Units: an evaluation is one event evaluated by the reference engine and one other, whose ledgers are the same: by CPython
    (`python`), WebAssembly (`compiled`), one at a time (`stepped`); `left`: events of histories that the kernel left to the reference engine;
    `trapped`: histories of which WebAssembly left a block to CPython, so that they are not counted.
    """

    programs: int = 0
    covered: int = 0
    histories: int = 0
    python: int = 0
    compiled: int = 0
    stepped: int = 0
    left: int = 0
    trapped: int = 0
    differences: list[str] = field(default_factory=list)

    @property
    def evaluations(self) -> int:
        return self.python + self.compiled + self.stepped

    def add(self, other: Counts) -> None:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))


@dataclass(frozen=True)
class Effort:
    """How much is tried with each program: so many histories, of which each has up to as many events as one of `most`, or (`each`) one for each of these;
    so many more one event at a time, by the kernel alone and by either engine; one in so many programs as WebAssembly.
    """

    histories: int = 1
    most: tuple[int, ...] = (20, 40, 100)
    each: bool = False
    stepped: int = 0
    compiled: int = 5


class Differs(AssertionError):
    """A history of which two engines make something else; what it says is the program, the history, and what differs."""

    def __init__(
        self, text: str, history: History, way: str, again: Callable[[nodes.Program, History], object]
    ) -> None:
        super().__init__(way)
        self.text, self.history, self.way, self.again = text, history, way, again

    def __str__(self) -> str:
        difference = self.__cause__ if isinstance(self.__cause__, AssertionError) else repr(self.__cause__)
        return f"{self.way}\n{self.text}\n{self.history!r}\n{difference}"


def made(kind: str, number: int) -> tuple[str, nodes.Program, random.Random] | None:
    """The program of a kind and number that the kernel covers, and chance for its histories."""
    chance = random.Random(f"{kind}/{pool.seed[0]}/{number}")
    found = KINDS[kind](chance)
    if found is None or uncovered(found[1]):
        return None
    return *found, chance


def compare(kind: str, number: int, effort: Effort) -> Counts:
    """Holds histories of a program against all engines.

    Errors: Differs.
    """
    found, counts = made(kind, number), Counts(programs=1)
    if found is None:
        return counts
    text, program, chance = found
    counts.covered = 1
    compiled = _is_news(program) or number % effort.compiled == 0
    sizes = effort.most if effort.each else [chance.choice(effort.most) for _ in range(effort.histories)]
    for most in sizes:
        history = told(program, chance, most)
        cuts = frozenset(chance.randrange(len(history.events) + 1) for _ in range(chance.randrange(4)))
        counts.histories += 1
        counts.add(_batches(text, program, history, cuts, compiled))
    if effort.stepped and steps(program):
        for turns in (False, True) * effort.stepped:
            counts.histories += 1
            counts.add(_one_at_a_time(text, program, told(program, chance, 20), chance, turns))
    return counts


def told(program: nodes.Program, chance: random.Random, most: int) -> History:
    """What happens: at leisure or in quick succession, and seldom something that the kernel leaves to the reference engine."""
    by_hand = any(each in BUILT_IN for each in undoable(program))
    knows = KNOWS | (frozenset({"built-in events", "endings"}) if by_hand or chance.randrange(2) else frozenset())
    knows |= frozenset({"returns"}) if chance.randrange(6) else frozenset()  # amounts that 64 bits hold
    is_long = most > 40
    teller = (Tame if is_long or chance.randrange(4) else Teller)(chance.randrange, program, knows)
    if is_long:  # one event that is left to the reference engine leaves the whole member
        teller.wild, teller.members = False, most // 25
    if is_long or chance.randrange(2):
        teller.steps, teller.ends = QUICK, SOON
    history = teller.history(most)
    history = at_once_known(history) if is_long or chance.randrange(4) else history
    history = with_what_is_there(program, history) if by_hand and chance.randrange(5) else history
    is_asked = concerns_others(program) and {"signup", "visit"} <= {*program.events}
    return introduced(history, chance.randrange) if is_asked and chance.randrange(5) else history


def at_once_known(history: History) -> History:
    """The history in which every event is known when it happens."""
    events = [replace(event, recorded=event.at) for event in history.events]
    return replace(history, events=in_order(events))


def with_what_is_there(program: nodes.Program, history: History) -> History:
    """The history without what is set aside: redemptions that were refused are returned else, and with one such event the kernel leaves its member."""
    aside = {each.event for each in reference(program, history.events, history.members).rejections}
    return replace(history, events=[event for event in history.events if event.id not in aside])


def _batches(text: str, program: nodes.Program, history: History, cuts: frozenset[int], compiled: bool) -> Counts:
    """One run by the reference engine, and by each kernel in blocks that end at `cuts` too."""
    counts = Counts()
    ways = {"python": False, "compiled": True} if compiled else {"python": False}

    def again(of: nodes.Program, shorter: History) -> None:
        expected = reference(of, shorter.events, shorter.members, shorter.as_of)
        for way, is_compiled in ways.items():
            ran = agree(expected, of, shorter.events, shorter.members, shorter.as_of, is_compiled, cuts=cuts)
            setattr(counts, way, ran)
        counts.left = expected.events - counts.python
        counts.trapped = compiled and counts.compiled < counts.python

    tried(again, text, program, history, f"cuts {sorted(cuts)}")
    return counts


def _one_at_a_time(text: str, program: nodes.Program, history: History, chance: random.Random, turns: bool) -> Counts:
    """One event at a time, by the kernel or (`turns`) by one engine or the other."""
    counts, seed = Counts(), chance.randrange(2**30)

    def again(of: nodes.Program, shorter: History) -> None:
        counts.stepped = step_both(of, shorter, random.Random(seed), turns)
        step_the_rest(of, shorter, random.Random(seed))

    tried(again, text, program, history, f"one at a time, {turns=}")
    return counts


def tried(
    again: Callable[[nodes.Program, History], object], text: str, program: nodes.Program, history: History, way: str
) -> None:
    """Errors: Differs, where engines differ or one of them fails."""
    try:
        again(program, history)
    except Exception as difference:
        raise Differs(text, history, way, again) from difference


_reached: set[str] = set()


def _is_news(program: nodes.Program) -> bool:
    """Whether a program has a kind of node that none had before in this process."""
    found = {type(each).__name__ for each in walk(meant(program))} - _reached
    _reached.update(found)
    return bool(found)
