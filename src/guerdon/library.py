"""The library: load a program, run it on a history, ask what came of it.

import guerdon

program = guerdon.load("examples/grocery")
outcome = program.run()
outcome.posted.ledger.balances()
outcome.explain("707")
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from guerdon.outcome import Outcome as Outcome
from guerdon.program import nodes
from guerdon.project.load import check_file
from guerdon.text.diagnostic import Diagnostic, ProgramError

if TYPE_CHECKING:
    from guerdon.history.event import Facts
    from guerdon.history.frames import Frame
    from guerdon.history.open import History
    from guerdon.kernel.stepped.session import KernelSession
    from guerdon.reference.posted import Posted
    from guerdon.session import Session
    from guerdon.study.compare.comparison import Comparison
    from guerdon.study.compare.running import Watched
    from guerdon.study.record.verify import Verified
    from guerdon.study.streamed import Streamed
    from guerdon.study.tune.tuned import Tuned


_PROGRAM = re.compile(rb"^(?:\xef\xbb\xbf)?program\b", re.MULTILINE)


class NoProgram(Exception):
    """A path that leads to no one program; the message says what is there."""


def program_path(path: str | Path) -> Path:
    """The program at a path: the file itself, or the only `.guerdon` file of a folder that holds a `program`.

    Errors: NoProgram where there is none, or more than one.
    """
    path = Path(path)
    if not path.is_dir():
        return path
    found = sorted(path.glob("*.guerdon"))
    if len(found) > 1:  # the others may be files that it uses
        found = [each for each in found if _PROGRAM.search(each.read_bytes())] or found
    if len(found) == 1:
        return found[0]
    what = f"holds {len(found)} programs: name one of {', '.join(each.name for each in found)}"
    raise NoProgram(f"{path} {what if found else 'holds no program (a file that ends in .guerdon)'}")


def load(path: str | Path, set: Mapping[str, str] | None = None) -> Program:
    """The checked program of a file, or of a folder that holds one; `set` gives params other values.

    Errors: ProgramError with all diagnostics; OSError where it can't be read.
    """
    path = program_path(path)
    typed, diagnostics = check_file(path, set)
    if typed is None:
        raise ProgramError(diagnostics)
    return Program(typed, tuple(diagnostics), path, dict(set or {}))


@dataclass(frozen=True, repr=False)
class Program:
    """A checked program. `diagnostics` holds what was said about it: warnings at most; `given` the values that params were given."""

    typed: nodes.Program
    diagnostics: tuple[Diagnostic, ...]
    path: Path
    given: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Program {self.name!r} of {self.path}>"

    @property
    def name(self) -> str:
        return self.typed.frame.name

    def open(self, history: str | Path | Mapping[str, Frame] | None = None, timezone: str | None = None) -> History:
        """The history at a path, mapped to this program's events; by default that of its own folder. Or that of dataframes.

        Shape: dataframes by the names of events (and `members`), their columns named as facts, beside `id`, `member` and `at`;
        `timezone` says what clock their times were read from that have no zone.
        Errors: HistoryError with all that is wrong with the mapping.
        """
        from guerdon.history.open import open_frames, open_history  # only where there is a history: duckdb and pydantic

        if isinstance(history, Mapping):
            return open_frames(history, self.typed, timezone)
        return open_history(Path(history) if history is not None else self.path.parent, self.typed)

    def session(self, facts: Mapping[str, Facts] | None = None, engine: str = "auto") -> Session | KernelSession:
        """Evaluates events one at a time; `facts` are those of members that no event tells.

        Shape: `engine`: `reference`, `kernel`, or `auto`: the kernel where it covers the program. Each reads the states of
        the other.
        Errors: NotCovered where the kernel is asked for and does not cover the program.
        """
        from guerdon.choice import session  # only where it is wanted

        return session(self.typed, facts or {}, engine)

    def run(
        self,
        history: str | Path | Mapping[str, Frame] | History | None = None,
        as_of: date | None = None,
        progress: Callable[[int], object] = lambda events: None,
        engine: str = "auto",
    ) -> Outcome:
        """What the program makes of a history.

        Shape: as of the last event, or the end of the day `as_of`; `progress` is told now and then
        how many events were run. `engine`: `reference`, `kernel`, or `auto`: the kernel for a long
        history of a program that it covers. The reference engine posts in the order of all events, the kernel
        member by member; each member's entries are the same.
        Errors: NotCovered where the kernel is asked for and does not cover the program.
        """
        from guerdon.choice import chosen  # not needed to check

        opened = self.open(history) if history is None or isinstance(history, str | Path | Mapping) else history
        choice = chosen(self.typed, engine, opened.count)
        return Outcome(self, choice.run(self.typed, opened, as_of, progress), opened, choice, as_of)

    def posted(
        self,
        history: str | Path | Mapping[str, Frame] | History | None = None,
        as_of: date | None = None,
        progress: Callable[[int], object] = lambda events: None,
    ) -> Posted:
        """What the program makes of a history, as entries: what `run(...).posted` is, with nothing else made of it."""
        from guerdon.choice import chosen  # as above

        opened = self.open(history) if history is None or isinstance(history, str | Path | Mapping) else history
        return chosen(self.typed, "auto", opened.count).posted(self.typed, opened, as_of, progress)


def verify(
    record: str | Path,
    data: str | Path | None = None,
    engine: str = "auto",
    progress: Callable[[int], object] = lambda events: None,
) -> Verified:
    """Runs again what a record holds, and says where what comes of it differs.

    Shape: `data`: the folder with the files of its history, where the record holds no more than their hashes. `engine`, `progress`: as of `Program.run`.
    Errors: RecordError where there is no record, or no data; NotCovered; OSError.
    """
    from guerdon.choice import chosen  # only where it is wanted, as what follows
    from guerdon.study.record.verify import verify as verified

    def run(program: nodes.Program, opened: History, as_of: date | None) -> tuple[str, Posted | Streamed]:
        choice = chosen(program, engine, opened.count)
        return choice.engine, choice.run(program, opened, as_of, progress)

    return verified(Path(record), run, Path(data) if data is not None else None)


def compare(
    old: Program,
    new: Program,
    history: str | Path,
    *,
    as_of: date | None = None,
    live: date | None = None,
    attribute: bool | None = None,
    out: str | Path | None = None,
    watched: Watched | None = None,
) -> Comparison:
    """The difference that another version makes over a history, and which change in the rules brings which part of it.

    Shape: `live`: the day on which the new version begins to decide. `attribute`: whether it is found out what each change brings; by
    itself it is, where there are few. `out`: the folder that the tables are written to, as CSV. `watched` is told of each run.
    Errors: HistoryError, NotComparable.
    """
    from guerdon.choice import runs_of  # only where it is wanted, as what follows
    from guerdon.project.parts import parts
    from guerdon.study.compare.changes import versions
    from guerdon.study.compare.comparison import comparable
    from guerdon.study.compare.comparison import compare as compared

    comparable(old.typed, new.typed)
    runs = runs_of(lambda typed: Program(typed, (), new.path).open(history), as_of, watched)
    sides = runs.side(old.typed, "old"), runs.side(new.typed, "new")
    of = versions(parts(old.path, old.given), parts(new.path, new.given))
    return compared(*sides, runs, of, live, attribute, Path(out) if out is not None else None)


def tune(
    program: Program,
    history: str | Path,
    param: str,
    target: str,
    *,
    low: str | None = None,
    high: str | None = None,
    step: str | None = None,
    every: bool = False,
    as_of: date | None = None,
    watched: Watched | None = None,
) -> Tuned:
    """The value of a param that meets a target over a history, like `Gold = 5%` or `cost <= 1.2% of sales`, and how the figure goes with it.

    Shape: values are looked at from `low` through `high` in steps of `step`, each written as the param's own value; `every`: all of them
    are run. `watched` is told of each run.
    Errors: HistoryError, TuneError.
    """
    from guerdon.choice import runs_of  # only where it is wanted, as what follows
    from guerdon.project.parts import parts
    from guerdon.study.conditions.condition import Malformed, condition
    from guerdon.study.tune.asked import Asked, TuneError
    from guerdon.study.tune.tune import tune as tuned

    try:
        wanted = condition(target)
    except Malformed as error:
        raise TuneError("G963", error.message, error.help) from None
    asked = Asked(param, low, high, step, every)
    runs = runs_of(lambda typed: Program(typed, (), program.path).open(history), as_of, watched)
    return tuned(program.typed, parts(program.path, program.given), runs, wanted, asked)
