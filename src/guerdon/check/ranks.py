"""Ranks: by what all members are compared, which of them come first, and when.

Source: language reference, Ranks; decision 0035.
"""

from __future__ import annotations

from guerdon.check import measured
from guerdon.check.arithmetic import holds, ordered
from guerdon.check.expressions import typed
from guerdon.check.names import Names, clause
from guerdon.check.scene import Scene
from guerdon.check.wording import quoted, show
from guerdon.program import nodes, types
from guerdon.program.walk import walk
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit

FIRST = ("highest", "lowest")
MOST_PARTS = 1000


def ranking(
    declaration: tree.Declaration, value: nodes.Expr, scene: Scene, names: Names
) -> tuple[nodes.Ranking | None, bool]:
    """How a measure is ranked (None: it is not), and whether nothing was reported."""
    written, who = clause(declaration, tree.Ranked), clause(declaration, tree.When)
    if written is None:
        if who is not None:
            _unranked(who, names)
        return None, who is None
    period = _period(written, names)
    fine = [_has_order(value, names), _known_first(written.first, names), _fitting(written.parts, names)]
    when = holds(typed(who.condition, scene, names), names) if who is not None else None
    if period is None or not all(fine) or (who is not None and when is None):
        return None, False
    parts = int(written.parts.text) if written.parts is not None else None
    return nodes.Ranking(written.first.text == "highest", parts, period, when, span=written.span), True


def _unranked(who: tree.When, names: Names) -> None:
    names.report(
        "G590",
        "`when` says who is ranked, and this measure is no rank",
        who.span,
        "of no rank",
        help=(
            "write `ranked highest first, at end of month` above it, or put the condition where the measure is used",
        ),
    )


def _has_order(value: nodes.Expr, names: Names) -> bool:
    of = value.type.of if isinstance(value.type, types.Optional) else value.type
    if ordered(of) and not isinstance(of, types.Tier):
        return True
    names.report(
        "G591",
        f"members are ranked by a number, an amount or a date, and this is {show(of)}",
        value.span,
        show(of),
        help=("name something to rank by, like `sum of purchase.amount last 12 months`",),
    )
    return False


def _known_first(first: tree.Name, names: Names) -> bool:
    if first.text in FIRST:
        return True
    near = {"most": "highest", "largest": "highest", "best": "highest", "latest": "highest", "newest": "highest"} | {
        "least": "lowest",
        "smallest": "lowest",
        "fewest": "lowest",
        "earliest": "lowest",
        "oldest": "lowest",
    }
    names.unknown(
        "G592", "the highest value comes first, or the lowest", first.span, FIRST, "neither", near=near.get(first.text)
    )
    return False


def _fitting(parts: tree.Number | None, names: Names) -> bool:
    if parts is None or (parts.text.isdigit() and 2 <= int(parts.text) <= MOST_PARTS):
        return True
    names.report(
        "G593",
        f"members are split into 2 to {MOST_PARTS} parts",
        parts.span,
        "not so many",
        help=("write `in 5 parts`, or take it out: then a rank is a place, from 1 on",),
    )
    return False


def _period(written: tree.Ranked, names: Names) -> nodes.Period | None:
    """The period at whose end everybody is ranked, which ends for all at once."""
    found = measured.period(written.period, names)
    if found is not nodes.Period.MEMBERSHIP_YEAR:
        return found
    names.report(
        "G594",
        "all members are ranked at once, and a membership year ends on another day for each",
        written.period.span,
        "each member's own",
        help=("write `at end of month`, or another period of the calendar",),
        edit=Edit(written.period.span, "month"),
    )
    return None


def not_counted(counts: nodes.Expr, names: Names) -> bool:
    """Whether a ladder's count holds no rank; reported where it does."""
    ranks = [each for each in walk(counts, names.measures) if isinstance(each, nodes.Defined)]
    ranks = [each for each in ranks if names.measures[each.measure].ranking is not None]
    if not ranks:
        return True
    names.report(
        "G595",
        f"a tier counts what a member does, and {quoted((ranks[0].measure,))} is a place among all",
        ranks[0].span,
        "a rank",
        help=(f"make it a condition, like `tier Gold when ({ranks[0].measure} or 1000000) <= 100`",),
    )
    return False
