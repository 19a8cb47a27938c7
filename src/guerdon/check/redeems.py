"""What is said of a rule that takes: what it costs, when it is asked for, what it can't do.

Source: language reference, Redeeming.
"""

from __future__ import annotations

from guerdon.check.names import Names, clause, clauses
from guerdon.check.wording import quoted
from guerdon.program import nodes
from guerdon.program.walk import walk
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit
from guerdon.text.source import Span

ASKED_BY = "redemption"
"""The event that asks for a redeem by its name."""

BUILT_IN = ("joined", "changed", ASKED_BY, "adjustment", "transfer", "opening", "merged", "closed", "erased")
"""The events that every program has, in the order of the language reference."""


def takes(declaration: tree.Declaration) -> bool:
    """Whether a rule takes what it says, instead of giving it."""
    return declaration.keyword == "redeem"


def rewards(names: Names) -> tuple[str, ...]:
    """The names by which a `redemption` can ask: those of the redeems without `on`."""
    return tuple(
        name
        for (keyword, name), each in names.declared.items()
        if keyword == "rule" and takes(each) and clause(each, tree.On) is None
    )


def without_cost(declaration: tree.Declaration, names: Names) -> None:
    """Reports a redeem that does not say what it costs."""
    assert declaration.name is not None
    unit = next((each.name for each in names.units.values() if each.spendable), "point")
    names.report(
        "G480",
        "a redeem says what it costs",
        declaration.name.span,
        "`cost` is missing",
        help=(f"write `cost`, like `cost 100 {unit}`",),
    )


def gives(name: str, span: Span, names: Names, what: str) -> bool:
    """Whether a rule that is named gives something: reported where it is a redeem."""
    if not takes(names.declared["rule", name]):
        return True
    names.report(
        "G468",
        f"{span.text} is a redeem: it takes, and {what}",
        span,
        "takes",
        related=((_place(names.declared["rule", name]), "declared here"),),
        help=("name a rule that gives, or leave it out",),
    )
    return False


def _place(declaration: tree.Declaration) -> Span:
    return declaration.name.span if declaration.name is not None else declaration.span


def can_ask(event: tree.Name, names: Names) -> bool:
    """Whether a redeem can be asked for by an event: one of the program's own that takes nothing back; reported where not."""
    reverses = ("event", event.text) in names.declared and clause(names.declared["event", event.text], tree.Reverses)
    if not reverses and event.text not in BUILT_IN:
        return True
    help = "name an event of the program, or take the line out"
    if event.text == ASKED_BY:
        message, label = "a redeem without `on` is asked for by `redemption` and its name", "not needed"
        help = "take the line out"
    elif reverses:
        message, label = f"`{event.text}` takes something back, and nothing is redeemed by it", "a return"
    else:
        message, label = f"`{event.text}` is a built-in event, and nothing is redeemed by it", "built in"
    names.report("G481", message, event.span, label, help=(help,))
    return False


def not_asked_by(trigger: tree.Trigger, name: str, names: Names) -> None:
    """Reports a redeem that waits for a trigger."""
    names.report(
        "G481",
        f"nobody asks for anything at `{name}`, so nothing is redeemed by it",
        trigger.span,
        "no event",
        help=("name an event of the program, or take the line out",),
    )


def is_sound(declaration: tree.Declaration, rule: nodes.Rule, names: Names) -> bool:
    """Whether a redeem can be had as it is written; reported where it can't."""
    cost = clause(declaration, tree.Cost)
    assert cost is not None
    _one_expiry(declaration, rule, names)
    return (
        _can_be_spent(rule, cost.value.span, names)
        and _is_not_cut(declaration, rule, names)
        and (rule.on != (ASKED_BY,) or _stands_alone(rule, names))
    )


def _can_be_spent(rule: nodes.Rule, span: Span, names: Names) -> bool:
    if names.units[rule.unit].spendable:
        return True
    known = [each.name for each in names.units.values() if each.spendable]
    names.report(
        "G413",
        f"`{rule.unit}` is a status unit: it is counted, and not spent",
        span,
        "can't be spent",
        related=((names.units[rule.unit].span, "this unit"),),
        help=(f"write so much of {quoted(known)}" if known else "declare a unit that can be spent",),
    )
    return False


def _is_not_cut(declaration: tree.Declaration, rule: nodes.Rule, names: Names) -> bool:
    """Whether no limit cuts a price that is fixed, so that the same is sold for less."""
    if not isinstance(rule.give, nodes.Literal | nodes.Lookup):
        return True
    for limit, written in zip(rule.limits, clauses(declaration, tree.Limit), strict=True):
        if limit.most is not None and not limit.or_nothing:
            end = written.kept.span.start if written.kept else written.span.end
            text = " ".join(written.span.text.split())
            meant = f"{text}, or nothing" if not written.kept else "..., or nothing, kept on return"
            names.report(
                "G482",
                "a limit can't cut a price that is fixed: the whole reward would be had for a part of it",
                written.span,
                "takes what there is room for",
                related=((rule.give.span, "the price"),),
                help=(f"write `{meant}`, or how many times, like `limit 1 time per member per month`",),
                edit=None if written.kept else Edit(Span(written.span.source, end, end), ", or nothing"),
            )
            return False
    return True


def _stands_alone(rule: nodes.Rule, names: Names) -> bool:
    """Whether a redeem that is asked for by its name looks at no other rule: whether it is granted is decided before these."""
    for each in walk((rule.give, rule.when, rule.each, rule.limits)):
        if isinstance(each, nodes.Given):
            names.report(
                "G483",
                "whether a redemption is granted is decided before other rules are looked at",
                each.span,
                "not known yet",
                help=("write `on` and an event of the program, or leave the other rule out",),
            )
            return False
    return True


def _one_expiry(declaration: tree.Declaration, rule: nodes.Rule, names: Names) -> None:
    """Warns where no two lots expire on different days."""
    written = clause(declaration, tree.FromOneExpiry)
    if written is None or clauses(names.declared["unit", rule.unit], tree.Expires) or names.mute:
        return
    names.report(
        "G486",
        f"`{rule.unit}` never expires, so all of it can be used together anyway",
        written.span,
        "makes no difference",
        help=(f"take the line out, or write `expires` below `unit {rule.unit}`",),
    )


def not_earned(rule: tree.String, names: Names) -> bool:
    """Whether a rule that is asked what it gave in a window takes; then it is reported."""
    declaration = names.declared.get(("rule", rule.text))
    if declaration is None or not takes(declaration):
        return False
    by_name = clause(declaration, tree.On) is None
    counted = f'`count of redemption where (reward or "") is {rule.span.text} this month`' if by_name else ""
    names.report(
        "G484",
        f"{rule.span.text} takes, so nothing is earned by it",
        rule.span,
        "a redeem",
        help=(f"write {counted}" if counted else "count the events that ask for it, like `count of order this month`",),
    )
    return True


# ---------------------------------------------------------------- in tests


def named(facts: dict[str, object], written: tree.Happens, names: Names) -> bool:
    """Whether a `redemption` of a test asks for a reward or for an amount, and for a reward that there is."""
    known = rewards(names)
    if not known:
        return True
    reward, amount = facts.get("reward"), facts.get("quantity") or facts.get("unit")
    if (reward is None) == (amount is None):
        unit = next((each.name for each in names.units.values() if each.spendable), "point")
        names.report(
            "G414",
            "`redemption` asks for a reward or for so much of a unit",
            written.event.span,
            "for neither" if reward is None else "for both",
            help=(f'write `reward "{known[0]}"`, or `quantity 10 {unit}`',),
        )
        return False
    if reward is not None and reward not in known:
        place = next(each.value.span for each in written.settings or () if each.name.text == "reward")
        names.unknown("G485", f"no reward is called {place.text}", place, known, "not known")
        return False
    return True
