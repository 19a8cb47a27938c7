"""What was found out about a program, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil

from guerdon.study import words
from guerdon.study.prove.report import Finding, Most, Report
from guerdon.text.diagnostic import render


def as_json(of: Report) -> dict[str, object]:
    """Plain values; numbers are exact, as texts."""
    return {
        "program": of.program,
        "findings": [
            {**each.said.as_json(), "witness": list(each.witness), "came": list(each.came)} for each in of.findings
        ],
        "most": [
            {
                "event": each.event,
                "unit": each.unit,
                "per": f"1 {each.currency}",
                "least": str(each.least),
                "most": str(each.most),
                "within": each.within,
                "assumes": list(each.assumes),
                "more": list(each.more),
                "witness": list(each.witness),
                "came": list(each.came),
            }
            for each in of.most
        ],
        "proved": list(of.proved),
        "undecided": [{"what": each.what, "why": each.why} for each in of.undecided],
    }


def text(of: Report) -> str:
    """What is amiss, with what shows it; then what is earned at most, what is proved, what is undecided, and how many of each."""
    parts = [*map(_finding, of.findings), *map(_most, of.most)]
    if of.proved:
        parts.append("\n".join(f"proved: {each}" for each in of.proved))
    if of.undecided:
        parts.append("\n".join(f"undecided: {each.what}\n  {each.why}" for each in of.undecided))
    counted = f"{words.count(len(of.findings), 'finding')}, {len(of.undecided)} undecided"
    return "\n\n".join([*parts, counted])


def _finding(of: Finding) -> str:
    return "\n".join([render(of.said), *_shown(of.witness, of.came)])


def _most(of: Most) -> str:
    much = words.decimal(of.least, 4).rstrip("0").rstrip(".")
    most = words.decimal(Fraction(ceil(of.most * 10_000), 10_000), 4).rstrip("0").rstrip(".")
    bound = "" if most == much else f" by one event, and never more than {most}"
    where = (f", in {of.within}" if of.within else "") + (f", {of.assumed}" if of.assumed else "")
    spent = "" if of.is_spent else "no more than "
    head = f"{spent}1 {of.currency} of `{of.event}` earns up to {much} {of.unit}{bound}{where}"
    return "\n".join([head, *_shown(of.witness, of.came)])


def _shown(witness: tuple[str, ...], came: tuple[str, ...]) -> Iterator[str]:
    """A moment as a test tells it, and what the reference engine made of it."""
    yield from (f"  {line}" for line in witness)
    yield from (f"    {line}" for line in came)
