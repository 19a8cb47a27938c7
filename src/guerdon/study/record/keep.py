"""Leaves a record of a run in a folder: whole, or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from os.path import relpath
from pathlib import Path
from typing import TYPE_CHECKING

from guerdon.history.open import History
from guerdon.history.origin import Origin
from guerdon.kernel.rows.read import span
from guerdon.program import nodes
from guerdon.program.printed import FIRST_LINE, fingerprint
from guerdon.project.load import check_file
from guerdon.project.reading import files as program_files
from guerdon.study.record import clocks, digest, tables
from guerdon.study.record.contents import (
    CONTENTS,
    DATA,
    MAPPING,
    PROGRAM,
    RESULTS,
    SEAL,
    Data,
    File,
    Ran,
    Record,
    RecordError,
    Run,
)
from guerdon.study.record.environment import environment
from guerdon.study.schema import TABLES
from guerdon.study.summary import as_json, summarise
from guerdon.study.whole import AlreadyThere, appearing

if TYPE_CHECKING:
    from guerdon.study import parts


@dataclass(frozen=True)
class Finished:
    """A run to be recorded: the program with its file and the values of its params, its history, how it was run, and what came of it."""

    program: nodes.Program
    path: Path
    given: Mapping[str, str]
    history: History
    run: Run
    result: parts.Run


def recordable(program: str | Path, folder: Path) -> None:
    """Looks, before a run, whether it can be recorded in a folder. Errors: RecordError G954; AlreadyThere."""
    if str(program) == "-":
        help = "save the program as a file, and name it"
        raise RecordError("G954", "a program that is read from the standard input can't be recorded", help)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AlreadyThere(folder)


def keep(of: Finished, folder: Path, data: bool) -> str:
    """Records a run in a folder that is empty, or not there yet; the seal. `data`: whether the files of the history are copied.

    Errors: RecordError G954; AlreadyThere; TooLarge; OSError.
    """
    recordable(of.path, folder)
    if of.history.origin is None:
        help = "write the dataframes as Parquet files, with a history.yaml beside them"
        raise RecordError("G954", "a history of dataframes can't be recorded: it has no files", help)
    names = [PROGRAM, MAPPING, *([DATA] if data else []), RESULTS, CONTENTS, SEAL]
    with appearing(folder, names) as beside:
        main = _program(of, beside / PROGRAM)
        found = _history(of.history, beside, data)
        _unchanged(of, beside / PROGRAM / main)
        tables.write(of.result, of.history, beside / RESULTS)
        text = _record(of, main, found, beside, data).model_dump_json(indent=2).encode() + b"\n"
        (beside / CONTENTS).write_bytes(text)
        seal = digest.text(text)
        (beside / SEAL).write_text(sealed(seal), encoding="utf-8", newline="\n")
    return seal


def sealed(seal: str) -> str:
    """The text of the file that holds a seal; `sha256sum --check` reads it."""
    return f"{seal}  {CONTENTS}\n"


def _program(of: Finished, folder: Path) -> str:
    """Copies the files of a program; the name of its own."""
    names = {each: relpath(each, of.path.parent) for each in program_files(of.path, of.given)}
    for path, name in names.items():
        _copied(path, folder / name)
    return names[of.path]


def _history(history: History, beside: Path, data: bool) -> dict[str, File]:
    """Writes the mapping of a history as it was read and, with `data`, copies its files; how each of these is."""
    assert history.origin is not None
    (beside / MAPPING).write_text(history.origin.mapping.text, encoding="utf-8", newline="\n")
    _as_read(history.origin)
    found = {}
    for name, path in tables.files(history).items():
        if data:
            _copied(path, beside / DATA / name)
        found[name] = digest.file(beside / DATA / name if data else path)
    _as_read(history.origin)
    return found


def _as_read(origin: Origin) -> None:
    """Errors: G954 where files of a history are not any more what was read."""
    if changed := origin.changed():
        raise _changed(changed)


def _unchanged(of: Finished, copy: Path) -> None:
    """Errors: G954 where a program is not any more what was run."""
    typed = check_file(copy, of.given)[0]
    if typed is None or fingerprint(typed) != fingerprint(of.program):
        raise _changed([of.path])


def _changed(paths: Iterable[Path]) -> RecordError:
    names = ", ".join(f"`{each.name}`" for each in paths)
    return RecordError("G954", f"{names} changed after the run began, so the record would not tell of it", "run again")


def _copied(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, to)


def _record(of: Finished, main: str, data: dict[str, File], beside: Path, inside: bool) -> Record:
    """What is said of a run whose files lie in a folder."""
    with tables.reading(beside / RESULTS) as con:
        files = {each: beside / RESULTS / f"{each}.parquet" for each in TABLES}
        found = {each: digest.table(con, path, each, digest.hashed(each)) for each, path in files.items()}
        instants = tables.instants(con, beside / RESULTS)
    known = span(of.history)
    years = [clocks.year(each) for each in (*instants, known.first, known.last) if each is not None]
    zones = [of.program.frame.timezone, *of.history.zones]
    own = sorted(path for path in beside.rglob("*") if path.is_file())
    names = {path.relative_to(beside).as_posix(): path for path in own}
    program = Ran(
        name=of.program.frame.name,
        file=Path(main).as_posix(),
        set=dict(of.given),
        printed=FIRST_LINE,
        fingerprint=fingerprint(of.program),
    )
    return Record(
        program=program,
        run=of.run,
        data=Data(inside=inside, files=data),
        files={name: digest.file(path) for name, path in names.items() if not name.startswith(f"{DATA}/")},
        tables=found,
        summary=as_json(summarise(of.result)),
        environment=environment(),
        zones=clocks.zones(zones, min(years), max(years)) if years else {},
    )
