"""What `guerdon new` writes runs at once: each mapping turns its sample into the figures that were worked out by hand."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import guerdon
from guerdon import starter
from guerdon.choice import lacking
from guerdon.cli import main

STARTERS = (starter.SMALL, *starter.SHAPES)


def answer(code: int, *arguments: str | Path) -> str:
    result = CliRunner().invoke(main, [str(each) for each in arguments])
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture
def made(tmp_path: Path) -> Any:
    def _made(shape: str) -> Path:
        given = ["--from", shape] if shape in starter.SHAPES else []
        answer(0, "new", tmp_path / shape, *given)
        return tmp_path / shape

    return _made


def balances(folder: Path) -> dict[str, int]:
    program = guerdon.load(folder)
    found = [program.run(engine="reference").posted.ledger.balances()]
    if not lacking(program.typed):
        found.append(program.run(engine="kernel").posted.ledger.balances())
    assert all(each == found[0] for each in found)
    return {member: int(quantity) for (member, _), quantity in found[0].items() if quantity}


def aside(folder: Path) -> Counter[str]:
    """Why rows were set aside, and how often."""
    return Counter(each.message for each in guerdon.load(folder).run().rejections)


def awarded(folder: Path) -> dict[str, list[int]]:
    """What each event gave or took, by its id."""
    found: dict[str, list[int]] = {}
    for each in guerdon.load(folder).run(engine="reference").posted.ledger.awards:
        found.setdefault(each.event, []).append(int(each.quantity))
    return found


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


# ---------------------------------------------------------------- all of them


@pytest.mark.parametrize("shape", STARTERS)
def test_it_is_laid_out_checks_without_a_word_and_passes_its_tests(made: Any, shape: str) -> None:
    folder = made(shape)
    assert "nothing to say" in answer(0, "check", folder)
    answer(0, "fmt", "--check", folder)
    answer(0, "test", folder)
    answer(0, "run", folder, "--allow-rejected")


def test_there_is_no_other_folder_beside_them() -> None:
    folders = {each.name for each in Path(starter.__file__).parent.iterdir() if each.is_dir()}
    assert folders - {"__pycache__"} == set(STARTERS)


@pytest.mark.parametrize("shape", STARTERS)
def test_nothing_is_written_over(made: Any, shape: str) -> None:
    folder = made(shape)
    (folder / "rewards.guerdon").unlink()
    given = ["--from", shape] if shape in starter.SHAPES else []
    assert "already there" in answer(2, "new", folder, *given)
    assert not (folder / "rewards.guerdon").exists()


def test_where_no_folder_can_be_it_says_so_and_half_a_starter_is_none(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "file").touch()
    assert "error G903" in answer(2, "new", tmp_path / "file" / "shop")

    def full(path: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert "no space left on device" in answer(2, "new", tmp_path / "shop")
    assert not [*(tmp_path / "shop").iterdir()]


def test_what_to_try_can_be_typed(tmp_path: Path) -> None:
    assert f"guerdon run '{tmp_path / 'my shop'}'" in answer(0, "new", tmp_path / "my shop")


# ---------------------------------------------------------------- shops


def test_shopify(made: Any) -> None:
    """7001: 3 x 12.00 - 3.60 and 9.90 are 42.30. It comes back as 10.80, of 42 points 10, then as 10.80 + 9.90, in all 31.50 and 31 points."""
    folder = made("shopify")
    assert awarded(folder) == {"7001": [42], "801": [-10], "802": [-21], "7004": [60], "803": [-60]}
    assert balances(folder) == {"301": 11}
    assert aside(folder) == {
        "it does not hold that the order is no test": 1,
        "it does not hold that the order was paid": 1,
        "it does not hold that the order is in US dollars": 1,
    }


def test_an_order_of_shopify_is_of_the_day_in_the_zone_of_the_program(made: Any) -> None:
    """7001 was made on 2 March at 23:30 in New York, which is 3 March in UTC."""
    folder = made("shopify")
    assert "7001   purchase  2026-03-02 23:30:00" in answer(0, "explain", folder, "--member", "301")


def test_shipping_alone_that_comes_back_takes_nothing(made: Any) -> None:
    folder = made("shopify")
    refund = {"id": 804, "order_id": 7001, "processed_at": "2026-03-13T08:00:00-04:00", "refund_line_items": []}
    with (folder / "refunds.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(refund) + "\n")
    assert balances(folder) == {"301": 11}
    assert sum(aside(folder).values()) == 3


def test_orders_of_shopify_in_two_exports_count_once(made: Any) -> None:
    folder = made("shopify")
    (folder / "older.jsonl").write_bytes((folder / "orders.jsonl").read_bytes())
    change(
        folder / "history.yaml",
        "order_lines:\n    file: orders.jsonl",
        "order_lines:\n    file: [older.jsonl, orders.jsonl]",
    )
    assert balances(folder) == {"301": 11}


def test_segment(made: Any) -> None:
    """43.50 USD are 43 points and a game of 19 USD 19 more; half of it comes back: 21 of 43, and of the game's all but full 9 USD. What has no total comes back as a whole."""
    folder = made("segment")
    assert awarded(folder) == {"o-100": [43, 19], "m-6": [-21, -10], "o-101": [19, 19], "m-7": [-19, -19]}
    assert balances(folder) == {"ana": 31}
    assert aside(folder) == {"it does not hold that the order is in US dollars": 1}
    assert "1 event came again unchanged" in answer(1, "run", folder)


# ---------------------------------------------------------------- payments


def test_stripe(made: Any) -> None:
    """42.50 USD are 42 points, of which 10.05 / 42.50 is 9.93; of 100.00 USD, 60.75 were captured."""
    folder = made("stripe")
    assert awarded(folder) == {"ch_1": [42], "re_1": [-9], "ch_3": [60]}
    assert balances(folder) == {"cus_ana": 33, "cus_ben": 60}
    assert aside(folder) == {
        "it does not hold that the charge succeeded": 1,
        "it does not hold that the charge is no test": 1,
        "it does not hold that the charge is in US dollars": 1,
        "it does not hold that the refund succeeded": 1,
        "it does not hold that the refund is no test": 1,
    }


def test_seconds_of_stripe_are_moments(made: Any) -> None:
    """1772512200 is 2026-03-03 04:30:00 in UTC: late on the day before in New York."""
    assert "ch_1   purchase  2026-03-02 23:30:00" in answer(0, "explain", made("stripe"), "--member", "cus_ana")


def test_a_currency_without_cents_goes_without_the_factor(made: Any) -> None:
    """10000 yen, of which 6075 were captured."""
    folder = made("stripe")
    change(folder / "rewards.guerdon", "USD", "JPY")
    change(folder / "rewards.guerdon", "10.50 JPY", "1050 JPY")
    change(folder / "rewards.guerdon", "3.50 JPY", "350 JPY")
    change(folder / "rewards.guerdon", "0.01 JPY", "1 JPY")
    change(folder / "rewards.guerdon", "-3 point", "-350 point")
    change(folder / "rewards.guerdon", "10 point", "1050 point")
    change(folder / "history.yaml", " * 0.01\n", "\n")
    for file in ("charges.jsonl", "refunds.jsonl"):
        change(folder / file, '"usd"', '"jpy"')
    change(folder / "history.yaml", "'usd'", "'jpy'")
    answer(0, "test", folder)
    assert balances(folder) == {"cus_ana": 4250 - 1005, "cus_ben": 6075}


def test_square(made: Any) -> None:
    """23.50 USD with the tip are 23 points, of which 8.50 take 8 and the rest the rest; a refund that was rejected takes nothing."""
    folder = made("square")
    assert awarded(folder) == {"pay-1": [23], "ref-1": [-8], "ref-2": [-15], "pay-3": [19]}
    assert balances(folder) == {"C-BEN": 19}
    assert aside(folder) == {
        "it does not hold that the payment was completed": 1,
        "it does not hold that the payment is in US dollars": 1,
        "it does not hold that the refund was completed": 1,
    }


# ---------------------------------------------------------------- envelopes and ledgers


def test_cloudevents(made: Any) -> None:
    """20.40 USD are 20 points; a third of it comes back, 6 of 20. Two sources have an event 1; one of these comes twice."""
    folder = made("cloudevents")
    assert awarded(folder) == {"/tills/3 1": [20], "/tills/3 4": [-6], "/tills/4 1": [7]}
    assert balances(folder) == {"ana": 14, "ben": 7}
    assert aside(folder) == {"it does not hold that the purchase is in US dollars": 1}
    assert "1 event came again unchanged" in answer(1, "run", folder)


def test_a_ledger(made: Any) -> None:
    """500 + 120 - 300 - 20; 40 + 25, of which 200 can't be spent. Half past two on 8 March was no time in New York."""
    folder = made("ledger")
    assert balances(folder) == {"ana": 300, "ben": 65}
    assert list(aside(folder)) == ["`at` is `2026-03-08 02:30:00`, which the clock in America/New_York skipped"]
    assert [each.member for each in guerdon.load(folder).run().posted.ledger.refusals] == ["ben"]
