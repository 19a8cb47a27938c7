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
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from guerdon.program import nodes
from guerdon.project.load import check_file
from guerdon.text.diagnostic import Diagnostic, ProgramError

if TYPE_CHECKING:
    import pyarrow

    from guerdon.choice import Choice
    from guerdon.history.event import Facts, Rejection
    from guerdon.history.frames import Frame
    from guerdon.history.open import History
    from guerdon.kernel.stepped.session import KernelSession
    from guerdon.reference.posted import Posted
    from guerdon.session import Session
    from guerdon.study.arrow import Stream
    from guerdon.study.draw.draw import Draw
    from guerdon.study.explain.account import Account
    from guerdon.study.measure.asked import Asked
    from guerdon.study.measure.measured import Measured
    from guerdon.study.overview import Overview
    from guerdon.study.streamed import Streamed
    from guerdon.study.summary import Summary


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


@dataclass(frozen=True, repr=False)
class Outcome:
    """What a program made of a history; `choice`: the engine, and why. `result` is how that engine leaves it. `as_of`: the last day that was asked for.

    Shape: `awards`, `balances`, `lots`, `postings`, `funding`, `tiers`, `refused`, `effects`, `offers` and `rejected` are
    Arrow tables (with the extra `arrow`), with the columns that files have; `stream` gives each of them without one being made.
    """

    program: Program
    result: Posted | Streamed
    history: History
    choice: Choice
    as_of: date | None = None

    def __repr__(self) -> str:
        return f"<Outcome of {self.program.name!r}: {self.result.events:,} events, {len(self.rejections):,} set aside>"

    def _repr_html_(self) -> str:
        return self._overview._repr_html_()

    def _repr_markdown_(self) -> str:
        return self._overview._repr_markdown_()

    @cached_property
    def _overview(self) -> Overview:
        from guerdon.program.printed import fingerprint  # only in notebooks
        from guerdon.study.overview import overview

        return overview(self.summary(), fingerprint(self.program.typed))

    @cached_property
    def posted(self) -> Posted:
        """The ledger as entries, what was set aside, and counts. The kernel leaves columns: then they are made when they are asked for."""
        from guerdon.reference.posted import Posted  # as in `Program.run`

        if isinstance(self.result, Posted):
            return self.result
        return self.choice.posted(self.program.typed, self.history, self.result.as_of, lambda events: None)

    @property
    def rejections(self) -> list[Rejection]:
        """The rows, and the events, that were set aside."""
        return self.result.rejections

    @property
    def awards(self) -> pyarrow.Table:
        return self._table("awards")

    @property
    def balances(self) -> pyarrow.Table:
        return self._table("balances")

    @property
    def lots(self) -> pyarrow.Table:
        return self._table("lots")

    @property
    def postings(self) -> pyarrow.Table:
        return self._table("postings")

    @property
    def funding(self) -> pyarrow.Table:
        return self._table("funding")

    @property
    def tiers(self) -> pyarrow.Table:
        return self._table("tiers")

    @property
    def refused(self) -> pyarrow.Table:
        return self._table("refused")

    @property
    def effects(self) -> pyarrow.Table:
        return self._table("effects")

    @property
    def offers(self) -> pyarrow.Table:
        return self._table("offers")

    @property
    def ranks(self) -> pyarrow.Table:
        return self._table("ranks")

    @property
    def rejected(self) -> pyarrow.Table:
        return self._table("rejected")

    def stream(self, table: str) -> Stream:
        """A result table, by its name, as anything takes it that speaks Arrow: it is made while it is read.

        Shape: it can be read as long as the outcome is there.
        Errors: KeyError for a name that no table has.
        """
        from guerdon.study.arrow import Stream  # only where Arrow is wanted
        from guerdon.study.schema import TABLES

        if table not in TABLES:
            raise KeyError(table)
        if table not in self._streams:
            self._streams[table] = Stream(self.result, table)
        return self._streams[table]

    @cached_property
    def _streams(self) -> dict[str, Stream]:
        """Those that were asked for: what reads one needs it to be there."""
        return {}

    def _table(self, name: str) -> pyarrow.Table:
        from guerdon.study.arrow import as_arrow  # as above

        return as_arrow(self.result, name)

    def write(self, folder: str | Path, format: str = "parquet") -> list[Path]:
        """Writes all tables into a folder, whole or not at all; where they are."""
        from guerdon.study.results import write  # only where files are wanted

        return write(self.result, folder, format)

    def record(self, folder: str | Path, data: bool = True) -> str:
        """Leaves in a folder, empty or not there yet, what is needed to reproduce this, as `guerdon.verify` does; the seal, which stands for all of it.

        Shape: `data`: with copies of the history's files, not just their hashes.
        Errors: RecordError where a file changed since it was read, or there is none; AlreadyThere; OSError.
        """
        from guerdon.study.record.contents import Run  # only where it is wanted
        from guerdon.study.record.keep import Finished, keep

        run = Run(as_of=self.as_of, engine=self.choice.engine)
        of = self.program
        return keep(Finished(of.typed, of.path, of.given, self.history, run, self.result), Path(folder), data)

    def summary(self) -> Summary:
        """The figures that a program designer looks at first."""
        from guerdon.study.summary import summarise  # only where it is wanted

        return summarise(self.result)

    def explain(
        self,
        member: str,
        event: str | None = None,
        rule: str | None = None,
        *,
        as_of: date | None = None,
        every: bool = False,
    ) -> Account:
        """Why a member was given what they were given, and why not: `event` (or `every` one) in full, by `rule` alone.

        Shape: without an event, `rule` may be a ladder or a unit, explained as it stands at the end of the day `as_of`.
        """
        from guerdon.study.explain.explain import explain  # only where it is wanted

        typed, history = self.program.typed, self.history
        return explain(typed, history.events, history.members, member, event, rule, as_of, every)

    def draw(
        self,
        unit: str,
        seed: str | None = None,
        *,
        winners: int = 1,
        reserves: int = 0,
        repeat: bool = False,
        since: date | None = None,
        through: date | None = None,
        file: str | Path | None = None,
    ) -> Draw:
        """The winners of a prize draw of a unit's entries, in order, and then the reserves.

        Shape: without a seed nobody wins, and the list of entries is made. A member wins once; with `repeat` once with each entry.
        `since`, `through`: the days on which entries were given. `file`: where the list is written, as CSV.
        Errors: DrawError; OSError where the list can't be written.
        """
        from guerdon.study.draw.draw import draw  # only where it is wanted

        place = Path(file) if file is not None else None
        return draw(
            self.result,
            unit,
            seed,
            winners=winners,
            reserves=reserves,
            repeat=repeat,
            since=since,
            through=through,
            file=place,
        )

    def measure(self, asked: Asked | None = None) -> Measured:
        """What the program is to the business, by month: retention, segments, lifetime value, promoter score, cost, deferred revenue, effect.

        Shape: sections of tables, each with what its figures mean; `asked`: the definitions that one may choose.
        Errors: MeasureError.
        """
        from guerdon.choice import chosen  # only where it is wanted
        from guerdon.study.measure.asked import Asked
        from guerdon.study.measure.measure import measure

        def again(of: nodes.Program, as_of: date) -> Posted | Streamed:
            return chosen(of, "auto", self.history.count).run(of, self.history, as_of, lambda events: None)

        return measure(self.result, self.history, again, asked or Asked())
