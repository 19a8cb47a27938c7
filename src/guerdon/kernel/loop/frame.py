"""The loop of a kernel as text: rows of a block, each member's after the other.

    run(i, n, w, last, first, end)

Rows `i` to `n` are run, and rows of the ledger written from `w` on. `last`: the last
member of the block ends with it; then, as for each member before, what is due up to the
day `end` happens, and what they have is written. `first` is the number of the block's
first row among all. What comes back: 0 all rows are run, 1 there is no room for more rows of
the ledger (`x_out` says how far it came), 2 a day outside the years of the tables, 3 a list of a
member is full.
"""

from __future__ import annotations

import ast
import inspect
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from guerdon.kernel.awards.triggers import AT_EVENT
from guerdon.kernel.columns import RECEIVED
from guerdon.kernel.days import Table, Years
from guerdon.kernel.loop import civil
from guerdon.kernel.loop.kinds import Kinds
from guerdon.kernel.loop.passing import Days
from guerdon.kernel.lowering.text import parsed
from guerdon.kernel.parts import parts
from guerdon.kernel.returns.deeds import Deeds
from guerdon.kernel.writing.apart import Apart
from guerdon.kernel.writing.longer import MARK, begins, grown
from guerdon.kernel.writing.make import AMOUNT, BESIDE, DAYS, INSTANT, QUANTITY, YES, Code, Kept, Listed, Make, Room
from guerdon.program import nodes

OF_ALL: dict[str, Kept] = {
    "who": (-1, -1, 2**31 - 1),
    "today": (-1, *DAYS),
    "was_at": (INSTANT[0], *INSTANT),
    "bad": (0, *YES),
}
"""What is kept of the member in every program."""


NOBODY = "(-2)"
"""What stands behind the members of a block, so that the last one ends there too."""


@dataclass(frozen=True)
class Written:
    """A kernel's text and what stands beside it.

    Shape: `inputs` are the columns of events, `outputs` those of ledger rows and of what members have in the
    end, `lists` grow with a member; names with the types of their elements. `state` are the scalars of
    a member, in the order in which `s` holds them, with what each begins with; `tables` those of the calendar. `deeds`: by
    kind, the events that can be undone.
    """

    text: str
    inputs: dict[str, str]
    outputs: dict[str, str]
    results: dict[str, str]
    lists: dict[str, Listed]
    state: dict[str, Kept]
    tables: dict[str, Table]
    codes: tuple[Code, ...]
    sales: tuple[tuple[str, int], ...]
    make: Make
    deeds: dict[str, Deeds]
    asks_ended: bool = False


def written(
    program: nodes.Program,
    years: Years,
    full: bool = True,
    room: Room | None = None,
    built_in: frozenset[str] = frozenset(),
    one: bool = False,
) -> Written:
    """The text of a program's kernel, for days of some years; `full`: its rows say all that the ledger does. `built_in`: events that a history has.

    Shape: `one`: for one event at a time, where more is kept of a member, whom the reference engine may be given. asked for again, the same object, which nobody changes.
    """
    sizes = replace(room or Room(), lines=0)  # no text says how many lines there are
    return _written(_Own(program), years, full, sizes, built_in, one)


@dataclass(frozen=True, eq=False)
class _Own:
    """A program as it is, not all that are equal to it."""

    program: nodes.Program

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Own) and self.program is other.program

    def __hash__(self) -> int:
        return id(self.program)


@lru_cache(maxsize=4)
def _written(of: _Own, years: Years, full: bool, room: Room, built_in: frozenset[str], one: bool) -> Written:
    return Loop(Make(of.program, full, years, room, built_in, one)).written()


class Loop:
    """Writes the loop of one program."""

    def __init__(self, make: Make) -> None:
        self.make, self.w, self.program = make, make.w, make.program
        self.parts = parts(make)
        self.days = Days(self.parts)
        self.turns = self.days.turns
        self.kinds = Kinds(self.parts, self.days.triggers)
        for name in self._counted():
            make.scalar(name, AMOUNT)

    def _counted(self) -> list[str]:
        """What is counted of a whole run, where rows are full: events, and what is sold of each kind."""
        return ["events", *(f"sales_{number}" for number in range(len(self.kinds.sales)))] if self.make.full else []

    def written(self) -> Written:
        make, w = self.make, self.w
        w.depth = 1
        self._body()
        self.turns.arrays()
        body, w.lines, w.depth = w.lines, [], 0
        self.ends = [*dict.fromkeys(end for _, end, _, _ in make.lists.values())]
        changing = [*body, *(line for _, lines in make.cold.values() for line in lines)]
        self.added = make.longer.times(self.ends, changing, make.room.block, make.room.listed)
        w.lines += functions(make.functions)
        apart = self.apart = Apart(make, [*OF_ALL])
        for name in make.cold:
            w.lines += [*apart.function(name), ""]
        w.line(f"def run(i, n, w, last, first, end{', ended' if self.days.asks_ended else ''}):")
        w.depth = 1
        state = OF_ALL | make.state
        for number, (name, (_, low, high)) in enumerate(state.items()):
            half = 1 + (name in make.growing)
            w.line(f"{name} = fits(s[{number}], {low // half}, {high // half})")
        w.lines += [f"    {each}" for each in begins(self.added, make.room.listed)]
        for each in body:
            w.lines += self._filled(each) if "@" in each else [each]
        types = make.columns.widths
        common = {"who_is": "i32", "at_is": "i64", "kind_is": "u8"}
        outputs = {"o_row": "i32", "o_code": "u8" if len(make.codes) <= 256 else "u16", "o_quantity": "i64"}
        if make.full:
            outputs |= {f"o_{letter}": "i64" for letter in "abcd"}
        if self.program.triggers:
            outputs["o_e"] = "i64"
        results = {"m_who": "i32", "m_bad": "u8"}
        results |= {f"m_{purse.name}": "i64" for purse in self.parts.purses.values()}
        results |= {f"m_{tier.name}": "u8" for tier in self.parts.tiers.values()}
        inputs = common | {name: types[name] for name in types}
        return Written(
            w.text(),
            inputs,
            outputs,
            results,
            make.lists,
            state,
            make.tables,
            tuple(make.codes),
            tuple(self.kinds.sales_over.items()),
            make,
            self.kinds.deeds,
            self.days.asks_ended,
        )

    def _filled(self, line: str) -> list[str]:
        """The lines that stand for a mark, now that all that is kept is known."""
        margin = line[: len(line) - len(line.lstrip())]
        match line.strip():
            case "@init":
                began = ((name, value) for name, (value, *_) in self.make.state.items() if name not in self.make.own)
                return [f"{margin}{name} = {value}" for name, value in began]
            case "@save":
                names = [*OF_ALL, *self.make.state]
                return [f"{margin}s[{number}] = {name}" for number, name in enumerate(names)]
            case call if call.startswith("@call "):
                return [margin + each for each in self.apart.call(call.removeprefix("@call "))]
            case "@lists":
                most = self.make.room.listed - BESIDE - len(self.program.rules)
                full = [f"{end} > {most}" for end in self.ends if end not in self.added]
                stop = [f"if {' or '.join(full)}:", "    why = 3", "    break"]
                return [margin + each for each in stop] if full else []
            case end if end.startswith(MARK):
                return [margin + grown(end.removeprefix(MARK), self.added, self.make.room.listed)]
            case "@turn" | "@aside" | "@own" as mark:
                return [margin + each for each in self.turns.lines(mark)]
            case "@joined":
                return [margin + each for each in self.days.joined() or ["pass"]]
            case years if years.startswith("@years "):
                return [margin + each for each in self.days.years(years.removeprefix("@years ")) or ["pass"]]
            case _:
                return [line]

    # ------------------------------------------------------------ the loop

    def _body(self) -> None:
        make, w = self.make, self.w
        w.line(f"who_is[n] = {NOBODY}")
        w.line("members = 0")
        w.line("why = 0")
        if self.program.triggers:
            w.line("due = 0")
            w.line(f"when = {AT_EVENT}")
        with w.block("while 1:"):
            make.stop_for_room(self._spent())
            self.turns.stop()
            w.line("is_end = who_is[i] != who")
            with w.block("if is_end:"):
                with w.block("if i == n and last == 0:"):
                    w.line("break")
                w.line("day = end if who >= 0 else (-1)")
                w.line("row = i - 1")
                w.line("at = 0")
            with w.block("else:"):
                self._read_row()
            with w.block(f"if day > today{' or is_end and ended and who >= 0' if self.days.asks_ended else ''}:"):
                with w.block("if today < 0 and is_end == 0:"):
                    self._first_day()
                with w.block("else:"):
                    self.days.pass_to_day(self._spent())
                w.line("today = day")
            with w.block("if is_end:"):
                self._close()
                with w.block("if i == n:"):
                    w.line("who = (-1)")
                    w.line("break")
                self._begin()
            with w.block("else:"):
                if make.together:
                    self._turn()
                self.kinds.event()
                if self.make.full:
                    received = f" if q_kind != {RECEIVED} else events" if "r_rule" in make.columns.widths else ""
                    w.line(f"events = events + 1{received}" if received else "events += 1")
                w.line("i += 1")
        w.line("@save")
        for number, name in enumerate(("i", "w", "members")):
            w.line(f"x_out[{number}] = {name}")
        w.line("return why")

    def _spent(self) -> str:
        """How many rows may be written for lots that an event takes from."""
        if not self.make.full:
            return ""
        purses = [purse for purse in self.parts.purses.values() if self.kinds.deeds or not purse.queued]
        spent = (purse.rows_at_once() for purse in purses)
        return "".join(f" - {rows}" for rows in spent if rows is not None)

    def _read_row(self) -> None:
        """What every event has: its instant, its day, and whether the kernel can run it."""
        w = self.w
        w.line("at = at_is[i]")
        self.make.find_day("day", "at")
        w.line("row = i")
        with w.block("if at < was_at:"):
            w.line("bad = 1")
        w.line("was_at = at")

    def _turn(self) -> None:
        """The event's member has their turn."""
        self.turns.take()
        with self.turns.first():
            self._joined()
        self.days.roll_own("day")
        self.w.line("own_row = first + i")

    def _joined(self) -> None:
        """The day on which a member is seen first."""
        self.w.line("@joined")
        if "joined" in self.make.columns.by_hand:
            self.w.line(f"{self.make.scalar('first_day', DAYS, own=True)} = day")
        self.days.triggers.joined()

    def _first_day(self) -> None:
        """The day on which a member is seen first, or one of those who are together."""
        if not self.make.together:
            self._joined()
        self.days.roll("day")
        if self.make.full:
            for ladder in self.make.program.ladders.values():
                self.make.write(self.make.code("move", ladder.name, "joined"), "0", "0", "(-1)")
        for tier in self.parts.tiers.values():
            tier.joined()

    def _begin(self) -> None:
        """A new member."""
        w = self.w
        w.line("@init")
        for purse in self.parts.purses.values():
            purse.open()
        self.turns.begin()
        w.line("bad = 0")
        w.line(f"was_at = {INSTANT[0]}")
        w.line("today = (-1)")
        w.line("who = who_is[i]")

    def _close(self) -> None:
        """What the member has in the end."""
        w = self.w
        with w.block("if who >= 0:"):
            w.line("m_who[members] = who")
            w.line("m_bad[members] = bad")
            for purse in self.parts.purses.values():
                w.line(f"m_{purse.name}[members] = {purse.available().text}")
            for tier in self.parts.tiers.values():
                w.line(f"m_{tier.name}[members] = {tier.stands}")
            w.line("members += 1")
            with w.block("if bad == 0:") if self.make.full else nullcontext():
                for number, name in enumerate(self._counted()):
                    w.line(f"x_sales[{number}] = fits(x_sales[{number}] + {name}, {-QUANTITY - 1}, {QUANTITY})")


def functions(wanted: set[str]) -> list[str]:
    """The lines of the functions that a text calls."""
    names = {"months_on": ("month_first", "months_on"), "days_on": ("days_on",)}
    picked = {name for each in wanted for name in names[each]}
    return [line for name, lines in _civil().items() if name in picked for line in lines]


@cache
def _civil() -> dict[str, list[str]]:
    """The lines of each function of `civil`, without its types."""
    found = {}
    for node in parsed(inspect.getsource(civil)).body:
        if isinstance(node, ast.FunctionDef):
            for argument in node.args.args:
                argument.annotation = None
            node.returns = None
            found[node.name] = [*ast.unparse(node).splitlines(), ""]
    return found
