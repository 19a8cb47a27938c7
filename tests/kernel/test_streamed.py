"""What is written while a kernel runs is what the reference engine's results say: of each member the same rows in the same order."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow
import pytest
from tests.generated import writer
from tests.generated.chance import Choose
from tests.generated.histories import BUILT_IN, Teller, on_time
from tests.history.conftest import typed
from tests.kernel.files import opened
from tests.kernel.many import KNOWS
from tests.kernel.shops import shop

import guerdon
from guerdon.history.open import History, open_frames
from guerdon.kernel.days import Years
from guerdon.kernel.machine import Machine
from guerdon.kernel.rows.read import span
from guerdon.kernel.uncovered import uncovered
from guerdon.kernel.writing.make import Room
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.study import kernel_rows, results
from guerdon.study.streamed import streamed
from guerdon.study.summary import summarise

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"
YEARS = Years(1960, 2060)


def rows(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of a file by member; instants in microseconds."""
    with duckdb.connect() as con:
        columns = con.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()
        chosen = [f'epoch_us("{name}")' if "TIME" in of else f'"{name}"' for name, of, *_ in columns]
        found: dict[str, list[tuple[Any, ...]]] = {"columns": [each[:2] for each in columns]}
        names = [name for name, *_ in columns]
        place = names.index("member") if "member" in names else 0
        for row in con.execute(f"SELECT {', '.join(chosen)} FROM '{path}'").fetchall():
            found.setdefault(f"of {row[place]}", []).append(row)
        return found


def agrees(
    history: History,
    program: nodes.Program,
    folder: Path,
    as_of: date | None,
    size: int = 65_536,
    at_once: int = 500_000,
    compiled: bool = False,
) -> set[str]:
    """Fails where a table, or a figure, differs; the members who were left to the reference engine."""
    found = streamed(program, history, as_of, compiled=compiled, room=Room(block=size), at_once=at_once)
    assert found is not None
    results.write(found, folder / "kernel")
    posted = Engine(program, history.members).run(history.events(), as_of)
    posted.rejections[:0] = history.rejections
    posted.repeated = history.repeated
    results.write(posted, folder / "reference")
    for table in results.TABLES:
        assert (table, rows(folder / "kernel" / f"{table}.parquet")) == (
            table,
            rows(folder / "reference" / f"{table}.parquet"),
        )
    assert summarise(found) == summarise(posted)
    return {each.member for each in history.events() if each.member in found.left}


def test_a_year_of_groceries(tmp_path: Path) -> None:
    program = guerdon.load(EXAMPLES / "grocery")
    assert agrees(program.open(), program.typed, tmp_path, None) == set()


@pytest.mark.slow
@pytest.mark.parametrize("at_once", [2_000, 500_000])
def test_the_first_hundred_members_of_w(at_once: int, tmp_path: Path) -> None:
    generate = pytest.importorskip("tests.benchmarks.test_w")
    pytest.importorskip("numpy")
    import pyarrow.parquet

    if not generate.GENERATOR.exists():
        pytest.skip("the generator of W is not beside the checkout")
    history = generate.generated()
    end = history["off"][100]
    columns = {
        "sequence": list(range(end)),
        "seconds": history["ts"][:end],
        "kind": history["kind"][:end],
        "cents": history["amt"][:end],
    }
    columns |= {
        name: history[of][:end] for name, of in (("category", "cat"), ("channel", "chan"), ("country", "country"))
    }
    names = {
        name: [str(each) for each in history[of][:end]]
        for name, of in (("id", "eid"), ("member", "member"), ("purchase", "ref"))
    }
    pyarrow.parquet.write_table(pyarrow.table({**columns, **names}), tmp_path / "events.parquet")
    shutil.copy(generate.HERE / "w.yaml", tmp_path / "history.yaml")
    program = guerdon.load(generate.HERE / "w.guerdon")
    assert agrees(program.open(tmp_path), program.typed, tmp_path, date(2024, 12, 31), 5_000, at_once) == set()


SHOP = """
program "Shop"
  currency  USD
unit point
  expires   12 months after earned
event sale
  amount    money
earn "Points"
  on        sale
  give      2 point per 3 USD of amount
  round     half even per event
tiers status
  counts    sum of sale.amount this calendar year
  tier      Base
  tier      Gold at 100 USD
  lasts     while met
"""
SALES = {
    "id": ["1", "2", "3", "4", "5", "6"],
    "member": ["ana", "bea", "ana", "cat", "bea", "cat"],
    "at": [f"2026-0{month}-01T12:00:00Z" for month in (1, 2, 3, 4, 5, 6)],
    "recorded": [f"2026-0{month}-0{day}T12:00:00Z" for month, day in ((1, 1), (2, 1), (3, 1), (4, 1), (5, 7), (6, 1))],
    "amount": ["10.00", "20.50", "99.99", "0.01", "7.00", "120.00"],
}


def test_members_who_are_left_to_the_reference_engine_stand_beside_the_others(tmp_path: Path) -> None:
    program = typed(SHOP)
    history = open_frames({"sale": pyarrow.table(SALES)}, program)
    assert agrees(history, program, tmp_path, date(2027, 6, 30), 2, 1) == {"bea"}


def is_told(program: nodes.Program) -> bool:
    """Whether there is a kernel (its tests ask why there is none), and all of its rows are told in SQL, not by entries."""
    try:
        machine = Machine(program, YEARS, compiled=False)
    except AssertionError:
        return False
    return kernel_rows.told(machine.written)


def chosen(number: int, choose: Choose, knows: frozenset[str]) -> tuple[str, nodes.Program] | None:
    """A program of what is known to the writer, and by turns a shop."""
    return shop(choose) if number % 2 else writer.program_of(choose, knows)


def by_chance(knows: frozenset[str], programs: int) -> Iterator[tuple[nodes.Program, Any]]:
    """Programs that a kernel covers, with what happens."""
    for number in range(300):
        choose = random.Random(f"streamed {number}").randrange
        made = chosen(number, choose, knows)
        if made is None or uncovered(made[1]) or not is_told(made[1]):
            continue
        told = Teller(choose, made[1], knows, without=BUILT_IN[1:]).history(14)
        yield made[1], on_time(told) if choose(3) else told
        programs -= 1
        if not programs:
            return


@pytest.mark.slow
@pytest.mark.parametrize(
    "knows",
    [("returns", "returns at return"), ("groups", "status units", "perks", "period days"), tuple(sorted(KNOWS))],
)
def test_programs_and_histories_by_chance(knows: tuple[str, ...], tmp_path: Path) -> None:
    tried = 0
    for number, (program, told) in enumerate(by_chance(frozenset(knows), 5)):
        folder = tmp_path / str(number)
        history = opened(told, program, folder)
        if history is not None and span(history).count:
            agrees(history, program, folder, told.as_of, 7, 20)
            tried += 1
    assert tried >= 2
