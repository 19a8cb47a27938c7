"""What the kernel keeps of a member, as bytes and back.

Shape: four letters `GRDK`, a byte of version, eight bytes of the program's fingerprint and four of what the kernel keeps
for it; in how many bytes the integers of each scalar and of each list stand, two bits each; how long the lists are, four
bytes each; the scalars; the lists, one record after the other of those that have one length, last those of events that lots
come from or that can be undone; texts, the member's id first; and four bytes of CRC-32 of all before. Integers are only
given more bytes as time goes on, so the same events always give the same bytes.
Units: days are counted from the first of January 1970, instants in microseconds since then; quantities in steps.

Source: docs/library.md, States as bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from struct import Struct, error
from typing import NoReturn
from zlib import crc32

from guerdon.kernel.loop.frame import Written
from guerdon.kernel.stepped.sections import Section, TooWide, packer, widths
from guerdon.kernel.stepped.texts import Texts, encoded
from guerdon.program.printed import fingerprint
from guerdon.session.stored import OF_KERNEL, TAIL, BadState

MAGIC = OF_KERNEL
VERSION = 1
HEAD = len(MAGIC) + 1 + 8 + 4
_CRC = Struct(">I")


@dataclass
class Kept:
    """What is kept of a member, for those who want to look at it.

    Shape: `state`: the scalars in the order in which the kernel has them; `lists` in the order of its lists. `joined`: the day
    of the first event; `row`: the number of the next that something is kept of. `rows`: numbers, kinds and codes of the ids of
    those that lots come from, or that can be undone. `texts`: those whose codes follow those of the program.
    """

    member: str
    state: list[int]
    lists: list[list[int]]
    joined: int = -1
    row: int = 0
    rows: list[list[int]] = field(default_factory=lambda: [[], [], []])
    texts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Layout:
    """In how many bytes integers stand: of all columns as it is said, and as places in WIDTHS; what packs the scalars, and each section."""

    said: bytes
    widths: bytes
    scalars: Struct
    sections: list[Struct]


class Open:
    """What is kept of a member while an event is run: what the kernel's lists are read from, and written to.

    Shape: `state` as `Kept` has it, `joined` and `row` behind it, always the same list; `texts` with the member's id; `sections` by the scalar
    that says where their lists end; `names`: the rows. `touched`: those in which something may have been looked at or set.
    `named`: the row that is put behind the others.
    """

    def __init__(self, written: Written) -> None:
        self.names = [*written.state]
        self.places = {name: place for place, name in enumerate(self.names)}
        self.lists = [*written.lists]
        ends = {name: end for name, (_, end, _, _) in written.lists.items()}
        self.ends = [*dict.fromkeys(ends.values())]
        self.of_end = [[name for name in self.lists if ends[name] == end] for end in self.ends]
        self.sections = [Section(len(each)) for each in self.of_end]
        self.columns = {
            name: column
            for names, section in zip(self.of_end, self.sections, strict=True)
            for name, column in zip(names, section.columns, strict=True)
        }
        self.heads = [self.places.get(end.removesuffix("_tail") + "_head") for end in self.ends]
        self._spans = [*zip(self.sections, [self.places[end] for end in self.ends], self.heads, strict=True)]
        self.rows = Section(3)
        self.all: tuple[Section, ...] = (*self.sections, self.rows)
        self._begins = [begins if isinstance(begins, int) else 0 for begins, _, _ in written.state.values()]
        self._scalars = len(self.names) + 2
        self.state = [0] * self._scalars
        what = repr((self.names, written.lists, [(each.kind, each.of) for each in written.codes]))
        mark = bytes.fromhex(fingerprint(written.make.program)[:16])
        self.head = MAGIC + bytes([VERSION]) + mark + crc32(what.encode()).to_bytes(4, "big")
        self._columns = self._scalars + sum(each.lists for each in self.all)
        before = accumulate((each.lists for each in self.all), initial=self._scalars)
        self._columns_of = dict(zip(self.all, before, strict=False))
        self._counts = Struct(f"<{len(self.all)}I")
        self._widths = HEAD, HEAD + (2 * self._columns + 7) // 8
        self._first = self._widths[1] + self._counts.size
        self._layouts: dict[bytes, Layout] = {}
        self._widened: dict[bytes, Layout] = {}
        self.touched: tuple[Section, ...] = ()
        self.named: tuple[int, ...] = ()
        self._narrow = self._layout(bytes(self._widths[1] - HEAD))
        self.begin("")

    @property
    def joined(self) -> int:
        """The day of the first event."""
        return self.state[-2]

    @property
    def row(self) -> int:
        """The number of the next event that something is kept of."""
        return self.state[-1]

    def holding(self, names: set[str]) -> list[tuple[int, Section]]:
        """The sections that hold some of these lists, and the places of where they end."""
        all_of = zip(self.ends, self.of_end, self.sections, strict=True)
        return [(self.places[end], section) for end, of, section in all_of if names & {*of}]

    # ------------------------------------------------------------ bytes

    def _layout(self, said: bytes) -> Layout:
        """What the widths of all columns come to, which are said in two bits each."""
        packed = int.from_bytes(said, "little")
        return self._layout_of(bytes(packed >> 2 * at & 3 for at in range(self._columns)))

    def _layout_of(self, widths: bytes) -> Layout:
        if widths not in self._widened:
            packed = sum(each << 2 * at for at, each in enumerate(widths))
            said = packed.to_bytes(self._widths[1] - HEAD, "little")
            packers, first = [packer(widths[: self._scalars])], self._scalars
            for section in self.all:
                packers.append(packer(widths[first : first + section.lists]))
                first += section.lists
            layout = Layout(said, widths, packers[0], packers[1:])
            self._widened[widths] = self._layouts[said] = layout
        return self._widened[widths]

    def begin(self, member: str) -> None:
        """Somebody of whom nothing is known."""
        self.state[:] = *self._begins, -1, 0
        self.layout, self.texts = self._narrow, Texts(encoded(member))
        self.named = ()
        self._clear()
        for section, each in zip(self.all, self._narrow.sections, strict=True):
            section.load(b"", 0, 0, each)

    def load(self, member: str, data: bytes) -> None:
        """Errors: BadState where the bytes are damaged (G801), of another version (G802) or program (G803)."""
        if not data.startswith(self.head) or _CRC.pack(crc32(data[:-TAIL])) != data[-TAIL:]:
            self._refuse(member, data)
        said, first = data[HEAD : self._widths[1]], self._first
        self.layout = layout = self._layouts.get(said) or self._layout(said)
        self.state[:] = layout.scalars.unpack_from(data, first)
        counts = self._counts.unpack_from(data, self._widths[1])
        self.named = ()
        if self.touched:
            self._clear()
        first += layout.scalars.size
        for section, count, each in zip(self.all, counts, layout.sections, strict=False):
            section.data, section.start, section.count, section.packer = data, first, count, each
            first += count * each.size
        self.texts.whole = data[first:-TAIL]
        if not self.texts.is_of(encoded(member)):
            raise BadState(
                "G801", f"the state given for {member} is that of somebody else", "give each subject its own"
            )

    def _clear(self) -> None:
        """Forgets what was set in lists and not packed."""
        for section in self.touched:
            section.clear()
        self.touched = ()

    def _refuse(self, member: str, data: bytes) -> NoReturn:
        """Says what is wrong with some bytes. Errors: BadState."""
        if len(data) < self._first + TAIL or not data.startswith(MAGIC):
            raise BadState("G801", f"the bytes of {member} are no state", "give what `step` gave")
        if data[len(MAGIC)] > VERSION:
            raise BadState("G802", f"the state of {member} was made by a newer version of guerdon", "use that version")
        if crc32(data[:-TAIL]) != int.from_bytes(data[-TAIL:], "big"):
            raise BadState("G801", f"the state of {member} is damaged", "restore it, or run the history again")
        mark = slice(len(MAGIC) + 1, HEAD - 4)
        if data[mark] != self.head[mark]:
            raise BadState("G803", f"the state of {member} is of another program", "run the history with this program")
        raise BadState("G802", f"the state of {member} was made by another version of guerdon", "use that version")

    def name(self, kind: int, id: int) -> None:
        """Keeps what the next event is called, whose number others have."""
        self.named = self.state[-1], kind, id
        self.state[-1] += 1

    def touch(self) -> None:
        """Lists may be set from now on, whichever."""
        self.touched = self.all
        if self.named:
            self.rows.append(*self.named)
            self.named = ()

    def dumps(self) -> bytes:
        """Errors: TooWide."""
        state, touched = self.state, self.touched
        packed: list[bytes] = [self.head, b"", b"", b""]
        counts: list[int] = []
        for section, tail, head in self._spans:
            end, first = state[tail], 0
            if head is not None and (first := state[head]):
                state[tail], state[head] = end - first, 0
            counts.append(end - first)
            packed.append(self._packed(section, first, end) if section in touched else section.part(first, end))
        rows = self.rows
        if self.named:
            packed.append(self._named(rows))
            counts.append(rows.count)
        elif rows in touched:
            counts.append(rows.length)
            packed.append(self._packed(rows, 0, counts[-1]))
        else:
            packed.append(rows.part(0, rows.count))
            counts.append(rows.count)
        try:
            packed[3] = self.layout.scalars.pack(*state)
        except error:
            packed[3] = self._wider(0, widths(state)).scalars.pack(*state)
        packed[1], packed[2] = self.layout.said, self._counts.pack(*counts)
        packed.append(self.texts.whole)
        self.touched = ()  # nothing is left of what was set
        whole = b"".join(packed)
        return whole + _CRC.pack(crc32(whole))

    def _named(self, rows: Section) -> bytes:
        """The names of events in the bytes, and that of this one behind them."""
        try:
            packed = rows.packer.pack(*self.named)
        except error:
            layout = self._wider(self._columns_of[rows], widths(self.named))
            rows.repack(layout.sections[-1])
            packed = rows.packer.pack(*self.named)
        rows.count += 1
        return rows.part(0, rows.count - 1) + packed

    def _packed(self, section: Section, first: int, end: int) -> bytes:
        """The records of a section, in as many bytes as they need."""
        try:
            return section.dumps(first, end)
        except error:
            layout = self._wider(self._columns_of[section], section.widths())
            section.repack(layout.sections[self.all.index(section)])
            return section.dumps(first, end)

    def _wider(self, first: int, needed: Sequence[int]) -> Layout:
        """The layout with widths that columns from one on need, none narrower than it was."""
        before, end = self.layout.widths, first + len(needed)
        self.layout = self._layout_of(before[:first] + bytes(map(max, before[first:end], needed)) + before[end:])
        return self.layout

    # ------------------------------------------------------------ looked at

    def kept(self, member: str) -> Kept:
        """What is kept, queues from their first element on."""
        *state, joined, row = self.state
        lists = dict[str, list[int]]()
        for names, (section, tail, head) in zip(self.of_end, self._spans, strict=True):
            first = 0 if head is None else state[head]
            lists |= zip(names, (each[first : state[tail]] for each in section.values()), strict=True)
            if head is not None:
                state[tail], state[head] = state[tail] - first, 0
        return Kept(
            member,
            state,
            [lists[name] for name in self.lists],
            joined,
            row,
            self.rows.values(),
            self.texts.all(),
        )

    def put(self, kept: Kept) -> None:
        """Has what is kept of somebody from now on."""
        self.begin(kept.member)
        self.state[:] = *kept.state, kept.joined, kept.row
        self.touch()
        lists = dict(zip(self.lists, kept.lists, strict=True))
        for names, section in zip(self.of_end, self.sections, strict=True):
            section.put([lists[name] for name in names])
        self.rows.put(kept.rows)
        self.texts.put(kept.texts)


__all__ = ["MAGIC", "Kept", "Open", "TooWide"]
