"""Control groups: which share of the members a rule leaves out, and for what they are drawn.

Source: language reference, Control groups; decision 0033.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from guerdon.check import messages
from guerdon.check.names import Names, clause, clauses
from guerdon.program import nodes
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit

WORD = "control"
"""What stands behind `given` in a test, before the name of a control group."""


def control(declaration: tree.Declaration, unit: str, names: Names) -> nodes.Control | None:
    """The control group of a rule that gives this unit; None: it has none, or it was reported."""
    written = clause(declaration, tree.Control)
    if written is None or not isinstance(written.share, tree.Percent):
        return None
    share = _share(written.share)
    if not 0 < share < 1:
        names.report(
            "G580",
            "a control group is a part of the members: more than none and less than all",
            written.share.span,
            "nobody" if share <= 0 else "everybody",
            help=("write a share between the two, like `control 10%`, or take the line out",),
        )
        return None
    own = declaration.name.text if declaration.name else ""
    if written.group is not None and written.group.text == own:
        names.report(
            "G581",
            "a rule's control group is drawn for the rule itself, unless it says for what else",
            written.group.span,
            "says the same",
            help=("leave it out",),
            edit=Edit(written.share.span.to(written.group.span), written.share.text),
        )
        return None
    if not _is_of_the_member(declaration, unit, names) or not _is_one(declaration, written, share, names):
        return None
    return nodes.Control(share, _group(declaration, written), span=written.span)


def _share(written: tree.Percent) -> Fraction:
    return Fraction(written.text.rstrip("%")) / 100


def _group(declaration: tree.Declaration, written: tree.Control) -> str:
    assert declaration.name is not None
    return (written.group or declaration.name).text


def _is_of_the_member(declaration: tree.Declaration, unit: str, names: Names) -> bool:
    """Whether what a rule gives goes to the member who is drawn, and to nobody else; reported where not."""
    written = clause(declaration, tree.Control)
    assert written is not None
    others = [each.to for each in clauses(declaration, tree.Share)]
    receiver = messages.receiver(declaration)
    others += [receiver] if receiver is not None and receiver.text != "member" else []
    other = others[0] if others else None
    owner = names.units[unit].account if unit in names.units else None
    if other is None and owner is None:
        return True
    names.report(
        "G582",
        "a control group is drawn among the members, and what this rule gives is not the member's alone",
        written.span,
        "drawn among the members",
        related=(
            (other.span, "somebody else receives") if other else (names.units[unit].span, f"each `{owner}` owns it"),
        ),
        help=("take the line out, or let the rule give the member something of their own",),
    )
    return False


def _is_one(declaration: tree.Declaration, written: tree.Control, share: Fraction, names: Names) -> bool:
    """Whether all rules with the same control group leave out the same share; reported at the later one where not."""
    group = _group(declaration, written)
    for other, their in _all(names):
        if other is declaration:
            return True
        if _group(other, their) == group and isinstance(their.share, tree.Percent) and _share(their.share) != share:
            names.report(
                "G583",
                f'the control group "{group}" has one size',
                written.share.span,
                "another share",
                related=((their.share.span, "its share"),),
                help=(f"write `{their.share.text}`, or let this rule have a control group of its own",),
            )
            return False
    return True


def _all(names: Names) -> Iterator[tuple[tree.Declaration, tree.Control]]:
    """The rules that have a control group, in the order of the text."""
    for (keyword, _), declaration in names.declared.items():
        written = clause(declaration, tree.Control) if keyword == "rule" else None
        if written is not None:
            yield declaration, written


# ---------------------------------------------------------------- in tests


def is_given(written: tree.Setting, names: Names) -> bool:
    """Whether a test says that a member is in a control group: no tier or fact has this name."""
    return written.name.text == WORD and WORD not in (*names.steps, *names.member.facts)


def given(written: tree.Setting, names: Names) -> str | None:
    """The control group that a test puts a member into; None where there is no such."""
    known = list(dict.fromkeys(_group(*each) for each in _all(names)))
    if isinstance(written.value, tree.String) and written.value.text in known:
        return written.value.text
    if isinstance(written.value, tree.String) and known:
        names.unknown(
            "G584", f"no control group is called {written.value.span.text}", written.value.span, known, "not known"
        )
        return None
    names.report(
        "G584",
        "behind `control` stands the name of a control group" if known else "no rule has a control group",
        written.value.span,
        "no name" if known else "of what?",
        help=[f'write `control "{each}"`' for each in known[:3]]
        or ["write `control` and a share below a rule, like `control 10%`"],
    )
    return None
