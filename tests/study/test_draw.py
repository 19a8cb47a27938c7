"""Prize draws: what an entry is, which of them a seed picks, and that a stranger comes to the same."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.history.conftest import typed

from guerdon.cli import main
from guerdon.history.open import open_frames
from guerdon.library import Outcome, Program
from guerdon.study.draw.draw import Draw, DrawError, drawn
from guerdon.study.streamed import Streamed

FRAME = """
program "Raffle"
  currency  USD
  timezone  America/New_York
"""
RETURNS = """
event purchase
  amount    money
event refund
  amount    money
  reverses  purchase
  part      amount
earn "Tickets"
  on        purchase
  give      1 entry per full 10 USD of amount
"""
PLAIN = """
event purchase
  amount    money
earn "Tickets"
  on        purchase
  give      1 entry per full 10 USD of amount
"""
MONTHLY = f"{FRAME}unit entry\n  expires   at end of this month\n{RETURNS}"
LASTING = f"{FRAME}unit entry\n{RETURNS}"
UNDONE_BY_NOTHING = f"{FRAME}unit entry\n{PLAIN}"
COUNTED = f"{FRAME}unit entry\n  kind      status\n{RETURNS}"

MARCH: dict[str, Any] = {"since": date(2026, 3, 1), "through": date(2026, 3, 31)}
Row = dict[str, str]
Events = Mapping[str, Sequence[Row]]


def ran(program: str, events: Events, as_of: date | None = None, engine: str = "reference") -> Outcome:
    """A program's outcome on events; times without a zone are New York's."""
    of = Program(typed(program), (), Path("raffle"))
    frames = {name: pyarrow.Table.from_pylist(list(rows)) for name, rows in events.items() if rows}
    return of.run(open_frames(frames, of.typed, "America/New_York"), as_of, engine=engine)


def buy(id: str, member: str, at: str, amount: int) -> Row:
    return {"id": id, "member": member, "at": at, "amount": str(amount)}


def back(id: str, member: str, at: str, amount: int, of: str) -> Row:
    return buy(id, member, at, amount) | {"purchase": of}


def ask(id: str, member: str, at: str, **facts: str) -> Row:
    return {"id": id, "member": member, "at": at, **facts}


def held(outcome: Outcome, folder: Path, **period: Any) -> dict[tuple[str, str], int]:
    """How many entries there are by member and event, of the list as it is written; nobody has any where there is none."""
    if drawing(outcome, file=folder / "list.csv", **period) == "G911":
        return {}
    found: Counter[tuple[str, str]] = Counter()
    for row in read(folder / "list.csv"):
        found[row["member"], row["event"]] += int(row["last"]) - int(row["first"]) + 1
    return dict(found)


def drawing(outcome: Outcome, **options: Any) -> Draw | str:
    """A draw, or the code of why there is none."""
    try:
        return outcome.draw("entry", "7", **options)
    except DrawError as error:
        return error.code


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return [*csv.DictReader(file)]


# ---------------------------------------------------------------- what an entry is


@pytest.mark.parametrize("engine", ["reference", "kernel"])
def test_entries_are_those_of_the_period_at_its_end_less_what_was_returned_later(tmp_path: Path, engine: str) -> None:
    events = {
        "purchase": [
            buy("early", "ana", "2026-02-28 23:59", 50),
            buy("first", "ana", "2026-03-01 00:00", 40),
            buy("spent", "ben", "2026-03-03 10:00", 60),
            buy("part", "dan", "2026-03-04 10:00", 77),
            buy("all", "eve", "2026-03-05 10:00", 30),
            buy("last", "ana", "2026-03-31 23:59:59", 20),
            buy("late", "ana", "2026-04-01 00:00", 90),
        ],
        "redemption": [ask("r", "ben", "2026-03-10 10:00", quantity="2")],
        "refund": [
            back("b1", "dan", "2026-04-04 10:00", 30, "part"),
            back("b2", "eve", "2026-04-05 10:00", 30, "all"),
        ],
    }
    expected = {("ana", "first"): 4, ("ana", "last"): 2, ("ben", "spent"): 4, ("dan", "part"): 4}
    for program in (MONTHLY, LASTING):  # whether they had expired when they were returned does not matter
        assert held(ran(program, events, engine=engine), tmp_path, **MARCH) == expected


def test_of_a_unit_that_is_only_counted_what_was_returned_or_taken_by_hand_is_no_entry(tmp_path: Path) -> None:
    events = {
        "purchase": [
            buy("1", "ana", "2026-02-10 10:00", 50),
            buy("2", "ana", "2026-03-10 10:00", 40),
            buy("3", "ana", "2026-03-11 10:00", 40),
            buy("4", "ben", "2026-03-12 10:00", 30),
            buy("5", "eve", "2026-03-12 10:00", 30),
        ],
        "refund": [
            back("b1", "ben", "2026-04-02 10:00", 30, "4"),
            back("b2", "eve", "2026-03-20 10:00", 10, "5"),
        ],
        "adjustment": [ask("a", "ana", "2026-03-20 10:00", unit="entry", quantity="-5")],
    }
    assert held(ran(COUNTED, events), tmp_path, **MARCH) == {("ana", "3"): 3, ("eve", "5"): 2}


@pytest.mark.parametrize("engine", ["reference", "kernel"])
def test_of_points_that_lie_in_one_lot_the_oldest_are_spent(tmp_path: Path, engine: str) -> None:
    """What can't be returned joins the lot that is there, whenever that was given."""
    events = {
        "purchase": [
            buy("1", "ana", "2026-02-10 10:00", 50),
            buy("2", "ana", "2026-03-10 10:00", 40),
            buy("3", "ana", "2026-03-11 10:00", 30),
            buy("4", "ben", "2026-02-11 10:00", 30),
            buy("5", "ben", "2026-03-11 10:00", 30),
        ],
        "redemption": [
            ask("r1", "ana", "2026-03-20 10:00", quantity="7"),
            ask("r2", "ben", "2026-03-20 10:00", quantity="2"),
        ],
    }
    outcome = ran(UNDONE_BY_NOTHING, events, date(2026, 3, 31), engine)
    assert outcome.lots.num_rows == 2
    assert held(outcome, tmp_path, **MARCH) == {("ana", "2"): 2, ("ana", "3"): 3, ("ben", "5"): 3}


def test_entries_move_with_who_is_merged_and_not_by_a_transfer(tmp_path: Path) -> None:
    events = {
        "purchase": [
            buy("1", "ana", "2026-03-02 10:00", 50),
            buy("2", "ben", "2026-03-02 10:00", 40),
            buy("3", "dan", "2026-02-27 10:00", 40),
            buy("4", "eve", "2026-03-02 10:00", 10),
        ],
        "merged": [
            ask("m1", "eve", "2026-03-20 10:00", other="ana"),
            ask("m2", "eve", "2026-03-20 10:00", other="dan"),
        ],
        "transfer": [ask("t", "ben", "2026-03-20 10:00", quantity="3", to="eve")],
        "refund": [back("b", "eve", "2026-04-02 10:00", 20, "1")],
    }
    assert held(ran(LASTING, events), tmp_path, **MARCH) == {("eve", "1"): 3, ("eve", "4"): 1, ("ben", "2"): 1}


def test_of_a_unit_that_is_only_counted_entries_stay_with_the_id_that_they_were_given_to(tmp_path: Path) -> None:
    events = {
        "purchase": [buy("1", "ana", "2026-03-02 10:00", 50), buy("2", "eve", "2026-03-03 10:00", 10)],
        "merged": [ask("m", "eve", "2026-03-20 10:00", other="ana")],
        "refund": [back("b", "eve", "2026-04-02 10:00", 20, "1")],
    }
    assert held(ran(COUNTED, events), tmp_path, **MARCH) == {("ana", "1"): 3, ("eve", "2"): 1}


def test_an_event_that_came_late_has_its_entries_in_the_draw_of_when_it_became_known(tmp_path: Path) -> None:
    program = LASTING.replace("  timezone", "  lateness  30 days\n  timezone")
    known = {"1": "2026-03-30 10:00", "2": "2026-04-02 10:00", "3": "2026-04-01 10:00"}
    bought = [buy("1", "ana", known["1"], 50), buy("2", "ana", "2026-03-29 10:00", 20), buy("3", "ana", known["3"], 10)]
    outcome = ran(program, {"purchase": [row | {"recorded": known[row["id"]]} for row in bought]}, date(2026, 4, 30))
    assert not outcome.rejections
    assert held(outcome, tmp_path, **MARCH) == {("ana", "1"): 5}
    april = {"since": date(2026, 4, 1), "through": date(2026, 4, 30)}
    assert held(outcome, tmp_path, **april) == {("ana", "2"): 2, ("ana", "3"): 1}


def test_what_is_held_back_is_an_entry_and_what_expired_or_was_closed_is_not(tmp_path: Path) -> None:
    program = f"{FRAME}unit entry\n  expires   7 days after earned\n{PLAIN}  hold      3 days\n"
    events = {
        "purchase": [
            buy("1", "ana", "2026-03-20 10:00", 50),
            buy("2", "ana", "2026-03-30 10:00", 20),
            buy("3", "ben", "2026-03-30 10:00", 20),
        ],
        "closed": [ask("c", "ben", "2026-03-31 10:00")],
    }
    assert held(ran(program, events, date(2026, 3, 31)), tmp_path, **MARCH) == {("ana", "2"): 2}


def test_the_list_is_in_the_order_of_code_points_and_hides_formulas(tmp_path: Path) -> None:
    members = ["b", "B", "=SUM(A1)", "é", "\U0001d4b3", "\uff5e", "a,b", 'a"b']
    events = {"purchase": [buy(str(n), who, "2026-03-02 10:00", 10) for n, who in enumerate(members)]}
    outcome = ran(UNDONE_BY_NOTHING, events)
    found = outcome.draw("entry", file=tmp_path / "list.csv")
    rows = read(tmp_path / "list.csv")
    assert [row["member"].removeprefix("'") for row in rows] == sorted(members)
    assert [row["member"] for row in rows if row["member"].startswith("'")] == ["'=SUM(A1)"]
    assert [(row["first"], row["last"]) for row in rows] == [(f"{n}", f"{n}") for n in range(1, 9)]
    assert found.list == hashlib.sha256((tmp_path / "list.csv").read_bytes()).hexdigest()


# ---------------------------------------------------------------- who wins


def by_hand(path: Path, seed: str, places: int) -> list[tuple[str, int, int, str]]:
    """Who wins, which entry, by which hash: worked out from the list that was published, and nothing else."""
    listed = hashlib.sha256(path.read_bytes()).hexdigest()
    owner = [row["member"] for row in read(path) for _ in range(int(row["first"]), int(row["last"]) + 1)]
    won: list[tuple[str, int, int, str]] = []
    k = 0
    while len(won) < places:
        k += 1
        digest = hashlib.sha256(f"{seed}:{listed}:{k}".encode("ascii")).digest()
        number = int.from_bytes(digest, "big") % len(owner)
        if owner[number] not in {member for member, *_ in won}:
            won.append((owner[number], number + 1, k, digest.hex()))
    return won


MEMBERS = ("ana", "ben", "cat", "dan", "eve")


def fair() -> Outcome:
    """Of five members with 1, 2, 3, 4 and 5 entries."""
    rows = [buy(f"{n}", who, "2026-03-02 10:00", 10 * n) for n, who in enumerate(MEMBERS, 1)]
    return ran(LASTING, {"purchase": rows})


def test_a_stranger_comes_to_the_same_winners_from_the_list(tmp_path: Path) -> None:
    outcome = fair()
    for seed in ("1", "NY Lotto 2026-04-08: 3-17-22-41-45-46", "a" * 500):
        found = outcome.draw("entry", seed, winners=2, reserves=3, file=tmp_path / "list.csv")
        assert [(each.member, each.entry, each.draw, each.sha256) for each in found.winners] == by_hand(
            tmp_path / "list.csv", seed, 5
        )
        assert [(each.place, each.reserve) for each in found.winners] == [
            (1, False),
            (2, False),
            (3, True),
            (4, True),
            (5, True),
        ]


def test_a_known_list_and_seed_give_known_winners(tmp_path: Path) -> None:
    """The hashes are those that `printf '7:LIST:1' | sha256sum` prints."""
    found = fair().draw("entry", "7", winners=2, file=tmp_path / "list.csv")
    assert (tmp_path / "list.csv").read_text() == (
        "first,last,member,event,rule\n1,1,ana,1,Tickets\n2,3,ben,2,Tickets\n4,6,cat,3,Tickets\n7,10,dan,4,Tickets\n11,15,eve,5,Tickets\n"
    )
    assert found.list == "991508e98d3081db142c7cf38d0bfff618d9b2c465328278b82ba8f9faf2b6b5"
    assert [(each.member, each.entry, each.draw, each.sha256) for each in found.winners] == [
        ("dan", 10, 1, "e88340d2f74c4eae5d1b2a25fa2d30947adeef471651c73c7b444c712869af06"),
        ("eve", 13, 2, "a6ffd471d82003d99e7e4776a69c990f76916a809747bfeb10d62b478adcbe58"),
    ]


def test_every_entry_wins_as_often_as_the_others() -> None:
    """Each of 13 is the first of 13,000 draws about a thousand times: within five standard deviations."""
    found = Counter(next(drawn(f"{seed}", "f" * 64, 13))[2] for seed in range(13_000))
    assert set(found) == set(range(1, 14))
    assert all(abs(times - 1000) < 5 * (13_000 * (1 / 13) * (12 / 13)) ** 0.5 for times in found.values())


def test_another_name_in_the_list_makes_other_hashes() -> None:
    """So nobody who knows the seed can change the list and leave the rest of the draw as it was."""
    rows = [buy(f"{n}", who, "2026-03-02 10:00", 10 * n) for n, who in enumerate((*MEMBERS[:-1], "fay"), 1)]
    one, other = fair(), ran(LASTING, {"purchase": rows})
    hashes = [{each.sha256 for each in found.draw("entry", "7", winners=5).winners} for found in (one, other)]
    assert not hashes[0] & hashes[1]


def test_with_repeat_a_member_wins_again_but_an_entry_does_not() -> None:
    found = fair().draw("entry", "7", winners=15, repeat=True)
    assert sorted(each.entry for each in found.winners) == [*range(1, 16)]
    assert Counter(each.member for each in found.winners) == {who: n for n, who in enumerate(MEMBERS, 1)}


def test_winners_are_the_first_of_more() -> None:
    outcome = fair()
    assert outcome.draw("entry", "7", winners=4).winners[:2] == outcome.draw("entry", "7", winners=2).winners


# ---------------------------------------------------------------- laws


MARCH_1 = date(2026, 3, 1)


@st.composite
def histories(draw: st.DrawFn) -> dict[str, list[Row]]:
    """Purchases of a few members from February to April, some of them returned, and redemptions."""
    purchases, refunds, redemptions = [], [], []
    for n in range(draw(st.integers(1, 12))):
        day = draw(st.integers(-20, 50))
        row = buy(f"p{n}", draw(st.sampled_from(MEMBERS)), moment(day), 10 * draw(st.integers(0, 9)))
        purchases.append(row)
        if int(row["amount"]) and draw(st.booleans()):
            later = day + draw(st.integers(0, 30))
            part = 10 * draw(st.integers(1, int(row["amount"]) // 10))
            refunds.append(back(f"b{n}", row["member"], moment(later, "18:00"), part, row["id"]))
        if draw(st.booleans()):
            redemptions.append(ask(f"r{n}", row["member"], moment(day, "14:00"), quantity=f"{draw(st.integers(1, 9))}"))
    return {"purchase": purchases, "refund": refunds, "redemption": redemptions}


def moment(day: int, clock: str = "10:00") -> str:
    return f"{MARCH_1 + timedelta(days=day)} {clock}"


PROGRAMS = st.sampled_from([MONTHLY, LASTING, COUNTED])


def possible(program: str, events: dict[str, list[Row]]) -> dict[str, list[Row]]:
    return events if program != COUNTED else events | {"redemption": []}


@settings(max_examples=15)
@given(PROGRAMS, histories(), st.randoms(use_true_random=False))
def test_a_draw_is_the_same_on_either_engine_and_in_any_order_of_rows(program, events, chance) -> None:
    events = possible(program, events)
    expected = drawing(ran(program, events, date(2026, 6, 30)), **MARCH)
    on_kernel = ran(program, events, date(2026, 6, 30), "kernel")
    assert isinstance(on_kernel.result, Streamed)
    assert drawing(on_kernel, **MARCH) == expected
    shuffled = {name: chance.sample(rows, len(rows)) for name, rows in events.items()}
    assert drawing(ran(program, shuffled, date(2026, 6, 30)), **MARCH) == expected


@settings(max_examples=25)
@given(PROGRAMS, histories())
def test_nobody_wins_twice_and_every_winner_has_the_entry(tmp_path_factory, program, events) -> None:
    outcome = ran(program, possible(program, events), date(2026, 6, 30))
    file = tmp_path_factory.mktemp("draw") / "list.csv"
    try:
        there = outcome.draw("entry", file=file, **MARCH)
    except DrawError:
        return
    found = outcome.draw("entry", "seed", winners=there.members, **MARCH)
    assert (found.list, found.entries, found.members) == (there.list, there.entries, there.members)
    assert len({each.member for each in found.winners}) == there.members
    rows = read(file)
    for each in found.winners:
        (row,) = [row for row in rows if int(row["first"]) <= each.entry <= int(row["last"])]
        assert (row["member"], row["event"], row["rule"]) == (each.member, each.event, each.rule)


@settings(max_examples=25)
@given(st.sampled_from([MONTHLY, LASTING]), histories())
def test_as_of_the_last_day_the_entries_of_all_times_are_the_balances(tmp_path_factory, program, events) -> None:
    outcome = ran(program, events, date(2026, 3, 31))
    found: Counter[str] = Counter()
    for (member, _), number in held(outcome, tmp_path_factory.mktemp("draw"), through=date(2026, 3, 31)).items():
        found[member] += number
    holdings = outcome.posted.ledger.holdings()
    assert found == {who: each.balance + each.pending for (who, _), each in holdings.items() if each.balance > 0}


@settings(max_examples=25)
@given(st.sampled_from([MONTHLY, LASTING, COUNTED]), histories())
def test_a_purchase_that_was_returned_has_no_entry(tmp_path_factory, program, events) -> None:
    outcome = ran(program, possible(program, events), date(2026, 6, 30))
    bought = {row["id"]: row for row in events["purchase"]}
    for (_, event), number in held(outcome, tmp_path_factory.mktemp("draw"), **MARCH).items():
        kept = int(bought[event]["amount"]) - sum(
            int(row["amount"]) for row in events["refund"] if row["purchase"] == event
        )
        assert number <= Fraction(kept, 10), event


# ---------------------------------------------------------------- what there is no draw of


def test_a_list_is_not_written_where_there_is_no_draw(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("that of last month\n")
    with pytest.raises(DrawError) as told:
        fair().draw("entry", "7", winners=6, file=tmp_path / "list.csv")
    assert told.value.code == "G911"
    assert (tmp_path / "list.csv").read_text() == "that of last month\n"


@pytest.mark.parametrize("seed", ["", " 7", "7 ", "ü", "7\n", "a\tb", "\ud800"])
def test_a_seed_that_can_be_typed_in_two_ways_is_refused(seed: str) -> None:
    with pytest.raises(DrawError) as told:
        fair().draw("entry", seed)
    assert told.value.code == "G913"


def test_a_period_that_is_not_over_is_refused_to_the_last_instant() -> None:
    events = {"purchase": [buy("1", "ana", "2026-03-02 10:00", 50)]}
    for as_of, code in ((date(2026, 3, 30), "G912"), (None, "G912"), (date(2026, 3, 31), None)):
        found = drawing(ran(LASTING, events, as_of), **MARCH)
        assert found == code if code else isinstance(found, Draw)


def test_without_any_event_there_is_no_entry() -> None:
    outcome = ran(LASTING, {"purchase": [buy("1", "ana", "2026-03-02 10:00", 50)]}, date(2026, 1, 1))
    assert drawing(outcome) == "G911"


def test_fewer_than_no_winners_are_a_mistake() -> None:
    for winners, reserves in ((0, 1), (1, -1)):
        with pytest.raises(ValueError, match="a draw has one winner or more"):
            fair().draw("entry", "7", winners=winners, reserves=reserves)


# ---------------------------------------------------------------- the command


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder with a program and a history of which one row can't be read."""
    (tmp_path / "shop.guerdon").write_text(LASTING)
    rows = [buy(f"{n}", who, "2026-03-02 10:00", 10 * n) for n, who in enumerate(MEMBERS, 1)]
    rows += [buy("6", "fay", "2026-03-02 10:00", 10) | {"amount": "ten"}]
    with (tmp_path / "sales.csv").open("w", newline="") as file:
        sales = csv.DictWriter(file, ["id", "member", "at", "amount"])
        sales.writeheader()
        sales.writerows(rows)
    (tmp_path / "history.yaml").write_text(
        "sources:\n  sales: {file: sales.csv, timezone: America/New_York}\n"
        "events:\n  refund: absent\n  purchase: {from: sales, id: id, member: member, at: at, fields: {amount: amount}}\n"
    )
    return tmp_path


def test_the_command_prints_what_the_library_gives_and_exits_1_where_rows_were_set_aside(shop: Path) -> None:
    arguments = ["draw", f"{shop}", "--unit", "entry", "--seed", "7", "--winners", "2", "--format", "json"]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 1
    assert done.stderr == "Set aside: 1 row, of no entries; `guerdon run` shows why.\n"
    told = json.loads(done.stdout)
    expected = fair().draw("entry", "7", winners=2)
    assert [each["member"] for each in told["winners"]] == [each.member for each in expected.winners]
    assert (told["list"], told["entries"], told["members"]) == (expected.list, 15, 5)
    assert CliRunner().invoke(main, [*arguments, "--allow-rejected"]).exit_code == 0


def test_a_hash_is_whole_on_a_narrow_terminal(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = CliRunner().invoke(main, ["draw", f"{shop}", "--unit", "entry", "--seed", "7", "--winners", "5"])
    found = fair().draw("entry", "7", winners=5)
    assert all(each in done.stdout for each in (found.list, *(winner.sha256 for winner in found.winners)))


def test_without_a_seed_the_list_is_made_and_nobody_wins(shop: Path) -> None:
    file = shop / "lists" / "march.csv"
    done = CliRunner().invoke(main, ["draw", f"{shop}", "--unit", "entry", "--entries", f"{file}", "--allow-rejected"])
    assert (done.exit_code, "Winners" in done.stdout) == (0, False)
    assert hashlib.sha256(file.read_bytes()).hexdigest() in done.stdout
