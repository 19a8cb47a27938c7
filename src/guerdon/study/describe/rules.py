"""Rules one by one: when, how much, to whom, at most how much, from when on."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from guerdon.program import nodes, types
from guerdon.study.describe import english, times
from guerdon.study.describe.english import listed, named, plural, quoted, readable, sentence
from guerdon.study.describe.page import Item, item, sentences
from guerdon.study.describe.prose import Prose
from guerdon.study.describe.returns import reversible, within
from guerdon.study.describe.rounding import rounding
from guerdon.study.describe.values import literal


def rule(of: nodes.Rule, program: nodes.Program) -> Item:
    """A rule in the order in which its clauses work."""
    says = _prose(of, program)
    of_facts = tuple(each for each in of.limits if each.of is not None)
    of_awards = tuple(each for each in of.limits if each.of is None)
    back = bool(reversible(program) & {*of.on})
    said = [
        *_gives(of, program),
        *_only(of, program),
        _left_out(of),
        _once(of, back),
        *_replaces(of, program),
        *limits(of_facts, says, back, _counted(of)),
        _again(of, program),
        _minimum(of),
        rounding(of, program) if not of.only_says else "",
        *limits(of_awards, says, back and not of.only_says, done=_done(of)),
        *_grouped(of, program),
        *_shared(of, program),
        _held(of, program),
        _funded(of),
        _told(of, says),
    ]
    said = [sentence(each) for each in said if each]
    if of.because is not None:
        said.append(f"Reason: {sentence(of.because)}")
    return item(of.name, sentences(*said))


def _done(of: nodes.Rule) -> str:
    return "said" if of.only_says else "taken" if of.takes else "given"


def _told(of: nodes.Rule, says: Prose) -> str:
    """What is said where something is given or taken."""
    if of.say is None or of.only_says:
        return ""
    who = says.person(of.to) if of.to is not None else "the member"
    return f"where anything is {_done(of)}, {who} is told: {quoted(of.say)}"


def _prose(of: nodes.Rule, program: nodes.Program) -> Prose:
    return Prose(program, of.on[0] if len(of.on) == 1 else None, "its" if of.each is not None else "the line's")


def _gives(of: nodes.Rule, program: nodes.Program) -> Iterator[str]:
    """What happens, and what comes of it."""
    trigger = _trigger(of, program)
    every = f"for every {listed(map(english.happening, of.on), 'or')}"
    says, lead = _prose(of, program), times.trigger(trigger) if trigger is not None else every
    if of.during:
        lead += " " + listed(map(times.stretches, of.during))
    if of.offer is not None:
        yield _opened(of.offer, program)
        lead += " after that, while it is open"
    each = f"each {_line(of)}" if of.each is not None else ""
    if of.each is not None and of.each.where is not None:
        each += f" where {says.condition(of.each.where)}"
    if of.takes:
        yield from _costs(of, says, lead, each)
        return
    if of.only_says:
        yield f"{lead}, {_receiver(of, program)} is told: {quoted(of.say or '')}"
        return
    if of.accumulate is None:
        yield f"{lead}, {f'{each} brings {_receiver(of, program)}' if each else f'{_receiver(of, program)} gets'} {_award(of.give, says)}"
        return
    assert isinstance(of.give, nodes.Apply)
    person = of.accumulate.person
    whose = _whose(of.accumulate.account) if person is None else _named(says.person(person))
    total = f"a running total per {whose}"
    if of.accumulate.period is not None:
        total += f" and {of.accumulate.period.value}"
    base = says.nested(of.give.base)
    yield f"{lead}, {base}{f' of {each}' if each else ''} is added to {total}"
    before = "before the event came to" if trigger is None else "came to before"
    yield f"{_receiver(of, program)} gets {says.applied(of.give.rate, 'the total')}, less what the total {before}"
    if of.accumulate.period is not None:
        yield f"the total starts anew with every {of.accumulate.period.value}, and what is left over then is gone"
    else:
        yield "what is left over is carried on for ever"


def _opened(of: nodes.Offer, program: nodes.Program) -> str:
    """What opens an offer, and until when it is open."""
    trigger = program.triggers.get(of.opens[0])
    says = Prose(program, of.opens[0] if len(of.opens) == 1 else None)
    when = (
        times.trigger(trigger) if trigger is not None else f"by every {listed(map(english.happening, of.opens), 'or')}"
    )
    where = f" if {says.condition(of.where)}" if of.where is not None else ""
    match of.through:
        case nodes.Arithmetic("+", nodes.Field(nodes.Scope.MOMENT, "date"), nodes.Literal() as time):
            until = f"that day and for {literal(time.value, time.type)} after it"
        case _:
            until = f"through {says.value(of.through)}"
    return f"it is opened {when}{where}, and open {until}"


def _once(of: nodes.Rule, back: bool) -> str:
    """That an offer gives once; `back`: what completes it can be taken back."""
    if of.offer is None:
        return ""
    again = "; where what completed it is taken back, it is open again" if back else ""
    return f"it is given once for each time that it was opened{again}"


def _costs(of: nodes.Rule, says: Prose, lead: str, each: str) -> Iterator[str]:
    """What a redeem costs, and that it is taken as a whole."""
    if of.on == ("redemption",):
        lead = lead.replace("every redemption", f"every redemption that asks for {quoted(of.name)}", 1)
    yield f"{lead}, {f'{each} costs' if each else 'the member pays'} {_award(of.give, says)}"
    if of.one_expiry:
        many = plural(readable(of.unit))
        yield f"only {many} that expire on one day are used: those of the day on which it comes to most, of several the soonest"
    yield "it is taken as a whole, out of what can be spent before the event; where there is less, nothing is taken"


def _trigger(of: nodes.Rule, program: nodes.Program) -> nodes.Trigger | None:
    return program.triggers.get(of.on[0])


def _line(of: nodes.Rule) -> str:
    assert of.each is not None
    lines = readable(of.each.lines)
    return lines[:-1] if lines.endswith("s") else f"one of the {lines}"


def _named(person: str) -> str:
    """Whom somebody is, behind `per`."""
    return person.removeprefix("the ")


def _whose(account: str | None) -> str:
    return readable(account) if account is not None else "member"


def _receiver(of: nodes.Rule, program: nodes.Program) -> str:
    return _prose(of, program).person(of.to) if of.to is not None else "the member"


def _award(give: nodes.Expr, says: Prose) -> str:
    match give:
        case nodes.Apply(rate, base) if not isinstance(rate, nodes.Literal) and not isinstance(rate.type, types.Rate):
            return f"a share of {says.nested(base)}: {says.value(rate)}"
        case _:
            return says.value(give)


def _does(of: nodes.Rule, program: nodes.Program) -> str:
    """What rules that are replaced do nothing of."""
    does = "say" if all(program.rules[name].only_says for name in of.replaces) else "give"
    return does + "s" * (len(of.replaces) == 1)


def _replaces(of: nodes.Rule, program: nodes.Program) -> Iterator[str]:
    if of.replaces:
        yield f"where this rule works, {listed(map(quoted, of.replaces))} {_does(of, program)} nothing"


def _left_out(of: nodes.Rule) -> str:
    """Who is in its control group."""
    if of.control is None:
        return ""
    drawn = (
        f"drawn for {quoted(of.control.group)}" if of.control.group != of.name else "drawn by chance, once and for all"
    )
    share = literal(of.control.share, types.Number(None, True))
    return f"{share} of all members are left out of it, as a control group {drawn}"


def _counted(of: nodes.Rule) -> str:
    """Whose facts are limited."""
    return f" of its {readable(of.each.lines)}" if of.each is not None else ""


def _grouped(of: nodes.Rule, program: nodes.Program) -> Iterator[str]:
    """In which group it is, and that the group rounds it."""
    for group in program.groups.values():
        if of.name in group.of:
            rounds = ", and rounded there" if group.rounding is not None and of.rounding is None else ""
            yield f"what it comes to is settled together with others in {quoted(group.name)}{rounds}"


def _funded(of: nodes.Rule) -> str:
    """Who pays for what is given."""
    if len(of.funded) == 1:
        return f"{_payer(of.funded[0])} pays for all that it gives"
    whole = sum((each.parts for each in of.funded), Fraction(0))
    paid = [f"{_payer(each)} pays {english.number(each.parts)}" for each in of.funded]
    return f"of every {english.number(whole)} parts of what it gives, {listed(paid)}" if paid else ""


def _payer(of: nodes.Payer) -> str:
    """The name of who pays, or where it stands."""
    match of.by:
        case None:
            return quoted(readable(of.name))
        case nodes.Field(nodes.Scope.LINE, name):
            return f"whoever is named as {quoted(readable(name))} of a line"
        case _:
            return f"whoever is named as {quoted(readable(of.name))}"


def _again(of: nodes.Rule, program: nodes.Program) -> str:
    """How much that is together, where a share of another rule's award is added to it."""
    if any(of.name in group.of and group.take is not nodes.Take.ALL for group in program.groups.values()):
        return ""
    match of.give:
        case nodes.Apply(nodes.Literal(Fraction() as share), nodes.Given(rule, False)) if share > 0 and not (
            rule in program.rules and program.rules[rule].takes
        ):
            again = "the same again, double" if share == 1 else f"{english.number(1 + share)} times as much"
            return f"this comes in addition to what {quoted(rule)} gives: {again} in all"
    return ""


def _only(of: nodes.Rule, program: nodes.Program) -> Iterator[str]:
    says = _prose(of, program)
    for number, each in enumerate(of.when):
        yield f"{'only' if not number else 'and only'} if {says.condition(each)}"


def _minimum(of: nodes.Rule) -> str:
    if of.minimum is None:
        return ""
    return f"what comes to more than nothing, but less than {english.amount(of.minimum, of.unit)}, is raised to that"


def limits(of: tuple[nodes.Limit, ...], says: Prose, back: bool, whose: str = "", done: str = "given") -> Iterator[str]:
    """Limits one after the other, and what a return gives back of them; `back`: whether there are returns at all."""
    several = len(of) > 1
    for number, each in enumerate(of, 1):
        yield f"{f'{english.ordinal(number)} limit: ' if several else ''}{limit(each, says, whose, done)}"
    for kept in (False, True):
        which = [number for number, each in enumerate(of, 1) if each.kept is kept and not each.per_event]
        if which and (kept or back):
            these = f"of the {listed(map(english.ordinal, which))} limit" if several else "of it"
            what = "let in" if of[0].of is not None else "used up"
            yield f"a return {'does not give back' if kept else 'gives back'} what the event {what} {these}"


def limit(of: nodes.Limit, says: Prose, whose: str = "", done: str = "given") -> str:
    """At most how much, per whom, in what time, and what becomes of the rest."""
    if of.of is not None:
        assert of.most is not None
        rest = (
            "what does not fit whole does not count at all" if of.or_nothing else "what goes beyond that does not count"
        )
        return f"at most {says.value(of.most)} of the {named(of.of)}{whose} count {_scope(of, says)}; {rest}"
    whole = f"; what does not fit whole is not {done} at all" if of.or_nothing else "; what goes beyond that is cut off"
    if of.times is not None:
        most, rest = ("once" if of.times == 1 else f"{of.times} times"), f"; beyond that nothing is {done}"
    else:
        assert of.most is not None
        most, rest = says.value(of.most), whole
    return f"at most {most} {_scope(of, says)}{rest}"


def _scope(of: nodes.Limit, says: Prose) -> str:
    """`per member and day`, `per member, in any last 7 days`."""
    if of.per_event:
        return "each time" if says.event in says.program.triggers else "per event"
    whose = _whose(of.account) if of.person is None else _named(says.person(of.person))
    if of.everybody:
        return _for_all(of)
    who = [whose, *map(readable, of.fields)]
    match of.window:
        case nodes.Calendar(period, 0):
            return f"per {listed([*who, period.value])}"
        case nodes.Ever():
            return f"per {listed(who)}, for ever"
        case _:
            return f"per {listed(who)}, {times.window(of.window)}"


def _for_all(of: nodes.Limit) -> str:
    """`for everybody together per month`, `for everybody together per channel, for ever`."""
    who = [*map(readable, of.fields)]
    period = of.window.period.value if isinstance(of.window, nodes.Calendar) else None
    per = f" per {listed([*who, *([period] if period else [])])}" if who or period else ""
    rest = "" if period else ", for ever" if isinstance(of.window, nodes.Ever) else f", {times.window(of.window)}"
    return f"for everybody together{per}{rest}"


def _shared(of: nodes.Rule, program: nodes.Program) -> Iterator[str]:
    if of.to is not None and isinstance(of.to.type, types.Optional):
        yield f"where {_nobody(of.to)} is named, nobody {'is told' if of.only_says else 'gets'} anything"
    for each in of.shares:
        says = _prose(of, program)
        lacks = f", and all of it where {_nobody(each.to)} is named" if isinstance(each.to.type, types.Optional) else ""
        yield (
            f"of that, a share goes to {says.person(each.to)}, rounded down: {says.value(each.share)};"
            f" the rest stays{lacks}"
        )


def _nobody(of: nodes.Expr) -> str:
    return f"no {readable(of.name)}" if isinstance(of, nodes.Field) else "nobody"


def _held(of: nodes.Rule, program: nodes.Program) -> str:
    """From when on it can be spent; empty where it can be at once."""
    match of.hold:
        case None:
            return ""
        case nodes.Hold(time=nodes.Duration() as time):
            event_day = "after the event" if _trigger(of, program) is None else "later"
            until = f"to the start of the day {times.length(time)} {event_day}"
        case nodes.Hold(until=until_day) if until_day is not None:
            until = f"to the start of {_prose(of, program).value(until_day)}"
        case nodes.Hold(event=str() as event, by=by):
            same = f" of the same {readable(by)}" if by is not None else ""
            until = f"until the member's next {english.happening(event)}{same}; without one it is never released"
        case _:
            spans = listed(filter(None, (within(event, program) for event in of.on)), "or")
            until = f"for as long as the event can be taken back ({spans} after it)"
    return f"it is held {until}; till then it counts as earned, but can't be spent"
