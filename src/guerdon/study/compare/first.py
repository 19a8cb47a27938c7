"""The first event whose member is awarded something else, explained by both versions; and what of the past changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from guerdon.kernel.others import concerns_others
from guerdon.study import screen, words
from guerdon.study.compare.counted import Counted, counted, either
from guerdon.study.compare.database import Database
from guerdon.study.compare.running import Runs
from guerdon.study.compare.sides import NEW, OLD, Side
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
    title, standing = "Before it goes live", _standing(db)
    if differing.earliest is None and not standing.rows:
        nothing = f"Forward only: with the new version no award, no balance and no tier of before {day} is another."
        return Section(title, (), says=(nothing,))
    keep = f"To leave the past as it is, let what changes begin with a day, as in `during from {day}`, and keep the old rule until then."
    if differing.earliest is None:
        restated = f"Not forward only: nothing that was awarded before {day} is another, but run over the past members would have other balances or tiers."
        return Section(title, (standing,), says=(restated, keep))
    restated = (
        f"Not forward only: run over the past, the new version awards another sum at {words.count(differing.events, 'event')} of "
        f"{words.count(differing.members, 'member')} before {day}, the first on {db.calendar.day(differing.earliest)}. Whoever replaces what was awarded restates it."
    )
    says = (
        restated,
        _said(differing.losing),
        keep,
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
    restates = Table("past", "What it would restate", columns, rows, notes, of_rows=of)
    return Section(title, (restates, standing), says=says)


def _standing(db: Database) -> Table:
    """Who would have another balance of a unit, or hold another tier, on the day on which the newer version goes live."""
    rows: list[tuple[Value, ...]] = [
        (f"balance of {unit}", members, less) for unit, members, less in db.rows(_OTHER_BALANCES)
    ]
    moves = db.rows(_OTHER_TIERS)
    for ladder in either(db.new.program.ladders, db.old.program.ladders):
        ranks = {
            tier.name: rank
            for side in (db.old, db.new)
            if ladder in side.program.ladders
            for rank, tier in enumerate(side.program.ladders[ladder].tiers)
        }
        mine = [(was, now, members) for of, was, now, members in moves if of == ladder]
        lower = sum(members for was, now, members in mine if ranks.get(now, -1) < ranks.get(was, -1))
        if mine:
            rows.append((f"tier of {ladder}", sum(members for _, _, members in mine), lower))
    columns = (
        Column("what", "", Kind.TEXT),
        Column("members", "members with another", Kind.COUNT),
        Column("less", "with less, or lower", Kind.COUNT),
    )
    return Table("past_members", "What members would have instead", columns, tuple(rows))


_OTHER_BALANCES = f"""
    SELECT unit, count(*), count(*) FILTER (more < 0) FROM (
        SELECT member, unit, coalesce(sum(steps) FILTER (version = {NEW}), 0) - coalesce(sum(steps) FILTER (version = {OLD}), 0) AS more
        FROM held_before_live GROUP BY member, unit) WHERE more <> 0 GROUP BY unit ORDER BY unit"""

_OTHER_TIERS = f"""
    SELECT ladder, was, now, count(*) FROM (
        SELECT member, ladder, any_value(tier) FILTER (version = {OLD}) AS was, any_value(tier) FILTER (version = {NEW}) AS now
        FROM stood WHERE before_live GROUP BY member, ladder) WHERE was IS DISTINCT FROM now GROUP BY ALL ORDER BY ALL"""


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
