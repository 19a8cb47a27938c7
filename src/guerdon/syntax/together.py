"""The tree of clauses about rules among each other."""

from __future__ import annotations

from guerdon.syntax.expressions import Name, Number, Percent, String
from guerdon.text.node import Node

__all__ = ["Control", "Funded", "Of", "Payer", "Replaces", "Take"]


class Control(Node):
    """The share of members who are left out of a rule; `group`: what they are drawn for, where it is not the rule alone."""

    share: Percent | Name
    group: String | None


class Replaces(Node):
    """The rules that give nothing where this one counts."""

    rules: tuple[String, ...]


class Payer(Node):
    """Who pays, and how many parts of it; `by_fact`: whom this fact names."""

    name: Name
    parts: Number
    by_fact: bool = False


class Funded(Node):
    payers: tuple[Payer, ...]


class Of(Node):
    """The rules of a group, in their order."""

    rules: tuple[String, ...]


class Take(Node):
    how: Name
