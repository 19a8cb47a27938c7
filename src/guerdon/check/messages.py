"""What rules say: in which rules, to whom, and what is said of rules that say something and give nothing.

Such a rule gives 1 message, a unit that no program declares: its limits count how often it is said.

Source: language reference, Messages.
"""

from __future__ import annotations

from fractions import Fraction

from guerdon.check import redeems
from guerdon.check.names import Names, clause, clauses
from guerdon.program import nodes, types
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit
from guerdon.text.source import Span

_OF_WHAT_IS_GIVEN = (
    tree.Each,
    tree.LimitOf,
    tree.Accumulate,
    tree.Minimum,
    tree.Round,
    tree.Share,
    tree.Hold,
    tree.Funded,
)


def only_says(declaration: tree.Declaration) -> bool:
    """Whether a rule says something and gives or takes nothing."""
    lacks = clause(declaration, tree.Give) is None and not redeems.takes(declaration)
    return lacks and clause(declaration, tree.Say) is not None


def one(declaration: tree.Declaration, names: Names) -> nodes.Literal | None:
    """What a rule gives that only says something: 1 message; None where another clause of it is about what is given."""
    written = clause(declaration, tree.Say)
    assert written is not None
    wrong = next((each for each in declaration.clauses if isinstance(each, _OF_WHAT_IS_GIVEN)), None)
    if wrong is not None:
        word = wrong.span.text.split()[0]
        _only_says(f"`{word}` is about what a rule gives, and this one only says something", wrong.span, written, names)
        return None
    for limit in clauses(declaration, tree.Limit):
        if not (isinstance(limit.most, tree.Quantity) and limit.most.unit.text in ("time", "times")):
            names.report(
                "G750",
                "a rule that only says something is limited by how many times it is said",
                limit.most.span,
                "no number of times",
                related=((written.span, "says this, and gives nothing"),),
                help=("write `1 time`, like `limit 1 time per member per month`",),
                edit=Edit(limit.most.span, "1 time"),
            )
            return None
        if limit.kept is not None:
            text = " ".join(Span(limit.span.source, limit.span.start, limit.kept.span.start).text.split()).rstrip(",")
            names.report(
                "G750",
                "a return takes no message back, so it never gives this limit back",
                limit.kept.span,
                "always so",
                help=(f"write `{text}`",),
                edit=Edit(limit.span, text),
            )
            return None
    return nodes.Literal(Fraction(1), types.Quantity(nodes.MESSAGE, Fraction(1)), span=written.span)


def _only_says(message: str, span: Span, written: tree.Say, names: Names) -> None:
    names.report(
        "G750",
        message,
        span,
        "of nothing",
        related=((written.span, "says this, and gives nothing"),),
        help=("take the line out, or write `give`",),
    )


def text(declaration: tree.Declaration, names: Names) -> str | None:
    """What a rule says; None where it says nothing."""
    written = clause(declaration, tree.Say)
    if written is None:
        return None
    if not written.text.text.strip():
        names.report(
            "G754",
            "there is nothing between the quotes",
            written.text.span,
            "says nothing",
            help=("write what the member is told, or take the line out",),
        )
    if written.to is not None and not only_says(declaration):
        beside = "cost" if redeems.takes(declaration) else "give"
        who = "the member" if redeems.takes(declaration) else "whoever gets that"
        line = f"say {written.text.span.text}"
        names.report(
            "G752",
            f"what is said beside `{beside}` is said to {who}",
            written.to.span,
            "to whom else?",
            help=(f"write `{line}`; for somebody else, write a rule that only says something",),
            edit=Edit(written.span, line),
        )
    return written.text.text


def receiver(declaration: tree.Declaration) -> tree.Path | None:
    """Whom a rule names to give to, or to say something to."""
    give, say = clause(declaration, tree.Give), clause(declaration, tree.Say)
    return give.to if give is not None else say.to if say is not None else None


HERE = "name a rule that gives, or repeat here what the other has behind `when`"


def gives(rule: str, span: Span, names: Names, help: str = HERE) -> bool:
    """Whether a rule that is named gives something: reported where it only says something."""
    declaration = names.declared["rule", rule]
    if not only_says(declaration):
        return True
    written = clause(declaration, tree.Say)
    assert written is not None
    names.report(
        "G751",
        f'"{rule}" says something and gives nothing',
        span,
        "gives nothing",
        related=((written.span, "says this"),),
        help=(help,),
    )
    return False
