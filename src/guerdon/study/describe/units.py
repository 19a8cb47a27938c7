"""Units: what one is worth, how long it lives, what is spent first, what becomes of debt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import assert_never

from guerdon.program import nodes
from guerdon.program.currency import DECIMALS
from guerdon.study.describe import english, times
from guerdon.study.describe.english import plural, readable
from guerdon.study.describe.page import Item, Points, item, sentences
from guerdon.study.describe.prose import Prose


def unit(of: nodes.Unit, program: nodes.Program) -> Item:
    """The life of a point, in sentences."""
    one, many = ("amount", "amounts") if of.name in DECIMALS else (readable(of.name), plural(readable(of.name)))
    said = [_counted(of, many), *filter(None, [_worth(of, program)])]
    if of.account is not None:
        said.append(f"{many} belong to the {readable(of.account)}, whose members have them together.")
    if not of.spendable:
        said.append(f"{english.article(one)} is only counted: it can't be spent, is never held, and does not expire.")
        return item(_title(of), sentences(*map(english.sentence, said)))
    held = any(each.unit == of.name and each.hold is not None for each in program.rules.values())
    said.append(
        f"{english.article(one)} can be spent from the moment it is earned{', or from the end of its hold' if held else ''}"
    )
    lines = tuple(map(english.sentence, _expiries(of, program)))
    own = lines if len(lines) == 1 else ()
    said += own
    said += [_suspended(of, program), _order(of), *_debt(of, many, program)]
    if not own:
        said.append(
            f"When {english.article(one)} expires is fixed when it is earned, by the first of these lines that fits"
        )
    return item(
        _title(of),
        sentences(*(english.sentence(each) for each in said if each)),
        Points(() if own else lines, numbered=True),
    )


def _title(of: nodes.Unit) -> str:
    return of.name if of.name in DECIMALS else plural(readable(of.name)).capitalize()


def _counted(of: nodes.Unit, many: str) -> str:
    if of.name in DECIMALS:
        return f"this is money itself, in steps of {english.amount(of.step, of.name)}"
    if of.decimals == 0:
        return f"{many} are counted whole"
    return f"{many} are counted in steps of {english.amount(of.step, of.name)}"


def _worth(of: nodes.Unit, program: nodes.Program) -> str:
    if (of.name in DECIMALS and of.worth in (None, 1)) or (of.worth is None and not of.spendable):
        return ""
    if of.worth is None:
        return "what one is worth in money is not stated, so its cost is not known"
    return f"one is worth {english.amount(of.worth, program.frame.currency)}"


def _expiries(of: nodes.Unit, program: nodes.Program) -> Iterator[str]:
    """One line for each way in which it may expire, and one for what none of them fits."""
    for line in of.expiries:
        when = f"if {Prose(program).condition(line.when)} when it is earned" if line.when is not None else ""
        since = f"if it is earned on or after {english.day(line.since)}" if line.since is not None else ""
        guard = " and ".join(each for each in (when, since) if each)
        existing = ""
        if line.existing and line.since is not None:
            existing = (
                "; what was earned before that day comes under this line too, at its start"
                f"{', if its condition holds then' if line.when is not None else ''}"
            )
        yield f"{guard}, it {_life(line)}{existing}" if guard else f"it {_life(line)}{existing}"
    if not of.expiries:
        yield "it never expires"
    elif any(each.when is not None or each.since is not None for each in of.expiries[-1:]):
        yield "what none of these lines fits never expires"


def _life(line: nodes.Expiry) -> str:
    """`expires 6 months after it was earned, at the end of that month`."""
    if line.without:
        assert line.time is not None
        kept = english.listed(map(english.happening, line.without), "or")
        span = times.length(line.time)
        return f"expires {span} after it was earned, or {span} after the member's latest {kept} if that is later"
    at = f", at the end of that {line.at_end.value}" if line.at_end is not None else ""
    after = f"{times.length(line.time)} after " if line.time is not None else ""
    start = " at the start of the day" if after and not at else ""
    match line.origin:
        case None:
            return "never expires"
        case nodes.Origin.EARNED:
            return f"expires{start} {after}it was earned{at}"
        case nodes.Origin.RELEASED:
            return f"expires{start} {after}its hold ended{at} (after it was earned, if it was not held)"
        case nodes.Calendar():
            return f"expires {after or 'at '}{times.end_of(line.origin, 'it was earned')}{at}"
        case date():
            return f"expires {after}{'' if after else 'at the start of '}{english.day(line.origin)}{at}"
        case _:
            assert_never(line.origin)


def _suspended(of: nodes.Unit, program: nodes.Program) -> str:
    if of.suspended is None:
        return ""
    return (
        f"while {Prose(program).condition(of.suspended)}, none of them expire;"
        " what was due in the meantime expires on the first day on which that no longer holds"
    )


def _order(of: nodes.Unit) -> str:
    match of.order:
        case nodes.LotOrder.SOONEST:
            return "what expires soonest is spent first; of those that expire on one day, the older"
        case nodes.LotOrder.OLDEST:
            return "the oldest are spent first"
        case nodes.LotOrder.NEWEST:
            return "the newest are spent first"
        case _:
            assert_never(of.order)


def _debt(of: nodes.Unit, many: str, program: nodes.Program) -> Iterator[str]:
    """What becomes of what is to be taken back and is spent already."""
    spent = f"where {many} are to be taken back that are spent already,"
    match of.debt.kind:
        case nodes.DebtKind.ALLOWED if of.debt.most is None:
            yield f"{spent} the balance goes below zero, and what can be spent next fills it up first"
        case nodes.DebtKind.ALLOWED:
            assert of.debt.most is not None
            yield f"{spent} the balance goes below zero by up to {english.amount(of.debt.most, of.name)}, and the rest is written off"
        case nodes.DebtKind.REFUSED:
            yield f"an event that would take the balance of {many} below zero is set aside as a whole"
        case nodes.DebtKind.FORGIVEN:
            yield f"{spent} they are written off"
        case nodes.DebtKind.CHARGED:
            assert of.worth is not None or of.name == program.frame.currency
            yield f"{spent} they are charged in money, at what one is worth"
        case _:
            assert_never(of.debt.kind)
    yield "spending never leaves debt: who asks for more than there is gets nothing"
