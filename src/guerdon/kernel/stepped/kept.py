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

import zlib
from dataclasses import dataclass, field
from struct import Struct, error

from guerdon.kernel.loop.frame import Written
from guerdon.kernel.stepped.sections import Section, TooWide, packer, width
from guerdon.kernel.stepped.texts import SIGN, Texts, encoded
from guerdon.program.printed import fingerprint
from guerdon.session.stored import OF_KERNEL, TAIL, BadState

MAGIC = OF_KERNEL
VERSION = 1
HEAD = len(MAGIC) + 1 + 8 + 4


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

    Shape: `state`, `joined` and `row` as `Kept` has them, `texts` with the member's id; `sections` by the scalar that says where
    their lists end; `names`: the rows.
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
        self.heads = [
            self.places[end.removesuffix("_tail") + "_head"] if end.endswith("_tail") else None for end in self.ends
        ]
        self._spans = [*zip([self.places[end] for end in self.ends], self.heads, strict=True)]
        self.rows = Section(3)
        self._all = [*self.sections, self.rows]
        self._begins = [begins if isinstance(begins, int) else 0 for begins, _, _ in written.state.values()]
        self._scalars = len(self.names) + 2
        what = repr((self.names, written.lists, [(each.kind, each.of) for each in written.codes]))
        mark = bytes.fromhex(fingerprint(written.make.program)[:16])
        self.head = MAGIC + bytes([VERSION]) + mark + zlib.crc32(what.encode()).to_bytes(4, "big")
        self._columns = self._scalars + sum(each.lists for each in self._all)
        self._counts = Struct(f"<{len(self._all)}I")
        self._widths = HEAD, HEAD + (2 * self._columns + 7) // 8
        self._first = self._widths[1] + self._counts.size
        self._layouts: dict[bytes, Layout] = {}
        self._narrow = self._layout(bytes(self._widths[1] - HEAD))
        self.begin("")

    def holding(self, names: set[str]) -> list[tuple[int, Section]]:
        """The sections that hold some of these lists, and the places of where they end."""
        all_of = zip(self.ends, self.of_end, self.sections, strict=True)
        return [(self.places[end], section) for end, of, section in all_of if names & {*of}]

    # ------------------------------------------------------------ bytes

    def _layout(self, said: bytes) -> Layout:
        """What the widths of all columns come to, which are said in two bits each."""
        packed = int.from_bytes(said, "little")
        return self._layout_of(said, bytes(packed >> 2 * at & 3 for at in range(self._columns)))

    def _layout_of(self, said: bytes, widths: bytes) -> Layout:
        if said not in self._layouts:
            packers, first = [packer(widths[: self._scalars])], self._scalars
            for section in self._all:
                packers.append(packer(widths[first : first + section.lists]))
                first += section.lists
            self._layouts[said] = Layout(said, widths, packers[0], packers[1:])
        return self._layouts[said]

    def begin(self, member: str) -> None:
        """Somebody of whom nothing is known."""
        self.state, self.joined, self.row = [*self._begins], -1, 0
        self.layout, self.texts = self._narrow, Texts(encoded(member))
        for section, each in zip(self._all, self._narrow.sections, strict=True):
            section.load(b"", 0, 0, each)

    def load(self, member: str, data: bytes) -> None:
        """Errors: BadState where the bytes are damaged (G801), of another version (G802) or program (G803)."""
        self._check(member, data)
        widths = data[HEAD : self._widths[1]]
        self.layout = layout = self._layouts.get(widths) or self._layout(widths)
        *self.state, self.joined, self.row = layout.scalars.unpack_from(data, self._first)
        place = self._first + layout.scalars.size
        counts = self._counts.unpack_from(data, self._widths[1])
        for section, count, each in zip(self._all, counts, layout.sections, strict=True):
            place = section.load(data, place, count, each)
        texts, whose = data[place:-TAIL], encoded(member)
        if texts != whose and not texts.startswith(whose + SIGN):
            raise BadState("G801", f"the state given for {member} is that of somebody else", "give each subject its own")
        self.texts.whole = texts

    def _check(self, member: str, data: bytes) -> None:
        if len(data) < self._first + TAIL or not data.startswith(MAGIC):
            raise BadState("G801", f"the bytes of {member} are no state", "give what `step` gave")
        if data[len(MAGIC)] > VERSION:
            raise BadState("G802", f"the state of {member} was made by a newer version of guerdon", "use that version")
        if zlib.crc32(data[:-TAIL]) != int.from_bytes(data[-TAIL:], "big"):
            raise BadState("G801", f"the state of {member} is damaged", "restore it, or run the history again")
        if not data.startswith(self.head):
            mark = slice(len(MAGIC) + 1, HEAD - 4)
            if data[mark] != self.head[mark]:
                raise BadState(
                    "G803", f"the state of {member} is of another program", "run the history with this program"
                )
            raise BadState("G802", f"the state of {member} was made by another version of guerdon", "use that version")

    def dumps(self) -> bytes:
        """Errors: TooWide."""
        state, spans = self.state, [(0, self.rows.length)]
        for tail, head in self._spans:
            end = state[tail]
            if head is None:
                spans.append((0, end))
            else:
                spans.append((state[head], end))
                state[tail], state[head] = end - state[head], 0
        spans.append(spans.pop(0))
        try:
            packed = self._packed(spans)
        except error:
            self._widen(spans)
            packed = self._packed(spans)
        counts = self._counts.pack(*[end - first for first, end in spans])
        whole = b"".join((self.head, self.layout.said, counts, *packed, self.texts.whole))
        return whole + zlib.crc32(whole).to_bytes(TAIL, "big")

    def _packed(self, spans: list[tuple[int, int]]) -> list[bytes]:
        packed = [self.layout.scalars.pack(*self.state, self.joined, self.row)]
        for section, (first, end) in zip(self._all, spans, strict=True):
            packed.append(section.dumps(first, end))
        return packed

    def _widen(self, spans: list[tuple[int, int]]) -> None:
        """Gives columns the widths that they need. Errors: TooWide."""
        before, first = self.layout.widths, self._scalars
        scalars = ((each,) for each in (*self.state, self.joined, self.row))
        widths = bytes(map(max, before, map(width, scalars)))
        for section, span in zip(self._all, spans, strict=True):
            widths += section.widen(before[first : first + section.lists], *span)
            first += section.lists
        packed = sum(each << 2 * at for at, each in enumerate(widths))
        self.layout = self._layout_of(packed.to_bytes(self._widths[1] - HEAD, "little"), widths)
        for section, each in zip(self._all, self.layout.sections, strict=True):
            section.packer = each

    # ------------------------------------------------------------ looked at

    def kept(self, member: str) -> Kept:
        """What is kept, queues from their first element on."""
        state, lists = [*self.state], dict[str, list[int]]()
        for names, section, (tail, head) in zip(self.of_end, self.sections, self._spans, strict=True):
            first = 0 if head is None else state[head]
            lists |= zip(names, (each[first : state[tail]] for each in section.values()), strict=True)
            if head is not None:
                state[tail], state[head] = state[tail] - first, 0
        return Kept(
            member,
            state,
            [lists[name] for name in self.lists],
            self.joined,
            self.row,
            self.rows.values(),
            self.texts.all(),
        )

    def put(self, kept: Kept) -> None:
        """Has what is kept of somebody from now on."""
        self.begin(kept.member)
        self.state, self.joined, self.row = [*kept.state], kept.joined, kept.row
        lists = dict(zip(self.lists, kept.lists, strict=True))
        for names, section in zip(self.of_end, self.sections, strict=True):
            section.put([lists[name] for name in names])
        self.rows.put(kept.rows)
        self.texts.put(kept.texts)


__all__ = ["MAGIC", "Kept", "Open", "TooWide"]
