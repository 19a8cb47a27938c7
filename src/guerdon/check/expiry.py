"""Expiry: how long what is awarded of a unit lives, and while what it does not expire.

The conditions are those of measures, so this comes after measures and ladders.
"""

from __future__ import annotations

from datetime import date

from guerdon.check import measured
from guerdon.check.accounts import owner
from guerdon.check.builtin import unknown_event
from guerdon.check.expressions import condition
from guerdon.check.ladders import of_account
from guerdon.check.moments import day
from guerdon.check.names import Names, clause, clauses
from guerdon.check.scene import Scene
from guerdon.program import nodes
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit


def with_life(declaration: tree.Declaration, plain_unit: nodes.Unit, names: Names) -> nodes.Unit:
    """The unit with when it expires, and while what that is suspended."""
    scene = Scene(f"`{plain_unit.name}`", named=False)
    written = clauses(declaration, tree.Expires)
    expiries = tuple(filter(None, (_expiry(each, scene, names) for each in written)))
    _reached(written, names)
    suspended = clause(declaration, tree.Suspended)
    held = condition(suspended.condition, scene, names) if suspended else None
    account = owner(names, plain_unit.name)
    if held is not None and account is not None:
        of_account(plain_unit.name, account, [(held, held.span, "what suspends it")], names)
    if suspended is not None and not written and plain_unit.spendable:
        names.report(
            "G388",
            f"`{plain_unit.name}` never expires, so there is nothing to suspend",
            suspended.span,
            "nothing expires",
            help=("say when it expires, like `expires 12 months after earned`, or take the line out",),
        )
    return nodes.Unit(
        plain_unit.name,
        plain_unit.decimals,
        plain_unit.worth,
        plain_unit.spendable,
        expiries,
        held,
        plain_unit.order,
        plain_unit.debt,
        plain_unit.account,
        span=plain_unit.span,
    )


def _expiry(written: tree.Expires, scene: Scene, names: Names) -> nodes.Expiry | None:
    """One line about expiry; None where it was reported."""
    life = _life(written.life, names)
    when = condition(written.when, scene, names) if written.when else None
    since = day(written.since, names) if written.since else None
    if life is None or (when is None and written.when is not None):
        return None
    existing = written.existing is not None
    return nodes.Expiry(life.time, life.origin, life.at_end, life.without, when, since, existing, span=written.span)


def _life(
    life: tree.LifeAfter | tree.LifeTo | tree.LifeOn | tree.LifeWithout | tree.Never, names: Names
) -> nodes.Expiry | None:
    """How long a lot lives, whatever the conditions; None where it was reported."""
    match life:
        case tree.Never():
            return _lives(None, None)
        case tree.LifeOn(on):
            return _lives(None, day(on, names))
        case tree.LifeTo(end):
            ends = _end(end, names)
            return _lives(None, ends) if ends else None
        case tree.LifeAfter():
            return _after(life, names)
        case tree.LifeWithout(time, events):
            length = measured.for_time(time, names)
            known = [_known(event, names) for event in events]
            without = tuple(dict.fromkeys(event.text for event in events))
            return _lives(length, nodes.Origin.EARNED, None, without) if length and all(known) else None


def _lives(
    time: nodes.Duration | None,
    origin: nodes.Origin | nodes.Calendar | date | None,
    at_end: nodes.Period | None = None,
    without: tuple[str, ...] = (),
) -> nodes.Expiry:
    return nodes.Expiry(time, origin, at_end, without, None, None, False)


def _after(life: tree.LifeAfter, names: Names) -> nodes.Expiry | None:
    length = measured.for_time(life.time, names)
    origin = _end(life.origin, names) if isinstance(life.origin, tree.EndOf) else nodes.Origin(life.origin.text)
    at_end = measured.period(life.at_end, names) if life.at_end else None
    if length is None or origin is None or (at_end is None and life.at_end is not None):
        return None
    return _lives(length, origin, at_end)


def _end(written: tree.EndOf, names: Names) -> nodes.Calendar | None:
    """The end of this period or of the next."""
    period = measured.period(written.period, names)
    if period is not None and written.which.text == "previous":
        names.report(
            "G363",
            "nothing expires at the end of what was over when it was earned",
            written.which.span,
            "over already",
            help=(f"write `this {written.period.text}` or `next {written.period.text}`",),
        )
        return None
    return period and nodes.Calendar(period, 1 if written.which.text == "next" else 0)


def _known(event: tree.Name, names: Names) -> bool:
    """Whether there is such an event; reported where there is none."""
    if event.text in names.events:
        return True
    if ("event", event.text) not in names.declared:
        unknown_event(event, names)
    return False


def _reached(written: list[tree.Expires], names: Names) -> None:
    """Reports the first line that no lot comes to, because one above it holds for all."""
    for index, line in enumerate(written):
        above = next((each for each in written[:index] if each.when is None and _covers(each.since, line.since)), None)
        if above is None:
            continue
        all_that = f"all that is earned from {above.since.text} on" if above.since else "all that is earned"
        names.report(
            "G362",
            f"this line is never reached: the one above is for {all_that}",
            line.span,
            "never reached",
            related=((above.span, all_that),),
            help=("the first line that holds counts: write this one above it, or give the other one a `when`",),
            edit=_exchanged(above, line),
        )
        return


def _covers(since: tree.Date | None, other: tree.Date | None) -> bool:
    """Whether all days from the other date on (None: all) are days from this date on."""
    return since is None or (other is not None and since.text <= other.text)


def _exchanged(above: tree.Expires, below: tree.Expires) -> Edit | None:
    """The two lines in the other order, where they stand one below the other; one of two that are the same."""
    source = above.span.source
    if above == below:
        return Edit(below.span, "")
    between = source.text[above.span.end : below.span.start]
    if between.strip():
        return None
    return Edit(above.span.to(below.span), f"{below.span.text}{between}{above.span.text}")
