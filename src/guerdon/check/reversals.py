"""Events that reverse others: which, how they are found, how much of it, and how awards are taken back."""

from __future__ import annotations

from guerdon.check import measured, parts
from guerdon.check.builtin import NAMES as BUILT_IN
from guerdon.check.builtin import unknown_event
from guerdon.check.names import Names, clause, clauses
from guerdon.check.wording import quoted
from guerdon.program import nodes, types
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit

UNDONE = ("redemption", "adjustment", "transfer")
"""The built-in events that can be reversed; the others change who somebody is."""

COUNTED = ("sale", "return")

OLDEST = "oldest first"
"""Behind how much is taken back, or alone: from the oldest lots."""


def reversals(names: Names) -> None:
    """Gives the events that reverse what they reverse, and the fact that names it."""
    written = {
        name: found
        for (keyword, name), declaration in names.declared.items()
        if keyword == "event" and name not in BUILT_IN and (found := _reverses(declaration, names))
    }
    names_none = set(_of_returns(written, names))
    for name, reverses in written.items():
        if name not in names_none and _known(reverses, names):
            _name_it(names.declared["event", name], reverses, names)
    for name, reverses in written.items():
        if name not in names_none and reverses.event.text in names.events:
            own = names.events[name]
            reversal = _reversal(names.declared["event", name], reverses, own, names)
            names.events[name] = nodes.Record(own.name, own.facts, reversal, span=own.span)


def _reverses(declaration: tree.Declaration, names: Names) -> tree.Reverses | None:
    """What the event says that it reverses; clauses that need it are reported where it does not."""
    found = clause(declaration, tree.Reverses)
    depending = tree.Part | tree.Clawback | tree.Counted
    if found is None and (alone := next((each for each in declaration.clauses if isinstance(each, depending)), None)):
        word = alone.span.text.split()[0]
        names.report(
            "G368",
            f"`{word}` is about what an event reverses, and this one reverses nothing",
            alone.span,
            "of what?",
            help=("write `reverses` and the event, like `reverses purchase by order`",),
        )
    return found


def _known(reverses: tree.Reverses, names: Names) -> bool:
    """Whether the event is there and can be reversed; reported where not."""
    event = reverses.event
    if event.text not in names.events:
        if ("event", event.text) not in names.declared:
            unknown_event(event, names)
        return False
    if event.text in BUILT_IN and event.text not in UNDONE:
        names.report(
            "G367",
            f"`{event.text}` can't be reversed",
            event.span,
            "not this",
            help=(f"of the built-in events, {quoted(UNDONE)} can be",),
        )
    return True


def _of_returns(written: dict[str, tree.Reverses], names: Names) -> list[str]:
    """The events that reverse an event which itself reverses; reported, a circle once."""
    found: list[str] = []
    for name, reverses in written.items():
        other = reverses.event.text
        if other not in written:
            continue
        found.append(name)
        if written[other].event.text in found and other in found and other != name:
            continue  # the other half of a circle
        circle = written[other].event.text == name
        message = f"`{name}` and `{other}` reverse each other" if circle else f"`{other}` is itself a return"
        if other == name:
            message = f"`{name}` can't reverse itself"
        names.report(
            "G370",
            message,
            reverses.event.span,
            "reverses another event",
            related=((written[other].event.span, f"`{other}` reverses this"),) if other != name else (),
            help=("write the event that is taken back; a return that was a mistake is recorded anew as what it was",),
        )
    return found


def _name_it(declaration: tree.Declaration, reverses: tree.Reverses, names: Names) -> None:
    """Adds the fact that names what is reversed, where neither a fact nor a choice finds it."""
    if reverses.by is not None or reverses.which is not None:
        return
    word, own = reverses.event, names.events[declaration.name.text if declaration.name else ""]
    if word.text in own.facts:
        fact = next(each for each in clauses(declaration, tree.Fact) if each.name.text == word.text)
        names.report(
            "G369",
            f"`reverses {word.text}` declares a fact `{word.text}`, and here is another",
            fact.name.span,
            "again here",
            related=((word.span, f"the id of the {word.text}, as a text"),),
            help=("take the line out, or give the fact another name",),
            edit=Edit(fact.span, ""),
        )
        return
    named = nodes.Fact(word.text, types.Text(), span=word.span)
    names.events[own.name] = nodes.Record(own.name, {**own.facts, word.text: named}, span=own.span)


def _reversal(
    declaration: tree.Declaration, reverses: tree.Reverses, own: nodes.Record, names: Names
) -> nodes.Reversal | None:
    """What the event reverses and how; None where something was reported."""
    before, other = len(names.found), names.events[reverses.event.text]
    within = measured.for_time(reverses.within, names) if reverses.within else None
    written = clause(declaration, tree.Part)
    part = parts.part(written, own, other, names) if written else None
    if reverses.by is not None:
        _found_by(reverses.by, own, other, names)
    elif reverses.which is not None:
        _which_one(reverses, reverses.which, written, names)
    clawback, rounding, oldest = _clawback(clause(declaration, tree.Clawback), written, names)
    counted = clause(declaration, tree.Counted)
    if counted is not None and counted.at.text not in COUNTED:
        near = "sale" if counted.at.text == other.name else "return" if counted.at.text == own.name else None
        names.unknown("G361", f"nothing is counted at `{counted.at.text}`", counted.at.span, COUNTED, near=near)
    if len(names.found) > before:
        return None
    return nodes.Reversal(
        other.name,
        reverses.by.text if reverses.by else None if reverses.which else other.name,
        reverses.by is not None,
        nodes.Choose(reverses.which.text) if reverses.which else nodes.Choose.LATEST,
        within,
        part,
        clawback,
        rounding,
        oldest,
        counted is not None and counted.at.text == "return",
        span=reverses.span,
    )


def _found_by(by: tree.Name, own: nodes.Record, other: nodes.Record, names: Names) -> None:
    """Reports a fact that one of the two events lacks, or that is of another type there."""
    for event in (own, other):
        if by.text not in event.facts:
            if by.text not in names.mute:
                names.unknown("G106", f"`{event.name}` has no fact `{by.text}`", by.span, event.facts)
            return
    parts.matched(by, own.facts[by.text], other.facts[by.text], names)


def _which_one(reverses: tree.Reverses, which: tree.Name, written: tree.Part | None, names: Names) -> None:
    """Reports a choice among all events of a member where no article tells which of them it may be."""
    if written is not None and written.by is not None:
        return
    event = reverses.event.text
    names.report(
        "G372",
        f"nothing says which {event} is reversed: `{which.text}` chooses among those that hold the same article",
        reverses.span,
        "which one?",
        help=(
            f"write `reverses {event}`, and name it by its id",
            f"or write by which fact it is found, like `reverses {which.text} {event} by order`",
            "or write which lines, like `part lines.amount by product`",
        ),
    )


def _clawback(
    written: tree.Clawback | None, part: tree.Part | None, names: Names
) -> tuple[nodes.Clawback, nodes.RoundMode | None, bool]:
    """How much of awards is taken back, exactly unless it is said, and whether from the oldest lots."""
    match written:
        case tree.Clawback(tree.InProportion() as how, _, also):
            if part is None:
                names.report(
                    "G378",
                    "in proportion to what is not said: without `part` all of it is reversed",
                    how.span,
                    "to what?",
                    help=("write `part` and the amount, like `part amount`",),
                )
            if also is not None and also.text != OLDEST:
                names.unknown("G361", f"nothing is taken back `{also.text}`", also.span, (OLDEST,), "not known")
            mode = nodes.RoundMode(" ".join(how.mode.text.split()))
            return nodes.Clawback.PROPORTION, mode, also is not None
        case tree.Clawback(tree.Name() as first, second, also):
            return _taken_back(first, second, also, names), None, bool(second or also)
    return nodes.Clawback.EXACTLY, None, False


def _taken_back(first: tree.Name, second: tree.Name | None, also: tree.Name | None, names: Names) -> nodes.Clawback:
    """How much these words say."""
    word = first.text + (f" {second.text}" if second else "") + (f", {also.text}" if also else "")
    known = {
        "exactly": nodes.Clawback.EXACTLY,
        "recomputed": nodes.Clawback.RECOMPUTED,
        OLDEST: nodes.Clawback.EXACTLY,
        f"recomputed, {OLDEST}": nodes.Clawback.RECOMPUTED,
    }
    if word in known:
        return known[word]
    ways = ("exactly", "in proportion, round down", "recomputed", OLDEST, f"recomputed, {OLDEST}")
    near = next((each for each in ways if first.text in each.replace(",", "").split()), None)
    if also is not None and first.text in ("exactly", "recomputed", "oldest"):
        near = ways[-1] if first.text == "recomputed" else OLDEST
    span = first.span.to((also or second or first).span)
    names.unknown("G361", f"awards are not taken back `{word}`", span, ways, "not known", near=near)
    return nodes.Clawback.EXACTLY
