"""How many messages a test expects.

Source: language reference, Messages.
"""

from __future__ import annotations

from fractions import Fraction

from guerdon.check import messages, moments
from guerdon.check.amounts import negative
from guerdon.check.names import MESSAGES, Names, clause
from guerdon.program import nodes
from guerdon.program.nodes import Expectation, Expected
from guerdon.syntax import tree


def counts(written: tree.Quantity | tree.Negative) -> bool:
    """Whether a test expects so many messages."""
    amount = written.amount if isinstance(written, tree.Negative) else written
    return isinstance(amount, tree.Quantity) and amount.unit.text in MESSAGES


def expected(written: tree.ExpectAward, names: Names) -> Expectation | None:
    """So many messages, by a rule or in all; None where it was reported."""
    much, rule = written.quantity, written.rule
    if isinstance(much, tree.Negative):
        negative(nodes.MESSAGE, much, names)
        return None
    if not much.amount.text.isdigit():
        names.report("G203", "messages are counted whole", much.amount.span, "not a whole number")
        return None
    if rule is not None and not (_is_there(rule, names) and _says(rule, names)):
        return None
    return Expectation(
        Expected.SAID,
        written.member.text if written.member else None,
        quantity=Fraction(much.amount.text),
        rule=rule.text if rule else None,
        on=moments.day(written.on, names) if written.on else None,
        span=written.span,
    )


def told_of(rule: tree.String, names: Names) -> bool:
    """Whether a rule of which a test expects awards only says something; then it is reported."""
    help = "write how many messages, like `expect 1 message`"
    return ("rule", rule.text) in names.declared and not messages.gives(rule.text, rule.span, names, help)


def _is_there(rule: tree.String, names: Names) -> bool:
    """Whether a rule or a group has this name; reported where none has."""
    of_group = ("group", rule.text) in names.declared
    return (names.group if of_group else names.rule)(rule.text, rule.span) is not None


def _says(rule: tree.String, names: Names) -> bool:
    """Whether a rule, or one of a group, says something; reported where none does."""
    of = clause(names.declared["group", rule.text], tree.Of) if ("group", rule.text) in names.declared else None
    rules = [each.text for each in of.rules] if of is not None else [rule.text]
    saying = [name for (keyword, name), each in names.declared.items() if keyword == "rule" and clause(each, tree.Say)]
    if not set(saying).isdisjoint(rules):
        return True
    known = [f'"{each}"' for each in saying]
    names.report(
        "G753",
        f"{rule.span.text} says nothing, so no message comes of it",
        rule.span,
        "has no `say`",
        help=(f"name a rule that says something: {', '.join(known)}" if known else 'write `say "..."` below it',),
    )
    return False
