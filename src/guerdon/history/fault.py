"""What can be wrong: with a mapping (nothing is read), and with a row (it is set aside)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from guerdon.text.diagnostic import Diagnostic, nearest, render


class HistoryError(Exception):
    """A history that can't be read; `diagnostics` says why, all of it that could be found."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(render(each) for each in self.diagnostics))


@dataclass(frozen=True, slots=True)
class Fault:
    """What can be wrong with a value; `{value}` in the message is what stood there."""

    code: str
    message: str
    help: str = ""
    choices: tuple[str, ...] = ()

    def said(self, value: object) -> tuple[str, str]:
        """The message and the help for a value."""
        shown = "nothing" if value is None else f"`{_printable(str(value))}`"
        found = nearest(str(value), self.choices) if self.choices else None
        help = f"write `{found}`, if that was meant" if found else self.help
        return self.message.replace("{value}", shown), help


@dataclass(frozen=True)
class Faults:
    """Every fault that a history's rows are looked at for, each with its number from 1."""

    kinds: list[Fault] = field(default_factory=list)

    def number(self, fault: Fault) -> int:
        self.kinds.append(fault)
        return len(self.kinds)

    def __getitem__(self, number: int) -> Fault:
        return self.kinds[number - 1]


def _printable(value: str) -> str:
    shown = value if len(value) <= 60 else value[:57] + "..."
    return "".join(each if each.isprintable() else "\ufffd" for each in shown)
