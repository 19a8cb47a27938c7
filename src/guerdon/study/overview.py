"""The figures of a run that a program designer looks at first, as a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from guerdon.study import words
from guerdon.study.report.notebook import InNotebook
from guerdon.study.report.report import Column, Kind, Plot, Section, Shape, Table
from guerdon.study.summary import Summary


@dataclass(frozen=True, repr=False)
class Overview(InNotebook):
    """A summary in tables; `program` is the fingerprint of what was run."""

    summary: Summary
    program: str

    @property
    def title(self) -> str:
        return self.summary.program

    @property
    def head(self) -> tuple[str, ...]:
        of = self.summary
        read = f"{words.count(of.events, 'event')} of {words.count(of.members, 'member')}."
        aside = ", ".join(f"{words.count(many, 'row')} with {code}" for code, many in of.rejected)
        return (read, f"Set aside: {aside}.") if aside else (read,)

    @property
    def headline(self) -> tuple[tuple[str, str, str], ...]:
        of, share = self.summary, ""
        if of.sales:
            share = f"{words.decimal(100 * of.cost / of.sales, 2)}% of {words.money(of.sales, of.currency)} of sales"
        priced = any(line.cost is not None for line in of.rules)
        return (("cost", words.money(of.cost, of.currency), share),) if priced else ()

    @property
    def about(self) -> Mapping[str, object]:
        return {"program": self.summary.program, "fingerprint": self.program, "currency": self.summary.currency}

    @property
    def foot(self) -> str:
        return f"Program {self.program}."


def overview(of: Summary, program: str) -> Overview:
    """A run's figures: what rules gave and redeems took, what members have, where they stand."""
    sections = (
        Section("Awards", tuple(each for each in (_rules(of), _redeems(of), _messages(of)) if each.rows)),
        Section("Balances", tuple(each for each in (_units(of), _payers(of)) if each.rows)),
        Section("Tiers", tuple(_ladders(of))),
    )
    return Overview(tuple(each for each in sections if each.tables), of, program)


def _count(name: str, title: str) -> Column:
    return Column(name, title, Kind.COUNT)


def _text(name: str) -> Column:
    return Column(name, name, Kind.TEXT)


def _rules(of: Summary) -> Table:
    quantity = (Column("quantity", "given", Kind.QUANTITY), Column("taken_back", "taken back", Kind.QUANTITY))
    cost = Column("cost", "cost", Kind.MONEY, of.currency), Column("of_sales", "of sales", Kind.SHARE, decimals=2)
    columns = (_text("rule"), _text("unit"), _count("awards", "awards"), *quantity, *cost)
    rows = tuple(
        (each.rule, each.unit, each.awards, each.quantity, each.taken_back, each.cost, _share(each.cost, of.sales))
        for each in of.rules
    )
    return Table("rules", "What each rule gave", columns, rows, ("The cost is of what was not taken back.",))


def _share(part: Fraction | None, whole: Fraction) -> Fraction | None:
    return part / whole if part is not None and whole else None


def _redeems(of: Summary) -> Table:
    taken = Column("quantity", "taken", Kind.QUANTITY)
    columns = (_text("redeem"), _text("unit"), _count("times", "times"), taken, _count("refused", "refused"))
    rows = tuple((each.rule, each.unit, each.times, each.quantity, each.refused) for each in of.redeems)
    return Table("redeems", "What was redeemed", columns, rows)


def _messages(of: Summary) -> Table:
    columns = (_text("rule"), _count("times", "times"), _count("members", "members"))
    return Table(
        "messages", "What was said", columns, tuple((each.rule, each.times, each.members) for each in of.messages)
    )


def _units(of: Summary) -> Table:
    flows = ("issued", "spent", "expired", "taken_back", "held", "debt")
    went = tuple(Column(each, each.replace("_", " "), Kind.QUANTITY) for each in flows)
    balance = Column("balance", "balance", Kind.QUANTITY), Column("worth", "worth", Kind.MONEY, of.currency)
    rows = tuple(
        (each.unit, each.members, *(getattr(each.flow, name) for name in flows), each.balance, each.worth)
        for each in of.units
    )
    notes = ("What was issued was spent, expired, taken back, is held, or is there yet.",)
    return Table(
        "units", "What members have", (_text("unit"), _count("members", "members"), *went, *balance), rows, notes
    )


def _payers(of: Summary) -> Table:
    columns = (_text("payer"), _text("unit"), Column("quantity", "quantity", Kind.QUANTITY))
    worth = Column("worth", "worth", Kind.MONEY, of.currency)
    rows = tuple((each.partner, each.unit, each.quantity, each.worth) for each in of.funding)
    return Table("funding", "Who pays", (*columns, worth), rows)


def _ladders(of: Summary) -> Iterator[Table]:
    """Members by tier, with their share as a bar."""
    for ladder in dict.fromkeys(each.ladder for each in of.tiers):
        lines = [each for each in of.tiers if each.ladder == ladder]
        everybody = sum(each.members for each in lines)
        columns = (_text("tier"), _count("members", "members"), Column("share", "share", Kind.SHARE))
        rows = tuple(
            (each.tier, each.members, Fraction(each.members, everybody) if everybody else None) for each in lines
        )
        yield Table(f"tiers_{ladder}", f"Members by {ladder}", columns, rows, plot=Plot(Shape.SHARES, ("share",)))
