"""Lists to which an event adds one element: a block can't fill them, so where it begins is soon enough to look.

What is written is a mark for each such place. Whether all that makes a list longer is of this kind is known in the end.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

MARK = "@longer "


@dataclass
class Longer:
    """The ends of lists that events make longer by one.

    Shape: `places`: by end, at how many places each kind of event does, and ("") any; `event`: the kind that is written now.
    """

    places: dict[str, Counter[str]] = field(default_factory=dict)
    event: str = ""

    def by_one(self, end: str, loops: int) -> str:
        """The line that makes a list longer; in a loop within the loop over events (`loops` more than 1) by any number."""
        if loops != 1:
            return f"{end} += 1"
        self.places.setdefault(end, Counter())[self.event] += 1
        return f"{MARK}{end}"

    def times(self, ends: Iterable[str], lines: list[str], block: int, listed: int) -> dict[str, int]:
        """Of ends of lists those at which a block need not look, and how often at most it adds to each."""
        most = {end: block * self._most(self.places[end]) for end in ends if end in self.places}
        others = {*re.findall(r"^ *(\w+) (?:\+= |= (?!0$))", "\n".join(lines), re.MULTILINE)}
        return {end: times for end, times in most.items() if end not in others and times <= listed // 4}

    def _most(self, places: Counter[str]) -> int:
        """At how many of these places one event can be: those that are of no kind, and those of one."""
        return places[""] + max((number for event, number in places.items() if event), default=0)


def begins(times: dict[str, int], listed: int) -> Iterator[str]:
    """The lines before a block: it is not begun where a list is half full."""
    if times:
        yield f"if {' or '.join(f'{end} > {listed // 2}' for end in times)}:"
        yield from (f"    x_out[{number}] = {value}" for number, value in enumerate(("i", "w", "0")))
        yield "    return 3"


def grown(end: str, times: dict[str, int], listed: int) -> str:
    """The line that makes a list longer by one."""
    return f"{end} = fits({end} + 1, 0, {listed}, {times[end]})" if end in times else f"{end} += 1"


def unmarked(line: str) -> str:
    """A line of a function apart, of which nobody knows how often it's called."""
    before, mark, end = line.partition(MARK)
    return f"{before}{end} += 1" if mark else line
