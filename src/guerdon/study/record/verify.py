"""Replays a record with this installation, and says where what comes of it differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from guerdon.history.fault import HistoryError
from guerdon.history.open import History, open_history
from guerdon.program import nodes
from guerdon.program.printed import FIRST_LINE, fingerprint
from guerdon.project.load import check_file
from guerdon.study import words
from guerdon.study.record import check, clocks, digest, tables
from guerdon.study.record.contents import DATA, MAPPING, PROGRAM, RESULTS, Record, RecordError, contents, understood
from guerdon.study.record.differences import Difference, difference
from guerdon.study.record.environment import environment
from guerdon.study.schema import TABLES
from guerdon.study.summary import as_json, summarise
from guerdon.text.diagnostic import Diagnostic

if TYPE_CHECKING:
    from guerdon.study.parts import Run

Runner = Callable[[nodes.Program, History, date | None], tuple[str, "Run"]]
"""Runs a program on a history as of a day: the engine, and what came of it."""


@dataclass(frozen=True, slots=True)
class Note:
    """What is not as it was when a record was made: what it is, and how it was and is."""

    what: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of verifying a record.

    Shape: `findings` say what differs, in order; none: the result is identical. `seal`: the SHA-256 of its `record.json`, as it is now. `record` is None where
    that changed, `engine` where nothing was run. `rows` are those of each table that was compared, `differences` those of them that differ.
    `notes`: what else is not as it was.
    """

    seal: str
    findings: tuple[Diagnostic, ...]
    record: Record | None = None
    engine: str | None = None
    rows: tuple[tuple[str, int], ...] = ()
    differences: tuple[Difference, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def identical(self) -> bool:
        return not self.findings


def verify(folder: Path, run: Runner, data: Path | None = None) -> Verified:
    """Whether the record in a folder is what was made, and comes out the same; `data`: the folder with the files of its history, where they lie elsewhere.

    Shape: where a file changed, nothing is run: what would come of it says nothing about the record.
    Errors: RecordError G950, G951, G955; OSError; what the runner raises.
    """
    text = contents(folder)
    seal = digest.text(text)
    if found := check.unsealed(folder, seal):
        return Verified(seal, tuple(found))
    record = understood(text)
    found = check.inside(folder, record)
    data = _data(folder, record, data)
    if not record.data.inside:
        found += check.changed(data, record.data.files, f" in {data}")
    if found:
        return Verified(seal, tuple(found), record, notes=tuple(_notes(record)))
    return _replayed(folder, record, seal, data, run)


def _data(folder: Path, record: Record, given: Path | None) -> Path:
    """Where the files of the history are. Errors: RecordError G955."""
    if given is not None:
        if record.data.inside:
            raise RecordError("G955", "the record holds its data, and is verified with them", "leave `--data` out")
        return given
    if record.data.inside:
        return folder / DATA
    message = f"the record holds no data, but the hashes of {words.count(len(record.data.files), 'file')}"
    raise RecordError("G955", message, "say where they are with `--data FOLDER`")


def _replayed(folder: Path, record: Record, seal: str, data: Path, run: Runner) -> Verified:
    notes = tuple(_notes(record))
    program, said = check_file(folder / PROGRAM / record.program.file, record.program.set)
    if program is None:
        return Verified(seal, _refused("program", [each for each in said if each.is_error]), record, notes=notes)
    try:
        history = open_history(folder / MAPPING, program, folder=data)
    except HistoryError as error:
        return Verified(seal, _refused("history", error.diagnostics), record, notes=notes)
    findings = [*_typed(record, program), *_read(record, history)]
    engine, result = run(program, history, record.run.as_of)
    with TemporaryDirectory(prefix="guerdon-") as scratch:
        there = Path(scratch)
        tables.write(result, history, there)
        found = [*_compared(record, folder / RESULTS, there)]
    differences = tuple(each for each in found if isinstance(each, Difference))
    findings += [_told(each) if isinstance(each, Difference) else each for each in found]
    findings += _figures(record.summary, as_json(summarise(result)))
    rows = tuple((name, each.rows) for name, each in record.tables.items())
    return Verified(seal, tuple(findings), record, engine, rows, differences, notes)


def _refused(what: str, said: list[Diagnostic] | tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """That this installation takes a program or a history no longer, and why."""
    help = "install the version of guerdon that made the record: `record.json` names it"
    first = f"{said[0].code}, {said[0].message}"
    return (Diagnostic("G956", f"this installation refuses the {what} of the record: {first}", help=(help,)),)


def _typed(record: Record, program: nodes.Program) -> Iterator[Diagnostic]:
    """Whether the program means what it did. Prints of other versions can't be compared, and are not."""
    now = fingerprint(program)
    if record.program.printed == FIRST_LINE and record.program.fingerprint != now:
        message = f"the typed program differs: its fingerprint was {record.program.fingerprint[:12]} and is {now[:12]}"
        yield Diagnostic("G953", message, help=(_WHY,))


def _read(record: Record, history: History) -> Iterator[Diagnostic]:
    """Files that are read now and are not in the record, or the other way round."""
    now = tables.files(history).keys()
    for name in sorted(now ^ record.data.files.keys()):
        what = "is read now, and is not in the record" if name in now else "is in the record, and is not read now"
        yield Diagnostic("G953", f"`{name}` {what}", help=(_WHY,))


def _compared(record: Record, old: Path, new: Path) -> Iterator[Difference | Diagnostic]:
    """The tables that differ, those that are not what the record says they are, and those that there are no more."""
    with tables.reading(old, new) as con:
        for name, said in record.tables.items():
            known = {each.name for each in TABLES.get(name, ())}
            if not known >= {*said.columns}:
                lost = ", ".join(f"`{each}`" for each in said.columns if each not in known)
                yield Diagnostic("G953", f"`{name}` has no {lost} any more", help=(_WHY,))
                continue
            was, now = (each / f"{name}.parquet" for each in (old, new))
            if digest.table(con, was, name, said.columns) != said:
                message = f"`{RESULTS}/{name}.parquet` does not hold the rows whose hash the record gives"
                yield Diagnostic("G953", message, help=(_WHY,))
            elif digest.table(con, now, name, said.columns) != said:
                found = difference(con, name, was, now, said.columns)
                assert found is not None, "rows with another hash differ"
                yield found


_WHY = "`record.json` names the versions that made it: with these, what came of it then can be compared step by step"


def _told(of: Difference) -> Diagnostic:
    """A table that differs, with its first row that does."""
    key = ", ".join(f"{name} {_shown(value)}" for name, value in of.key if value is not None)
    if of.column is not None:
        what = f"{key}: `{of.column}` was {_shown(of.was)} and is {_shown(of.now)}"
    else:
        what = f"{key}: the row {'was not there' if of.came else 'is gone'}"
    message = f"`{of.table}` differs ({words.count(of.gone, 'row')} gone, {of.new:,} new), first at {what}"
    return Diagnostic("G953", message, help=(_WHY,))


def _shown(value: object) -> str:
    return "missing" if value is None else f"`{value}`"


def _figures(was: Mapping[str, object], now: Mapping[str, object]) -> Iterator[Diagnostic]:
    """The first figure of the summary that differs."""
    found = next(_differing("", was, now), None)
    if found is not None:
        place, old, new = found
        yield Diagnostic("G953", f"the summary differs: `{place}` was {_shown(old)} and is {_shown(new)}", help=(_WHY,))


def _differing(place: str, was: object, now: object) -> Iterator[tuple[str, object, object]]:
    """Where plain values differ, as far as the older ones say anything: what later versions add is nothing that differs."""
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        for name, each in was.items():
            yield from _differing(f"{place}.{name}" if place else name, each, now.get(name))
    elif isinstance(was, list | tuple) and isinstance(now, list | tuple) and len(was) == len(now):
        for at, (old, new) in enumerate(zip(was, now, strict=True)):
            yield from _differing(f"{place}[{at}]", old, new)
    elif was != now:
        yield place, was, now


def _notes(record: Record) -> Iterator[Note]:
    """Versions that are others, and zones whose clocks go otherwise in the years of the record."""
    now = environment()
    for what, was in record.environment.items():
        if was != now.get(what):
            yield Note(what, was, now.get(what, "not there"))
    if record.program.printed != FIRST_LINE:
        yield Note("printed form", record.program.printed, FIRST_LINE)
    for name, zone in record.zones.items():
        differs = clocks.differing(name, zone)
        if differs is not None:
            yield Note(f"zone {name}", *differs)
