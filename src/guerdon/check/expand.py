"""Shorthand written out: tree to tree, source places kept.

`earn` is a rule that gives to the event's member, `referral` a few rules on what a
friend does. What comes out holds core declarations only; no later pass and no engine
knows a shorthand word.
"""

from __future__ import annotations

from collections.abc import Iterator

from guerdon.check.names import Names
from guerdon.check.referrals import written_out
from guerdon.syntax import tree


def expand(document: tree.Document, names: Names | None = None) -> tree.Document:
    """The document with every shorthand replaced by what it stands for.

    Shape: one that is wrong leaves nothing; what is wrong with it is reported to `names`.
    """
    names = names if names is not None else Names()
    declarations = tuple(found for each in document.declarations for found in _expanded(each, document, names))
    return tree.Document(declarations, document.comments, span=document.span)


def _expanded(declaration: tree.Declaration, document: tree.Document, names: Names) -> Iterator[tree.Declaration]:
    if declaration.keyword == "referral":
        yield from written_out(declaration, document, names)
    elif declaration.keyword == "earn":
        clauses = tuple(_to_member(each) if isinstance(each, tree.Give) else each for each in declaration.clauses)
        yield tree.Declaration("rule", declaration.name, clauses, declaration.comments, span=declaration.span)
    else:
        yield declaration


def _to_member(give: tree.Give) -> tree.Give:
    """The receiver, named."""
    return tree.Give(
        give.value, give.to or tree.Path((tree.Name("member", span=give.span),), span=give.span), span=give.span
    )
