"""The one place where benchmarks meet the kernel. Each function makes something ready and gives what is then timed.

What it gives was asked once whether it computes the right thing: `workload.TOTALS` or the totals of `peers.hand_c` for W, `workload.stateless`
for S; it raises `Wrong` where not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks.measure import Run
from tests.benchmarks.workload import (
    PURCHASE,
    TOTALS,
    VISIT,
    History,
    Sums,
    Totals,
    Wrong,
    agree,
    generated,
    need,
    stateless,
)

import guerdon
from guerdon.check.passes import check_bytes
from guerdon.history.event import Event
from guerdon.history.open import open_history
from guerdon.kernel.days import Years
from guerdon.kernel.lowering.memory import Type
from guerdon.kernel.machine import Machine, Views
from guerdon.kernel.stepped.stepper import Stepper
from guerdon.program import nodes
from guerdon.study.results import write
from guerdon.study.streamed import Streamed, streamed

HERE = Path(__file__).parent
NARROW: dict[str, Type] = {"q0": "i32", "q1": "u8"}
"""The types in which the columns of amounts and categories come; short rows are written: row, rule, quantity."""


class Block(NamedTuple):
    """Some rows of a history as the kernel's columns."""

    columns: dict[str, Any]
    rows: int
    last: bool


class Columns:
    """A program over a history in columns, block by block; awards, what expired and what members have in the end are copied out."""

    def __init__(self, program: nodes.Program, history: History, compiled: bool = True) -> None:
        numpy = need("numpy")
        self.program, self.history, years = program, history, Years(2021, 2026)
        self.end = years.number(date(2025, 1, 1))
        self.machine = Machine(self.program, years, full=False, compiled=compiled, types=NARROW)
        self.blocks = list(self._blocks())
        most = 3 * history.events + 1_000
        self.row, self.code = numpy.zeros(most, "i4"), numpy.zeros(most, "u1")
        self.quantity, self.balances = numpy.zeros(most, "i8"), numpy.zeros(history.members + 1, "i8")
        self.rows = self.members = 0

    def _blocks(self) -> Iterator[Block]:
        numpy = need("numpy")
        given, size = self.history.columns, self.machine.room.block
        kinds = self.machine.written.make.columns.kinds
        named = numpy.array([kinds[name] for name in ("purchase", "refund", "visit", "review")], "u1")
        number = numpy.arange(self.history.events, dtype="i4")  # for a name, as DuckDB gives it to each event
        by_name = numpy.argsort(given["eid"])
        found = numpy.searchsorted(given["eid"], given["ref"], sorter=by_name)
        wanted = {
            "who_is": given["member"],
            "at_is": given["ts"] * 1_000_000,
            "kind_is": named[given["kind"]],
            "id": number,
            "q0": given["amt"],
            "q1": given["cat"],
            "k0": number[by_name[numpy.minimum(found, self.history.events - 1)]],
        }
        columns = {name: wanted[name] for name in self.machine.written.inputs}
        for first in range(0, self.history.events, size):
            end = min(first + size, self.history.events)
            part = {name: column[first:end] for name, column in columns.items()}
            yield Block(part, end - first, end == self.history.events)

    def run(self) -> None:
        self.rows = self.members = self.machine.first = 0
        for block in self.blocks:
            self.machine.run(block.columns, block.rows, block.last, self.end, self._take)

    def _take(self, views: Views, rows: int, members: int) -> None:
        end, last = self.rows + rows, self.members + members
        self.row[self.rows : end] = views["o_row"][:rows]
        self.code[self.rows : end] = views["o_code"][:rows]
        self.quantity[self.rows : end] = views["o_quantity"][:rows]
        self.balances[self.members : last] = views["m_u0"][:members]
        self.rows, self.members = end, last

    def totals_of(self, kind: str) -> int:
        """What the rows of a kind say, of all rules together."""
        return sum(quantity for (each, _), quantity in self.totals().items() if each == kind)

    def totals(self) -> dict[tuple[str, str], int]:
        """What was given, taken back and expired, by what it says and of which rule or unit."""
        codes, quantities = self.code[: self.rows], self.quantity[: self.rows]
        return {
            (code.kind, str(code.of[0])): int(quantities[codes == number].sum())
            for number, code in enumerate(self.machine.written.codes)
        }


def w(history: History, compiled: bool = True) -> Columns:
    """All of W, run once. Errors: Wrong where it does not come to what the table of W has."""
    found = Columns(guerdon.load(HERE / "w.guerdon").typed, history, compiled)
    found.run()
    totals = found.totals()
    clawback = sum(quantity for (kind, _), quantity in totals.items() if kind == "taken")
    given = [totals["award", name] for name in ("Base", "Dining weekend", "Campaign", "Second visit")]
    ours = Totals(history.events, (*given, clawback, totals["expired", "point"]), int(found.balances.sum()))
    expected = TOTALS.get(history.members)
    if expected is not None and expected.events == history.events:
        agree("the kernel", ours, expected)
    return found


def w_on_wasm(history: History) -> Run:
    """All of W over the columns of a history on WebAssembly: columns copied in and award rows out in blocks, both in the time."""
    return w(history).run


def s_on_wasm(history: History) -> Run:
    """S over the same columns, copies included."""
    found = Columns(guerdon.load(HERE / "s.guerdon").typed, history)
    found.run()
    totals = found.totals()
    ours = Sums(*(totals["award", name] for name in ("Base", "Dining weekend", "Campaign")))
    agree("the kernel", ours, stateless(history))
    return found.run


def run_parquet(history: History, events: Path, folder: Path) -> Run:
    """A run of W from a Parquet file to `awards.parquet` and `balances.parquet` in the folder, on one thread."""
    program = guerdon.load(HERE / "w.guerdon").typed
    mapped = folder / "mapped"
    mapped.mkdir(exist_ok=True)
    _map(events.parent, mapped, events.name)

    def run() -> Streamed:
        found = streamed(program, open_history(mapped, program, threads=1))
        assert found is not None
        write(found, folder, tables=("awards", "balances"))
        return found

    given = {rule: given.quantity - given.taken_back for rule, given in run().figures().given.items()}
    totals = w(history).totals()
    expected = {rule: totals["award", rule] + totals.get(("taken", rule), 0) for rule in given}
    agree("the run", given, expected)
    return run


def _map(events: Path, folder: Path, files: str = "*.parquet") -> None:
    """Writes a `history.yaml` about the files of W in another folder."""
    mapping = (HERE / "parquet.yaml").read_text(encoding="utf-8").replace("*.parquet", files)
    (folder / "history.yaml").write_text(f"folder: {events}\n{mapping}", encoding="utf-8")


def parquet_in_memory(events: Path, folder: Path) -> tuple[str, str]:
    """The same as two texts of Python for a process of its own: what it imports, and the run."""
    imports = """
import duckdb, nanoarrow, rich, wasmtime, guerdon
from guerdon.history.open import open_history
from guerdon.program import nodes
from guerdon.study.results import write
from guerdon.study.streamed import streamed
"""
    _map(events, folder)
    return (
        imports,
        f"""
program = guerdon.load({str(HERE / "w.guerdon")!r}).typed
write(streamed(program, open_history(Path({str(folder)!r}), program, threads=1)), {str(folder / "out")!r}, tables=("awards", "balances"))
""",
    )


def ready() -> Run:
    """From W's typed program to a kernel that can be called; modules are imported."""
    program = guerdon.load(HERE / "w.guerdon").typed

    def run() -> None:
        Machine(program, Years(2021, 2026), full=False, types=NARROW)

    run()
    return run


def session_steps(history: History) -> Sequence[Run]:
    """One call for each event of the history, to be made in this order: the event goes through a session on the Python kernel."""
    program = guerdon.load(HERE / "w.guerdon")
    on_kernel, on_reference = program.session(engine="kernel"), program.session(engine="reference")
    made = [*events(history)]
    expected: dict[str, bytes] = {}
    found: dict[str, bytes] = {}
    for event in made[:STEPPED_TWICE]:
        step, after = on_reference.step(event, {event.member: expected.get(event.member)})
        came, left = on_kernel.step(event, {event.member: found.get(event.member)})
        if step != came:
            raise Wrong(f"a session on the kernel says something else of {event}")
        expected, found = expected | after, found | left
    store: dict[str, bytes] = {}

    def stepping(event: Event) -> Run:
        def run() -> None:
            _, after = on_kernel.step(event, {event.member: store.get(event.member)})
            store[event.member] = after[event.member]

        return run

    return [stepping(event) for event in made]


STEPPED_TWICE = 100
"""So many events go through the reference engine's session too, before any is timed."""


def events(history: History) -> Iterator[Event]:
    """W's events one by one, each member's after the other."""
    columns, kinds = history.columns, ("purchase", "refund", "visit", "review")
    for number in range(history.events):
        kind, at = kinds[columns["kind"][number]], int(columns["ts"][number]) * 1_000_000
        amount = Fraction(int(columns["amt"][number]), 100)
        facts: dict[str, object] = {}
        if kind == "purchase":
            facts = {"amount": amount, "category": Fraction(int(columns["cat"][number]))}
            facts |= dict.fromkeys(("channel", "country"), Fraction(1))
        elif kind == "refund":
            facts = {"amount": amount, "purchase": str(columns["ref"][number])}
        yield Event(str(columns["eid"][number]), kind, str(columns["member"][number]), at, at, number, facts)


def state(full: bool) -> int:
    """Bytes of the state of a member of W with 12 live lots and 4 returnable purchases; lean: less what only names events. See docs/decisions/0032."""
    program = guerdon.load(HERE / "w.guerdon")
    session, states = program.session(engine="kernel"), dict[str, bytes]()
    days = [(month, day) for month in range(1, 9) for day in (3, 17)]
    facts: dict[str, Any] = {"amount": "123.45", "category": 3, "channel": 1, "country": 1}
    bought = [("purchase", date(2024, 1, 3 + number)) for number in range(4)]
    visits = [("visit", date(2024, month, day)) for month, day in days]
    for number, (kind, day) in enumerate(sorted([*bought, *visits], key=lambda each: each[1])):
        told = facts if kind == "purchase" else {}
        event = session.event(kind, id=str(1_000_000 + number), member="123456", at=f"{day}T12:00Z", **told)
        _, states = session.step(event, {"123456": states.get("123456")})
    lots = session.progress("123456", states).expiring
    if len(lots) != 12:
        raise Wrong(f"the member has other lots than 12: {lots}")
    names = Stepper(program.typed, {}, 2025).open
    names.load("123456", states["123456"])
    of_names = names.rows.count * names.rows.packer.size + len(names.texts.whole) - len("123456")
    return len(states["123456"]) - (0 if full else of_names)


def panel(folder: Path) -> Run:
    """The grocery's program on the full Complete Journey panel, whose `history.yaml` is in the folder, up to its figures."""
    program = guerdon.load(HERE.parents[1] / "examples" / "grocery")
    return lambda: program.run(folder, engine="kernel").summary()


def compared_panel(folder: Path) -> Run:
    """The grocery's program and one with another threshold and another rate, compared over that panel with all that is told of it, up to the page."""
    from guerdon.study.report import page

    program = (HERE.parents[1] / "examples" / "grocery" / "grocery.guerdon").read_text(encoding="utf-8")
    changed = program.replace("Silver at 500 USD", "Silver at 400 USD").replace(
        "USD of sum of lines", "USD of 2 * sum of lines"
    )
    (folder / "changed.guerdon").write_text(changed, encoding="utf-8")
    old, new = guerdon.load(HERE.parents[1] / "examples" / "grocery"), guerdon.load(folder / "changed.guerdon")
    return lambda: page.as_html(guerdon.compare(old, new, folder))


# ---------------------------------------------------------------- growth


def of_size(what: str, size: int) -> Run:
    """A run of the given size: so many `events`, `members`, `rules`, or `lots` of one member with redemptions."""
    match what:
        case "events":
            return w_on_wasm(generated(size // 50))
        case "members":
            return w_on_wasm(generated(size))
        case "rules":
            return of_rules(size)
        case _:
            return of_lots(size)


def of_rules(count: int) -> Run:
    """W's purchases of 2,000 members under so many rules, of each of which it is asked whether it applies; the kernel is ready."""
    history = generated(2_000)
    rules = (RULE.format(number=number, low=number, high=number + 1) for number in range(count))
    found = Columns(_checked(BANDS + "\n".join(rules)), history)
    found.run()
    bought = history.columns["amt"][history.columns["kind"] == PURCHASE]
    agree("rules", found.totals_of("award"), int((bought < 100 * count).sum()))
    return found.run


def of_lots(count: int) -> Run:
    """One member with so many purchases, each of which makes a lot, who spends a little after every tenth; the kernel is ready."""
    numpy = need("numpy")
    kinds = numpy.resize(numpy.array([PURCHASE] * 10 + [VISIT], "u1"), count + count // 10)
    events = len(kinds)
    columns = {"member": numpy.zeros(events, "i4"), "cat": numpy.zeros(events, "u1"), "ref": numpy.full(events, -1)}
    columns |= {
        "kind": kinds,
        "eid": numpy.arange(events),
        "amt": numpy.full(events, 100, "i4"),
        "off": numpy.array([0, events]),
    }
    columns["ts"] = 1_640_995_200 + numpy.arange(events) * 60  # from 2022 on
    history = History(columns, {}, 0, 0)
    found = Columns(_checked(LOTS), history)
    found.run()
    agree("lots", int(found.balances[0]), count - 7 * int((kinds == VISIT).sum()))
    return found.run


def _checked(text: str) -> nodes.Program:
    program, said = check_bytes("growth.guerdon", text.encode())
    assert program is not None, said
    return program


BANDS = (HERE / "s.guerdon").read_text(encoding="utf-8").partition("earn ")[0]
RULE = """
earn "Rule {number}"
  on          purchase
  when        amount >= {low} USD and amount < {high} USD
  give        1 point
"""
LOTS = (
    BANDS.replace(
        "event refund\n  amount      money\n",
        "event refund\n  reverses    purchase\n  clawback    exactly\n  counted     at return\n",
    )
    + """
earn "Base"
  on          purchase
  give        1 point

redeem "Treat"
  on          visit
  cost        7 point
"""
)
