"""A bakery whose run is recorded, and what is done to its record."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
from click.testing import CliRunner

import guerdon
from guerdon.cli import main
from guerdon.study.record import digest

PROGRAM = """program "Bakery"
  currency    EUR
  timezone    Europe/Vienna
  use         "members/welcome.guerdon"

unit point
  worth       0.05 EUR
  expires     6 months after earned

param rate
  is          10%

event purchase
  kind        text
  amount      money

table factor
  by          kind
  from        "factors.csv"
  else        100%

earn "Base"
  on          purchase
  give        1 point per 1 EUR of amount
  round       down per event

earn "More"
  on          purchase
  give        rate of "Base"
  round       down per event

earn "Bread week"
  on          purchase
  give        factor(kind) of "Base"
  round       down per event

redeem "Loaf"
  cost        20 point
"""
WELCOME = """earn "Welcome"
  on          purchase
  when        count of purchase ever is 1
  give        25 point
"""
MAPPING = """folder: ../tills
sources:
  purchases: {file: "2026/*.csv", timezone: Europe/Vienna, columns: {amount: decimal 2}}
events:
  purchase: {from: purchases, id: id, member: member, at: time, fields: {kind: kind, amount: amount}}
"""
MARCH = """id,member,time,kind,amount
1,ana,2026-03-28 09:00:00,bread,12.50
2,ben,2026-03-29 01:30:00,bread,7.00
3,ana,2026-03-29 03:30:00,roll,30.10
4,ben,2026-03-29 11:00:00,cake,no amount
"""
APRIL = """id,member,time,kind,amount
5,ana,2026-04-02 10:00:00,bread,40.00
"""
REDEEMED = """id,member,at,reward
r1,ana,2026-04-03T10:00:00+02:00,Loaf
r2,ben,2026-04-03T11:00:00+02:00,Loaf
r3,ben,2026-04-03T12:00:00+02:00,Loaf
r4,ben,2026-04-03T13:00:00+02:00,Loaf
"""


def told(folder: Path, **given: Any) -> list[tuple[str, str]]:
    """What is found, each with its code."""
    return [(each.code, each.message) for each in guerdon.verify(folder, **given).findings]


def answer(code: int, *arguments: str | Path, input: str | None = None) -> str:
    result = CliRunner().invoke(main, [str(each) for each in arguments], input=input)
    assert result.exit_code == code, result.output
    return result.output


def inside(folder: Path) -> list[Path]:
    return sorted(each for each in folder.rglob("*") if each.is_file())


def flipped(path: Path, at: int, by: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= by
    path.write_bytes(bytes(data))


def forged(record: Path, change: Callable[[dict[str, Any]], None] = lambda said: None) -> None:
    """Hashes all files anew, so that nothing but a run can tell that one of them was changed."""
    said = json.loads((record / "record.json").read_text(encoding="utf-8"))
    for files, folder in ((said["files"], record), (said["data"]["files"], record / "data")):
        for name in files:
            files[name] = digest.file(folder / name).model_dump()
    for name in said["tables"]:
        columns = tuple(said["tables"][name]["columns"])
        with duckdb.connect() as con:
            con.execute("SET TimeZone = 'UTC'")
            found = digest.table(con, record / "results" / f"{name}.parquet", name, columns)
        said["tables"][name] = found.model_dump(mode="json")
    change(said)
    text = json.dumps(said).encode()
    (record / "record.json").write_bytes(text)
    (record / "record.sha256").write_text(f"{hashlib.sha256(text).hexdigest()}  record.json\n", encoding="utf-8")


def rewritten(record: Path, table: str, query: str) -> None:
    """Replaces a result table by a query over it."""
    path = record / "results" / f"{table}.parquet"
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute(f"CREATE TABLE was AS SELECT * FROM '{path}'")
        con.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
