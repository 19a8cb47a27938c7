"""What rows of the ledger hand over, for the rows of those who receive it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby

from guerdon.kernel.awards.crossing import HANDED, TAKEN
from guerdon.kernel.loop.frame import Written
from guerdon.kernel.rows.encoded import Block
from guerdon.kernel.rows.received import Received


def handed(
    written: Written, block: Block, ledger: Mapping[str, Sequence[int]], texts: Mapping[int, str]
) -> dict[str, tuple[Received, ...]]:
    """What the rows that a kernel wrote hand over, by whom it is for; `texts` by their codes."""
    found, make = dict[str, list[Received]](), written.make
    for number, code, quantity, *more in _handed(written, ledger):
        said = written.codes[code]
        place, event = block.places[number], block.events[number]
        if said.kind == HANDED:
            name, undoes = said.of
            exact, cut, to, start = more
            gift, sold = make.gifts.index(str(name)), event
            sale = place if event.type in make.columns.undoable else -1
        else:
            of, to, *_ = more
            exact, cut, start, undoes = 0, 0, 0, True
            gift = len(make.gifts) + make.taken_back.index(said.of)  # type: ignore[arg-type]
            sale, sold = block.places[of], block.events[of]
        mine = found.setdefault(texts[to], [])
        came = Fraction(exact, said.over)
        given = replace(event, member=texts[to])
        at = place, len(mine)
        mine.append(Received(at, given, gift, quantity, came, cut, start, sale, sold.name, bool(undoes), last=False))
    return {name: tuple(_with_last(mine)) for name, mine in found.items()}


def _handed(written: Written, ledger: Mapping[str, Sequence[int]]) -> Iterator[tuple[int, ...]]:
    handed = {number for number, code in enumerate(written.codes) if code.kind in (HANDED, TAKEN)}
    columns = [ledger[name] for name in ("o_row", "o_code", "o_quantity", "o_a", "o_b", "o_c", "o_d")]
    return (each for each in zip(*columns, strict=True) if each[1] in handed)


def _with_last(mine: list[Received]) -> Iterator[Received]:
    """In their order; of each event the last is said to be it."""
    mine.sort(key=lambda each: each.place)
    for _, of_event in groupby(mine, key=lambda each: each.place[0]):
        *others, last = of_event
        yield from others
        yield replace(last, last=True)
