"""Lists that grow with a member, as bytes that are read only where the kernel looks.

A section holds lists of one length as records, each of which has an integer of each list. What an event adds to them is
put behind the bytes; the records are unpacked only where one of them is read or changed. So an event takes no longer where
there is more to keep.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from struct import Struct, error

WIDTHS = "bhiq"
"""The letters of `struct` for integers of one, two, four and eight bytes."""


class TooWide(Exception):
    """An integer that has no room in eight bytes."""


class Column:
    """One of a section's lists, as the kernel sees it: places from 0 on, at the end of which a value may be set."""

    __slots__ = ("at", "section")

    def __init__(self, section: Section, at: int) -> None:
        self.section, self.at = section, at

    def __getitem__(self, place: int) -> int:
        section = self.section
        place -= section.count
        if place >= 0:
            return section.fresh[place * section.lists + self.at]
        if section.read:
            return section.read[self.at][place]
        return section.look(place)[self.at]

    def __setitem__(self, place: int, value: int) -> None:
        section = self.section
        place -= section.count
        if place < 0:
            section.changed = True
            (section.read or section.unpacked())[self.at][place] = value
            return
        at = place * section.lists + self.at
        if at >= len(section.fresh):
            section.fresh += section.blank
        section.fresh[at] = value

    def values(self) -> list[int]:
        """All its values."""
        return self.section.values()[self.at]


class Section:
    """Lists of one length: so many records in bytes, and those that were added since.

    Shape: `data` holds the records from `start` to `end`, packed by `packer`; `fresh`: the integers of those that were added, one
    record after the other. `read`: the records in the bytes, list by list, where anybody looked; `changed`: whether they are
    others now.
    """

    __slots__ = (
        "blank",
        "changed",
        "columns",
        "count",
        "data",
        "end",
        "fresh",
        "lists",
        "looks",
        "packer",
        "read",
        "start",
    )

    def __init__(self, lists: int) -> None:
        self.lists, self.blank = lists, [0] * lists
        self.columns = [Column(self, at) for at in range(lists)]
        self.load(b"", 0, 0, packer(bytes(lists)))

    def load(self, data: bytes, start: int, count: int, packer: Struct) -> int:
        """Takes so many records that begin at a place of some bytes; where they end."""
        self.data, self.start, self.count, self.packer = data, start, count, packer
        self.fresh: list[int] = []
        self.read: list[list[int]] = []
        self.changed, self.looks = False, 0
        self.end = end = start + count * packer.size
        return end

    @property
    def length(self) -> int:
        """How many records there are, with those that were added."""
        return self.count + len(self.fresh) // self.lists

    def look(self, place: int) -> tuple[int, ...]:
        """A record in the bytes, by its place before their end; from the third on that is looked at, all are unpacked."""
        self.looks += 1
        if self.looks > 2:
            self.unpacked()
        return self.packer.unpack_from(self.data, self.end + place * self.packer.size)

    def unpacked(self) -> list[list[int]]:
        """The records in the bytes, list by list."""
        rows = zip(*self.packer.iter_unpack(self.data[self.start : self.end]), strict=True)
        self.read = [*map(list, rows)] or [[] for _ in range(self.lists)]
        return self.read

    def values(self) -> list[list[int]]:
        """All values, list by list, those that were added too."""
        known = self.read or self.unpacked()
        return [[*known[at], *self.fresh[at :: self.lists]] for at in range(self.lists)]

    def put(self, values: Sequence[Sequence[int]]) -> None:
        """Has these values from now on."""
        self.load(b"", 0, 0, self.packer)
        self.fresh = [each for row in zip(*values, strict=True) for each in row]

    def dumps(self, first: int, end: int) -> bytes:
        """The records from a place to another as bytes. Errors: struct.error where they have no room in their widths."""
        size, lists = self.packer.size, self.lists
        if self.changed:
            return self._packed(self._rows(first, end))
        packed = self.data[self.start + first * size : self.start + min(self.count, end) * size]
        if end <= self.count:
            return packed
        fresh = self.fresh
        if end - self.count == 1 and first <= self.count:
            return packed + self.packer.pack(*fresh)
        begin = max(first - self.count, 0)
        added = [fresh[at : at + lists] for at in range(begin * lists, (end - self.count) * lists, lists)]
        return packed + self._packed(added)

    def _rows(self, first: int, end: int) -> Iterator[tuple[int, ...]]:
        return zip(*(each[first:end] for each in self.values()), strict=True)

    def _packed(self, rows: Iterator[tuple[int, ...]] | list[list[int]]) -> bytes:
        pack = self.packer.pack
        return b"".join([pack(*row) for row in rows])

    def widen(self, widths: bytes, first: int, end: int) -> bytes:
        """The widths that the records from a place to another need, none narrower than it was. Errors: TooWide."""
        values = [*zip(*self._rows(first, end), strict=True)] or [(0,)] * self.lists
        self.changed = True
        return bytes(map(max, widths, map(width, values)))


@lru_cache(maxsize=4_096)
def packer(widths: bytes) -> Struct:
    """What packs integers one after the other, each in so many bytes as its width says: a place in WIDTHS."""
    return Struct("<" + "".join(WIDTHS[each] for each in widths))


def width(column: Sequence[int]) -> int:
    """The place in WIDTHS of the narrowest that holds a column's integers. Errors: TooWide."""
    least, most = min(column), max(column)
    for place, size in enumerate((7, 15, 31, 63)):
        if -(1 << size) <= least and most < 1 << size:
            return place
    raise TooWide


__all__ = ["Column", "Section", "TooWide", "error", "packer", "width"]
