"""The first event whose member is awarded something else, explained by both versions; and what of the past changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from guerdon.kernel.others import concerns_others
from guerdon.study import screen, words
from guerdon.study.compare.counted import Counted, counted
from guerdon.study.compare.database import Database
from guerdon.study.compare.running import Runs
from guerdon.study.compare.sides import Side
from guerdon.study.explain import shown
from guerdon.study.explain.explain import explain
from guerdon.study.report.report import Beside, Column, Kind, Section, Table, Value
from guerdon.study.words import quantity

WIDE = 96
"""So many characters stand in a line of an explanation."""


# ---------------------------------------------------------------- the past


def past(db: Database, day: date) -> Section:
    """Whether anything changes that was awarded before the `day` on which the newer version goes live."""
    differing = db.differing
    found = [(by, each) for by in counted(db) if (each := _changed(db, by)) is not None]
    of, rows = tuple(by.of_row for by, _ in found), tuple(each for _, each in found)
    title = "Before it goes live"
    if differing.earliest is None:
        return Section(
            title, (), says=(f"Forward only: nothing that was awarded before {day} is another with the new version.",)
        )
    restated = (
        f"Not forward only: run over the past, the new version awards something else at {words.count(differing.events, 'event')} of "
        f"{words.count(differing.members, 'member')} before {day}, the first on {db.calendar.day(differing.earliest)}. Whoever replaces what was awarded restates it."
    )
    says = (
        restated,
        _said(differing.losing),
        f"To leave the past as it is, let what changes begin with a day, as in `during from {day}`, and keep the old rule until then.",
    )
    columns = (
        Column("counted_in", "counted in", Kind.TEXT),
        Column("events", "events", Kind.COUNT),
        Column("more", "given more", Kind.QUANTITY, signed=True),
        Column("less", "taken back", Kind.QUANTITY),
        Column("net", "in all", Kind.QUANTITY, signed=True),
    )
    notes = (
        f"Of what was awarded before {day}: events at which it would be more, and those at which it would be less.",
    )
    return Section(title, (Table("past", "What it would restate", columns, rows, notes, of_rows=of),), says=says)


def _changed(db: Database, by: Counted) -> tuple[Value, ...] | None:
    found = db.differing.changed.get(by.unit)
    if found is None:
        return None
    gained, lost = by.value(db, found.more), by.value(db, found.less)
    return by.title, found.events, gained, lost, gained + lost


def _said(losing: int) -> str:
    """Whether anybody would have something taken back."""
    if not losing:
        return "Nobody has less in all: it would only give more."
    return f"{words.count(losing, 'member').capitalize()} would have less than they were given: that would be taken back of them."


# ---------------------------------------------------------------- the first who differs


def first(db: Database, runs: Runs) -> Section:
    """The first event that differs, with what each version says of it."""
    title = "The first event that differs"
    found = db.differing.first
    if found is None:
        return Section(title, (), "both versions award the same at every event")
    member, event = found.member, found.event
    given = [_given(db, each) for each in found.awards]
    local = words.local(db.calendar.local(found.at))
    columns = tuple(Column(each, each, Kind.TEXT) for each in ("at", "member", "event", "old", "new"))
    table = Table("first", "The first event that differs", columns, ((local, member, event, *given),))
    told = [(name, _explained(side, runs, member, event)) for name, side in (("old", db.old), ("new", db.new))]
    beside = Beside("first", f"Why {member} was given what at {event}", told[0], told[1])
    return Section(title, (table,), beside=(beside,))


def _given(db: Database, awards: Iterable[tuple[str, str, int]]) -> str:
    return ", ".join(f'{quantity(db.quantity(steps), unit)} "{rule}"' for rule, unit, steps in awards) or "-"


def _explained(side: Side, runs: Runs, member: str, event: str) -> str:
    """What a version says of an event, as `guerdon explain` does."""
    program, history = side.program, runs.history(side.program)
    apart = not concerns_others(program) and not program.accounts and not program.rankings
    whose = member.partition("/")[2] if program.accounts and "/" in member else member
    account = explain(
        program, (lambda: history.events({whose})) if apart else history.events, history.members, member, event
    )
    return "\n\n".join(
        screen.written(lambda to, event=each: shown.show_event(account.member, event, to), WIDE)  # type: ignore[misc]
        for each in account.explained
    )
