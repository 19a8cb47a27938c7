"""How large the states of a program's members get: what `check` prints.

Bounds, not estimates: ids and texts of up to 24 letters, amounts below four billion of
their smallest steps. Source: the layout in docs/library.md; a test holds the bytes of
real states to these bounds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard

from guerdon.program import nodes, types
from guerdon.program.walk import walk
from guerdon.text.node import Node

TEXT = 25  # an id or a text, with its length
DAY, INSTANT, SMALL, STEP = 5, 9, 1, 3
WHOLE, FRACTION = 5, 13  # a number that is whole, and one that is a quotient
FRAME = 24  # letters, version, fingerprint, checksum, and the arrays around
SUBJECT = 3 + TEXT + DAY + INSTANT + DAY + TEXT + 12 + 2 * TEXT + 5 + DAY


class Growing(Node):
    """So many bytes for each of something that a state holds."""

    what: str
    bytes: int


class StateSize(Node):
    """Bytes of a member that nothing is held of, and what each thing that is held adds."""

    fixed: int
    parts: tuple[Growing, ...]

    def text(self, of: str = "") -> str:
        """The size in words, a line for each part."""
        first = f"state of a member{f' of {of}' if of else ''}: at most {self.fixed:,} bytes"
        first += ", and for each" if self.parts else ""
        widest = max((len(f"{part.bytes:,}") for part in self.parts), default=0)
        return "\n".join([first, *(f"  {part.bytes:>{widest},}  {part.what}" for part in self.parts)])


def state_size(program: nodes.Program) -> StateSize:
    """How large states get; members of accounts, and the accounts, have one each."""
    return StateSize(_fixed(program), tuple(_growing(program)))


def _fixed(program: nodes.Program) -> int:
    facts = sum(_text(fact.name) + _value(fact.type) for fact in program.member.facts.values())
    ladders = sum(_text(name) + 2 * _HELD for name in program.ladders)
    purses = sum(_text(unit.name) + 2 + FRACTION + DAY for unit in program.units.values())
    keeps = {name for unit in program.units.values() for line in unit.expiries for name in line.without}
    keeps |= {
        name for each in program.triggers.values() if each.kind is nodes.TriggerKind.WITHOUT for name in each.events
    }
    tallies = sum(_tally(key) for key in _keys(program))
    tallies += sum(_text(name) + DAY for name in program.triggers)
    return FRAME + SUBJECT + facts + ladders + purses + sum(_text(name) + DAY for name in keeps) + tallies


_HELD = 8 * SMALL + 5 * DAY + 2 * FRACTION


def _text(word: str) -> int:
    return 2 + len(word.encode())


def _value(of: types.Type) -> int:
    """The most bytes of a fact's value."""
    match of:
        case types.Optional(inner):
            return _value(inner)
        case types.Text() | types.Member() | types.Tier():
            return TEXT
        case types.Choice(values):
            return max(map(_text, values), default=1)
        case types.Date():
            return 2 + DAY
        case types.Instant():
            return INSTANT
        case types.YesNo() | types.Days() | types.Months():
            return DAY
        case _:
            return 2 + FRACTION


def _keys(program: nodes.Program) -> Iterator[int]:
    """The bytes of the keys of tallies that every member has."""
    yield from (DAY for _ in program.meters)
    yield from (_text(name) for name in program.units)
    for rule in program.rules.values():
        yield _text(rule.name)
        if rule.accumulate is not None:
            yield from (_text(rule.name), _text(rule.name))
    with_limits: list[nodes.Rule | nodes.Group] = [*program.rules.values(), *program.groups.values()]
    for each in with_limits:
        yield from (2 + _text(each.name) + STEP for limit in each.limits if not limit.per_event and not limit.fields)


def _limits(program: nodes.Program, rule: nodes.Rule) -> list[tuple[str, nodes.Limit]]:
    """The limits that count what a rule gives, its group's too, each with the name in its key."""
    found = [(rule.name, limit) for limit in rule.limits]
    return found + [
        (each.name, limit) for each in program.groups.values() if rule.name in each.of for limit in each.limits
    ]


def _tally(key: int) -> int:
    """A tally of which all entries but their number and sum are forgotten."""
    return key + 2 + 3 * STEP + WHOLE + FRACTION


def _entry(program: nodes.Program, event: str, value: int) -> int:
    """A value of a tally; with the event's name where it can be undone."""
    ref = 1 + _text(event) + TEXT + STEP if _undoable(program, event) else SMALL
    return STEP + value + ref


def _undoable(program: nodes.Program, event: str) -> bool:
    return any(record.reverses is not None and record.reverses.event == event for record in program.events.values())


def _growing(program: nodes.Program) -> Iterator[Growing]:
    """What a state grows with."""
    rules = program.rules.values()
    for unit in program.units.values():
        if unit.spendable:
            yield Growing(f"lot of {unit.name}", _lot(program, unit))
    for event in (*program.events, *program.triggers):
        mine = [meter for meter in program.meters if meter.event == event and meter.offer is None]
        counted = sum(_entry(program, event, 2 + FRACTION) for meter in mine if meter.lines is None)
        given = sum(_given(program, rule, event) for rule in rules if event in rule.on)
        if counted + given:
            yield Growing(f"{event} that measures, limits or totals still look at", counted + given)
        lines = sum(_entry(program, event, 2 + FRACTION) for meter in mine if meter.lines is not None)
        if lines:
            yield Growing(f"line of such a {event}", lines)
        if _undoable(program, event):
            yield Growing(f"{event} that can be reversed{_time(program, event)}", _deed(program, event))
            yield from _line_of_deed(program, event)
            if event in ("redemption", "transfer", "adjustment") or any(
                rule.takes for rule in rules if event in rule.on
            ):
                lot = max((_lot(program, unit) for unit in program.units.values() if unit.spendable), default=0)
                yield Growing(f"lot that such a {event} took from", lot + TEXT + FRACTION + TEXT + 4)
    for rule in rules:
        if rule.offer is not None:
            yield from _opened(program, rule)
    for name, trigger in program.triggers.items():
        if trigger.kind is nodes.TriggerKind.AFTER:
            yield Growing(f"{trigger.events[0]} that `{name}` is still to come of", DAY + 3 * SMALL + 2 * TEXT)
    if program.triggers and program.accounts:
        yield Growing("member, in the state of an account", TEXT)
    if program.frame.lateness is not None:
        yield Growing("event that others may still come before, beside the state before it", 2 * _journal(program))


def _opened(program: nodes.Program, rule: nodes.Rule) -> Iterator[Growing]:
    """What each opening of an offer takes, and what came since."""
    assert rule.offer is not None
    mine = [meter for meter in program.meters if meter.offer == rule.name]
    ref = 1 + max(map(_text, rule.offer.opens)) + 2 * TEXT
    asked: dict[str, nodes.Field] = {each.name: each for each in walk((rule, tuple(mine))) if _of_opening(each)}
    facts = _text("date") + 2 + DAY + sum(_text(name) + _value(each.type) for name, each in asked.items())
    yield Growing(f'opening of "{rule.name}"', 3 + ref + INSTANT + facts + len(mine) * _tally(DAY))
    for event in dict.fromkeys(meter.event for meter in mine):
        counted = sum(_entry(program, event, 2 + FRACTION) for meter in mine if meter.event == event)
        yield Growing(f"{event} since such an opening", counted)
    if any(_undoable(program, event) for event in rule.on):
        reads = len(mine) * (2 + STEP + TEXT + ref)
        yield Growing(f'opening of "{rule.name}" that gave, for what completed it', ref + _text(rule.name) + reads)


def _of_opening(each: object) -> TypeGuard[nodes.Field]:
    return isinstance(each, nodes.Field) and each.scope is nodes.Scope.OPENED


def _given(program: nodes.Program, rule: nodes.Rule, event: str) -> int:
    """What an event adds to tallies of what a rule gave, to its limits and totals."""
    limits = _limits(program, rule)
    fields = sum(
        2 + _text(name) + STEP + len(limit.fields) * TEXT + 3 * STEP + WHOLE + FRACTION for name, limit in limits
    )
    tallies = (0 if rule.only_says else 2) + len(limits) + 2 * bool(rule.accumulate)
    return tallies * _entry(program, event, 2 + FRACTION) + fields


def _lot(program: nodes.Program, unit: nodes.Unit) -> int:
    longest = max(
        (_event(program, event) + _text(rule.name) for rule in program.rules.values() for event in rule.on),
        default=TEXT,
    )
    amount = WHOLE if unit.decimals == 0 else FRACTION
    awaited = 1 + 3 * TEXT if any(rule.hold and rule.hold.event for rule in program.rules.values()) else SMALL
    return 3 + longest + 3 * amount + 4 * DAY + 2 * STEP + 2 * TEXT + 2 * SMALL + awaited + TEXT


def _event(program: nodes.Program, event: str) -> int:
    """The most bytes of what an award is called by: the event's kind and id; a trigger's words, day and member."""
    return _text(event) + TEXT + (1 + len("2026-03-31") if event in program.triggers else 0)


def _time(program: nodes.Program, event: str) -> str:
    """How long an event can be reversed, in words."""
    times = [
        record.reverses.within
        for record in program.events.values()
        if record.reverses and record.reverses.event == event
    ]
    if None in times:
        return " (for ever: say `within`)"
    return f" ({max((f'{time.months} months' if time.months else f'{time.days} days') for time in times if time)})"


def _deed(program: nodes.Program, event: str) -> int:
    """What is kept of an event to undo it, its lines apart."""
    record = program.events[event]
    facts = sum(
        _text(fact.name) + _value(fact.type) for fact in record.facts.values() if not isinstance(fact.type, types.Lines)
    )
    reads = sum(2 + STEP + TEXT for _ in range(_reads(program)))
    giving = [rule for rule in program.rules.values() if event in rule.on and not rule.only_says]
    gifts = sum(_gift(program, rule) * (1 + len(rule.shares)) for rule in giving)
    gifts += TEXT + TEXT + 2 * FRACTION
    accounts = sum(_text(name) + _text(name) + TEXT for name in program.accounts)
    left = sum(_text(part.path) + 2 + FRACTION for part in _parts(program, event) if part.lines is None)
    name = _text(event) + 2 * TEXT + 2 * INSTANT + DAY
    return 12 + name + 2 * facts + reads + gifts + accounts + left + 3 * FRACTION + TEXT


def _reads(program: nodes.Program) -> int:
    """How many things of the past a program's rules read, at most."""
    return (
        len(program.meters)
        + sum(isinstance(each, nodes.Streak) for each in walk(program))
        + 2 * len(program.ladders)
        + 2 * len(program.units)
        + len(program.rules)
        + len(program.member.facts)
        + len({each for each in walk(tuple(program.rules.values())) if isinstance(each, nodes.Theirs)})
    )


def _gift(program: nodes.Program, rule: nodes.Rule) -> int:
    lot = _lot(program, program.units[rule.unit]) if program.units[rule.unit].spendable else SMALL
    limits = sum(
        2 * TEXT + _text(name) + STEP + len(limit.fields) * TEXT + FRACTION for name, limit in _limits(program, rule)
    )
    return 3 + 2 * TEXT + 2 * _text(rule.name) + 2 * _text(rule.unit) + 7 * FRACTION + lot + limits + TEXT


def _line_of_deed(program: nodes.Program, event: str) -> Iterator[Growing]:
    for fact in program.events[event].facts.values():
        if isinstance(fact.type, types.Lines):
            line = sum(
                _text(each.name) + _value(each.type) for each in program.records[fact.type.record].facts.values()
            )
            left = sum(
                _text(part.path) + STEP + FRACTION for part in _parts(program, event) if part.of_lines == fact.name
            )
            yield Growing(f"line in its `{fact.name}`", 2 * (2 + line) + left)


def _parts(program: nodes.Program, event: str) -> list[nodes.Part]:
    """What returns of an event measure."""
    reversals = [record.reverses for record in program.events.values() if record.reverses is not None]
    return [each.part for each in reversals if each.event == event and each.part is not None]


def _journal(program: nodes.Program) -> int:
    """The most that one event of a journal takes, for a typical one: itself and what was posted for it."""
    facts = max(
        (
            sum(_text(fact.name) + _value(fact.type) for fact in record.facts.values())
            for record in program.events.values()
        ),
        default=0,
    )
    posted = sum(6 * TEXT + 5 * FRACTION + 3 * INSTANT for _ in range(3 * max(len(program.rules), 1)))
    said = sum(5 * TEXT + _text(rule.say) + INSTANT for rule in program.rules.values() if rule.say is not None)
    return 3 * TEXT + 2 * INSTANT + facts + posted + said
