"""Built-in events in a file of their own name: `redemption.csv` beside `history.yaml` needs no mapping."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

from guerdon.check.builtin import NAMES
from guerdon.history.document import Document
from guerdon.history.files import find
from guerdon.history.mapping import EventMapping, HistoryMapping, SourceMapping
from guerdon.program import nodes
from guerdon.text.diagnostic import Diagnostic, nearest

_BASE = ("id", "member", "at")
_ORDER = ("recorded", "sequence")


def mapped(
    mapping: HistoryMapping, program: nodes.Program, document: Document, folder: Path
) -> tuple[HistoryMapping, list[Diagnostic]]:
    """The mapping with the built-in events added whose files are there and are not mapped, and what is wrong with these.

    Errors: G523 for a column that is nearly a fact of the event.
    """
    nowhere = document.span(("sources",))  # what is wrong with a name is told when its source is opened
    named = [each for source in mapping.sources.values() for each in source.file]
    used = {file.resolve() for each in named for file in find(folder, each, nowhere)[0]}
    sources, events, faults = dict(mapping.sources), dict(mapping.events), list[Diagnostic]()
    for event, path in _files(folder):
        if event in events or event in sources or event not in program.events or path.resolve() in used:
            continue
        columns = _columns(path)
        faults += _misspelt(program.events[event], path, columns, document)
        sources[event] = SourceMapping(file=[path.name])
        events[event] = _by_name(program.events[event], event, columns)
    return mapping.model_copy(update={"sources": sources, "events": events}), faults


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for event in NAMES:
        found = (folder / f"{event}{ending}" for ending in (".csv", ".jsonl", ".ndjson"))
        first = next((each for each in found if each.is_file()), None)
        if first is not None:
            yield event, first


def _by_name(record: nodes.Record, source: str, columns: list[str]) -> EventMapping:
    """Each fact from the column of its name, where there is one."""
    fields = [fact.name for fact in record.facts.values() if fact.value is None]
    base = {each: each for each in (*_BASE, *(each for each in _ORDER if each in columns))}
    facts = {each: each for each in fields if each in columns}
    return EventMapping.model_validate({"from": source, **base, "fields": facts})


def _misspelt(record: nodes.Record, path: Path, columns: list[str], document: Document) -> Iterator[Diagnostic]:
    known = [*_BASE, *_ORDER, *(each.name for each in record.facts.values() if each.value is None)]
    missing = [each for each in known if each not in columns]
    for column in columns:
        meant = nearest(column, missing) if column not in known else None
        if meant:
            yield Diagnostic(
                "G523",
                f"`{path.name}` has a column `{column}`, and `{record.name}` no such field",
                document.span(("events",), key=True),
                help=(f"call it `{meant}`, if that was meant, or map the file below `events:`",),
            )


def _columns(path: Path) -> list[str]:
    """The names of a file's columns; none where it can't be read, which is told when it is opened."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            if path.suffix == ".csv":
                return [each.strip() for each in next(csv.reader(lines), [])]
            return list(dict.fromkeys(key for line in lines for key in _keys(line)))
    except (OSError, UnicodeDecodeError, csv.Error):
        return []


def _keys(line: str) -> list[str]:
    try:
        value = json.loads(line, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return []
    return list(value) if isinstance(value, dict) else []
