"""The first event whose member is awarded something else, explained by both versions; and what of the past changes."""

from __future__ import annotations

from datetime import date, timedelta

from guerdon.kernel.others import concerns_others
from guerdon.study import screen, words
from guerdon.study.compare.counted import Counted, counted
from guerdon.study.compare.database import NEW, OLD, Database
from guerdon.study.compare.running import Runs
from guerdon.study.compare.sides import Side
from guerdon.study.explain import shown
from guerdon.study.explain.explain import explain
from guerdon.study.report.report import Beside, Column, Kind, Section, Table, Value
from guerdon.study.words import quantity

WIDE = 96
"""So many characters stand in a line of an explanation."""


def prepare(db: Database) -> None:
    """Makes the table `differs`: each event and unit of which somebody is awarded another sum, by however many rules; and the cost of that."""
    db.con.execute(
        f"""CREATE TABLE differs AS SELECT "at", member, event, unit, sum(CASE version WHEN {NEW} THEN steps ELSE -steps END) AS steps,
                   sum(coalesce(worth, 0) * CASE version WHEN {NEW} THEN steps ELSE -steps END) AS cost
            FROM awarded LEFT JOIN worths USING (version, unit) GROUP BY ALL HAVING sum(CASE version WHEN {NEW} THEN steps ELSE -steps END) <> 0"""
    )


# ---------------------------------------------------------------- the past


def past(db: Database, live: date | None, last: date) -> Section:
    """Whether anything changes that was awarded before the newer version goes live: by itself on the day after the last that was read."""
    day = live or last + timedelta(days=1)
    before = db.calendar.start(day)
    found = [(by, each) for by in counted(db) if (each := _changed(db, by, before)) is not None]
    of, rows = tuple(by.of_row for by, _ in found), tuple(each for _, each in found)
    ((events, members, first),) = db.rows(
        'SELECT count(DISTINCT (member, event)), count(DISTINCT member), min("at") FROM differs WHERE "at" < $before',
        before=before,
    )
    title = "Before it goes live"
    if not events:
        return Section(
            title, (), says=(f"Forward only: nothing that was awarded before {day} is another with the new version.",)
        )
    restated = (
        f"Not forward only: run over the past, the new version awards something else at {words.count(events, 'event')} of "
        f"{words.count(members, 'member')} before {day}, the first on {db.calendar.day(first)}. Whoever replaces what was awarded restates it."
    )
    says = (
        restated,
        *_said(db, before),
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


def _changed(db: Database, by: Counted, before: int) -> tuple[Value, ...] | None:
    total = "sum(cost)" if by.unit is None else "sum(steps)"
    ((events, more, less),) = db.rows(
        f"""SELECT count(*), sum(much) FILTER (much > 0), sum(much) FILTER (much < 0) FROM (
            SELECT {total} AS much FROM differs WHERE "at" < $before AND {by.rows} GROUP BY member, event, "at")""",
        before=before,
        **by.given,
    )
    gained, lost = by.value(db, more), by.value(db, less)
    return (by.title, events, gained, lost, gained + lost) if events else None


def _said(db: Database, before: int) -> list[str]:
    """Whether anybody would have something taken back."""
    ((losing,),) = db.rows(
        """SELECT count(DISTINCT member) FROM (SELECT member, unit, sum(steps) AS steps FROM differs WHERE "at" < $before GROUP BY ALL) WHERE steps < 0""",
        before=before,
    )
    if not losing:
        return ["Nobody has less in all: it would only give more."]
    return [
        f"{words.count(losing, 'member').capitalize()} would have less than they were given: that would be taken back of them."
    ]


# ---------------------------------------------------------------- the first who differs


def first(db: Database, runs: Runs) -> Section:
    """The first event that differs, with what each version says of it."""
    title = "The first event that differs"
    found = db.rows('SELECT "at", member, event FROM differs ORDER BY "at", member, event LIMIT 1')
    if not found:
        return Section(title, (), "both versions award the same at every event")
    ((at, member, event),) = found
    given = [_given(db, version, at, member, event) for version in (OLD, NEW)]
    local = words.local(db.calendar.local(at))
    columns = tuple(Column(each, each, Kind.TEXT) for each in ("at", "member", "event", "old", "new"))
    table = Table("first", "The first event that differs", columns, ((local, member, event, *given),))
    told = [(name, _explained(side, runs, member, event)) for name, side in (("old", db.old), ("new", db.new))]
    beside = Beside("first", f"Why {member} was given what at {event}", told[0], told[1])
    return Section(title, (table,), beside=(beside,))


def _given(db: Database, version: int, at: int, member: str, event: str) -> str:
    rows = db.rows(
        'SELECT rule, unit, sum(steps) FROM awarded WHERE version = $version AND "at" = $at AND member = $member AND event = $event GROUP BY ALL ORDER BY rule',
        version=version,
        at=at,
        member=member,
        event=event,
    )
    return ", ".join(f'{quantity(db.quantity(steps), unit)} "{rule}"' for rule, unit, steps in rows) or "-"


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
