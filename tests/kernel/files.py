"""Histories by chance as files, and rows of a kernel as something that can be compared."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.generated.histories import BUILT_IN, History

from guerdon.history.column import required
from guerdon.history.event import Event
from guerdon.history.fault import HistoryError
from guerdon.history.open import History as Opened
from guerdon.history.open import open_history
from guerdon.kernel.columns import REFUSED, Columns
from guerdon.program import nodes, types

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def opened(told: History, program: nodes.Program, folder: Path) -> Opened | None:
    """A history by chance, written into a new folder and read again; None where nothing can be read of it."""
    folder.mkdir()
    try:
        return open_history(write(told, program, folder), program)
    except HistoryError as error:
        if all(each.code == "G530" for each in error.diagnostics):
            return None
        raise


def write(history: History, program: nodes.Program, folder: Path) -> Path:
    """Writes a history's events and members as lines of JSON, and the mapping; what no file tells is left out."""
    mapping: dict[str, Any] = {"sources": {}, "events": {}}
    for name, record in program.events.items():
        events = [each for each in history.events if each.type == name]
        if not events or (name in BUILT_IN and (name != "joined" or record.facts)):
            mapping["events"][name] = "absent"
            continue
        _write(folder / f"{name}.jsonl", [row for each in events for row in rows(each, record, program)])
        mapping["sources"][name] = {"file": f"{name}.jsonl"}
        mapping["events"][name] = _event(name, record, program)
    if history.members and program.member.facts:
        facts = _plain(program.member)
        _write(
            folder / "members.jsonl",
            [{"id": who, **_told(known, program.member)} for who, known in history.members.items()],
        )
        mapping["sources"]["members"] = {"file": "members.jsonl"}
        mapping["members"] = {"from": "members", "id": "id", "fields": {each: each for each in facts}}
    (folder / "history.yaml").write_text(json.dumps(mapping))
    return folder


def _event(name: str, record: nodes.Record, program: nodes.Program) -> dict[str, Any]:
    fields: dict[str, Any] = {each: each for each in _plain(record)} if name not in BUILT_IN else {}
    for each, of in _lists(record).items():
        fields[each] = {fact: f"{each}_{fact}" for fact in _plain(program.records[of])}
    base = {
        "from": name,
        "id": "id",
        "member": "member",
        "at": "happened",
        "recorded": "recorded",
        "sequence": "sequence",
    }
    return base | ({"group": "id"} if _lists(record) and name not in BUILT_IN else {}) | {"fields": fields}


def _plain(record: nodes.Record) -> list[str]:
    """The facts that are no lists, and that somebody tells."""
    no = types.Lines | types.AmountOf
    return [
        name for name, fact in record.facts.items() if fact.value is None and not isinstance(required(fact.type), no)
    ]


def _lists(record: nodes.Record) -> dict[str, str]:
    return {
        name: of.record for name, fact in record.facts.items() if isinstance(of := required(fact.type), types.Lines)
    }


def rows(event: Event, record: nodes.Record, program: nodes.Program) -> Iterator[dict[str, Any]]:
    """An event as rows: one for each line."""
    when = {"happened": moment(event.at), "recorded": moment(event.recorded)}
    base = {"id": event.id, "member": event.member, "sequence": event.sequence, **when}
    base |= _told(event.facts, record) if event.type not in BUILT_IN else {}
    base |= {f"{name}_{fact}": None for name, of in _lists(record).items() for fact in _plain(program.records[of])}
    lists = {name: event.facts[name] or () for name in _lists(record)}
    for number in range(max([1, *map(len, lists.values())])):
        row = dict(base)
        for name, lines in lists.items():
            if lines:
                row |= {f"{name}_{fact}": said(value) for fact, value in lines[number % len(lines)].items()}
        yield row


def _told(facts: Mapping[str, Any], record: nodes.Record) -> dict[str, Any]:
    return {name: said(facts.get(name), record.facts[name].type) for name in _plain(record)}


def said(value: Any, of: types.Type | None = None) -> Any:
    """A fact as JSON says it."""
    if isinstance(value, Fraction):
        return str(value.numerator) if value.denominator == 1 else str(Decimal(value.numerator) / value.denominator)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int) and of is not None and isinstance(required(of), types.Instant):
        return moment(value)
    return str(value) if isinstance(value, date) else value


def moment(at: int) -> str:
    return (EPOCH + timedelta(microseconds=at)).isoformat()


def _write(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    names = dict.fromkeys(name for row in rows for name in row)
    path.write_text("".join(json.dumps(dict.fromkeys(names) | dict(row)) + "\n" for row in rows))


# ---------------------------------------------------------------- rows


def comparable(of: Mapping[str, Sequence[int]], columns: Columns, first: int = 0) -> list[dict[str, Any]]:
    """Rows without what differs and means nothing: codes of texts that the program does not name, numbers of events, and all of a refused row."""
    codes: dict[int, int] = {}
    found = []
    kinds = {number: name for name, number in columns.kinds.items()}
    sales: dict[tuple[str, int, int], int] = {}
    for row, kind in enumerate(of["kind_is"]):
        said: dict[str, Any] = {"who": of["who_is"][row], "at": of["at_is"][row], "kind": kind}
        if kind != REFUSED:
            event = kinds[kind]
            if event in columns.undoable:
                sales[event, of["who_is"][row], of["id"][row]] = row
            for (each, fact), column in columns.facts.items():
                if each == event:
                    said[fact] = _of_column(of, column, row, codes, columns)
                    reversal = columns.program.events[event].reverses
                    if reversal is not None and reversal.by == fact and column.name.startswith("k"):
                        said[fact] = sales.get((reversal.event, of["who_is"][row], of[column.name][row]))
            for fact, column in columns.member_facts.items():
                said[f"of {fact}"] = _of_column(of, column, row, codes, columns)
            for (each, lines), number in columns.lines.items():
                if each == event:
                    places = range(of[f"l{number}_first"][row], of[f"l{number}_first"][row + 1])
                    of_lines = {
                        fact: column
                        for (kind_of, name, fact), column in columns.line_facts.items()
                        if (kind_of, name) == (each, lines)
                    }
                    said[lines] = [
                        {fact: _of_column(of, column, place, codes, columns) for fact, column in of_lines.items()}
                        for place in places
                    ]
        found.append(said)
    return found


def _of_column(of: Mapping[str, Sequence[int]], column: Any, row: int, codes: dict[int, int], columns: Columns) -> Any:
    if column.is_there is not None and not of[column.is_there][row]:
        return None
    value = of[column.name][row]
    is_code = column.name.split("_")[-1].startswith("c")
    return codes.setdefault(value, -1 - len(codes)) if is_code and value >= len(columns.codes) else value
