"""Source text and places in it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True)
class Source:
    """A text with a name, line ends normalised to `\\n`, without a byte order mark."""

    name: str
    text: str

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """Offset at which each line begins; one more than there are line ends."""
        starts = [0]
        at = self.text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return tuple(starts)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1, columns in characters."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def line_span(self, number: int) -> Span:
        """The place of a line (from 1), without its end."""
        start = self.line_starts[number - 1]
        return Span(self, start, start + len(self.line(number)))

    def where(self, offset: int) -> str:
        """An offset as people are told it: `cafe.guerdon:31:13`."""
        line, column = self.place(offset)
        return f"{self.name}:{line}:{column}"

    def line(self, number: int) -> str:
        """Text of a line (from 1) without its end; empty past the last line."""
        if number > len(self.line_starts):
            return ""
        start = self.line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start:] if end < 0 else self.text[start:end]


@dataclass(frozen=True, slots=True)
class Span:
    """The characters from `start` to before `end` of a source."""

    source: Source = field(repr=False)
    start: int
    end: int

    @property
    def line(self) -> int:
        return self.source.place(self.start)[0]

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    def to(self, other: Span) -> Span:
        """From the beginning of this span to the end of the other."""
        return Span(self.source, self.start, max(self.end, other.end))

    def __str__(self) -> str:
        return self.source.where(self.start)


@dataclass(frozen=True, slots=True)
class Written(Span):
    """The place of a shorthand, for what it stands for: `words` are that, written out."""

    words: str

    @property
    def text(self) -> str:
        return self.words


NOWHERE = Span(Source("<built in>", ""), 0, 0)


def decode(name: str, data: bytes) -> Source:
    """The source that these bytes hold.

    Errors: UnicodeDecodeError where they are not UTF-8; the caller names the place.
    """
    text = data.decode("utf-8").removeprefix("\ufeff")
    return Source(name, text.replace("\r\n", "\n").replace("\r", "\n"))


def read_bytes(path: str | Path) -> bytes:
    """The bytes of a file; `-` is standard input."""
    if str(path) == "-":
        import sys  # only when asked for

        return sys.stdin.buffer.read()
    return Path(path).read_bytes()
