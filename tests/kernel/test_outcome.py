"""What a run on the kernel leaves: tables that anything reads through Arrow, entries where they are asked for, files that are whole or not there."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pyarrow
import pytest
from tests.history.conftest import typed
from tests.kernel.test_streamed import SALES, SHOP

import guerdon
from guerdon.history.open import open_frames
from guerdon.library import Outcome, Program
from guerdon.study import kernel_rows, results
from guerdon.study.streamed import Streamed

GROCERY = Path(__file__).parents[2] / "examples" / "grocery"


def outcome(engine: str) -> Outcome:
    """Of a small shop, whose member bea is left to the reference engine."""
    program = Program(typed(SHOP), (), Path("shop"))
    return program.run(open_frames({"sale": pyarrow.table(SALES)}, program.typed), engine=engine)


def by_member(table: pyarrow.Table) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = table.to_pylist()
    return sorted(rows, key=lambda row: str(row.get("member", "")))


def test_tables_are_the_same_on_either_engine() -> None:
    kernel, reference = outcome("kernel"), outcome("reference")
    assert isinstance(kernel.result, Streamed)
    assert kernel.result.left == {"bea"}
    for name in results.TABLES:
        one, other = getattr(kernel, name), getattr(reference, name)
        assert (name, one.schema) == (name, other.schema)
        assert (name, by_member(one)) == (name, by_member(other))
    assert kernel.summary() == reference.summary()


def test_payers_whom_facts_name_are_the_same_on_either_engine() -> None:
    text = """program "Shops"
  currency USD

unit point

event sale
  shop text
  amount money

earn "Points"
  on sale
  give 1 point per 2 USD of amount
  round down per event
  funded by shop 2, chain 1
"""
    sales = {
        "id": ["s1", "s2", "s3"],
        "member": ["ana", "bea", "ana"],
        "at": ["2026-03-02T10:00:00Z", "2026-03-02T11:00:00Z", "2026-03-03T10:00:00Z"],
        "shop": ["baker", "fuel", "chain"],
        "amount": ["12.00", "20.00", "7.00"],
    }
    program = Program(typed(text), (), Path("shops"))
    found = [program.run({"sale": pyarrow.table(sales)}, engine=engine) for engine in ("kernel", "reference")]
    assert by_member(found[0].awards) == by_member(found[1].awards)
    one, other = (sorted(map(str, each.funding.to_pylist())) for each in found)
    assert one == other
    paid = {(each["award"], each["partner"]): each["quantity"] for each in found[0].funding.to_pylist()}
    assert paid == {
        ("sale/s1/Points", "baker"): 4,
        ("sale/s1/Points", "chain"): 2,
        ("sale/s2/Points", "fuel"): 7,
        ("sale/s2/Points", "chain"): 3,
        ("sale/s3/Points", "chain"): 3,
    }
    assert found[0].summary() == found[1].summary()


def test_a_stream_is_read_by_whatever_speaks_arrow_and_again() -> None:
    for engine in ("kernel", "reference"):
        found = outcome(engine)
        reader = pyarrow.RecordBatchReader.from_stream(found.stream("awards"))
        assert reader.read_all() == found.awards
        stream = found.stream("awards")
        with duckdb.connect() as con:
            con.register("awards", stream)
            for _ in range(2):
                assert con.execute("SELECT count(*), sum(quantity) FROM awards").fetchall() == [(6, 173)]
    with pytest.raises(KeyError):
        outcome("kernel").stream("avards")


def test_entries_are_made_where_they_are_asked_for() -> None:
    kernel, reference = outcome("kernel"), outcome("reference")
    assert "posted" not in vars(kernel)
    assert sorted(each.id for each in kernel.posted.ledger.awards) == sorted(
        each.id for each in reference.posted.ledger.awards
    )
    assert kernel.posted is kernel.posted


def test_two_runs_over_one_history_do_not_disturb_each_other() -> None:
    program = Program(typed(SHOP), (), Path("shop"))
    history = open_frames({"sale": pyarrow.table(SALES)}, program.typed)
    one, other = (program.run(history, engine="kernel") for _ in range(2))
    awards = one.awards.to_pylist()
    del one
    assert other.awards.to_pylist() == awards


def test_what_a_spreadsheet_would_run_is_marked(tmp_path: Path) -> None:
    program = Program(typed(SHOP), (), Path("shop"))
    sales = SALES | {"member": ["=1+1" if each == "ana" else each for each in SALES["member"]]}
    found = program.run(open_frames({"sale": pyarrow.table(sales)}, program.typed), engine="kernel")
    found.write(tmp_path, "csv")
    found.write(tmp_path, "jsonl")
    with (tmp_path / "awards.csv").open(newline="", encoding="utf-8") as file:
        rows = [*csv.DictReader(file)]
    assert {row["member"] for row in rows} == {"'=1+1", "bea", "cat"}
    assert {row["at"] for row in rows} >= {"2026-01-01T12:00:00Z"}
    lines = (tmp_path / "awards.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["member"] for line in lines} == {"=1+1", "bea", "cat"}


MUCH = """
program "Much"
  currency  USD
unit point
  decimals  3
event sale
  amount    money
earn "Points"
  on        sale
  give      30000 point per 1 USD of amount
  round     down per event
  limit     1 point per event
"""


def test_what_is_cut_has_room_that_quantities_do_not_need() -> None:
    program = Program(typed(MUCH), (), Path("much"))
    columns = {"id": ["1"], "member": ["ana"], "at": ["2026-01-01T12:00:00Z"], "amount": ["50000000000.00"]}
    frame = {"sale": pyarrow.table(columns)}
    cuts = {str(program.run(frame, engine=engine).awards["cut"][0]) for engine in ("reference", "kernel")}
    assert cuts == {"1499999999999999.000"}


def test_what_64_bits_do_not_hold_is_told_by_entries() -> None:
    program = Program(typed(MUCH.replace("  limit     1 point per event\n", "")), (), Path("much"))
    columns = {"id": ["1"], "member": ["ana"], "at": ["2026-01-01T12:00:00Z"], "amount": ["50000000000.00"]}
    found = program.run({"sale": pyarrow.table(columns)}, engine="kernel")
    assert str(found.awards["quantity"][0]) == str(found.balances["balance"][0]) == "1500000000000000.000"
    columns["amount"] = ["90000000000000.00"]
    found = program.run({"sale": pyarrow.table(columns)}, engine="kernel")
    assert not isinstance(found.result, Streamed)
    assert found.posted.ledger.awards[0].quantity == 2_700_000_000_000_000_000


SPANS = """
program "Spans"
  currency  USD
unit point
event sale
  due       date
  span      months
  wait      days
earn "Early"
  on        sale
  when      due - span + wait < 2026-02-01
  give      1 point
"""


def test_days_and_months_of_a_history_are_counted_with(tmp_path: Path) -> None:
    program = Program(typed(SPANS), (), Path("spans"))
    frame = pyarrow.table(
        {
            "id": ["1", "2"],
            "member": ["ana", "bea"],
            "at": ["2026-01-01T12:00:00Z"] * 2,
            "due": ["2026-03-31", "2026-03-31"],
            "span": [3, 1],
            "wait": [7, 0],
        }
    )
    for engine in ("reference", "kernel"):
        found = program.run({"sale": frame}, engine=engine)
        assert [each.member for each in found.posted.ledger.awards] == ["ana"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_nothing_appears_where_writing_is_interrupted(
    error: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, gather = outcome("kernel"), kernel_rows.gather

    def gathered(con: object, program: object, part: object, table: str, columns: object) -> None:
        if table == "lots":
            raise error
        gather(con, program, part, table, columns)  # type: ignore[arg-type]

    monkeypatch.setattr(kernel_rows, "gather", gathered)
    with pytest.raises(error):
        found.write(tmp_path / "out")
    assert [*(tmp_path / "out").iterdir()] == []


FOREVER = """
import signal, sys, guerdon
signal.signal(signal.SIGINT, signal.default_int_handler)  # it is ignored where tests run in the background
found = guerdon.load(sys.argv[1]).run(engine="kernel")
while True:
    found.write(sys.argv[2])
"""


@pytest.mark.slow
@pytest.mark.parametrize("wait", [0.05, 0.3, 0.8])
def test_files_are_whole_after_an_interrupt(wait: float, tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", FOREVER, str(GROCERY), str(tmp_path / "out")], stderr=-1) as process:
        while not (tmp_path / "out" / "rejected.parquet").exists() and process.poll() is None:
            time.sleep(0.01)
        time.sleep(wait)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        said = process.stderr.read().decode()
    assert process.returncode, said
    assert "KeyboardInterrupt" in said
    files = {each.name: each for each in (tmp_path / "out").iterdir()}
    assert set(files) == {f"{table}.parquet" for table in results.TABLES}
    expected = guerdon.load(GROCERY).run(engine="kernel")
    for table in results.TABLES:
        rows = duckdb.execute(f"SELECT count(*) FROM '{files[f'{table}.parquet']}'").fetchall()
        assert (table, rows) == (table, [(getattr(expected, table).num_rows,)])


TWO = """
program "Two"
  currency  USD
unit point
event sale
  amount    money
earn "Points"
  on        sale
  give      1 point per full 1 USD of amount
"""


@pytest.mark.parametrize(
    ("event", "facts"),
    [("transfer", {"to": ["ana"], "unit": ["point"], "quantity": ["3"]}), ("merged", {"other": ["ana"]})],
)
def test_whom_another_s_event_names_is_left_to_the_reference_engine_too(
    event: str, facts: dict[str, list[str]]
) -> None:
    program = Program(typed(TWO), (), Path("two"))
    sales = {
        "id": ["1", "2", "3"],
        "member": ["ana", "bea", "cy"],
        "at": ["2026-01-01T12:00:00Z", "2026-01-02T12:00:00Z", "2026-01-05T12:00:00Z"],
        "amount": ["10.00", "20.00", "30.00"],
    }
    other = {"id": ["t"], "member": ["bea"], "at": ["2026-01-03T12:00:00Z"], **facts}
    frames = {"sale": pyarrow.table(sales), event: pyarrow.table(other)}
    found = [program.run(frames, engine=engine) for engine in ("reference", "kernel")]
    assert isinstance(found[1].result, Streamed)
    one, two = (sorted(map(str, each.postings.to_pylist())) for each in found)
    assert one == two
    one, two = (sorted(map(str, each.balances.to_pylist())) for each in found)
    assert one == two
