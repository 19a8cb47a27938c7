"""What a rule does, against the members that its control group leaves out: the difference of means, with a confidence interval.

Source: B. L. Welch, "The generalization of 'Student's' problem when several different population variances are involved", Biometrika 34
(1947), 28-35. Means are exact; intervals are floats.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from guerdon.kernel.rows.facts import in_control
from guerdon.program import nodes
from guerdon.study import words
from guerdon.study.measure import models
from guerdon.study.measure.database import Database, first_day
from guerdon.study.measure.members import NO_PURCHASES, count
from guerdon.study.report.report import Column, Kind, Section, Table, Value

CONFIDENCE = 0.95
FEWEST = 30
"""Groups of fewer members say nothing: their means need not be distributed normally."""


@dataclass(frozen=True, slots=True)
class Sample:
    """So many values, their sum and the sum of their squares, exactly."""

    count: int
    total: Fraction
    squares: Fraction

    @property
    def mean(self) -> Fraction:
        return self.total / self.count

    @property
    def error(self) -> Fraction:
        """The variance of the mean: that of the values, with one degree of freedom taken off, over their number."""
        return (self.squares - self.total * self.mean) / (self.count - 1) / self.count


def welch(one: Sample, other: Sample, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The interval that holds the difference of two means with this confidence.

    Shape: both samples have two values or more. Errors: NotInstalled.
    """
    difference, error = float(one.mean - other.mean), float(one.error + other.error)
    if not error:
        return difference, difference
    freedom = error**2 / (float(one.error) ** 2 / (one.count - 1) + float(other.error) ** 2 / (other.count - 1))
    reach = models.student(confidence, freedom) * error**0.5
    return difference - reach, difference + reach


def control(db: Database) -> Section:
    """A table for each control group."""
    title = "Effect against control groups"
    groups = {rule.control.group: rule.control for rule in db.program.rules.values() if rule.control is not None}
    if not groups:
        return Section(title, (), "no rule has a control group")
    if not db.facts.purchases:
        return Section(title, (), NO_PURCHASES)
    first, last = first_day(db.months.since).toordinal(), db.months.end(db.months.through).toordinal()
    db.con.execute(
        f"""CREATE TABLE spent_by AS SELECT member, coalesce(purchases, 0)::HUGEINT AS purchases, coalesce(amount, 0)::HUGEINT AS amount
            FROM everybody LEFT JOIN (
                SELECT member, sum(purchases) AS purchases, sum(amount) AS amount FROM (
                    SELECT member, 1 AS purchases, amount FROM bought WHERE day BETWEEN {first} AND {last}
                    UNION ALL SELECT member, 0, -amount FROM returned WHERE day BETWEEN {first} AND {last}) GROUP BY member) USING (member)"""
    )
    return Section(title, tuple(_group(db, at, each) for at, each in enumerate(groups.values(), 1)))


def _samples(db: Database, group: nodes.Control, what: str, steps: int) -> tuple[Sample, Sample]:
    """What members came to for whom a rule is there, and what those came to whom it leaves out."""
    found = {
        left_out: Sample(members, Fraction(total, steps), Fraction(squares, steps**2))
        for left_out, members, total, squares in db.rows(
            f"SELECT {in_control(group)} AS left_out, count(*), sum({what}), sum({what} * {what}) FROM spent_by GROUP BY left_out"
        )
    }
    nobody = Sample(0, Fraction(0), Fraction(0))
    return found.get(False, nobody), found.get(True, nobody)


def _group(db: Database, at: int, group: nodes.Control) -> Table:
    money, rows, warnings = db.program.frame.currency, list[tuple[Value, ...]](), list[str]()
    for title, what, steps in ((f"Net sales ({money})", "amount", db.steps), ("Purchases", "purchases", 1)):
        one, other = _samples(db, group, what, steps)
        low, high = _interval(one, other, warnings)
        difference = one.mean - other.mean if one.count and other.count else None
        means = [each.mean if each.count else None for each in (one, other)]
        rows.append((title, one.count, other.count, *means, difference, low, high))
        if low is not None and high is not None and low <= 0 <= high:
            warnings.append(f"{title}: the interval holds zero, so nothing says that there is a difference.")
    rules = [
        each for each in db.program.rules.values() if each.control is not None and each.control.group == group.group
    ]
    columns = (
        Column("what", "Per member", Kind.TEXT),
        count("members", "With"),
        count("left_out", "Left out"),
        Column("mean", "Mean with", Kind.QUANTITY),
        Column("mean_left_out", "Mean left out", Kind.QUANTITY),
        Column("difference", "Difference", Kind.QUANTITY),
        Column("low", "from", Kind.ESTIMATE),
        Column("high", "to", Kind.ESTIMATE),
    )
    of = ", ".join(f'"{each.name}"' for each in rules)
    notes = (
        f"With: members for whom {of} is there. Left out: its control group. All members to whom anything ever happened are in one or the other, also those who bought nothing.",
        f"Net sales and purchases of the months shown, {first_day(db.months.since)} through {db.months.end(db.months.through)}.",
        f"From, to: the {CONFIDENCE:.0%} confidence interval of the difference by Welch's t, for unequal variances; floating-point figures.",
    )
    return Table(
        f"control_{at}", f'Control group "{group.group}"', columns, tuple(rows), notes, tuple(dict.fromkeys(warnings))
    )


def _interval(one: Sample, other: Sample, warnings: list[str]) -> tuple[float | None, float | None]:
    """The confidence interval, as far as there is one; notes why there is none, or none to rely on."""
    warnings += _too_few(one, other)
    if one.count < 2 or other.count < 2:
        return None, None
    try:
        return welch(one, other)
    except models.NotInstalled:
        warnings.append("The interval needs SciPy: install `guerdon[measure]`.")
        return None, None


def _too_few(one: Sample, other: Sample) -> Iterator[str]:
    for what, each in (("with the rule", one), ("left out", other)):
        if each.count < FEWEST:
            yield f"Only {words.count(each.count, 'member')} {'is' if each.count == 1 else 'are'} {what}: too few to say anything; {FEWEST} or more are needed."
