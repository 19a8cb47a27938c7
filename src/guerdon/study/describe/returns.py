"""Returns: what takes what back, how much of it, and what becomes of what was awarded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from guerdon.check.in_part import untouched
from guerdon.program import nodes
from guerdon.study.describe import english, times
from guerdon.study.describe.english import article, readable, sentence
from guerdon.study.describe.page import Item, item, sentences


def rounded(how: nodes.RoundMode, steps: str, step: str) -> str:
    """How something is rounded: to what steps, and what the nearest one is called."""
    match how:
        case nodes.RoundMode.DOWN | nodes.RoundMode.UP:
            return f"rounded {how.value} to {steps}"
        case nodes.RoundMode.HALF_UP:
            return f"rounded to the nearest {step}, halves up"
        case nodes.RoundMode.HALF_EVEN:
            return f"rounded to the nearest {step}, halves to the even one"
        case _:
            assert_never(how)


def reversal(of: nodes.Record, program: nodes.Program) -> Item:
    """An event that takes others back."""
    how = of.reverses
    assert how is not None
    said = [_which(of, how), *_part(how)]
    if how.event == "redemption":
        said.append("what was spent goes back to where it was taken from, and what has expired since stays expired")
    said.append(_clawback(of, how))
    kept = [english.quoted(rule.name) for rule in untouched(of, program)]
    if kept:
        them = "it gives" if len(kept) == 1 else "they give"
        said.append(f"a part takes nothing back of {english.listed(kept)}: {them} as much for what is left")
    stays = "what other events were awarded meanwhile stays"
    said.append(stays if how.oldest else f"what expired before is not taken twice, and {stays}")
    said.append(
        f"measures are corrected on the day of the {english.happening(of.name)}"
        if how.at_return
        else f"measures are corrected on the day of the {english.happening(how.event)}, as if what was taken back had never been"
    )
    return item(readable(of.name).capitalize(), sentences(*map(sentence, said)))


def _which(of: nodes.Record, how: nodes.Reversal) -> str:
    back = (
        f"{article(english.happening(of.name))} takes back {article(english.happening(how.event))} of the same member"
    )
    first = f"of several, the {how.choose.value} first"
    within = (
        f"; it comes no later than {times.length(how.within)} after it"
        if how.within is not None
        else ", however long ago"
    )
    if how.by is None:
        return f"{back} that holds the same lines ({first}){within}"
    if how.shared:
        return f"{back} that has the same {readable(how.by)} ({first}){within}"
    return f"{back}, the one whose id {readable(how.by)} names{within}"


def _part(how: nodes.Reversal) -> Iterator[str]:
    part, event = how.part, english.happening(how.event)
    if part is None:
        yield "it takes back all that is left of it"
    elif part.lines is not None:
        yield (
            f"how much of which lines is said by the {readable(part.field)} of its {readable(part.lines)}, set against the"
            f" {readable(part.of)} of the {readable(part.of_lines or '')} of the {event} with the same {readable(part.key or '')}"
        )
    else:
        yield f"how much of it is said by its {readable(part.field)}, set against the {readable(part.of)} of the {event}"
    if part is not None:
        yield "one that would take back more than is left is set aside"


def _clawback(of: nodes.Record, how: nodes.Reversal) -> str:
    oldest = ", from the member's oldest points, whatever earned them" if how.oldest else ""
    match how.clawback:
        case nodes.Clawback.EXACTLY:
            share = "of each rule's award goes the share that the rule no longer comes to for what is left"
            return f"{share}, all returns so far together, rounded down{oldest}"
        case nodes.Clawback.PROPORTION:
            assert how.rounding is not None
            share = f"of all that was given goes the share that the {english.happening(of.name)} is of the whole"
            return f"{share}, {rounded(how.rounding, 'whole steps', 'whole step')}{oldest}"
        case nodes.Clawback.RECOMPUTED:
            return f"each rule is worked out again for what remains, and the difference is taken back{oldest}"
        case _:
            assert_never(how.clawback)


def reversible(program: nodes.Program) -> set[str]:
    """The events that something takes back."""
    return {each.reverses.event for each in program.events.values() if each.reverses is not None}


def within(event: str, program: nodes.Program) -> str:
    """How long after an event it can be taken back, at the longest."""
    spans = [each.reverses.within for each in program.events.values() if each.reverses and each.reverses.event == event]
    return english.listed(dict.fromkeys(times.length(each) for each in spans if each is not None), "or")
