"""Questions for which programs are run more than once: what another version changes, which value meets a target, whether a record still holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from guerdon.library import Program

if TYPE_CHECKING:
    from guerdon.history.open import History
    from guerdon.program import nodes
    from guerdon.reference.posted import Posted
    from guerdon.study.compare.comparison import Comparison
    from guerdon.study.compare.running import Watched
    from guerdon.study.prove.report import Report
    from guerdon.study.record.verify import Verified
    from guerdon.study.streamed import Streamed
    from guerdon.study.tune.tuned import Tuned


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


def prove(program: Program, new: Program | None = None) -> Report:
    """What never happens in a program, and the most that it gives; or, with a `new` version, whether that is ever less generous.

    Shape: without the extra `prove` only what tables and conditions on one fact say by themselves; what is not decided is said.
    Errors: NotComparable.
    """
    from guerdon.study.compare.comparison import comparable  # only where it is wanted, as what follows
    from guerdon.study.prove import prove as proving

    if new is None:
        return proving.prove(program.typed, program.diagnostics)
    comparable(program.typed, new.typed)
    return proving.compare(program.typed, new.typed)


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
