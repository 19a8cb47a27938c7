"""Short rows say what full rows do of what was given, taken back and expired, and members have the same in the end."""

from __future__ import annotations

import os
import random
from collections import Counter

import pytest
from tests.kernel.many import at_once_known, made, told

from guerdon.kernel.columns import Columns
from guerdon.kernel.engine import years_of
from guerdon.kernel.machine import Machine, Views
from guerdon.kernel.others import concerns_others
from guerdon.kernel.rows.encoded import Encoder
from guerdon.kernel.writing.make import Room
from guerdon.program import nodes
from guerdon.reference.calendar import Calendar

PROGRAMS = int(os.environ.get("GUERDON_EXAMPLES", "24"))
PARTS = 3
SAID = {"award", "taken", "expired"}


class Told:
    """What the rows of a run say: by member, row, kind and what it is of, how much; and what members have in the end."""

    def __init__(self, program: nodes.Program, events, facts, full: bool, compiled: bool, room: Room) -> None:
        days = [Calendar(program.frame).day(event.at) for event in events]
        years = years_of(events, max(days))
        block = Encoder(Columns(program, frozenset()), years, facts).block(events)
        self.who, self.said, self.ends = block.columns["who_is"], Counter[object](), list[tuple[int, ...]]()
        self.machine = Machine(program, years, full=full, compiled=compiled, room=room)
        self.first = 0
        for first in range(0, len(events), room.block):
            self.first, end = first, min(first + room.block, len(events))
            last = years.number(max(days)) + 40
            self.machine.run(block.part(first, end), end - first, end == len(events), last, self.take)

    def take(self, views: Views, rows: int, members: int) -> None:
        for place in range(rows):
            code = self.machine.written.codes[views["o_code"][place]]
            row, quantity = views["o_row"][place] + self.first, views["o_quantity"][place]
            kind, of = code.kind, code.of[:1]
            if kind == "posting" and code.of[2] == "expired":
                kind, quantity = "expired", -quantity
            if kind in SAID and quantity:
                self.said[self.who[row], row, kind, of] += quantity
        results = [name for name in sorted(self.machine.written.results) if name not in ("m_who", "m_bad")]
        for place in range(members):
            bad = views["m_bad"][place]
            self.ends.append((views["m_who"][place], bad, *(0 if bad else views[name][place] for name in results)))

    def of_good(self) -> tuple[dict[object, int], list[tuple[int, ...]]]:
        bad = {who for who, is_bad, *_ in self.ends if is_bad}
        return {key: much for key, much in self.said.items() if key[0] not in bad}, self.ends  # type: ignore[index]


def compare(text: str, program: nodes.Program, chance: random.Random) -> None:
    history = at_once_known(told(program, chance, 30))
    events = [event for event in history.events if event.type in program.events]
    if not events:
        return
    room = Room(block=chance.choice([16, 64, 256]), rows=9_000, listed=chance.choice([200, 1100]))
    ways = ((True, False), (False, False), (False, True))
    full, *short = (Told(program, events, history.members, *way, room).of_good() for way in ways)
    assert short == [full, full], f"{text}\n{history!r}"


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", ["program", "shop", "till", "club"])
def test_short_rows_say_what_full_rows_do(kind, part):
    for number in range(part, PROGRAMS, PARTS):
        found = made(kind, number)
        if found is not None and not concerns_others(
            found[1]
        ):  # short rows are of members who have nothing to do with each other
            compare(*found)
