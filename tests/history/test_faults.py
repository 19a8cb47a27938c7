"""Bad input, line by line as the list of faults has it: each ends in a code with its place, or in the right answer.

What a fault does to a program's answers is tried on the engine: events made by hand
go through a small program. Numbers and dates have a file of their own. Referrals are not among what a program can say yet; of
those lines what applies to other events that name a member is tried.
"""

from __future__ import annotations

import gzip
import json
from datetime import date
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest
from tests.history.conftest import (
    BASKET,
    BASKET_EVENT,
    SALE,
    SALE_EVENT,
    USD,
    Open,
    Refused,
    codes,
    record,
    typed,
)
from tests.history.told import SHOP, aside, balance, instant, told

import guerdon
from guerdon.history.open import History
from guerdon.ledger.entries import Pot
from guerdon.program import types

HEAD = "id,member,at,amount\n"
ROW = "1,ana,2026-01-01,1.00\n"
JSON = SALE.replace(".csv", ".jsonl")
SHOPS = SALE + "  refund: absent\n"


def ids(history: History) -> list[str]:
    return [each.id for each in history.events()]


def _program(folder: Path, text: str) -> Path:
    (folder / "p.guerdon").write_text(text)
    return folder


def test_retry(opened: Open, tmp_path: Path) -> None:
    history = opened(SHOPS, of=typed(SHOP), sales__csv=HEAD + ROW * 3)
    assert (ids(history), history.repeated, history.rejections) == (["1"], 2, [])
    again = guerdon.load(_program(tmp_path, SHOP)).run(tmp_path)
    assert (balance(again.posted), again.posted.repeated) == (1, 2)


def test_same_id_other_body(opened: Open) -> None:
    history = opened(SALE, SALE_EVENT, sales__csv=f"{HEAD}{ROW}1,ana,2026-01-01,2.00\n")
    assert (ids(history), codes(history)) == (["1"], ["G619"])


def test_negative_quantity(opened: Open) -> None:
    history = opened(SALE, SALE_EVENT, sales__csv=f"{HEAD}1,ana,2026-01-01,-1.00\n")
    assert codes(history) == ["G606"]
    assert "return" in history.rejections[0].help


def test_return_before_sale() -> None:
    """It waits for the sale of the same history; without one it is set aside at the end."""
    early = told().add("refund", "2026-01-01", sale="s", amount=4)
    posted = early.add("sale", "2026-01-02", id="s", amount=10).run()
    assert (balance(posted), aside(posted)) == (6, [])
    assert aside(early.run()) == ["G692"]
    assert balance(early.run()) == 0


def test_over_return() -> None:
    sold = told().add("sale", "2026-01-01", id="s", amount=10).add("refund", "2026-01-02", sale="s", amount=7)
    posted = sold.add("refund", "2026-01-03", sale="s", amount=4).run()
    assert (balance(posted), aside(posted)) == (3, ["G694"])
    whole = sold.add("refund", "2026-01-03", sale="s", amount=3).run()
    assert (balance(whole), aside(whole)) == (0, [])
    assert aside(sold.add("refund", "2026-02-01", sale="s", amount=3).run()) == ["G692"]


def test_return_after_redeem_or_upgrade() -> None:
    """What is spent already becomes debt; the tier stands as without the sale; what other events gave stands."""
    sold = told().add("sale", "2026-01-01", id="s", amount=120).add("sale", "2026-01-02", amount=30)
    spent = sold.add("redemption", "2026-01-03", unit="point", quantity=100)
    assert [move.tier for move in spent.run().ledger.moves][-1] == "Gold"
    posted = spent.add("refund", "2026-01-04", sale="s", amount=120).run()
    assert (balance(posted), aside(posted)) == (-70, [])
    assert [move.tier for move in posted.ledger.moves][-1] == "Base"
    assert balance(spent.add("refund", "2026-01-04", sale="s", amount=60).run()) == -10


def test_cancel_after_earn() -> None:
    held = SHOP + "  hold      14 days\n"
    posted = (
        told(held)
        .add("sale", "2026-01-01", id="s", amount=10)
        .add("refund", "2026-01-02", sale="s", amount=10)
        .run("2026-02-28")
    )
    holding = posted.ledger.holdings()[("ana", "point")]
    assert holding.pending == holding.balance == 0
    assert not any(each.target is Pot.AVAILABLE for each in posted.ledger.postings), "void before it could be spent"


def test_self_referral_by_alias(opened: Open) -> None:
    """Somebody who names themselves does so however their name is composed."""
    mapping = (
        SHOPS
        + "  transfer:\n    from: moves\n    id: id\n    member: member\n    at: at\n    fields: {quantity: quantity, to: to}\n"
    )
    rows = "id,member,at,quantity,to\n1,Zo\u00eb,2026-01-01,1,Zoe\u0308\n2,Zo\u00eb,2026-01-01,1,ben\n"
    history = opened(
        mapping.replace("events:", "  moves:\n    file: moves.csv\nevents:"),
        of=typed(SHOP),
        sales__csv=HEAD + ROW,
        moves__csv=rows,
    )
    assert codes(history) == ["G624"]
    assert ids(history) == ["1", "2"]


def test_referral_ring() -> None:
    """Members who are merged in a ring end as one of them, with what both had, once."""
    sold = told().add("sale", "2026-01-01", member="ana", amount=10).add("sale", "2026-01-01", member="ben", amount=5)
    ring = sold.add("merged", "2026-01-02", member="ana", other="ben").add(
        "merged", "2026-01-03", member="ben", other="ana"
    )
    posted = (
        ring.add("sale", "2026-01-04", member="ben", amount=1).add("sale", "2026-01-05", member="ana", amount=1).run()
    )
    assert [balance(posted), balance(posted, "ben")] == [17, 0]


@pytest.mark.parametrize(
    ("written", "members"),
    [
        (["Zo\u00eb", "Zoe\u0308"], {"Zo\u00eb"}),
        (["ana", "an\u200ba", "ana\u00ad", "\ufeffana", "ana\u2060"], {"ana"}),
        (["ana", " ana", "ana ", "ana\u00a0"], {"ana"}),
        (["ana", "Ana", "ANA"], {"ana", "Ana", "ANA"}),
    ],
    ids=["NFD", "zero width", "spaces", "case"],
)
def test_ids(opened: Open, written: list[str], members: set[str]) -> None:
    """Case is part of a name, as the manual says: many systems hand out ids that differ in nothing else."""
    lines = "".join(
        json.dumps({"id": f"s{n}", "member": each, "at": "2026-01-01", "amount": 1}) + "\n"
        for n, each in enumerate(written)
    )
    history = opened(JSON, SALE_EVENT, sales__jsonl=lines)
    assert {each.member for each in history.events()} == members
    assert set(codes(history)) <= {"G616"}
    assert history.count == len(written) - len(history.rejections)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ('"12.50"', None),
        ("12.50", None),
        ("1.25e1", "G603"),
        ("true", "G603"),
        ("[12.50]", "G603"),
        ('{"a": 1}', "G603"),
        ('"12,50"', "G603"),
    ],
)
def test_number_as_text(opened: Open, written: str, code: str | None) -> None:
    history = opened(
        JSON, SALE_EVENT, sales__jsonl=f'{{"id": "1", "member": "ana", "at": "2026-01-01", "amount": {written}}}\n'
    )
    assert codes(history) == ([code] if code else [])
    assert [each.facts["amount"] for each in history.events()] == ([] if code else [Fraction("12.5")])


def test_duplicate_json_key(opened: Open) -> None:
    bad = '{"id": "2", "member": "ana", "at": "2026-01-01", "amount": 1, "amount": 2}\n'
    history = opened(
        JSON, SALE_EVENT, sales__jsonl='{"id": "1", "member": "ana", "at": "2026-01-01", "amount": 1}\n' + bad
    )
    assert (ids(history), codes(history)) == (["1"], ["G601"])


@pytest.mark.parametrize("where", ["id", "member", "amount", "note"])
def test_lone_surrogate(opened: Open, where: str) -> None:
    good = {"id": "1", "member": "ana", "at": "2026-01-01", "amount": "1", "note": "\U0001f600"}
    lines = json.dumps(good) + "\n" + json.dumps(good | {"id": "2"} | {where: "a\ud800"}) + "\n"
    history = opened(JSON, SALE_EVENT, sales__jsonl=lines)
    assert (ids(history), codes(history)) == (["1"], ["G601"])


def test_lone_surrogate_in_a_text_file(refused: Refused) -> None:
    assert codes(refused(SALE, SALE_EVENT, sales__csv=HEAD.encode() + b"1,a\xed\xa0\x80,2026-01-01,1\n")) == ["G514"]


def test_unknown_currency(opened: Open) -> None:
    """A file that names its currency is held to those that the program declares."""
    event = record("sale", amount=USD, currency=types.Choice(("USD",)))
    rows = "id,member,at,amount,currency\n1,ana,2026-01-01,1,USD\n2,ana,2026-01-01,1,EUR\n3,ana,2026-01-01,1,XXX\n4,ana,2026-01-01,1,usd\n"
    history = opened(SALE + "      currency: currency\n", event, sales__csv=rows)
    assert (ids(history), codes(history)) == (["1"], ["G608", "G608", "G608"])


def test_lines_unlike_total(opened: Open) -> None:
    mapping = BASKET.replace("timezone: UTC", "timezone: UTC\n    columns: {amount: decimal 2, total: decimal 2}")
    mapping = mapping.replace(
        "    fields:",
        "    require:\n      lines add up to the total: sum(amount) over (partition by id) = total\n    fields:",
    )
    rows = "id,member,at,product,amount,total\n1,m,2026-01-01,tea,0.10,0.30\n1,m,2026-01-01,bun,0.20,0.30\n2,m,2026-01-01,tea,1,3\n2,m,2026-01-01,bun,1,3\n3,m,2026-01-01,bun,1,\n"
    history = opened(mapping, BASKET_EVENT, sales__csv=rows)
    assert (ids(history), codes(history)) == (["1"], ["G607", "G607", "G607"])
    assert "lines add up to the total" in history.rejections[0].message


def test_later_than_as_of(tmp_path: Path) -> None:
    rows = f"{HEAD}{ROW}2,ana,2026-01-31T23:59:59.999999Z,2\n3,ana,2026-02-01T00:00:00Z,4\n4,ana,2030-01-01,8\n"
    (tmp_path / "history.yaml").write_text(SHOPS)
    (tmp_path / "sales.csv").write_text(rows)
    posted = guerdon.load(_program(tmp_path, SHOP)).run(as_of=date(2026, 1, 31)).posted
    assert (posted.events, posted.later, balance(posted)) == (2, 2, 3)


def test_points_paid_purchase() -> None:
    """Paying with points is an event of its own and earns nothing, unless a rule is declared for it."""
    shop = told().add("sale", "2026-01-01", amount=50).add("redemption", "2026-01-02", unit="point", quantity=30)
    assert balance(shop.run()) == 20
    declared = told(SHOP + '\nearn "Thanks"\n  on    redemption\n  give  1 point\n')
    again = declared.add("sale", "2026-01-01", amount=50).add("redemption", "2026-01-02", unit="point", quantity=30)
    assert balance(again.run()) == 21
    paid = SHOP.replace("event sale\n  amount    money", "event sale\n  amount    money\n  by_points money").replace(
        "of amount", "of (amount - by_points)"
    )
    assert balance(told(paid).add("sale", "2026-01-01", amount=50, by_points=30).run()) == 20


def test_expired_campaign() -> None:
    campaign = '\nearn "May"\n  on      sale\n  during  2026-05-01 through 2026-05-31\n  give    10 point\n  limit   20 point per member\n'
    shop = told(SHOP + campaign)
    last, after = instant("2026-05-31 23:59:59") + 999_999, instant("2026-06-01")
    assert balance(shop.add("sale", last, amount=1).run()) == 11
    assert balance(shop.add("sale", after, amount=1).run()) == 1
    spent = (
        shop.add("sale", "2026-05-01", amount=1).add("sale", "2026-05-02", amount=1).add("sale", "2026-05-03", amount=1)
    )
    assert balance(spent.run()) == 23, "the cap is used up"


def test_ragged_csv(opened: Open) -> None:
    history = opened(SALE, SALE_EVENT, sales__csv=f"{HEAD}{ROW}2,ana\n3,ana,2026-01-01,1,1\n")
    assert (ids(history), codes(history)) == (["1"], ["G600", "G600"])


@pytest.mark.parametrize("name", ["sales.csv.gz", "sales.csv", "sales.jsonl"])
def test_gzip_bomb(refused: Refused, name: str) -> None:
    """A packed file is refused, whatever it is called; it is never unpacked."""
    packed = gzip.compress(b"id,member,at,amount\n" + b"0" * 50_000_000)
    assert len(packed) < 100_000
    error = refused(SALE.replace("sales.csv", name), SALE_EVENT, **{name.replace(".", "__"): packed})
    assert set(codes(error)) <= {"G512", "G513", "G514"}


def test_parquet_bomb(opened: Open, tmp_path: Path) -> None:
    """A column that is a thousand times its file is read in parts."""
    duckdb.sql(
        f"""COPY (SELECT range AS id, 'ana' AS member, DATE '2026-01-01' AS "at", 1 AS amount, repeat('x', 1000) AS note
                  FROM range(50_000)) TO '{tmp_path / "sales.parquet"}' (FORMAT parquet, COMPRESSION zstd)"""
    )
    assert (tmp_path / "sales.parquet").stat().st_size < 1_000_000
    assert opened(SALE.replace(".csv", ".parquet"), SALE_EVENT).count == 50_000


@pytest.mark.parametrize("member", ["=cmd()", "+1", "-1", "@SUM(A1)"])
def test_csv_that_a_spreadsheet_would_compute(tmp_path: Path, member: str) -> None:
    (tmp_path / "history.yaml").write_text(SHOPS)
    (tmp_path / "sales.csv").write_text(f'{HEAD}1,"{member}",2026-01-01,1\n')
    outcome = guerdon.load(_program(tmp_path, SHOP)).run()
    for path in outcome.write(tmp_path / "out", "csv"):
        cells = [cell.strip('"') for line in path.read_text(encoding="utf-8").splitlines() for cell in line.split(",")]
        assert not any(cell.startswith(member) for cell in cells), path.name
