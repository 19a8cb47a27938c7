"""What rows of the ledger hand over, for the rows of those who receive it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby

from guerdon.kernel.awards.crossing import HANDED
from guerdon.kernel.loop.frame import Written
from guerdon.kernel.rows.encoded import Block
from guerdon.kernel.rows.received import Received


def handed(
    written: Written, block: Block, ledger: Mapping[str, Sequence[int]], texts: Mapping[int, str]
) -> dict[str, tuple[Received, ...]]:
    """What the rows that a kernel wrote hand over, by whom it is for; `texts` by their codes."""
    found = dict[str, list[Received]]()
    gifts = written.make.gifts
    for number, code, quantity, exact, cut, to, start in _handed(written, ledger):
        name, event = texts[to], block.events[number]
        over = written.codes[code].over
        mine = found.setdefault(name, [])
        place = block.places[number], len(mine)
        gift = gifts.index(str(written.codes[code].of[0]))
        given = replace(event, member=name)
        mine.append(Received(place, given, gift, quantity, Fraction(exact, over), cut, start, last=False))
    return {name: tuple(_with_last(mine)) for name, mine in found.items()}


def _handed(written: Written, ledger: Mapping[str, Sequence[int]]) -> Iterator[tuple[int, ...]]:
    handed = {number for number, code in enumerate(written.codes) if code.kind == HANDED}
    columns = [ledger[name] for name in ("o_row", "o_code", "o_quantity", "o_a", "o_b", "o_c", "o_d")]
    return (each for each in zip(*columns, strict=True) if each[1] in handed)


def _with_last(mine: list[Received]) -> Iterator[Received]:
    """In their order; of each event the last is said to be it."""
    mine.sort(key=lambda each: each.place)
    for _, of_event in groupby(mine, key=lambda each: each.place[0]):
        *others, last = of_event
        yield from others
        yield replace(last, last=True)
