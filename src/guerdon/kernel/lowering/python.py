"""A kernel's text as CPython runs it: the same text less its promises, and with `and`, `or` and `not` that come to 0 or 1."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from guerdon.kernel.lowering import tree

STEP = "    "


def written(module: tree.Module) -> str:
    """Text of Python that means the module; a function that reaches its end returns 0."""
    return "\n".join(line for function in module.functions.values() for line in function_lines(function)) + "\n"


def function_lines(function: tree.Function) -> list[str]:
    head = f"def {function.name}({', '.join(function.parameters)}):"
    return [head, *indented(block(function.body)), STEP + "return 0"]


def indented(lines: Iterable[str]) -> list[str]:
    return [STEP + line for line in lines]


def block(body: Iterable[tree.Statement]) -> list[str]:
    return [line for node in body for line in statement(node)] or ["pass"]


def statement(node: tree.Statement) -> list[str]:
    match node:
        case tree.Assign(name, value):
            return [f"{name} = {expression(value)}"]
        case tree.Store(array, index, value):
            return [f"{array}[{expression(index)}] = {expression(value)}"]
        case tree.Update(array, index, total):
            return [f"{array}[{expression(index)}] {total.operation}= {expression(total.right)}"]
        case tree.If(test, then, otherwise):
            return [f"if {condition(test)}:", *indented(block(then)), *alternative(otherwise)]
        case tree.While(test, body):
            return [f"while {condition(test)}:", *indented(block(body))]
        case tree.Break():
            return ["break"]
        case tree.Continue():
            return ["continue"]
        case tree.Return(value):
            return [f"return {expression(value)}"]
        case tree.Discard(value):
            return [expression(value)]
        case _:
            assert_never(node)


def alternative(body: tuple[tree.Statement, ...]) -> list[str]:
    """`elif` where there is one: Python allows only a hundred levels of indentation."""
    if len(body) == 1 and isinstance(body[0], tree.If):
        first, *others = statement(body[0])
        return ["el" + first, *others]
    return ["else:", *indented(block(body))] if body else []


def condition(node: tree.Expression) -> str:
    """Where only truth is asked for."""
    match node:
        case tree.Logic(every, operands):
            return "(" + (" and " if every else " or ").join(map(condition, operands)) + ")"
        case tree.Not(operand):
            return f"(not {condition(operand)})"
        case tree.Fits(operand):
            return condition(operand)
    return expression(node)


def expression(node: tree.Expression) -> str:
    match node:
        case tree.Constant(value):
            return f"({value})" if value < 0 else str(value)
        case tree.Local(name):
            return name
        case tree.Load(array, index):
            return f"{array}[{expression(index)}]"
        case tree.Binary(operation, left, right):
            return f"({expression(left)} {operation} {expression(right)})"
        case tree.Compare(comparison, left, right):
            return f"({expression(left)} {comparison} {expression(right)})"
        case tree.Not() | tree.Logic():
            return f"(1 if {condition(node)} else 0)"
        case tree.Choice(test, chosen, otherwise):
            return f"({expression(chosen)} if {condition(test)} else {expression(otherwise)})"
        case tree.Call(function, arguments):
            return f"{function}({', '.join(map(expression, arguments))})"
        case tree.Fits(operand):
            return expression(operand)
        case _:
            assert_never(node)
