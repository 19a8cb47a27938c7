"""Facts about members, by member id, and how they change over time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from guerdon.history import aside, rows
from guerdon.history.column import Column, FactsOf, Part
from guerdon.history.context import Context
from guerdon.history.event import Event, Facts, Place, Rejection
from guerdon.history.mapping import MembersMapping
from guerdon.history.staging import Staged

FIRST = -(10**18)
"""The sequence of a change: before whatever else happens at its moment."""

_TABLE = -1  # the number of the members' tables, apart from those of events
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Members:
    """What is known of members from the start, how it changes (in order), and the rows set aside."""

    facts: dict[str, Facts] = field(default_factory=dict)
    changes: list[Event] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)


def read_members(context: Context, mapping: MembersMapping | None, columns: Sequence[Column]) -> Members:
    """Facts by member id.

    Shape: where rows say since when they hold, a member's first is known from the start,
    and each later one is a `changed` event with the facts in which it differs.
    Errors: rows that are faulty, or say something else than an earlier one of the same time (G621), are set aside.
    """
    if mapping is None:
        return Members()
    convert = rows.make(context, f"rows {_TABLE}", mapping, columns, ("members",))
    files = tuple(str(each) for each in context.tables[mapping.source].files)
    staged = Staged(_TABLE, "member", mapping.source, files, tuple(columns), tuple(convert), (), {})
    members = Members(rejections=list(aside.faulty_rows(context.con, staged, context.faults)))
    _read(context, staged, columns, convert, members)
    members.changes.sort(key=lambda event: event.order)
    return members


def _read(
    context: Context, staged: Staged, columns: Sequence[Column], convert: Sequence[FactsOf | None], members: Members
) -> None:
    """Tells all members, one after the other, each in the order of time."""
    known: dict[str, Any] = {}  # of the member that is being told, as of the row before
    told: tuple[str, int | None] | None = None
    as_told: Facts = {}
    for member, since, place, found in _rows(context, staged, columns, convert):
        if member not in members.facts:
            members.facts[member], known = found, dict(found)
        elif since is None or told == (member, since):
            if found != (members.facts[member] if since is None else as_told):
                members.rejections.append(_conflict(member, place, {"id": member, **found}, dated=since is not None))
            continue
        else:
            new = {name: value for name, value in found.items() if value is not None and value != known[name]}
            known |= new
            if new:
                members.changes.append(_change(member, since, dict.fromkeys(found) | new, place))
        told, as_told = (member, since), found


def _rows(
    context: Context, staged: Staged, columns: Sequence[Column], convert: Sequence[FactsOf | None]
) -> Iterator[tuple[str, int | None, Place, dict[str, Any]]]:
    """Rows without fault by member and time: the member, since when, the place, and the facts."""
    names = [each.name for each in columns if each.part is Part.FACT]
    mapped = [fact.name for fact in context.program.member.facts.values() if fact.value is None]
    since, member = staged.at(Part.SINCE), staged.at(Part.MEMBER)
    values = ", ".join(f"v{index}" for index in staged.of(Part.FACT))
    order = f"{member}, {since} NULLS FIRST, file, row" if since else "file, row"
    context.con.execute(
        f"""SELECT file, row, {member}, {since or "NULL"}{", " * bool(values)}{values}
            FROM {staged.table("rows")} WHERE fault IS NULL ORDER BY {order}"""
    )
    made = [convert[index] for index in staged.of(Part.FACT)]
    while chunk := context.con.fetchmany(8_192):
        files, numbers, ids, times, *stored = zip(*chunk, strict=True)
        facts = [fact(each) if fact else each for fact, each in zip(made, stored, strict=True)]
        for place, (file, row, id, at) in enumerate(zip(files, numbers, ids, times, strict=True)):
            found = dict.fromkeys(mapped) | {name: each[place] for name, each in zip(names, facts, strict=True)}
            yield id, at, Place(staged.files[file], row), found


def _change(member: str, since: int, facts: Facts, place: Place) -> Event:
    """The event that makes facts the member's; its id is the member's with the moment."""
    at = (_EPOCH + timedelta(microseconds=since)).isoformat().replace("+00:00", "Z")
    return Event(f"{member} since {at}", "changed", member, since, since, FIRST, facts, place)


def _conflict(member: str, place: Place, found: Facts, *, dated: bool) -> Rejection:
    same = " since the same time" if dated else ""
    message = f"an earlier row says something else about member `{member}`{same}"
    help = "keep one row for each member" + (" and time" if dated else "")
    return Rejection("G621", message, None, place, found, help)
