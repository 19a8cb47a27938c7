"""Two versions over one history, side by side: the report, and how it is made.

Everything is exact, and adds up: the changes to the difference, rules and months to the whole, tenths and tiers to it, too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from shutil import move

from guerdon.program import nodes
from guerdon.reference.calendar import ONE, Calendar
from guerdon.study import words
from guerdon.study.compare import causes, first, people, segments, standing, totals
from guerdon.study.compare.changes import Versions
from guerdon.study.compare.database import Database, opened
from guerdon.study.compare.running import Runs
from guerdon.study.compare.sides import NEW, OLD, Side
from guerdon.study.parts import quoted, safe_text
from guerdon.study.report.notebook import InNotebook
from guerdon.study.report.report import Section, Table
from guerdon.study.report.shown import write_csv


class NotComparable(Exception):
    """Two runs whose difference would mean nothing."""


@dataclass(frozen=True, repr=False)
class Comparison(InNotebook):
    """What changes from the `old` version to the `new` one over a history; `last` is the last day that was read."""

    old: Side
    new: Side
    last: date

    @property
    def title(self) -> str:
        names = dict.fromkeys((self.old.program.frame.name, self.new.program.frame.name))
        return f"{' and '.join(names)}: what would change"

    @property
    def currency(self) -> str:
        return self.new.program.frame.currency

    @property
    def head(self) -> tuple[str, ...]:
        figures = self.new.figures
        read = f"{words.count(figures.events, 'event')} of {words.count(figures.members, 'member')}, read through {self.last}."
        difference = self.new.cost - self.old.cost
        cost = f"The cost goes from {words.money(self.old.cost, self.currency)} to {words.money(self.new.cost, self.currency)}: {self._signed(difference)}"
        share = 100 * difference / self.old.cost if self.old.cost else None
        percent = f", {'+' if difference > 0 else ''}{words.decimal(share, 1)}%" if share is not None else ""
        return *words.of_what_was_read(read, self.currency), f"{cost}{percent}."

    def brief(self) -> Comparison:
        """The same with the tables that say most."""
        found = (
            replace(each, tables=tuple(table for table in each.tables if _says_much(table)), beside=())
            for each in self.sections
        )
        return replace(self, sections=tuple(each for each in found if each.tables or each.says))

    @property
    def headline(self) -> tuple[tuple[str, str, str], ...]:
        """The cost, what is owed, who gains and loses, and whether the past would be restated."""
        people, past = (
            self.table("people"),
            [table for each in self.sections for table in each.tables if table.name in ("past", "past_members")],
        )
        gain, lose = people.column("gain")[-1], people.column("lose")[-1]
        of_sales = [
            f"{words.decimal(100 * each.of_sales, 2)}%" for each in (self.old, self.new) if each.of_sales is not None
        ]
        return (
            (
                "cost",
                self._signed(self.new.cost - self.old.cost),
                " to ".join(of_sales) + " of sales" if of_sales else "",
            ),
            (
                "owed at the end",
                self._signed(self.new.liability - self.old.liability),
                f"{words.money(self.new.liability, self.currency)} in all",
            ),
            ("members who gain", f"{gain:,}", "by what they are awarded"),
            ("members who lose", f"{lose:,}", "by what they are awarded"),
            ("the past", "restated" if past else "left as it is", "as the new version is run over it"),
        )

    def _signed(self, amount: Fraction) -> str:
        return f"{'+' if amount > 0 else ''}{words.money(amount, self.currency)}"

    @property
    def about(self) -> Mapping[str, object]:
        return {
            "old": {"program": self.old.program.frame.name, "fingerprint": self.old.fingerprint},
            "new": {"program": self.new.program.frame.name, "fingerprint": self.new.fingerprint},
            "currency": self.currency,
            "last": self.last.isoformat(),
            "events": self.new.figures.events,
        }

    @property
    def foot(self) -> str:
        return f"Old {self.old.fingerprint}, new {self.new.fingerprint}."


_BRIEF = re.compile(r"cost|changes|causes.*|rules|payers|messages|moves_.*|people|past|past_members|first")


def _says_much(of: Table) -> bool:
    return _BRIEF.fullmatch(of.name) is not None


def comparable(old: nodes.Program, new: nodes.Program) -> None:
    """Errors: NotComparable where two programs count money in different currencies."""
    if old.frame.currency != new.frame.currency:
        raise NotComparable(f"one program counts in {old.frame.currency}, the other in {new.frame.currency}")


def compare(
    old: Side,
    new: Side,
    runs: Runs,
    versions: Versions | None = None,
    live: date | None = None,
    attribute: bool | None = None,
    out: Path | None = None,
) -> Comparison:
    """What changes from one version to the other over the history that both were run on; `out`: the folder that its tables are written to.

    Shape: `runs` ran both, and runs versions with some of the changes. `live`: the day on which the new version begins to decide, by itself that after the last one that was read.
    Errors: TooLarge; OSError.
    """
    until = new.run.until if new.run.until is not None else old.run.until
    last = Calendar(new.program.frame).day(until - 1) if until is not None else date.min
    brought = causes.causes(old, new, versions, runs, attribute)
    day = live or last + ONE
    with opened(old, new, Calendar(new.program.frame).start(day)) as db:
        found = Comparison(tuple(_sections(db, brought, runs, day)), old, new, last)
        if out is not None:
            write_csv(found, out, {"members.csv": lambda path: write_members(db, path)})
        return found


def _sections(db: Database, brought: Section, runs: Runs, day: date) -> list[Section]:
    sections = [
        totals.totals(db),
        brought,
        totals.by_rule(db),
        totals.by_month(db),
        standing.standing(db),
        segments.segments(db, runs),
        people.people(db),
        first.past(db, day),
        first.first(db, runs),
    ]
    return [replace(each, tables=tuple(table for table in each.tables if table.rows)) for each in sections]


def write_members(db: Database, path: Path) -> None:
    """Each member and unit: what they were awarded by either version, and what they have at the end; as CSV, row by row."""
    step = f"{Decimal(1).scaleb(-db.places):f}::DECIMAL({db.places + 1}, {db.places})" if db.places else "1"
    names = ("awarded_old", "awarded_new", "balance_old", "balance_new")
    figures = ", ".join(f"(coalesce({each}, 0)::DECIMAL(28, 0) * {step}) AS {each}" for each in names)

    def of(table: str, figure: str, name: str) -> str:
        sums = (f"sum({figure}) FILTER (version = {version}) AS {name}_{side}" for side, version in _VERSIONS.items())
        return f"(SELECT member, unit, {', '.join(sums)} FROM {table} GROUP BY ALL)"

    rows = f"{of('costs', 'steps', 'awarded')} FULL JOIN {of('held', 'balance', 'balance')} USING (member, unit)"
    written = db.folder / path.name
    db.con.execute(
        f"COPY (SELECT {safe_text('member')}, unit, {figures} FROM {rows} ORDER BY member, unit) TO {quoted(written)} (FORMAT csv, HEADER)"
    )
    move(written, path)


_VERSIONS = {"old": OLD, "new": NEW}
