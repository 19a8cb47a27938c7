"""What came of verifying a record, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from guerdon.study import words
from guerdon.study.record.contents import Record
from guerdon.study.record.verify import Note, Verified
from guerdon.text.diagnostic import render


def as_json(of: Verified) -> dict[str, object]:
    """Plain values."""
    return {
        "identical": of.identical,
        "seal": of.seal,
        "findings": [each.as_json() for each in of.findings],
        "engine": of.engine,
        "tables": dict(of.rows),
        "differences": [{**asdict(each), "key": dict(each.key)} for each in of.differences],
        "notes": [asdict(each) for each in of.notes],
    }


def text(of: Verified) -> str:
    """What the record is of, what differs, what else is not as it was, and whether the result is identical."""
    parts = [] if of.record is None else ["\n".join(_head(of.record, of))]
    parts += map(render, of.findings)
    if of.notes:
        parts.append("\n".join([*map(_note, of.notes), _matters(of)]))
    end = "identical" if of.identical else "not identical"
    return "\n\n".join([*parts, f"seal {of.seal}\n{end}"])


def _head(record: Record, of: Verified) -> Iterator[str]:
    yield f"{record.program.name}   recorded on the {record.run.engine} engine" + (
        f", run again on the {of.engine} engine" if of.engine is not None else ", not run again"
    )
    inside = len(record.inside())
    yield f"{words.count(inside, 'file')} in the record" + (
        "" if record.data.inside else f", {words.count(len(record.data.files), 'file')} of data outside of it"
    )
    if any(rows for _, rows in of.rows):
        yield "rows: " + ", ".join(f"{name} {rows:,}" for name, rows in of.rows if rows)


def _note(of: Note) -> str:
    return f"{of.what}: {of.was}; now {of.now}"


def _matters(of: Verified) -> str:
    if of.engine is None:
        return "Whether this matters is not known: nothing was run."
    return "This makes no difference to the result." if of.identical else "This may be why the result differs."
