"""A draw on a terminal, so that it can be checked by hand, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from guerdon.study import words
from guerdon.study.draw.draw import Draw, Winner, entries

if TYPE_CHECKING:
    from rich.console import Console


def as_json(of: Draw) -> dict[str, object]:
    """Plain values: counts and numbers of entries as numbers, days in ISO 8601."""
    told = asdict(of)
    for name in ("since", "through", "returns"):
        told[name] = told[name] and told[name].isoformat()
    return told


def show(of: Draw, to: Console) -> None:
    """What was drawn from, who won, and the hash of each draw in full."""
    from rich.text import Text

    from guerdon.study import screen

    to.print(Text(of.program, style="bold"), f"  draw of {of.unit}", sep="", markup=False)
    to.print()
    for line in _told(of):
        to.print(line, markup=False)
    if not of.winners:
        return
    to.print()
    columns = ("Place", ">Entry", "Member", "Event", "Rule", ">Draw")
    places = [
        (_place(each), f"{each.entry}", each.member, each.event, each.rule, f"{each.draw}") for each in of.winners
    ]
    to.print(screen.table("Winners", columns, places))
    to.print()
    hashes = [(f"{each.draw}", each.sha256, f"{each.entry}") for each in of.winners]
    to.print(screen.table("How each entry was drawn", (">Draw", "SHA-256 of SEED:LIST:DRAW", ">Entry"), hashes))
    to.print()
    to.print(f"An entry is its hash modulo {of.entries}, plus 1.", markup=False)


def _told(of: Draw) -> Iterator[str]:
    """The list, the days, and what a seed was."""
    yield f"List     {of.list}"
    yield f"         the SHA-256 of {entries(of.entries)} of {words.count(of.members, 'member')}"
    days = [f"from {of.since}" if of.since else "", f"through {of.through}" if of.through else ""]
    yield f"Given    {' '.join(filter(None, days)) or 'at any time'}"
    yield f"Less     what was returned through {of.returns}"
    if of.seed is None:
        yield "Seed     none yet: publish the list or its hash, then draw with `--seed`"
    else:
        yield f"Seed     {of.seed}"


def _place(of: Winner) -> str:
    return f"{of.place} (reserve)" if of.reserve else f"{of.place}"
