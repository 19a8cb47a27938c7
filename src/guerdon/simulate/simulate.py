"""A history made up: members one after the other, each with all that happens to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from guerdon.program.time import FIRST_YEAR, LAST_YEAR
from guerdon.simulate.chance import Chance
from guerdon.simulate.kind import Kind
from guerdon.simulate.member import Member, Tally, World
from guerdon.simulate.season import Calendar
from guerdon.simulate.spoiling import spoilt
from guerdon.simulate.table import Row, Table
from guerdon.simulate.writing import files
from guerdon.study.whole import appearing, not_there

PROGRAM, MAPPING = "rewards.guerdon", "history.yaml"
_LATENESS = "  lateness    14 days\n"


class OutOfYears(Exception):
    """A history would begin before or end behind the years that programs reckon in; says so."""


@dataclass(frozen=True)
class Plan:
    """What is to be made up. `late` and `faults`: thousandths of sales that become known late, and of rows that are bad."""

    kind: Kind
    members: int
    months: int
    first: date
    seed: int
    late: int = 0
    faults: int = 0

    def check(self) -> None:
        """Errors: OutOfYears."""
        last = self.first.year + (self.first.month + self.months) // 12
        if self.first.year - 1 < FIRST_YEAR or last > LAST_YEAR:
            raise OutOfYears(
                f"{self.months} months from {self.first} are beyond the years {FIRST_YEAR} through {LAST_YEAR}"
            )


def simulate(plan: Plan, numbers: Iterable[int], tally: Tally) -> Iterator[list[tuple[Table, Row]]]:
    """The rows of each member, by number; the tally counts along.

    Shape: one list for each number, in which the rows of each table stand in their order.
    """
    kind = plan.kind
    calendar = Calendar(plan.first, plan.months, kind.habit.season)
    world = World(kind.name, kind.habit, calendar, plan.seed, plan.late)
    for number in numbers:
        member = Member(world, number, tally)
        kind.write(member)
        tally.members += 1
        tally.invited += bool(member.invited_by)
        rows = member.rows
        if plan.faults:
            rows = list(_with_faults(rows, plan.faults, world.chance("faults", number), tally))
        for table, _ in rows:
            tally.rows[table.name] = tally.rows.get(table.name, 0) + 1
        yield rows


def _with_faults(
    rows: list[tuple[Table, Row]], faults: int, chance: Chance, tally: Tally
) -> Iterator[tuple[Table, Row]]:
    """The same rows, some of them made bad; those that say who there is stay as they are."""
    for table, row in rows:
        if table.is_events and chance.happens(faults):
            code, row = spoilt(table, row, chance)
            tally.bad[code] = tally.bad.get(code, 0) + 1
        yield table, row


def write(
    plan: Plan, folder: Path, form: str, counted: Callable[[Iterable[int]], Iterable[int]] = lambda numbers: numbers
) -> tuple[list[Path], Tally]:
    """Writes the history into a folder, with a mapping and a program of its kind; where they are, and what they hold.

    Shape: nothing appears before all of it is whole. `counted` wraps the numbers of the members, to show how far it is.
    Errors: AlreadyThere where one of the files is, and nothing is written; OSError.
    """
    names = [PROGRAM, MAPPING, *(f"{each.name}.{form}" for each in plan.kind.tables)]
    not_there(folder, names)
    tally = Tally(rows={each.name: 0 for each in plan.kind.tables})
    with appearing(folder, names) as beside:
        with files(beside, plan.kind.tables, form, as_text=plan.faults > 0) as writer:
            for rows in simulate(plan, counted(range(1, plan.members + 1)), tally):
                writer.put(rows)
        for name, text in zip((PROGRAM, MAPPING), (program(plan), mapping(plan.kind, form, tally)), strict=True):
            (beside / name).write_text(text, encoding="utf-8", newline="\n")
    return [folder / each for each in names], tally


def program(plan: Plan) -> str:
    """The program of the kind; it takes late events in where there are any."""
    text = _beside(plan.kind, "guerdon")
    return text if plan.late else text.replace(_LATENESS, "")


def mapping(kind: Kind, form: str, tally: Tally) -> str:
    """The `history.yaml` of the kind, for files of a format; a table is called as its source.

    Shape: a file of JSON without a row has no columns, so what would come of it is absent.
    """
    text = _beside(kind, "yaml").replace(".csv\n", f".{form}\n")
    for name, count in tally.rows.items():
        if form == "jsonl" and not count:
            text = re.sub(rf"^  (\w+):\n    from: {name}\n(?:    .*\n)*", r"  \1: absent\n", text, flags=re.MULTILINE)
    return text


def _beside(kind: Kind, ending: str) -> str:
    return (Path(__file__).parent / "kinds" / f"{kind.name}.{ending}").read_text(encoding="utf-8")
