"""What is kept of a member lets go of what nothing asks for any more: what no window shows, events and texts that nothing names.

Windows only move on. Events and texts go where there are many more of them than are named, so that they are not looked for each time.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from guerdon.kernel.columns import meant
from guerdon.kernel.counting.tallies import key_of
from guerdon.kernel.counting.tally import Tally
from guerdon.kernel.days import Years
from guerdon.kernel.parts import Parts
from guerdon.kernel.stepped.chains import LINKS, Chain
from guerdon.kernel.stepped.kept import Open
from guerdon.kernel.stepped.meaning import Meaning
from guerdon.kernel.stepped.sections import Section
from guerdon.program import nodes
from guerdon.program.walk import walk
from guerdon.reference.calendar import Calendar

ENOUGH = 16
"""So many are left as they are."""


@dataclass(frozen=True)
class Listed:
    """A tally that keeps a list: the place of its length, its section and which of its lists are the days; the places of what follows them, and the windows that are read."""

    end: int
    section: Section
    days: int
    cursors: tuple[int, ...]
    windows: tuple[nodes.Window, ...]


class Pruner:
    """Lets go of what is kept in vain."""

    def __init__(self, meaning: Meaning, kept: Open, years: Years) -> None:
        program = meaning.written.make.program
        self.kept, self.years, self.calendar = kept, years, Calendar(program.frame)
        self._today, self._rules = kept.places["today"], len(program.rules)
        self._listed = [*self._tallies(meaning.parts, program)]
        self._lots = [kept.columns[name] for name in meaning.lots if name in kept.columns]
        self._events = [kept.columns[name] for name in meaning.events if name in kept.columns]
        self._codes = [kept.columns[name] for name in meaning.codes if name in kept.columns]
        self._scalars = [kept.places[name] for name in meaning.codes if name in kept.places]
        self._naming = [section for _, section in kept.holding({*meaning.lots, *meaning.events})]
        self._known = len(meaning.written.make.columns.codes)
        self._chains = [
            (chain, kept.places[f"{chain.name}_tail"], kept.places[f"{chain.name}_live"])
            for chain in meaning.chains.values()
        ]

    def _tallies(self, parts: Parts, program: nodes.Program) -> Iterator[Listed]:
        windows = dict[str, list[nodes.Window]]()
        for tally, window in windows_read(parts, program):
            windows.setdefault(tally.name, []).append(window)
        for tally in parts.tallies.of.values():
            if tally.listed and tally.name in windows and all(map(_moves_on, windows[tally.name])):
                days = self.kept.columns[f"{tally.name}_day"]
                cursors = tuple(self.kept.places[f"{tally.totals[each]}_from"] for each in tally.moving)
                end = self.kept.places[f"{tally.name}_n"]
                yield Listed(end, days.section, days.at, cursors, tuple(windows[tally.name]))

    def forget_values(self) -> None:
        """Lets go of what no window shows, and of lots of which nothing is left, once it is much."""
        kept = self.kept
        for chain, tail, live in self._chains:
            if kept.state[tail] - kept.state[live] > ENOUGH + kept.state[live]:
                self._compact(chain, tail)
        for each in self._listed:
            if kept.state[each.end] >= ENOUGH and kept.state[each.end] % 8 == 0:
                self._forget(each)

    def forget_names(self) -> None:
        """Lets go of events that nothing names, and of their texts, once they are many."""
        kept = self.kept
        if kept.row % ENOUGH:
            return
        rows = kept.rows.length + bool(kept.named)
        if rows > ENOUGH + sum(section.length for section in self._naming):
            kept.touch()
            self._forget_rows()
            rows = kept.rows.length
        if len(kept.texts) > ENOUGH + rows + sum(column.section.length for column in self._codes):
            kept.touch()
            self._forget_texts()

    # ------------------------------------------------------------ what no window shows

    def _forget(self, of: Listed) -> None:
        state = self.kept.state
        today, joined = self.years.day(state[self._today]), self.years.day(self.kept.joined)
        first = min(self.calendar.bounds(window, today, joined)[0] for window in of.windows)
        values = of.section.values()
        gone = bisect_left(values[of.days], self.years.number(first), hi=state[of.end])
        if gone:
            self.kept.touch()
            of.section.put([each[gone : state[of.end]] for each in values])
            state[of.end] -= gone
            for cursor in of.cursors:
                state[cursor] = max(state[cursor] - gone, 0)

    def _compact(self, chain: Chain, tail: int) -> None:
        kept = self.kept
        kept.touch()
        section = kept.columns[f"{chain.name}_of"].section
        columns = {each: kept.columns[f"{chain.name}_{each}"].at for each in (*chain.kept, *LINKS)}
        values = section.values()
        compacted = chain.compacted({each: values[at][: kept.state[tail]] for each, at in columns.items()})
        section.put([compacted[each] for each, _ in sorted(columns.items(), key=lambda each: each[1])])
        kept.state[tail] = len(compacted["of"])

    # ------------------------------------------------------------ what nothing names

    def _forget_rows(self) -> None:
        """Lets go of events that no lot comes from, and that can't be undone."""
        asked = {row for column in self._events for row in column.listed()}
        asked |= {lot // self._rules for column in self._lots for lot in column.listed()}
        rows = zip(*self.kept.rows.values(), strict=True)
        stay = [row for row in rows if row[0] in asked]
        self.kept.rows.put([*map(list, zip(*stay, strict=True))] or [[], [], []])

    def _forget_texts(self) -> None:
        """Lets go of texts whose codes are nowhere; the others have other codes then."""
        kept, known = self.kept, self._known
        ids = kept.rows.values()
        used = {*ids[2], *(kept.state[place] for place in self._scalars)}
        used.update(*(column.listed() for column in self._codes))
        stay = [place for place in range(len(kept.texts)) if known + place in used]
        codes = {known + place: known + number for number, place in enumerate(stay)}
        texts = kept.texts.all()
        kept.texts.put([texts[place] for place in stay])
        kept.rows.put([*ids[:2], [codes.get(code, code) for code in ids[2]]])
        for column in self._codes:
            values = column.section.values()
            values[column.at] = [codes.get(code, code) for code in values[column.at]]
            column.section.put(values)
        for place in self._scalars:
            kept.state[place] = codes.get(kept.state[place], kept.state[place])


def _moves_on(window: nodes.Window) -> bool:
    return isinstance(window, nodes.Duration | nodes.Calendar)


def windows_read(parts: Parts, program: nodes.Program) -> Iterator[tuple[Tally, nodes.Window]]:
    """The windows in which lists are looked at, by tally."""
    of = parts.tallies.of
    for expr in walk(meant(program)):
        match expr:
            case nodes.Measured(number, window=window):
                yield of["meter", number], window
            case nodes.Streak(meters=meters):
                yield from ((of["meter", number], nodes.Ever()) for number in meters if ("meter", number) in of)
            case nodes.Earned(window=window):
                yield of[key_of(expr, program)], window
    limited: list[nodes.Rule | nodes.Group] = [*program.rules.values(), *program.groups.values()]
    for each in limited:
        for index, limit in enumerate(each.limits):
            if ("limit", (each.name, index)) in of:
                yield of["limit", (each.name, index)], limit.window
    for rule in program.rules.values():
        if rule.accumulate is not None:
            yield of["base", rule.name], nodes.Ever()
