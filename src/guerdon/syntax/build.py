"""Lark's tree to ours: a node for each rule of the grammar, with its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lark import Token, Transformer, Tree

from guerdon.syntax import tree
from guerdon.syntax.split import Piece
from guerdon.text.source import Source, Span

_NODES = {
    "".join("_" + letter.lower() if letter.isupper() else letter for letter in name).lstrip("_"): getattr(tree, name)
    for name in dir(tree)
    if isinstance(getattr(tree, name), type) and issubclass(getattr(tree, name), tree.Node)
}


class Builder(Transformer[Token, Any]):
    """Makes the nodes of one piece; its text begins at `piece.offset` of the source."""

    def __init__(self, source: Source, piece: Piece) -> None:
        super().__init__(visit_tokens=True)
        self._source = source
        self._offset = piece.offset

    def place(self, start: int, end: int) -> Span:
        return Span(self._source, self._offset + start, self._offset + end)

    def __default_token__(self, token: Token) -> tree.Name:
        return tree.Name(str(token), span=self.place(token.start_pos or 0, token.end_pos or 0))

    def STRING(self, token: Token) -> tree.String:
        return tree.String(token[1:-1], span=self.place(token.start_pos or 0, token.end_pos or 0))

    def NUMBER(self, token: Token) -> tree.Number:
        return tree.Number(str(token), span=self.place(token.start_pos or 0, token.end_pos or 0))

    def PERCENT(self, token: Token) -> tree.Percent:
        return tree.Percent(str(token), span=self.place(token.start_pos or 0, token.end_pos or 0))

    def DATE(self, token: Token) -> tree.Date:
        return tree.Date(str(token), span=self.place(token.start_pos or 0, token.end_pos or 0))

    def __default__(self, data: Any, children: list[Any], meta: Any) -> Any:
        rule = str(data)
        span = self.place(getattr(meta, "start_pos", 0), getattr(meta, "end_pos", 0))
        match rule:
            case "start":
                return children[0]
            case "number" | "percent" | "string" | "date" | "name":
                return children[0]
            case (
                "which"
                | "lower"
                | "upper"
                | "mode"
                | "edge"
                | "holding"
                | "or_nothing"
                | "existing"
                | "kept"
                | "floored"
                | "fall"
                | "anew"
            ):
                return tree.Name(" ".join(child.text for child in children), span=span)
            case "aggregate":
                words = [child for child in children if child.text != "of"]
                return tree.Name(" ".join(child.text for child in words), span=words[0].span.to(words[-1].span))
            case "streak":
                period, *came, missed, window = children
                return tree.Streak(period, tuple(_came(came)), missed, window, span=span)
            case "names" | "titles" | "settings" | "cells" | "values":
                return tuple(children)
            case "period":
                return tree.Period(_full_name(tuple(child for child in children if child is not None)), span=span)
            case "path" | "either" | "both" | "during" | "accumulate" | "funded":
                return _NODES[rule](tuple(child for child in children if child is not None), span=span)
            case "payer_by":
                name, parts = children
                return tree.Payer(name, parts, True, span=span)
            case "whose":
                return tree.Path(tuple(children), span=span)
            case "refuse":
                return tree.Refuse(tuple(children), span=span)
            case "one_of" | "on" | "replaces" | "of":
                return _NODES[rule](children[0], span=span)
            case "call":
                return tree.Call(*children, span=span)
            case "by":
                return tree.By(tuple(children), span=span)
            case "listed_key":
                return tree.Key(*children, span=span)
            case "low" | "high":
                return tree.End(*children, span=span)
            case "among":
                return tree.Among(children[0], children[1], tuple(children[2:]), span=span)
            case "limit":
                return tree.Limit(children[0], tuple(children[1:-2]), *children[-2:], span=span)
            case "limit_of":
                return tree.LimitOf(children[0], children[1], tuple(children[2:-2]), *children[-2:], span=span)
            case "clawback":
                how, *second, third, fourth = children
                return tree.Clawback(how, second[0] if second else None, _joined(third, fourth), span=span)
            case "earned" | "taken_back":
                of, window = children
                return tree.Earned(of, window, rule == "taken_back", span=span)
            case "line_list":
                return tree.LineList(tuple(child for child in children if child is not None), span=span)
            case "add" | "multiply" | "compare":
                return _NODES[rule](*children, span=span)
            case (
                "program"
                | "unit"
                | "event"
                | "record"
                | "member"
                | "account"
                | "param"
                | "table"
                | "measure"
                | "tiers"
                | "rule"
                | "earn"
                | "group"
                | "redeem"
                | "referral"
                | "offer"
                | "test"
                | "law"
            ):
                return self._declaration(rule, children, span)
        return _NODES[rule](*children, span=span)

    def _declaration(self, keyword: str, children: list[Any], span: Span) -> tree.Declaration:
        name = None if keyword == "member" else children[0]
        clauses = children if keyword == "member" else children[1:]
        return tree.Declaration(keyword, name, tuple(clauses), span=span)


def _came(children: list[Any]) -> Iterator[tree.Came]:
    """Each path of a streak, with the condition behind it."""
    for path, where in zip(children[::2], children[1::2], strict=True):
        yield tree.Came(path, where, span=path.span.to(where.span) if where else path.span)


def _joined(first: tree.Name | None, second: tree.Name | None) -> tree.Name | None:
    """Two words as one."""
    return tree.Name(f"{first.text} {second.text}", span=first.span.to(second.span)) if first and second else None


def _full_name(words: tuple[tree.Name, ...]) -> tuple[tree.Name, ...]:
    """The words of a period; `year` alone is the `calendar year`."""
    if [word.text for word in words] != ["year"]:
        return words
    return (tree.Name("calendar", span=words[0].span), *words)


def deepest(parsed: Tree[Token]) -> tuple[int, int]:
    """Where the deepest node begins, and how many levels it lies below the declaration: whoever walks a tree recurs so often."""
    at, levels, stack = 0, 0, [(child, 0) for child in parsed.children]
    while stack:
        node, depth = stack.pop()
        if isinstance(node, Tree):
            if depth > levels:
                at, levels = node.meta.start_pos, depth
            stack += [(child, depth + 1) for child in node.children]
    return at, levels


def build(parsed: Tree[Token], source: Source, piece: Piece) -> tree.Declaration:
    """The declaration that a piece's tree stands for, its clauses as they were written."""
    declaration: tree.Declaration = Builder(source, piece).transform(parsed)
    return declaration
