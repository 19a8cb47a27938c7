"""A history opened: its mapping checked, its rows made ready, its events to be read.

The passes, in order: the text of `history.yaml` (`document`), its shape (`mapping`),
what it asks for held against the program (`plan`), its files (`files`), its tables
(`table`, `source`), its rows (`rows`), its events (`staging`), what was set aside
(`aside`). Then events are read (`stream`).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from heapq import merge
from itertools import count
from pathlib import Path

import duckdb

from guerdon.history import aside, named, rows, shape, staging, stream
from guerdon.history.column import Column, Part
from guerdon.history.context import Context
from guerdon.history.document import Document, read
from guerdon.history.event import Event, Rejection
from guerdon.history.fault import Faults, HistoryError
from guerdon.history.files import find
from guerdon.history.frames import Frame, take
from guerdon.history.frames import mapping as frames_mapping
from guerdon.history.mapping import EventMapping, HistoryMapping, MembersMapping
from guerdon.history.members import Members, read_members
from guerdon.history.origin import Origin, origin
from guerdon.history.plan import Plans, plan
from guerdon.history.source import Table, open_table
from guerdon.history.sql import name
from guerdon.history.staging import Staged
from guerdon.history.table import torn
from guerdon.program import nodes
from guerdon.text.diagnostic import Diagnostic
from guerdon.text.source import decode

_THREADS = 4  # each holds rows of its own, and memory has a limit


class History:
    """Events of a history in order, facts about its members, and what was set aside.

    Shape: `events()` may be read again; `rejections`, `repeated` and `count` are complete
    from the start. Ids are unique among the events of one type. `origin`: where it was read from; None of dataframes.
    """

    def __init__(
        self,
        context: Context,
        staged: list[Staged],
        members: Members,
        rejections: list[Rejection],
        scratch: tempfile.TemporaryDirectory[str],
        origin: Origin | None = None,
    ) -> None:
        self.origin = origin
        self._room, self._staged, self._scratch = context, staged, scratch
        self.members, self._changes = members.facts, members.changes
        self.rejections = rejections
        self.files: tuple[Path, ...] = tuple(
            dict.fromkeys(file for table in context.tables.values() for file in table.files)
        )
        counted = [staging.counts(context.con, each) for each in staged]
        self.count: int | None = sum(events for events, _ in counted) + len(self._changes)
        self.repeated = sum(same for _, same in counted)
        self._numbers = count()

    @property
    def zones(self) -> list[str]:
        """The zones whose clocks its times were read from, in order."""
        given = (table.mapping.timezone for table in self._room.tables.values())
        return sorted({each for each in given if each is not None})

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The database that holds the tables of all that was read; it spills to disk."""
        return self._room.con

    @property
    def scratch(self) -> Path:
        """A folder of its own, gone when the history is; the database may write there."""
        return Path(self._scratch.name)

    @property
    def staged(self) -> Sequence[Staged]:
        """What is ready to be read, by kind of event, in the order in which events of one moment happen."""
        return self._staged

    @property
    def changes(self) -> Sequence[Event]:
        """What becomes known of members later than from the start, in order."""
        return self._changes

    def events(self, of: Collection[str] | None = None) -> Iterator[Event]:
        """Every event, in the order (recorded, sequence, id); those of some members alone."""
        among = self._among(of) if of is not None else None
        streams = [stream.events(self._room.con, each, among) for each in self._staged]
        changes = [each for each in self._changes if of is None or each.member in of]
        if len(streams) == 1 and not changes:
            return streams[0]
        return merge(*streams, changes, key=lambda event: event.order)

    def _among(self, members: Collection[str]) -> str:
        """A table of these members."""
        table = name(f"among {next(self._numbers)}")
        self.con.execute(f"CREATE TABLE {table} AS SELECT unnest($1::VARCHAR[]) AS member", [sorted(members)])
        return table

    def apart(self, seeing: duckdb.DuckDBPyConnection | None = None) -> duckdb.DuckDBPyConnection:
        """A connection with tables of its own, which `beside` shares; it sees those of the history, too, and those of another (`seeing`)."""
        schema = f"run_{next(self._numbers)}"
        self.con.execute(f"CREATE SCHEMA {schema}")
        return self._in(f"{schema},{_path(seeing) if seeing is not None else 'main'}")

    def beside(self, con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
        """Another connection with the tables of one that stands apart."""
        return self._in(_path(con))

    def forget(self, con: duckdb.DuckDBPyConnection) -> None:
        """Drops the tables of a connection that stands apart."""
        ((schema,),) = con.execute("SELECT current_schema()").fetchall()
        con.close()
        self.con.execute(f"DROP SCHEMA {schema} CASCADE")

    def _in(self, path: str) -> duckdb.DuckDBPyConnection:
        con = self.con.cursor()
        con.execute(f"SET search_path = '{path}'")
        return con


def _path(con: duckdb.DuckDBPyConnection) -> str:
    """The schemas that a connection sees, its own first."""
    ((path,),) = con.execute("SELECT current_setting('search_path')").fetchall()
    return str(path)


def open_history(path: Path, program: nodes.Program, threads: int | None = None, folder: Path | None = None) -> History:
    """The history that a `history.yaml` (or the folder it lies in) maps to this program's events.

    Shape: read by so many threads (None: as many as there are processors, but four at most). `folder`: where its files are, in place of what
    the mapping says.
    Errors: HistoryError with G500 to G530, all that can be found at once.
    """
    document, mapping = shape.read_mapping(Path(path))
    folder = folder or shape.folder(Path(path), mapping, document)
    mapping, misspelt = named.mapped(mapping, program, document, folder)
    plans = plan(mapping, program, document)
    files, faults = _files(mapping, document, folder)
    if plans.faults or faults or misspelt:
        raise HistoryError([*plans.faults, *misspelt, *faults])
    read_from = origin(document.source, folder, (each for listed in files.values() for each in listed))
    return _open(mapping, plans, document, program, files, threads, read_from)


def open_frames(frames: Mapping[str, Frame], program: nodes.Program, timezone: str | None = None) -> History:
    """The history that dataframes hold: by the name of a kind of event its events, by `members` what is known of members.

    Shape: columns are named as facts, beside `id`, `member`, `at`, and `recorded` and `sequence` where there are such; a list of
    lines is a column of structs. Kinds without a frame have no events. `timezone`: what clock times without a zone were read from.
    Errors: HistoryError as for a mapping that says so.
    """
    scratch = tempfile.TemporaryDirectory(prefix="guerdon-")
    con = connect(Path(scratch.name), [])
    for called, frame in frames.items():
        take(con, called, frame, program.events.get(called, program.member))
    text = frames_mapping(con, [*frames], program, timezone)
    document, faults = read(decode("frames", text.encode()))
    assert not faults
    mapping = HistoryMapping.model_validate(document.value)
    plans = plan(mapping, program, document)
    if plans.faults:
        raise HistoryError(plans.faults)
    return _opened(mapping, plans, document, program, {each: [Path(each)] for each in frames}, con, scratch, None)


def _files(mapping: HistoryMapping, document: Document, folder: Path) -> tuple[dict[str, list[Path]], list[Diagnostic]]:
    """The files of every source that is used."""
    files: dict[str, list[Path]] = {}
    faults: list[Diagnostic] = []
    for source in _used(mapping):
        if source not in mapping.sources:
            continue
        for pattern in mapping.sources[source].file:
            found, wrong = find(folder, pattern, document.span(("sources", source, "file")))
            files[source] = files.get(source, []) + found
            faults += wrong
    return files, faults


def _used(mapping: HistoryMapping) -> list[str]:
    maps: list[EventMapping | MembersMapping] = [
        each for each in mapping.events.values() if isinstance(each, EventMapping)
    ]
    maps += [mapping.members] if mapping.members else []
    return list(
        dict.fromkeys(source for each in maps for source in (each.source, *(join.source for join in each.join)))
    )


def _open(
    mapping: HistoryMapping,
    plans: Plans,
    document: Document,
    program: nodes.Program,
    files: dict[str, list[Path]],
    threads: int | None,
    read_from: Origin,
) -> History:
    scratch = tempfile.TemporaryDirectory(prefix="guerdon-")
    con = connect(Path(scratch.name), [each for listed in files.values() for each in listed], threads)
    return _opened(mapping, plans, document, program, files, con, scratch, read_from)


def _opened(
    mapping: HistoryMapping,
    plans: Plans,
    document: Document,
    program: nodes.Program,
    files: dict[str, list[Path]],
    con: duckdb.DuckDBPyConnection,
    scratch: tempfile.TemporaryDirectory[str],
    read_from: Origin | None,
) -> History:
    """`read_from`: None where the raw tables of the sources are there, made of no file."""
    context = Context(con, program, document, {}, Faults())
    context.tables.update(_tables(context, mapping, files, taken=read_from is None))
    staged, rejections = _events(context, mapping, plans)
    members = read_members(context, mapping.members, plans.members)
    rejections = [*_unread(context), *rejections, *members.rejections]
    history = History(context, staged, members, rejections, scratch, read_from)
    if not history.count and not rejections and not history.repeated:
        raise HistoryError([_nothing(context)])
    return history


def _nothing(context: Context) -> Diagnostic:
    """That there are no events: because there are no rows, or none that is let through."""
    tables = context.tables.values()
    if any(context.con.execute(f"SELECT 1 FROM {table.raw} LIMIT 1").fetchall() for table in tables):
        return context.refuse(
            "G530", "no events: `where` lets none of the rows through", ("events",), "look at each `where`"
        )
    files = ", ".join(dict.fromkeys(file.name for table in tables for file in table.files))
    return context.refuse(
        "G530",
        f"no events: there is no row in {files}",
        ("events",),
        "look at the export: a header alone makes no events",
    )


def connect(scratch: Path, files: list[Path], threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A DuckDB that can read these files and nothing else but a folder for its own: no network, no extensions, no other file.

    INVARIANT: tables lie in a file of that folder. Of a table in memory something always is held, of each column a little for so many rows
    (DuckDB 2.0: a quarter of a byte for each value), so that tens of millions of rows would not fit.
    INVARIANT: what stands on the right of a join is held, and rows keep the order of its left: how many there will be is
    guessed badly where tables have just been made, and then the many are held for the few.
    """
    con = duckdb.connect(
        scratch / "tables.duckdb",
        config={
            "threads": threads or min(_THREADS, os.cpu_count() or 1),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "memory_limit": "250MB",
            "temp_directory": str(scratch),
            "disabled_optimizers": "join_order,build_side_probe_side",
        },
    )
    for each in _AS_A_SCRATCHPAD:
        con.execute(each)
    con.execute("SET TimeZone = 'UTC'")
    con.execute("SET enable_progress_bar = false")
    con.execute("SET allowed_paths = $1", [[str(each) for each in files]])
    con.execute("SET allowed_directories = $1", [[str(scratch)]])
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")
    return con


_AS_A_SCRATCHPAD = (
    "PRAGMA force_compression = 'uncompressed'",
    "SET checkpoint_threshold = '1TB'",
    "PRAGMA disable_checkpoint_on_shutdown",
    "SET fsync_mode = 'NONE'",
)
"""What is written need not outlive the process, nor take little room."""


def _tables(context: Context, mapping: HistoryMapping, files: dict[str, list[Path]], taken: bool) -> dict[str, Table]:
    tables: dict[str, Table] = {}
    faults: list[Diagnostic] = []
    for called, listed in files.items():
        shape.check_zone(mapping.sources[called].timezone, context, ("sources", called, "timezone"), faults)
        place = lambda *path, key=False, called=called: context.document.span(("sources", called, *path), key=key)  # noqa: E731
        found, wrong = open_table(context.con, called, mapping.sources[called], listed, context.faults, place, taken)
        faults += wrong
        if found:
            tables[called] = found
    if faults:
        raise HistoryError(faults)
    return tables


def _events(context: Context, mapping: HistoryMapping, plans: Plans) -> tuple[list[Staged], list[Rejection]]:
    staged: list[Staged] = []
    faults: list[Diagnostic] = []
    for event, columns in sorted(plans.events.items()):
        try:
            staged.append(_event(context, mapping, event, columns, len(staged)))
        except HistoryError as error:
            faults += error.diagnostics
    if faults:
        raise HistoryError(faults)
    return staged, _once(each for event in staged for each in _set_aside(context, event))


def _once(rejections: Iterable[Rejection]) -> list[Rejection]:
    """Each rejection once: a row that several kinds of events look at is bad for the same reason."""
    return list({(each.place, each.code, each.message): each for each in rejections}.values())


def _event(context: Context, mapping: HistoryMapping, event: str, columns: list[Column], number: int) -> Staged:
    given = mapping.events[event]
    assert isinstance(given, EventMapping)
    facts = rows.make(context, f"rows {number}", given, columns, ("events", event))
    record = context.program.events[event]
    lists = {
        each.lines: tuple(_unmapped(context, record, each.lines, columns)) for each in columns if each.part is Part.LINE
    }
    files = tuple(str(each) for each in context.tables[given.source].files)
    mapped = {each.lines or each.name for each in columns if each.part in (Part.FACT, Part.LINE)}
    several = context.tables[given.source].mapping.each is not None
    optional = tuple(name for name, fact in record.facts.items() if fact.value is None and name not in mapped)
    staged = Staged(number, event, given.source, files, tuple(columns), tuple(facts), optional, lists, several)
    staging.stage(context.con, staged, _torn(context.tables[given.source], given))
    return staged


def _torn(table: Table, given: EventMapping) -> list[tuple[int, str, int]]:
    """Ragged rows of the source with the group they seem to belong to, where a column of it is the group."""
    group = (given.group or "").strip()
    if group not in table.columns or not table.rejections:
        return []
    return torn(table.rejections, table.files, list(table.columns).index(group), table.mapping.separator)


def _unmapped(context: Context, record: nodes.Record, name: str, columns: list[Column]) -> Iterator[str]:
    mapped = {each.name for each in columns if each.lines == name}
    of = rows.lines_of(record.facts[name])
    return (
        each for each, fact in context.program.records[of].facts.items() if fact.value is None and each not in mapped
    )


def _set_aside(context: Context, staged: Staged) -> Iterator[Rejection]:
    yield from aside.faulty_rows(context.con, staged, context.faults)
    if staged.grouped:
        yield from aside.companions(context.con, staged)
        yield from aside.disagreeing(context.con, staged)
    yield from aside.conflicting(context.con, staged)


def _unread(context: Context) -> list[Rejection]:
    return [each for table in context.tables.values() for each in table.rejections]
