"""What a rule gave at an event and why, or why it gave nothing, clause by clause."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from guerdon.check.wording import plain
from guerdon.history.event import Event, Facts
from guerdon.program import nodes, types
from guerdon.reference.engine import Engine
from guerdon.reference.evaluate import WEEKDAYS
from guerdon.reference.rules import Absent, Verdict
from guerdon.reference.scene import Step
from guerdon.reference.state import Opening
from guerdon.study import words
from guerdon.study.explain import grouped
from guerdon.study.explain.account import Reading, Reason, RuleAccount
from guerdon.study.explain.judged import guard, readings
from guerdon.study.explain.offered import openings

MOST_LINES = 12

MOST_DERIVED = 4
"""Of so many lines is it told what was read for them."""


def account(verdict: Verdict, event: Event, facts: Facts, engine: Engine) -> RuleAccount:
    """What a rule gave and why, from the evaluation itself."""
    rule = verdict.rule
    much = "its message" if rule.only_says else words.quantity(verdict.quantity, rule.unit)
    gave, told = much if verdict.quantity else "nothing", rule.only_says
    found = RuleAccount(rule.name, str(rule.span), gave, bool(verdict.quantity), took=rule.takes, said=told)
    steps = {id(step.expr): step for step in verdict.steps} if rule.offer is None else {}
    for condition in rule.when:
        if id(condition) in steps:
            found.reasons.append(guard(condition, steps[id(condition)]))
    if isinstance(verdict.failed, Absent):
        who = verdict.failed.who
        found.reasons.append(
            Reason(
                "to", words.written(verdict.failed.of), result="nobody is named" if who is None else f"{who} is closed"
            )
        )
    elif isinstance(verdict.failed, str):
        found.reasons.append(Reason("on", ", ".join(rule.on), result=_another(verdict, event, engine)))
    elif isinstance(verdict.failed, tuple):
        local = engine.calendar.local(event.at)
        spans = ", ".join(words.written(stretch) for stretch in verdict.failed)
        result = (
            f"does not hold: it happened on {WEEKDAYS[engine.calendar.day(event.at).weekday()]} {words.local(local)}"
        )
        found.reasons.append(Reason("during", spans, result=result))
    elif rule.control is not None and not isinstance(verdict.failed, nodes.Expr):
        found.reasons.append(_drawn(rule.control, event.member))
    if rule.offer is not None and verdict.failed is None:
        found.reasons += openings(verdict, engine.calendar)
    if isinstance(verdict.failed, nodes.Rule):
        found.reasons.append(
            Reason(
                "replaced",
                f'by "{verdict.failed.name}"',
                result=f"{'says' if rule.only_says else 'gives'} nothing here",
            )
        )
    found.sums = tuple(_sums(verdict))
    if verdict.failed is None and (rule.offer is None or verdict.opened):
        found.reasons += _giving(verdict, steps)
        found.reasons += _rounding(verdict)
        found.reasons += _limits(verdict)
        found.reasons += grouped.reasons(verdict)
    if rule.say is not None and verdict.failed is None:
        found.reasons.append(_said(verdict, event))
    if verdict.withheld:
        wanted = words.quantity(verdict.withheld, rule.unit)
        found.reasons.append(Reason("takes", wanted, result=f"refused: {verdict.refused}"))
    elif rule.one_expiry and verdict.quantity:
        day = verdict.lots[0].expires
        used = f"those that expire on {day}" if day is not None else "those that expire together"
        found.reasons.append(Reason("from", "one expiry", result=f"of several days: {used}"))
    return found


def _drawn(of: nodes.Control, member: str) -> Reason:
    """Whether a member is in a control group, with the number that was drawn for them and the least that is not in it."""
    readings = (
        Reading(f'drawn for "{of.group}" and {member}', _digits(of.number(member))),
        Reading("the first that is not in the group", _digits(of.below)),
    )
    result = f"{member} is {'' if of.holds(member) else 'not '}in the control group"
    return Reason("control", words.clause(of), readings if of.only is None else (), result)


def _digits(number: int) -> str:
    """A number that is drawn, as the digits of SHA-256 are written."""
    return f"{number:016x}"


def _said(verdict: Verdict, event: Event) -> Reason:
    """What a rule says, and to whom it was said."""
    rule = verdict.rule
    who = f"said to {verdict.receiver or event.member}"
    why = "" if rule.only_says else f": nothing is {'taken' if rule.takes else 'given'}"
    return Reason("say", f'"{rule.say}"', result=who if verdict.quantity else f"not said{why}")


def _another(verdict: Verdict, event: Event, engine: Engine) -> str:
    """That an event is none of a rule's, or a trigger, or asks for another reward."""
    if event.type not in verdict.rule.on:
        known = event.type in engine.program.triggers
        return f"this is {verdict.failed}" if known else f"this event is a {verdict.failed}"
    reward = event.facts.get("reward")
    return f'this one asks for "{reward}"' if reward is not None else "this one asks for an amount"


def _giving(verdict: Verdict, steps: dict[int, Step]) -> Iterator[Reason]:
    """`each`, `accumulate` and `give`, with what was read."""
    rule = verdict.rule
    came_to = f"comes to {words.quantity(_came(verdict), rule.unit)}"
    shown = [step for step in verdict.steps if not any(step.expr is condition for condition in rule.when)]
    if rule.offer is not None:
        looked_at = [each for each in verdict.steps if isinstance(each.value, Opening)]
        shown = [step for each in looked_at for step in each.steps if step.expr is rule.give]
    if rule.each is not None:
        yield Reason("each", words.clause(rule.each), tuple(_parts(verdict)), words.count(len(verdict.parts), "line"))
        shown = []
    yield from _admitted(verdict)
    read = tuple(dict.fromkeys(reading for step in shown for reading in readings(step)))
    if verdict.totals is not None and rule.accumulate is not None and isinstance(rule.give, nodes.Apply):
        assert isinstance(rule.give.base.type, types.Quantity | types.Number)
        before, after = (words.value(total, rule.give.base.type) for total in verdict.totals)
        more = (Reading("added up before this", before), Reading("with this", after))
        yield Reason("accumulate", words.clause(rule.accumulate), more)
    raised = Reason("minimum", words.quantity(rule.minimum or Fraction(0), rule.unit), result="raised to it")
    if rule.only_says:
        return
    yield Reason("cost" if rule.takes else "give", words.written(rule.give), read, came_to)
    if verdict.raised:
        yield raised


def _came(verdict: Verdict) -> Fraction:
    """What a rule came to before its minimum."""
    below = verdict.raised and verdict.rule.accumulate is None
    return max(verdict.came, Fraction(0)) if below else verdict.exact - verdict.added


def _sums(verdict: Verdict) -> Iterator[Reading]:
    """What a rule came to, and what each clause after that added or took off; what came to nothing is left out."""
    rule, sheet = verdict.rule, verdict.sheet
    if verdict.failed is not None or rule.only_says:
        return
    yield Reading("comes to", words.quantity(_came(verdict), rule.unit))
    group = f'"{sheet.group.name}"' if sheet is not None else ""
    parts = [
        ("minimum", verdict.exact - verdict.added - _came(verdict)),
        ("round", verdict.off - verdict.dropped),
        *((f"limit {words.limit(each.limit)}", -each.cut) for each in verdict.cuts),
        (f"minimum of {group}", verdict.added),
        (f"round of {group}", -verdict.off),
        (f"take and limit of {group}", -verdict.lost),
        ("refused", -verdict.withheld),
    ]
    yield from (Reading(name, words.quantity(much, rule.unit)) for name, much in parts if much)


def _parts(verdict: Verdict) -> Iterator[Reading]:
    """The lines by their numbers, the first of many: what each came to, or with what it does not count."""
    each, parts = verdict.rule.each, iter(verdict.parts)
    giving = iter([step for step in verdict.steps if step.expr is verdict.rule.give])
    where = each.where if each is not None else None
    asked: list[Step | None] = [step for step in verdict.steps if step.expr is where] if where is not None else []
    asked = asked or [None for _ in verdict.parts]
    for number, step in enumerate(asked[:MOST_LINES], 1):
        if step is not None and not step.value:
            told = (f"{of.name} {of.value}" for of in readings(step))
            yield Reading(f"line {number} ({', '.join(told)})", "not counted")
        elif (counted := next(parts, None)) is not None:
            line, part = counted
            told = (str(plain(v)) if isinstance(v, Fraction) else str(v) for v in line.values() if v is not None)
            yield Reading(f"line {number} ({', '.join(told)})", words.quantity(part, verdict.rule.unit))
            step = next(giving, None)
            for read in readings(step) if step is not None and number <= MOST_DERIVED else ():
                yield Reading(f"  {read.name}", read.value)
        else:  # of a running total it is not known which line brought what
            yield Reading(f"line {number}", "counted")
    if len(asked) > MOST_LINES:
        yield Reading(f"{len(asked) - MOST_LINES} more lines", "...")


def _rounding(verdict: Verdict) -> Iterator[Reason]:
    rule = verdict.rule
    if rule.rounding is not None:
        off = verdict.dropped - verdict.off  # the rest is its group's
        kept = words.quantity(verdict.exact - verdict.added - off, rule.unit)
        what = f", {words.quantity(abs(off), rule.unit)} {'dropped' if off > 0 else 'added'}" if off else ""
        yield Reason("round", words.clause(rule.rounding), result=f"to {kept}{what}")


def _admitted(verdict: Verdict) -> Iterator[Reason]:
    """What limits of facts let count."""
    for each in verdict.admitted:
        assert each.limit.most is not None
        there, let_in, room = (words.value(of, each.limit.most.type) for of in (each.there, each.let_in, each.room))
        readings = (Reading("room left", room), Reading(each.limit.of or "", there))
        yield Reason("limit", words.clause(each.limit), readings, f"{let_in} of it counts")


def _limits(verdict: Verdict) -> Iterator[Reason]:
    for cut in verdict.cuts:
        unit = verdict.rule.unit
        room = words.quantity(cut.room, unit) if isinstance(cut.room, Fraction) else words.count(cut.room, "time")
        result = f"{words.quantity(cut.cut, unit)} cut off" if cut.cut else "nothing cut off"
        if verdict.rule.only_says:
            result = "no room left" if cut.cut else "leaves room"
        yield Reason("limit", words.limit(cut.limit), (Reading("room left", room),), result)
