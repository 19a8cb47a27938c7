"""Facts about members, by member id."""

from __future__ import annotations

from collections.abc import Sequence

from guerdon.history import aside, rows
from guerdon.history.column import Column, FactsOf
from guerdon.history.context import Context
from guerdon.history.event import Facts, Place, Rejection
from guerdon.history.mapping import MembersMapping
from guerdon.history.staging import Staged

_TABLE = -1  # the number of the members' tables, apart from those of events


def read_members(
    context: Context, mapping: MembersMapping | None, columns: Sequence[Column]
) -> tuple[dict[str, Facts], list[Rejection]]:
    """Facts by member id, and the rows set aside: faulty, or about a member already told otherwise (G621)."""
    if mapping is None:
        return {}, []
    convert = rows.make(context, f"rows {_TABLE}", mapping, columns, ("members",))
    files = tuple(str(each) for each in context.tables[mapping.source].files)
    staged = Staged(_TABLE, "member", mapping.source, files, tuple(columns), tuple(convert), (), {})
    rejections = list(aside.faulty_rows(context.con, staged, context.faults))
    members, conflicts = _facts(context, staged, columns, convert)
    return members, rejections + conflicts


def _facts(
    context: Context, staged: Staged, columns: Sequence[Column], convert: Sequence[FactsOf | None]
) -> tuple[dict[str, Facts], list[Rejection]]:
    names = [each.name for each in columns]
    mapped = [fact for fact in context.program.member.facts.values() if fact.value is None]
    members: dict[str, Facts] = {}
    conflicts: list[Rejection] = []
    values = ", ".join(f"v{index}" for index in range(len(columns)))
    context.con.execute(
        f"SELECT file, row, {values} FROM {staged.table('rows')} WHERE fault IS NULL ORDER BY file, row"
    )
    while chunk := context.con.fetchmany(8_192):
        files, numbers, *stored = zip(*chunk, strict=True)
        facts = [fact(each) if fact else each for fact, each in zip(convert, stored, strict=True)]
        for file, row, (member, *rest) in zip(files, numbers, zip(*facts, strict=True), strict=True):
            found = dict.fromkeys(each.name for each in mapped) | dict(zip(names[1:], rest, strict=True))
            if members.setdefault(member, found) != found:
                conflicts.append(_conflict(member, Place(staged.files[file], row), {"id": member, **found}))
    return members, conflicts


def _conflict(member: str, place: Place, found: Facts) -> Rejection:
    message = f"an earlier row says something else about member `{member}`"
    return Rejection("G621", message, None, place, found, "keep one row for each member")
