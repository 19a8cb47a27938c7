"""Which engine runs a program on a history, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from guerdon.program import nodes

if TYPE_CHECKING:
    from guerdon.history.event import Event, Facts
    from guerdon.history.open import History
    from guerdon.kernel.stepped.session import KernelSession
    from guerdon.reference.posted import Posted
    from guerdon.session import Session
    from guerdon.session.step import States
    from guerdon.study.compare.running import Runs, Watched
    from guerdon.study.streamed import Streamed

ENGINES = ("auto", "reference", "kernel")

WORTH_IT = 1_000
"""From so many events on the kernel is faster, its text written and compiled."""


class NotCovered(Exception):
    """A program that the kernel does not cover: what of it, by places."""

    def __init__(self, what: list[str]) -> None:
        super().__init__("\n".join(["the kernel does not cover this program:", *(f"  {each}" for each in what)]))
        self.what = what


@dataclass(frozen=True)
class Choice:
    """An engine, `reference` or `kernel`, and why it is this one."""

    engine: str
    why: str

    def run(
        self, program: nodes.Program, history: History, as_of: date | None, progress: Callable[[int], object]
    ) -> Posted | Streamed:
        """What the program makes of a history on this engine; `progress` is told how many events were run."""
        if self.engine == "kernel":
            from guerdon.study.streamed import streamed  # with the kernel, which only it needs

            found = streamed(program, history, as_of, progress)
            if found is not None:
                return found
        return self.posted(program, history, as_of, progress)

    def posted(
        self, program: nodes.Program, history: History, as_of: date | None, progress: Callable[[int], object]
    ) -> Posted:
        """The same as entries."""
        events = _counted(history.events(), progress)
        if self.engine == "kernel":
            from guerdon.kernel.engine import run  # as above

            found = run(program, events, history.members, as_of)
        else:
            from guerdon.reference.engine import Engine

            found = Engine(program, history.members).run(events, as_of)
        found.rejections[:0] = history.rejections
        found.repeated = history.repeated
        return found


def _counted(events: Iterable[Event], progress: Callable[[int], object]) -> Iterator[Event]:
    """Events, of which every 500th is told."""
    for number, event in enumerate(events, 1):
        if number % 500 == 0:
            progress(number)
        yield event


def chosen(program: nodes.Program, engine: str, count: int | None) -> Choice:
    """The engine for a program and so many events (None: nobody knows).

    Errors: NotCovered; ValueError for an engine that there is not.
    """
    if engine not in ENGINES:
        raise ValueError(f"there is no engine {engine!r}; there are {', '.join(ENGINES)}")
    if engine == "reference":
        return Choice("reference", "asked for")
    if engine == "auto" and count is not None and count < WORTH_IT:
        return Choice("reference", f"the history has fewer than {WORTH_IT:,} events")
    what = lacking(program)
    if not what:
        return Choice("kernel", "asked for" if engine == "kernel" else "it covers the program")
    if engine == "kernel":
        raise NotCovered(what)
    return Choice("reference", f"the kernel does not cover {'; '.join(what)}")


def runs_of(open: Callable[[nodes.Program], History], as_of: date | None, watched: Watched | None) -> Runs:
    """Runs versions of a program on the history that is opened for them, each on its engine; `watched` is told of each run."""
    from guerdon.study.compare.running import Runs, unwatched

    return Runs(
        lambda program, history, told: chosen(program, "auto", history.count).run(program, history, as_of, told),
        open,
        watched or unwatched,
    )


def session(program: nodes.Program, facts: Mapping[str, Facts], engine: str) -> Session | KernelSession:
    """Evaluates events one at a time on an engine; `auto`: on the kernel, where it covers the program.

    Errors: NotCovered; ValueError for an engine that there is not.
    """
    from guerdon.session import Session

    if chosen(program, engine, None).engine == "kernel":
        from guerdon.kernel.stepped.session import KernelSession, steps

        if steps(program):
            return KernelSession(program, facts)
        if engine == "kernel":
            raise NotCovered(["one event at a time: it keeps more for the program than a state of a session holds"])
    return Session(program, facts, partial(_of_reference, program, facts))


def _of_reference(program: nodes.Program, facts: Mapping[str, Facts], states: States) -> States:
    """The states as the reference engine has them; the kernel is asked only where some are its own."""
    from guerdon.session.stored import OF_KERNEL

    if not any(data is not None and data.startswith(OF_KERNEL) for data in states.values()):
        return states
    from guerdon.kernel.stepped.session import KernelSession

    return KernelSession(program, facts).of_reference(states)


def lacking(program: nodes.Program) -> list[str]:
    """What of a program the kernel does not cover, each with its first place."""
    from guerdon.kernel.uncovered import NOT_COVERED, uncovered
    from guerdon.text.source import NOWHERE

    return [
        NOT_COVERED[word] + (f" ({node.span})" if node.span is not NOWHERE else "")
        for word, node in uncovered(program).items()
    ]
