"""A text of restricted Python, as it is written line by line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Writer:
    """Lines, each at its depth, and names that nothing else has; `loops` says how many `while` stand around what is written."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.depth = 0
        self.loops = 0
        self._names: dict[str, int] = {}

    def line(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """What is written inside stands below a head, such as `if x:`; `pass` where nothing is."""
        self.line(head)
        self.depth += 1
        self.loops += head.startswith("while")
        first = len(self.lines)
        yield
        if len(self.lines) == first:
            self.line("pass")
        self.depth -= 1
        self.loops -= head.startswith("while")

    def name(self, of: str) -> str:
        """A new name that tells what it is of."""
        number = self._names[of] = self._names.get(of, 0) + 1
        return f"{of}_{number}"

    def kept(self, of: str, value: str) -> str:
        """A name for a value, so that it is reckoned once; a name or a number stands for itself."""
        if value.isidentifier() or value.lstrip("-").isdigit():
            return value
        name = self.name(of)
        self.line(f"{name} = {value}")
        return name

    def text(self) -> str:
        return "\n".join(self.lines) + "\n"
