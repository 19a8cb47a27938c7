"""Functions apart from the loop: they take what they use of a member from where it is stored, and store what they change.

What is kept of a member is local names of the loop. Before such a function is called the
loop stores what it uses, and loads afterwards what it changed. It may call others.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from guerdon.kernel.writing.make import Make


@dataclass
class Apart:
    """The functions apart of a text, now that all that is kept is known; `before`: the scalars that are stored before those of the program."""

    make: Make
    before: list[str]
    own: dict[str, tuple[list[str], list[str]]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.places = {name: number for number, name in enumerate([*self.before, *self.make.state])}

    def function(self, name: str) -> list[str]:
        """The lines of a function."""
        used, changed = self._own(name)
        given, body = self.make.cold[name]
        loaded = [f"    {self._load(each)}" for each in used]
        stored = [f"    s[{self._place(each)}] = {each}" for each in changed]
        lines = []
        for line in body:
            margin = line[: len(line) - len(line.lstrip())]
            called = _called([line]) if "@" in line else []
            lines += [margin + each for name in called for each in self.call(name, used)] if called else [line]
        return [f"def {name}({', '.join([*given, 'w'])}):", *loaded, *lines, *stored, "    return w"]

    def call(self, name: str, known: Collection[str] | None = None) -> list[str]:
        """The lines that call a function: from the loop, or (`known`) from a function that knows so much of what is kept."""
        used, changed = self._with_others(name)
        given = ", ".join([*self.make.cold[name][0], "w"])
        stored = [f"s[{self._place(each)}] = {each}" for each in used if known is None or each in known]
        loaded = [self._load(each) for each in changed if known is None or each in known]
        return [*stored, f"w = {name}({given})", *loaded]

    def _own(self, name: str) -> tuple[list[str], list[str]]:
        """What is kept of a member that a function uses, and what of it it changes."""
        if name not in self.own:
            text = "\n".join(self.make.cold[name][1])
            names, assigned = {*re.findall(r"\w+", text)}, {*re.findall(r"^ *(\w+) [-+]?= ", text, re.MULTILINE)}
            used = [each for each in self.make.state if each in names]
            self.own[name] = used, [each for each in used if each in assigned]
        return self.own[name]

    def _with_others(self, name: str) -> tuple[list[str], list[str]]:
        """The same, with what the functions that it calls use and change."""
        used, changed = ({*each} for each in self._own(name))
        for called in _called(self.make.cold[name][1]):
            more, others = self._with_others(called)
            used, changed = used | {*more}, changed | {*others}
        return [each for each in self.make.state if each in used], [each for each in self.make.state if each in changed]

    def _place(self, name: str) -> int:
        return self.places[name]

    def _load(self, name: str) -> str:
        _, low, high = self.make.state[name]
        return f"{name} = fits(s[{self._place(name)}], {low}, {high})"


def _called(lines: Iterable[str]) -> list[str]:
    """The functions that are called by some lines."""
    return [each.strip().removeprefix("@call ") for each in lines if each.strip().startswith("@call ")]
