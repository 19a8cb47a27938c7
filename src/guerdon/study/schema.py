"""The result tables of a run and their columns: one list, for every format, engine and page of the manual."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from guerdon.program import nodes
from guerdon.program.currency import DECIMALS


class Kind(Enum):
    """What a column holds, and how it is stored."""

    TEXT = "text"
    EXACT = "an exact number as text: `7.49`, or a fraction where it has no end: `22/3`"
    QUANTITY = "a decimal number with as many decimals as the program's finest unit"
    WHOLE = "a whole number"
    INSTANT = "an instant: in Parquet a timestamp in UTC, as text ISO 8601 with Z"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, what it holds, what that means, and whether it may be missing."""

    name: str
    kind: Kind
    meaning: str
    optional: bool = False


TABLES: dict[str, tuple[Column, ...]] = {
    "awards": (
        Column("id", Kind.TEXT, "names the award: the event's id, `/`, the rule's name"),
        Column("member", Kind.TEXT, "who got it"),
        Column("event", Kind.TEXT, "the id of the event that caused it; of a trigger its words, day and member"),
        Column("rule", Kind.TEXT, "the rule that gave it"),
        Column("unit", Kind.TEXT, "what was given"),
        Column(
            "quantity", Kind.QUANTITY, "how much was given, after rounding and limits; negative where it was taken back"
        ),
        Column("exact", Kind.EXACT, "what the rule came to, before rounding and limits: quantity + dropped + cut"),
        Column("dropped", Kind.EXACT, "what rounding took off; negative where it added"),
        Column("cut", Kind.QUANTITY, "what limits cut off, and what a group did not take"),
        Column("at", Kind.INSTANT, "when the event happened"),
        Column(
            "spendable_from",
            Kind.INSTANT,
            "from when on it can be spent; missing where it waits for an event",
            optional=True,
        ),
        Column("expires", Kind.INSTANT, "when it expires, exclusive; missing where it has no fixed day", optional=True),
        Column("program", Kind.TEXT, "the fingerprint of the program that gave it"),
        Column("of", Kind.TEXT, "the award that is taken back; missing where it is given", optional=True),
    ),
    "balances": (
        Column("member", Kind.TEXT, "whose balance: a member's, or an account's, such as `household/7`"),
        Column("unit", Kind.TEXT, "of what"),
        Column("balance", Kind.QUANTITY, "what can be spent; below zero it is debt"),
        Column("pending", Kind.QUANTITY, "what is held, and can't be spent yet"),
        Column("as_of", Kind.INSTANT, "as of when, exclusive: the run's end"),
    ),
    "lots": (
        Column("id", Kind.TEXT, "names the lot: the first award in it, or the event that made it"),
        Column("member", Kind.TEXT, "who holds it: a member, or an account"),
        Column("unit", Kind.TEXT, "of what"),
        Column("granted", Kind.QUANTITY, "how much came into it; remaining and all that follows add up to it"),
        Column("remaining", Kind.QUANTITY, "how much is there yet, held or not"),
        Column("spent", Kind.QUANTITY, "how much was spent, less what was given back"),
        Column("expired", Kind.QUANTITY, "how much expired"),
        Column("taken_back", Kind.QUANTITY, "how much was taken back"),
        Column("transferred", Kind.QUANTITY, "how much went to others"),
        Column("repaid", Kind.QUANTITY, "how much repaid debt"),
        Column("at", Kind.INSTANT, "when it came to be there"),
        Column("spendable_from", Kind.INSTANT, "from when on it can be spent; missing where unknown", optional=True),
        Column(
            "expires",
            Kind.INSTANT,
            "when it expires, exclusive, if that was fixed when it was awarded; else missing",
            optional=True,
        ),
    ),
    "postings": (
        Column("member", Kind.TEXT, "whose: a member's, or an account's"),
        Column("unit", Kind.TEXT, "of what"),
        Column("lot", Kind.TEXT, "the lot; missing where it is no lot's, such as debt", optional=True),
        Column("source", Kind.TEXT, "the pot that it left"),
        Column("target", Kind.TEXT, "the pot that it entered"),
        Column("quantity", Kind.QUANTITY, "how much; always above zero"),
        Column("at", Kind.INSTANT, "when"),
        Column("event", Kind.TEXT, "the id of the event; missing where a day began", optional=True),
        Column("reason", Kind.TEXT, "the rule, or what happened"),
    ),
    "funding": (
        Column("award", Kind.TEXT, "the award that is paid for: an id of the table `awards`"),
        Column(
            "partner", Kind.TEXT, "who pays, as the rule says behind `funded`, or as the fact says that it names there"
        ),
        Column("unit", Kind.TEXT, "of what"),
        Column("quantity", Kind.QUANTITY, "how much is paid; negative where it was taken back"),
    ),
    "tiers": (
        Column("member", Kind.TEXT, "who held it"),
        Column("ladder", Kind.TEXT, "the ladder"),
        Column("tier", Kind.TEXT, "the tier held"),
        Column("from", Kind.INSTANT, "from when on, inclusive"),
        Column("before", Kind.INSTANT, "until when, exclusive; missing where it is still held", optional=True),
        Column("reason", Kind.TEXT, "why it came to be held"),
    ),
    "refused": (
        Column("member", Kind.TEXT, "who asked for it: a member, or an account"),
        Column("event", Kind.TEXT, "the id of the event that asked"),
        Column("unit", Kind.TEXT, "of what"),
        Column("quantity", Kind.QUANTITY, "how much was asked for"),
        Column("at", Kind.INSTANT, "when"),
        Column("reason", Kind.TEXT, "why it was not granted"),
        Column(
            "rule", Kind.TEXT, "the redeem that was asked for; missing where it was so much of a unit", optional=True
        ),
    ),
    "effects": (
        Column("id", Kind.TEXT, "names the effect: the event's id, `/`, the rule's name"),
        Column("member", Kind.TEXT, "to whom it was said"),
        Column("event", Kind.TEXT, "the id of the event that caused it; of a trigger its words, day and member"),
        Column("rule", Kind.TEXT, "the rule that said it"),
        Column("kind", Kind.TEXT, "what it is: `message`"),
        Column("text", Kind.TEXT, "what was said"),
        Column("at", Kind.INSTANT, "when the event happened; where it came to be due later, when it did"),
    ),
    "offers": (
        Column("member", Kind.TEXT, "to whom it was opened"),
        Column("offer", Kind.TEXT, "the offer"),
        Column("opened", Kind.TEXT, "the id of the event that opened it; of a trigger its words, day and member"),
        Column("state", Kind.TEXT, "what became of it: `open`, `completed` or `withdrawn`"),
        Column("event", Kind.TEXT, "the id of the event at which that came about"),
        Column("at", Kind.INSTANT, "when it did, or became known"),
        Column("closes", Kind.INSTANT, "from when on it is closed"),
    ),
    "ranks": (
        Column("member", Kind.TEXT, "who was ranked"),
        Column("measure", Kind.TEXT, "the measure by which"),
        Column("at", Kind.INSTANT, "when: the last instant of the period"),
        Column(
            "value", Kind.TEXT, "what the measure's `is` came to: an exact number, as in `exact` of `awards`, or a date"
        ),
        Column("rank", Kind.WHOLE, "the place or the part, from 1 on"),
        Column("among", Kind.WHOLE, "how many members were ranked"),
    ),
    "rejected": (
        Column("code", Kind.TEXT, "the code of the fault; `guerdon code` explains it"),
        Column("message", Kind.TEXT, "what was wrong"),
        Column("event", Kind.TEXT, "the event, where it is known", optional=True),
        Column("file", Kind.TEXT, "the file of the row", optional=True),
        Column("row", Kind.WHOLE, "the row in its file, from 1, a header not counted", optional=True),
        Column("source", Kind.TEXT, "what the row held, as a JSON object"),
    ),
}

WHOLE_DIGITS = 18
"""Digits before the decimal point of a quantity."""


def decimals(program: nodes.Program) -> int:
    """Decimals of every quantity in a program's results: those of its finest unit, or of the money that it charges."""
    units = program.units.values()
    money = [DECIMALS[program.frame.currency] for unit in units if unit.debt.kind is nodes.DebtKind.CHARGED]
    return max((*(unit.decimals for unit in units), *money), default=0)


def stored_as(column: Column, places: int) -> str:
    """The SQL type of a column, in Parquet and in DuckDB, quantities having so many decimals."""
    return {
        Kind.TEXT: "VARCHAR",
        Kind.EXACT: "VARCHAR",
        Kind.QUANTITY: f"DECIMAL({WHOLE_DIGITS + places},{places})",
        Kind.WHOLE: "BIGINT",
        Kind.INSTANT: "TIMESTAMP WITH TIME ZONE",
    }[column.kind]
