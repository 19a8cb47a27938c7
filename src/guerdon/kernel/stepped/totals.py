"""What a kernel has added up as the tallies of the reference engine, and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from guerdon.kernel.counting.tallies import Key
from guerdon.kernel.counting.tally import Tally
from guerdon.kernel.stepped.converted import Converter
from guerdon.kernel.stepped.kept import Kept, Open
from guerdon.kernel.stepped.meaning import Meaning
from guerdon.kernel.stepped.pruned import windows_read
from guerdon.program import nodes, types
from guerdon.program.nodes import Aggregate
from guerdon.reference.calendar import BEGINNING, Calendar
from guerdon.reference.exact import ZERO, summed
from guerdon.reference.state import Subject
from guerdon.reference.tally import Tally as Days

OPEN = date.max
"""The end of a window that has none yet."""


@dataclass
class Totals:
    """The tallies of a member's state, both ways."""

    meaning: Meaning
    open: Open
    calendar: Calendar
    converter: Converter

    def __post_init__(self) -> None:
        self.program = self.meaning.written.make.program
        self.tallies = sorted(self.meaning.parts.tallies.of.items(), key=lambda each: _breadth(each[0]))
        windows = windows_read(self.meaning.parts, self.program)
        self.since_joining = {tally.name for tally, window in windows if isinstance(window, nodes.Since)}

    # ------------------------------------------------------------ to the reference engine's

    def fill(self, subject: Subject, kept: Kept) -> None:
        """Puts what was added up into a subject, of whom the rest is known."""
        for key, tally in self.tallies:
            into, others = self._free(subject, key)
            if tally.listed:
                self._listed(into, kept, key, tally)
            if key[0] == "limit":
                self._of_deeds(into, subject, key[1])
            self._residue(into, others, kept, tally, subject)

    def _free(self, subject: Subject, key: Key) -> tuple[Days, list[Days]]:
        """Where what was counted under a key is put, and where some of it stands already: of several rules, the others."""
        mine = [*self._days(subject, key)]
        free = next((each for each in mine if not each.days and not each.forgotten), mine[0])
        return free, [each for each in mine if each is not free]

    def _days(self, subject: Subject, key: Key) -> Iterator[Days]:
        """The tallies of a subject that hold what is counted under a key."""
        match key:
            case ("meter", int(number)):
                yield subject.meters[number]
            case ("earned", (str(unit),)):
                yield subject.earned[unit]
            case ("back", (str(unit),)):
                yield subject.taken_back[unit]
            case ("by", tuple(rules)):
                yield from (subject.earned_by[str(rule)] for rule in rules)
            case ("back by", tuple(rules)):
                yield from (subject.taken_back_by[str(rule)] for rule in rules)
            case ("base", str(rule)):
                yield subject.bases[rule]
            case ("forgiven", str(ladder)):
                yield subject.forgiven[ladder]
            case ("limit", tuple(limit)):
                yield subject.limits[limit]
            case _:
                raise AssertionError(f"nothing is counted under {key}")

    def _listed(self, into: Days, kept: Kept, key: Key, tally: Tally) -> None:
        """The values of a list, each on its day."""
        of, years = self._type(key), self.converter.years
        there = kept.lists[self._list(tally, "is")] if tally.missing else None
        for place, day in enumerate(kept.lists[self._list(tally, "day")]):
            value = self.converter.value(of, kept.lists[self._list(tally, "value")][place], tally.over)
            into.add(years.day(day), value if there is None or there[place] else None)

    def _list(self, tally: Tally, which: str) -> int:
        return self.open.lists.index(f"{tally.name}_{which}")

    def _type(self, key: Key) -> types.Type:
        """The type of what is counted under a key; of events that are only counted, any."""
        match key:
            case ("meter", int(number)):
                value = self.program.meters[number].value
                return value.type if value is not None else types.Number(None)
            case _:
                return types.Number(None)

    def _of_deeds(self, into: Days, subject: Subject, key: object) -> None:
        """What a limit counted of events that can be undone."""
        for ref, deed in subject.deeds.items():
            held = summed(gift.quantity - gift.taken for gift in deed.gifts if (subject.id, key) in gift.limits)
            if held:
                into.add(deed.day, held, ref)

    def _residue(self, into: Days, others: list[Days], kept: Kept, tally: Tally, subject: Subject) -> None:
        """What windows show beyond what stands on its day: it is put on the first day of each, those that begin last first."""
        windows = dict[date, dict[Aggregate, int]]()
        for (window, aggregate), name in tally.totals.items():
            windows.setdefault(self._first(window, subject), {})[aggregate] = kept.state[self.open.places[name]]
        for first, shown in sorted(windows.items(), reverse=True):
            total, bounds = ZERO, (first, OPEN)
            if Aggregate.SUM in shown:
                total = Fraction(shown[Aggregate.SUM], tally.over)
                total -= summed(each.total(bounds) for each in (into, *others))
            count = int(total != 0)
            if Aggregate.COUNT in shown:
                count = shown[Aggregate.COUNT] - sum(each.count(bounds) for each in (into, *others))
            if first == BEGINNING and tally.name not in self.since_joining:
                into.forgotten, into.sum_forgotten = into.forgotten + count, into.sum_forgotten + total
                continue
            for number in range(count):  # nothing happened before they joined
                into.add(max(first, subject.joined), total if number == 0 else ZERO)

    def _first(self, window: nodes.Window, subject: Subject) -> date:
        if isinstance(window, nodes.Ever):
            return BEGINNING
        return self.calendar.bounds(window, subject.day, subject.joined)[0]

    # ------------------------------------------------------------ from the reference engine's

    def read(self, subject: Subject, kept: Kept) -> None:
        """Adds up what the tallies of a subject hold."""
        for key, tally in self.tallies:
            mine = [*self._days(subject, key)]
            for (window, aggregate), name in tally.totals.items():
                bounds = self._first(window, subject), OPEN
                if aggregate is Aggregate.COUNT:
                    found = sum(each.count(bounds) for each in mine)
                else:
                    found = self.converter.integer(summed(each.total(bounds) for each in mine), tally.over)
                kept.state[self.open.places[name]] = found
            if tally.listed:
                self._list_of(subject, mine, kept, tally)

    def _list_of(self, subject: Subject, mine: list[Days], kept: Kept, tally: Tally) -> None:
        """Makes the lists of a tally, and sees to what follows them."""
        entries = [entry for each in mine for entry in zip(each.days, each.values, strict=True)]
        entries.sort(key=lambda each: each[0])
        days = [self.converter.years.number(day) for day, _ in entries]
        values = [self.converter.integer(value, tally.over) if value is not None else 0 for _, value in entries]
        kept.lists[self._list(tally, "day")] = days
        kept.lists[self._list(tally, "value")] = values
        if tally.missing:
            kept.lists[self._list(tally, "is")] = [int(value is not None) for _, value in entries]
        kept.state[self.open.places[f"{tally.name}_n"]] = len(entries)
        for window, aggregate in tally.moving:
            first = self.converter.years.number(self._first(window, subject))
            cursor = self.open.places[f"{tally.totals[window, aggregate]}_from"]
            kept.state[cursor] = sum(day < first for day in days)


def _breadth(key: Key) -> int:
    """How many rules a key is of: those of one rule come first."""
    return len(key[1]) if isinstance(key[1], tuple) else 0
