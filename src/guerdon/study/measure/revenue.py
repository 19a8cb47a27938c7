"""Deferred revenue of points under IFRS 15: what of the sales is the price of points, and when it is earned.

Source: IFRS 15 Revenue from Contracts with Customers, paragraphs 73-80 (allocation by relative stand-alone selling prices), B39-B47
(customer options, unexercised rights) and Illustrative Example 52.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from guerdon.program.currency import DECIMALS
from guerdon.study import words
from guerdon.study.flows import Flow
from guerdon.study.measure import ages
from guerdon.study.measure.database import Database, first_day
from guerdon.study.measure.flowing import Flows, through
from guerdon.study.measure.members import MONTH, NO_PURCHASES
from guerdon.study.report.report import Column, Kind, Plot, Section, Shape, Table, Value


def revenue(db: Database, flows: list[Flows]) -> Section:
    """A schedule of each unit that has a worth, and what is open of it by age."""
    title = "Deferred revenue (IFRS 15)"
    if not db.facts.purchases:
        return Section(title, (), NO_PURCHASES)
    priced = [each for each in flows if each.unit.worth is not None]
    if not priced:
        return Section(title, (), "no unit that was given has a worth, so its stand-alone price is not known")
    tables: list[Table] = []
    ages.prepare(db)
    prices, sales = [Prices(each, _shares(db, each)) for each in priced], _sales(db)
    for each in prices:
        others = [other for other in prices if other is not each]
        tables += [_schedule(db, each, others, sales), *ages.ages(db, each.of, each.shares[db.months.through])]
    return Section(title, tuple(tables))


@dataclass(frozen=True)
class Prices:
    """The stand-alone prices of what purchases gave of a unit: `shares` of it are expected to be redeemed, as of the end of each month."""

    of: Flows
    shares: dict[int, Fraction]

    def given(self, month: int) -> Fraction:
        return self.of.worth(self.of.bought.get(month, Fraction(0))) * self.shares[month]

    def back(self, month: int) -> Fraction:
        return self.of.worth(self.of.returned.get(month, Fraction(0))) * self.shares[month]


@dataclass(frozen=True)
class Sales:
    """What was sold, and what was returned, by month."""

    sold: dict[int, Fraction]
    returned: dict[int, Fraction]

    def net(self, month: int) -> Fraction:
        return self.sold.get(month, Fraction(0)) - self.returned.get(month, Fraction(0))


def _sales(db: Database) -> Sales:
    sold, returned = (
        {month: db.money(amount) for month, amount in db.rows(f"SELECT month, sum(amount) FROM {table} GROUP BY month")}
        for table in ("bought", "returned")
    )
    return Sales(sold, returned)


def allocated(
    sales: Fraction, points: Fraction, others: Fraction = Fraction(0), decimals: int | None = None
) -> Fraction:
    """The part of the sales that is the price of points, by relative stand-alone prices; the sales themselves are the price of the goods.

    Shape: `points` and `others` are stand-alone prices, of these points and of those of other units. `decimals`: to how many decimals of a
    percent the ratio is rounded half up; None: it is not. Nothing where there are no sales to allocate.
    Source: IFRS 15 paragraph 76. The rounded ratio: KPMG, Revenue Handbook, Example 10A.
    """
    whole = sales + points + others
    if whole <= 0 or sales <= 0:
        return Fraction(0)
    ratio = points / whole
    if decimals is not None:
        ratio = _half_up(100 * ratio, decimals) / 100
    return sales * ratio


def earned(deferred: Fraction, redeemed: Fraction, expected: Fraction) -> Fraction:
    """What of the deferred amount is revenue so far: the redeemed share of all that is expected to be redeemed, all of it at most."""
    return deferred * min(max(redeemed / expected, Fraction(0)), Fraction(1)) if expected > 0 else deferred


def _half_up(number: Fraction, decimals: int) -> Fraction:
    step = Fraction(1, 10**decimals)
    whole, rest = divmod(abs(number), step)
    return (1 if number >= 0 else -1) * (whole + (2 * rest >= step)) * step


@dataclass
class Balance:
    """What was deferred, and earned of that, up to some month; as it stands in books, rounded half even to the currency's decimals."""

    deferred: Fraction = Fraction(0)
    earned: Fraction = Fraction(0)


def _schedule(db: Database, prices: Prices, others: list[Prices], sales: Sales) -> Table:
    """The contract liability of a unit by month."""
    of, money = prices.of, db.program.frame.currency
    coins = 10 ** DECIMALS[money]
    so_far, deferred, booked, rows = Flow(), Fraction(0), Balance(), list[tuple[Value, ...]]()
    for month in range(db.months.first, db.months.through + 1):
        so_far, share, net = through(so_far, of.of(month)), prices.shares[month], sales.net(month)
        deferred += _deferred(db, month, prices, others, sales)
        issued, there = so_far.issued - so_far.taken_back, so_far.balance + so_far.held
        expected = max(min(share * issued, so_far.spent + there), so_far.spent)
        came = earned(deferred, so_far.spent, expected)
        now = Balance(Fraction(round(deferred * coins), coins), Fraction(round(came * coins), coins))
        if month >= db.months.since:
            added = now.deferred - booked.deferred
            rows.append(
                (
                    first_day(month),
                    net,
                    net - added,
                    added,
                    now.earned - booked.earned,
                    now.deferred - now.earned,
                    share,
                    so_far.spent,
                    expected,
                )
            )
        booked = now
    columns = (
        MONTH,
        Column("net_sales", "Net sales", Kind.MONEY, money),
        Column("goods", "Goods", Kind.MONEY, money),
        Column("deferred", "Deferred", Kind.MONEY, money),
        Column("earned", "Earned", Kind.MONEY, money),
        Column("liability", "Liability", Kind.MONEY, money),
        Column("redemption", "Expected", Kind.SHARE),
        Column("redeemed", "Redeemed", Kind.QUANTITY, of.unit.name),
        Column("expected", "of", Kind.QUANTITY, of.unit.name),
    )
    name, title = f"revenue_{of.unit.name}", f"Contract liability of {of.unit.name}"
    return Table(name, title, columns, tuple(rows), _notes(db, of), plot=Plot(Shape.LINES, ("liability",)))


def _deferred(db: Database, month: int, prices: Prices, others: list[Prices], sales: Sales) -> Fraction:
    """What of a month's sales is deferred, less what of its returns was."""
    decimals, nothing = db.asked.ratio_decimals, Fraction(0)
    added = allocated(
        sales.sold.get(month, nothing),
        prices.given(month),
        sum((each.given(month) for each in others), nothing),
        decimals,
    )
    undone = allocated(
        sales.returned.get(month, nothing),
        prices.back(month),
        sum((each.back(month) for each in others), nothing),
        decimals,
    )
    return added - undone


def _shares(db: Database, of: Flows) -> dict[int, Fraction]:
    """The share that is expected to be redeemed, as of the end of each month."""
    so_far, found = Flow(), dict[int, Fraction]()
    for month in db.months.all:
        so_far = through(so_far, of.of(month))
        found[month] = _share(db, so_far, month)
    return found


def _share(db: Database, so_far: Flow, month: int) -> Fraction:
    """The share of points that is expected to be redeemed, as it is given for the end of a month, or estimated up to then."""
    if db.asked.redeemed:
        end = db.months.end(month)
        known = [share for since, share in sorted(db.asked.redeemed, key=_since) if since is None or since <= end]
        return known[-1] if known else Fraction(1)
    decided = so_far.spent + so_far.expired
    return so_far.spent / decided if decided > 0 else Fraction(1)


def _since(of: tuple[object, Fraction]) -> str:
    """A key that orders shares by the day from which they hold, those of all days first."""
    return str(of[0] or "")


def _notes(db: Database, of: Flows) -> tuple[str, ...]:
    unit, worth = of.unit.name, of.unit.worth or Fraction(0)
    if db.asked.redeemed:
        expected = "as given (`--redeemed`)"
    else:
        expected = (
            "redeemed, of what was redeemed or has expired by the end of the month; 100% as long as nothing has expired"
        )
    ratio = (
        f"; the ratio is rounded half up to {words.count(db.asked.ratio_decimals, 'decimal')} of a percent"
        if db.asked.ratio_decimals is not None
        else ""
    )
    return (
        f"Deferred: sales of the month, allocated by relative stand-alone prices: of goods the sales themselves, of points what purchases gave at {words.money(worth, db.program.frame.currency)} for 1 {unit}, times the expected share{ratio} (IFRS 15.76); less the same of returns, and what they took back. Goods: revenue of the month, the rest of net sales.",
        f"Expected: the share of points that is expected to be redeemed: {expected}. In points it is never more than what is redeemed or open.",
        "Earned: revenue of points: deferred so far, times redeemed so far of what is expected in all, less what was revenue before; a change of the estimate goes through the month in which it is made (IFRS 15.B46).",
        f"Points given for something else than a purchase take no part of a price: their cost is in the cost of the program. All sales of the month are one portfolio (IFRS 15.4); {unit} of all origins is redeemed alike.",
    )
