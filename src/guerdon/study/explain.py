"""Why a rule gave what it gave at an event, and why not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from guerdon.check.wording import plain
from guerdon.history.event import Event, Facts
from guerdon.program import nodes, types
from guerdon.reference.engine import Engine, Posted
from guerdon.reference.evaluate import Step
from guerdon.reference.rules import Verdict
from guerdon.study import words

MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Reading:
    """Something that was read: what it is called, and what it was."""

    name: str
    value: str


@dataclass(slots=True)
class Reason:
    """A clause of the rule, what was read for it, and what came of it."""

    clause: str
    text: str
    readings: tuple[Reading, ...] = ()
    result: str = ""


@dataclass(slots=True)
class RuleAccount:
    """What a rule gave at an event, clause by clause."""

    rule: str
    place: str
    gave: str
    fired: bool
    reasons: list[Reason] = field(default_factory=list)


@dataclass(slots=True)
class EventAccount:
    """An event, the member before it, and what each rule made of it."""

    event: str
    kind: str
    when: str
    facts: str
    before: tuple[str, ...]
    rules: list[RuleAccount] = field(default_factory=list)


@dataclass(slots=True)
class Account:
    """A member's events with what each was given, where they stand, and the events explained in full."""

    member: str
    events: list[tuple[str, str, str, str]]  # id, kind, when, what was given
    standing: tuple[str, ...]
    explained: list[EventAccount]


def explain(
    program: nodes.Program,
    events: Iterable[Event],
    members: Mapping[str, Facts],
    member: str,
    event: str | None = None,
    rule: str | None = None,
) -> Account:
    """A member's account; `event` is explained in full, by `rule` alone where one is named.

    Shape: `events` may hold other members' events, which are passed over.
    """
    engine = Engine(program, members)
    writer = _Writer(engine, rule)
    mine = [each for each in events if each.member == member]
    posted = engine.run(mine, watched=lambda each: each.id == event, watch=writer.note)
    return Account(
        member, list(_given(mine, posted, engine)), _standing(engine, member), list(writer.accounts.values())
    )


def _given(events: list[Event], posted: Posted, engine: Engine) -> Iterator[tuple[str, str, str, str]]:
    """Each event with the awards it brought."""
    by_event: dict[str, list[str]] = {}
    for award in posted.ledger.awards:
        if award.quantity:
            by_event.setdefault(award.event, []).append(f'{words.quantity(award.quantity, award.unit)} "{award.rule}"')
    for event in events:
        when = words.local(engine.calendar.local(event.at))
        yield event.id, event.type, when, ", ".join(by_event.get(event.id, ["-"]))


def _standing(engine: Engine, who: str) -> tuple[str, ...]:
    """The member's tiers and balances."""
    member = engine.members.get(who)
    if member is None:
        return ()
    tiers = [
        f"{ladder.name} {ladder.tiers[member.held[ladder.name].rank].name}"
        for ladder in engine.program.ladders.values()
    ]
    return (*tiers, *(words.quantity(amount, unit) for unit, amount in member.balances.items()))


class _Writer:
    """Turns verdicts into accounts while the engine runs."""

    def __init__(self, engine: Engine, rule: str | None) -> None:
        self.engine, self.rule = engine, rule
        self.accounts: dict[tuple[str, str], EventAccount] = {}

    def note(self, event: Event, facts: Facts, verdict: Verdict) -> None:
        """Takes in what came of a rule at an event."""
        key = event.type, event.id
        if key not in self.accounts:
            self.accounts[key] = self._event(event, facts)
        if self.rule in (None, verdict.rule.name):
            self.accounts[key].rules.append(account(verdict, event, facts, self.engine))

    def _event(self, event: Event, facts: Facts) -> EventAccount:
        record = self.engine.program.events[event.type]
        when = words.local(self.engine.calendar.local(event.at))
        return EventAccount(
            event.id, event.type, when, words.facts(facts, record), _standing(self.engine, event.member)
        )


def account(verdict: Verdict, event: Event, facts: Facts, engine: Engine) -> RuleAccount:
    """What a rule gave and why, from the evaluation itself."""
    rule = verdict.rule
    gave = words.quantity(verdict.quantity, rule.unit) if verdict.quantity else "nothing"
    found = RuleAccount(rule.name, str(rule.span), gave, bool(verdict.quantity))
    steps = {id(step.expr): step for step in verdict.steps}
    for guard in rule.when:
        if id(guard) in steps:
            found.reasons.append(_guard(guard, steps[id(guard)]))
    if isinstance(verdict.failed, str):
        found.reasons.append(Reason("on", ", ".join(rule.on), result=f"this event is a {verdict.failed}"))
    elif isinstance(verdict.failed, tuple):
        local = words.local(engine.calendar.local(event.at))
        spans = ", ".join(words.written(stretch) for stretch in verdict.failed)
        found.reasons.append(Reason("during", spans, result=f"it happened on {local}"))
    if verdict.failed is None:
        found.reasons += _giving(verdict, steps)
        found.reasons += _rounding(verdict)
        found.reasons += _limits(verdict)
    return found


def _guard(guard: nodes.Expr, step: Step) -> Reason:
    result = "holds" if step.value else "does not hold"
    return Reason("when", words.written(guard), tuple(_readings(step)), f"{result}{_short(step)}")


def _short(step: Step) -> str:
    """By how much a comparison of quantities or numbers fails."""
    expr = step.expr
    if step.value or not isinstance(expr, nodes.Compare) or len(step.steps) != 2:
        return ""
    left, right = step.steps[0].value, step.steps[1].value
    if not isinstance(left, Fraction) or not isinstance(right, Fraction):
        return ""
    gap = abs(left - right)
    size = words.quantity(gap, expr.left.type.unit) if isinstance(expr.left.type, types.Quantity) else plain(gap)
    return f": {size} {'too little' if left < right else 'too much'}" if gap else ": just at it"


def _giving(verdict: Verdict, steps: dict[int, Step]) -> Iterator[Reason]:
    """`each`, `accumulate` and `give`, with what was read."""
    rule = verdict.rule
    came_to = f"comes to {words.quantity(verdict.exact, rule.unit)}"
    shown = [step for step in verdict.steps if not any(step.expr is guard for guard in rule.when)]
    if rule.each is not None:
        yield Reason("each", words.clause(rule.each), tuple(_parts(verdict)), f"{len(verdict.parts)} lines")
        shown = []
    readings = tuple(dict.fromkeys(reading for step in shown for reading in _readings(step)))
    if verdict.totals is not None and rule.accumulate is not None and isinstance(rule.give, nodes.Apply):
        assert isinstance(rule.give.base.type, types.Quantity | types.Number)
        before, after = (words.value(total, rule.give.base.type) for total in verdict.totals)
        more = (Reading("added up before this", before), Reading("with this", after))
        yield Reason("accumulate", words.clause(rule.accumulate), more)
    raised = Reason("minimum", words.quantity(rule.minimum or Fraction(0), rule.unit), result="raised to it")
    yield Reason("give", words.written(rule.give), readings, came_to)
    if verdict.raised:
        yield raised


def _parts(verdict: Verdict) -> Iterator[Reading]:
    """The lines that counted, the first of many."""
    for number, (line, part) in enumerate(verdict.parts[:MOST_LINES], 1):
        facts = ", ".join(str(plain(v)) if isinstance(v, Fraction) else str(v) for v in line.values() if v is not None)
        yield Reading(f"line {number} ({facts})", words.quantity(part, verdict.rule.unit))
    if len(verdict.parts) > MOST_LINES:
        yield Reading(f"{len(verdict.parts) - MOST_LINES} more lines", "...")


def _rounding(verdict: Verdict) -> Iterator[Reason]:
    rule = verdict.rule
    if rule.rounding is not None:
        kept = words.quantity(verdict.exact - verdict.dropped, rule.unit)
        dropped = words.quantity(abs(verdict.dropped), rule.unit)
        what = f", {dropped} {'dropped' if verdict.dropped > 0 else 'added'}" if verdict.dropped else ""
        yield Reason("round", words.clause(rule.rounding), result=f"to {kept}{what}")


def _limits(verdict: Verdict) -> Iterator[Reason]:
    for cut in verdict.cuts:
        unit = verdict.rule.unit
        room = words.quantity(cut.room, unit) if isinstance(cut.room, Fraction) else f"{cut.room} times"
        result = f"{words.quantity(cut.cut, unit)} cut off" if cut.cut else "nothing cut off"
        text = words.clause(cut.limit)
        yield Reason("limit", text, (Reading("room left", room),), result)


_READ = (
    nodes.Field,
    nodes.Moment,
    nodes.Standing,
    nodes.Measured,
    nodes.Earned,
    nodes.Available,
    nodes.Given,
    nodes.OverLines,
    nodes.Defined,
    nodes.Lookup,
)


def _readings(step: Step) -> Iterator[Reading]:
    """What was read under a step, each once, not what was read line by line."""
    if not isinstance(step.expr, nodes.OverLines):
        for below in step.steps:
            yield from _readings(below)
    if isinstance(step.expr, _READ):
        yield Reading(words.written(step.expr), words.value(step.value, step.expr.type))
