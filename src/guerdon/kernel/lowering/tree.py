"""The tree of a kernel's text: what both lowerings read. Nodes are told apart by identity, so that facts can be kept beside them.

Nothing changes a node. They aren't frozen, because that makes each of some thousands cost 1.3 microseconds instead of 0.35.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, assert_never

Arithmetic = Literal["+", "-", "*", "//", "%", "&", "|", "^", "<<", ">>"]
Comparison = Literal["<", "<=", "==", "!=", ">", ">="]


@dataclass(eq=False, slots=True)
class Constant:
    value: int


@dataclass(eq=False, slots=True)
class Local:
    name: str


@dataclass(eq=False, slots=True)
class Load:
    array: str
    index: Expression


@dataclass(eq=False, slots=True)
class Binary:
    """Unary minus is `0 - e`. The right side of a shift is a constant."""

    operation: Arithmetic
    left: Expression
    right: Expression


@dataclass(eq=False, slots=True)
class Compare:
    comparison: Comparison
    left: Expression
    right: Expression


@dataclass(eq=False, slots=True)
class Not:
    operand: Expression


@dataclass(eq=False, slots=True)
class Logic:
    """All of the operands (`every`), or any of them, looked at from the left until it is known; 0 or 1."""

    every: bool
    operands: tuple[Expression, ...]


@dataclass(eq=False, slots=True)
class Choice:
    condition: Expression
    chosen: Expression
    otherwise: Expression


@dataclass(eq=False, slots=True)
class Call:
    function: str
    arguments: tuple[Expression, ...]


@dataclass(eq=False, slots=True)
class Fits:
    """The operand, which the writer of the text promises to lie from `low` through `high`.

    Shape: `times`: where the operand is a local and what is added to it, so many times at most a call adds to the local,
    which lies within half of these bounds when the call begins.
    """

    operand: Expression
    low: int
    high: int
    times: int = 0


Expression = Constant | Local | Load | Binary | Compare | Not | Logic | Choice | Call | Fits


@dataclass(eq=False, slots=True)
class Assign:
    name: str
    value: Expression


@dataclass(eq=False, slots=True)
class Store:
    array: str
    index: Expression
    value: Expression


@dataclass(eq=False, slots=True)
class Update:
    """`array[index] OP= value`: the index is evaluated once; `sum` is `array[index] OP value`, its left side a load of that place."""

    array: str
    index: Expression
    sum: Binary


@dataclass(eq=False, slots=True)
class If:
    condition: Expression
    then: tuple[Statement, ...]
    otherwise: tuple[Statement, ...]


@dataclass(eq=False, slots=True)
class While:
    condition: Expression
    body: tuple[Statement, ...]


@dataclass(eq=False, slots=True)
class Break:
    pass


@dataclass(eq=False, slots=True)
class Continue:
    pass


@dataclass(eq=False, slots=True)
class Return:
    value: Expression


@dataclass(eq=False, slots=True)
class Discard:
    """An expression for what it does: a call, or a promise."""

    value: Expression


Statement = Assign | Store | Update | If | While | Break | Continue | Return | Discard


@dataclass(eq=False, frozen=True, slots=True)
class Function:
    """Shape: `assigned`: the locals that are no parameters, in order of their first assignment."""

    name: str
    parameters: tuple[str, ...]
    assigned: tuple[str, ...]
    body: tuple[Statement, ...]
    calls: frozenset[str]


@dataclass(eq=False, frozen=True, slots=True)
class Module:
    """Shape: `functions` by name, callers before those whom they call."""

    functions: dict[str, Function]


def inner(node: Expression) -> tuple[Expression, ...]:
    """The expressions directly in one."""
    if isinstance(node, (Local, Constant)):
        return ()
    if isinstance(node, (Binary, Compare)):
        return (node.left, node.right)
    if isinstance(node, Load):
        return (node.index,)
    if isinstance(node, (Not, Fits)):
        return (node.operand,)
    if isinstance(node, Logic):
        return node.operands
    if isinstance(node, Call):
        return node.arguments
    if isinstance(node, Choice):
        return (node.condition, node.chosen, node.otherwise)
    assert_never(node)


def assigned(body: Iterable[Statement]) -> frozenset[str]:
    """The locals that statements assign, those within others included."""
    found: set[str] = set()
    for node in body:
        match node:
            case Assign(name):
                found.add(name)
            case If(_, then, otherwise):
                found |= assigned((*then, *otherwise))
            case While(_, turned):
                found |= assigned(turned)
    return frozenset(found)
