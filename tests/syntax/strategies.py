"""Trees of every kind, and texts of them as nobody should lay them out.

A tree is drawn by the shape of its class in `guerdon.syntax.tree`; only what the shape does
not say (which words, which literals) is written here. So a new node class is generated as
soon as it is part of a union.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from datetime import date
from functools import cache
from random import Random
from typing import Any

from hypothesis import strategies as st

from guerdon.syntax import tree
from guerdon.text.node import Node

Draw = Callable[[st.SearchStrategy[Any]], Any]

WORDS = """a b amount app line purchase status Gold star USD x1 _x yesno per_day to_ monday weekdays onward Is
    event give cost redeem expiry one on row unit tiers table earn rule at by end through starts half even down expect given the
    account expires life hold share kept until while released earliest latest counts owns debt proportion""".split()
"""Names. Those of the last two lines are keywords elsewhere: only what competes with names in expressions is reserved."""

names = st.sampled_from(WORDS).map(tree.Name)
numbers = st.one_of(st.integers(0, 10**9).map(str), st.sampled_from(["0.04", "007", "1.50"])).map(tree.Number)
percents = st.one_of(st.integers(0, 300).map(str), st.just("12.50")).map(lambda text: tree.Percent(text + "%"))
dates = st.dates(date(1000, 1, 1)).map(lambda day: tree.Date(day.isoformat()))
_letters = st.sampled_from(" a#'(,\t[-5%\u00e9\u4e16\u2028\u00a0\U0001f642\u200d:;")
strings = st.text(_letters, max_size=6).map(tree.String)
comments = st.text(st.one_of(_letters, st.just('"')), max_size=6).map(lambda text: "#" + text.rstrip())


def _words(*texts: str) -> st.SearchStrategy[Any]:
    return st.sampled_from(texts).map(tree.Name)


_times = st.times().map(lambda time: tree.Name(f"{time:%H:%M}"))
_periods = st.one_of(
    st.sampled_from([("calendar", "year"), ("fiscal", "year"), ("month",), ("week",), ("member",), ("merchant",)]),
    st.tuples(names.map(lambda name: name.text).filter(lambda word: word != "year")),
).map(lambda words: tree.Period(tuple(tree.Name(word) for word in words)))

BY_CLASS: dict[type, st.SearchStrategy[Any]] = {
    tree.Name: names,
    tree.Number: numbers,
    tree.Percent: percents,
    tree.Date: dates,
    tree.String: strings,
    tree.Period: _periods,
}
_UNITS = names.filter(
    lambda name: name.text not in ("by", "for", "from", "on", "through")
)  # these words go on behind a number
_LENGTHS = st.builds(tree.ForTime, numbers, _UNITS)
BY_CLASS[tree.Qualifies] = st.builds(
    lambda event, where, time: tree.Qualifies(event, where and tree.Path((where,)), *(time or (None, None))),
    names,
    st.none() | names,
    st.none() | st.tuples(_LENGTHS, names),
)
BY_FIELD: dict[tuple[type, str], st.SearchStrategy[Any]] = {
    (tree.Quantity, "unit"): _UNITS,
    (tree.Rate, "full"): st.none() | _words("full"),
    (tree.Calendar, "which"): _words("this", "next", "previous"),
    (tree.Measured, "aggregate"): _words("count", "sum", "distinct", "first", "last", "least", "most", "days since"),
    (tree.Multiply, "operator"): _words("*", "/"),
    (tree.Add, "operator"): _words("+", "-"),
    (tree.Compare, "operator"): _words(">=", "<=", ">", "<"),
    (tree.Same, "differs"): st.none() | _words("not"),
    (tree.Among, "outside"): st.none() | _words("not"),
    (tree.YesNo, "word"): _words("yes/no"),
    (tree.Timezone, "zone"): _words("UTC", "America/Los_Angeles", "Etc/GMT+5"),
    (tree.Fiscal, "day"): st.dates().map(lambda day: tree.Name(f"{day:%m-%d}")),
    (tree.DayStart, "time"): _times,
    (tree.Falls, "how"): _words("one tier at a time", "to the tier counted", "to the lowest", "never"),
    (tree.Restarts, "how"): _words("from zero", "keeping excess"),
    (tree.Fact, "optional"): st.none() | _words("optional"),
    (tree.EndOf, "which"): _words("this", "next", "previous"),
    (tree.PeriodDay, "edge"): _words("first", "last"),
    (tree.PeriodDay, "which"): _words("this", "next", "previous"),
    (tree.Expires, "existing"): st.none() | _words("existing too"),
    (tree.Reverses, "which"): st.none() | _words("latest", "earliest"),
    (tree.NamedType, "name"): names.filter(lambda name: name.text != "one"),  # `one of` goes on; no unit is called so
    (tree.Reverses, "event"): names.filter(lambda name: name.text not in ("latest", "earliest")),
    (tree.Clawback, "oldest"): st.none() | _words("oldest first"),
    (tree.Counts, "floored"): st.none() | _words("never below zero"),
    (tree.Earned, "back"): st.booleans(),
    (tree.InProportion, "mode"): _words("down", "up", "half up", "half even"),
    (tree.Negative, "sign"): _words("+", "-"),
    (tree.ExpectBalance, "holding"): _words("balance", "pending"),
    (tree.ExpectTier, "tier"): names.filter(lambda name: name.text != "counts"),
    (tree.ExpectValue, "counts"): st.none() | _words("counts"),
    (tree.End, "side"): _words("from", "above", "below", "through"),
    (tree.Hours, "start"): _times,
    (tree.Hours, "end"): _times,
    (tree.Round, "mode"): _words("down", "up", "half up", "half even"),
    (tree.Limit, "or_nothing"): st.none() | _words("or nothing"),
    (tree.Limit, "kept"): st.none() | _words("kept on return"),
    (tree.LimitOf, "or_nothing"): st.none() | _words("or nothing"),
    (tree.LimitOf, "kept"): st.none() | _words("kept on return"),
    (tree.Happens, "time"): st.none() | _times,
    (tree.Payer, "by_fact"): st.booleans(),
    (tree.Payer, "name"): names.filter(lambda name: name.text != "by"),
    (tree.Ranked, "first"): _words("highest", "lowest"),
}
BY_UNION: dict[tuple[type, str, type], st.SearchStrategy[Any]] = {
    (tree.Per, "scope", tree.Path): st.tuples(names, names).map(tree.Path),
    (tree.LifeAfter, "origin", tree.Name): _words("earned", "released"),
    (tree.Row, "", tree.Name): names.filter(lambda name: name.text != "through"),
}
"""One part of a union, where it differs from others of its class."""
NEEDED = {(tree.Expires, "existing"): "since"}
"""Parts that stand only behind another."""
LEAST = {(tree.Either, "of"): 2, (tree.Both, "of"): 2, (tree.LineList, "lines"): 0}
"""How many a list holds at least, where that isn't one."""

HEADS = {
    "program": (strings, tree.ORDER["program"]),
    "unit": (names, tree.ORDER["unit"]),
    "event": (names, tree.ORDER["event"]),
    "record": (names, (tree.Fact,)),
    "member": (st.none(), (tree.Fact,)),
    "account": (names, tree.ORDER["account"]),
    "param": (names, (tree.IsClause,)),
    "table": (names, tree.ORDER["table"]),
    "measure": (names, tree.ORDER["measure"]),
    "tiers": (names, tree.ORDER["tiers"]),
    "rule": (strings, tree.ORDER["rule"]),
    "earn": (strings, tree.ORDER["rule"]),
    "group": (strings, tree.ORDER["group"]),
    "redeem": (strings, tree.ORDER["redeem"]),
    "referral": (strings, tree.ORDER["referral"]),
    "offer": (strings, tree.ORDER["offer"]),
    "law": (strings, tree.ORDER["law"]),
    "test": (
        strings,
        (
            tree.Given,
            tree.Happens,
            tree.ExpectAward,
            tree.ExpectBalance,
            tree.ExpectTier,
            tree.ExpectValue,
            tree.ExpectNeeds,
            tree.ExpectRefused,
        ),
    ),
}
EVENT_CLAUSES = ("reverses", "part", "clawback", "counted")
LEAVES = (tree.Number, tree.Percent, tree.String, tree.Date, tree.Quantity, tree.Rate, tree.Path, tree.Exact)


@cache
def nodes(of: type, depth: int = 2) -> st.SearchStrategy[Any]:
    """Trees of one class, with expressions in them nested so deep at most."""
    if of in BY_CLASS:
        return BY_CLASS[of]
    hints = {name: eval(text, vars(tree)) for name, text in of.__annotations__.items()}
    fields = {
        name: BY_FIELD[of, name] if (of, name) in BY_FIELD else _hinted(of, name, hint, depth)
        for name, hint in hints.items()
    }
    return st.builds(of, **fields).map(_possible) if fields else st.just(of())


def _possible(node: Any) -> Any:
    """The node without what can't stand in it together."""
    values = {name: getattr(node, name) for name in node.field_names}
    for (of, part), needed in NEEDED.items():
        if type(node) is of and values[needed] is None:
            values[part] = None
    if isinstance(node, tree.Clawback) and isinstance(node.how, tree.InProportion):
        values["first"] = None
    if isinstance(node, tree.Band) and node.end is not None:
        values["first"] = tree.End(tree.Name("above"), node.first.value)
        values["end"] = tree.End(tree.Name("through"), node.end.value)
    if isinstance(node, tree.By):
        plain = [tree.Key(key.name, None) if isinstance(key.type, tree.OneOf) else key for key in node.keys[:-1]]
        values["keys"] = (*plain, node.keys[-1])
    return type(node)(**values)


def _hinted(of: type, name: str, hint: Any, depth: int) -> st.SearchStrategy[Any]:
    if hint == tree.Expr:
        return expressions(depth - 1)
    if hint is type(None):
        return st.none()
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        parts = [each for each in typing.get_args(hint) if depth > 0 or each is not tree.LineList]
        if set(typing.get_args(tree.Expr)) <= set(parts):
            return st.none() | expressions(depth - 1)
        drawn = [(of, name, each) for each in parts]
        return _evenly([BY_UNION[each] if each in BY_UNION else _hinted(*each, depth) for each in drawn])
    if typing.get_origin(hint) is tuple:
        least = LEAST.get((of, name), 1)
        most = max(least, 2 if depth > 1 else 1)
        return st.lists(_hinted(of, "", typing.get_args(hint)[0], depth), min_size=least, max_size=most).map(tuple)
    return nodes(hint, depth - (hint is tree.LineList))


@cache
def expressions(depth: int = 2) -> st.SearchStrategy[Any]:
    """Expressions nested so deep at most."""
    kinds = LEAVES if depth < 1 else typing.get_args(tree.Expr)
    return _evenly([nodes(each, depth) for each in kinds])


def _evenly(of: list[st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """One of these; unlike `one_of`, a choice among them is not favoured for the choices within it."""
    return st.sampled_from(range(len(of))).flatmap(of.__getitem__)


KEYWORDS = [keyword for keyword, (_, kinds) in HEADS.items() for _ in kinds]
"""As often as there are kinds of clauses."""


@st.composite
def declarations(draw: Draw) -> tree.Declaration:
    """A declaration with its clauses in their one order, and comments in every place."""
    keyword = draw(st.sampled_from(KEYWORDS))
    head, kinds = HEADS[keyword]
    clauses = draw(st.lists(st.sampled_from(kinds).flatmap(nodes), max_size=4))
    if keyword in tree.ORDER:
        clauses.sort(key=lambda clause: kinds.index(type(clause)))
    return tree.Declaration(keyword, draw(head), tuple(clauses), draw(_comments(len(clauses))))


@st.composite
def _comments(draw: Draw, clauses: int) -> tuple[tree.Comment, ...]:
    """Comments in their order: above each line and behind it, then below the last."""
    if draw(st.booleans()):
        return ()
    found: list[tree.Comment] = []
    for clause in range(-1, clauses):
        found += [tree.Comment(clause, False, text) for text in draw(st.lists(comments, max_size=2))]
        found += [tree.Comment(clause, True, text) for text in draw(st.lists(comments, max_size=1))]
    below = draw(st.lists(comments, max_size=2))
    return (*found, *(tree.Comment(clauses, False, text) for text in below))


documents = st.builds(
    tree.Document,
    st.lists(declarations(), min_size=1, max_size=3).map(tuple),
    st.lists(comments, max_size=2).map(tuple),
)


def messy(text: str) -> st.SearchStrategy[bytes]:
    """The text in other layouts: spaces, tabs, blank lines, line ends, and clauses out of order.

    Clauses of one kind keep their order, and their comments stay beside them.
    """
    return st.integers(0, 2**32).map(lambda number: _messy(text, Random(number)))


def _messy(text: str, chance: Random) -> bytes:
    blocks = [_messy_block(block, chance) for block in text.rstrip("\n").split("\n\n")]
    gap = chance.choice(["\n", "\n\n", "\n \t\n\n"])
    end = chance.choice(["\n", "\r\n", "\r"])
    mark = chance.choice(["", "\ufeff"])
    return (mark + gap.join(blocks).replace("\n", end) + chance.choice(["", end, end * 3])).encode()


def _messy_block(block: str, chance: Random) -> str:
    lines = block.split("\n")
    first = next((index for index, line in enumerate(lines) if line[:1] == " "), len(lines))
    groups = _groups(lines[first:])
    last = groups.pop() if groups and groups[-1][-1].lstrip().startswith("#") else []
    keyword = lines[first - 1].split()[0]
    if keyword in tree.ORDER:
        groups = _kept_in_kind(chance.sample(groups, len(groups)), groups, facts=keyword == "event")
    out = [_spaced(line, chance) for line in lines[:first]]
    for line in [line for group in [*groups, last] for line in group]:
        out += chance.choice([[], [], [""], ["  "], ["\t"]])
        out.append(chance.choice([" ", "\t", "      "]) + _spaced(line.lstrip(), chance))
    return "\n".join(out)


def _groups(lines: list[str]) -> list[list[str]]:
    """Each clause with the comments above it; comments below the last make a group of their own."""
    groups: list[list[str]] = [[]]
    for line in lines:
        groups[-1].append(line)
        if not line.lstrip().startswith("#"):
            groups.append([])
    return [group for group in groups if group]


def _kept_in_kind(shuffled: list[list[str]], groups: list[list[str]], facts: bool) -> list[list[str]]:
    """The shuffled groups, those of one kind in the order they had: of one keyword, or (`facts`) of none."""

    def kind(group: list[str]) -> str:
        word = group[-1].split()[0]
        return "" if facts and word not in EVENT_CLAUSES else word

    queues: dict[str, list[list[str]]] = {}
    for group in groups:
        queues.setdefault(kind(group), []).append(group)
    return [queues[kind(group)].pop(0) for group in shuffled]


def _spaced(line: str, chance: Random) -> str:
    """The line with other spaces between its words; texts and comments as they are."""
    out: list[str] = []
    quoted = False
    for index, character in enumerate(line):
        if character == "#" and not quoted:
            return "".join(out) + line[index:] + chance.choice(["", " ", "\t"])
        quoted ^= character == '"'
        if character == " " and not quoted:
            character = chance.choice([" ", "  ", "\t", " \t "])
        elif character in "(),[];*" and not quoted:
            character += chance.choice(["", " "])
        out.append(character)
    return "".join(out) + chance.choice(["", "  ", "\t"])


def classes() -> set[type]:
    """Every node class of the tree."""
    return {
        each for each in vars(tree).values() if isinstance(each, type) and issubclass(each, Node) and each is not Node
    }


def inside(node: object) -> set[type]:
    """The classes of a node and of all nodes in it."""
    if isinstance(node, tuple):
        return set().union(*map(inside, node))
    if isinstance(node, Node):
        return {type(node)}.union(*map(inside, node._values()))
    return set()
