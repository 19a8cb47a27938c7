"""Shorthand written out: tree to tree, source places kept.

`earn` is a rule that gives to the event's member. What comes out holds core
declarations only; no later pass and no engine knows a shorthand word.
"""

from __future__ import annotations

from guerdon.syntax import tree


def expand(document: tree.Document) -> tree.Document:
    """The document with every shorthand replaced by what it stands for."""
    declarations = tuple(_expanded(each) for each in document.declarations)
    return tree.Document(declarations, document.comments, span=document.span)


def _expanded(declaration: tree.Declaration) -> tree.Declaration:
    if declaration.keyword != "earn":
        return declaration
    clauses = tuple(_to_member(each) if isinstance(each, tree.Give) else each for each in declaration.clauses)
    return tree.Declaration("rule", declaration.name, clauses, declaration.comments, span=declaration.span)


def _to_member(give: tree.Give) -> tree.Give:
    """The receiver, named."""
    return tree.Give(
        give.value, give.to or tree.Path((tree.Name("member", span=give.span),), span=give.span), span=give.span
    )
