"""Who buys: sales and members by month, cohorts and how many of them come back, and the new business that referrals bring."""

from __future__ import annotations

from fractions import Fraction

from guerdon.study import words
from guerdon.study.measure.database import Database, first_day
from guerdon.study.report.report import Column, Kind, Plot, Section, Shape, Table, Value

AHEAD = 12
"""So many months after the first are shown of each cohort."""

MONTH = Column("month", "Month", Kind.MONTH)


def count(name: str, title: str) -> Column:
    return Column(name, title, Kind.COUNT)


def share(name: str, title: str) -> Column:
    return Column(name, title, Kind.SHARE)


def part(of: Fraction | int, whole: Fraction | int) -> Fraction | None:
    """A part of a whole; None where there is no whole."""
    return Fraction(of) / whole if whole else None


def prepare(db: Database) -> None:
    """Makes `visits`, the days on which each member bought something, and `firsts`, the first of each."""
    db.con.execute(
        """CREATE TABLE visits AS SELECT *, lag(day) OVER later AS before, lead(day) OVER later AS next
           FROM (SELECT member, day, month, count(*) AS purchases, sum(amount)::HUGEINT AS amount FROM bought GROUP BY ALL)
           WINDOW later AS (PARTITION BY member ORDER BY day)"""
    )
    db.con.execute("CREATE TABLE firsts AS SELECT member, day, month AS cohort FROM visits WHERE before IS NULL")


def retention(db: Database) -> Section:
    """Sales, members and cohorts."""
    if not db.facts.purchases:
        return Section("Retention", (), NO_PURCHASES)
    return Section("Retention", (_sales(db), _members(db), _cohorts(db)))


NO_PURCHASES = (
    "no event of the program has an amount of money on which a rule or a measure looks; name one with `--purchase`"
)


def _sales(db: Database) -> Table:
    """What was sold and returned in each month."""
    sold = db.by_month("SELECT month, count(*), sum(amount), count(DISTINCT member) FROM bought GROUP BY month")
    back = db.by_month("SELECT month, sum(amount) FROM returned GROUP BY month")
    new = db.by_month("SELECT cohort, count(*) FROM firsts GROUP BY cohort")
    rows: list[tuple[Value, ...]] = []
    for month in db.months.shown:
        purchases, amount, buyers = sold.get(month, (0, 0, 0))
        sales, returns = db.money(amount), db.money(back.get(month, (0,))[0])
        rows.append(
            (
                first_day(month),
                purchases,
                sales,
                returns,
                sales - returns,
                buyers,
                new.get(month, (0,))[0],
                part(purchases, buyers),
                part(sales, purchases),
            )
        )
    money = db.program.frame.currency
    columns = (
        MONTH,
        count("purchases", "Purchases"),
        Column("sales", "Sales", Kind.MONEY, money),
        Column("returns", "Returns", Kind.MONEY, money),
        Column("net_sales", "Net sales", Kind.MONEY, money),
        count("buyers", "Buyers"),
        count("new_buyers", "New buyers"),
        Column("frequency", "Purchases per buyer", Kind.QUANTITY),
        Column("basket", "Average purchase", Kind.MONEY, money),
    )
    told = ", ".join(f"{each.field} of {each.event}" for each in db.facts.purchases)
    back_told = ", ".join(each.event for each in db.facts.returns)
    notes = (
        f"Sales: {told}, before returns. "
        + (
            f"Returns: {back_told}, in the month of the return, whenever the purchase was."
            if back_told
            else "The program has no returns of these."
        ),
        "Buyers are members who bought something in the month; new buyers those who never had before.",
    )
    return Table("sales", "Sales by month", columns, tuple(rows), notes, plot=Plot(Shape.LINES, ("net_sales",)))


def _members(db: Database) -> Table:
    """Active and lapsed members at the end of each month, and how they came to be that."""
    days = db.asked.lapsed_after
    first, last = db.months.first, db.months.read.toordinal()
    new = db.by_month("SELECT cohort, count(*) FROM firsts GROUP BY cohort")
    # INVARIANT: a member lapses at most once between two visits, and is won back at most by the next visit.
    lapsed = db.by_month(
        f"""SELECT months_of.month, count(*) FROM visits JOIN months_of ON months_of.day = visits.day + {days}
            WHERE (next IS NULL OR next - visits.day >= {days}) AND visits.day + {days} <= {last} GROUP BY ALL"""
    )
    back = db.by_month(f"SELECT month, count(*) FROM visits WHERE day - before >= {days} GROUP BY month")
    again = db.by_month(
        """SELECT month, count(*) FROM (SELECT member, month, sum(purchases) OVER (PARTITION BY member ORDER BY day) AS so_far, purchases FROM visits)
           WHERE so_far > 1 AND so_far - purchases <= 1 GROUP BY month"""
    )
    buyers = {
        month: found[0]
        for month, found in db.by_month("SELECT month, count(DISTINCT member) FROM visits GROUP BY month").items()
    }
    rows: list[tuple[Value, ...]] = []
    everybody = active = gone = repeated = 0
    for month in range(first, db.months.through + 1):
        joined, left, won, twice = (of.get(month, (0,))[0] for of in (new, lapsed, back, again))
        everybody, active, gone, repeated = (
            everybody + joined,
            active + joined + won - left,
            gone + left - won,
            repeated + twice,
        )
        if month >= db.months.since:
            bought = buyers.get(month, 0)
            rows.append(
                (
                    first_day(month),
                    everybody,
                    bought,
                    active,
                    part(active, everybody),
                    left,
                    won,
                    gone,
                    part(repeated, everybody),
                )
            )
    columns = (
        MONTH,
        count("members", "Members"),
        count("buyers", "Buyers"),
        count("active", "Active"),
        share("active_share", "of members"),
        count("newly_lapsed", "Newly lapsed"),
        count("won_back", "Won back"),
        count("lapsed", "Lapsed"),
        share("repeat_rate", "Repeat rate"),
    )
    notes = (
        "Members: who has bought something by the end of the month; active and lapsed ones are all of these.",
        f"Active: bought something in the {words.count(days, 'day')} up to the end of the month, that day included. Lapsed: didn't (`--lapsed-after {days}`).",
        f"Won back: bought something after {words.count(days, 'day')} or more without; each time counts, as it does for newly lapsed.",
        "Repeat rate: members who bought more than once so far, of all members.",
        *_partial(db),
    )
    return Table(
        "members", "Members by month", columns, tuple(rows), notes, plot=Plot(Shape.LINES, ("active", "lapsed"))
    )


def _partial(db: Database) -> tuple[str, ...]:
    """That the last month is not over, where it is not."""
    end = db.months.end(db.months.last)
    over = (end.toordinal() + 1) == first_day(db.months.last + 1).toordinal()
    return () if over or db.months.through < db.months.last else (f"The last month was read through {end}.",)


def _cohorts(db: Database) -> Table:
    """Of those who bought first in a month, the share that bought in each month after."""
    sizes = db.by_month(
        """SELECT cohort, count(*), count(*) FILTER (purchases > 1) FROM firsts
           JOIN (SELECT member, sum(purchases) AS purchases FROM visits GROUP BY member) USING (member) GROUP BY cohort"""
    )
    kept = {
        (cohort, month): members
        for cohort, month, members in db.rows(
            "SELECT cohort, month, count(DISTINCT member) FROM visits JOIN firsts USING (member) GROUP BY ALL"
        )
    }
    ahead = min(AHEAD, db.months.last - db.months.since)
    rows: list[tuple[Value, ...]] = []
    for cohort in db.months.shown:
        members, repeated = sizes.get(cohort, (0, 0))
        later = [
            part(kept.get((cohort, cohort + each), 0), members) if cohort + each <= db.months.last else None
            for each in range(1, ahead + 1)
        ]
        if members:
            rows.append((first_day(cohort), members, part(repeated, members), *later))
    columns = (
        Column("cohort", "Cohort", Kind.MONTH),
        count("members", "Members"),
        share("repeat_rate", "Repeat"),
        *(share(f"month_{each}", f"+{each}") for each in range(1, ahead + 1)),
    )
    notes = (
        "A cohort is the members who bought for the first time in a month. Repeat: the share of them that bought more than once so far.",
        f"+1, +2, ...: the share that bought something in that month after the first, at most {AHEAD} months on.",
        *_partial(db),
    )
    shown = tuple(each.name for each in columns[3:])
    return Table(
        "cohorts", "Retention of cohorts", columns, tuple(rows), notes, plot=Plot(Shape.HEAT, shown) if shown else None
    )


# ---------------------------------------------------------------- referrals


def referrals(db: Database) -> Section:
    """The share of new business that members brought whom a referral brought."""
    title = "Referrals"
    if not db.facts.referrers:
        return Section(title, (), "no rule gives anything to a member whom another member names")
    if not db.facts.purchases:
        return Section(title, (), NO_PURCHASES)
    new = db.by_month(
        "SELECT cohort, count(*), count(referred.member) FROM firsts LEFT JOIN referred USING (member) GROUP BY cohort"
    )
    first = db.by_month(
        """SELECT month, sum(amount), sum(amount) FILTER (referred.member IS NOT NULL) FROM visits JOIN firsts USING (member)
           LEFT JOIN referred USING (member) WHERE month = cohort GROUP BY month"""
    )
    all_sales = db.by_month(
        "SELECT month, sum(amount), sum(amount) FILTER (referred.member IS NOT NULL) FROM bought LEFT JOIN referred USING (member) GROUP BY month"
    )
    rows: list[tuple[Value, ...]] = []
    for month in db.months.shown:
        buyers, brought = new.get(month, (0, 0))
        of_new, of_brought = map(db.money, first.get(month, (0, 0)))
        sold, by_brought = map(db.money, all_sales.get(month, (0, 0)))
        rows.append(
            (
                first_day(month),
                buyers,
                brought,
                part(brought, buyers),
                of_new,
                of_brought,
                part(of_brought, of_new),
                part(by_brought, sold),
            )
        )
    money = db.program.frame.currency
    columns = (
        MONTH,
        count("new_buyers", "New buyers"),
        count("referred", "Referred"),
        share("referred_share", "of new buyers"),
        Column("new_sales", "New business", Kind.MONEY, money),
        Column("referred_sales", "by referred", Kind.MONEY, money),
        share("referred_sales_share", "of new business"),
        share("all_sales_share", "of all sales"),
    )
    facts = ", ".join(f"`{each}`" for each in db.facts.referrers)
    notes = (
        f"Referred: members of whom {facts} names somebody else, as the rules of the program read it that give something to whom it names; whether or not that was earned.",
        "New business: what new buyers spent in the month of their first purchase, before returns. Of all sales: what members who were referred at any time spent in the month.",
    )
    return Section(
        title,
        (
            Table(
                "referrals",
                "New business by referrals",
                columns,
                tuple(rows),
                notes,
                plot=Plot(Shape.LINES, ("referred_share",)),
            ),
        ),
    )
