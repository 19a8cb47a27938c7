"""Histories that are made up: the same for the same seed, and with the behaviour that the manual tells of."""

from __future__ import annotations

import csv
import json
import re
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

import guerdon
from guerdon.cli import main
from guerdon.simulate import NAMES
from guerdon.simulate.chance import Chance, waits
from guerdon.simulate.kinds import KINDS
from guerdon.simulate.member import Tally
from guerdon.simulate.season import Calendar, Season
from guerdon.simulate.simulate import Plan, simulate, write
from guerdon.simulate.table import Row
from guerdon.study.whole import as_os_error

FIRST = date(2025, 1, 1)
PAGE = Path(__file__).resolve().parents[1] / "docs" / "simulate.md"


def plan(kind: str, members: int = 50, months: int = 12, seed: int = 1, late: int = 0, faults: int = 0) -> Plan:
    return Plan(KINDS[kind], members, months, FIRST, seed, late, faults)


def made(of: Plan) -> tuple[dict[str, list[Row]], Tally]:
    """The rows by table, and the tally."""
    tally, found = Tally(), {each.name: list[Row]() for each in of.kind.tables}
    for rows in simulate(of, range(1, of.members + 1), tally):
        for table, row in rows:
            found[table.name].append(row)
    return found, tally


def hashed(folder: Path) -> dict[str, str]:
    return {each.name: sha256(each.read_bytes()).hexdigest() for each in sorted(folder.iterdir())}


def answer(code: int, *arguments: str | Path) -> str:
    result = CliRunner().invoke(main, [str(each) for each in arguments])
    assert result.exit_code == code, result.output
    return result.output


# ---------------------------------------------------------------- chance


def test_chance_is_that_of_its_names_alone() -> None:
    first, again, other = Chance(1, "cafe", 7), Chance(1, "cafe", 7), Chance(1, "cafe", 8)
    drawn = [first.below(1000) for _ in range(100)]
    assert drawn == [again.below(1000) for _ in range(100)]
    assert drawn != [other.below(1000) for _ in range(100)]


def test_words_are_those_of_blake2b() -> None:
    """RFC 7693: the first word of the block with counter 0, under the key that the names give."""
    from hashlib import blake2b

    key = blake2b(b"1/cafe/7", digest_size=32).digest()
    block = blake2b((0).to_bytes(8, "little"), key=key).digest()
    word = int.from_bytes(block[:4], "little")
    assert Chance(1, "cafe", 7).below(1 << 32) == word


def test_waits_have_their_mean_and_their_spread() -> None:
    """Of waiting times 1 - 1/e are shorter than the mean, and the square of their spread is that of the mean."""
    found = waits()
    assert abs(sum(found) / len(found) - 1000) < 1
    assert abs(sum(each < 1000 for each in found) / len(found) - 0.632) < 0.001
    assert abs(sum((each - 1000) ** 2 for each in found) / len(found) / 1_000_000 - 1) < 0.02


def test_waits_are_the_same_of_the_decimal_that_is_written_in_python() -> None:
    """The one in C is what runs; both follow the standard of decimal arithmetic, by which a logarithm is rounded right."""
    import _pydecimal as slow

    with slow.localcontext(slow.Context(prec=30)):
        for place in range(0, 1024, 31):
            wanted = -1000 * (slow.Decimal(2 * place + 1) / 2048).ln()
            assert int(wanted.to_integral_value(slow.ROUND_HALF_EVEN)) == waits()[place]


@pytest.mark.parametrize("shape", [1, 2, 3])
def test_a_gamma_of_a_shape_has_its_variance(shape: int) -> None:
    """A mean of 1 and a variance of 1 / shape."""
    chance = Chance(shape)
    found = [chance.gamma(shape) / 1000 for _ in range(20_000)]
    mean = sum(found) / len(found)
    assert abs(mean - 1) < 0.02
    assert abs(sum((each - mean) ** 2 for each in found) / len(found) - 1 / shape) < 0.05


def test_what_happens_in_thousandths_does_so_often() -> None:
    chance = Chance("often")
    assert abs(sum(chance.happens(250) for _ in range(20_000)) - 5_000) < 200
    assert not any(chance.happens(0) for _ in range(1000))
    assert all(chance.happens(1000) for _ in range(1000))


# ---------------------------------------------------------------- days


def test_a_calendar_has_the_days_of_its_months() -> None:
    season = Season(week=(100,) * 7)
    assert Calendar(date(2024, 1, 31), 1, season).count == 29
    assert Calendar(date(2025, 1, 1), 12, season).count == 365
    assert Calendar(date(2025, 12, 15), 1, season).count == 31


def test_busy_days_take_more_of_the_seasons_time() -> None:
    """Of a week with one day that counts twice and one that counts nothing: 2, 1, 1, 1, 1, 0, 1 parts."""
    calendar = Calendar(date(2025, 1, 6), 1, Season(week=(200, 100, 100, 100, 100, 0, 100)))
    hit = Counter(calendar.day(position) for position in range(0, 7000, 10))
    assert [hit[day] for day in range(7)] == [200, 100, 100, 100, 100, 0, 100]
    assert calendar.day(10**9) is None
    assert (calendar.time(86_400 + 3_661), calendar.date(-6)) == ("2025-01-07 01:01:01", "2024-12-31")


# ---------------------------------------------------------------- the same everywhere


@pytest.mark.parametrize("kind", NAMES)
def test_the_rows_of_a_member_do_not_depend_on_how_many_there_are(kind: str, tmp_path: Path) -> None:
    """The files of 20 members are the beginning of those of 40."""
    for members in (20, 40):
        write(plan(kind, members, late=50, faults=20), tmp_path / str(members), "jsonl")
    for each in KINDS[kind].tables:
        few, many = ((tmp_path / members / f"{each.name}.jsonl").read_bytes() for members in ("20", "40"))
        assert many.startswith(few)
        assert len(many) > len(few) or each.name.endswith("returns")


@pytest.mark.parametrize("kind", NAMES)
def test_another_seed_is_another_history(kind: str) -> None:
    assert made(plan(kind, seed=1))[0] == made(plan(kind, seed=1))[0]
    assert made(plan(kind, seed=1))[0] != made(plan(kind, seed=2))[0]


BYTES = {
    "cafe": "8ae4d04a54101b17",
    "weddings": "de0222ee3fcbb183",
    "travel": "fb35862977057a32",
    "forecourt": "1c83e34581048201",
    "grocery": "95ac0c619753c76e",
    "software": "5a85c5b6bd319330",
    "business": "da2970b2c755079f",
    "purpose": "9477d4a1e7fce181",
}


@pytest.mark.parametrize("kind", NAMES)
def test_the_bytes_are_those_that_they_always_were(kind: str, tmp_path: Path) -> None:
    """Of 20 members in 6 months, seed 42. They change only with a kind's behaviour, never with a machine or a version of Python."""
    write(plan(kind, 20, 6, 42, late=50, faults=20), tmp_path, "csv")
    tables = {name: found for name, found in hashed(tmp_path).items() if name.endswith(".csv")}
    assert sha256(json.dumps(tables).encode()).hexdigest()[:16] == BYTES[kind]


def test_late_sales_and_bad_rows_change_nothing_else() -> None:
    plain, late, bad = (made(plan("forecourt", 200, **more))[0] for more in ({}, {"late": 100}, {"faults": 100}))
    recorded = list(KINDS["forecourt"].tables[1].columns).index("recorded")
    differing = [(one, other) for one, other in zip(plain["fills"], late["fills"], strict=True) if one != other]
    assert differing
    for one, other in differing:
        assert one[:recorded] == other[:recorded]
        assert one[recorded + 1 :] == other[recorded + 1 :]
    for table, rows in plain.items():
        changed = [
            sum(a != b for a, b in zip(one, other, strict=True)) for one, other in zip(rows, bad[table], strict=True)
        ]
        assert set(changed) <= {0, 1}
    assert plain["members"] == bad["members"]


# ---------------------------------------------------------------- programs read them


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("kind", NAMES)
def test_the_program_of_its_kind_reads_it_at_once_and_whole(kind: str, form: str, tmp_path: Path) -> None:
    folder = tmp_path / kind
    told = answer(0, "simulate", kind, "--out", folder, "--members", "40", "--seed", "3", "--table-format", form)
    assert f"now try: guerdon run {folder}" in told
    ran = json.loads(answer(0, "run", folder, "--format", "json"))
    assert ran["events"] > 40
    if form == "csv":
        assert "nothing to say" in answer(0, "check", folder)
        answer(0, "test", folder)
        answer(0, "fmt", "--check", folder)


@pytest.mark.parametrize("kind", NAMES)
def test_formats_hold_the_same(kind: str, tmp_path: Path) -> None:
    found = []
    for form in ("csv", "jsonl", "parquet"):
        write(plan(kind, 15, 6), tmp_path / form, form)
        found.append(guerdon.load(tmp_path / form).run().posted.ledger.balances())
    assert found[0]
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("kind", NAMES)
def test_bad_rows_are_set_aside_one_by_one_with_the_codes_told(kind: str, form: str, tmp_path: Path) -> None:
    _, tally = write(plan(kind, 20, faults=60), tmp_path / "h", form)
    found = Counter(each.code for each in guerdon.load(tmp_path / "h").run().rejections)
    alone = {code: count for code, count in found.items() if code not in ("G618", "G692")}
    assert tally.bad
    assert alone == tally.bad


@pytest.mark.parametrize("kind", NAMES)
def test_late_sales_are_taken_in(kind: str, tmp_path: Path) -> None:
    _, tally = write(plan(kind, 40 if kind == "weddings" else 10, 6, late=100), tmp_path, "csv")
    assert tally.late
    assert "lateness" in (tmp_path / "rewards.guerdon").read_text(encoding="utf-8")
    assert not guerdon.load(tmp_path).run().rejections


def test_which_programs_the_kernel_covers(tmp_path: Path) -> None:
    """The manual names these for large histories."""
    from guerdon.choice import lacking

    covered = []
    for kind in NAMES:
        write(plan(kind, 2, 1), tmp_path / kind, "csv")
        covered += [kind] if not lacking(guerdon.load(tmp_path / kind).typed) else []
    assert covered == ["weddings", "travel", "forecourt", "software"]
    listed = re.search(r"programs of (.*) run on the kernel", PAGE.read_text(encoding="utf-8"))
    assert listed and re.findall(r"`(\w+)`", listed[1]) == covered


@pytest.mark.parametrize("kind", ["travel", "forecourt", "software"])
def test_engines_agree_on_it(kind: str, tmp_path: Path) -> None:
    write(plan(kind, 30, 18), tmp_path, "csv")
    found = [guerdon.load(tmp_path).run(engine=engine).posted.ledger for engine in ("reference", "kernel")]
    assert found[0].balances() == found[1].balances()
    assert len(found[0].awards) == len(found[1].awards)


# ---------------------------------------------------------------- behaviour, as the manual tells it


def table_of(title: str) -> list[list[str]]:
    """The cells of the first table of a section of the manual."""
    section = PAGE.read_text(encoding="utf-8").partition(f"## {title}\n")[2].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line.split("|")[1:-1]] for line in lines[2:]]


def tenths(thousandths: int) -> str:
    return f"{thousandths / 10:g}%"


def test_the_manual_has_the_habits_of_each_kind() -> None:
    wanted = []
    for kind in KINDS.values():
        habit, visits = kind.habit, kind.name != "weddings"
        coming = [f"{habit.every} days", str(habit.shape), tenths(habit.lapses)] if visits else ["once", "-", "-"]
        wanted.append([kind.name, *coming, *map(tenths, (habit.invited, habit.returned, habit.partly))])
    assert [row[:7] for row in table_of("Habits")] == wanted


@pytest.mark.parametrize("kind", NAMES)
def test_sales_come_back_as_often_as_the_manual_says(kind: str) -> None:
    """Of sales early enough that they could; so many of them in part. Four standard deviations are allowed."""
    habit = KINDS[kind].habit
    _, tally = made(plan(kind, 800, 24))
    share = tally.returned / tally.returnable
    allowed = 4 * (habit.returned / 1000 / tally.returnable) ** 0.5
    assert habit.returned / 1000 * 0.9 - allowed < share < habit.returned / 1000 + allowed
    assert abs(tally.partly / tally.returned - habit.partly / 1000) < 2 / tally.returned**0.5


@pytest.mark.parametrize("kind", [name for name in NAMES if KINDS[name].habit.invited])
def test_four_in_five_of_those_who_say_they_were_invited_are(kind: str) -> None:
    """Each by somebody who joined before; so there are chains, and no rings."""
    found, tally = made(plan(kind, 2000, 2))
    assert abs(tally.invited / 2000 - KINDS[kind].habit.invited / 1000 * 0.8) < 0.04
    joined = {row[0]: row[1] for row in found["members"]}
    by = {row[0]: row[2] for row in found["members"] if row[2]}
    assert all(joined[inviter] < joined[invited] for invited, inviter in by.items())
    assert any(by.get(inviter) for inviter in by.values()), "somebody who was invited invites"


def test_the_manual_names_one_of_the_busiest_days() -> None:
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    for row in table_of("Habits"):
        week = KINDS[row[0]].habit.season.week
        assert (
            row[7] in [day for day, weight in zip(days, week, strict=True) if weight == max(week)]
            or len(set(week)) == 1
        )


def test_the_manual_names_the_tables_of_each_kind() -> None:
    told = {row[0]: re.findall(r"\w+", row[1]) for row in table_of("Kinds")}
    assert told == {kind.name: [each.name for each in kind.tables[1:]] for kind in KINDS.values()}


def test_a_basket_holds_six_or_seven_things() -> None:
    found, tally = made(plan("grocery", 200))
    assert 6 < len(found["baskets"]) / tally.sales < 7


def visits(kind: str, table: str, members: int, months: int = 12) -> Iterator[tuple[str, str]]:
    """Member and time of each row of a table."""
    columns = list(next(each for each in KINDS[kind].tables if each.name == table).columns)
    found, _ = made(plan(kind, members, months))
    seen = dict.fromkeys((row[0], row[columns.index("member")], row[columns.index("at")]) for row in found[table])
    return ((member, at) for _, member, at in seen)


def test_of_a_shape_of_1_the_busiest_fifth_makes_half_of_the_visits_and_of_2_less() -> None:
    """Of the exponential distribution 0.2 x (1 - ln 0.2) = 52%, more for lapses and late joiners; of shape 2, 43%."""
    share = {}
    for kind, table in (("cafe", "purchases"), ("grocery", "baskets")):
        counts = sorted(Counter(member for member, _ in visits(kind, table, 1000)).values(), reverse=True)
        share[kind] = sum(counts[:200]) / sum(counts)
    assert 0.50 < share["cafe"] < 0.75
    assert 0.40 < share["grocery"] < 0.60
    assert share["grocery"] < share["cafe"] - 0.05


def test_steady_members_come_as_often_as_their_habit_says() -> None:
    """Without lapses and with all there from the start, visits a year would be 365 / 5; lapses and joining in the year make it less."""
    found = Counter(member for member, _ in visits("grocery", "baskets", 1000))
    assert 0.4 * 73 < sum(found.values()) / 1000 < 73


@pytest.mark.parametrize(("kind", "table"), [("cafe", "purchases"), ("grocery", "baskets"), ("business", "orders")])
def test_days_of_the_week_are_as_busy_as_their_season_says(kind: str, table: str) -> None:
    week = KINDS[kind].habit.season.week
    days = Counter(date.fromisoformat(at[:10]).weekday() for _, at in visits(kind, table, 800))
    total = sum(days.values())
    for weekday, weight in enumerate(week):
        assert abs(days[weekday] / total - weight / sum(week)) < 0.01


def test_december_is_the_busiest_month_of_a_grocery() -> None:
    """Of those who are there in the whole of a second year."""
    months = Counter(at[5:7] for _, at in visits("grocery", "baskets", 500, 24) if at >= "2026")
    assert months.most_common(1)[0][0] == "12"


def test_members_lapse() -> None:
    """Of a cafe a fortieth after each visit: of those who came in January, fewer come in December than in March."""
    seen: dict[str, set[str]] = {}
    for member, at in visits("cafe", "purchases", 1500):
        seen.setdefault(at[5:7], set()).add(member)
    january = seen["01"]
    assert len(january & seen["12"]) < 0.75 * len(january & seen["03"])


def test_two_companies_in_a_hundred_order_a_hundred_times_as_much() -> None:
    found, _ = made(plan("business", 3000, 6))
    company = {row[0]: row[1] for row in found["buyers"]}
    assert 0.29 < len(set(company.values())) / 3000 < 0.37
    lines: dict[str, list[float]] = {}
    for row in found["orders"]:
        lines.setdefault(company[row[1]], []).append(float(row[5]))
    steady = sorted(sum(each) / len(each) for each in lines.values() if len(each) >= 20)
    assert steady[-1] > 50 * steady[0]
    assert 0.005 < sum(each > 8_000 for each in steady) / len(steady) < 0.05


def test_nothing_happens_at_night_or_beyond_the_last_day() -> None:
    for kind in NAMES:
        found, _ = made(plan(kind, 100))
        for table in KINDS[kind].tables:
            if "at" in table.columns:
                place = list(table.columns).index("at")
                assert all("05" < row[place][11:13] < "24" and row[place] < "2026" for row in found[table.name])


# ---------------------------------------------------------------- the command


def test_memory_does_not_grow_with_members(tmp_path: Path) -> None:
    peaks = []
    for members in (100, 1000):
        tracemalloc.start()
        write(plan("purpose", members), tmp_path / str(members), "csv")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def test_what_is_told_is_what_is_there(tmp_path: Path) -> None:
    arguments: list[str | Path] = [
        "simulate",
        "cafe",
        "--out",
        tmp_path / "h",
        "--members",
        "80",
        "--months",
        "6",
        "--start",
        "2026-03-01",
    ]
    told = json.loads(answer(0, *arguments, "--seed", "9", "--late", "2.5", "--faults", "1", "--format", "json"))
    counted = {}
    for each in sorted((tmp_path / "h").glob("*.csv")):
        with each.open(encoding="utf-8") as file:
            counted[each.stem] = sum(1 for _ in csv.DictReader(file))
    assert told["rows"] == counted
    assert (told["members"], told["months"], told["start"], told["seed"]) == (80, 6, "2026-03-01", 9)
    assert told["sales"] > told["late"] > 0
    assert sum(told["bad"].values()) > 0


def test_a_file_in_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    assert "results need a folder" in answer(2, "simulate", "cafe", "--out", tmp_path / "out", "--members", "2")
    assert (tmp_path / "out").read_text(encoding="utf-8") == "mine"


def test_nothing_is_written_over_and_nothing_is_left_of_what_fails(tmp_path: Path) -> None:
    answer(0, "simulate", "purpose", "--out", tmp_path, "--members", "3")
    before = hashed(tmp_path)
    assert "already there" in answer(2, "simulate", "purpose", "--out", tmp_path, "--members", "4")
    assert hashed(tmp_path) == before

    def stops(numbers: object) -> Iterator[int]:
        yield 1
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(plan("purpose"), tmp_path / "new", "csv", stops)
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--late", "2.55"], "one decimal"),
        (["--faults", "101"], "from 0 through 100"),
        (["--members", "0"], "not in the range"),
        (["--start", "2025-02-30"], "is no day"),
    ],
)
def test_wrong_use_is_told(arguments: list[str], said: str, tmp_path: Path) -> None:
    assert said in answer(2, "simulate", "cafe", "--out", tmp_path / "h", *arguments)
    assert not (tmp_path / "h").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_disk_that_is_full_is_told_where_duckdb_writes() -> None:
    with duckdb.connect() as con, pytest.raises(OSError, match="No space left on device"), as_os_error():
        con.execute("COPY (SELECT 1) TO '/dev/full' (FORMAT parquet)")
