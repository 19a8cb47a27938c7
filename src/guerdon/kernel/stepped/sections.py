"""Lists that grow with a member, as bytes that are read only where the kernel looks.

A section holds lists of one length as records, each of which has an integer of each list. What an event adds to them is
put behind the bytes, what it changes is put in its place; only what is looked at is unpacked. So an event takes no longer
where there is more to keep.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import starmap
from struct import Struct, calcsize, error

WIDTHS = "bhiq"
"""The letters of `struct` for integers of one, two, four and eight bytes."""

_NONE = frozenset[int]()

FEW = 2
"""So many records are unpacked by themselves, then the whole list."""

MANY = 64
"""Of more records, all are unpacked for one list."""

_PLACES = bytes((0,) * 8 + (1,) * 8 + (2,) * 16 + (3,) * 32)
"""The place in WIDTHS of what has so many bits, its sign left out."""


class TooWide(Exception):
    """An integer that has no room in eight bytes."""


class Column(dict[int, int]):
    """One of a section's lists, as the kernel sees it: what was set, by its place; all else stands in the bytes."""

    __slots__ = ("as_read", "at", "looks", "section")

    def __init__(self, section: Section, at: int) -> None:
        super().__init__()
        self.section, self.at, self.looks = section, at, 0
        self.as_read: Sequence[int] = ()

    def __missing__(self, place: int) -> int:
        if self.as_read:
            return self.as_read[place] if place < len(self.as_read) else 0
        section = self.section
        if place >= section.count:
            return 0
        section.looked = True
        if self.looks == FEW:
            self.as_read = section.column(self.at)
            return self.as_read[place]
        self.looks += 1
        packer = section.packer
        value: int = packer.unpack_from(section.data, section.start + place * packer.size)[self.at]
        return value

    @property
    def changed(self) -> bool:
        """Whether anything else was set than what stands in the bytes."""
        return any(place >= self.section.count or self.__missing__(place) != value for place, value in self.items())

    def listed(self) -> list[int]:
        """All its values."""
        return self.section.values()[self.at]


class Section:
    """Lists of one length: so many records in bytes, and what was set since, which is forgotten when all is packed.

    Shape: `data` holds `count` records from `start` on, packed by `packer`; `columns`: what was set, list by list.
    """

    __slots__ = ("_takes", "columns", "count", "data", "lists", "looked", "packer", "start")

    def __init__(self, lists: int) -> None:
        self.lists, self.looked = lists, False
        self.columns = [Column(self, at) for at in range(lists)]
        self._takes = [column.pop for column in self.columns]
        self.load(b"", 0, 0, packer(bytes(lists)))

    def load(self, data: bytes, start: int, count: int, packer: Struct) -> None:
        """Takes so many records that begin at a place of some bytes."""
        self.data, self.start, self.count, self.packer = data, start, count, packer

    def clear(self) -> None:
        """Forgets what was set, and read."""
        if any(self.columns):
            for column in self.columns:
                column.clear()
        if self.looked:
            self.looked = False
            for column in self.columns:
                column.looks, column.as_read = 0, ()

    @property
    def length(self) -> int:
        """How many records there are, with those that were added."""
        found = _NONE.union(*self.columns)
        return max(self.count, 1 + max(found)) if found else self.count

    def column(self, at: int) -> Sequence[int]:
        """What stands in the bytes of a list."""
        if self.count > MANY:
            return [record[at] for record in self.records()]
        return of_column(self.packer.format, at, self.count).unpack_from(self.data, self.start)

    def records(self) -> Iterable[tuple[int, ...]]:
        """The records in the bytes."""
        return self.packer.iter_unpack(self.data[self.start : self.start + self.count * self.packer.size])

    def values(self) -> list[list[int]]:
        """All values, list by list, those that were set too."""
        rows = [*map(list, zip(*self.records(), strict=True))] or [[] for _ in self.columns]
        added = [0] * (self.length - self.count)
        for row, column in zip(rows, self.columns, strict=True):
            row += added
            for place, value in column.items():
                row[place] = value
        return rows

    def put(self, values: Sequence[Sequence[int]]) -> None:
        """Has these values from now on."""
        self.clear()
        self.load(b"", 0, 0, self.packer)
        for column, each in zip(self.columns, values, strict=True):
            column.update(enumerate(each))

    def append(self, *values: int) -> None:
        """Adds a record."""
        place = self.length
        for column, value in zip(self.columns, values, strict=True):
            column[place] = value

    def part(self, first: int, end: int) -> bytes:
        """The records in the bytes from a place to another."""
        size, start = self.packer.size, self.start
        return self.data[start + first * size : start + end * size]

    def dumps(self, first: int, end: int) -> bytes:
        """The records from a place to another as bytes. Errors: struct.error where they have no room in their widths."""
        columns, count = self.columns, self.count
        packed = self.part(first, end if end < count else count)
        added = [[take(place, 0) for take in self._takes] for place in range(count if count > first else first, end)]
        try:
            if any(columns):
                packed = self._changed(packed, first, end)
            for record in added:
                packed += self.packer.pack(*record)
        except error:
            for place, record in zip(range(end - len(added), end), added, strict=True):
                for column, value in zip(columns, record, strict=True):
                    column[place] = value
            raise
        self.clear()
        return packed

    def _changed(self, packed: bytes, first: int, end: int) -> bytes:
        """Records that stood in bytes before, with what was set in them."""
        columns, count, pack, size = self.columns, self.count, self.packer, self.packer.size
        whole = bytearray(packed)
        for place in _NONE.union(*columns):
            if first <= place < count and place < end:
                record = pack.unpack_from(self.data, self.start + place * size)
                now = [column.get(place, was) for column, was in zip(columns, record, strict=True)]
                pack.pack_into(whole, (place - first) * size, *now)
        return bytes(whole)

    def widths(self) -> list[int]:
        """The widths that the lists need for what was set in them. Errors: TooWide."""
        return [max(widths(column.values()), default=0) for column in self.columns]

    def repack(self, packer: Struct) -> None:
        """Has the records in the bytes in wider ones."""
        data = b"".join(starmap(packer.pack, self.records()))
        self.load(data, 0, self.count, packer)


@lru_cache(maxsize=4_096)
def packer(widths: bytes) -> Struct:
    """What packs integers one after the other, each in so many bytes as its width says: a place in WIDTHS."""
    return Struct("<" + "".join(WIDTHS[each] for each in widths))


@lru_cache(maxsize=4_096)
def of_column(record: str, at: int, count: int) -> Struct:
    """What unpacks one integer of each of so many records, which are packed by a format."""
    before, after = calcsize(record[: 1 + at]), calcsize("<" + record[2 + at :])
    return Struct("<" + f"{before}x{record[1 + at]}{after}x" * count)


def widths(integers: Iterable[int]) -> list[int]:
    """The places in WIDTHS of the narrowest that hold each of some integers. Errors: TooWide."""
    try:
        return [_PLACES[(each if each >= 0 else ~each).bit_length()] for each in integers]
    except IndexError:
        raise TooWide from None


__all__ = ["Column", "Section", "TooWide", "error", "packer", "widths"]
