"""Triggers: what a rule may wait for that is no event."""

from __future__ import annotations

from collections.abc import Mapping

from guerdon.check import measured, moments
from guerdon.check.accounts import owner
from guerdon.check.builtin import unknown_event
from guerdon.check.names import Names, clause, clauses
from guerdon.check.wording import show
from guerdon.program import nodes, types
from guerdon.program.nodes import Trigger, TriggerKind
from guerdon.syntax import tree
from guerdon.syntax.lines import trigger as words
from guerdon.text.diagnostic import Edit, nearest
from guerdon.text.source import Span

__all__ = ["declare", "meant", "words"]

JOINING = "joining"
"""The day of joining, among the dates of which there are anniversaries."""


def declare(names: Names) -> None:
    """All triggers that rules name, in the order of the text; before the rules, which look at their facts."""
    for declaration in (each for (keyword, _), each in names.declared.items() if keyword == "rule"):
        for written in (clause(declaration, tree.Opens), clause(declaration, tree.On)):
            if written is None or isinstance(written.what, tuple) or words(written.what) in names.triggers:
                continue
            found = _trigger(written.what, names)
            if found is not None:
                names.triggers[found.name] = found


def _trigger(written: tree.Trigger, names: Names) -> Trigger | None:
    """The trigger; None where it was reported."""
    name, span = words(written), written.span
    match written:
        case tree.OnDay(edge, of):
            return _of_calendar(edge, of, name, span, names)
        case tree.OnDate(date):
            before = len(names.found)
            day = moments.day(date, names)
            return Trigger(name, TriggerKind.DATE, {}, day=day, span=span) if len(names.found) == before else None
        case tree.OnAfter(time, event):
            return _since(TriggerKind.AFTER, time, (event,), name, span, names)
        case tree.OnWithout(time, events):
            return _since(TriggerKind.WITHOUT, time, events, name, span, names)
        case tree.OnBefore(time, unit):
            return _before(time, unit, name, span, names)
        case tree.OnReached(ladder, tier):
            return _reached(ladder, tier, name, span, names)


# ---------------------------------------------------------------- the calendar

_EDGES = {"start": TriggerKind.START, "end": TriggerKind.END}
_MEANT_EDGES = {"beginning": "start", "begin": "start", "first": "start", "last": "end", "birthday": "anniversary"}


def _of_calendar(edge: tree.Name, of: tree.Period, name: str, span: Span, names: Names) -> Trigger | None:
    if edge.text in _EDGES:
        period = _period(of, names)
        if period is nodes.Period.MEMBERSHIP_YEAR and edge.text == "start":
            _starts_with_joining(span, names)
            return None
        return Trigger(name, _EDGES[edge.text], {}, period=period, span=span) if period else None
    if edge.text == "anniversary":
        return _anniversary(of, name, span, names)
    date = _dates(names)[0]
    help_lines = [f"write `on end of month`, `on start of month` or `on anniversary of {date}`"]
    near = _MEANT_EDGES.get(edge.text) or nearest(edge.text, (*_EDGES, "anniversary"))
    names.report(
        "G505",
        f"nothing happens at `{edge.text} of` something: a rule waits for the `start of` or the `end of` a period, or the `anniversary of` a date",
        edge.span,
        "not known",
        help=[f"did you mean `{near} of {of.text}`?"] if near else help_lines,
        edit=Edit(edge.span, near) if near else None,
    )
    return None


def _starts_with_joining(span: Span, names: Names) -> None:
    """Reports the one period whose start has a name of its own."""
    meant = f"anniversary of {JOINING}"
    names.report(
        "G505",
        f"a membership year starts with the `{meant}`",
        span,
        "another name",
        help=(f"write `{meant}`",),
        edit=Edit(span, meant),
    )


def _period(of: tree.Period, names: Names) -> nodes.Period | None:
    """The period; with `the`, `each` and the like in front it is told without."""
    first, *rest = (word.text for word in of.words)
    if first in ("the", "each", "every", "this", "a", "that") and " ".join(rest) in measured.PERIODS:
        meant = " ".join(rest)
        names.report(
            "G111",
            f"every period is meant, so `{first}` is left out",
            of.words[0].span,
            "too much",
            help=(f"write `{meant}`",),
            edit=Edit(of.span, meant),
        )
        return None
    return measured.period(of, names)


def _dates(names: Names) -> list[str]:
    """The dates of a member of which there are anniversaries."""
    return [*(fact.name for fact in names.member.facts.values() if _is_date(fact.type)), JOINING]


def _is_date(of: types.Type) -> bool:
    return isinstance(of.of if isinstance(of, types.Optional) else of, types.Date)


def _anniversary(of: tree.Period, name: str, span: Span, names: Names) -> Trigger | None:
    word, dates = of.text, _dates(names)
    if word in dates:
        fact = None if word == JOINING else word
        return Trigger(name, TriggerKind.ANNIVERSARY, {}, fact=fact, span=span)
    known = names.member.facts.get(word)
    if known is not None:
        optional = isinstance(known.type, types.Optional)
        what = show(known.type.of if isinstance(known.type, types.Optional) else known.type)
        names.report(
            "G506",
            f"an anniversary is of a date, and `{word}` is {what}",
            of.span,
            "no date",
            related=((known.span, what),),
            help=(
                f"declare it as `{word} date{' optional' if optional else ''}`, or write `anniversary of {dates[0]}`",
            ),
        )
        return None
    help_lines = (f"write `{word} date optional` below `member`",) if len(of.words) == 1 else ()
    names.unknown("G506", f"no date of a member is called `{word}`", of.span, dates, "no such date", help=help_lines)
    return None


# ---------------------------------------------------------------- after events, and without


def _since(
    kind: TriggerKind, time: tree.ForTime, events: tuple[tree.Name, ...], name: str, span: Span, names: Names
) -> Trigger | None:
    length = measured.for_time(time, names)
    for event in events:
        if event.text not in names.events:
            if ("event", event.text) not in names.declared:
                unknown_event(event, names)
            return None
    known = tuple(dict.fromkeys(event.text for event in events))
    return Trigger(name, kind, {}, time=length, events=known, span=span) if length else None


# ---------------------------------------------------------------- points and tiers


def _before(time: tree.ForTime, word: tree.Name, name: str, span: Span, names: Names) -> Trigger | None:
    length, unit = measured.for_time(time, names), names.units.get(word.text)
    if unit is None:
        names.unknown_unit(word, "unit", names.units)
        return None
    if _belongs(word, names) or length is None:
        return None
    written = clauses(names.declared["unit", unit.name], tree.Expires)
    if all(isinstance(each.life, tree.Never) for each in written):
        names.report(
            "G507",
            f"`{unit.name}` never expires, so nothing comes before that",
            word.span,
            "never",
            related=((unit.span, "this unit"),),
            help=(f"write when it expires below `unit {unit.name}`, like `expires 12 months after earned`",),
        )
        return None
    facts = {"quantity": nodes.Fact("quantity", types.Quantity(unit.name, unit.step))}
    return Trigger(name, TriggerKind.BEFORE, facts, time=length, unit=unit.name, span=span)


def _reached(ladder: tree.Name, tier: tree.Name, name: str, span: Span, names: Names) -> Trigger | None:
    if ladder.text not in names.steps:
        names.unknown("G121", f"no ladder is called `{ladder.text}`", ladder.span, names.steps)
        return None
    tiers = [step.name for step in names.steps[ladder.text]]
    if tier.text not in tiers:
        message = f"`{tier.text}` is not a tier of `{ladder.text}`"
        names.unknown("G107", message, tier.span, tiers, "no such tier")
        return None
    if _belongs(ladder, names):
        return None
    if tier.text == tiers[0]:
        names.report(
            "G507",
            f"everybody starts on `{tier.text}`, so nobody reaches it",
            tier.span,
            "the lowest",
            help=(f"write `{ladder.text} reaching {tiers[1]}`" if tiers[1:] else "write a rule on `joined`",),
        )
        return None
    return Trigger(name, TriggerKind.REACHED, {}, ladder=ladder.text, tier=tier.text, span=span)


def _belongs(word: tree.Name, names: Names) -> bool:
    """Whether an account owns this unit or ladder; then it is reported: triggers happen to members."""
    account = owner(names, word.text)
    if account is not None:
        names.report(
            "G508",
            f"`{word.text}` belongs to the {account}, and what a rule waits for happens to a member",
            word.span,
            f"of the {account}",
            help=(f"name what members have themselves, or wait for an event and ask for `{word.text}` behind `when`",),
        )
    return account is not None


# ---------------------------------------------------------------- words that are meant for one

_MEANT: Mapping[str, str] = {
    "birthday": "anniversary of {date}",
    "anniversary": "anniversary of {date}",
    "daily": "end of day",
    "weekly": "end of week",
    "monthly": "end of month",
    "quarterly": "end of quarter",
    "yearly": "end of calendar year",
    "annually": "end of calendar year",
    "day_end": "end of day",
    "week_end": "end of week",
    "month_end": "end of month",
    "year_end": "end of calendar year",
}


def meant(word: tree.Name, names: Names) -> bool:
    """Whether a word that no event has means a trigger; then it is reported."""
    if word.text not in _MEANT or word.text in names.mute:
        return False
    text = _MEANT[word.text].format(date=_dates(names)[0])
    names.report(
        "G505",
        f"no event is called `{word.text}`; what comes by itself is written in words",
        word.span,
        "unknown name",
        help=(f"write `on {text}`",),
        edit=Edit(word.span, text),
    )
    return True
